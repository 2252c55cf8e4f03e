//! What the server keeps: the rooms' logs, accounts with their sessions and keys, and the archive of messages. One trait an
//! aggregate; a storage's own error type stands in no trait's file.

pub mod accounts;
pub mod database;
pub mod keys;
pub mod log;
pub mod messages;
pub mod sealing;

use std::{error::Error, sync::Arc};

/// The storage failed. What failed now may work later.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the storage failed")]
pub struct StorageError(#[source] Arc<dyn Error + Send + Sync>);

impl StorageError {
    pub(crate) fn new(error: impl Error + Send + Sync + 'static) -> Self {
        Self(Arc::new(error))
    }

    /// What the storage said. The source of this error is not that, but what holds it.
    pub(crate) fn cause(&self) -> &(dyn Error + 'static) {
        &*self.0
    }
}
