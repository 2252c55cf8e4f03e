//! The maximum size of the database. At the limit, the server refuses new rooms and guests. A little above it, open
//! rooms only accept changes that end or free something, so members cannot fill the disk either.

use std::sync::{Mutex, PoisonError};

use heartogether::{
    room::{Command, Event},
    time::Timestamp,
};

use crate::storage::{StorageError, accounts::Store};

/// Milliseconds for which a measured size is believed.
const BELIEVED_MS: u64 = 5_000;
/// Open rooms may write until the database is so many parts larger than its limit.
const RESERVE_PARTS: u64 = 8;

/// Watches the size of the database.
pub(crate) struct DatabaseLimit {
    /// Bytes; 0 is no limit.
    bytes: u64,
    latest: Mutex<Option<(Timestamp, u64)>>,
}

impl DatabaseLimit {
    pub(crate) const fn new(bytes: u64) -> Self {
        Self { bytes, latest: Mutex::new(None) }
    }

    /// Whether an open room may write this.
    ///
    /// # Errors
    /// [`StorageError`].
    pub(crate) async fn takes(&self, event: &Event, store: &dyn Store, now: Timestamp) -> Result<bool, StorageError> {
        if self.bytes == 0 || !grows(event) {
            return Ok(true);
        }
        let bytes = match self.believed(now) {
            Some(bytes) => bytes,
            None => self.measure(store, now).await?,
        };
        Ok(bytes < self.bytes.saturating_add(self.bytes / RESERVE_PARTS))
    }

    fn believed(&self, now: Timestamp) -> Option<u64> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.filter(|(measured_at, _)| now.since_ms(*measured_at) < BELIEVED_MS).map(|(_, bytes)| bytes)
    }

    async fn measure(&self, store: &dyn Store, now: Timestamp) -> Result<u64, StorageError> {
        let bytes = store.usage().await?.bytes;
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, bytes));
        Ok(bytes)
    }
}

/// Whether the event adds to a room what people can go on adding.
const fn grows(event: &Event) -> bool {
    match event {
        Event::JoinRequested(_) => true,
        Event::Commanded { command, .. } | Event::CommandedByProgram { command, .. } => {
            matches!(command, Command::React { .. } | Command::Write { .. } | Command::Edit { .. })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use heartogether::{
        engagement::{MessageText, Reaction},
        id::{AccountId, ConnectionId},
    };

    use super::*;
    use crate::storage::{
        accounts::{Accounts, SqlStore},
        database,
    };

    fn commanded(command: Command) -> Event {
        Event::Commanded { connection: ConnectionId::from_bits(1), account: AccountId::from_bits(1), command }
    }

    #[tokio::test]
    async fn a_full_database_accepts_only_changes_that_end_or_free_something() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let store = SqlStore::new(database::open(&folder.path().join("data")).await.expect("a database"));
        let bytes = store.usage().await.expect("measured").bytes;
        let text = MessageText::parse("louder").expect("a message");
        let growing = [
            commanded(Command::React { reaction: Reaction::Fire }),
            commanded(Command::Write {
                nonce: 1,
                text,
                pictures: Vec::new(),
                reply_to: None,
                answered: None,
                is_archived: false,
                markup: None,
            }),
        ];
        for (limit, takes) in [(0, true), (bytes, true), (bytes / 2, false)] {
            for event in &growing {
                let taken = DatabaseLimit::new(limit).takes(event, &store, Timestamp::from_millis(1)).await;
                assert_eq!(taken.expect("measured"), takes, "{limit}: {event:?}");
            }
            for event in [commanded(Command::Leave), commanded(Command::StopRoom), Event::Woke] {
                let limit = DatabaseLimit::new(limit);
                assert!(limit.takes(&event, &store, Timestamp::from_millis(1)).await.expect("measured"));
            }
        }
    }
}
