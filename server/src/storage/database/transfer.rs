//! Moves all rows of one database into another one.

use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;

use super::{
    Connection, Database, Durability, Error, Pool, Row, Statement, WriteTransaction,
    statement::{Value, statement},
    tables::{TABLES, Table, Type},
};
use crate::storage::migrations;

/// Rows that are read and written at once.
const PAGE: usize = 200;

/// The rows of one table that were moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The table.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
}

/// Why rows were not moved. Nothing has been written then.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The source has tables of another version.
    #[error(
        "the source was written by another version: start this version of the server on it once, and stop it again"
    )]
    OtherVersion,
    /// The target holds something.
    #[error("the target is not empty: there are rows in the table {0}")]
    NotEmpty(&'static str),
    /// The database failed.
    #[error("the table {table} cannot be copied")]
    Table {
        /// Where it failed.
        table: &'static str,
        /// The cause.
        source: Error,
    },
    /// What was written is not what was read.
    #[error("the table {0} is not the same in the target")]
    Different(&'static str),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] Error),
}

/// Moves all rows, or none. What was written is read again and compared.
///
/// # Errors
/// [`TransferError`].
pub async fn transfer(from: &Database, to: &Database) -> Result<Vec<Moved>, TransferError> {
    if latest_migration(from).await? != Some(migrations::latest()) {
        return Err(TransferError::OtherVersion);
    }
    let mut source = begin_reading(from).await?;
    let mut target = WriteTransaction::begin(to, Durability::Full).await?;
    refuse_rows(&mut target).await?;
    let mut moved = Vec::new();
    for table in &TABLES {
        let of_table = |source| TransferError::Table { table: table.name, source };
        let read = copy_rows(table, &mut source, &mut target).await.map_err(of_table)?;
        let written = summarise(table, &mut target).await.map_err(of_table)?;
        if read != written {
            return Err(TransferError::Different(table.name));
        }
        moved.push(Moved { table: table.name, rows: read.rows });
    }
    target.commit().await?;
    statement("ROLLBACK").execute(&mut source).await?;
    Ok(moved)
}

/// The number of the migration that the database had last; `None` if it has no tables.
pub(super) async fn latest_migration(database: &Database) -> Result<Option<i64>, Error> {
    let latest = statement("SELECT MAX(version) AS latest FROM _sqlx_migrations WHERE success");
    match latest.fetch_one(database).await {
        Ok(row) => row.try_get("latest"),
        Err(Error::Database(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A connection that sees the database as it is now, until the end.
async fn begin_reading(database: &Database) -> Result<Connection, Error> {
    let mut connection = database.acquire().await?;
    let begin = match &database.0 {
        Pool::Sqlite(_) => "BEGIN",
        Pool::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    };
    statement(begin).execute(&mut connection).await?;
    Ok(connection)
}

/// The row that readiness writes does not count. It comes from the source.
async fn refuse_rows(target: &mut Connection) -> Result<(), TransferError> {
    for table in &TABLES {
        let select = format!("SELECT 1 FROM {} LIMIT 1", table.name);
        let found = statement(AssertSqlSafe(select)).fetch_optional(&mut *target).await?;
        match (table.name, found) {
            (_, None) => {}
            ("probes", Some(_)) => _ = statement("DELETE FROM probes").execute(&mut *target).await?,
            (name, Some(_)) => return Err(TransferError::NotEmpty(name)),
        }
    }
    Ok(())
}

/// What a table holds: how many rows, and the sum of their hashes, which is the same in every order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Summary {
    rows: u64,
    hashes: u128,
}

impl Summary {
    fn add(&mut self, row: &[Value]) {
        let mut hash = Sha256::new();
        for value in row {
            // JSON tells nothing, a number and a text apart, and where each ends.
            hash.update(match value {
                Value::Text(text) => serde_json::json!(text).to_string(),
                Value::Number(number) => serde_json::json!(number).to_string(),
            });
            hash.update(b",");
        }
        let hash: [u8; 32] = hash.finalize().into();
        let hash = hash.first_chunk().map_or(0, |bytes| u128::from_be_bytes(*bytes));
        self.rows += 1;
        self.hashes = self.hashes.wrapping_add(hash);
    }
}

async fn copy_rows(table: &Table, source: &mut Connection, target: &mut Connection) -> Result<Summary, Error> {
    let mut pages = Pages::of(table);
    let mut summary = Summary::default();
    while let Some(rows) = pages.next(source).await? {
        rows.iter().for_each(|row| summary.add(row));
        insert(table, rows).slow().execute(&mut *target).await?;
    }
    Ok(summary)
}

async fn summarise(table: &Table, connection: &mut Connection) -> Result<Summary, Error> {
    let mut pages = Pages::of(table);
    let mut summary = Summary::default();
    while let Some(rows) = pages.next(connection).await? {
        rows.iter().for_each(|row| summary.add(row));
    }
    Ok(summary)
}

/// The rows of a table, in the order of its key.
struct Pages<'a> {
    table: &'a Table,
    after: Option<Vec<Value>>,
    is_over: bool,
}

impl<'a> Pages<'a> {
    const fn of(table: &'a Table) -> Self {
        Self { table, after: None, is_over: false }
    }

    async fn next(&mut self, connection: &mut Connection) -> Result<Option<Vec<Vec<Value>>>, Error> {
        if self.is_over {
            return Ok(None);
        }
        let rows = self.select().slow().fetch_all(connection).await?;
        let rows = rows.iter().map(|row| values(self.table, row)).collect::<Result<Vec<_>, _>>()?;
        self.is_over = rows.len() < PAGE;
        self.after = rows.last().map(|row| row[..self.table.key].to_vec());
        Ok((!rows.is_empty()).then_some(rows))
    }

    fn select(&self) -> Statement {
        let Table { name, columns, key } = self.table;
        let names = columns.iter().map(|(column, _)| *column).collect::<Vec<_>>();
        let order = names[..*key].join(", ");
        let names = names.join(", ");
        let after = match &self.after {
            Some(_) => format!("WHERE ({order}) > ({})", placeholders(1..=*key)),
            None => String::new(),
        };
        let select =
            statement(AssertSqlSafe(format!("SELECT {names} FROM {name} {after} ORDER BY {order} LIMIT {PAGE}")));
        self.after.iter().flatten().cloned().fold(select, Statement::bind)
    }
}

fn placeholders(numbers: impl Iterator<Item = usize>) -> String {
    numbers.map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

fn values(table: &Table, row: &Row) -> Result<Vec<Value>, Error> {
    let value = |(column, kind): &(&str, Type)| match kind {
        Type::Text => row.try_get(column).map(Value::Text),
        Type::Number => row.try_get(column).map(Value::Number),
    };
    table.columns.iter().map(value).collect()
}

fn insert(table: &Table, rows: Vec<Vec<Value>>) -> Statement {
    let width = table.columns.len();
    let names = table.columns.iter().map(|(column, _)| *column).collect::<Vec<_>>().join(", ");
    let rows_of = (0..rows.len()).map(|row| format!("({})", placeholders(row * width + 1..=(row + 1) * width)));
    let rows_of = rows_of.collect::<Vec<_>>().join(", ");
    let insert = statement(AssertSqlSafe(format!("INSERT INTO {} ({names}) VALUES {rows_of}", table.name)));
    rows.into_iter().flatten().fold(insert, Statement::bind)
}
