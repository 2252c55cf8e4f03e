//! PostgreSQL: its pool of connections, and what is known of it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::FutureExt;
use sqlx::{
    Connection as _, Executor, PgConnection, PgPool,
    pool::{PoolConnection, PoolConnectionMetadata},
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::timeout;

use super::{
    Error,
    fault::{is_away, is_read_only},
};

/// How long whoever needs a connection waits for one.
const ACQUIRE: Duration = Duration::from_secs(3);
/// The same while PostgreSQL has not answered the last one who asked: a request that asks several times fails soon nevertheless.
const ACQUIRE_WHILE_AWAY: Duration = Duration::from_secs(1);
/// After how much idle time a connection is tried before it is used.
const TRY_AFTER: Duration = Duration::from_secs(1);

/// What PostgreSQL ends by itself, should this server not be there any more to do so. A statement that goes over whole tables has a
/// minute.
const SESSION: &str = "SET statement_timeout = '65s'; SET idle_in_transaction_session_timeout = '65s'";

/// Connections to PostgreSQL.
#[derive(Clone, Debug)]
pub(super) struct Postgres {
    pub(super) pool: PgPool,
    /// Whether it did not answer the last one who asked.
    is_away: Arc<AtomicBool>,
}

impl Postgres {
    /// At most so many connections to this database, of which none is opened yet.
    pub(super) fn new(options: &PgConnectOptions, connections: u32) -> Self {
        let options = options.clone().application_name("heartogether");
        let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE);
        let pool = pool.test_before_acquire(false);
        let pool = pool.before_acquire(|connection, state| is_alive(connection, state).boxed());
        let pool = pool.after_connect(|connection, _| async { connection.execute(SESSION).await.map(drop) }.boxed());
        Self { pool: pool.connect_lazy_with(options), is_away: Arc::default() }
    }

    /// A connection that works, as far as is known.
    pub(super) async fn acquire(&self) -> Result<PoolConnection<sqlx::Postgres>, Error> {
        let limit = if self.is_away.load(Ordering::Relaxed) { ACQUIRE_WHILE_AWAY } else { ACQUIRE };
        let acquired = timeout(limit, self.pool.acquire()).await.unwrap_or(Err(Error::PoolTimedOut));
        self.note(acquired.as_ref().err());
        acquired
    }

    /// Takes note of an outcome. If PostgreSQL only reads, idle connections are not used again: they could go on to only read once
    /// the database, or another server in its place, can be written again.
    pub(super) fn note(&self, error: Option<&Error>) {
        self.is_away.store(error.is_some_and(is_away), Ordering::Relaxed);
        if error.is_some_and(is_read_only) {
            for _ in 0..self.pool.num_idle() {
                drop(self.pool.try_acquire().map(PoolConnection::detach));
            }
        }
    }
}

/// Asks a connection that was idle whether it still works.
async fn is_alive(connection: &mut PgConnection, state: PoolConnectionMetadata) -> Result<bool, Error> {
    if state.idle_for < TRY_AFTER {
        return Ok(true);
    }
    Ok(connection.ping().await.is_ok())
}
