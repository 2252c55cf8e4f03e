//! One connection, and how statements are carried out on it.

use std::{io, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use sqlx::{Sqlite, pool::PoolConnection};
use tokio::time::timeout;

use super::{Database, Error, Row, Statement, is_out_of_service, postgres::Postgres};

/// A connection from the pool, to which it returns. One to PostgreSQL that is left in the middle of a statement is closed instead: the
/// statement may never end, and the pool would wait for that.
pub(crate) struct Connection {
    live: Option<Live>,
    is_waiting: bool,
}

enum Live {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<sqlx::Postgres>, Postgres),
}

impl From<PoolConnection<Sqlite>> for Connection {
    fn from(connection: PoolConnection<Sqlite>) -> Self {
        Self { live: Some(Live::Sqlite(connection)), is_waiting: false }
    }
}

impl Connection {
    /// One to PostgreSQL.
    pub(super) const fn of_postgres(connection: PoolConnection<sqlx::Postgres>, postgres: Postgres) -> Self {
        Self { live: Some(Live::Postgres(connection, postgres)), is_waiting: false }
    }

    /// Carries a statement out. Returns how many rows it changed.
    pub(super) async fn execute(&mut self, statement: Statement) -> Result<u64, Error> {
        self.is_waiting = true;
        let changed = match self.live() {
            Live::Sqlite(connection) => {
                statement.for_sqlite()?.execute(&mut **connection).await.map(|done| done.rows_affected())
            }
            Live::Postgres(connection, _) => {
                let limit = statement.limit;
                let done = within(limit, statement.for_postgres()?.execute(&mut **connection)).await;
                done.map(|done| done.rows_affected())
            }
        };
        self.note(changed)
    }

    /// All rows of a statement.
    pub(super) async fn fetch_all(&mut self, statement: Statement) -> Result<Vec<Row>, Error> {
        self.is_waiting = true;
        let rows = match self.live() {
            Live::Sqlite(connection) => {
                let rows = statement.for_sqlite()?.fetch_all(&mut **connection).await;
                rows.map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Live::Postgres(connection, _) => {
                let limit = statement.limit;
                let rows = within(limit, statement.for_postgres()?.fetch_all(&mut **connection)).await;
                rows.map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
        };
        self.note(rows)
    }

    /// A connection on which PostgreSQL was out of service is not used again.
    fn note<T>(&mut self, outcome: Result<T, Error>) -> Result<T, Error> {
        let error = outcome.as_ref().err();
        self.is_waiting = error.is_some_and(|error| is_out_of_service(error));
        if let Some(Live::Postgres(_, postgres)) = &self.live {
            postgres.note(error);
        }
        outcome
    }

    /// The only row of a statement, if there is one. PostgreSQL is awaited to the end, so that a change is committed then.
    pub(super) async fn fetch_optional(&mut self, statement: Statement) -> Result<Option<Row>, Error> {
        if let Live::Sqlite(connection) = self.live() {
            return Ok(statement.for_sqlite()?.fetch_optional(&mut **connection).await?.map(Row::Sqlite));
        }
        Ok(self.fetch_all(statement).await?.into_iter().next())
    }

    /// Whether it is one to PostgreSQL.
    pub(super) fn is_postgres(&self) -> bool {
        matches!(self.live, Some(Live::Postgres(..)))
    }

    /// Closes it at once, without a word. The database rolls back what is open.
    pub(super) fn cut(mut self) {
        self.detach();
    }

    fn detach(&mut self) {
        match self.live.take() {
            Some(Live::Sqlite(connection)) => drop(connection.detach()),
            Some(Live::Postgres(connection, _)) => drop(connection.detach()),
            None => {}
        }
    }

    fn live(&mut self) -> &mut Live {
        self.live.as_mut().expect("the connection is there until it is dropped")
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.is_waiting && self.is_postgres() {
            self.detach();
        }
    }
}

/// What carries a statement out: a database, by any of its connections, or one connection.
pub(crate) enum Target<'c> {
    Database(&'c Database),
    Connection(&'c mut Connection),
}

impl<'c> From<&'c Database> for Target<'c> {
    fn from(database: &'c Database) -> Self {
        Self::Database(database)
    }
}

impl<'c> From<&'c mut Connection> for Target<'c> {
    fn from(connection: &'c mut Connection) -> Self {
        Self::Connection(connection)
    }
}

impl Statement {
    /// Carries it out. Returns how many rows it changed.
    pub(crate) fn execute<'c>(self, on: impl Into<Target<'c>>) -> BoxFuture<'c, Result<u64, Error>> {
        let on = on.into();
        async move {
            match on {
                Target::Database(database) => database.acquire().await?.execute(self).await,
                Target::Connection(connection) => connection.execute(self).await,
            }
        }
        .boxed()
    }

    /// All rows.
    pub(crate) fn fetch_all<'c>(self, on: impl Into<Target<'c>>) -> BoxFuture<'c, Result<Vec<Row>, Error>> {
        let on = on.into();
        async move {
            match on {
                Target::Database(database) => database.acquire().await?.fetch_all(self).await,
                Target::Connection(connection) => connection.fetch_all(self).await,
            }
        }
        .boxed()
    }

    /// The only row, if there is one.
    pub(crate) fn fetch_optional<'c>(self, on: impl Into<Target<'c>>) -> BoxFuture<'c, Result<Option<Row>, Error>> {
        let on = on.into();
        async move {
            match on {
                Target::Database(database) => database.acquire().await?.fetch_optional(self).await,
                Target::Connection(connection) => connection.fetch_optional(self).await,
            }
        }
        .boxed()
    }

    /// The only row.
    pub(crate) async fn fetch_one<'c>(self, on: impl Into<Target<'c>>) -> Result<Row, Error> {
        self.fetch_optional(on).await?.ok_or(Error::RowNotFound)
    }
}

/// What PostgreSQL answers in time. A network can lose an answer, and a server that stands still sends none.
async fn within<T>(limit: Duration, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let late = || io::Error::new(io::ErrorKind::TimedOut, "the database did not answer in time");
    timeout(limit, answer).await.unwrap_or_else(|_| Err(Error::Io(late())))
}
