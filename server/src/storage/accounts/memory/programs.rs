//! The tokens of programs, in memory.

use async_trait::async_trait;
use heartogether::{id::AccountId, time::Timestamp};
use heartogether_app::api::{Account, Scope};

use super::MemoryStore;
use crate::storage::{
    StorageError,
    accounts::{Programs, StoredToken, TOKEN_USE_MS, TOKENS_PER_ACCOUNT, TokenHash},
};

#[async_trait]
impl Programs for MemoryStore {
    async fn add_program_token(&self, token: &StoredToken) -> Result<bool, StorageError> {
        let mut kept = self.kept();
        let count = kept.programs.values().filter(|known| known.account == token.account).count();
        let may = kept.accounts.contains_key(&token.account) && count < TOKENS_PER_ACCOUNT;
        if may {
            kept.programs.insert(token.token, token.clone());
        }
        Ok(may)
    }

    async fn program_tokens(&self, account: AccountId) -> Result<Vec<StoredToken>, StorageError> {
        let kept = self.kept();
        let mut tokens: Vec<_> = kept.programs.values().filter(|known| known.account == account).cloned().collect();
        tokens.sort_by_key(|token| (std::cmp::Reverse(token.created_at), token.token.0));
        Ok(tokens)
    }

    async fn revoke_program_token(&self, account: AccountId, token: TokenHash) -> Result<(), StorageError> {
        self.kept().programs.retain(|known, kept| *known != token || kept.account != account);
        Ok(())
    }

    async fn find_program(
        &self,
        token: TokenHash,
        now: Timestamp,
    ) -> Result<Option<(Account, Vec<Scope>)>, StorageError> {
        let mut kept = self.kept();
        let Some(known) = kept.programs.get_mut(&token) else { return Ok(None) };
        if known.used_at.is_none_or(|used_at| now.since_ms(used_at) >= TOKEN_USE_MS) {
            known.used_at = Some(now);
        }
        let (account, scopes) = (known.account, known.scopes.clone());
        Ok(kept.account(account).map(|account| (account, scopes)))
    }
}
