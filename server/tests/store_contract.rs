//! What every store of accounts and sessions does.

use heartogether::{
    id::{AccountId, DisplayName, RoomId},
    time::Timestamp,
};
use heartogether_app::api::Account;
use heartogether_server::{
    database,
    store::{MemoryStore, Session, SqliteStore, Store, TokenHash, VISITS_KEPT},
};
use tempfile::TempDir;

const NOW: Timestamp = Timestamp::from_millis(1_000);

fn ada() -> Account {
    Account { id: AccountId::from_bits(1), name: DisplayName::parse("Ada").expect("a name") }
}

fn session(token: u8, expires_at: u64) -> Session {
    Session { token: TokenHash([token; 32]), account: ada().id, expires_at: Timestamp::from_millis(expires_at) }
}

async fn keeps_sessions_until_they_expire(store: &dyn Store) {
    store.add_account(&ada(), NOW).await.expect("stored");
    store.add_session(&session(1, 2_000), NOW).await.expect("stored");
    let find = |token, at| store.find_session(TokenHash([token; 32]), Timestamp::from_millis(at));
    assert_eq!(find(1, 1_999).await.expect("found"), Some(ada()));
    assert_eq!(find(1, 2_000).await.expect("looked up"), None);
    assert_eq!(find(2, 1_000).await.expect("looked up"), None);
}

async fn forgets_expired_sessions(store: &dyn Store) {
    store.add_account(&ada(), NOW).await.expect("stored");
    store.add_session(&session(1, 2_000), NOW).await.expect("stored");
    store.add_session(&session(2, 9_000), Timestamp::from_millis(3_000)).await.expect("stored");
    assert_eq!(store.find_session(TokenHash([1; 32]), NOW).await.expect("looked up"), None);
    assert_eq!(store.find_session(TokenHash([2; 32]), NOW).await.expect("found"), Some(ada()));
}

async fn remembers_the_latest_visits(store: &dyn Store) {
    store.add_account(&ada(), NOW).await.expect("stored");
    for number in 0..=VISITS_KEPT as u128 {
        let at = Timestamp::from_millis(1_000 + number as u64);
        store.add_visit(ada().id, RoomId::from_bits(number), at).await.expect("stored");
    }
    store.add_visit(ada().id, RoomId::from_bits(3), Timestamp::from_millis(9_000)).await.expect("stored");
    let visits = store.visits(ada().id).await.expect("found");
    assert_eq!(visits.len(), VISITS_KEPT);
    assert_eq!(visits[..2], [RoomId::from_bits(3), RoomId::from_bits(VISITS_KEPT as u128)]);
    assert!(!visits.contains(&RoomId::from_bits(0)), "the oldest went");
    assert_eq!(store.visits(AccountId::from_bits(2)).await.expect("looked up"), []);
}

async fn sqlite(folder: &TempDir) -> SqliteStore {
    SqliteStore::new(database::open(&folder.path().join("test.db")).await.expect("a database"))
}

#[tokio::test]
async fn memory_keeps_the_contract() {
    keeps_sessions_until_they_expire(&MemoryStore::default()).await;
    forgets_expired_sessions(&MemoryStore::default()).await;
    remembers_the_latest_visits(&MemoryStore::default()).await;
}

#[tokio::test]
async fn sqlite_keeps_the_contract() {
    let folders = [(); 3].map(|()| TempDir::new().expect("a folder"));
    keeps_sessions_until_they_expire(&sqlite(&folders[0]).await).await;
    forgets_expired_sessions(&sqlite(&folders[1]).await).await;
    remembers_the_latest_visits(&sqlite(&folders[2]).await).await;
}

#[tokio::test]
async fn sqlite_keeps_sessions_when_the_file_is_opened_again() {
    let folder = TempDir::new().expect("a folder");
    let store = sqlite(&folder).await;
    store.add_account(&ada(), NOW).await.expect("stored");
    store.add_session(&session(1, 2_000), NOW).await.expect("stored");
    drop(store);
    let found = sqlite(&folder).await.find_session(TokenHash([1; 32]), NOW).await;
    assert_eq!(found.expect("found"), Some(ada()));
}
