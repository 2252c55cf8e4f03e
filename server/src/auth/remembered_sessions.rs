//! Sessions that the database has confirmed of late. While it is out of service, they are believed for some minutes, so that pages
//! still show who is signed in and connections stay.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use heartogether::{id::AccountId, time::Timestamp};
use heartogether_app::api::Account;

use crate::storage::accounts::TokenHash;

/// Milliseconds for which a confirmed session is believed.
pub(super) const BELIEVED_MS: u64 = 5 * 60 * 1000;
/// The largest number of sessions.
const REMEMBERED: usize = 20_000;

/// The sessions, by their hashes.
pub(crate) struct RememberedSessions {
    /// A SQLite file is on this machine: it is out of service with the server itself, or can still be read.
    is_needed: bool,
    confirmed: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    sessions: HashMap<TokenHash, Confirmed>,
    /// How many times something was forgotten. What was asked for before the last time may have ended since, so it is not remembered.
    forgotten: u64,
}

/// When the database was asked.
pub(super) struct Asking(u64);

struct Confirmed {
    account: Account,
    at: Timestamp,
}

impl RememberedSessions {
    /// Remembers sessions if the database is another machine's.
    pub(crate) fn new(is_needed: bool) -> Self {
        Self { is_needed, confirmed: Mutex::default() }
    }

    /// To be called before the database is asked for a session that is to be remembered.
    pub(super) fn begin(&self) -> Asking {
        Asking(self.known().forgotten)
    }

    /// The database has said whose session it is.
    pub(super) fn remember(&self, asking: Asking, session: TokenHash, account: &Account, now: Timestamp) {
        if !self.is_needed {
            return;
        }
        let mut known = self.known();
        if known.forgotten != asking.0 {
            return;
        }
        let confirmed = &mut known.sessions;
        if confirmed.len() >= REMEMBERED && !confirmed.contains_key(&session) {
            confirmed.retain(|_, known| now.since_ms(known.at) <= BELIEVED_MS);
            if confirmed.len() >= REMEMBERED {
                confirmed.clear();
            }
        }
        confirmed.insert(session, Confirmed { account: account.clone(), at: now });
    }

    /// Whose session it was a few minutes ago.
    pub(super) fn find(&self, session: TokenHash, now: Timestamp) -> Option<Account> {
        let known = self.known();
        let known = known.sessions.get(&session).filter(|known| now.since_ms(known.at) <= BELIEVED_MS)?;
        Some(known.account.clone())
    }

    /// A session has ended.
    pub(super) fn forget(&self, session: TokenHash) {
        let mut known = self.known();
        known.sessions.remove(&session);
        known.forgotten += 1;
    }

    /// All sessions of an account have ended.
    pub(super) fn forget_account(&self, account: AccountId) {
        let mut known = self.known();
        known.sessions.retain(|_, known| known.account.id != account);
        known.forgotten += 1;
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.confirmed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use heartogether::id::DisplayName;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn account(id: u128) -> Account {
        Account { id: AccountId::from_bits(id), name: DisplayName::parse("Ada").expect("a name"), profile: None }
    }

    #[test]
    fn a_session_is_believed_for_some_minutes_and_not_after_its_end() {
        let remembered = RememberedSessions::new(true);
        let sessions = [1, 2, 3].map(|byte| TokenHash([byte; 32]));
        for (session, id) in sessions.into_iter().zip([1, 2, 2]) {
            remembered.remember(remembered.begin(), session, &account(id), NOW);
        }
        assert_eq!(remembered.find(sessions[0], NOW.after_ms(BELIEVED_MS)), Some(account(1)));
        assert_eq!(remembered.find(sessions[0], NOW.after_ms(BELIEVED_MS + 1)), None);
        remembered.forget(sessions[0]);
        assert_eq!(remembered.find(sessions[0], NOW), None);
        remembered.forget_account(AccountId::from_bits(2));
        assert_eq!((remembered.find(sessions[1], NOW), remembered.find(sessions[2], NOW)), (None, None));
    }

    #[test]
    fn a_session_that_ends_while_the_database_answers_is_not_remembered() {
        let (remembered, session) = (RememberedSessions::new(true), TokenHash([1; 32]));
        let asking = remembered.begin();
        remembered.forget(session);
        remembered.remember(asking, session, &account(1), NOW);
        assert_eq!(remembered.find(session, NOW), None);
    }

    #[test]
    fn the_number_of_remembered_sessions_is_limited() {
        let remembered = RememberedSessions::new(true);
        for number in 0..=REMEMBERED as u64 {
            let mut hash = [0; 32];
            hash[..8].copy_from_slice(&number.to_be_bytes());
            remembered.remember(remembered.begin(), TokenHash(hash), &account(1), NOW);
        }
        assert!(remembered.known().sessions.len() <= REMEMBERED);
    }

    #[test]
    fn nothing_is_remembered_where_the_database_is_a_file() {
        let remembered = RememberedSessions::new(false);
        remembered.remember(remembered.begin(), TokenHash([1; 32]), &account(1), NOW);
        assert_eq!(remembered.find(TokenHash([1; 32]), NOW), None);
    }
}
