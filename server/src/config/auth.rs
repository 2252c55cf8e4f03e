//! Who may use the server, and how people sign in.

use clap::Args;
use heartogether::role::Guests;
use heartogether_headers::authority::Origin;

use super::ice::Secret;
use crate::auth::SECRET_CHARS;

/// The issuer of Google's accounts.
pub(crate) const GOOGLE_ISSUER: &str = "https://accounts.google.com";

/// Guests, sign-in providers and the secrets that sign sessions.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Sign-in")]
pub struct AuthSettings {
    /// What guests may do: `host`, `listen` or `off` [default: host without a sign-in provider, listen with one]
    #[arg(long, env = "GUESTS", value_parser = parse_guests)]
    guests: Option<Guests>,

    /// Secret that signs sessions, 32 characters or more [default: generated and kept in the data folder]
    #[arg(long, env = "JWT_SECRET", hide_env_values = true)]
    jwt_secret: Option<Secret>,

    /// Another name for JWT_SECRET, used if that is not set
    #[arg(long, env = "SESSION_SECRET", hide_env_values = true)]
    session_secret: Option<Secret>,

    /// Client id of this server at Google
    #[arg(long, env = "GOOGLE_CLIENT_ID")]
    google_client_id: Option<String>,

    /// Client secret of this server at Google
    #[arg(long, env = "GOOGLE_CLIENT_SECRET", hide_env_values = true)]
    google_client_secret: Option<Secret>,

    /// Address to which Google returns visitors [default: /auth/google/callback at PUBLIC_URL or the address in use]
    #[arg(long, env = "GOOGLE_CALLBACK_URL", value_parser = parse_web_url)]
    google_callback_url: Option<String>,

    /// Issuers of other OpenID Connect providers, separated by commas
    #[arg(long, env = "OIDC_ISSUER", value_delimiter = ',', value_parser = parse_issuer)]
    oidc_issuer: Vec<String>,

    /// Client ids of this server at OIDC_ISSUER, in the same order
    #[arg(long, env = "OIDC_CLIENT_ID", value_delimiter = ',')]
    oidc_client_id: Vec<String>,

    /// Client secrets of this server at OIDC_ISSUER, in the same order; empty for public clients. A single secret may
    /// contain commas
    #[arg(long, env = "OIDC_CLIENT_SECRET", hide_env_values = true)]
    oidc_client_secret: Option<Secret>,

    /// Names of OIDC_ISSUER that people see, in the same order; their letters and digits form the path /auth/NAME
    /// [default: its host]
    #[arg(long, env = "OIDC_NAME", value_delimiter = ',')]
    oidc_name: Vec<String>,

    /// Milliseconds for which a page waits until a server or a provider wakes up
    #[arg(long, env = "AUTH_WARM_UP_TIMEOUT_MS", default_value_t = 150_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) auth_warm_up_timeout_ms: u64,
}

/// A sign-in provider as it is configured.
#[derive(Clone, Debug)]
pub(crate) struct ProviderSettings {
    /// Its part of the path.
    pub(crate) id: String,
    /// What people call it.
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<Secret>,
    /// Where it leads back to, if that is set.
    pub(crate) callback_url: Option<String>,
}

impl AuthSettings {
    /// What guests may do.
    pub(crate) fn guests(&self) -> Guests {
        self.guests.unwrap_or(if self.providers().is_empty() { Guests::Host } else { Guests::Listen })
    }

    /// The secret that signs sessions, if one is set.
    pub(crate) fn secret(&self) -> Option<&str> {
        self.jwt_secret.as_ref().or(self.session_secret.as_ref()).map(Secret::as_str)
    }

    /// The sign-in providers, Google first.
    pub(crate) fn providers(&self) -> Vec<ProviderSettings> {
        let mut providers: Vec<ProviderSettings> = self.google().into_iter().collect();
        for (place, issuer) in self.oidc_issuer.iter().enumerate().filter(|(_, issuer)| !issuer.is_empty()) {
            let name = self.oidc_name.get(place).map(|name| name.trim()).filter(|name| !name.is_empty());
            let name = name.unwrap_or_else(|| host_of(issuer)).to_owned();
            let id = free_id(&name, &providers);
            let client_id = self.oidc_client_id.get(place).cloned().unwrap_or_default();
            let secrets = self.oidc_secrets();
            let client_secret =
                secrets.get(place).filter(|secret| !secret.is_empty()).map(|secret| Secret::new(secret));
            let issuer = issuer.clone();
            providers.push(ProviderSettings { id, name, issuer, client_id, client_secret, callback_url: None });
        }
        providers
    }

    /// Says what is set by halves. No secret stands in what it says.
    pub(super) fn check(&self) -> Result<(), String> {
        for (name, secret) in [("JWT_SECRET", &self.jwt_secret), ("SESSION_SECRET", &self.session_secret)] {
            let chars = secret.as_ref().map_or(SECRET_CHARS, |secret| secret.as_str().chars().count());
            if chars < SECRET_CHARS {
                return Err(format!("{name} has {chars} characters, and needs {SECRET_CHARS} or more"));
            }
        }
        if self.google_client_id.is_some() != self.google_client_secret.is_some() {
            return Err("GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET have to be set both, or neither".to_owned());
        }
        let issuers = self.oidc_issuer.iter().filter(|issuer| !issuer.is_empty()).count();
        let clients = self.oidc_client_id.iter().filter(|client| !client.trim().is_empty()).count();
        if issuers != clients {
            return Err(format!("OIDC_ISSUER names {issuers} issuers, and OIDC_CLIENT_ID {clients} clients of them"));
        }
        let secrets = self.oidc_secrets().len();
        if secrets > issuers && issuers > 0 {
            return Err(format!(
                "OIDC_ISSUER names {issuers} issuers, and OIDC_CLIENT_SECRET {secrets} secrets of them"
            ));
        }
        Ok(())
    }

    fn oidc_secrets(&self) -> Vec<&str> {
        match self.oidc_client_secret.as_ref().map(Secret::as_str) {
            Some(secret) if self.oidc_issuer.len() == 1 => vec![secret],
            secrets => secrets.into_iter().flat_map(|secrets| secrets.split(',')).collect(),
        }
    }

    fn google(&self) -> Option<ProviderSettings> {
        let client_id = self.google_client_id.clone()?;
        let callback_url = self.google_callback_url.clone();
        let client_secret = self.google_client_secret.clone();
        let [id, name, issuer] = ["google", "Google", GOOGLE_ISSUER].map(str::to_owned);
        Some(ProviderSettings { id, name, issuer, client_id, client_secret, callback_url })
    }
}

/// Letters and digits of a name, unlike those of the others and unlike our own paths below `/auth`.
fn free_id(name: &str, others: &[ProviderSettings]) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let id = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
    let id = if id.is_empty() { "oidc".to_owned() } else { id };
    let is_free = |id: &String| {
        !["google", "status", "me", "logout", "delete", "picture"].contains(&id.as_str())
            && others.iter().all(|other| other.id != *id)
    };
    let numbered = (2..).map(|number| format!("{id}-{number}"));
    std::iter::once(id.clone()).chain(numbered).find(is_free).unwrap_or(id)
}

/// Host and port of a URL.
fn host_of(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next().unwrap_or(url)
}

fn parse_guests(text: &str) -> Result<Guests, String> {
    match text.trim() {
        "host" => Ok(Guests::Host),
        "listen" => Ok(Guests::Listen),
        "off" => Ok(Guests::Off),
        _ => Err("expected host, listen or off".to_owned()),
    }
}

fn parse_web_url(url: &str) -> Result<String, String> {
    let url = url.trim();
    // One of several may be left empty.
    match url.is_empty() || Origin::of_url(url).is_some() {
        true => Ok(url.to_owned()),
        false => Err("expected http://HOST or https://HOST".to_owned()),
    }
}

/// An issuer's URL (OpenID Connect Discovery 1.0, section 3): over HTTPS, but on this machine.
fn parse_issuer(url: &str) -> Result<String, String> {
    let url = parse_web_url(url)?;
    let is_near = || Origin::of_url(&url).is_some_and(|origin| origin.authority().host().is_loopback());
    match url.is_empty() || url.starts_with("https://") || is_near() {
        true => Ok(url),
        false => Err("expected https://HOST; http:// is for loopback alone".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn read(flags: &[&'static str]) -> Result<Config, String> {
        let arguments = ["heartogether-server"].into_iter().chain(flags.iter().copied());
        Config::from_arguments(arguments).map_err(|error| error.to_string())
    }

    const TWO: [&str; 8] = [
        "--oidc-issuer",
        "https://login.example/realms/x,http://localhost:4000",
        "--oidc-client-id",
        "one,two",
        "--oidc-client-secret",
        "hush,",
        "--oidc-name",
        "Our School",
    ];
    const GOOGLE: [&str; 4] = ["--google-client-id", "id", "--google-client-secret", "hush"];

    #[test]
    fn guests_may_host_unless_a_provider_is_configured() {
        let guests = |flags: &[&'static str]| read(flags).expect("valid settings").auth.guests();
        assert_eq!(guests(&[]), Guests::Host);
        assert_eq!(guests(&GOOGLE), Guests::Listen);
        assert_eq!(guests(&[&GOOGLE[..], &["--guests", "host"]].concat()), Guests::Host);
        assert_eq!(guests(&["--guests", "off"]), Guests::Off);
        assert_eq!(guests(&["--guests", ""]), Guests::Host);
    }

    #[test]
    fn several_providers_can_be_configured() {
        let providers = read(&[&GOOGLE[..], &TWO[..]].concat()).expect("valid settings").auth.providers();
        let known: Vec<_> = providers.iter().map(|known| (known.id.as_str(), known.name.as_str())).collect();
        assert_eq!(known, [("google", "Google"), ("our-school", "Our School"), ("localhost-4000", "localhost:4000")]);
        assert_eq!(providers[1].client_secret.as_ref().map(Secret::as_str), Some("hush"));
        assert!(providers[2].client_secret.is_none());
    }

    #[test]
    fn the_secret_of_one_provider_may_hold_commas() {
        let flags =
            ["--oidc-issuer", "https://login.example", "--oidc-client-id", "one", "--oidc-client-secret", "a,b,c"];
        let providers = read(&flags).expect("valid settings").auth.providers();
        assert_eq!(providers[0].client_secret.as_ref().map(Secret::as_str), Some("a,b,c"));
    }

    #[test]
    fn an_error_names_its_setting_and_keeps_its_secret() {
        let short = ["--jwt-secret", "hush hush"];
        for (flags, setting) in [
            (&short[..], "JWT_SECRET"),
            (&["--session-secret", "hush"], "SESSION_SECRET"),
            (&GOOGLE[2..], "GOOGLE_CLIENT_ID"),
            (&TWO[..2], "OIDC_CLIENT_ID"),
            (&["--oidc-issuer", "http://login.example"], "--oidc-issuer"),
            (&["--guests", "maybe"], "--guests"),
        ] {
            let error = read(flags).expect_err("the setting is wrong");
            assert!(error.contains(setting) && !error.contains("hush"), "{error}");
        }
        let config = read(&[&GOOGLE[..], &TWO[..]].concat()).expect("valid settings");
        assert!(!format!("{config:?}").contains("hush"));
    }
}
