//! What the server keeps: the rooms' logs, accounts with their sessions and keys, and the archive of messages. One trait an
//! aggregate; a storage's own error type stands in no trait's file.

pub mod accounts;
pub mod database;
pub mod keys;
pub mod log;
pub mod messages;
pub mod sealing;

use std::{error::Error, sync::Arc};

/// The storage failed. What failed now may work later, unless what it holds is damaged.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the storage failed")]
pub struct StorageError {
    #[source]
    source: Arc<dyn Error + Send + Sync>,
    is_damage: bool,
}

impl StorageError {
    /// A fault that may pass.
    pub(crate) fn new(error: impl Error + Send + Sync + 'static) -> Self {
        Self { source: Arc::new(error), is_damage: false }
    }

    /// What is stored is not what was written.
    pub(crate) fn damage(error: impl Error + Send + Sync + 'static) -> Self {
        Self { source: Arc::new(error), is_damage: true }
    }

    /// Whether trying again is of no use.
    pub(crate) const fn is_damage(&self) -> bool {
        self.is_damage
    }
}
