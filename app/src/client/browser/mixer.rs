//! The mixing desk: open sources, a meter and a fader each, and the track that goes out. It owns the sources' devices and
//! one audio context, and decides nothing: the [`Mix`] says what is in.

use heartogether::wire::Source;
use leptos::prelude::RwSignal;
use web_sys::{AudioContext, GainNode, MediaStreamAudioDestinationNode, MediaStreamAudioSourceNode, MediaStreamTrack};

use super::{
    capture::{Capture, set},
    level::{self, Meter},
};
use crate::client::{Mix, Profile, Route};

/// Seconds in which a fader covers most of its way: no click is heard, and no delay is felt.
const GLIDE_S: f64 = 0.015;

/// The desk. Dropped, it lets go of all devices.
pub(super) struct Mixer {
    // Contexts are made for interaction unless told otherwise: the lowest latency that the machine sustains.
    context: AudioContext,
    mixed: MediaStreamAudioDestinationNode,
    strips: Vec<Strip>,
}

/// A source at the desk.
struct Strip {
    capture: Capture,
    input: MediaStreamAudioSourceNode,
    gain: GainNode,
    _meter: Meter,
}

impl Mixer {
    pub(super) fn open() -> Option<Self> {
        let context = AudioContext::new().ok()?;
        let mixed = context.create_media_stream_destination().ok()?;
        Some(Self { context, mixed, strips: Vec::new() })
    }

    /// Takes a source in, in place of the one of the same kind; not to be heard before [`Mixer::apply`] says so.
    pub(super) fn insert(&mut self, capture: Capture, level: RwSignal<f32>) -> Option<()> {
        let input = self.context.create_media_stream_source(capture.stream()).ok()?;
        let gain = self.context.create_gain().ok()?;
        gain.gain().set_value(0.0);
        input.connect_with_audio_node(&gain).ok()?;
        let meter = Meter::attach(&self.context, &input, level)?;
        self.remove(capture.source());
        self.strips.push(Strip { capture, input, gain, _meter: meter });
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
