//! What was written and not sent, kept for the next visit.

use heartogether::id::RoomCode;

use super::kept;

fn key(code: RoomCode) -> String {
    format!("heartogether.draft.{code}")
}

/// What was kept of a lounge.
pub(super) fn of(code: RoomCode) -> String {
    kept::read(&key(code)).unwrap_or_default()
}

/// Keeps it; what is empty is forgotten.
pub(super) fn keep(code: RoomCode, text: &str) {
    kept::write(&key(code), Some(text).filter(|text| !text.trim().is_empty()));
}
