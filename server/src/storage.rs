//! What the server keeps: the rooms' logs, accounts with their sessions, and the archive of messages. One trait an aggregate; a
//! storage's own error type stands in no trait's file.

pub mod accounts;
pub mod database;
pub mod log;
pub mod messages;

use std::{error::Error, sync::Arc};

/// The storage failed. What failed now may work later.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the storage failed")]
pub struct StorageError(#[source] Arc<dyn Error + Send + Sync>);

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        Self(Arc::new(error))
    }
}
