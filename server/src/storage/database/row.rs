//! A row of a result.

use sqlx::{Decode, Postgres, Row as _, Sqlite, Type, postgres::PgRow, sqlite::SqliteRow};

use super::Error;

/// A row of either database.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// The value of a column: text, a number, or whether an expression is true.
    pub(crate) fn try_get<'r, T>(&'r self, column: &str) -> Result<T, Error>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
    {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }

    /// Whether a column with a flag is 1; `None` if nothing stands there.
    pub(crate) fn try_get_flag(&self, column: &str) -> Result<Option<bool>, Error> {
        Ok(self.try_get::<Option<i64>>(column)?.map(|flag| flag != 0))
    }
}
