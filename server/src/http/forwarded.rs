//! Finds out who calls if one of the operator's proxies is in between. `heartogether_headers::forwarded` parses the
//! headers.

use std::{borrow::Cow, net::IpAddr};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use heartogether_app::api::{Caller, Told};
use heartogether_headers::{
    authority::{Authority, Origin, Scheme},
    cookie,
    forwarded::Claims,
};
use ipnet::IpNet;

/// Names the relation of the page to this server (Fetch Metadata Request Headers).
pub(crate) const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The trusted proxies: networks in CIDR notation (RFC 4632), or single addresses.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrustedProxies(Vec<IpNet>);

impl FromIterator<IpNet> for TrustedProxies {
    fn from_iter<I: IntoIterator<Item = IpNet>>(networks: I) -> Self {
        Self(networks.into_iter().collect())
    }
}

impl TrustedProxies {
    /// Whether an address is one of them.
    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address.to_canonical()))
    }

    /// The caller: `peer` itself, or the address that a trusted `peer` names. `is_secure` is about the connection of
    /// `peer`; `authority` is the one in the request.
    pub(crate) fn caller(
        &self,
        peer: IpAddr,
        is_secure: bool,
        authority: Option<Authority>,
        headers: &HeaderMap,
    ) -> Caller {
        let arrival = claims(headers).arrival(peer, |address| self.contain(address));
        let authority = arrival.host.map_or(authority, |host| Authority::parse(&host));
        let is_secure = arrival.proto.map_or(is_secure, |proto| proto.eq_ignore_ascii_case("https"));
        let is_on_https = is_secure || says_https(headers, authority.as_ref());
        Caller { address: arrival.address, is_secure, is_on_https, authority, browser: None, told: Told::default() }
    }
}

/// Whether a request has headers that proxies write.
pub(super) fn is_forwarded(headers: &HeaderMap) -> bool {
    let names = [X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST, header::FORWARDED];
    names.iter().any(|name| headers.contains_key(name))
}

/// Whether a browser shows that it uses HTTPS. A form's request names the page's origin. Over HTTPS, and else only to
/// this machine, browsers send Fetch Metadata (Fetch Metadata Request Headers, section 4) and the cookies with a
/// protected prefix (RFC 6265bis, section 4.1.3).
fn says_https(headers: &HeaderMap, authority: Option<&Authority>) -> bool {
    let origin = headers.get(header::ORIGIN).and_then(|origin| Origin::of_url(origin.to_str().ok()?));
    if let Some((origin, named)) = origin.zip(authority) {
        return origin.scheme() == Scheme::Https && origin.is_named_by(named);
    }
    let is_loopback = authority.is_some_and(|authority| authority.host().is_loopback());
    let lines = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes);
    let is_guarded = |(name, _): (&str, &str)| name.starts_with("__Host-") || name.starts_with("__Secure-");
    !is_loopback && (headers.contains_key(SEC_FETCH_SITE) || cookie::pairs(lines).any(is_guarded))
}

/// A header line that is not text counts as well, because a proxy may have appended its part to it.
fn claims(headers: &HeaderMap) -> Claims<'_> {
    let text = |line| String::from_utf8_lossy(HeaderValue::as_bytes(line));
    let lines = |name: HeaderName| -> Vec<Cow<'_, str>> { headers.get_all(name).into_iter().map(text).collect() };
    Claims {
        x_forwarded_for: lines(X_FORWARDED_FOR),
        x_forwarded_proto: lines(X_FORWARDED_PROTO),
        x_forwarded_host: lines(X_FORWARDED_HOST),
        forwarded: lines(header::FORWARDED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(peer: &str, headers: &[(&'static str, &[u8])]) -> Caller {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_bytes(value).expect("a header value"));
        }
        let trusted = ["10.0.0.0/8", "2001:db8:ffff::/48"].iter().map(|network| network.parse().expect("a network"));
        let trusted: TrustedProxies = trusted.collect();
        trusted.caller(peer.parse().expect("an address"), false, Authority::parse("hear.example"), &map)
    }

    #[test]
    fn forwarded_headers_count_only_from_trusted_proxies() {
        let usual: [(_, &[u8]); 3] = [
            ("x-forwarded-for", b"192.0.2.9"),
            ("x-forwarded-proto", b"HTTPS"),
            ("x-forwarded-host", b"listen.example:8443"),
        ];
        let standard: [(_, &[u8]); 1] = [("forwarded", b"for=192.0.2.9;proto=https;host=\"listen.example:8443\"")];
        for headers in [&usual[..], &standard[..]] {
            for proxy in ["10.0.0.1", "2001:db8:ffff::1"] {
                let caller = caller(proxy, headers);
                assert_eq!((caller.address.to_string().as_str(), caller.is_secure), ("192.0.2.9", true));
                assert_eq!(caller.authority, Authority::parse("listen.example:8443"));
            }
            let stranger = caller("203.0.113.5", headers);
            assert_eq!((stranger.address.to_string().as_str(), stranger.is_secure), ("203.0.113.5", false));
            assert_eq!(stranger.authority, Authority::parse("hear.example"));
        }
    }

    #[test]
    fn the_scheme_in_the_browsers_origin_shows_https() {
        let says = |headers: &[(&'static str, &[u8])], authority| {
            let mut map = HeaderMap::new();
            headers
                .iter()
                .for_each(|(name, value)| _ = map.append(*name, HeaderValue::from_bytes(value).expect("a value")));
            says_https(&map, Authority::parse(authority).as_ref())
        };
        assert!(says(&[("origin", b"https://hear.example")], "hear.example"));
        assert!(says(&[("sec-fetch-site", b"none")], "hear.example"));
        assert!(says(&[("cookie", b"a=b; __Host-sid=c")], "192.0.2.1"));
        assert!(!says(&[("x-forwarded-proto", b"https"), ("cookie", b"sid=c")], "192.0.2.1"));
        assert!(!says(&[], "hear.example"));
        assert!(!says(&[("origin", b"http://nas.lan"), ("sec-fetch-site", b"same-origin")], "nas.lan"));
        assert!(!says(&[("sec-fetch-site", b"none")], "localhost:3000"));
        assert!(!says(&[("origin", b"https://elsewhere.example")], "nas.lan"));
    }

    #[test]
    fn text_that_a_proxy_appends_to_invalid_bytes_counts() {
        assert_eq!(caller("10.0.0.1", &[("x-forwarded-for", b"\xff\xfe, 192.0.2.9")]).address.to_string(), "192.0.2.9");
        assert_eq!(caller("10.0.0.1", &[("forwarded", b"for=\"\xff, for=192.0.2.9")]).address.to_string(), "192.0.2.9");
    }

    #[test]
    fn a_host_header_that_could_change_a_link_is_malformed() {
        assert_eq!(caller("10.0.0.1", &[("x-forwarded-host", b"evil.example/room")]).authority, None);
    }
}
