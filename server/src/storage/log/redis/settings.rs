//! Where the servers are, and how they are reached.

use std::time::Duration;

use redis::{Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion};

/// How servers are reached.
#[derive(Clone)]
pub struct RedisSettings {
    /// The addresses in the setting. What runs there is asked of it: a single server, Sentinels, or nodes of a cluster.
    addresses: Vec<Address>,
    /// What all connections have in common.
    common: ConnectionInfo,
    /// The name under which Sentinels know the primary; the only one they know if there is none.
    master: Option<String>,
    uses_tls: bool,
    checks_certificates: bool,
    /// How long a connection may take to be there.
    pub(super) connect_timeout: Duration,
}

/// A server's address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Address {
    pub(super) host: String,
    pub(super) port: u16,
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// The port of a URL without one.
const DEFAULT_PORT: u16 = 6379;

impl RedisSettings {
    /// Reads `redis://` or `rediss://`, `[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]…][/DATABASE][?master=NAME]`.
    ///
    /// # Errors
    /// What is wrong with it, without the password.
    pub fn parse(
        url: &str,
        tls: Option<bool>,
        checks_certificates: bool,
        connect_timeout: Duration,
    ) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").ok_or("expected redis://HOST or rediss://HOST")?;
        let is_secure = match scheme {
            "redis" | "valkey" => false,
            "rediss" | "valkeys" => true,
            _ => return Err("expected redis://HOST or rediss://HOST".to_owned()),
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (user, rest) = rest.rsplit_once('@').map_or(("", rest), |(user, rest)| (user, rest));
        let (hosts, database) = rest.split_once('/').unwrap_or((rest, ""));
        let addresses: Vec<_> =
            hosts.split(',').map(parse_address).collect::<Option<_>>().ok_or("a host is missing or wrong")?;
        let master = match query.split_once('=') {
            None if query.is_empty() => None,
            Some(("master", name)) if !name.is_empty() => Some(name.to_owned()),
            _ => return Err("after the question mark, only master=NAME is known".to_owned()),
        };
        let at = if user.is_empty() { String::new() } else { format!("{user}@") };
        let common = format!("redis://{at}localhost/{database}").into_connection_info();
        let common = common.map_err(|_| "the user, the password or the number of the database is wrong")?;
        let protocol = common.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let uses_tls = tls.unwrap_or(is_secure);
        let common = common.set_redis_settings(protocol);
        Ok(Self { addresses, common, master, uses_tls, checks_certificates, connect_timeout })
    }

    pub(super) fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    pub(super) fn master(&self) -> Option<&str> {
        self.master.as_deref()
    }

    /// A client for a server.
    pub(super) fn client(&self, Address { host, port }: &Address) -> redis::RedisResult<Client> {
        let (host, port) = (host.clone(), *port);
        let address = match self.uses_tls {
            true => ConnectionAddr::TcpTls { host, port, insecure: !self.checks_certificates, tls_params: None },
            false => ConnectionAddr::Tcp(host, port),
        };
        Client::open(self.common.clone().set_addr(address))
    }

    /// The addresses, for people: without user and password.
    pub fn shown(&self) -> String {
        let scheme = if self.uses_tls { "rediss" } else { "redis" };
        let addresses: Vec<_> = self.addresses.iter().map(ToString::to_string).collect();
        format!("{scheme}://{}", addresses.join(","))
    }
}

/// Nobody reads a password in a log.
impl std::fmt::Debug for RedisSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}

fn parse_address(text: &str) -> Option<Address> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !host.ends_with(':') && (!host.contains(':') || host.ends_with(']')) => {
            (host, port.parse().ok()?)
        }
        _ => (text, DEFAULT_PORT),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    (!host.is_empty()).then(|| Address { host: host.to_owned(), port })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<RedisSettings, String> {
        RedisSettings::parse(url, None, true, Duration::from_secs(1))
    }

    #[test]
    fn addresses_are_read() {
        for (url, shown) in [
            ("redis://one", "redis://one:6379"),
            ("rediss://user:pass%40word@one:1,two:2/3", "rediss://one:1,two:2"),
            ("redis://:secret@[::1]:7000?master=mine", "redis://::1:7000"),
            ("valkey://one", "redis://one:6379"),
        ] {
            assert_eq!(parse(url).expect(url).shown(), shown);
        }
        let settings = parse("redis://u:pass%40word@one?master=mine").expect("settings");
        assert_eq!(settings.common.redis_settings().password(), Some("pass@word"));
        assert_eq!(settings.master(), Some("mine"));
        assert!(!format!("{settings:?}").contains("pass"));
    }

    #[test]
    fn what_is_no_address_is_refused_without_its_password() {
        for url in [
            "one",
            "http://one",
            "redis://",
            "redis://secret@",
            "redis://one:port",
            "redis://:secret@one/x",
            "redis://one?db=1",
        ] {
            let error = parse(url).expect_err(url);
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
