//! Detects whether the open microphone gives sound, from measurements: the system may mute it, and a device that is
//! switched off sends zeros.

use super::MicrophoneState;

/// The smallest sample that is more than nothing in 16 bits, which is what is encoded.
const SMALLEST_SAMPLE: f32 = 0.5 / 32_768.0;

/// What a sender's source has given so far (W3C webrtc-stats, `RTCAudioSourceStats`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SourceEnergy {
    /// The energy of all its sound; silence adds none.
    pub energy: f64,
    /// How long it was, in seconds.
    pub duration_s: f64,
}

/// What there is to measure of a microphone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MicrophoneReading {
    /// The system has muted it, or no longer mutes it.
    MuteChanged,
    /// Its largest sample since it was read last, from 0 to 1.
    Peak(f32),
    /// What a peer connection has counted of it so far.
    Counted(SourceEnergy),
}

/// What is known of the microphone that is open.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MicrophoneWatch {
    counted: Option<SourceEnergy>,
    state: MicrophoneState,
}

impl MicrophoneWatch {
    /// What it gives, as far as is known.
    pub const fn state(&self) -> MicrophoneState {
        self.state
    }

    /// Takes in what was measured of a microphone that is muted or not. What there is to tell, if it is another than before.
    pub fn read(&mut self, is_muted: bool, reading: MicrophoneReading) -> Option<MicrophoneState> {
        let is_silent = match reading {
            MicrophoneReading::MuteChanged => (self.state == MicrophoneState::Muted).then_some(false),
            MicrophoneReading::Peak(peak) => Some(peak < SMALLEST_SAMPLE),
            MicrophoneReading::Counted(now) => self.is_silent_since(now),
        };
        let now = match is_silent {
            _ if is_muted => MicrophoneState::Muted,
            Some(true) => MicrophoneState::Silent,
            Some(false) => MicrophoneState::Sounding,
            None => return None,
        };
        (std::mem::replace(&mut self.state, now) != now).then_some(now)
    }

    /// Nothing is known where no time has passed.
    fn is_silent_since(&mut self, now: SourceEnergy) -> Option<bool> {
        let before = self.counted.replace(now)?;
        (now.duration_s > before.duration_s).then_some(now.energy <= before.energy)
    }
}
