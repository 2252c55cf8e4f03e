//! Whom accounts have blocked.

use heartogether::{id::AccountId, time::Timestamp};
use heartogether_server::storage::accounts::{BLOCKS_KEPT, Store};

use super::{NOW, become_account, guest};

pub(super) async fn keeps_whom_an_account_has_blocked(store: &dyn Store) {
    let [ada, grace, linus] = [1, 2, 3].map(AccountId::from_bits);
    for account in [ada, grace, linus] {
        store.add_account(&guest(account), NOW).await.expect("stored");
    }
    let at = Timestamp::from_millis;
    for (by, other, since) in [(ada, grace, 1_000), (ada, linus, 1_001), (ada, grace, 1_002), (grace, ada, 1_003)] {
        assert!(store.block(by, other, at(since)).await.expect("stored"));
    }
    assert_eq!(store.blocked(ada).await.expect("read"), [linus, grace], "twice is once");
    assert_eq!(store.blocked(linus).await.expect("read"), []);
    store.unblock(ada, linus).await.expect("stored");
    store.unblock(linus, ada).await.expect("stored");
    assert_eq!(store.blocked(ada).await.expect("read"), [grace]);
    store.delete_account(grace).await.expect("deleted");
    assert_eq!(store.blocked(ada).await.expect("read"), [], "nobody is blocked who is gone");
    assert_eq!(store.blocked(grace).await.expect("read"), []);
}

pub(super) async fn blocks_no_more_than_it_keeps(store: &dyn Store) {
    let ada = AccountId::from_bits(1);
    let other = |place: usize| AccountId::from_bits(10 + place as u128);
    for place in 0..BLOCKS_KEPT {
        assert!(store.block(ada, other(place), NOW).await.expect("stored"));
    }
    assert!(!store.block(ada, other(BLOCKS_KEPT), NOW).await.expect("not stored"));
    assert!(store.block(ada, other(0), NOW).await.expect("stored"), "this one is");
    store.unblock(ada, other(0)).await.expect("stored");
    assert!(store.block(ada, other(BLOCKS_KEPT), NOW).await.expect("stored"));
    assert_eq!(store.blocked(ada).await.expect("read").len(), BLOCKS_KEPT);
}

pub(super) async fn gives_the_guests_blocks_to_the_person(store: &dyn Store) {
    let [person, before, other] = [1, 2, 3].map(AccountId::from_bits);
    store.add_account(&guest(before), NOW).await.expect("stored");
    store.add_account(&guest(other), NOW).await.expect("stored");
    store.block(before, other, NOW).await.expect("stored");
    store.block(other, before, NOW).await.expect("stored");
    store.block(person, before, NOW).await.expect("stored");
    become_account(store, before, person).await;
    assert_eq!(store.blocked(person).await.expect("read"), [other], "and not themselves");
    assert_eq!(store.blocked(other).await.expect("read"), [person]);
    assert_eq!(store.blocked(before).await.expect("read"), []);
}
