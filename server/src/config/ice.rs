//! STUN and TURN servers (RFC 8489, RFC 8656).

use std::{fmt, str::FromStr};

use clap::Args;
use heartogether_app::api::IceServer;

/// What peer connections find their way through the network with.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "STUN and TURN")]
pub struct IceSettings {
    /// STUN servers, separated by commas; empty for none
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
}

impl IceSettings {
    /// Drops what was left empty. Browsers refuse a TURN server without user name and password.
    pub(super) fn check(&mut self) -> Result<(), String> {
        for urls in [&mut self.stun_urls, &mut self.expressturn_urls, &mut self.turn_urls] {
            urls.retain(|url| !url.is_empty());
        }
        for turn in self.turn() {
            let is_set = |value: Option<&str>| value.is_some_and(|value| !value.is_empty());
            let is_turn = turn.urls.iter().any(|url| !url.starts_with("stun:"));
            if is_turn && !(is_set(turn.username) && is_set(turn.credential)) {
                let name = turn.name;
                return Err(format!("{name}_URLS is set, so {name}_USERNAME and {name}_CREDENTIAL have to be set too"));
            }
        }
        Ok(())
    }

    /// In the form browsers take them.
    pub(crate) fn servers(&self) -> Vec<IceServer> {
        let stun = IceServer { urls: self.stun_urls.clone(), username: None, credential: None };
        let turn = self.turn().map(|turn| IceServer {
            urls: turn.urls.to_owned(),
            username: turn.username.map(str::to_owned),
            credential: turn.credential.map(str::to_owned),
        });
        [stun].into_iter().chain(turn).filter(|server| !server.urls.is_empty()).collect()
    }

    fn turn(&self) -> [TurnSettings<'_>; 2] {
        let express = TurnSettings {
            name: "EXPRESSTURN",
            urls: &self.expressturn_urls,
            username: self.expressturn_username.as_deref(),
            credential: self.expressturn_credential.as_ref().map(Secret::as_str),
        };
        let other = TurnSettings {
            name: "TURN",
            urls: &self.turn_urls,
            username: self.turn_username.as_deref(),
            credential: self.turn_credential.as_ref().map(Secret::as_str),
        };
        [express, other]
    }
}

fn parse_stun_url(url: &str) -> Result<String, String> {
    parse_url(url, "stun")
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
