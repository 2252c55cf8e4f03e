//! Only one server at a time writes the rooms' logs in a database of PostgreSQL, as only one uses a data folder. Servers whose logs
//! are elsewhere share the database: they keep away those that would write logs in it, and not each other.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{Connection, Executor, PgConnection};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{Error, PostgresUrl};

/// The key of the advisory lock: "hearlogs" in ASCII.
const KEY: i64 = i64::from_be_bytes(*b"hearlogs");
/// How often a lock that somebody else holds is asked for again.
const ASK_EVERY: Duration = Duration::from_millis(250);
/// How often the connection with the lock is tried.
const TRY_EVERY: Duration = Duration::from_secs(5);
/// How often a lock that was lost is asked for.
const TAKE_EVERY: Duration = Duration::from_secs(1);
/// After so many refusals, the lock counts as another server's.
const OTHERS_AFTER: u32 = 30;
/// How long each of these may take.
const ANSWER: Duration = Duration::from_secs(5);
/// PostgreSQL gives the lock of a machine that is gone to others within half a minute.
const SESSION: &str = "SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";

/// Who may use a database beside this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sharing {
    /// Nobody.
    Alone,
    /// Others that share it as well.
    Shared,
}

impl Sharing {
    /// The statement that takes the lock if it is free. PostgreSQL has both kinds for one key.
    const fn statement(self) -> &'static str {
        match self {
            Self::Alone => "SELECT pg_try_advisory_lock($1)",
            Self::Shared => "SELECT pg_try_advisory_lock_shared($1)",
        }
    }
}

/// The lock on a database, for as long as it lives. It is a lock of a connection. Should the connection break, it is taken again.
pub(crate) struct DatabaseLock {
    is_held: Arc<AtomicBool>,
    keeper: JoinHandle<()>,
}

impl DatabaseLock {
    /// Takes the lock, and waits up to `patience` for whoever holds it. `None` if they hold it still.
    pub(crate) async fn take(url: &PostgresUrl, sharing: Sharing, patience: Duration) -> Result<Option<Self>, Error> {
        let mut connection = connect(url).await?;
        if !try_lock(&mut connection, sharing).await? {
            tracing::info!("another server uses the database; waiting for it to stop");
            match timeout(patience, ask(&mut connection, sharing)).await {
                Ok(asked) => asked?,
                Err(_) => return Ok(None),
            }
        }
        let is_held = Arc::new(AtomicBool::new(true));
        let keeper = tokio::spawn(keep(connection, (url.clone(), sharing), is_held.clone()));
        Ok(Some(Self { is_held, keeper }))
    }

    /// Whether this server has the lock, as far as it knows.
    pub(crate) fn is_held(&self) -> Arc<AtomicBool> {
        self.is_held.clone()
    }

    /// Lets the next server begin.
    pub(crate) async fn release(mut self) {
        self.keeper.abort();
        // The connection is closed with the task.
        let _ = (&mut self.keeper).await;
    }
}

impl Drop for DatabaseLock {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

/// Asks for the lock until it is free.
async fn ask(connection: &mut PgConnection, sharing: Sharing) -> Result<(), Error> {
    loop {
        sleep(ASK_EVERY).await;
        if try_lock(connection, sharing).await? {
            return Ok(());
        }
    }
}

/// Tries the connection now and then. If it has broken, takes the lock with another one.
async fn keep(mut connection: PgConnection, (url, sharing): (PostgresUrl, Sharing), is_held: Arc<AtomicBool>) {
    loop {
        sleep(TRY_EVERY).await;
        if matches!(timeout(ANSWER, connection.ping()).await, Ok(Ok(()))) {
            continue;
        }
        is_held.store(false, Ordering::Relaxed);
        tracing::warn!("the lock on the database is lost with its connection; taking it again");
        // As long as the old connection is open, PostgreSQL counts it as the one that has the lock.
        drop(connection);
        connection = take_again(&url, sharing).await;
        is_held.store(true, Ordering::Relaxed);
        tracing::info!("the lock on the database is taken again");
    }
}

/// PostgreSQL may need a moment to notice that the old connection is gone. Who has the lock after that is another server.
async fn take_again(url: &PostgresUrl, sharing: Sharing) -> PgConnection {
    let mut refusals = 0_u32;
    loop {
        if let Ok(mut connection) = connect(url).await {
            match try_lock(&mut connection, sharing).await {
                Ok(true) => return connection,
                Ok(false) => refusals += 1,
                Err(_) => {}
            }
            if refusals == OTHERS_AFTER {
                tracing::error!("another server has taken the lock on the database");
            }
        }
        sleep(TAKE_EVERY).await;
    }
}

async fn connect(url: &PostgresUrl) -> Result<PgConnection, Error> {
    let options = url.options().clone().application_name("heartogether lock");
    let connecting = async {
        let mut connection = PgConnection::connect_with(&options).await?;
        connection.execute(SESSION).await?;
        Ok(connection)
    };
    timeout(ANSWER, connecting).await.unwrap_or(Err(Error::PoolTimedOut))
}

async fn try_lock(connection: &mut PgConnection, sharing: Sharing) -> Result<bool, Error> {
    let lock = sqlx::query_scalar(sharing.statement()).bind(KEY).fetch_one(connection);
    timeout(ANSWER, lock).await.unwrap_or(Err(Error::PoolTimedOut))
}
