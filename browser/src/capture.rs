//! Captures one source: a tab, the system's sound or a microphone.

use crate::dom::window;
use gloo_events::{EventListener, EventListenerOptions};
use heartogether::room::Source;
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DisplayMediaStreamConstraints, MediaDevices, MediaStream, MediaStreamConstraints, MediaStreamTrack};

use crate::{Reporter, early_microphone, playback::error_name};
use heartogether_client::{Input, Processing, Profile};

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
    /// The browser cannot capture this.
    Unsupported(Source),
    /// Pages without HTTPS may not capture.
    InsecureContext,
}

/// One source's captured sound. Dropped, it lets go of the device.
pub(crate) struct Capture {
    source: Source,
    processing: Processing,
    stream: MediaStream,
    track: MediaStreamTrack,
    _ended: EventListener,
}

impl Capture {
    /// Asks the browser for a tab's or the system's sound, and the browser asks the visitor.
    pub(crate) async fn display(report: Reporter) -> Result<Self, CaptureError> {
        let devices = media_devices(Source::Display)?;
        let request = devices.get_display_media_with_constraints(&display_constraints());
        Self::start(Source::Display, Processing::default(), request, report).await
    }

    /// Asks the browser for a microphone with as many channels as `profile` wants, and its sound processed like this: for
    /// `device`, or for any.
    pub(crate) async fn microphone(
        profile: Profile,
        processing: Processing,
        device: Option<&str>,
        report: Reporter,
    ) -> Result<Self, CaptureError> {
        let devices = media_devices(Source::Microphone)?;
        let constraints = microphone_constraints(profile, processing, device);
        let request = match early_microphone::take(&constraints) {
            Some(begun) => Ok(begun),
            None => devices.get_user_media_with_constraints(&constraints),
        };
        Self::start(Source::Microphone, processing, request, report).await
    }

    /// That the source goes away later is reported.
    async fn start(
        source: Source,
        processing: Processing,
        request: Result<Promise, JsValue>,
        report: Reporter,
    ) -> Result<Self, CaptureError> {
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
            report.input(Input::CaptureEnded(source));
        });
        Ok(Self { source, processing, stream, track, _ended: ended })
    }

    pub(crate) const fn source(&self) -> Source {
        self.source
    }

    /// What the browser does to the sound.
    pub(crate) const fn processing(&self) -> Processing {
        self.processing
    }

    pub(crate) const fn stream(&self) -> &MediaStream {
        &self.stream
    }

    pub(crate) const fn track(&self) -> &MediaStreamTrack {
        &self.track
    }

    /// The id of the device that it comes from.
    pub(crate) fn device(&self) -> Option<String> {
        Reflect::get(&self.track.get_settings(), &"deviceId".into()).ok()?.as_string()
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.track.stop();
    }
}

/// Why this browser cannot capture from `source` on this page, whatever the visitor says.
pub(crate) fn obstacle(source: Source) -> Option<CaptureError> {
    media_devices(source).err()
}

/// The browser's devices, if it has what `source` needs.
fn media_devices(source: Source) -> Result<MediaDevices, CaptureError> {
    if !window().is_secure_context() {
        return Err(CaptureError::InsecureContext);
    }
    let unsupported = CaptureError::Unsupported(source);
    let devices = window().navigator().media_devices().map_err(|_| unsupported)?;
    let has = |method: &str| Reflect::has(&devices, &method.into()).unwrap_or_default();
    let can = match source {
        Source::Microphone => has("getUserMedia"),
        // Firefox and Safari share pictures without sound. Only browsers that share sound know this constraint on it
        // (W3C Screen Capture, section 5.4.1).
        Source::Display => has("getDisplayMedia") && knows_constraint(&devices, "suppressLocalAudioPlayback"),
    };
    if can { Ok(devices) } else { Err(unsupported) }
}

fn knows_constraint(devices: &MediaDevices, name: &str) -> bool {
    Reflect::get(&devices.get_supported_constraints(), &name.into()).is_ok_and(|known| known.is_truthy())
}

fn sound_constraints(processing: Processing, channels: u8) -> Object {
    let sound = Object::new();
    set(&sound, "echoCancellation", processing.echo_cancellation);
    set(&sound, "noiseSuppression", processing.noise_suppression);
    set(&sound, "autoGainControl", processing.gain_control);
    set(&sound, "channelCount", channels);
    sound
}

/// Neither this page nor what it plays is offered (W3C Screen Capture, sections 5.2 and 5.4.1): browsers that do not know
/// these members leave them out.
fn display_constraints() -> DisplayMediaStreamConstraints {
    let sound = sound_constraints(Processing::default(), Profile::of(Source::Display).codec().channels);
    set(&sound, "restrictOwnAudio", true);
    let constraints = DisplayMediaStreamConstraints::new();
    constraints.set_audio(&sound);
    constraints.set_video(&JsValue::TRUE);
    set(&constraints, "systemAudio", "include");
    set(&constraints, "selfBrowserSurface", "exclude");
    constraints
}

/// What the browser is asked for.
pub(crate) fn microphone_constraints(
    profile: Profile,
    processing: Processing,
    device: Option<&str>,
) -> MediaStreamConstraints {
    let sound = sound_constraints(processing, profile.codec().channels);
    if let Some(device) = device {
        // A condition: Chromium 156 takes the system's own choice where a device is only wished for.
        let exactly = Object::new();
        set(&exactly, "exact", device);
        set(&sound, "deviceId", exactly);
    }
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio(&sound);
    constraints
}

/// Sets a property that web-sys has no setter for.
pub(crate) fn set(target: &JsValue, name: &str, value: impl Into<JsValue>) {
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
