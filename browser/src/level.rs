//! Measures how loud a stream is, for the meter.

use std::{cell::Cell, rc::Rc};

use gloo_timers::callback::Interval;
use js_sys::{Object, Reflect};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AudioContext, AudioContextOptions, AudioNode, MediaStream};

use crate::{Page, Reporter, Shown, dom::document, js_property::property};

/// How often the meter moves. Slower than the eye wants costs less than the eye notices.
const EVERY_MS: u32 = 66;
/// Samples looked at, 21 ms at 48 kHz.
const SAMPLES: usize = 1024;
/// What the meter calls silence, in decibels below full scale.
const FLOOR_DB: f32 = 60.0;

/// Measures a stream by itself.
pub(crate) struct Level {
    context: AudioContext,
    _meter: Meter,
}

impl Level {
    /// Shows the loudness of `stream` in `level`, from 0 (silence) to 1 (full scale).
    pub(crate) fn measure(stream: &MediaStream, level: Shown<f32>) -> Option<Self> {
        let context = AudioContext::new_with_context_options(&without_device()).ok()?;
        let input = context.create_media_stream_source(stream).ok()?;
        let meter = Meter::attach(&context, &input, level)?;
        Some(Self { context, _meter: meter })
    }

    /// Goes on after a tap, where the browser wanted one.
    pub(crate) fn resume(&self) {
        resume(&self.context);
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        close(&self.context);
    }
}

/// Measures what comes out of a node. Dropped, it stops and shows silence.
pub(crate) struct Meter {
    _interval: Interval,
    level: Shown<f32>,
    /// The largest sample since somebody asked for it.
    peak: Rc<Cell<Option<f32>>>,
}

impl Meter {
    pub(crate) fn attach(context: &AudioContext, node: &AudioNode, level: Shown<f32>) -> Option<Self> {
        let analyser = context.create_analyser().ok()?;
        analyser.set_fft_size(SAMPLES as u32);
        node.connect_with_audio_node(&analyser).ok()?;
        let peak = Rc::<Cell<Option<f32>>>::default();
        let (context, highest, shown) = (context.clone(), Rc::clone(&peak), level.clone());
        let read = move || {
            // In a context that stands still, the samples are those of before.
            if !runs(&context) {
                shown.show(0.0);
                return;
            }
            let mut samples = [0_f32; SAMPLES];
            analyser.get_float_time_domain_data(&mut samples);
            let now = loudness(&samples);
            highest.set(Some(
                samples.iter().fold(highest.get().unwrap_or_default(), |peak, sample| peak.max(sample.abs())),
            ));
            if shown.with(|before| (before - now).abs() > 0.01) {
                shown.set(now);
            }
        };
        Some(Self { _interval: Interval::new(EVERY_MS, read), level, peak })
    }

    /// The largest sample since this was asked last, from 0 to 1; `None` if nothing was measured.
    pub(crate) fn take_peak(&self) -> Option<f32> {
        self.peak.take()
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.level.set(0.0);
    }
}

/// Nothing is to be heard, so no audio device need be opened or kept in step with: it would cost time, and a phone its battery
/// (Web Audio API 1.1, `AudioSinkOptions`). Browsers that do not know this open one, and wake for it seldom.
fn without_device() -> AudioContextOptions {
    let (options, sink) = (AudioContextOptions::new(), Object::new());
    // Setting a property of a plain object does not fail.
    let _ = Reflect::set(&sink, &"type".into(), &"none".into());
    let _ = Reflect::set(&options, &"sinkId".into(), &sink);
    let _ = Reflect::set(&options, &"latencyHint".into(), &"playback".into());
    options
}

/// Whether the browser computes what is in a context (Web Audio, `AudioContextState`): it stops for calls and sleep, and does
/// not begin before a tap.
pub(crate) fn runs(context: &AudioContext) -> bool {
    property(context, "state") == "running"
}

pub(crate) fn resume(context: &AudioContext) {
    if let Ok(resuming) = context.resume() {
        spawn_local(async move { drop(JsFuture::from(resuming).await) });
    }
}

pub(crate) fn close(context: &AudioContext) {
    if let Ok(closing) = context.close() {
        spawn_local(async move { drop(JsFuture::from(closing).await) });
    }
}

fn loudness(samples: &[f32; SAMPLES]) -> f32 {
    let mean_square = samples.iter().map(|sample| sample * sample).sum::<f32>() / SAMPLES as f32;
    (1.0 + 10.0 * mean_square.log10() / FLOOR_DB).clamp(0.0, 1.0)
}

impl Page {
    pub(crate) fn stop_level(&self) {
        *self.0.level.borrow_mut() = None;
        self.0.view.level.show(0.0);
    }

    /// The sound flows: the meter may begin. It waits until now because opening an audio device takes time that the
    /// first sound does not have.
    pub(crate) fn measure_playback(&self) {
        if document().hidden() || !self.0.stands.get() {
            return;
        }
        if let Some(stream) = self.0.playback.as_ref().and_then(|playback| playback.stream()) {
            *self.0.level.borrow_mut() = Level::measure(&stream, self.0.view.level.clone());
        }
    }
}

impl Reporter {
    /// Nobody sees a listener's meter in the background, and an audio device held there costs a phone its battery.
    pub(crate) fn turn_level(&self, on: bool) {
        match (self.page(), on) {
            (Some(page), true) => page.measure_playback(),
            (Some(page), false) => page.stop_level(),
            (None, _) => {}
        }
    }
}
