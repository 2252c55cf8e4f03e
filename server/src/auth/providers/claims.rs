//! The person whom a provider's claims describe (OpenID Connect Core 1.0, section 5.1).

use heartogether::{id::DisplayName, limits::NAME_CHARS};
use serde::{Deserialize, Deserializer};

use crate::storage::accounts::VerifiedPerson;

/// Characters of an e-mail address (RFC 5321, section 4.5.3.1.3).
const EMAIL_CHARS: usize = 254;
/// Characters of a picture's address.
const URL_CHARS: usize = 1024;

/// The claims of a token or of the userinfo response. Only the subject is required.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Claims {
    pub(super) sub: String,
    #[serde(default, deserialize_with = "lenient")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    preferred_username: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    email: Option<String>,
    #[serde(default)]
    email_verified: Option<serde_json::Value>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) picture: Option<String>,
}

impl Claims {
    pub(super) fn is_nameless(&self) -> bool {
        self.name.is_none() || self.email.is_none()
    }

    /// The person, with a name that can be shown and only a verified e-mail address.
    pub(super) fn into_person(self, issuer: &str, provider: &str) -> VerifiedPerson {
        let mailbox = self.email.as_deref().and_then(|email| email.split('@').next()).map(str::to_owned);
        let names = [self.name, self.preferred_username, mailbox, Some("Somebody".to_owned())];
        let name = names.into_iter().flatten().find_map(|name| shorten(&name));
        let is_checked = self.email_verified.is_some_and(|checked| checked == true || checked == "true");
        let is_address = |email: &String| email.chars().count() <= EMAIL_CHARS && !email.chars().any(char::is_control);
        VerifiedPerson {
            issuer: issuer.to_owned(),
            subject: self.sub,
            provider: provider.to_owned(),
            name: name.expect("a word of ours is a name"),
            email: self.email.filter(|email| is_checked && is_address(email)),
        }
    }
}

/// The part of a name that can be shown.
fn shorten(name: &str) -> Option<DisplayName> {
    let plain: String = name.trim().chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect();
    DisplayName::parse(&plain).ok()
}

/// Whether a picture is on the provider's own site. This server fetches it, and no other site may choose its URL.
pub(super) fn is_picture_near(url: &str, issuer: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let Ok(issuer) = reqwest::Url::parse(issuer) else { return false };
    let is_own = url.origin() == issuer.origin();
    let is_googles =
        url.scheme() == "https" && url.host_str().is_some_and(|host| host.ends_with(".googleusercontent.com"));
    url.as_str().len() <= URL_CHARS && (is_own || is_googles)
}

/// A value that is not a string is treated as missing.
fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(serde_json::Value::deserialize(deserializer)?.as_str().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn person(told: serde_json::Value) -> VerifiedPerson {
        let claims: Claims = serde_json::from_value(told).expect("claims");
        claims.into_person("https://login.example", "Example")
    }

    #[test]
    fn a_person_always_has_a_valid_name() {
        for (told, shown) in [
            (json!({ "sub": "1", "name": "Ada Lovelace" }), "Ada Lovelace"),
            (json!({ "sub": "1", "name": " \u{7} ", "preferred_username": "ada" }), "ada"),
            (json!({ "sub": "1", "name": 5, "email": "ada@example.org" }), "ada"),
            (json!({ "sub": "1" }), "Somebody"),
        ] {
            assert_eq!(person(told).name.as_str(), shown);
        }
        let long = person(json!({ "sub": "1", "name": "A".repeat(100) }));
        assert_eq!(long.name.as_str().len(), NAME_CHARS);
    }

    #[test]
    fn an_e_mail_address_counts_only_if_the_provider_has_verified_it() {
        for (checked, email) in [
            (json!(true), Some("a@b.example")),
            (json!("true"), Some("a@b.example")),
            (json!(false), None),
            (json!(null), None),
        ] {
            let told = json!({ "sub": "1", "email": "a@b.example", "email_verified": checked });
            assert_eq!(person(told).email.as_deref(), email);
        }
    }

    #[test]
    fn pictures_are_fetched_only_from_the_provider() {
        let is_near = |url| is_picture_near(url, "https://login.example/realms/x");
        for near in ["https://login.example/ada.png", "https://lh3.googleusercontent.com/a/x=s96-c"] {
            assert!(is_near(near), "{near}");
        }
        for far in [
            "http://login.example/ada.png",
            "https://login.example:8443/ada.png",
            "https://evil.example/?https://login.example/",
            "https://login.example@evil.example/",
            "http://169.254.169.254/latest/meta-data",
            "https://googleusercontent.com.evil.example/",
            "file:///etc/passwd",
            "",
        ] {
            assert!(!is_near(far), "{far}");
        }
    }
}
