//! Who calls, where a proxy stands in between: `X-Forwarded-*` and `Forwarded` (RFC 7239).
//!
//! These headers are claims. They are heard from the proxies that the operator names and from nobody else, and of a chain
//! of addresses only the part that those proxies wrote counts: the rightmost address that is none of theirs calls.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use axum::http::{HeaderMap, HeaderName, header};
use heartogether_app::api::{Caller, Told};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The proxies whose word counts: networks in CIDR notation (RFC 4632), or single addresses.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrustedProxies(Vec<IpNet>);

impl FromIterator<IpNet> for TrustedProxies {
    fn from_iter<I: IntoIterator<Item = IpNet>>(networks: I) -> Self {
        Self(networks.into_iter().collect())
    }
}

/// One step on the way of a request, as a proxy reported it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Hop {
    address: Option<IpAddr>,
    proto: Option<String>,
    host: Option<String>,
}

impl TrustedProxies {
    /// Whether it is one of them.
    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address.to_canonical()))
    }

    /// Who calls: `peer` itself, or who it says does if it is trusted. `is_secure` tells about the connection of `peer`,
    /// `authority` is the one the request names.
    pub(crate) fn caller(&self, peer: IpAddr, is_secure: bool, authority: Option<&str>, headers: &HeaderMap) -> Caller {
        let peer = peer.to_canonical();
        let own = Hop { address: Some(peer), proto: None, host: None };
        let reported = if self.contain(peer) { self.follow(peer, headers) } else { own };
        let authority = reported.host.as_deref().or(authority).filter(|authority| is_plain(authority));
        Caller {
            address: reported.address.unwrap_or(peer),
            is_secure: reported.proto.map_or(is_secure, |proto| proto.eq_ignore_ascii_case("https")),
            authority: authority.map(str::to_owned),
            told: Told::default(),
        }
    }

    /// What a trusted proxy reports. A proxy that writes one kind of header passes the other on as the caller wrote it;
    /// where the two name different callers, neither is believed.
    fn follow(&self, peer: IpAddr, headers: &HeaderMap) -> Hop {
        let legacy = headers.contains_key(X_FORWARDED_FOR).then(|| self.furthest(peer, legacy_hops(headers)));
        let standard = headers.contains_key(header::FORWARDED).then(|| self.furthest(peer, standard_hops(headers)));
        let last = |name| elements(headers, name).last().map(unquote);
        let named = Hop { address: None, proto: last(X_FORWARDED_PROTO), host: last(X_FORWARDED_HOST) };
        match (legacy, standard) {
            (Some(legacy), Some(standard)) if legacy.address != standard.address => Hop::default(),
            (Some(hop), _) => Hop { address: hop.address, ..named },
            (None, Some(standard)) => Hop {
                address: standard.address,
                proto: standard.proto.or(named.proto),
                host: standard.host.or(named.host),
            },
            (None, None) => named,
        }
    }

    /// The hop of the first address, from the right, that is no trusted proxy's. What is no address ends the search at the
    /// proxy that reported it.
    fn furthest(&self, peer: IpAddr, hops: Vec<Hop>) -> Hop {
        let mut furthest = Hop { address: Some(peer), ..Hop::default() };
        for hop in hops.into_iter().rev() {
            let Some(address) = hop.address else { break };
            furthest = hop;
            if !self.contain(address) {
                break;
            }
        }
        furthest
    }
}

/// Nothing that could change the meaning of a link that begins with it.
pub(super) fn is_plain(authority: &str) -> bool {
    !authority.is_empty() && authority.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b))
}

fn legacy_hops(headers: &HeaderMap) -> Vec<Hop> {
    let hop = |text: &str| Hop { address: parse_address(text.trim()), ..Hop::default() };
    elements(headers, X_FORWARDED_FOR).map(hop).collect()
}

fn standard_hops(headers: &HeaderMap) -> Vec<Hop> {
    elements(headers, header::FORWARDED).map(parse_hop).collect()
}

/// The elements of a list that may be spread over several lines (RFC 9110, section 5.6.1).
fn elements(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).into_iter();
    lines.flat_map(|line| split(line.to_str().unwrap_or_default(), ','))
}

fn parse_hop(element: &str) -> Hop {
    let mut hop = Hop::default();
    for (name, value) in split(element, ';').filter_map(|pair| pair.split_once('=')) {
        let value = unquote(value);
        match name.trim().to_ascii_lowercase().as_str() {
            "for" => hop.address = parse_address(&value),
            "proto" => hop.proto = Some(value),
            "host" => hop.host = Some(value),
            _ => {}
        }
    }
    hop
}

/// Splits outside of quotes (RFC 9110, section 5.6.4).
fn split(text: &str, at: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(move |c| {
        let is_plain = !is_escaped;
        is_escaped = is_quoted && is_plain && c == '\\';
        if c == '"' && is_plain {
            is_quoted = !is_quoted;
        }
        c == at && !is_quoted
    })
}

fn unquote(text: &str) -> String {
    let text = text.trim();
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(quoted) => {
            let mut is_escaped = false;
            quoted
                .chars()
                .filter(|c| {
                    is_escaped = *c == '\\' && !is_escaped;
                    !is_escaped
                })
                .collect()
        }
        None => text.to_owned(),
    }
}

/// An address, with a port or without; `unknown` and made-up names (RFC 7239, section 6) are none.
fn parse_address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let with_port = || SocketAddr::from_str(text).ok().map(|address| address.ip());
    IpAddr::from_str(bare).ok().or_else(with_port).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted() -> TrustedProxies {
        ["10.0.0.0/8", "2001:db8:ffff::/48"].iter().map(|network| network.parse().expect("a network")).collect()
    }

    fn caller(peer: &str, headers: &[(&'static str, &'static str)]) -> Caller {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().expect("a header value"));
        }
        trusted().caller(peer.parse().expect("an address"), false, Some("hear.example"), &map)
    }

    fn address(peer: &str, headers: &[(&'static str, &'static str)]) -> String {
        caller(peer, headers).address.to_string()
    }

    #[test]
    fn strangers_are_who_they_are_whatever_they_claim() {
        let claims = [
            ("x-forwarded-for", "192.0.2.9"),
            ("forwarded", "for=192.0.2.9;proto=https;host=evil.example"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "evil.example"),
        ];
        let caller = caller("203.0.113.5", &claims);
        assert_eq!(caller.address.to_string(), "203.0.113.5");
        assert_eq!((caller.is_secure, caller.authority.as_deref()), (false, Some("hear.example")));
    }

    #[test]
    fn behind_trusted_proxies_the_rightmost_stranger_calls() {
        for (claims, expected) in [
            (vec!["192.0.2.9"], "192.0.2.9"),
            (vec!["1.1.1.1, 192.0.2.9"], "192.0.2.9"),
            (vec!["1.1.1.1, 192.0.2.9, 10.1.1.1"], "192.0.2.9"),
            (vec!["1.1.1.1", "192.0.2.9", "10.1.1.1"], "192.0.2.9"),
            (vec!["192.0.2.9:4711"], "192.0.2.9"),
            (vec!["[2001:db8::7]:4711"], "2001:db8::7"),
            (vec!["2001:db8::7"], "2001:db8::7"),
            (vec!["::ffff:192.0.2.9"], "192.0.2.9"),
            (vec!["10.2.2.2, 10.1.1.1"], "10.2.2.2"),
            (vec!["192.0.2.9, unknown"], "10.0.0.1"),
            (vec!["192.0.2.9, nonsense, 10.1.1.1"], "10.1.1.1"),
            (vec![""], "10.0.0.1"),
            (vec![], "10.0.0.1"),
        ] {
            let headers: Vec<_> = claims.iter().map(|claim| ("x-forwarded-for", *claim)).collect();
            assert_eq!(address("10.0.0.1", &headers), expected, "{claims:?}");
            assert_eq!(address("::ffff:10.0.0.1", &headers), expected, "{claims:?}");
        }
    }

    #[test]
    fn the_standard_header_is_read_too() {
        for (claim, expected) in [
            ("for=192.0.2.9", "192.0.2.9"),
            ("For=\"[2001:db8::7]:4711\";proto=https, for=10.1.1.1", "2001:db8::7"),
            ("for=1.1.1.1, for=192.0.2.9;by=10.0.0.1", "192.0.2.9"),
            ("for=\"1.1.1.1, 2.2.2.2\", for=192.0.2.9", "192.0.2.9"),
            ("for=192.0.2.9, for=_hidden", "10.0.0.1"),
            ("for=192.0.2.9, for=\"unclosed", "10.0.0.1"),
            ("by=10.0.0.1", "10.0.0.1"),
        ] {
            assert_eq!(address("10.0.0.1", &[("forwarded", claim)]), expected, "{claim}");
        }
    }

    #[test]
    fn headers_that_contradict_each_other_are_not_believed() {
        let headers = [("x-forwarded-for", "192.0.2.9"), ("forwarded", "for=192.0.2.8;proto=https")];
        let caller = caller("10.0.0.1", &headers);
        assert_eq!((caller.address.to_string().as_str(), caller.is_secure), ("10.0.0.1", false));
        let same = [("x-forwarded-for", "192.0.2.9"), ("forwarded", "for=192.0.2.9")];
        assert_eq!(address("10.0.0.1", &same), "192.0.2.9");
    }

    #[test]
    fn a_trusted_proxy_says_how_and_under_which_name_it_was_called() {
        let named = [("x-forwarded-proto", "HTTPS"), ("x-forwarded-host", "listen.example:8443")];
        let standard = [("forwarded", "for=192.0.2.9;proto=https;host=\"listen.example:8443\"")];
        for headers in [&named[..], &standard[..]] {
            let caller = caller("10.0.0.1", headers);
            assert_eq!((caller.is_secure, caller.authority.as_deref()), (true, Some("listen.example:8443")));
        }
        assert!(!caller("10.0.0.1", &[("x-forwarded-proto", "https, http")]).is_secure);
        let evil = caller("10.0.0.1", &[("x-forwarded-host", "evil.example/room")]);
        assert_eq!(evil.authority, None);
    }
}
