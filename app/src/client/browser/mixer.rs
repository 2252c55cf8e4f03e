//! The mixing desk: open sources, a meter and a fader each, and the track that goes out. It owns the sources' devices and
//! one audio context, and decides nothing: the [`Mix`] says what is in.

use gloo_events::EventListener;
use heartogether::wire::Source;
use leptos::prelude::{RwSignal, document, window};
use web_sys::{AudioContext, GainNode, MediaStreamAudioDestinationNode, MediaStreamAudioSourceNode, MediaStreamTrack};

use super::{
    Reporter,
    capture::{Capture, set},
    level::{self, Meter},
};
use crate::client::{Input, Mix, Profile, Route};

/// Seconds in which a fader covers most of its way: no click is heard, and no delay is felt.
const GLIDE_S: f64 = 0.015;

/// The desk. Dropped, it lets go of all devices.
pub(super) struct Mixer {
    // Contexts are made for interaction unless told otherwise: the lowest latency that the machine sustains.
    context: AudioContext,
    mixed: MediaStreamAudioDestinationNode,
    strips: Vec<Strip>,
    _waking: Vec<EventListener>,
}

/// Reports whether the context runs, and asks the browser to go on whenever it may say yes (Web Audio, section 1.2.1): a
/// context that a call or sleep has interrupted may run again once that is over, one that waits for a gesture after a tap.
fn keep_running(context: &AudioContext, report: Reporter) -> Vec<EventListener> {
    let changed = context.clone();
    let state = EventListener::new(context, "statechange", move |_| {
        report.input(Input::MixerChanged { runs: level::runs(&changed) });
    });
    let targets =
        [(document().into(), "visibilitychange"), (window().into(), "pointerup"), (window().into(), "keydown")];
    let wakes = targets.map(|(target, event): (web_sys::EventTarget, _)| {
        let sleeping = context.clone();
        EventListener::new(&target, event, move |_| wake(&sleeping))
    });
    wakes.into_iter().chain([state]).collect()
}

fn wake(context: &AudioContext) {
    if !level::runs(context) {
        level::resume(context);
    }
}

/// A source at the desk.
struct Strip {
    capture: Capture,
    input: MediaStreamAudioSourceNode,
    gain: GainNode,
    meter: Meter,
}

impl Mixer {
    /// Whether it runs is reported, now and later.
    pub(super) fn open(report: Reporter) -> Option<Self> {
        let context = AudioContext::new().ok()?;
        let mixed = context.create_media_stream_destination().ok()?;
        report.input_later(Input::MixerChanged { runs: level::runs(&context) });
        let waking = keep_running(&context, report);
        Some(Self { context, mixed, strips: Vec::new(), _waking: waking })
    }

    /// Asks the browser to go on, if it has stopped.
    pub(super) fn wake(&self) {
        wake(&self.context);
    }

    /// Takes a source in, in place of the one of the same kind; not to be heard before [`Mixer::apply`] says so.
    pub(super) fn insert(&mut self, capture: Capture, level: RwSignal<f32>) -> Option<()> {
        let input = self.context.create_media_stream_source(capture.stream()).ok()?;
        let gain = self.context.create_gain().ok()?;
        gain.gain().set_value(0.0);
        input.connect_with_audio_node(&gain).ok()?;
        let meter = Meter::attach(&self.context, &input, level)?;
        self.remove(capture.source());
        self.strips.push(Strip { capture, input, gain, meter });
        Some(())
    }

    pub(super) fn remove(&mut self, source: Source) {
        self.strips.retain(|strip| strip.capture.source() != source);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.strips.is_empty()
    }

    /// What is captured from a source, whether it is in the mix or only tried out.
    pub(super) fn capture(&self, source: Source) -> Option<&Capture> {
        self.strips.iter().map(|strip| &strip.capture).find(|capture| capture.source() == source)
    }

    /// The largest sample of a source since this was asked last, from 0 to 1; `None` if nothing was measured.
    pub(super) fn take_peak(&self, source: Source) -> Option<f32> {
        self.strips.iter().find(|strip| strip.capture.source() == source)?.meter.take_peak()
    }

    /// Sets the faders, and silences every source in the mix unless it is `sending`.
    pub(super) fn apply(&self, mix: &Mix, sending: bool) {
        let is_mixed = mix.route() == Some(Route::Mixed);
        if is_mixed {
            level::resume(&self.context);
        }
        set_enabled(&self.mixed, sending);
        for strip in &self.strips {
            let source = strip.capture.source();
            strip.capture.track().set_enabled(sending || !mix.has(source));
            strip.turn(self.context.current_time(), mix.gain(source));
            // What nobody hears is not computed.
            let _ = if is_mixed {
                strip.gain.connect_with_audio_node(&self.mixed).map(drop)
            } else {
                strip.gain.disconnect()
            };
        }
    }

    /// The track that goes out, marked as what it carries.
    pub(super) fn outgoing(&self, mix: &Mix, profile: Profile) -> Option<MediaStreamTrack> {
        let track = match mix.route()? {
            // The method `clone` of a track would make a second one, which lives on when this one is stopped.
            Route::Untouched(source) => Clone::clone(self.capture(source)?.track()),
            Route::Mixed => mixed_track(&self.mixed)?,
        };
        set(&track, "contentHint", profile.content_hint());
        Some(track)
    }
}

impl Drop for Mixer {
    fn drop(&mut self) {
        level::close(&self.context);
    }
}

impl Strip {
    fn turn(&self, now_s: f64, gain: f32) {
        // A browser that refuses to glide leaps.
        if self.gain.gain().set_target_at_time(gain, now_s, GLIDE_S).is_err() {
            self.gain.gain().set_value(gain);
        }
    }
}

impl Drop for Strip {
    fn drop(&mut self) {
        // Nodes that are not connected any more are nobody's.
        let _ = self.input.disconnect();
        let _ = self.gain.disconnect();
    }
}

fn mixed_track(mixed: &MediaStreamAudioDestinationNode) -> Option<MediaStreamTrack> {
    use wasm_bindgen::JsCast;
    mixed.stream().get_audio_tracks().get(0).dyn_into().ok()
}

fn set_enabled(mixed: &MediaStreamAudioDestinationNode, enabled: bool) {
    if let Some(track) = mixed_track(mixed) {
        track.set_enabled(enabled);
    }
}
