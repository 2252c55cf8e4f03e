//! Tokens of programs.

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, DisplayName},
    time::Timestamp,
};
use heartogether_app::api::{Account, Scope};

use super::TokenHash;
use crate::storage::StorageError;

/// Tokens that an account may have.
pub const TOKENS_PER_ACCOUNT: usize = 20;
/// Milliseconds for which the last use of a token is not stored anew: a minute.
pub const TOKEN_USE_MS: u64 = 60_000;

/// A token that lets a program act for an account until it is revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredToken {
    /// Its hash.
    pub token: TokenHash,
    /// Its account.
    pub account: AccountId,
    /// What it is for.
    pub label: DisplayName,
    /// What it allows.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last.
    pub used_at: Option<Timestamp>,
}

/// Storage of programs' tokens.
#[async_trait]
pub trait Programs: Send + Sync {
    /// Adds a token of an account that exists, unless the account has [`TOKENS_PER_ACCOUNT`]. Returns whether it was added.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn add_program_token(&self, token: &StoredToken) -> Result<bool, StorageError>;

    /// The tokens of an account, the latest first.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn program_tokens(&self, account: AccountId) -> Result<Vec<StoredToken>, StorageError>;

    /// Revokes a token, if it is the account's.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn revoke_program_token(&self, account: AccountId, token: TokenHash) -> Result<(), StorageError>;

    /// The account of a token that is used at `now`, and what the token allows.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn find_program(
        &self,
        token: TokenHash,
        now: Timestamp,
    ) -> Result<Option<(Account, Vec<Scope>)>, StorageError>;
}
