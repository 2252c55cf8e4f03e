//! What stores in databases do beyond the contract: how long they keep whom, and what happens at the same time.

use std::collections::BTreeSet;

use heartogether::{id::AccountId, time::Timestamp};
use heartogether_app::api::Account;
use heartogether_server::storage::accounts::{
    ACCOUNT_KEPT_MS, Accounts, ReturnedSignIn, Session, Sessions, SqlStore, TokenHash, VerifiedPerson,
};
use tempfile::TempDir;

use super::{NOW, ada, arrival, person, session, sign_in, sqlite};
use crate::support::PostgresDatabase;

/// Runs each of these against every database.
macro_rules! databases {
    ($($name:ident)*) => {$(
        mod $name {
            use super::{PostgresDatabase, SqlStore, TempDir, sqlite};

            #[tokio::test]
            async fn in_sqlite() {
                super::$name(sqlite(&TempDir::new().expect("a folder")).await).await;
            }

            #[tokio::test]
            async fn in_postgres() {
                let kept = PostgresDatabase::create().await;
                super::$name(SqlStore::new(kept.open().await)).await;
            }
        }
    )*};
}

databases! {
    guests_are_forgotten_at_once_and_people_after_a_year
    people_are_kept_for_a_year_after_their_last_session
    a_person_who_signs_in_twice_at_once_has_one_account
    nobody_gets_a_session_of_an_account_that_is_forgotten
}

/// Guests go with their sessions; those who sign in are known again for a year.
async fn guests_are_forgotten_at_once_and_people_after_a_year(store: SqlStore) {
    let guest = Account { id: AccountId::from_bits(2), ..ada() };
    store.add_account(&guest, NOW).await.expect("stored");
    sign_in(&store, &person("Ada"), ada().id).await;
    let visitor = Account { id: AccountId::from_bits(3), ..ada() };
    let come_at = async |at: u64, token| {
        let at = Timestamp::from_millis(at);
        store
            .add_account(&Account { id: AccountId::from_bits(at.as_millis().into()), ..visitor.clone() }, at)
            .await
            .expect("stored");
        let account = AccountId::from_bits(at.as_millis().into());
        let session = Session { token: TokenHash([token; 32]), account, expires_at: at.after_ms(1) };
        store.add_session(&session, at).await.expect("stored");
    };
    come_at(100_000, 1).await;
    sign_in(&store, &VerifiedPerson { subject: "43".to_owned(), ..person("Grace") }, guest.id).await;
    let again = sign_in(&store, &person("Ada"), AccountId::from_bits(9)).await;
    assert_eq!(again.id, ada().id, "known without a session");
    come_at(ACCOUNT_KEPT_MS + 1_000, 2).await;
    let later = sign_in(&store, &person("Ada"), AccountId::from_bits(9)).await;
    assert_eq!(later.id, AccountId::from_bits(9), "forgotten");
}

async fn people_are_kept_for_a_year_after_their_last_session(store: SqlStore) {
    sign_in(&store, &person("Ada"), ada().id).await;
    store.add_session(&session(1, 2_000), NOW).await.expect("stored");
    let used_at = NOW.after_ms(1_000_000);
    assert!(store.extend_session(TokenHash([1; 32]), used_at.after_ms(1), used_at).await.expect("extended"));
    store.forget_expired(NOW.after_ms(ACCOUNT_KEPT_MS)).await.expect("forgotten");
    let known = sign_in(&store, &person("Ada"), AccountId::from_bits(9)).await;
    assert_eq!(known.id, ada().id);
}

async fn a_person_who_signs_in_twice_at_once_has_one_account(store: SqlStore) {
    let arrivals = (1..9).map(|number| ReturnedSignIn {
        candidate: AccountId::from_bits(number.into()),
        ..arrival(&person("Ada"), number)
    });
    let arrivals: Vec<_> = arrivals.collect();
    let signed_in = futures::future::join_all(arrivals.iter().map(|arrival| store.sign_in(arrival, NOW))).await;
    let accounts = signed_in.into_iter().map(|one| one.expect("stored").expect("not spent").account.id);
    assert_eq!(accounts.collect::<BTreeSet<_>>().len(), 1);
}

/// Accounts are forgotten while their sessions begin: each is there with its session, or neither is.
async fn nobody_gets_a_session_of_an_account_that_is_forgotten(store: SqlStore) {
    let store = &store;
    for number in 1..20_u8 {
        let account = Account { id: AccountId::from_bits(number.into()), ..ada() };
        store.add_account(&account, NOW).await.expect("stored");
        let at = NOW.after_ms(u64::from(number) * 100_000);
        let session = Session { account: account.id, ..session(number, at.as_millis() + 1_000_000) };
        let begun = async { store.add_session(&session, at).await.is_ok() };
        let forgotten = async { store.forget_expired(at).await };
        let (begun, forgotten) = tokio::join!(begun, forgotten);
        forgotten.expect("forgotten");
        let found = store.find_session(session.token, at).await.expect("looked up");
        assert_eq!(found.is_some(), begun);
    }
}
