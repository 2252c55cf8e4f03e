//! Where a host's page leaves its keepsake: with the tab, which a reload does not close.

use leptos::prelude::window;

use crate::client::Keepsake;

const KEY: &str = "heartogether.live";

/// What was left there.
pub(super) fn kept() -> Option<Keepsake> {
    let storage = window().session_storage().ok()??;
    Keepsake::parse(&storage.get_item(KEY).ok()??)
}

/// Leaves it there. A browser that forbids storage loses no more than this convenience.
pub(super) fn keep(keepsake: Option<Keepsake>) {
    let Ok(Some(storage)) = window().session_storage() else { return };
    let _ = match keepsake {
        Some(keepsake) => storage.set_item(KEY, &keepsake.to_string()),
        None => storage.remove_item(KEY),
    };
}
