//! Detects a microphone that gives no sound although it is not paused. The host is told, and through the room the
//! listeners.

use heartogether::room::{RoomView, Source};

use super::{Client, MicrophoneState, Output, Timer, microphone_state::Microphone, publishing::Publishing};

/// Milliseconds without any sound before people are told. A speaker's pause is never digital silence, but a headset that
/// cuts off everything below a threshold makes it one.
const SILENCE_MS: u32 = 2_000;

impl Publishing {
    /// Whether listeners hear nothing because the microphone gives no sound.
    pub(super) fn is_silent(&self) -> bool {
        let tab_is_heard = self.mix.gain(Source::Display) > 0.0;
        self.microphone.is_told && self.mix.has(Source::Microphone) && !tab_is_heard
    }
}

impl Client {
    /// Why the microphone that is open gives no sound; `None` if it does.
    pub fn microphone_problem(&self) -> Option<MicrophoneState> {
        let Microphone { state, is_told } = self.publishing.microphone;
        is_told.then_some(state)
    }

    /// Whether the host's source gives no sound, as far as a listener's page knows.
    pub fn is_host_silent(&self) -> bool {
        self.room.as_ref().is_some_and(RoomView::is_silent)
    }

    pub(super) fn change_microphone(&mut self, state: MicrophoneState, out: &mut Vec<Output>) {
        let microphone = &mut self.publishing.microphone;
        let before = std::mem::replace(&mut microphone.state, state);
        if state == MicrophoneState::Sounding {
            microphone.is_told = false;
            out.push(Output::StopTimer(Timer::Microphone));
            self.declare(out);
        } else if before == MicrophoneState::Sounding {
            out.push(Output::StartTimer { timer: Timer::Microphone, after_ms: SILENCE_MS });
        }
    }

    /// Called when the microphone has given no sound for long enough.
    pub(super) fn tell_of_silence(&mut self, out: &mut Vec<Output>) {
        if self.publishing.microphone.state != MicrophoneState::Sounding {
            self.publishing.microphone.is_told = true;
            self.declare(out);
        }
    }
}
