//! Watches the open microphone: whether the system mutes it, its level meter, and without a meter the counters of a
//! peer connection that sends its sound. [`MicrophoneWatch`] interprets these values.

use std::cell::Cell;

use gloo_events::EventListener;
use heartogether::room::Source;
use web_sys::MediaStreamTrack;

use crate::{Page, Reporter, capture::Capture, mixer::Mixer};
use heartogether_client::{Input, MicrophoneReading, MicrophoneState, MicrophoneWatch, Route};

/// How often the microphone is looked at, in milliseconds.
const WATCH_EVERY_MS: u32 = 500;

/// The microphone that is open.
pub(crate) struct WatchedMicrophone {
    track: MediaStreamTrack,
    watch: Cell<MicrophoneWatch>,
    _listeners: [EventListener; 2],
}

impl WatchedMicrophone {
    fn begin(microphone: &Capture, report: &Reporter) -> Self {
        // The method `clone` of a track would make a second one.
        let track = Clone::clone(microphone.track());
        let listeners = ["mute", "unmute"].map(|event| {
            let report = report.clone();
            EventListener::new(&track, event, move |_| {
                if let Some(page) = report.page() {
                    page.read_microphone(MicrophoneReading::MuteChanged);
                }
            })
        });
        Self { track, watch: Cell::default(), _listeners: listeners }
    }

    fn read(&self, reading: MicrophoneReading) -> Option<MicrophoneState> {
        let mut watch = self.watch.get();
        let news = watch.read(self.track.muted(), reading);
        self.watch.set(watch);
        news
    }
}

impl Page {
    /// Looks at the microphone again and again.
    pub(crate) fn watch_microphone_regularly(&self) {
        self.do_regularly(WATCH_EVERY_MS, async |page| page.watch_microphone().await);
    }

    /// Looks whether the open microphone has given sound since it was looked at last. While the host pauses it gives none.
    async fn watch_microphone(&self) {
        let take_peak = |mixer: &Mixer| mixer.take_peak(Source::Microphone);
        let peak = self.sources().and_then(|sources| sources.mixer.borrow().as_ref().and_then(take_peak));
        if !self.is_microphone_enabled() {
            return;
        }
        let reading = match peak {
            Some(peak) => Some(MicrophoneReading::Peak(peak)),
            None => self.count_microphone().await,
        };
        // It may have been paused meanwhile.
        if let Some(reading) = reading.filter(|_| self.is_microphone_enabled()) {
            self.read_microphone(reading);
        }
    }

    /// Looks at the open microphone, if there is one.
    fn watched<T>(&self, look: impl FnOnce(&WatchedMicrophone) -> T) -> Option<T> {
        self.sources().and_then(|sources| sources.microphone.borrow().as_ref().map(look))
    }

    fn is_microphone_enabled(&self) -> bool {
        self.watched(|microphone| microphone.track.enabled()).unwrap_or_default()
    }

    /// What a peer connection counts, where it sends the microphone and nothing else.
    async fn count_microphone(&self) -> Option<MicrophoneReading> {
        let peer = self.0.peers.borrow().first().cloned()?;
        let is_alone = self.0.client.borrow().mix().route() == Some(Route::Untouched(Source::Microphone));
        if !is_alone {
            return None;
        }
        peer.measure_source().await.map(MicrophoneReading::Counted)
    }

    fn read_microphone(&self, reading: MicrophoneReading) {
        let news = self.watched(|microphone| microphone.read(reading)).flatten();
        if let Some(state) = news {
            self.input(Input::MicrophoneChanged(state));
        }
    }

    /// Watches the microphone that has just been opened, in place of the one before.
    pub(crate) fn begin_watch(&self, mixer: &Mixer) {
        let watch = mixer.capture(Source::Microphone).map(|open| WatchedMicrophone::begin(open, &self.reporter()));
        let before = self.sources().and_then(|sources| sources.microphone.replace(watch));
        if before.is_some_and(|before| before.watch.get().state() != MicrophoneState::Sounding) {
            self.reporter().input_later(Input::MicrophoneChanged(MicrophoneState::Sounding));
        }
    }
}
