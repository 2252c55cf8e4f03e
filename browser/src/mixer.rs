//! The mixer: the open sources, each with a meter and a fader, and the track that is sent. It owns the sources' devices
//! and one audio context. The [`Mix`] decides which sources are sent.

use crate::dom::{document, window};
use gloo_events::EventListener;
use heartogether::room::Source;
use web_sys::{
    AudioContext, GainNode, MediaStream, MediaStreamAudioDestinationNode, MediaStreamAudioSourceNode, MediaStreamTrack,
};

use crate::{
    Reporter, Shown,
    capture::{Capture, set},
    level::{self, Meter},
};
use heartogether_client::{Input, Mix, Profile, Route};

/// Seconds in which a fader covers most of its way: no click is heard, and no delay is felt.
const GLIDE_S: f64 = 0.015;

/// The desk. Dropped, it lets go of all devices.
pub(crate) struct Mixer {
    /// `None` where the browser has no Web Audio: one source goes out as it is then, and nothing is measured.
    graph: Option<Graph>,
    strips: Vec<Strip>,
}

/// What mixes.
struct Graph {
    // Contexts are made for interaction unless told otherwise: the lowest latency that the machine sustains.
    context: AudioContext,
    mixed: MediaStreamAudioDestinationNode,
    _waking: Vec<EventListener>,
}

impl Graph {
    fn open(report: Reporter) -> Option<Self> {
        let context = AudioContext::new().ok()?;
        let mixed = context.create_media_stream_destination().ok()?;
        let waking = keep_running(&context, report);
        Some(Self { context, mixed, _waking: waking })
    }
}

impl Drop for Graph {
    fn drop(&mut self) {
        level::close(&self.context);
    }
}

/// Reports whether the context runs, and asks the browser to go on whenever it may say yes (Web Audio, section 1.2.1): a
/// context that a call or sleep has interrupted may run again once that is over, one that waits for a gesture after a tap.
fn keep_running(context: &AudioContext, report: Reporter) -> Vec<EventListener> {
    let changed = context.clone();
    let state = EventListener::new(context, "statechange", move |_| {
        report.input(Input::MixerRuns(level::runs(&changed)));
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
    nodes: Option<Nodes>,
}

/// A source's meter and fader.
struct Nodes {
    input: MediaStreamAudioSourceNode,
    gain: GainNode,
    meter: Meter,
}

impl Nodes {
    fn connect(context: &AudioContext, stream: &MediaStream, level: Shown<f32>) -> Option<Self> {
        let input = context.create_media_stream_source(stream).ok()?;
        let gain = context.create_gain().ok()?;
        gain.gain().set_value(0.0);
        input.connect_with_audio_node(&gain).ok()?;
        let meter = Meter::attach(context, &input, level)?;
        Some(Self { input, gain, meter })
    }
}

impl Mixer {
    /// Whether it runs is reported, now and later.
    pub(crate) fn open(report: Reporter) -> Self {
        let graph = Graph::open(report.clone());
        let runs = graph.as_ref().is_some_and(|graph| level::runs(&graph.context));
        report.input_later(Input::MixerRuns(runs));
        Self { graph, strips: Vec::new() }
    }

    /// Asks the browser to go on, if it has stopped.
    pub(crate) fn wake(&self) {
        self.graph.iter().for_each(|graph| wake(&graph.context));
    }

    /// Takes a source in, in place of the one of the same kind; not to be heard before [`Mixer::apply`] says so.
    pub(crate) fn insert(&mut self, capture: Capture, level: Shown<f32>) -> Option<()> {
        let nodes = match &self.graph {
            Some(graph) => Some(Nodes::connect(&graph.context, capture.stream(), level)?),
            None => None,
        };
        self.remove(capture.source());
        self.strips.push(Strip { capture, nodes });
        Some(())
    }

    pub(crate) fn remove(&mut self, source: Source) {
        self.strips.retain(|strip| strip.capture.source() != source);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.strips.is_empty()
    }

    /// What is captured from a source, whether it is in the mix or only tried out.
    pub(crate) fn capture(&self, source: Source) -> Option<&Capture> {
        self.strips.iter().map(|strip| &strip.capture).find(|capture| capture.source() == source)
    }

    /// The largest sample of a source since this was asked last, from 0 to 1; `None` if nothing was measured.
    pub(crate) fn take_peak(&self, source: Source) -> Option<f32> {
        self.strips.iter().find(|strip| strip.capture.source() == source)?.nodes.as_ref()?.meter.take_peak()
    }

    /// Sets the faders, and silences every source in the mix unless it is `sending`.
    pub(crate) fn apply(&self, mix: &Mix, sending: bool) {
        let is_mixed = mix.route() == Some(Route::Mixed);
        for strip in &self.strips {
            strip.capture.track().set_enabled(sending || !mix.has(strip.capture.source()));
        }
        let Some(graph) = &self.graph else { return };
        if is_mixed {
            level::resume(&graph.context);
        }
        set_enabled(&graph.mixed, sending);
        for strip in &self.strips {
            let Some(Nodes { gain, .. }) = &strip.nodes else { continue };
            turn(gain, graph.context.current_time(), mix.gain(strip.capture.source()));
            // What nobody hears is not computed.
            let _ = if is_mixed { gain.connect_with_audio_node(&graph.mixed).map(drop) } else { gain.disconnect() };
        }
    }

    /// The track that goes out, marked as what it carries.
    pub(crate) fn outgoing(&self, mix: &Mix, profile: Profile) -> Option<MediaStreamTrack> {
        let track = match mix.route()? {
            // The method `clone` of a track would make a second one, which lives on when this one is stopped.
            Route::Untouched(source) => Clone::clone(self.capture(source)?.track()),
            Route::Mixed => mixed_track(&self.graph.as_ref()?.mixed)?,
        };
        set(&track, "contentHint", profile.content_hint());
        Some(track)
    }
}

fn turn(gain: &GainNode, now_s: f64, wanted: f32) {
    // A browser that refuses to glide leaps.
    if gain.gain().set_target_at_time(wanted, now_s, GLIDE_S).is_err() {
        gain.gain().set_value(wanted);
    }
}

impl Drop for Nodes {
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
