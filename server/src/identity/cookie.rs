//! Cookies (RFC 6265): read from a request, written for one visitor.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderValue, header};
use heartogether_app::api::Caller;

use crate::{
    config::Config,
    error::ServerError,
    invitation::{host_of, is_loopback},
};

/// A cookie that scripts cannot read and that other sites' forms do not carry.
pub(super) struct Cookie<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
    /// Where it is sent to.
    pub(super) path: &'a str,
    /// Seconds; 0 takes it away.
    pub(super) max_age_s: u64,
    pub(super) secure: bool,
}

impl Cookie<'_> {
    /// The value of its `Set-Cookie` header.
    ///
    /// # Errors
    /// Where name or value cannot stand in a header.
    pub(super) fn header(&self) -> Result<HeaderValue, ServerError> {
        let Self { name, value, path, max_age_s, secure } = self;
        let secure = if *secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; HttpOnly; SameSite=Lax; Path={path}; Max-Age={max_age_s}{secure}");
        let mut header = HeaderValue::try_from(text)?;
        header.set_sensitive(true);
        Ok(header)
    }
}

/// The values of all cookies of a name.
pub(super) fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    heartogether::cookie::values(lines(headers), name)
}

/// All cookies with their names.
pub(super) fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    heartogether::cookie::pairs(lines(headers))
}

fn lines(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes)
}

/// Whether a cookie for this caller goes over HTTPS alone.
pub(super) fn is_secure(config: &Config, caller: &Caller) -> bool {
    let is_https = config.public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
    config.cookie.session_cookie_secure.unwrap_or_else(|| is_https || comes_over_https(caller))
}

/// Whether a caller's browser is on HTTPS: it came so, or it asked for a name that others can look up, where a proxy that
/// nobody has declared stands before this server. Plain HTTP is left to places that hardly ever have a certificate; there a
/// browser would drop a cookie for HTTPS.
pub(super) fn comes_over_https(caller: &Caller) -> bool {
    let is_near = caller.authority.as_deref().is_some_and(|authority| is_near(host_of(authority), caller.address));
    caller.is_secure || !is_near
}

/// Whether a host is this machine itself, or an address of the network that the visitor is in as well: a phone that scans a
/// laptop's code asks at one.
fn is_near(host: &str, visitor: IpAddr) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    is_loopback(host) || address.is_ok_and(|address| is_local(address) || are_neighbours(address, visitor))
}

/// Whether two addresses are most likely in one network, as those of universities and companies that have public ones: by the
/// 24 bits that home and office networks share, or the 64 of IPv6 (RFC 7421).
fn are_neighbours(one: IpAddr, other: IpAddr) -> bool {
    match (one.to_canonical(), other.to_canonical()) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (one.to_bits() ^ other.to_bits()) >> 8 == 0,
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits() ^ other.to_bits()) >> 64 == 0,
        _ => false,
    }
}

/// Whether an address leads no further than the network at hand (RFC 1918, RFC 3927, RFC 4193, RFC 4291, and RFC 6598, from
/// which overlay networks take theirs).
fn is_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            let is_shared = first == 100 && second & 0b1100_0000 == 0b0100_0000;
            address.is_private() || address.is_link_local() || is_shared
        }
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secure_to(flags: &[&'static str], authority: Option<&str>, is_secure: bool) -> bool {
        let arguments = ["heartogether-server"].into_iter().chain(flags.iter().copied());
        let caller = Caller { authority: authority.map(str::to_owned), is_secure, ..Caller::default() };
        super::is_secure(&Config::from_arguments(arguments).expect("valid flags"), &caller)
    }

    fn secure(flags: &[&'static str], authority: &str) -> bool {
        secure_to(flags, Some(authority), false)
    }

    #[test]
    fn who_comes_over_https_has_cookies_for_https_wherever_that_leads() {
        for authority in ["localhost:3000", "192.168.1.7:3000", "[fd00::1]", "hear.example"] {
            assert!(secure_to(&[], Some(authority), true), "{authority}");
            assert!(!secure_to(&["--session-cookie-secure", "false"], Some(authority), true), "{authority}");
        }
    }

    #[test]
    fn over_http_cookies_are_for_https_but_on_this_machine_and_in_the_local_network() {
        for near in [
            "localhost:3000",
            "127.0.0.1",
            "[::1]:3000",
            "192.168.1.7:3000",
            "172.16.0.1",
            "169.254.7.7",
            "100.64.0.1",
            "[fd00::1]:80",
            "[fe80::1]",
            "[::ffff:10.0.0.1]",
        ] {
            assert!(!secure(&[], near), "{near}");
            assert!(secure(&["--public-url", "https://hear.example"], near), "{near}");
        }
        for far in [
            "hear.example",
            "hear.example:3000",
            "localhost.example",
            "10.0.0.1.example",
            "192.0.2.1",
            "100.128.0.1",
            "[2001:db8::1]",
        ] {
            assert!(secure(&[], far), "{far}");
            assert!(!secure(&["--session-cookie-secure", "false"], far), "{far}");
        }
        assert!(secure_to(&[], None, false));
    }

    #[test]
    fn a_public_address_is_near_for_visitors_from_its_own_network() {
        for (host, visitor, expected) in [
            ("192.0.2.1:3000", "192.0.2.77", true),
            ("192.0.2.1:3000", "192.0.3.77", false),
            ("[2001:db8:1:2::1]", "2001:db8:1:2::77", true),
            ("[2001:db8:1:2::1]", "2001:db8:1:3::77", false),
            ("hear.example", "192.0.2.77", false),
        ] {
            assert_eq!(is_near(host_of(host), visitor.parse().expect("an address")), expected, "{host} from {visitor}");
        }
    }

    #[test]
    fn every_line_of_cookies_is_read() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("sid=a; other=b"));
        headers.append(header::COOKIE, HeaderValue::from_bytes(b"theme=\xff; sid=c").expect("a header value"));
        assert_eq!(values(&headers, "sid").collect::<Vec<_>>(), ["a", "c"]);
    }
}
