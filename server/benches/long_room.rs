//! Measures how long a room with a long history takes to open, and how much memory it needs: `./dev bench long_room
//! [ENTRIES]`.
//!
//! One process creates the room, with the log and the room's task of a real server. Other processes open it as a server
//! does at its start, in turns with a room that has almost no history. The difference between the two is the cost of
//! the history.

#![expect(clippy::print_stdout, reason = "a bench prints what it measures")]
#![expect(clippy::disallowed_methods, reason = "it measures real time, whatever a clock of the server's says")]

use std::{
    error::Error,
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::try_join_all;
use heartogether::{
    engagement::{MessageText, Reaction},
    id::{AccountId, ConnectionId, MemberId, NodeId, ResumeToken, RoomId},
    limits::Limits,
    role::{AccountKind, Role},
    room::{Command as RoomCommand, ConnectionRef, Event, JoinRequested, Marks, Policy, RoomCreated},
};
use heartogether_app::api::Account;
use heartogether_server::{
    clock::{Clock, SystemClock},
    config::Config,
    startup::Server,
    storage::{
        accounts::{Accounts, SqlStore},
        database,
        keys::SqlKeys,
        log::{RoomLog, SqlLog},
        sealing::Sealer,
    },
};
use sqlx::SqlitePool;

type Outcome<T> = Result<T, Box<dyn Error>>;

const ROOM: RoomId = RoomId::from_bits(1);
const ENTRIES: u64 = 1_000_000;
const FEW: u64 = 50;
const LISTENERS: u64 = 30;
/// Entries that are appended at once.
const BATCH: u64 = 200;
/// Of so many entries one is a message, the others are reactions.
const ENTRIES_A_MESSAGE: u64 = 20;
const RUNS: usize = 11;

#[tokio::main]
async fn main() -> Outcome<()> {
    // Cargo adds `--bench`.
    let arguments: Vec<_> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["open", folder] => open(Path::new(folder)).await,
        ["lounge", folder, messages] => make(Path::new(folder), messages.parse()?, Kind::Lounge).await,
        [] => compare(ENTRIES).await,
        [entries] => compare(entries.parse()?).await,
        _ => Err("either nothing, a number of entries, or: lounge FOLDER MESSAGES".into()),
    }
}

/// What kind of room is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One entry in twenty is a message.
    Broadcast,
    /// Each entry is a message. `end2end/bench/lounge-pages.mjs` shows it to browsers.
    Lounge,
}

impl Kind {
    fn policy(self) -> Policy {
        match self {
            Self::Broadcast => Policy::broadcast(&Limits::default()),
            Self::Lounge => Policy::lounge(&Limits::default()),
        }
    }

    fn role(self) -> Role {
        if self == Self::Lounge { Role::Participant } else { Role::Listener }
    }

    /// Of so many entries one is a message.
    fn entries_a_message(self) -> u64 {
        if self == Self::Lounge { 1 } else { ENTRIES_A_MESSAGE }
    }
}

async fn compare(entries: u64) -> Outcome<()> {
    let (long, short) = (tempfile::tempdir()?, tempfile::tempdir()?);
    make(short.path(), FEW, Kind::Broadcast).await?;
    let began = Instant::now();
    make(long.path(), entries, Kind::Broadcast).await?;
    println!("{entries} entries were written in {:.0} s", began.elapsed().as_secs_f64());
    let mut measured = [Vec::new(), Vec::new()];
    for _ in 0..RUNS {
        for (runs, folder) in measured.iter_mut().zip([short.path(), long.path()]) {
            runs.push(open_in_new_process(folder)?);
        }
    }
    println!(
        "| room | in the database | opened in, median | slowest | memory, median |\n| --- | --- | --- | --- | --- |"
    );
    for (runs, (name, folder)) in measured.iter_mut().zip([(FEW, short.path()), (entries, long.path())]) {
        let bytes = bytes_in_use(folder).await?;
        let (mut times, mut memory): (Vec<_>, Vec<_>) = runs.iter().copied().unzip();
        times.sort_unstable();
        memory.sort_unstable();
        let slowest = times.last().copied().unwrap_or_default();
        println!(
            "| {name} entries | {:.1} MB | {:.1} ms | {:.1} ms | {:.1} MB |",
            megabytes(bytes),
            milliseconds(times[RUNS / 2]),
            milliseconds(slowest),
            megabytes(memory[RUNS / 2]),
        );
    }
    Ok(())
}

/// Bytes of the database that something stands in: a file never becomes smaller.
async fn bytes_in_use(folder: &Path) -> Outcome<u64> {
    let pool = database::open(&folder.join("heartogether.db")).await?;
    let bytes = SqlStore::new(pool.clone()).usage().await?.bytes;
    pool.close().await;
    Ok(bytes)
}

fn server_config(folder: &Path) -> Outcome<Config> {
    let folder = folder.to_str().ok_or("a path in UTF-8")?;
    Ok(Config::from_arguments(["heartogether-server", "--port", "0", "--host", "127.0.0.1", "--data-dir", folder])?)
}

async fn start(folder: &Path) -> Outcome<Server> {
    Ok(Server::bind(server_config(folder)?, Limits::default(), Arc::new(SystemClock::start())).await?)
}

/// Lets a room live until so many entries are behind it.
async fn make(folder: &Path, entries: u64, kind: Kind) -> Outcome<()> {
    create_room(folder, kind).await?;
    let server = start(folder).await?;
    let log = server.log();
    for listener in 0..LISTENERS {
        log.append(ROOM, asks_for_place(listener, kind)).await?;
    }
    for first in (0..entries).step_by(usize::try_from(BATCH)?) {
        let batch = first..entries.min(first + BATCH);
        try_join_all(batch.map(|number| log.append(ROOM, says(number, kind)))).await?;
    }
    let pool = database::open(&folder.join("heartogether.db")).await?;
    wait_for_snapshot(&pool, entries).await?;
    log.stop().await;
    Ok(())
}

/// The room's task writes behind what happens.
async fn wait_for_snapshot(pool: &SqlitePool, entries: u64) -> Outcome<()> {
    /// Entries between two snapshots.
    const EVERY: u64 = 500;
    loop {
        let latest: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(seq), 0) FROM snapshots").fetch_one(pool).await?;
        if u64::try_from(latest)? + EVERY >= entries {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn create_room(folder: &Path, kind: Kind) -> Outcome<()> {
    let pool = database::open(&folder.join("heartogether.db")).await?;
    let clock = Arc::new(SystemClock::start());
    let accounts = SqlStore::new(pool.clone());
    for number in 0..=LISTENERS {
        accounts.add_account(&account(number)?, clock.now()).await?;
    }
    let sealer = Arc::new(Sealer::new(Arc::new(SqlKeys::new(pool.clone()))));
    let log = SqlLog::new(pool.clone(), clock, sealer);
    let created = RoomCreated {
        id: ROOM,
        code: "ABC234".parse()?,
        owner: account_id(LISTENERS),
        owner_member: MemberId::from_bits(1),
        owner_name: "Ada".parse()?,
        name: None,
        policy: kind.policy(),
    };
    log.create(created).await?;
    log.stop().await;
    pool.close().await;
    Ok(())
}

fn account_id(number: u64) -> AccountId {
    AccountId::from_bits(100 + u128::from(number))
}

fn account(number: u64) -> Outcome<Account> {
    Ok(Account { id: account_id(number), name: format!("Guest {number}").parse()?, profile: None })
}

fn connection(listener: u64) -> ConnectionId {
    ConnectionId::from_bits(1_000 + u128::from(listener))
}

fn asks_for_place(listener: u64, kind: Kind) -> Event {
    Event::JoinRequested(JoinRequested {
        connection: ConnectionRef { node: NodeId::from_bits(1), id: connection(listener) },
        account: account_id(listener),
        name: account(listener).expect("a word and a number are a name").name,
        email: None,
        has_picture: false,
        kind: AccountKind::Known,
        marks: Marks::default(),
        role: kind.role(),
        take_over: false,
        returns: false,
        member: MemberId::from_bits(10_000 + u128::from(listener)),
        token: ResumeToken::from_bits(u128::from(listener)),
    })
}

/// What the next listener says.
fn says(number: u64, kind: Kind) -> Event {
    let listener = number % LISTENERS;
    let command = match number % kind.entries_a_message() {
        0 => RoomCommand::Write {
            nonce: u32::try_from(number).unwrap_or(u32::MAX),
            text: MessageText::parse(&format!("message number {number}")).expect("a message"),
            pictures: Vec::new(),
            reply_to: None,
            answered: None,
            is_archived: false,
            markup: None,
        },
        _ => RoomCommand::React { reaction: Reaction::Fire },
    };
    Event::Commanded { connection: connection(listener), account: account_id(listener), command }
}

/// Opens a room as a server's start does; prints microseconds and bytes.
async fn open(folder: &Path) -> Outcome<()> {
    let before = memory()?;
    let began = Instant::now();
    let server = start(folder).await?;
    println!("{} {}", began.elapsed().as_micros(), memory()?.saturating_sub(before));
    drop(server);
    Ok(())
}

/// Opens a copy: a start that finds nobody connected keeps a snapshot, and the next one would have less to read.
fn open_in_new_process(folder: &Path) -> Outcome<(Duration, u64)> {
    let copy = tempfile::tempdir()?;
    for file in std::fs::read_dir(folder)? {
        let file = file?;
        std::fs::copy(file.path(), copy.path().join(file.file_name()))?;
    }
    let output = Command::new(std::env::current_exe()?).arg("open").arg(copy.path()).output()?;
    let printed = String::from_utf8(output.stdout)?;
    let (micros, bytes) = printed.trim().split_once(' ').ok_or("the other process printed nothing")?;
    Ok((Duration::from_micros(micros.parse()?), bytes.parse()?))
}

/// Bytes of memory that this process holds.
fn memory() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<u64>()? * 1024)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "a figure with one digit after the point")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
