//! Hosts, ports and origins in requests and URLs (RFC 3986, section 3.2; RFC 6454).
//!
//! Different spellings of the same host are equal here: case, a trailing dot and a scheme's default port are ignored.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// Characters of a host's name at most (RFC 1035, section 2.3.4).
const NAME_CHARS: usize = 253;
/// Endings of names that no public name has: RFC 6762, RFC 8375, and what home and company networks use.
const LOCAL_ENDINGS: [&str; 5] = [".localhost", ".local", ".lan", ".home.arpa", ".internal"];

/// A host, and a port if one is named.
///
/// ```
/// use heartogether_headers::authority::Authority;
///
/// let authority = Authority::parse("Hear.Example.:8080").expect("a host and a port");
/// assert_eq!(authority.to_string(), "hear.example:8080");
/// assert_eq!(Authority::parse("ada@hear.example"), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    host: Host,
    port: Option<u16>,
}

/// Who is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// An address.
    Address(IpAddr),
    /// A name, in lower case and without a dot at its end.
    Name(String),
}

/// How a place is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Without encryption.
    Http,
    /// With TLS.
    Https,
}

/// Scheme, host and port.
#[derive(Clone, Debug)]
pub struct Origin {
    scheme: Scheme,
    authority: Authority,
}

impl Authority {
    /// Reads `HOST` or `HOST:PORT`. `None` for what is neither, such as a name with user information or a path.
    pub fn parse(text: &str) -> Option<Self> {
        let host_end = text.rfind(']').map_or(0, |bracket| bracket + 1);
        let colon = text.get(host_end..)?.find(':').map_or(text.len(), |colon| host_end + colon);
        let (host, port) = text.split_at(colon);
        let port = match port.strip_prefix(':') {
            None | Some("") => None,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
            Some(_) => return None,
        };
        Some(Self { host: Host::parse(host)?, port })
    }

    /// An address and a port.
    pub const fn new(host: Host, port: Option<u16>) -> Self {
        Self { host, port }
    }

    /// The host.
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// The port, if one is named.
    pub const fn port(&self) -> Option<u16> {
        self.port
    }
}

impl Host {
    /// Reads a name, an IPv4 address or an IPv6 address in brackets (RFC 3986, section 3.2.2).
    fn parse(text: &str) -> Option<Self> {
        if let Some(address) = text.strip_prefix('[') {
            return address.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(|address| Self::Address(address.into()));
        }
        if let Ok(address) = text.parse::<Ipv4Addr>() {
            return Some(Self::Address(address.into()));
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        let is_name = name.len() <= NAME_CHARS && name.split('.').all(is_label);
        is_name.then(|| Self::Name(name.to_ascii_lowercase()))
    }

    /// Whether it is this machine itself.
    pub fn is_loopback(&self) -> bool {
        match self {
            Self::Address(address) => address.to_canonical().is_loopback() || address.is_unspecified(),
            Self::Name(name) => name == "localhost" || name.ends_with(".localhost"),
        }
    }

    /// Whether nobody can have it as a name in public: an address, a single label, or a name of local networks. A page of
    /// a stranger has a public name, and so none of these.
    pub fn is_never_public_name(&self) -> bool {
        match self {
            Self::Address(_) => true,
            Self::Name(name) => !name.contains('.') || LOCAL_ENDINGS.iter().any(|ending| name.ends_with(ending)),
        }
    }
}

impl Scheme {
    /// The port that is meant where none is named.
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    /// Its name in a URL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl Origin {
    /// The origin of an `http` or `https` URL. `None` for any other text, `null` among them.
    pub fn of_url(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let scheme =
            [Scheme::Http, Scheme::Https].into_iter().find(|known| scheme.eq_ignore_ascii_case(known.name()))?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        Some(Self { scheme, authority: Authority::parse(&rest[..end])? })
    }

    /// Its scheme.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Its host and port.
    pub const fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Whether a request that names this authority was sent to this origin. Where no port is named, the scheme's is meant.
    ///
    /// ```
    /// use heartogether_headers::authority::{Authority, Origin};
    ///
    /// let origin = Origin::of_url("https://hear.example").expect("an origin");
    /// let named = |text| Authority::parse(text).expect("a host");
    /// assert!(origin.is_named_by(&named("HEAR.example:443")));
    /// assert!(!origin.is_named_by(&named("hear.example:80")));
    /// ```
    pub fn is_named_by(&self, named: &Authority) -> bool {
        self.authority.host == named.host && self.port() == named.port.unwrap_or(self.scheme.default_port())
    }

    fn port(&self) -> u16 {
        self.authority.port.unwrap_or(self.scheme.default_port())
    }
}

impl PartialEq for Origin {
    fn eq(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.is_named_by(&other.authority)
    }
}

impl Eq for Origin {}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Address(IpAddr::V4(address)) => write!(f, "{address}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// As browsers write it: a default port is left out (HTML, "serialization of an origin").
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.name(), self.authority.host)?;
        match self.port() {
            port if port == self.scheme.default_port() => Ok(()),
            port => write!(f, ":{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Host {
        Authority::parse(text).expect("a host").host
    }

    #[test]
    fn an_authority_consists_of_a_host_and_a_port() {
        for (text, written) in [
            ("hear.example", "hear.example"),
            ("Hear.Example.:3000", "hear.example:3000"),
            ("hear.example:", "hear.example"),
            ("my_nas", "my_nas"),
            ("127.0.0.1:80", "127.0.0.1:80"),
            ("[2001:DB8::1]:65535", "[2001:db8::1]:65535"),
        ] {
            assert_eq!(
                Authority::parse(text).map(|authority| authority.to_string()).as_deref(),
                Some(written),
                "{text}"
            );
        }
        let long = "a".repeat(3_000);
        for text in [
            "",
            ".",
            "..",
            "a..b",
            ":3000",
            "a:b",
            "a:+1",
            "a:65536",
            "a:1:2",
            "::1",
            "[::1",
            "[::1]x",
            "[fe80::1%25eth0]",
            "ada@hear.example",
            "hear.example/room",
            "hear.example?",
            "hear.example#",
            "\"><svg>",
            "a b",
            "zoë.example",
            &long,
        ] {
            assert_eq!(Authority::parse(text), None, "{text}");
        }
    }

    #[test]
    fn names_that_look_like_loopback_are_not() {
        for text in ["localhost", "LOCALHOST:1", "ada.localhost", "127.8.8.8", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]"]
        {
            assert!(host(text).is_loopback(), "{text}");
        }
        for text in ["localhost.example", "notlocalhost", "128.0.0.1", "[::2]"] {
            assert!(!host(text).is_loopback(), "{text}");
        }
    }

    #[test]
    fn public_and_local_names_are_distinguished() {
        for text in
            ["192.0.2.1", "[2001:db8::1]", "nas", "nas.local", "nas.lan", "nas.home.arpa", "nas.internal", "localhost"]
        {
            assert!(host(text).is_never_public_name(), "{text}");
        }
        for text in ["hear.example", "local.example", "nas.lan.example", "10.0.0.1.example"] {
            assert!(!host(text).is_never_public_name(), "{text}");
        }
    }

    #[test]
    fn different_spellings_of_an_origin_are_equal() {
        let origin = |url| Origin::of_url(url).expect("an origin");
        for url in ["https://HEAR.example.", "HTTPS://hear.example:443/room?x", "https://hear.example"] {
            assert_eq!(origin(url), origin("https://hear.example"), "{url}");
            assert_eq!(origin(url).to_string(), "https://hear.example");
        }
        for url in ["http://hear.example", "https://hear.example:444", "https://hear.example.evil"] {
            assert_ne!(origin(url), origin("https://hear.example"), "{url}");
        }
        for url in ["null", "", "file:///tmp", "chrome-extension://abc", "https://", "https://a@b"] {
            assert_eq!(Origin::of_url(url), None, "{url}");
        }
    }
}
