//! Cookies (RFC 6265): read from requests, written into responses.
//!
//! Cookies for HTTPS have a name prefix that browsers protect (RFC 6265bis, section 4.1.3). Other hosts, and pages that
//! came without HTTPS, cannot set cookies of such a name.

use axum::http::{HeaderMap, HeaderValue, header};
use heartogether_app::api::Caller;

use crate::{config::Config, error::ServerError};

/// The prefix of cookies for the whole of a host.
const HOST: &str = "__Host-";
/// The prefix of cookies for a path of a host.
const SECURE: &str = "__Secure-";

/// A cookie that scripts cannot read and that other sites' forms do not carry.
pub(super) struct Cookie<'a> {
    /// Without a prefix.
    pub(super) name: &'a str,
    pub(super) value: &'a str,
    /// Seconds; 0 deletes the cookie.
    pub(super) max_age_s: u64,
    pub(super) secure: bool,
    /// The path below which the site lies; empty for the whole of the host.
    pub(super) base: &'a str,
}

impl<'a> Cookie<'a> {
    /// A cookie for this caller.
    pub(super) fn new(config: &'a Config, caller: &Caller, name: &'a str, value: &'a str, max_age_s: u64) -> Self {
        Self { name, value, max_age_s, secure: is_secure(config, caller), base: config.base_path() }
    }

    /// The value of its `Set-Cookie` header.
    ///
    /// # Errors
    /// Where name or value cannot stand in a header.
    pub(super) fn header(&self) -> Result<HeaderValue, ServerError> {
        let Self { name, value, max_age_s, secure, base } = self;
        let (prefix, attribute) = match (secure, base.is_empty()) {
            (false, _) => ("", ""),
            (true, true) => (HOST, "; Secure"),
            (true, false) => (SECURE, "; Secure"),
        };
        let path = if base.is_empty() { "/" } else { base };
        let text =
            format!("{prefix}{name}={value}; HttpOnly; SameSite=Lax; Path={path}; Max-Age={max_age_s}{attribute}");
        let mut header = HeaderValue::try_from(text)?;
        header.set_sensitive(true);
        Ok(header)
    }
}

/// The values of all cookies of a name with a protected prefix.
pub(super) fn guarded_values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    pairs(headers).filter(move |(known, _)| is_guarded(known) && without_prefix(known) == name).map(|(_, value)| value)
}

/// The values of all cookies of a name, those with a protected prefix first.
pub(super) fn all_values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    guarded_values(headers, name).chain(values(headers, name))
}

/// A cookie's name without its protected prefix.
pub(super) fn without_prefix(name: &str) -> &str {
    [HOST, SECURE].iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name)
}

fn is_guarded(name: &str) -> bool {
    without_prefix(name).len() < name.len()
}

/// The values of all cookies of a name.
pub(super) fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    heartogether_headers::cookie::values(lines(headers), name)
}

/// All cookies with their names.
pub(super) fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    heartogether_headers::cookie::pairs(lines(headers))
}

fn lines(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes)
}

/// Whether a cookie for this caller is sent over HTTPS only. It is if people use the site over HTTPS; otherwise
/// browsers would drop it.
pub(super) fn is_secure(config: &Config, caller: &Caller) -> bool {
    let is_https = config.public_url.as_ref().is_some_and(|url| url.is_https());
    config.cookie.session_cookie_secure.unwrap_or(is_https || caller.is_on_https)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(flags: &[&'static str]) -> Config {
        let arguments = ["heartogether-server"].into_iter().chain(flags.iter().copied());
        Config::from_arguments(arguments).expect("valid flags")
    }

    fn written(flags: &[&'static str], is_on_https: bool) -> String {
        let caller = Caller { is_on_https, ..Caller::default() };
        let header = Cookie::new(&config(flags), &caller, "sid", "a", 60).header().expect("a header");
        header.to_str().expect("a cookie in ASCII").to_owned()
    }

    #[test]
    fn cookies_over_https_are_secure_and_have_a_guarded_name() {
        let plain = "sid=a; HttpOnly; SameSite=Lax; Path=/; Max-Age=60";
        let secure = "__Host-sid=a; HttpOnly; SameSite=Lax; Path=/; Max-Age=60; Secure";
        for (flags, is_on_https, expected) in [
            (&[][..], false, plain),
            (&[], true, secure),
            (&["--public-url", "http://nas.lan"], false, plain),
            (&["--public-url", "https://hear.example"], false, secure),
            (&["--session-cookie-secure", "false"], true, plain),
            (&["--session-cookie-secure", "true"], false, secure),
        ] {
            assert_eq!(written(flags, is_on_https), expected, "{flags:?}");
        }
    }

    #[test]
    fn below_a_path_cookies_are_for_that_path() {
        assert_eq!(
            written(&["--public-url", "https://example.org/hear"], false),
            "__Secure-sid=a; HttpOnly; SameSite=Lax; Path=/hear; Max-Age=60; Secure"
        );
        assert_eq!(
            written(&["--public-url", "http://nas.lan/hear/"], false),
            "sid=a; HttpOnly; SameSite=Lax; Path=/hear; Max-Age=60"
        );
    }

    #[test]
    fn guarded_and_plain_cookie_names_are_distinguished() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("sid=a; __Host-sid=b; __Secure-sid=c; __Host-other=d"));
        assert_eq!(guarded_values(&headers, "sid").collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(values(&headers, "sid").collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn every_line_of_cookies_is_read() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("sid=a; other=b"));
        headers.append(header::COOKIE, HeaderValue::from_bytes(b"theme=\xff; sid=c").expect("a header value"));
        assert_eq!(values(&headers, "sid").collect::<Vec<_>>(), ["a", "c"]);
    }
}
