//! What a host's tab stores for the time after a reload: a mark that it had the room, and which sources were live. In a
//! browser that forbids storage, only this convenience is missing.
//!
//! A duplicated tab starts with a copy of the first tab's storage (HTML, section 12.2.1). So the mark exists only after
//! one page of the tab has gone and before the next one has come.

use heartogether::id::{PublicationId, RoomCode};

use super::storage;
use heartogether_client::ReloadState;

/// Where the mark is stored: the room's code.
pub const MARK_KEY: &str = "heartogether.host";
/// Where it is stored what is live.
pub const KEEPSAKE_KEY: &str = "heartogether.live";

/// Where it is stored what is heard in a lounge.
const HEARD_KEY: &str = "heartogether.heard";

/// Marks that this tab's page, which is going away, had the room.
pub(crate) fn leave_mark(code: RoomCode) {
    if let Some(storage) = storage::session() {
        let _ = storage.set_item(MARK_KEY, &code.to_string());
    }
}

/// Takes the mark. Whether the tab's page before this one had the room.
pub(crate) fn take_mark(code: RoomCode) -> bool {
    let Some(storage) = storage::session() else { return false };
    let marked = storage.get_item(MARK_KEY).ok().flatten();
    let _ = storage.remove_item(MARK_KEY);
    marked.is_some_and(|marked| marked == code.to_string())
}

/// What was live in this tab, or in the one that it is a copy of.
pub(crate) fn keepsake() -> Option<ReloadState> {
    ReloadState::parse(&storage::session()?.get_item(KEEPSAKE_KEY).ok()??)
}

/// Keeps what is live, for as long as it is.
pub(crate) fn keep(keepsake: Option<ReloadState>) {
    let Some(storage) = storage::session() else { return };
    let _ = match keepsake {
        Some(keepsake) => storage.set_item(KEEPSAKE_KEY, &keepsake.to_string()),
        None => storage.remove_item(KEEPSAKE_KEY),
    };
}

/// What was heard in this tab, and in which room.
pub(crate) fn heard() -> Option<(RoomCode, PublicationId)> {
    let line = storage::session()?.get_item(HEARD_KEY).ok()??;
    let (code, publication) = line.split_once(' ')?;
    Some((code.parse().ok()?, publication.parse().ok()?))
}

/// Keeps what is heard, for as long as it is.
pub(crate) fn keep_heard(heard: Option<(RoomCode, PublicationId)>) {
    let Some(storage) = storage::session() else { return };
    let _ = match heard {
        Some((code, publication)) => storage.set_item(HEARD_KEY, &format!("{code} {publication}")),
        None => storage.remove_item(HEARD_KEY),
    };
}
