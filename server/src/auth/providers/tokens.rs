//! A provider's token response (RFC 6749, section 5.1). Only the needed members are read: some providers write the
//! scope as a list, the expiry as a string, or another token type.

use std::time::Duration;

use oauth2::{AccessToken, RefreshToken, Scope, TokenResponse, basic::BasicTokenType};
use serde::{Deserialize, Serialize};

/// The tokens of one person.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Tokens {
    access_token: AccessToken,
    /// Says who the person is (OpenID Connect Core 1.0, section 3.1.3.3).
    pub(super) id_token: Option<String>,
    #[serde(skip, default = "bearer")]
    token_type: BasicTokenType,
}

/// The only token type that sign-in providers use (OpenID Connect Core 1.0, section 3.1.3.3).
const fn bearer() -> BasicTokenType {
    BasicTokenType::Bearer
}

impl TokenResponse for Tokens {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }

    /// The server uses the token at once, so its expiry does not matter.
    fn expires_in(&self) -> Option<Duration> {
        None
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        None
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}
