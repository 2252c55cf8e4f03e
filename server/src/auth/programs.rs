//! Programs that act for an account, with a token of its own.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use heartogether::{id::DisplayName, refusal::Refusal, role::Permission};
use heartogether_app::api::{Account, ApiError, ProgramToken, Scope, Visitor};
use sha2::{Digest, Sha256};

use crate::{
    error::ServerError,
    random,
    state::Node,
    storage::accounts::{StoredToken, TokenHash},
};

/// What programs' tokens begin with, so that they are told from sessions, and found where they should not be.
const PREFIX: &str = "ht_";
/// Longest token that is read, in characters.
const TOKEN_CHARS: usize = 100;

/// The program that sends a request. It may do nothing but what its token says.
#[derive(Clone)]
pub(crate) struct Program {
    account: Account,
    scopes: Vec<Scope>,
}

/// Whether a token is a program's.
pub(super) fn is_program(token: &str) -> bool {
    token.starts_with(PREFIX)
}

fn hash(token: &str) -> TokenHash {
    TokenHash(Sha256::digest(token.as_bytes()).into())
}

/// The account for which a request may do this: that of its program, if the token allows it, or that of its session.
///
/// # Errors
/// [`Refusal::ScopeMissing`], or those of [`Visitor::permit`].
pub(crate) fn acting_for(
    visitor: &Visitor,
    program: Option<&Program>,
    scope: Scope,
    permission: Permission,
) -> Result<Account, Refusal> {
    let Some(Program { account, scopes }) = program else { return visitor.permit(permission).cloned() };
    if !scopes.contains(&scope) {
        return Err(Refusal::ScopeMissing);
    }
    let asking = Visitor { account: Some(account.clone()), ..visitor.clone() };
    asking.permit(permission).cloned()
}

impl Node {
    /// The program of a token, if it is not revoked and its account may still connect.
    pub(super) async fn find_program(&self, token: &str) -> Result<Option<Program>, ServerError> {
        if token.len() > TOKEN_CHARS {
            return Ok(None);
        }
        let found = self.store.find_program(hash(token), self.clock.now()).await?;
        let is_welcome = |account: &Account| account.kind(self.config.auth.guests()).allows(Permission::Connect);
        Ok(found.filter(|(account, _)| is_welcome(account)).map(|(account, scopes)| Program { account, scopes }))
    }

    /// Makes a token.
    pub(crate) async fn make_token(
        &self,
        account: &Account,
        label: DisplayName,
        scopes: Vec<Scope>,
    ) -> Result<String, ApiError> {
        let token = format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(random::bytes::<32>()));
        let (hash, created_at) = (hash(&token), self.clock.now());
        let stored = StoredToken { token: hash, account: account.id, label, scopes, created_at, used_at: None };
        match self.store.add_program_token(&stored).await.map_err(ServerError::from)? {
            true => Ok(token),
            false => Err(Refusal::TooManyTokens.into()),
        }
    }

    /// The tokens of an account.
    pub(crate) async fn tokens(&self, account: &Account) -> Result<Vec<ProgramToken>, ApiError> {
        let stored = self.store.program_tokens(account.id).await.map_err(ServerError::from)?;
        let token = |stored: StoredToken| ProgramToken {
            id: stored.token.to_string(),
            label: stored.label,
            scopes: stored.scopes,
            created_at: stored.created_at,
            used_at: stored.used_at,
        };
        Ok(stored.into_iter().map(token).collect())
    }

    /// Revokes a token. An id that is none revokes nothing.
    pub(crate) async fn revoke_token(&self, account: &Account, id: &str) -> Result<(), ApiError> {
        if let Some(token) = TokenHash::parse(id) {
            self.store.revoke_program_token(account.id, token).await.map_err(ServerError::from)?;
        }
        Ok(())
    }
}
