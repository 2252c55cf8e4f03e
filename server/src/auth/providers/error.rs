//! Why a sign-in with a provider fails.

use heartogether::refusal::Refusal;

/// Why somebody could not be signed in.
#[derive(Clone, Debug, thiserror::Error)]
pub(in crate::auth) enum SignInError {
    #[error("the provider did not answer: {0}")]
    Unreachable(String),
    #[error("the provider's answer is not what it has to be: {0}")]
    Untrusted(String),
}

impl From<&SignInError> for Refusal {
    fn from(error: &SignInError) -> Self {
        match error {
            SignInError::Unreachable(_) => Self::ProviderUnreachable,
            SignInError::Untrusted(_) => Self::SignInFailed,
        }
    }
}

/// The provider said something that it must not say.
pub(super) fn untrusted(what: impl Into<String>) -> SignInError {
    SignInError::Untrusted(what.into())
}
