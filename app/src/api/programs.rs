//! The server functions about tokens with which programs act for the visitor's account.

use serde::{Deserialize, Serialize};

use super::{ApiError, identity::ProgramToken, json_text::JsonText};
use crate::prelude::*;
#[cfg(feature = "ssr")]
use {
    super::{backend, identity::Scope},
    heartogether::{id::DisplayName, refusal::Refusal, role::Permission},
};

/// A token that was just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewProgramToken {
    /// The token. It cannot be had a second time.
    pub token: String,
}

/// The tokens of the visitor's account, the latest first.
///
/// # Errors
/// [`Refusal::NotSignedIn`] or a fault.
#[server(prefix = "/api/fn", endpoint = "program_tokens", output = JsonText)]
pub async fn program_tokens() -> Result<Vec<ProgramToken>, ApiError> {
    let visitor = backend::visitor();
    backend::backend()?.program_tokens(visitor.permit(Permission::KeepAccount)?).await
}

/// Makes a token for a program.
///
/// # Errors
/// The refusals of [`DisplayName::parse`], [`Refusal::ScopeMissing`], [`Refusal::NotSignedIn`], [`Refusal::TooManyTokens`] or a
/// fault.
#[server(prefix = "/api/fn", endpoint = "make_program_token", output = JsonText)]
pub async fn make_program_token(
    /// What it is for.
    label: String,
    /// What it allows, with spaces between.
    scopes: String,
) -> Result<NewProgramToken, ApiError> {
    let visitor = backend::visitor();
    let account = visitor.permit(Permission::KeepAccount)?;
    let (label, scopes) = (DisplayName::parse(&label)?, Scope::list(&scopes));
    if scopes.is_empty() {
        return Err(Refusal::ScopeMissing.into());
    }
    let token = backend::backend()?.make_program_token(account, label, scopes).await?;
    Ok(NewProgramToken { token })
}

/// Revokes a token of the visitor's account. One that is gone stays gone.
///
/// # Errors
/// [`Refusal::NotSignedIn`] or a fault.
#[server(prefix = "/api/fn", endpoint = "revoke_program_token", output = JsonText)]
pub async fn revoke_program_token(
    /// The token's id.
    id: String,
) -> Result<(), ApiError> {
    let visitor = backend::visitor();
    backend::backend()?.revoke_program_token(visitor.permit(Permission::KeepAccount)?, &id).await
}
