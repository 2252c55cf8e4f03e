//! Capturing a tab, the system's sound or a microphone.

use std::fmt;

use gloo_events::{EventListener, EventListenerOptions};
use heartogether::wire::Source;
use js_sys::{Object, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DisplayMediaStreamConstraints, MediaDevices, MediaStream, MediaStreamConstraints, MediaStreamTrack};

use super::{Reporter, playback::error_name};
use crate::client::{Input, Profile};

/// Why no sound could be captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureError {
    /// The visitor or the system said no.
    PermissionRefused(Source),
    /// There is no such device.
    NoDevice,
    /// Another program holds the device.
    DeviceBusy,
    /// What was picked has no sound.
    NoSound,
    /// The browser offers no display capture.
    Unsupported(Source),
    /// Pages without HTTPS may not capture.
    InsecureContext,
}

impl fmt::Display for CaptureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PermissionRefused(Source::Display) => {
                "Nothing was shared. Choose a tab in the browser's window and press Share."
            }
            Self::PermissionRefused(Source::Microphone) => {
                "The browser does not let this page use the microphone. Allow it in the address bar and try again."
            }
            Self::NoDevice => "No microphone was found. Connect one and try again.",
            Self::DeviceBusy => "The microphone could not be opened. Another program may be using it.",
            Self::NoSound => {
                "What you picked has no sound to share. Pick a tab, and leave \u{201c}Also share tab audio\u{201d} on."
            }
            Self::Unsupported(Source::Display) => {
                "This browser cannot share a tab's sound. Use a microphone, or Chrome or Edge on a computer."
            }
            Self::Unsupported(Source::Microphone) => "This browser gives no page the microphone.",
            Self::InsecureContext => "Browsers let a page capture sound only over HTTPS or on localhost.",
        })
    }
}

/// Captured sound. Dropped, it lets go of the device.
pub(super) struct Capture {
    source: Source,
    stream: MediaStream,
    track: MediaStreamTrack,
    _ended: EventListener,
}

impl Capture {
    /// Asks the browser, which asks the visitor. That the source goes away later is reported.
    pub(super) async fn start(source: Source, report: Reporter) -> Result<Self, CaptureError> {
        let devices = media_devices(source)?;
        let request = match source {
            Source::Display => devices.get_display_media_with_constraints(&display_constraints()),
            Source::Microphone => devices.get_user_media_with_constraints(&microphone_constraints()),
        };
        let request = request.map_err(|error| capture_error(source, &error))?;
        let stream: MediaStream =
            JsFuture::from(request).await.map_err(|error| capture_error(source, &error))?.unchecked_into();
        // Browsers refuse a display capture without a picture; nobody needs it.
        for picture in stream.get_video_tracks().iter().map(JsValue::unchecked_into::<MediaStreamTrack>) {
            picture.stop();
            stream.remove_track(&picture);
        }
        let track =
            stream.get_audio_tracks().get(0).dyn_into::<MediaStreamTrack>().map_err(|_| CaptureError::NoSound)?;
        let ended = EventListener::once_with_options(&track, "ended", EventListenerOptions::default(), move |_| {
            report.input(Input::CaptureEnded);
        });
        Ok(Self { source, stream, track, _ended: ended })
    }

    pub(super) const fn source(&self) -> Source {
        self.source
    }

    pub(super) const fn stream(&self) -> &MediaStream {
        &self.stream
    }

    pub(super) const fn track(&self) -> &MediaStreamTrack {
        &self.track
    }

    pub(super) fn apply(&self, profile: Profile) {
        set(&self.track, "contentHint", profile.content_hint());
    }

    pub(super) fn set_sending(&self, sending: bool) {
        self.track.set_enabled(sending);
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.track.stop();
    }
}

/// The browser's devices, if it has what `source` needs.
fn media_devices(source: Source) -> Result<MediaDevices, CaptureError> {
    if !window().is_secure_context() {
        return Err(CaptureError::InsecureContext);
    }
    let devices = window().navigator().media_devices().map_err(|_| CaptureError::Unsupported(source))?;
    let method = match source {
        Source::Display => "getDisplayMedia",
        Source::Microphone => "getUserMedia",
    };
    let has_method = Reflect::has(&devices, &method.into()).unwrap_or_default();
    if has_method { Ok(devices) } else { Err(CaptureError::Unsupported(source)) }
}

fn display_constraints() -> DisplayMediaStreamConstraints {
    let sound = Object::new();
    for processing in ["echoCancellation", "noiseSuppression", "autoGainControl"] {
        set(&sound, processing, false);
    }
    set(&sound, "channelCount", 2);
    let constraints = DisplayMediaStreamConstraints::new();
    constraints.set_audio(&sound);
    constraints.set_video(&JsValue::TRUE);
    set(&constraints, "systemAudio", "include");
    constraints
}

fn microphone_constraints() -> MediaStreamConstraints {
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio(&JsValue::TRUE);
    constraints
}

/// Sets a property that web-sys has no setter for.
fn set(target: &JsValue, name: &str, value: impl Into<JsValue>) {
    // Setting a property of a plain object or of a browser's own object does not fail.
    let _ = Reflect::set(target, &name.into(), &value.into());
}

/// The exceptions of Media Capture and Streams, section 10.2, and Screen Capture, section 5.1.
fn capture_error(source: Source, error: &JsValue) -> CaptureError {
    match error_name(error).as_str() {
        "NotFoundError" | "OverconstrainedError" => CaptureError::NoDevice,
        "NotReadableError" | "AbortError" => CaptureError::DeviceBusy,
        "NotSupportedError" | "TypeError" => CaptureError::Unsupported(source),
        _ => CaptureError::PermissionRefused(source),
    }
}
