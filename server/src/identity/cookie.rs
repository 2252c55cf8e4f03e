//! Cookies (RFC 6265): read from a request, written for one visitor.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderValue, header};

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

/// The values of all cookies of a name: a browser sends more than one where paths or sites differ.
pub(super) fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(move |(known, _)| *known == name).map(|(_, value)| value)
}

/// Whether a cookie for somebody who asked at `authority` goes over HTTPS alone. Over plain HTTP a browser would drop it,
/// so this machine itself and bare addresses of a local network, which no certificate names, are exempt.
pub(super) fn is_secure(config: &Config, authority: Option<&str>) -> bool {
    let is_https = config.public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
    let is_near = || authority.is_some_and(|authority| is_local(host_of(authority)));
    config.cookie.session_cookie_secure.unwrap_or_else(|| is_https || !is_near())
}

/// Loopback, and the private ranges of RFC 1918, RFC 3927, RFC 4193 and RFC 4291.
pub(super) fn is_local(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    is_loopback(host)
        || match address {
            Ok(IpAddr::V4(address)) => address.is_private() || address.is_link_local(),
            Ok(IpAddr::V6(address)) => address.is_unique_local() || address.is_unicast_link_local(),
            Err(_) => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secure(flags: &[&'static str], authority: &str) -> bool {
        let arguments = ["heartogether-server"].into_iter().chain(flags.iter().copied());
        is_secure(&Config::from_arguments(arguments).expect("valid flags"), Some(authority))
    }

    #[test]
    fn cookies_go_over_https_alone_but_on_this_machine_and_in_the_local_network() {
        for near in ["localhost:3000", "127.0.0.1", "[::1]:3000", "192.168.1.7:3000", "10.0.0.2", "[fd00::1]:80"] {
            assert!(!secure(&[], near), "{near}");
            assert!(secure(&["--public-url", "https://hear.example"], near), "{near}");
        }
        for far in ["hear.example", "192.0.2.1:3000", "[2001:db8::1]", "localhost.example", "172.32.0.1"] {
            assert!(secure(&[], far), "{far}");
            assert!(!secure(&["--session-cookie-secure", "false"], far), "{far}");
        }
        assert!(is_secure(&Config::from_arguments(["heartogether-server"]).expect("valid"), None));
    }

    #[test]
    fn every_cookie_of_a_name_is_read() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("sid=a; other=b;sid=c"));
        headers.append(header::COOKIE, HeaderValue::from_static("SID=d; sid=e=f"));
        assert_eq!(values(&headers, "sid").collect::<Vec<_>>(), ["a", "c", "e=f"]);
    }
}
