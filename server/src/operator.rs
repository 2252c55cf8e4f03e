//! What whoever runs the server can order on the command line. An order is a row of the database, which a running server finds and
//! carries out; the rows stay, as the audit trail.

mod carrying_out;
mod date;
mod pictures;
pub mod tasks;

use std::{
    io::{self, Write},
    path::PathBuf,
    time::Duration,
};

use heartogether::time::Timestamp;
use tokio::time::{Instant, sleep};

pub(crate) use carrying_out::carry_out_orders;
use date::date;
use tasks::{AccountsTask, AuditTask, By, OperatorTask, PicturesTask, RoomsTask};

use crate::{
    clock::{Clock, SystemClock},
    config::Config,
    storage::{
        StorageError,
        database::{self, Database, OpenError},
        orders::{Deed, Order, Orders},
    },
};

/// How long an order waits for a server to carry it out.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is looked at meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Why an order was not given.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// There is no database yet.
    #[error("there is no database {path}: start the server once (see DATA_DIR)", path = .0.display())]
    NoFile(PathBuf),
    /// It has tables of another version.
    #[error("the database was written by another version: start this version of the server on it first")]
    OtherVersion,
    /// It cannot be opened.
    #[error("the database cannot be opened")]
    Open(#[from] OpenError),
    /// It failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The output cannot be written.
    #[error("the output cannot be written")]
    Output(#[from] io::Error),
}

/// Gives an order, and prints what came of it.
///
/// # Errors
/// [`OperatorError`].
pub async fn order(config: &Config, task: &OperatorTask, out: &mut impl Write) -> Result<(), OperatorError> {
    let database = open(config).await?;
    let given = give(&Orders::new(database.clone()), task, out).await;
    database.close().await;
    given
}

async fn open(config: &Config) -> Result<Database, OperatorError> {
    let database = match config.data.database() {
        Some(url) => Database::postgres(url, 1),
        None => {
            let path = config.data_dir().join(database::FILE);
            if !path.is_file() {
                return Err(OperatorError::NoFile(path));
            }
            database::open_unchanged(&path).await?.into()
        }
    };
    match database.is_up_to_date().await {
        Ok(true) => Ok(database),
        Ok(false) => Err(OperatorError::OtherVersion),
        Err(error) => Err(StorageError::from(error).into()),
    }
}

async fn give(orders: &Orders, task: &OperatorTask, out: &mut impl Write) -> Result<(), OperatorError> {
    match task {
        OperatorTask::Rooms(RoomsTask::List(by)) => {
            for room in orders.rooms().await? {
                writeln!(out, "{}\t{}\t{}\t{}", room.code, date(room.last_at), room.messages, room.id)?;
            }
            note(orders, by, (Deed::ListRooms, ""), "shown").await?;
            Ok(())
        }
        OperatorTask::Accounts(AccountsTask::Find { name, by }) => {
            for account in orders.accounts(name).await? {
                let provider = account.provider.as_deref().unwrap_or("guest");
                let banned = if account.is_banned { "\tbanned" } else { "" };
                writeln!(out, "{}\t{}\t{provider}{banned}", account.id, account.name)?;
            }
            note(orders, by, (Deed::FindAccounts, ""), "shown").await?;
            Ok(())
        }
        OperatorTask::Rooms(RoomsTask::Close { code, by }) => {
            wait(orders, by, (Deed::CloseRoom, &code.to_string()), out).await
        }
        OperatorTask::Accounts(AccountsTask::Ban { id, by }) => {
            wait(orders, by, (Deed::BanAccount, &id.to_string()), out).await
        }
        OperatorTask::Accounts(AccountsTask::Unban { id, by }) => {
            wait(orders, by, (Deed::UnbanAccount, &id.to_string()), out).await
        }
        OperatorTask::Pictures(PicturesTask::Remove { picture, by }) => {
            wait(orders, by, (Deed::RemovePicture, &picture.to_string()), out).await
        }
        OperatorTask::Audit(AuditTask::List { limit }) => {
            for order in orders.latest(*limit).await? {
                let Order { at, by, deed_name, target, done, .. } = order;
                let outcome = done.map_or_else(|| "waits for a server".to_owned(), |(_, outcome)| outcome);
                writeln!(out, "{}\t{by}\t{deed_name}\t{target}\t{outcome}", date(at))?;
            }
            Ok(())
        }
    }
}

fn now() -> Timestamp {
    SystemClock::start().date()
}

/// Notes what was done at once.
async fn note(orders: &Orders, by: &By, deed: (Deed, &str), outcome: &str) -> Result<(), StorageError> {
    orders.add(now(), &by.name(), deed, Some(outcome)).await.map(drop)
}

/// Notes an order, and waits until a server has carried it out.
async fn wait(orders: &Orders, by: &By, deed: (Deed, &str), out: &mut impl Write) -> Result<(), OperatorError> {
    let id = orders.add(now(), &by.name(), deed, None).await?;
    let until = begin() + PATIENCE;
    while begin() < until {
        if let Some((_, outcome)) = orders.find(id).await?.and_then(|order| order.done) {
            writeln!(out, "{outcome}")?;
            return Ok(());
        }
        sleep(LOOK_EVERY).await;
    }
    writeln!(out, "noted; it is carried out as soon as a server runs on this database")?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long somebody waits at a terminal is no part of what happens in a room"
)]
fn begin() -> Instant {
    Instant::now()
}
