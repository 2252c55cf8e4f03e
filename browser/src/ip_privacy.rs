//! The setting that hides this browser's address from the other members, kept for every visit.

use super::storage;

/// Where it is kept in the browser.
pub const KEY: &str = "heartogether.hide-address";

/// What was kept; addresses are not hidden unless somebody wished so.
pub fn is_wished() -> bool {
    storage::local().and_then(|storage| storage.get_item(KEY).ok().flatten()).is_some()
}

/// Keeps it for the next visit. A browser that forbids storage forgets it with the page.
pub fn wish(hidden: bool) {
    if let Some(storage) = storage::local() {
        let _ = match hidden {
            true => storage.set_item(KEY, "1"),
            false => storage.remove_item(KEY),
        };
    }
}
