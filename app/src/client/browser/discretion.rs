//! Whether this browser hides its address from those it is connected to: kept for every visit.

use leptos::prelude::window;
use web_sys::Storage;

const KEY: &str = "heartogether.hide-address";

/// What was kept; addresses are not hidden unless somebody wished so.
pub fn is_wished() -> bool {
    storage().and_then(|storage| storage.get_item(KEY).ok().flatten()).is_some()
}

/// Keeps it for the next visit. A browser that forbids storage forgets it with the page.
pub fn wish(hidden: bool) {
    if let Some(storage) = storage() {
        let _ = match hidden {
            true => storage.set_item(KEY, "1"),
            false => storage.remove_item(KEY),
        };
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
