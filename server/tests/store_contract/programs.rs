//! Tokens of programs, and bans.

use heartogether::{
    id::{AccountId, DisplayName},
    time::Timestamp,
};
use heartogether_app::api::Scope;
use heartogether_server::storage::accounts::{
    Session, Store, StoredToken, TOKEN_USE_MS, TOKENS_PER_ACCOUNT, TokenHash, VerifiedPerson,
};

use super::{NOW, ada, become_account, guest, person, session, sign_in};

fn token(number: u8, account: AccountId) -> StoredToken {
    StoredToken {
        token: TokenHash([number; 32]),
        account,
        label: DisplayName::parse("A robot").expect("a name"),
        scopes: vec![Scope::ReadRooms, Scope::SendMessages],
        created_at: Timestamp::from_millis(1_000 + u64::from(number)),
        used_at: None,
    }
}

pub(super) async fn keeps_programs_tokens_until_they_are_revoked(store: &dyn Store) {
    let other = AccountId::from_bits(7);
    store.add_account(&ada(), NOW).await.expect("stored");
    store.add_account(&guest(other), NOW).await.expect("stored");
    let (first, second) = (token(1, ada().id), token(2, ada().id));
    for token in [&first, &second, &token(3, other)] {
        assert!(store.add_program_token(token).await.expect("stored"));
    }
    assert!(!store.add_program_token(&token(4, AccountId::from_bits(99))).await.expect("looked up"), "nobody's");
    assert_eq!(store.program_tokens(ada().id).await.expect("listed"), [second.clone(), first.clone()]);
    let (account, scopes) = store.find_program(first.token, NOW).await.expect("looked up").expect("a token");
    assert_eq!((account, scopes), (ada(), first.scopes.clone()));
    let used_at = async || store.program_tokens(ada().id).await.expect("listed")[1].used_at;
    assert_eq!(used_at().await, Some(NOW));
    store.find_program(first.token, NOW.after_ms(TOKEN_USE_MS - 1)).await.expect("looked up");
    assert_eq!(used_at().await, Some(NOW), "to the minute");
    store.find_program(first.token, NOW.after_ms(TOKEN_USE_MS)).await.expect("looked up");
    assert_eq!(used_at().await, Some(NOW.after_ms(TOKEN_USE_MS)));
    store.revoke_program_token(other, first.token).await.expect("looked up");
    assert!(store.find_program(first.token, NOW).await.expect("looked up").is_some(), "it is not theirs");
    store.revoke_program_token(ada().id, first.token).await.expect("revoked");
    assert_eq!(store.find_program(first.token, NOW).await.expect("looked up"), None);
    for number in 10..10 + TOKENS_PER_ACCOUNT as u8 - 1 {
        assert!(store.add_program_token(&token(number, ada().id)).await.expect("stored"));
    }
    assert!(!store.add_program_token(&token(200, ada().id)).await.expect("looked up"), "one too many");
    store.begin_deletion(ada().id).await.expect("begun");
    assert_eq!(store.find_program(second.token, NOW).await.expect("looked up"), None);
    assert!(store.find_program(TokenHash([3; 32]), NOW).await.expect("looked up").is_some());
    store.delete_account(other).await.expect("deleted");
    assert_eq!(store.find_program(TokenHash([3; 32]), NOW).await.expect("looked up"), None);
}

pub(super) async fn keeps_banned_people_out(store: &dyn Store) {
    let known = sign_in(store, &person("Ada"), AccountId::from_bits(7)).await;
    let VerifiedPerson { issuer, subject, .. } = person("Ada");
    store.add_session(&Session { account: known.id, ..session(1, 9_000) }, NOW).await.expect("stored");
    assert!(store.add_program_token(&token(2, known.id)).await.expect("stored"));
    let is_banned = async || store.is_banned(&issuer, &subject).await.expect("looked up");
    assert!(!is_banned().await);
    assert!(!store.ban_account(AccountId::from_bits(99), NOW).await.expect("looked up"), "there is no such account");
    for _ in 0..2 {
        assert!(store.ban_account(known.id, NOW).await.expect("banned"));
    }
    assert!(is_banned().await && !store.is_banned("https://elsewhere.example", &subject).await.expect("looked up"));
    assert_eq!(store.find_session(TokenHash([1; 32]), NOW).await.expect("looked up"), None);
    assert_eq!(store.find_program(TokenHash([2; 32]), NOW).await.expect("looked up"), None);
    // A deleted account does not lift it.
    store.delete_account(known.id).await.expect("deleted");
    assert!(is_banned().await);
    assert!(store.lift_ban(known.id).await.expect("lifted"));
    assert!(!is_banned().await && !store.lift_ban(known.id).await.expect("looked up"));
}

pub(super) async fn gives_a_guests_tokens_to_the_account(store: &dyn Store) {
    let (known, from) = (AccountId::from_bits(7), AccountId::from_bits(8));
    store.add_account(&guest(from), NOW).await.expect("stored");
    assert!(store.add_program_token(&token(1, from)).await.expect("stored"));
    become_account(store, from, known).await;
    let (account, _) = store.find_program(TokenHash([1; 32]), NOW).await.expect("looked up").expect("a token");
    assert_eq!(account.id, known);
}
