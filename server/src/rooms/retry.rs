//! Calls to the storage that are repeated while it fails.

use std::{sync::Arc, time::Duration};

use heartogether::{id::RoomId, room::Event};
use tracing::{Instrument, debug_span};

use crate::{
    error::report_storage,
    metrics::{Append, Stopwatch, record_append},
    random,
    storage::log::{AppendNonce, Appended, LogError, RoomLog},
};

/// Pause before a failed storage call is repeated.
pub(super) const RETRY: Duration = Duration::from_secs(1);
/// How long a failing read of a log is repeated.
pub(super) const READING: Duration = Duration::from_secs(60);
/// How many times an important append is tried if the storage says that it is damaged: the damage may be in another
/// room's log.
const ATTEMPTS: u32 = 10;

/// Repeats a call to the log until its storage answers, so that a short fault does not end a room.
///
/// # Errors
/// Every [`LogError`] except [`LogError::Storage`].
pub(super) async fn insist<T, F>(attempt: impl Fn() -> F) -> Result<T, LogError>
where
    F: Future<Output = Result<T, LogError>>,
{
    loop {
        match attempt().await {
            Err(error @ LogError::Storage(_)) => report_storage(&error),
            answered => return answered,
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// Repeats a read of the log for a limited time. A disk on the network may be away for a moment.
///
/// # Errors
/// Every [`LogError`]. [`LogError::Storage`] once reads have failed for [`READING`].
pub(super) async fn insist_on_reading<T, F>(attempt: impl Fn() -> F) -> Result<T, LogError>
where
    F: Future<Output = Result<T, LogError>>,
{
    match tokio::time::timeout(READING, insist(&attempt)).await {
        Ok(answered) => answered,
        Err(_) => attempt().await,
    }
}

/// Appends an entry, and records how long that took.
///
/// # Errors
/// Those of [`RoomLog::append`].
pub(crate) async fn append(log: &dyn RoomLog, room: RoomId, event: Event) -> Result<Appended, LogError> {
    measured(room, log.append(room, event)).await
}

/// Carries out an append, and records how long it took.
///
/// # Errors
/// Those of the append.
pub(super) async fn measured<T>(
    room: RoomId,
    append: impl Future<Output = Result<T, LogError>>,
) -> Result<T, LogError> {
    let stopwatch = Stopwatch::start();
    let appended = append.instrument(debug_span!("append", %room)).await;
    let outcome = match &appended {
        Ok(_) => Append::Done,
        Err(LogError::NoSuchRoom) => Append::Refused,
        Err(_) => Append::Failed,
    };
    record_append(outcome, stopwatch.elapsed());
    appended
}

/// Appends an entry that must not be lost, in the background.
pub(crate) fn append_surely(log: Arc<dyn RoomLog>, room: RoomId, event: Event) {
    append_surely_once(log, room, AppendNonce::from_bits(random::bits()), event);
}

/// Appends an entry that must not be lost, in the background, unless it is there already.
pub(super) fn append_surely_once(log: Arc<dyn RoomLog>, room: RoomId, nonce: AppendNonce, event: Event) {
    tokio::spawn(async move {
        for _ in 0..ATTEMPTS {
            match insist(|| measured(room, log.append_once(room, nonce, event.clone()))).await {
                Err(LogError::Unreadable(error)) => tracing::error!(%error, %room, "an entry cannot be appended"),
                _ => return,
            }
            tokio::time::sleep(RETRY).await;
        }
    });
}
