//! Whether the open microphone gives sound: the system may mute it, and a device that is switched off sends zeros. The level
//! meter sees that, and without one the counters of a peer connection that sends it.

use std::cell::Cell;

use gloo_events::EventListener;
use heartogether::room::Source;
use web_sys::MediaStreamTrack;

use super::{Page, Reporter, capture::Capture, mixer::Mixer, stats::SourceEnergy};
use heartogether_client::{Input, MicrophoneState, Route};

/// How often the microphone is looked at, in milliseconds.
pub(super) const WATCH_EVERY_MS: u32 = 500;
/// The smallest sample that is more than nothing in 16 bits, which is what is encoded.
const SMALLEST_SAMPLE: f32 = 0.5 / 32_768.0;

/// What is known of the microphone that is open.
pub(super) struct MicrophoneWatch {
    track: MediaStreamTrack,
    before: Cell<Option<SourceEnergy>>,
    told: Cell<MicrophoneState>,
    _listeners: [EventListener; 2],
}

impl MicrophoneWatch {
    pub(super) fn begin(microphone: &Capture, report: &Reporter) -> Self {
        // The method `clone` of a track would make a second one.
        let track = Clone::clone(microphone.track());
        let listeners = ["mute", "unmute"].map(|event| {
            let report = report.clone();
            EventListener::new(&track, event, move |_| {
                if let Some(page) = report.page() {
                    page.look_at_microphone(None);
                }
            })
        });
        Self { track, before: Cell::default(), told: Cell::default(), _listeners: listeners }
    }

    /// What there is to tell, if it is another than before. `is_silent` is what was measured.
    fn news(&self, is_silent: Option<bool>) -> Option<MicrophoneState> {
        let now = match is_silent {
            _ if self.track.muted() => MicrophoneState::Muted,
            Some(true) => MicrophoneState::Silent,
            Some(false) => MicrophoneState::Sounding,
            None if self.told.get() == MicrophoneState::Muted => MicrophoneState::Sounding,
            None => return None,
        };
        (self.told.replace(now) != now).then_some(now)
    }

    fn is_silent_since(&self, now: SourceEnergy) -> Option<bool> {
        let before = self.before.replace(Some(now))?;
        (now.duration_s > before.duration_s).then_some(now.energy <= before.energy)
    }
}

impl Page {
    /// Looks whether the open microphone has given sound since it was looked at last. While the host pauses it gives none.
    pub(super) async fn watch_microphone(&self) {
        let sources = self.sources();
        let peak = sources.mixer.borrow().as_ref().and_then(|mixer| mixer.take_peak(Source::Microphone));
        let is_enabled = sources.microphone.borrow().as_ref().is_some_and(|watch| watch.track.enabled());
        if !is_enabled {
            return;
        }
        match peak {
            Some(peak) => self.look_at_microphone(Some(peak < SMALLEST_SAMPLE)),
            None => self.watch_sender().await,
        }
    }

    /// What a peer connection counts, where it sends the microphone and nothing else.
    async fn watch_sender(&self) {
        let peer = self.0.peers.borrow().first().cloned();
        let is_alone = self.0.client.borrow().mix().route() == Some(Route::Untouched(Source::Microphone));
        let Some(peer) = peer.filter(|_| is_alone) else { return };
        let Some(counted) = peer.measure_source().await else { return };
        let is_silent = {
            let watch = self.sources().microphone.borrow();
            watch.as_ref().filter(|watch| watch.track.enabled()).and_then(|watch| watch.is_silent_since(counted))
        };
        if is_silent.is_some() {
            self.look_at_microphone(is_silent);
        }
    }

    fn look_at_microphone(&self, is_silent: Option<bool>) {
        let news = self.sources().microphone.borrow().as_ref().and_then(|watch| watch.news(is_silent));
        if let Some(state) = news {
            self.input(Input::MicrophoneChanged(state));
        }
    }

    /// Watches the microphone that has just been opened, in place of the one before.
    pub(super) fn begin_watch(&self, mixer: &Mixer) {
        let watch = mixer.capture(Source::Microphone).map(|open| MicrophoneWatch::begin(open, &self.reporter()));
        let before = self.sources().microphone.replace(watch);
        if before.is_some_and(|before| before.told.get() != MicrophoneState::Sounding) {
            self.reporter().input_later(Input::MicrophoneChanged(MicrophoneState::Sounding));
        }
    }
}
