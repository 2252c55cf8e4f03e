//! What the browser keeps for this site. One that forbids it throws already when it is asked for (HTML, section 12.2.3), and
//! then nothing is kept.

use leptos::prelude::window;
use web_sys::Storage;

/// What is kept for every visit.
pub(super) fn local() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What is kept for this tab.
pub(super) fn session() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
