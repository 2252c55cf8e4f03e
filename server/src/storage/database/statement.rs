//! A statement in the shared dialect, with its values.

use std::time::Duration;

use sqlx::{
    Arguments, Postgres, SqlSafeStr, SqlStr, Sqlite, postgres::PgArguments, query::Query, sqlite::SqliteArguments,
};

use super::Error;

/// How long PostgreSQL may take to answer a statement that somebody waits for.
const ANSWER: Duration = Duration::from_secs(5);
/// How long it may take for one that goes over whole tables.
const SLOW_ANSWER: Duration = Duration::from_secs(60);

/// A value in a statement: text, a number, or nothing of either type. PostgreSQL wants to know the type of nothing, too.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(Option<String>),
    Number(Option<i64>),
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

/// Flags are stored as 1 and 0.
impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Number(Some(flag.into()))
    }
}

/// A statement, with `$1`, `$2` … in place of its values.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    sql: SqlStr,
    values: Vec<Value>,
    pub(super) limit: Duration,
}

/// A statement without values.
pub(crate) fn statement(sql: impl SqlSafeStr) -> Statement {
    Statement { sql: sql.into_sql_str(), values: Vec::new(), limit: ANSWER }
}

impl Statement {
    /// Adds the next value.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Gives PostgreSQL a minute, for a statement that goes over whole tables.
    pub(crate) const fn slow(mut self) -> Self {
        self.limit = SLOW_ANSWER;
        self
    }

    pub(super) fn for_sqlite(self) -> Result<Query<'static, Sqlite, SqliteArguments>, Error> {
        let mut arguments = SqliteArguments::default();
        for value in self.values {
            match value {
                Value::Text(text) => Arguments::add(&mut arguments, text),
                Value::Number(number) => Arguments::add(&mut arguments, number),
            }
            .map_err(Error::Encode)?;
        }
        Ok(sqlx::query_with(self.sql, arguments))
    }

    pub(super) fn for_postgres(self) -> Result<Query<'static, Postgres, PgArguments>, Error> {
        let mut arguments = PgArguments::default();
        for value in self.values {
            match value {
                Value::Text(text) => Arguments::add(&mut arguments, text),
                Value::Number(number) => Arguments::add(&mut arguments, number),
            }
            .map_err(Error::Encode)?;
        }
        Ok(sqlx::query_with(self.sql, arguments))
    }
}
