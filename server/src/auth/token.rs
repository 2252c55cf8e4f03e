//! Our own signed tokens (RFC 7519). Each names its purpose, so that it cannot be used for another one.

use heartogether::time::Timestamp;
use jsonwebtoken::{Algorithm, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::signing_keys::Keys;

/// Longest token that is read, in characters.
const TOKEN_CHARS: usize = 4 * 1024;

/// What a token is for, its `aud`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It names the session of a request.
    Session,
    /// It holds the state of a sign-in at a provider.
    SignIn,
    /// It lets a page that waits for a sign-in provider go on.
    ProviderWait,
}

impl Purpose {
    const fn audience(self) -> &'static str {
        match self {
            Self::Session => "heartogether/session",
            Self::SignIn => "heartogether/sign-in",
            Self::ProviderWait => "heartogether/wait",
        }
    }
}

/// A token's content with its dates, in seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Dated<T> {
    aud: String,
    pub(super) iat: u64,
    pub(super) exp: u64,
    #[serde(flatten)]
    pub(super) content: T,
}

impl<T> Dated<T> {
    pub(super) fn new(purpose: Purpose, content: T, now: Timestamp, ttl_s: u64) -> Self {
        let iat = now.as_millis() / 1000;
        Self { aud: purpose.audience().to_owned(), iat, exp: iat.saturating_add(ttl_s), content }
    }

    pub(super) fn is_current(&self, now: Timestamp) -> bool {
        now.as_millis() / 1000 < self.exp
    }
}

/// Signs a token.
///
/// # Errors
/// Where the content cannot be written as JSON.
pub(super) fn sign<T: Serialize>(keys: &Keys, token: &Dated<T>) -> Result<String, jsonwebtoken::errors::Error> {
    encode(&Header::new(Algorithm::HS256), token, &keys.signing())
}

/// A token that we have signed.
pub(super) struct Verified<T> {
    pub(super) token: Dated<T>,
    /// Whether the key that signed it no longer signs.
    pub(super) is_by_retired_key: bool,
}

/// Reads a token that we have signed for this purpose, current or not.
pub(super) fn verify<T: DeserializeOwned>(
    keys: &Keys,
    purpose: Purpose,
    token: &str,
    now: Timestamp,
) -> Option<Verified<T>> {
    if token.len() > TOKEN_CHARS {
        return None;
    }
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&[purpose.audience()]);
    validation.set_required_spec_claims(&["aud"]);
    // The caller checks the expiry by our own clock.
    validation.validate_exp = false;
    keys.accepted(now).enumerate().find_map(|(place, key)| {
        let token = decode(token, &key, &validation).ok()?.claims;
        Some(Verified { token, is_by_retired_key: place > 0 })
    })
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(5_000);

    #[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
    struct Content {
        jti: String,
    }

    fn keys() -> Keys {
        super::super::crypto::install();
        let folder = TempDir::new().expect("a folder");
        Keys::open(folder.path(), None, NOW, 60_000).expect("keys")
    }

    fn token() -> Dated<Content> {
        Dated::new(Purpose::Session, Content { jti: "a".to_owned() }, NOW, 10)
    }

    fn read(keys: &Keys, token: &str) -> Option<Dated<Content>> {
        verify(keys, Purpose::Session, token, NOW).map(|verified| verified.token)
    }

    #[test]
    fn a_token_returns_its_content_and_its_expiry() {
        let keys = keys();
        let signed = sign(&keys, &token()).expect("a token");
        let read = read(&keys, &signed).expect("our own");
        assert_eq!(read, token());
        assert!(read.is_current(Timestamp::from_millis(14_999)));
        assert!(!read.is_current(Timestamp::from_millis(15_000)));
    }

    #[test]
    fn a_token_with_another_key_or_purpose_is_refused() {
        let ours = keys();
        let signed = sign(&ours, &token()).expect("a token");
        assert!(read(&keys(), &signed).is_none(), "another key");
        assert!(verify::<Content>(&ours, Purpose::SignIn, &signed, NOW).is_none(), "another purpose");
        let [header, claims, signature] = signed.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
        // {"alg":"none"} and {"typ":"JWT","alg":"RS256"}
        for forged in ["eyJhbGciOiJub25lIn0", "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9"] {
            assert!(read(&ours, &format!("{forged}.{claims}.")).is_none());
            assert!(read(&ours, &format!("{forged}.{claims}.{signature}")).is_none());
        }
        for broken in ["", ".", "..", "...", &format!("{header}.{claims}"), &"a".repeat(5_000)] {
            assert!(read(&ours, broken).is_none(), "{broken}");
        }
    }
}
