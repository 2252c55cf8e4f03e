//! STUN and TURN servers (RFC 8489, RFC 8656).

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};
use clap::{Args, ValueEnum};
use heartogether::{
    ice::{IceConfiguration, IceServer},
    id::AccountId,
    time::Timestamp,
};
use ring::hmac;

/// What peer connections find their way through the network with.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "STUN and TURN")]
pub struct IceSettings {
    /// STUN servers, separated by commas; `none` for no server
    #[arg(
        long,
        env = "STUN_URLS",
        value_delimiter = ',',
        value_parser = parse_stun_url,
        default_value = "stun:stun.l.google.com:19302,stun:stun1.l.google.com:19302,stun:stun2.l.google.com:19302,\
                         stun:stun3.l.google.com:19302"
    )]
    stun_urls: Vec<String>,

    /// ExpressTURN servers, separated by commas
    #[arg(long, env = "EXPRESSTURN_URLS", value_delimiter = ',', value_parser = parse_turn_url)]
    expressturn_urls: Vec<String>,

    /// User name for EXPRESSTURN_URLS
    #[arg(long, env = "EXPRESSTURN_USERNAME", hide_env_values = true)]
    expressturn_username: Option<String>,

    /// Password for EXPRESSTURN_URLS
    #[arg(long, env = "EXPRESSTURN_CREDENTIAL", hide_env_values = true)]
    expressturn_credential: Option<Secret>,

    /// TURN servers, separated by commas
    #[arg(long, env = "TURN_URLS", value_delimiter = ',', value_parser = parse_turn_url)]
    turn_urls: Vec<String>,

    /// User name for TURN_URLS
    #[arg(long, env = "TURN_USERNAME", hide_env_values = true)]
    turn_username: Option<String>,

    /// Password for TURN_URLS
    #[arg(long, env = "TURN_CREDENTIAL", hide_env_values = true)]
    turn_credential: Option<Secret>,

    /// Secret shared with the servers of TURN_URLS (coturn's static-auth-secret), from which each member gets a
    /// temporary password, instead of TURN_USERNAME and TURN_CREDENTIAL
    #[arg(long, env = "TURN_SECRET", hide_env_values = true)]
    turn_secret: Option<Secret>,

    /// Seconds for which a password made from TURN_SECRET is valid; pages fetch the next one after half of this time
    #[arg(long, env = "TURN_TTL_SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(u32).range(2..))]
    turn_ttl_seconds: u32,

    /// Which paths peer connections may take
    #[arg(long, env = "ICE_TRANSPORT_POLICY", value_enum, default_value_t = TransportPolicy::All)]
    ice_transport_policy: TransportPolicy,
}

/// Which paths peer connections may take (W3C WebRTC, `RTCIceTransportPolicy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TransportPolicy {
    /// The best that is found
    All,
    /// Through a TURN server only: members never learn each other's addresses
    Relay,
}

/// A setting that is never printed.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    pub(super) fn new(secret: &str) -> Self {
        Self(secret.to_owned())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

/// The settings that begin with one name.
struct TurnSettings<'a> {
    name: &'static str,
    urls: &'a [String],
    username: Option<&'a str>,
    credential: Option<&'a str>,
    secret: Option<&'a str>,
}

impl TurnSettings<'_> {
    /// User name and password for an account.
    fn credentials(&self, account: AccountId, expires_at: Timestamp) -> (Option<String>, Option<String>) {
        match self.secret {
            Some(secret) => {
                let (username, credential) = make_credentials(secret, account, expires_at);
                (Some(username), Some(credential))
            }
            None => (self.username.map(str::to_owned), self.credential.map(str::to_owned)),
        }
    }
}

/// A user name that says until when it can be used and by whom, and the password that only those make who know the
/// secret (draft-uberti-behave-turn-rest-00, section 2.2).
fn make_credentials(secret: &str, account: AccountId, expires_at: Timestamp) -> (String, String) {
    let username = format!("{}:{account}", expires_at.as_millis() / 1000);
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    let credential = BASE64_STANDARD.encode(hmac::sign(&key, username.as_bytes()));
    (username, credential)
}

impl IceSettings {
    /// Drops what one of several was left empty. Browsers refuse a TURN server without user name and password.
    pub(super) fn check(&mut self) -> Result<(), String> {
        for urls in [&mut self.stun_urls, &mut self.expressturn_urls, &mut self.turn_urls] {
            urls.retain(|url| !url.is_empty());
        }
        for turn in self.turn() {
            let is_turn = turn.urls.iter().any(|url| !url.starts_with("stun:"));
            if is_turn && turn.secret.is_none() && (turn.username.is_none() || turn.credential.is_none()) {
                let name = turn.name;
                let or_secret = if name == "TURN" { ", or TURN_SECRET" } else { "" };
                return Err(format!(
                    "{name}_URLS is set, so {name}_USERNAME and {name}_CREDENTIAL have to be set too{or_secret}"
                ));
            }
        }
        let relays = self.turn().iter().any(|turn| !turn.urls.is_empty());
        match self.ice_transport_policy {
            TransportPolicy::Relay if !relays => {
                Err("ICE_TRANSPORT_POLICY is relay, so TURN_URLS or EXPRESSTURN_URLS has to be set".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// The STUN servers alone, for everybody, and whether members have more.
    pub(crate) fn public_servers(&self) -> IceConfiguration {
        let stun = IceServer { urls: self.stun_urls.clone(), username: None, credential: None };
        IceConfiguration {
            servers: Some(stun).into_iter().filter(|server| !server.urls.is_empty()).collect(),
            renew_in_s: None,
            relay_only: self.ice_transport_policy == TransportPolicy::Relay,
            has_relay: self.has_relay(),
        }
    }

    /// In the form browsers take them, in the order of the settings, for an account that has a place in a room.
    pub(crate) fn servers(&self, account: AccountId, now: Timestamp) -> IceConfiguration {
        let public = self.public_servers();
        let expires_at = now.after_ms(u64::from(self.turn_ttl_seconds) * 1000);
        let turn = self.turn().into_iter().map(|turn| {
            let (username, credential) = turn.credentials(account, expires_at);
            IceServer { urls: turn.urls.to_owned(), username, credential }
        });
        let is_limited = self.turn_secret.is_some() && !self.turn_urls.is_empty();
        IceConfiguration {
            servers: public.servers.into_iter().chain(turn.filter(|server| !server.urls.is_empty())).collect(),
            // At half time: what is made just before still outlasts a moment without a server.
            renew_in_s: is_limited.then_some(self.turn_ttl_seconds / 2),
            ..public
        }
    }

    /// Whether a TURN server is set; a provider's URLs may name its STUN server too.
    fn has_relay(&self) -> bool {
        self.turn().iter().flat_map(|turn| turn.urls).any(|url| !url.starts_with("stun:"))
    }

    fn turn(&self) -> [TurnSettings<'_>; 2] {
        let express = TurnSettings {
            name: "EXPRESSTURN",
            urls: &self.expressturn_urls,
            username: self.expressturn_username.as_deref(),
            credential: self.expressturn_credential.as_ref().map(Secret::as_str),
            secret: None,
        };
        let other = TurnSettings {
            name: "TURN",
            urls: &self.turn_urls,
            username: self.turn_username.as_deref(),
            credential: self.turn_credential.as_ref().map(Secret::as_str),
            secret: self.turn_secret.as_ref().map(Secret::as_str),
        };
        [express, other]
    }
}

fn parse_stun_url(url: &str) -> Result<String, String> {
    match url.trim() {
        "none" => Ok(String::new()),
        url => parse_url(url, "stun"),
    }
}

fn parse_turn_url(url: &str) -> Result<String, String> {
    parse_url(url, "turn")
}

/// A URL of RFC 7064 or RFC 7065; a bare `host:port` gets the scheme.
fn parse_url(url: &str, scheme: &str) -> Result<String, String> {
    let url = url.trim();
    let has_host = |rest: &str| !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace);
    let given = ["stun:", "turn:", "turns:"].iter().find_map(|scheme| url.strip_prefix(scheme));
    match given {
        Some(rest) if has_host(rest) => Ok(url.to_owned()),
        None if url.is_empty() => Ok(String::new()),
        None if has_host(url) && is_host_and_port(url) => Ok(format!("{scheme}:{url}")),
        _ => Err("expected stun:HOST, turn:HOST, turns:HOST or HOST:PORT".to_owned()),
    }
}

fn is_host_and_port(url: &str) -> bool {
    url.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn read(flags: &[&'static str]) -> Config {
        let arguments = ["heartogether-server"].into_iter().chain(flags.iter().copied());
        Config::from_arguments(arguments).expect("valid settings")
    }

    #[test]
    fn a_password_equals_the_one_that_coturn_computes() {
        // echo -n 1767225600:0…02a | openssl dgst -binary -sha1 -hmac north | openssl base64
        let (username, credential) =
            make_credentials("north", AccountId::from_bits(42), Timestamp::from_millis(1_767_225_600_999));
        assert_eq!(username, "1767225600:0000000000000000000000000000002a");
        assert_eq!(credential, "T4OVtz62M6bJysoOyw3stV2a46s=");
    }

    #[test]
    fn a_turn_server_without_a_scheme_gets_one_and_its_secret_is_not_shown() {
        let arguments =
            ["--turn-urls", "relay.example.org:3478", "--turn-username", "ada", "--turn-credential", "s3cret"];
        let config = read(&arguments);
        let servers = config.ice.servers(AccountId::from_bits(1), Timestamp::from_millis(0)).servers;
        let turn = servers.last().expect("a TURN server");
        assert_eq!(turn.urls, ["turn:relay.example.org:3478"]);
        assert_eq!(turn.credential.as_deref(), Some("s3cret"));
        assert!(!format!("{config:?}").contains("s3cret"));
    }

    #[test]
    fn with_a_secret_everybody_gets_a_password_of_their_own_for_an_hour_and_the_secret_is_not_shown() {
        let arguments =
            ["--turn-urls", "turn:relay.example.org?transport=udp,turns:relay.example.org", "--turn-secret", "s3cret"];
        let config = read(&arguments);
        let of = |account| config.ice.servers(AccountId::from_bits(account), Timestamp::from_millis(5_000));
        let (ada, grace) = (of(1), of(2));
        assert_eq!(ada.renew_in_s, Some(1_800));
        let turn = ada.servers.last().expect("a TURN server");
        assert_eq!(turn.urls, ["turn:relay.example.org?transport=udp", "turns:relay.example.org"]);
        assert!(turn.username.as_deref().is_some_and(|name| name.starts_with("3605:")));
        assert_ne!(ada.servers, grace.servers);
        assert!(!format!("{config:?}{ada:?}").contains("s3cret"));
    }
}
