//! The contract of all stores of accounts' keys.

use std::{collections::BTreeSet, sync::Arc};

use heartogether::{
    id::{AccountId, RoomId, Seq},
    room::Event,
    time::Timestamp,
};
use heartogether_server::{
    clock::ManualClock,
    storage::{
        accounts::{Accounts, SqliteStore},
        database,
        keys::{AccountKey, AccountKeys, MemoryKeys, SqliteKeys},
        log::{PAGE, RoomLog, SqliteLog},
        sealing::Sealer,
    },
};
use sqlx::SqlitePool;
use tempfile::TempDir;

use crate::{
    log_contract::{asks, created},
    store_contract::{become_account, guest},
    support,
};

const ADA: AccountId = AccountId::from_bits(1);
const GRACE: AccountId = AccountId::from_bits(2);
const LINUS: AccountId = AccountId::from_bits(3);
const NOW: Timestamp = Timestamp::from_millis(1_000);
/// When a guest without a session is forgotten.
const LATER: Timestamp = Timestamp::from_millis(1_000_000);

/// Keys of Ada and Grace, and what they live in.
enum Bench {
    Memory(MemoryKeys),
    Sqlite(File),
}

struct File {
    keys: SqliteKeys,
    accounts: SqliteStore,
    pool: SqlitePool,
    _folder: TempDir,
}

impl File {
    async fn open() -> Self {
        let folder = TempDir::new().expect("a folder");
        let pool = database::open(&folder.path().join("test.db")).await.expect("a database");
        let accounts = SqliteStore::new(pool.clone());
        for account in [guest(ADA), guest(GRACE)] {
            accounts.add_account(&account, NOW).await.expect("stored");
        }
        Self { keys: SqliteKeys::new(pool.clone()), accounts, pool, _folder: folder }
    }
}

impl Bench {
    fn keys(&self) -> &dyn AccountKeys {
        match self {
            Self::Memory(keys) => keys,
            Self::Sqlite(file) => &file.keys,
        }
    }

    async fn delete(&self, account: AccountId) {
        match self {
            Self::Memory(keys) => keys.delete(account),
            Self::Sqlite(file) => file.accounts.delete_account(account).await.expect("deleted"),
        }
    }
}

async fn find(keys: &dyn AccountKeys, account: AccountId) -> Option<AccountKey> {
    keys.find(&BTreeSet::from([account])).await.expect("looked up").remove(&account)
}

async fn make(keys: &dyn AccountKeys, account: AccountId) -> Option<AccountKey> {
    keys.find_or_make(&BTreeSet::from([account])).await.expect("made").remove(&account)
}

/// Runs each of these against every implementation.
macro_rules! contract {
    ($($name:ident)*) => {$(
        mod $name {
            use super::{Bench, File, MemoryKeys};

            #[tokio::test]
            async fn in_memory() {
                super::$name(Bench::Memory(MemoryKeys::default())).await;
            }

            #[tokio::test]
            async fn in_sqlite() {
                super::$name(Bench::Sqlite(File::open().await)).await;
            }
        }
    )*};
}

contract! {
    a_key_is_made_once_and_found_from_then_on
    several_are_found_and_made_at_once
    requests_at_the_same_time_get_the_same_key
    a_deleted_accounts_key_is_gone_and_none_is_made_again
}

async fn a_key_is_made_once_and_found_from_then_on(bench: Bench) {
    let keys = bench.keys();
    assert_eq!(find(keys, ADA).await, None);
    let made = make(keys, ADA).await;
    assert!(made.is_some());
    assert_eq!((find(keys, ADA).await, make(keys, ADA).await), (made.clone(), made));
    assert_eq!(find(keys, GRACE).await, None);
}

async fn several_are_found_and_made_at_once(bench: Bench) {
    let (keys, both) = (bench.keys(), BTreeSet::from([ADA, GRACE]));
    let ada = make(keys, ADA).await.expect("a key");
    assert_eq!(keys.find(&both).await.expect("looked up").len(), 1);
    let made = keys.find_or_make(&both).await.expect("made");
    assert_eq!((made.len(), &made[&ADA]), (2, &ada));
    assert_ne!(made[&ADA], made[&GRACE]);
    assert_eq!(keys.find(&both).await.expect("looked up"), made);
    assert!(keys.find_or_make(&BTreeSet::new()).await.expect("nothing").is_empty());
}

async fn requests_at_the_same_time_get_the_same_key(bench: Bench) {
    let keys = bench.keys();
    let made = futures::future::join_all((0..10).map(|_| make(keys, ADA))).await;
    assert!(made.iter().all(|key| key.is_some() && *key == made[0]));
}

async fn a_deleted_accounts_key_is_gone_and_none_is_made_again(bench: Bench) {
    let keys = bench.keys();
    let grace = make(keys, GRACE).await;
    assert!(make(keys, ADA).await.is_some());
    bench.delete(ADA).await;
    assert_eq!((find(keys, ADA).await, make(keys, ADA).await), (None, None));
    assert_eq!(find(keys, GRACE).await, grace, "another one's stays");
}

#[tokio::test]
async fn sqlite_creates_no_key_for_an_unknown_account() {
    assert_eq!(make(&File::open().await.keys, LINUS).await, None);
}

#[tokio::test]
async fn sqlite_transfers_a_guests_key_and_deletes_it_with_the_account() {
    let File { keys, accounts, _folder, .. } = File::open().await;
    let of_guest = make(&keys, GRACE).await;
    let of_account = make(&keys, ADA).await;
    become_account(&accounts, GRACE, ADA).await;
    accounts.delete_account(GRACE).await.expect("deleted");
    accounts.end_departure(GRACE).await.expect("forgotten");
    assert_eq!(find(&keys, GRACE).await, of_guest, "what the guest wrote can be read");
    assert_eq!(make(&keys, GRACE).await, of_guest, "and what reaches a room late");
    assert_eq!(find(&keys, ADA).await, of_account);
    accounts.delete_account(ADA).await.expect("deleted");
    assert_eq!((find(&keys, GRACE).await, find(&keys, ADA).await), (None, None));
    assert_eq!((make(&keys, GRACE).await, make(&keys, ADA).await), (None, None));
}

#[tokio::test]
async fn sqlite_seals_a_guests_late_message_with_a_key_of_the_account() {
    let File { keys, accounts, _folder, .. } = File::open().await;
    become_account(&accounts, GRACE, ADA).await;
    accounts.delete_account(GRACE).await.expect("deleted");
    let late = make(&keys, GRACE).await;
    assert!(late.is_some());
    accounts.end_departure(GRACE).await.expect("forgotten");
    assert_eq!(find(&keys, GRACE).await, late);
    accounts.delete_account(ADA).await.expect("deleted");
    assert_eq!(find(&keys, GRACE).await, None);
}

#[tokio::test]
async fn sqlite_forgets_expired_guests_keys_unless_a_live_room_names_them() {
    let File { keys, accounts, pool, _folder } = File::open().await;
    let log = SqliteLog::new(pool, Arc::new(ManualClock::at(NOW)), support::sealer());
    let room = RoomId::from_bits(1);
    log.create(created(room, "ABC234")).await.expect("created");
    log.append(room, asks(GRACE, "Grace")).await.expect("appended");
    accounts.add_account(&guest(LINUS), NOW).await.expect("stored");
    let grace = make(&keys, GRACE).await;
    assert!(make(&keys, LINUS).await.is_some());
    accounts.forget_expired(NOW).await.expect("nothing to forget");
    assert!(find(&keys, LINUS).await.is_some(), "who has just come has a moment to get a session");
    accounts.forget_expired(LATER).await.expect("forgotten");
    assert_eq!((find(&keys, LINUS).await, find(&keys, GRACE).await), (None, grace.clone()));
    assert_eq!(make(&keys, GRACE).await, grace, "the room is read on");
    log.close(room).await.expect("closed");
    accounts.forget_expired(LATER.after_ms(60_000)).await.expect("forgotten");
    assert_eq!(find(&keys, GRACE).await, None);
}

#[tokio::test]
async fn sqlite_treats_a_damaged_key_as_deleted() {
    for damaged in ["'x'", "'AAAA'", "x'00ff'"] {
        let file = File::open().await;
        let sealer = || Arc::new(Sealer::new(Arc::new(SqliteKeys::new(file.pool.clone()))));
        let log = |sealer| SqliteLog::new(file.pool.clone(), Arc::new(ManualClock::at(NOW)), sealer);
        let (before, room) = (log(sealer()), RoomId::from_bits(1));
        before.create(created(room, "ABC234")).await.expect("created");
        before.append(room, asks(GRACE, "Grace")).await.expect("appended");
        let damage = format!("UPDATE account_keys SET sealing_key = {damaged} WHERE account = '{GRACE}'");
        let damage = sqlx::query(sqlx::AssertSqlSafe(damage)).execute(&file.pool).await.expect("damaged");
        assert_eq!(damage.rows_affected(), 1);
        let log = log(sealer());
        let entries = log.read(room, Seq(0), PAGE).await.expect("the room can be read").entries;
        let [first, second] = &entries[..] else { panic!("two entries") };
        assert_eq!(first.event, Event::RoomCreated(created(room, "ABC234")));
        let Event::JoinRequested(request) = &second.event else { panic!("a request for a place") };
        assert!(request.name.is_forgotten() && request.email.is_none());
        log.append(room, asks(GRACE, "Grace")).await.expect("and goes on");
    }
}
