//! Accounts and sessions that live as long as the process: for tests.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, RoomId},
    time::Timestamp,
};
use heartogether_app::api::Account;

use super::{Session, Store, StoreError, TokenHash, VISITS_KEPT};

/// Accounts and sessions in memory.
#[derive(Default)]
pub struct MemoryStore(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    accounts: HashMap<AccountId, Account>,
    sessions: HashMap<TokenHash, Session>,
    visits: HashMap<AccountId, Vec<RoomId>>,
}

impl MemoryStore {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn add_account(&self, account: &Account, _created_at: Timestamp) -> Result<(), StoreError> {
        self.kept().accounts.insert(account.id, account.clone());
        Ok(())
    }

    async fn add_session(&self, session: &Session, now: Timestamp) -> Result<(), StoreError> {
        let mut kept = self.kept();
        kept.sessions.retain(|_, known| known.expires_at > now);
        kept.sessions.insert(session.token, session.clone());
        Ok(())
    }

    async fn add_visit(&self, account: AccountId, room: RoomId, _at: Timestamp) -> Result<(), StoreError> {
        let mut kept = self.kept();
        let visits = kept.visits.entry(account).or_default();
        visits.retain(|visited| *visited != room);
        visits.insert(0, room);
        visits.truncate(VISITS_KEPT);
        Ok(())
    }

    async fn visits(&self, account: AccountId) -> Result<Vec<RoomId>, StoreError> {
        Ok(self.kept().visits.get(&account).cloned().unwrap_or_default())
    }

    async fn find_session(&self, token: TokenHash, now: Timestamp) -> Result<Option<Account>, StoreError> {
        let kept = self.kept();
        let session = kept.sessions.get(&token).filter(|session| session.expires_at > now);
        Ok(session.and_then(|session| kept.accounts.get(&session.account)).cloned())
    }
}
