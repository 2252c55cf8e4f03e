//! Connections to servers, and which of the servers refuse the password.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use redis::{AsyncConnectionConfig, ErrorKind, RedisError, aio::MultiplexedConnection};

use super::settings::{Address, RedisSettings};
use crate::storage::log::replicated::server::Fault;

/// A server refuses the user and the password. That is logged once, where it is found out.
#[derive(Debug, thiserror::Error)]
#[error("Redis refuses the user or the password in REDIS_URL")]
pub(crate) struct PasswordRefused;

impl PasswordRefused {
    pub(super) fn fault() -> Fault {
        Fault(Arc::new(Self))
    }
}

/// How servers are reached.
pub(super) struct Access {
    pub(super) settings: RedisSettings,
    /// The servers that refused the password when they were connected to last.
    refusing: Mutex<BTreeSet<Address>>,
}

impl Access {
    pub(super) fn new(settings: RedisSettings) -> Self {
        Self { settings, refusing: Mutex::default() }
    }

    /// Connects to a server. The error does not contain the password.
    pub(super) async fn connect(
        &self,
        address: &Address,
        config: &AsyncConnectionConfig,
    ) -> Result<MultiplexedConnection, Fault> {
        let client = self.settings.client(address)?;
        let connected = client.get_multiplexed_async_connection_with_config(config).await;
        self.note(address, connected.as_ref().err());
        connected.map_err(|error| if is_refusal(&error) { PasswordRefused::fault() } else { error.into() })
    }

    /// Whether a server refuses the password.
    pub(super) fn is_refused(&self) -> bool {
        !self.refusing().is_empty()
    }

    /// Notes how connecting to a server went, and logs what has changed.
    fn note(&self, address: &Address, error: Option<&RedisError>) {
        let mut refusing = self.refusing();
        if error.is_some_and(is_refusal) {
            if refusing.insert(address.clone()) {
                tracing::error!("Redis at {address} refuses the user or the password: correct REDIS_URL");
            }
        } else if refusing.remove(address) && error.is_none() {
            tracing::info!("Redis at {address} does not refuse the password any more");
        }
    }

    fn refusing(&self) -> MutexGuard<'_, BTreeSet<Address>> {
        self.refusing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a server refuses the password, or wants one where there is none.
fn is_refusal(error: &RedisError) -> bool {
    error.kind() == ErrorKind::AuthenticationFailed || matches!(error.code(), Some("WRONGPASS" | "NOAUTH"))
}
