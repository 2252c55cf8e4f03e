//! The contract of all stores of accounts' keys.

use std::{any::Any, collections::BTreeSet, sync::Arc};

use heartogether::{
    id::{AccountId, RoomId, Seq},
    room::Event,
    time::Timestamp,
};
use heartogether_server::{
    clock::ManualClock,
    storage::{
        accounts::{Accounts, SqlStore},
        database::{self, Database},
        keys::{AccountKey, AccountKeys, MemoryKeys, SqlKeys},
        log::{PAGE, RoomLog, SqlLog},
        sealing::Sealer,
    },
};
use sqlx::SqlitePool;
use tempfile::TempDir;

use crate::{
    log_contract::{asks, created},
    store_contract::{become_account, guest},
    support::{self, PostgresDatabase},
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
    Database(Stored),
}

/// Keys and accounts in a database.
struct Stored {
    keys: SqlKeys,
    accounts: SqlStore,
    database: Database,
    _kept: Box<dyn Any>,
}

impl Stored {
    async fn sqlite() -> Self {
        Self::sqlite_with_pool().await.0
    }

    async fn sqlite_with_pool() -> (Self, SqlitePool) {
        let folder = TempDir::new().expect("a folder");
        let pool = database::open(&folder.path().join("test.db")).await.expect("a database");
        (Self::fill(pool.clone().into(), Box::new(folder)).await, pool)
    }

    async fn postgres() -> Self {
        let kept = PostgresDatabase::create().await;
        Self::fill(kept.open().await, Box::new(kept)).await
    }

    async fn fill(database: Database, kept: Box<dyn Any>) -> Self {
        let accounts = SqlStore::new(database.clone());
        for account in [guest(ADA), guest(GRACE)] {
            accounts.add_account(&account, NOW).await.expect("stored");
        }
        Self { keys: SqlKeys::new(database.clone()), accounts, database, _kept: kept }
    }
}

impl Bench {
    fn keys(&self) -> &dyn AccountKeys {
        match self {
            Self::Memory(keys) => keys,
            Self::Database(stored) => &stored.keys,
        }
    }

    async fn delete(&self, account: AccountId) {
        match self {
            Self::Memory(keys) => keys.delete(account),
            Self::Database(stored) => stored.accounts.delete_account(account).await.expect("deleted"),
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
            use super::{Bench, MemoryKeys, Stored};

            #[tokio::test]
            async fn in_memory() {
                super::$name(Bench::Memory(MemoryKeys::default())).await;
            }

            #[tokio::test]
            async fn in_sqlite() {
                super::$name(Bench::Database(Stored::sqlite().await)).await;
            }

            #[tokio::test]
            async fn in_postgres() {
                super::$name(Bench::Database(Stored::postgres().await)).await;
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

/// Runs each of these against every database.
macro_rules! databases {
    ($($name:ident)*) => {$(
        mod $name {
            use super::Stored;

            #[tokio::test]
            async fn in_sqlite() {
                super::$name(Stored::sqlite().await).await;
            }

            #[tokio::test]
            async fn in_postgres() {
                super::$name(Stored::postgres().await).await;
            }
        }
    )*};
}

databases! {
    no_key_is_created_for_an_unknown_account
    a_guests_key_is_transferred_and_deleted_with_the_account
    a_guests_late_message_is_sealed_with_a_key_of_the_account
    expired_guests_keys_are_forgotten_unless_a_live_room_names_them
}

async fn no_key_is_created_for_an_unknown_account(stored: Stored) {
    assert_eq!(make(&stored.keys, LINUS).await, None);
}

async fn a_guests_key_is_transferred_and_deleted_with_the_account(stored: Stored) {
    let Stored { keys, accounts, .. } = &stored;
    let of_guest = make(keys, GRACE).await;
    let of_account = make(keys, ADA).await;
    become_account(accounts, GRACE, ADA).await;
    accounts.delete_account(GRACE).await.expect("deleted");
    accounts.end_departure(GRACE).await.expect("forgotten");
    assert_eq!(find(keys, GRACE).await, of_guest, "what the guest wrote can be read");
    assert_eq!(make(keys, GRACE).await, of_guest, "and what reaches a room late");
    assert_eq!(find(keys, ADA).await, of_account);
    accounts.delete_account(ADA).await.expect("deleted");
    assert_eq!((find(keys, GRACE).await, find(keys, ADA).await), (None, None));
    assert_eq!((make(keys, GRACE).await, make(keys, ADA).await), (None, None));
}

async fn a_guests_late_message_is_sealed_with_a_key_of_the_account(stored: Stored) {
    let Stored { keys, accounts, .. } = &stored;
    become_account(accounts, GRACE, ADA).await;
    accounts.delete_account(GRACE).await.expect("deleted");
    let late = make(keys, GRACE).await;
    assert!(late.is_some());
    accounts.end_departure(GRACE).await.expect("forgotten");
    assert_eq!(find(keys, GRACE).await, late);
    accounts.delete_account(ADA).await.expect("deleted");
    assert_eq!(find(keys, GRACE).await, None);
}

async fn expired_guests_keys_are_forgotten_unless_a_live_room_names_them(stored: Stored) {
    let Stored { keys, accounts, database, .. } = &stored;
    let log = SqlLog::new(database.clone(), Arc::new(ManualClock::at(NOW)), support::sealer());
    let room = RoomId::from_bits(1);
    log.create(created(room, "ABC234")).await.expect("created");
    log.append(room, asks(GRACE, "Grace")).await.expect("appended");
    accounts.add_account(&guest(LINUS), NOW).await.expect("stored");
    let grace = make(keys, GRACE).await;
    assert!(make(keys, LINUS).await.is_some());
    accounts.forget_expired(NOW).await.expect("nothing to forget");
    assert!(find(keys, LINUS).await.is_some(), "who has just come has a moment to get a session");
    accounts.forget_expired(LATER).await.expect("forgotten");
    assert_eq!((find(keys, LINUS).await, find(keys, GRACE).await), (None, grace.clone()));
    assert_eq!(make(keys, GRACE).await, grace, "the room is read on");
    log.close(room).await.expect("closed");
    accounts.forget_expired(LATER.after_ms(60_000)).await.expect("forgotten");
    assert_eq!(find(keys, GRACE).await, None);
}

#[tokio::test]
async fn sqlite_treats_a_damaged_key_as_deleted() {
    for damaged in ["'x'", "'AAAA'", "x'00ff'"] {
        let (_stored, pool) = Stored::sqlite_with_pool().await;
        let sealer = || Arc::new(Sealer::new(Arc::new(SqlKeys::new(pool.clone()))));
        let log = |sealer| SqlLog::new(pool.clone(), Arc::new(ManualClock::at(NOW)), sealer);
        let (before, room) = (log(sealer()), RoomId::from_bits(1));
        before.create(created(room, "ABC234")).await.expect("created");
        before.append(room, asks(GRACE, "Grace")).await.expect("appended");
        let damage = format!("UPDATE account_keys SET sealing_key = {damaged} WHERE account = '{GRACE}'");
        let damage = sqlx::query(sqlx::AssertSqlSafe(damage)).execute(&pool).await.expect("damaged");
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
