//! Decides how much is sent to one listener, from measurements of the path. A pure function: measurements in, a
//! [`Tuning`] out. The bitrate falls at once and rises after a quiet while. Redundant data is sent while packets are
//! lost. Short packets are heard earlier and cost more headers: they are sent while a path shows no trouble.

use std::ops::RangeInclusive;

pub use super::tuning::{Packets, Tuning};
use super::{Profile, statistics::PeerStatistics};

/// Milliseconds without trouble before the bitrate rises.
const QUIET_MS: u32 = 10_000;
/// Milliseconds without loss before redundancy ends: switching costs a moment of sound, and loss comes in bursts.
const CLEAN_MS: u32 = 30_000;
/// Loss below which a path counts as clean, and above which it is congested: the bounds of RFC-draft
/// `ietf-rmcat-gcc`, section 6.
const CLEAN_PERMILLE: u32 = 20;
const CONGESTED_PERMILLE: u32 = 100;
/// Loss above which every packet is sent twice.
const REDUNDANCY_PERMILLE: u32 = 10;
/// The longest wait for short packets: each time that a path does not carry them, the wait before the next try doubles.
const LONGEST_WAIT_MS: u32 = 600_000;
/// Milliseconds by which a round trip may exceed twice the shortest one before a queue is to blame.
const QUEUE_MS: u32 = 150;

/// The range of bits a second in which a profile adapts.
fn bitrates(profile: Profile) -> RangeInclusive<u32> {
    let codec = profile.codec();
    codec.min_bitrate_bps..=codec.max_bitrate_bps
}

/// A browser's estimate of its network (Network Information API, `effectiveType` and `downlink`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// `slow-2g` and `2g`.
    Slow,
    /// `3g`.
    Fair,
    /// `4g`, but under 2.5 Mbit/s.
    Good,
    /// Better, or unknown.
    #[default]
    Best,
}

impl Network {
    /// Reads the browser's values.
    pub fn parse(effective_type: &str, downlink_kbps: Option<u32>) -> Self {
        match effective_type {
            "slow-2g" | "2g" => Self::Slow,
            "3g" => Self::Fair,
            "4g" if downlink_kbps.is_some_and(|kbps| kbps < 2_500) => Self::Good,
            _ => Self::Best,
        }
    }

    /// What to send before anything is measured.
    pub fn guess_bps(self, profile: Profile) -> u32 {
        let voice_bps = match self {
            Self::Slow => 20_000,
            Self::Fair => 28_000,
            Self::Good => 42_000,
            Self::Best => 64_000,
        };
        match profile {
            Profile::Voice => voice_bps,
            // The same part of the range as for voice.
            _ => voice_bps * (bitrates(profile).end() / 1_000) / 64,
        }
        .clamp(*bitrates(profile).start(), *bitrates(profile).end())
    }
}

/// The state of the path to one listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adaptation {
    profile: Profile,
    bitrate_bps: u32,
    redundancy: bool,
    /// Whether the path carries short packets.
    carries_short: bool,
    /// Milliseconds without trouble before short packets are tried.
    short_after_ms: u32,
    quiet_ms: u32,
    calm_ms: u32,
    clean_ms: u32,
    shortest_round_trip_ms: u32,
}

impl Adaptation {
    /// Begins with an estimate.
    pub fn new(profile: Profile, network: Network) -> Self {
        Self {
            profile,
            bitrate_bps: network.guess_bps(profile),
            redundancy: false,
            carries_short: network == Network::Best,
            short_after_ms: QUIET_MS,
            quiet_ms: 0,
            calm_ms: 0,
            clean_ms: 0,
            shortest_round_trip_ms: u32::MAX,
        }
    }

    /// What is sent now.
    pub const fn tuning(&self) -> Tuning {
        Tuning { bitrate_bps: self.bitrate_bps, packets: self.packets(self.carries_short) }
    }

    const fn packets(&self, are_short: bool) -> Packets {
        let length_ms = match self.profile.codec().min_packet_ms {
            Some(length_ms) if are_short => length_ms,
            _ => Packets::USUAL.length_ms,
        };
        Packets { redundancy: self.redundancy, length_ms }
    }

    /// Changes to another profile, at the same part of its range. What is known of the path stays.
    pub fn set_profile(&mut self, profile: Profile) {
        let (before, after) = (bitrates(self.profile), bitrates(profile));
        self.profile = profile;
        self.bitrate_bps = self.bounded(self.bitrate_bps / 100 * (after.end() / 100) / (before.end() / 100) * 100);
    }

    /// Handles the measurements of the last `elapsed_ms`.
    pub fn adjust(&mut self, measured: &PeerStatistics, elapsed_ms: u32) -> Tuning {
        self.weigh_redundancy(measured, elapsed_ms);
        let now_bps = self.bitrate_bps;
        let lower_bps = self.after_loss(measured).min(self.after_queue(measured)).min(self.after_saturation(measured));
        let is_quiet = lower_bps == now_bps && measured.loss_permille.is_none_or(|loss| loss < CLEAN_PERMILLE);
        self.quiet_ms = if is_quiet { self.quiet_ms + elapsed_ms } else { 0 };
        self.bitrate_bps = self.bounded(lower_bps);
        if self.quiet_ms >= QUIET_MS {
            self.quiet_ms = 0;
            let room_bps = measured.available_bps.map_or(u32::MAX, |available_bps| self.share_of(available_bps));
            self.bitrate_bps = self.bounded((now_bps + now_bps / 2).min(room_bps).max(now_bps));
        }
        self.weigh_length(is_quiet, measured, elapsed_ms);
        self.tuning()
    }

    fn bounded(&self, bitrate_bps: u32) -> u32 {
        let range = bitrates(self.profile);
        bitrate_bps.clamp(*range.start(), *range.end())
    }

    fn weigh_redundancy(&mut self, measured: &PeerStatistics, elapsed_ms: u32) {
        match measured.loss_permille {
            Some(loss) if loss >= REDUNDANCY_PERMILLE => (self.redundancy, self.clean_ms) = (true, 0),
            _ => self.clean_ms = self.clean_ms.saturating_add(elapsed_ms),
        }
        if self.clean_ms >= CLEAN_MS {
            self.redundancy = false;
        }
    }

    /// Packets that are lost, late or too many become long at once, and short again after a calm while.
    fn weigh_length(&mut self, is_quiet: bool, measured: &PeerStatistics, elapsed_ms: u32) {
        let is_calm = is_quiet && !self.redundancy && !(self.carries_short && self.lacks_room_for_headers(measured));
        self.calm_ms = if is_calm { self.calm_ms.saturating_add(elapsed_ms) } else { 0 };
        if self.carries_short && !is_calm {
            self.carries_short = false;
            self.short_after_ms = (self.short_after_ms * 2).clamp(CLEAN_MS, LONGEST_WAIT_MS);
        } else if !self.carries_short && self.calm_ms >= self.short_after_ms {
            let needed_bps = self.bitrate_bps + self.packets(true).headers_bps();
            self.carries_short = measured.available_bps.is_none_or(|available_bps| available_bps >= needed_bps);
        }
    }

    /// Whether the headers of short packets are too much for the path. In silence there are few packets.
    fn lacks_room_for_headers(&self, measured: &PeerStatistics) -> bool {
        let is_in_use = measured.bitrate_bps >= self.bitrate_bps / 2;
        let carried_bps = measured.bitrate_bps + self.packets(true).headers_bps();
        is_in_use && measured.available_bps.is_some_and(|available_bps| available_bps < carried_bps)
    }

    /// The part of the path's capacity that is left for the sound itself.
    fn share_of(&self, available_bps: u32) -> u32 {
        let copies = if self.redundancy { 2 } else { 1 };
        available_bps.saturating_sub(Packets::USUAL.headers_bps()) / 10 * 9 / copies
    }

    /// Each report counts once, however often it is read.
    fn after_loss(&self, measured: &PeerStatistics) -> u32 {
        let now_bps = self.bitrate_bps;
        match measured.loss_permille {
            Some(loss) if loss >= CONGESTED_PERMILLE && measured.is_news => now_bps - now_bps / 2_000 * loss.min(1_000),
            _ => now_bps,
        }
    }

    /// Whether the path carries less than what is sent. A browser's estimate of a path that it hardly uses says
    /// nothing.
    fn after_saturation(&self, measured: &PeerStatistics) -> u32 {
        let carried_bps = measured.bitrate_bps + Packets::USUAL.headers_bps();
        match measured.available_bps {
            Some(available_bps) if available_bps < carried_bps => self.share_of(available_bps),
            _ => self.bitrate_bps,
        }
        .min(self.bitrate_bps)
    }

    /// Packets that wait in a queue on the path come late, and later are lost.
    fn after_queue(&mut self, measured: &PeerStatistics) -> u32 {
        let Some(round_trip_ms) = measured.round_trip_ms else { return self.bitrate_bps };
        self.shortest_round_trip_ms = self.shortest_round_trip_ms.min(round_trip_ms);
        let is_queued = round_trip_ms > self.shortest_round_trip_ms.saturating_mul(2).saturating_add(QUEUE_MS);
        if is_queued { self.bitrate_bps / 100 * 85 } else { self.bitrate_bps }
    }
}
