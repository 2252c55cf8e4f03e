//! Why no sound could be captured, in words.

use heartogether::room::Source;

use crate::{browser::CaptureError, locale::Key, text::capture as text};

/// What happened, and what to do.
pub(super) const fn told(error: CaptureError) -> Key {
    match error {
        CaptureError::PermissionRefused(Source::Display) => text::DISPLAY_REFUSED,
        CaptureError::PermissionRefused(Source::Microphone) => text::MICROPHONE_REFUSED,
        CaptureError::NoDevice => text::NO_DEVICE,
        CaptureError::DeviceBusy => text::DEVICE_BUSY,
        CaptureError::NoSound => text::NO_SOUND,
        CaptureError::Unsupported(Source::Display) => text::DISPLAY_UNSUPPORTED,
        CaptureError::Unsupported(Source::Microphone) => text::MICROPHONE_UNSUPPORTED,
        CaptureError::InsecureContext => text::INSECURE_CONTEXT,
    }
}
