//! What is measured at a peer connection: what the browser counts, and what two counts in a row say. Pure; the browser's
//! half reads the counters (W3C webrtc-stats), the pages show what comes of them.

pub mod history;

use super::adaptation::Tuning;

/// Milliseconds between two measurements.
pub const EVERY_MS: u32 = 2_000;
/// How many measurements are remembered for drawing: two minutes.
pub const REMEMBERED: usize = 60;
/// Milliseconds of sound in a packet, which leaves when they are over.
const PACKET_MS: u32 = 20;

/// How a candidate was found (RFC 8445, section 5.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CandidateKind {
    /// An address of the machine itself.
    Host,
    /// What a STUN server saw.
    ServerReflexive,
    /// What the other side saw.
    PeerReflexive,
    /// A TURN server's.
    Relayed,
}

/// How packets travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Over UDP.
    Udp,
    /// Over TCP, to the other side or to the own TURN server.
    Tcp,
    /// Over TLS to the own TURN server.
    Tls,
}

/// The selected pair of candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path {
    /// This side's.
    pub local: CandidateKind,
    /// The other side's.
    pub remote: CandidateKind,
    /// How packets leave this side.
    pub transport: Transport,
}

/// The browser's counters at one moment. The host reads what it sends and what the listener reports of it, the listener
/// what it receives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// When, in milliseconds of any clock.
    pub at_ms: f64,
    /// The path in use.
    pub path: Option<Path>,
    /// The round trip, in seconds.
    pub round_trip_s: Option<f64>,
    /// What the browser believes the path to carry, in bits a second.
    pub available_bps: Option<f64>,
    /// How the sound is coded, with its parameters.
    pub codec: Option<String>,
    /// Bytes of sound so far.
    pub bytes: f64,
    /// Packets so far.
    pub packets: f64,
    /// Packets lost so far; listener only.
    pub lost: f64,
    /// The part of packets lost before the other side's last report; host only.
    pub reported_loss: Option<f64>,
    /// When that report came, in milliseconds of any clock.
    pub reported_at_ms: f64,
    /// How unevenly packets arrive, in seconds.
    pub jitter_s: Option<f64>,
    /// Samples made up for packets that did not come; listener only.
    pub concealed: f64,
    /// Samples played; listener only.
    pub samples: f64,
    /// Seconds that all samples together waited for their turn; listener only.
    pub buffered_s: f64,
    /// Samples that waited; listener only.
    pub buffered: f64,
    /// Seconds that all samples together took from the jitter buffer to the loudspeaker; listener only.
    pub playout_s: f64,
    /// Samples that took them; listener only.
    pub played: f64,
}

/// What was measured at a peer connection during the last [`EVERY_MS`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerStatistics {
    /// The path in use.
    pub path: Option<Path>,
    /// The round trip in milliseconds.
    pub round_trip_ms: Option<u32>,
    /// How unevenly packets arrive, in milliseconds.
    pub jitter_ms: Option<u32>,
    /// How many of a thousand packets are lost.
    pub loss_permille: Option<u32>,
    /// Whether loss was measured anew: the host hears of it less often than it looks.
    pub is_news: bool,
    /// Bits of sound a second, redundant ones included.
    pub bitrate_bps: u32,
    /// What the browser believes the path to carry; not every browser says.
    pub available_bps: Option<u32>,
    /// What is sent at most, without redundancy; host only.
    pub tuning: Option<Tuning>,
    /// How the sound is coded, with its parameters.
    pub codec: Option<String>,
    /// How many of a thousand samples were made up; listener only.
    pub concealed_permille: Option<u32>,
    /// Milliseconds that samples wait for their turn; listener only.
    pub buffer_ms: Option<u32>,
    /// Estimated milliseconds from the host's capture to the listener's loudspeaker; listener only.
    pub behind_ms: Option<u32>,
}

impl CandidateKind {
    /// Reads `RTCIceCandidateType`.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "host" => Self::Host,
            "srflx" => Self::ServerReflexive,
            "prflx" => Self::PeerReflexive,
            "relay" => Self::Relayed,
            _ => return None,
        })
    }

    /// Its name in the documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::ServerReflexive => "srflx",
            Self::PeerReflexive => "prflx",
            Self::Relayed => "relay",
        }
    }
}

impl Transport {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
        }
    }
}

impl Path {
    /// Whether a TURN server stands in between.
    pub const fn is_relayed(self) -> bool {
        matches!(self.local, CandidateKind::Relayed) || matches!(self.remote, CandidateKind::Relayed)
    }
}

impl PeerStatistics {
    /// What happened from one reading to the next. Without an earlier one, or where counters began anew, what is counted
    /// from the beginning stays unknown.
    pub fn between(before: Option<&Reading>, now: &Reading) -> Self {
        let before = before.filter(|before| before.at_ms < now.at_ms && before.bytes <= now.bytes);
        let since = |of: fn(&Reading) -> f64| before.map_or(0.0, |before| of(now) - of(before));
        let lost = since(|reading| reading.lost).max(0.0);
        let arrived = since(|reading| reading.packets);
        let round_trip_ms = now.round_trip_s.map(in_ms);
        let buffer_ms = ratio(since(|reading| reading.buffered_s) * 1_000.0, since(|reading| reading.buffered));
        let playout_ms = ratio(since(|reading| reading.playout_s) * 1_000.0, since(|reading| reading.played));
        let behind_ms =
            |buffer_ms| PACKET_MS + round_trip_ms.unwrap_or_default() / 2 + buffer_ms + playout_ms.unwrap_or_default();
        Self {
            path: now.path,
            round_trip_ms,
            jitter_ms: now.jitter_s.map(in_ms),
            loss_permille: match now.reported_loss {
                Some(loss) => Some(whole(loss * 1_000.0)),
                None => ratio(lost * 1_000.0, lost + arrived),
            },
            is_news: before.is_none_or(|before| before.reported_at_ms != now.reported_at_ms),
            bitrate_bps: ratio(since(|reading| reading.bytes) * 8_000.0, since(|reading| reading.at_ms))
                .unwrap_or_default(),
            available_bps: now.available_bps.map(whole),
            tuning: None,
            codec: now.codec.clone(),
            concealed_permille: ratio(since(|reading| reading.concealed) * 1_000.0, since(|reading| reading.samples)),
            buffer_ms,
            behind_ms: buffer_ms.map(behind_ms),
        }
    }
}

fn in_ms(seconds: f64) -> u32 {
    whole(seconds * 1_000.0)
}

/// The nearest whole number. Out of range, the nearest one there is.
fn whole(number: f64) -> u32 {
    number.round() as u32
}

fn ratio(part: f64, whole_part: f64) -> Option<u32> {
    (whole_part > 0.0).then(|| whole(part / whole_part))
}
