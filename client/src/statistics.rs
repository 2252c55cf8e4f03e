//! Measurements of a peer connection: the browser's counters, and the differences of two readings. Pure: other code
//! reads the counters (W3C webrtc-stats) and shows the results.

pub mod history;

use super::tuning::Tuning;

/// Milliseconds between two measurements.
pub const EVERY_MS: u32 = 2_000;
/// The number of measurements that are kept for drawing: two minutes.
pub const REMEMBERED: usize = 60;
/// Milliseconds of sound in a packet, which is sent at their end: usually, and where the host sends short ones.
const PACKET_MS: u32 = 20;
const SHORT_PACKET_MS: u32 = 10;

/// How a candidate was found (RFC 8445, section 5.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CandidateKind {
    /// An address of the machine itself.
    Host,
    /// The address that a STUN server saw.
    ServerReflexive,
    /// The address that the other side saw.
    PeerReflexive,
    /// An address of a TURN server.
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
    /// This side's candidate.
    pub local: CandidateKind,
    /// The other side's candidate.
    pub remote: CandidateKind,
    /// How packets leave this side.
    pub transport: Transport,
}

/// The browser's counters at one moment. The host reads what it sends and the listener's reports about it; the listener
/// reads what it receives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The time, in milliseconds of any clock.
    pub at_ms: f64,
    /// The path in use.
    pub path: Option<Path>,
    /// The round trip, in seconds.
    pub round_trip_s: Option<f64>,
    /// The browser's estimate of the path's capacity, in bits a second.
    pub available_bps: Option<f64>,
    /// The codec of the sound, with its parameters.
    pub codec: Option<String>,
    /// Bytes of sound so far.
    pub bytes: f64,
    /// Packets so far.
    pub packets: f64,
    /// Packets lost so far; listener only.
    pub lost: f64,
    /// The part of packets lost before the other side's last report; host only.
    pub reported_loss: Option<f64>,
    /// The time of that report, in milliseconds of any clock.
    pub reported_at_ms: f64,
    /// The jitter of incoming packets, in seconds.
    pub jitter_s: Option<f64>,
    /// Concealed samples, in place of lost packets; listener only.
    pub concealed: f64,
    /// Samples played; listener only.
    pub samples: f64,
    /// Seconds that all samples together waited in the jitter buffer; listener only.
    pub buffered_s: f64,
    /// Samples that waited; listener only.
    pub buffered: f64,
    /// Seconds that all samples together took from the jitter buffer to the loudspeaker; listener only.
    pub playout_s: f64,
    /// The number of those samples; listener only.
    pub played: f64,
}

/// What was measured at a peer connection during the last [`EVERY_MS`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerStatistics {
    /// The path in use.
    pub path: Option<Path>,
    /// The round trip in milliseconds.
    pub round_trip_ms: Option<u32>,
    /// The jitter of incoming packets, in milliseconds.
    pub jitter_ms: Option<u32>,
    /// Lost packets of a thousand.
    pub loss_permille: Option<u32>,
    /// Whether there is a new measurement of the loss: the host gets reports less often than it reads counters.
    pub is_news: bool,
    /// Bits of sound a second, redundant ones included.
    pub bitrate_bps: u32,
    /// The browser's estimate of the path's capacity; not every browser has one.
    pub available_bps: Option<u32>,
    /// The highest bitrate without redundancy; host only.
    pub tuning: Option<Tuning>,
    /// The codec of the sound, with its parameters.
    pub codec: Option<String>,
    /// Concealed samples of a thousand; listener only.
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
    /// Whether the path leads through a TURN server.
    pub const fn is_relayed(self) -> bool {
        matches!(self.local, CandidateKind::Relayed) || matches!(self.remote, CandidateKind::Relayed)
    }
}

impl PeerStatistics {
    /// The differences between two readings. Without an earlier reading, or if the counters began again, the values
    /// that need both stay unknown.
    pub fn between(before: Option<&Reading>, now: &Reading) -> Self {
        let before = before.filter(|before| before.at_ms < now.at_ms && before.bytes <= now.bytes);
        let since = |of: fn(&Reading) -> f64| before.map_or(0.0, |before| of(now) - of(before));
        let lost = since(|reading| reading.lost).max(0.0);
        let arrived = since(|reading| reading.packets);
        let round_trip_ms = now.round_trip_s.map(in_ms);
        let buffer_ms = ratio(since(|reading| reading.buffered_s) * 1_000.0, since(|reading| reading.buffered));
        let playout_ms = ratio(since(|reading| reading.playout_s) * 1_000.0, since(|reading| reading.played));
        // In silence few packets come, and nobody hears how long they are.
        let are_short = arrived * f64::from(SHORT_PACKET_MS + PACKET_MS) / 2.0 > since(|reading| reading.at_ms);
        let packet_ms = if are_short { SHORT_PACKET_MS } else { PACKET_MS };
        let behind_ms =
            |buffer_ms| packet_ms + round_trip_ms.unwrap_or_default() / 2 + buffer_ms + playout_ms.unwrap_or_default();
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
