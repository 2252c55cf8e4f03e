//! The contract of all stores of accounts and sessions.

mod blocks;
mod databases;
mod programs;

use std::sync::atomic::{AtomicU8, Ordering};

use heartogether::{
    id::{AccountId, DisplayName, RoomId},
    time::Timestamp,
};
use heartogether_app::api::Account;
use heartogether_server::storage::{
    accounts::{
        AccountRecord, Accounts, MemoryStore, Picture, ReturnedSignIn, Session, Sessions, SqlStore, Store, TokenHash,
        VISITS_KEPT, VerifiedPerson, Visits,
    },
    database,
};
use tempfile::TempDir;

use crate::support::PostgresDatabase;
use blocks::{blocks_no_more_than_it_keeps, gives_the_guests_blocks_to_the_person, keeps_whom_an_account_has_blocked};
use programs::{
    gives_a_guests_tokens_to_the_account, keeps_banned_people_out, keeps_programs_tokens_until_they_are_revoked,
};

const NOW: Timestamp = Timestamp::from_millis(1_000);

fn ada() -> Account {
    Account { id: AccountId::from_bits(1), name: DisplayName::parse("Ada").expect("a name"), profile: None }
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
    let later = Timestamp::from_millis(70_000);
    let grace = Account { id: AccountId::from_bits(2), ..ada() };
    store.add_account(&grace, later).await.expect("stored");
    store.add_session(&Session { account: grace.id, ..session(2, 90_000) }, later).await.expect("stored");
    assert_eq!(store.find_session(TokenHash([1; 32]), NOW).await.expect("looked up"), None);
    assert_eq!(store.find_session(TokenHash([2; 32]), NOW).await.expect("found"), Some(grace));
}

async fn ends_and_extends_sessions(store: &dyn Store) {
    store.add_account(&ada(), NOW).await.expect("stored");
    for token in [1, 2, 3] {
        store.add_session(&session(token, 2_000), NOW).await.expect("stored");
    }
    let find = |token| store.find_session(TokenHash([token; 32]), Timestamp::from_millis(2_000));
    let later = Timestamp::from_millis(9_000);
    let end = async |token, at| {
        store.session_end(TokenHash([token; 32]), Timestamp::from_millis(at)).await.expect("looked up")
    };
    assert_eq!((end(1, 1_999).await, end(1, 2_000).await), (Some(Timestamp::from_millis(2_000)), None));
    assert!(store.extend_session(TokenHash([1; 32]), later, NOW).await.expect("extended"));
    assert_eq!((end(1, 2_000).await, end(2, 2_000).await), (Some(later), None));
    assert_eq!((find(1).await.expect("found"), find(2).await.expect("looked up")), (Some(ada()), None));
    store.end_session(TokenHash([1; 32])).await.expect("ended");
    assert_eq!(find(1).await.expect("looked up"), None);
    assert!(!store.extend_session(TokenHash([1; 32]), later, NOW).await.expect("looked up"));
    assert_eq!(end(1, 2_000).await, None);
    let mut ended = store.end_sessions(ada().id).await.expect("ended");
    ended.sort_by_key(|token| token.0);
    assert_eq!(ended, [TokenHash([2; 32]), TokenHash([3; 32])]);
}

fn person(name: &str) -> VerifiedPerson {
    VerifiedPerson {
        issuer: "https://login.example".to_owned(),
        subject: "42".to_owned(),
        provider: "Example".to_owned(),
        name: DisplayName::parse(name).expect("a name"),
        email: Some("ada@example.org".to_owned()),
    }
}

/// Whoever comes back from a provider and gets a session with this token.
fn arrival(person: &VerifiedPerson, token: u8) -> ReturnedSignIn {
    ReturnedSignIn {
        person: person.clone(),
        proof: TokenHash([token; 32]),
        proof_until: Timestamp::from_millis(2_000),
        before: None,
        guest: None,
        candidate: AccountId::from_bits(100 + u128::from(token)),
        session: TokenHash([token; 32]),
        expires_at: Timestamp::from_millis(9_000),
    }
}

/// Somebody without a profile.
pub(crate) fn guest(id: AccountId) -> Account {
    Account { id, ..ada() }
}

/// A guest signs in as somebody who has an account already.
pub(crate) async fn become_account(store: &dyn Store, from: AccountId, to: AccountId) {
    sign_in(store, &person("Ada"), to).await;
    store.add_session(&Session { account: from, ..session(1, 2_000) }, NOW).await.expect("stored");
    let before = Some(TokenHash([1; 32]));
    let arrival = ReturnedSignIn { before, guest: Some(from), ..arrival(&person("Ada"), 2) };
    let signed_in = store.sign_in(&arrival, NOW).await.expect("stored").expect("for the first time");
    assert_eq!((signed_in.account.id, signed_in.guest), (to, Some(from)));
}

/// Somebody signs in, whose session is over at once.
async fn sign_in(store: &dyn Store, person: &VerifiedPerson, candidate: AccountId) -> Account {
    static DRAWN: AtomicU8 = AtomicU8::new(100);
    let token = DRAWN.fetch_add(1, Ordering::Relaxed);
    let arrival = ReturnedSignIn { candidate, expires_at: NOW, ..arrival(person, token) };
    store.sign_in(&arrival, NOW).await.expect("signed in").expect("for the first time").account
}

async fn knows_people_again(store: &dyn Store) {
    store.add_account(&ada(), NOW).await.expect("stored");
    let first = sign_in(store, &person("Ada Lovelace"), ada().id).await;
    assert_eq!((first.id, first.name.as_str()), (ada().id, "Ada Lovelace"), "the guest's account is hers now");
    let profile = first.profile.clone().expect("a profile");
    assert_eq!((profile.email.as_deref(), profile.has_picture), (Some("ada@example.org"), false));

    let picture = Picture { media_type: "image/png".to_owned(), bytes: vec![0, 1, 255] };
    store.set_picture(first.id, Some(&picture)).await.expect("stored");
    assert_eq!(store.picture(first.id).await.expect("found"), Some(picture));
    let again = sign_in(store, &person("Countess"), AccountId::from_bits(7)).await;
    assert_eq!((again.id, again.name.as_str()), (ada().id, "Countess"));
    let profile = again.profile.expect("a profile");
    assert!(profile.has_picture);
    assert_eq!(profile.email_shown, None, "nobody was asked");
    for shown in [true, false] {
        store.set_email_shown(ada().id, shown).await.expect("stored");
        let again = sign_in(store, &person("Countess"), AccountId::from_bits(7)).await;
        assert_eq!(again.profile.expect("a profile").email_shown, Some(shown), "a new sign-in keeps the choice");
    }

    let other = VerifiedPerson { issuer: "https://other.example".to_owned(), ..person("Ada") };
    let other = sign_in(store, &other, AccountId::from_bits(8)).await;
    assert_eq!(other.id, AccountId::from_bits(8), "the same subject elsewhere is somebody else");
}

async fn deletes_all_of_an_account(store: &dyn Store) {
    sign_in(store, &person("Ada"), ada().id).await;
    store.add_session(&session(1, 9_000), NOW).await.expect("stored");
    store.add_visit(ada().id, RoomId::from_bits(1), NOW).await.expect("stored");
    store.delete_account(ada().id).await.expect("deleted");
    assert_eq!(store.find_session(TokenHash([1; 32]), NOW).await.expect("looked up"), None);
    assert_eq!(store.visits(ada().id).await.expect("looked up"), []);
    let next = sign_in(store, &person("Ada"), AccountId::from_bits(9)).await;
    assert_eq!(next.id, AccountId::from_bits(9), "nothing leads to the old account");
}

async fn signs_in_and_gives_the_person_the_guests_visits(store: &dyn Store) {
    let known = AccountId::from_bits(7);
    sign_in(store, &person("Ada"), known).await;
    store.add_account(&ada(), NOW).await.expect("stored");
    store.add_session(&session(1, 2_000), NOW).await.expect("stored");
    store.add_visit(ada().id, RoomId::from_bits(1), NOW).await.expect("stored");
    let arrival =
        ReturnedSignIn { before: Some(TokenHash([1; 32])), guest: Some(ada().id), ..arrival(&person("Ada"), 2) };
    let signed_in = store.sign_in(&arrival, NOW).await.expect("stored").expect("for the first time");
    assert_eq!((signed_in.account.id, signed_in.guest), (known, Some(ada().id)));
    assert_eq!(signed_in.ended, [TokenHash([1; 32])]);
    let whose = async |token| store.find_session(TokenHash([token; 32]), NOW).await.expect("looked up").map(|a| a.id);
    assert_eq!((whose(1).await, whose(2).await), (None, Some(known)));
    assert_eq!(store.visits(known).await.expect("found"), [RoomId::from_bits(1)]);
    assert_eq!(store.departures().await.expect("listed"), [(ada().id, Some(known))]);

    let again = ReturnedSignIn { session: TokenHash([3; 32]), before: Some(TokenHash([2; 32])), ..arrival };
    assert_eq!(store.sign_in(&again, NOW).await.expect("looked up"), None, "none is completed twice");
    assert_eq!((whose(2).await, whose(3).await), (Some(known), None));

    store.delete_account(ada().id).await.expect("deleted");
    store.end_departure(ada().id).await.expect("forgotten");
    store.begin_deletion(known).await.expect("begun");
    assert_eq!(store.departures().await.expect("listed"), [(known, None)]);
    assert_eq!(whose(2).await, None);
}

async fn gives_the_guests_rooms_only_to_the_guests_own_session(store: &dyn Store) {
    store.add_account(&ada(), NOW).await.expect("stored");
    store.add_session(&session(1, 2_000), NOW).await.expect("stored");
    let before = Some(TokenHash([1; 32]));
    let other = ReturnedSignIn { before, guest: Some(AccountId::from_bits(5)), ..arrival(&person("Ada"), 2) };
    let signed_in = store.sign_in(&other, NOW).await.expect("stored").expect("for the first time");
    assert_eq!(
        (signed_in.account.id, signed_in.guest, signed_in.ended),
        (other.candidate, None, vec![TokenHash([1; 32])])
    );
    assert_eq!(store.departures().await.expect("listed"), []);
}

async fn tells_what_is_kept_of_an_account(store: &dyn Store) {
    store.add_account(&ada(), NOW).await.expect("stored");
    store.add_session(&session(2, 3_000), NOW).await.expect("stored");
    store.add_session(&session(1, 2_000), NOW).await.expect("stored");
    let ends = async |at| store.session_ends(ada().id, Timestamp::from_millis(at)).await.expect("read");
    assert_eq!(ends(1_999).await, [2_000, 3_000].map(Timestamp::from_millis));
    assert_eq!(ends(2_000).await, [Timestamp::from_millis(3_000)]);
    let record = AccountRecord { created_at: NOW, seen_at: None, identities: Vec::new() };
    assert_eq!(store.account_record(ada().id).await.expect("read"), Some(record));
    let person = person("Ada Lovelace");
    let known = sign_in(store, &person, AccountId::from_bits(2)).await;
    let identities = vec![(person.issuer, person.subject)];
    let record = AccountRecord { created_at: NOW, seen_at: Some(NOW), identities };
    assert_eq!(store.account_record(known.id).await.expect("read"), Some(record));
    store.delete_account(known.id).await.expect("deleted");
    assert_eq!(store.account_record(known.id).await.expect("read"), None);
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

/// Runs each of these against every implementation.
macro_rules! contract {
    ($($name:ident)*) => {$(
        mod $name {
            use super::{MemoryStore, PostgresDatabase, SqlStore, TempDir, sqlite};

            #[tokio::test]
            async fn in_memory() {
                super::$name(&MemoryStore::default()).await;
            }

            #[tokio::test]
            async fn in_sqlite() {
                super::$name(&sqlite(&TempDir::new().expect("a folder")).await).await;
            }

            #[tokio::test]
            async fn in_postgres() {
                let kept = PostgresDatabase::create().await;
                super::$name(&SqlStore::new(kept.open().await)).await;
            }
        }
    )*};
}

contract! {
    keeps_sessions_until_they_expire
    forgets_expired_sessions
    remembers_the_latest_visits
    ends_and_extends_sessions
    knows_people_again
    deletes_all_of_an_account
    signs_in_and_gives_the_person_the_guests_visits
    gives_the_guests_rooms_only_to_the_guests_own_session
    tells_what_is_kept_of_an_account
    keeps_whom_an_account_has_blocked
    blocks_no_more_than_it_keeps
    gives_the_guests_blocks_to_the_person
    keeps_programs_tokens_until_they_are_revoked
    gives_a_guests_tokens_to_the_account
    keeps_banned_people_out
}

async fn sqlite(folder: &TempDir) -> SqlStore {
    SqlStore::new(database::open(&folder.path().join("test.db")).await.expect("a database"))
}

#[tokio::test]
async fn sqlite_changes_an_account_atomically() {
    let folder = TempDir::new().expect("a folder");
    let pool = database::open(&folder.path().join("test.db")).await.expect("a database");
    let store = SqlStore::new(pool.clone());
    store.add_account(&ada(), NOW).await.expect("stored");
    store.add_session(&session(1, 2_000), NOW).await.expect("stored");
    let (before, guest) = (Some(TokenHash([1; 32])), Some(ada().id));
    let first = ReturnedSignIn { before, guest, ..arrival(&person("Ada"), 2) };
    let refuse = async |what: &'static str| sqlx::query(what).execute(&pool).await.expect("a trigger");
    refuse("CREATE TRIGGER no_session BEFORE INSERT ON sessions BEGIN SELECT RAISE(ABORT, 'refused'); END").await;
    assert!(store.sign_in(&first, NOW).await.is_err());
    assert_eq!(store.find_session(TokenHash([1; 32]), NOW).await.expect("found"), Some(ada()), "still a guest");
    refuse("DROP TRIGGER no_session").await;
    let signed_in = store.sign_in(&first, NOW).await.expect("stored").expect("not spent");
    assert_eq!(signed_in.account.id, ada().id);

    store.add_visit(ada().id, RoomId::from_bits(1), NOW).await.expect("stored");
    refuse("CREATE TRIGGER no_deletion BEFORE DELETE ON accounts BEGIN SELECT RAISE(ABORT, 'refused'); END").await;
    assert!(store.delete_account(ada().id).await.is_err());
    assert!(store.find_session(TokenHash([2; 32]), NOW).await.expect("found").is_some());
    assert_eq!(store.visits(ada().id).await.expect("found"), [RoomId::from_bits(1)]);
    let known = sign_in(&store, &person("Ada"), AccountId::from_bits(9)).await;
    assert_eq!(known.id, ada().id, "known as before");
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
