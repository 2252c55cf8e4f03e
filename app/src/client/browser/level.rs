//! How loud a stream is, for the meter.

use std::time::Duration;

use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AnalyserNode, AudioContext, MediaStream};

/// How often the meter moves. Slower than the eye wants costs less than the eye notices.
const EVERY: Duration = Duration::from_millis(66);
/// Samples looked at, 21 ms at 48 kHz.
const SAMPLES: usize = 1024;
/// What the meter calls silence, in decibels below full scale.
const FLOOR_DB: f32 = 60.0;

/// Measures a stream. Dropped, it lets go of the audio device.
pub(super) struct Level {
    context: AudioContext,
    interval: Option<IntervalHandle>,
}

impl Level {
    /// Shows the loudness of `stream` in `level`, from 0 (silence) to 1 (full scale).
    pub(super) fn measure(stream: &MediaStream, level: RwSignal<f32>) -> Option<Self> {
        let context = AudioContext::new().ok()?;
        let analyser = context.create_analyser().ok()?;
        analyser.set_fft_size(SAMPLES as u32);
        context.create_media_stream_source(stream).ok()?.connect_with_audio_node(&analyser).ok()?;
        let read = move || {
            let now = loudness(&analyser);
            if level.try_with_untracked(|shown| (shown - now).abs() > 0.01) == Some(true) {
                level.set(now);
            }
        };
        let interval = set_interval_with_handle(read, EVERY).ok();
        Some(Self { context, interval })
    }

    /// Goes on after a tap, where the browser wanted one.
    pub(super) fn resume(&self) {
        if let Ok(resuming) = self.context.resume() {
            spawn_local(async move { drop(JsFuture::from(resuming).await) });
        }
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        if let Some(interval) = &self.interval {
            interval.clear();
        }
        if let Ok(closing) = self.context.close() {
            spawn_local(async move { drop(JsFuture::from(closing).await) });
        }
    }
}

fn loudness(analyser: &AnalyserNode) -> f32 {
    let mut samples = [0_f32; SAMPLES];
    analyser.get_float_time_domain_data(&mut samples);
    let mean_square = samples.iter().map(|sample| sample * sample).sum::<f32>() / SAMPLES as f32;
    (1.0 + 10.0 * mean_square.log10() / FLOOR_DB).clamp(0.0, 1.0)
}
