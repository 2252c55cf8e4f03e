//! Copies texts of messages.

use leptos::task::spawn_local;

use crate::{
    browser::clipboard,
    components::{Toast, Toasts, Tone},
    text::lounge as text,
};

/// Copies a text, and says whether that was possible.
pub(super) fn copy(words: String, toasts: Toasts) {
    spawn_local(async move {
        toasts.show(match clipboard::copy(&words).await {
            true => Toast::new(text::COPIED),
            false => Toast::new(text::UNCOPIED).with_tone(Tone::Warn),
        });
    });
}
