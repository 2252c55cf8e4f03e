//! The browser's storage for this site. A browser that forbids storage throws an error on access (HTML, section
//! 12.2.3). Then nothing is stored.

use crate::dom::window;
use web_sys::Storage;

/// What is kept for every visit.
pub(crate) fn local() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What is kept for this tab.
pub(crate) fn session() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
