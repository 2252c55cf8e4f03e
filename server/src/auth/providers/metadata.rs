//! A provider's metadata (OpenID Connect Discovery 1.0).

use heartogether_headers::authority::Origin;
use jsonwebtoken::Algorithm;
use serde::Deserialize;

use super::error::{SignInError, untrusted};
use crate::config::GOOGLE_ISSUER;

/// The signature algorithms that are accepted: those with a private key that only the provider has. The metadata names
/// the ones it uses.
const ALGORITHMS: [(&str, Algorithm); 9] = [
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
];

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    pub(super) userinfo_endpoint: Option<String>,
    #[serde(default)]
    id_token_signing_alg_values_supported: Vec<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// RFC 9207.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// The URL of an issuer's metadata.
    pub(super) fn address(issuer: &str) -> String {
        format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
    }

    /// Google's metadata, which has not changed for years. A sign-in with Google need not wait for a request.
    pub(super) fn built_in(issuer: &str) -> Option<Self> {
        (issuer == GOOGLE_ISSUER).then(|| Self {
            issuer: GOOGLE_ISSUER.to_owned(),
            authorization_endpoint: format!("{GOOGLE_ISSUER}/o/oauth2/v2/auth"),
            token_endpoint: "https://oauth2.googleapis.com/token".to_owned(),
            jwks_uri: "https://www.googleapis.com/oauth2/v3/certs".to_owned(),
            userinfo_endpoint: Some("https://openidconnect.googleapis.com/v1/userinfo".to_owned()),
            id_token_signing_alg_values_supported: vec!["RS256".to_owned()],
            token_endpoint_auth_methods_supported: None,
            authorization_response_iss_parameter_supported: false,
        })
    }

    /// Accepts the metadata only if it names the issuer that was asked, and all its URLs are protected.
    pub(super) fn checked(self, issuer: &str) -> Result<Self, SignInError> {
        if self.issuer.trim_end_matches('/') != issuer.trim_end_matches('/') {
            return Err(untrusted("it says it is another issuer"));
        }
        let addresses = [&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri];
        let is_safe = addresses.into_iter().chain(&self.userinfo_endpoint).all(|url| is_protected(url));
        is_safe.then_some(self).ok_or_else(|| untrusted("it names an address without HTTPS"))
    }

    /// The signature algorithms of its tokens; RS256 if it names none.
    pub(super) fn algorithms(&self) -> Vec<Algorithm> {
        let told = &self.id_token_signing_alg_values_supported;
        let is_told = |name: &str| told.iter().any(|known| known == name) || (told.is_empty() && name == "RS256");
        ALGORITHMS.into_iter().filter(|(name, _)| is_told(name)).map(|(_, algorithm)| algorithm).collect()
    }

    /// Whether the client's secret may come in a header, as it should.
    pub(super) fn takes_basic(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_ref();
        methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"))
    }

    /// Whether this is its issuer in a token. Google sometimes leaves out the scheme.
    pub(super) fn is_issuer(&self, name: &str) -> bool {
        name == self.issuer || (self.issuer == GOOGLE_ISSUER && GOOGLE_ISSUER.strip_prefix("https://") == Some(name))
    }

    /// Checks the issuer in an authorisation response (RFC 9207, section 2.4).
    pub(super) fn check_issuer(&self, named: Option<&str>) -> Result<(), SignInError> {
        let is_named = named.is_some_and(|name| self.is_issuer(name));
        match is_named || (named.is_none() && !self.authorization_response_iss_parameter_supported) {
            true => Ok(()),
            false => Err(untrusted("the answer comes from another issuer")),
        }
    }
}

fn is_protected(url: &str) -> bool {
    let is_near = || Origin::of_url(url).is_some_and(|origin| origin.authority().host().is_loopback());
    url.starts_with("https://") || is_near()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(changes: serde_json::Value) -> Metadata {
        let mut told = serde_json::json!({
            "issuer": "https://login.example", "authorization_endpoint": "https://login.example/auth",
            "token_endpoint": "https://login.example/token", "jwks_uri": "https://login.example/keys",
        });
        for (name, value) in changes.as_object().expect("an object") {
            told[name] = value.clone();
        }
        serde_json::from_value(told).expect("metadata")
    }

    #[test]
    fn metadata_must_name_the_configured_issuer_and_use_https() {
        let is_believed = |changes| metadata(changes).checked("https://login.example/").is_ok();
        assert!(is_believed(serde_json::json!({})));
        assert!(is_believed(serde_json::json!({ "jwks_uri": "http://localhost:4000/keys" })));
        assert!(!is_believed(serde_json::json!({ "issuer": "https://evil.example" })));
        for address in ["http://login.example/token", "http://localhost.evil.example/", "file:///etc/passwd", ""] {
            for name in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
                assert!(!is_believed(serde_json::json!({ name: address })), "{name}: {address}");
            }
        }
    }

    #[test]
    fn unsigned_tokens_and_shared_keys_are_not_accepted() {
        let algorithms =
            |told: &[&str]| metadata(serde_json::json!({ "id_token_signing_alg_values_supported": told })).algorithms();
        assert_eq!(algorithms(&[]), [Algorithm::RS256]);
        assert_eq!(algorithms(&["none", "HS256", "ES256"]), [Algorithm::ES256]);
        assert_eq!(algorithms(&["none", "HS256", "HS512"]), []);
    }

    #[test]
    fn the_metadata_says_whether_answers_name_their_issuer() {
        let said = metadata(serde_json::json!({ "authorization_response_iss_parameter_supported": true }));
        let silent = metadata(serde_json::json!({}));
        for (metadata, named, is_fine) in [
            (&said, Some("https://login.example"), true),
            (&said, None, false),
            (&silent, None, true),
            (&silent, Some("https://login.example"), true),
            (&silent, Some("https://evil.example"), false),
        ] {
            assert_eq!(metadata.check_issuer(named).is_ok(), is_fine, "{named:?}");
        }
    }
}
