//! Checks the origins of pages that send requests to this server.

use axum::http::{HeaderMap, header};
use heartogether_app::api::Caller;
use heartogether_headers::authority::{Origin, Scheme};

use crate::http::SEC_FETCH_SITE;

/// The origins (RFC 6454) that are allowed besides the server's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins(Vec<Origin>);

impl Origins {
    /// Allows these origins.
    pub(crate) fn new(origins: impl IntoIterator<Item = Origin>) -> Self {
        Self(origins.into_iter().collect())
    }

    /// Whether the request may change something. Browsers always send the origin of the page; other programs send none.
    pub(crate) fn allow(&self, headers: &HeaderMap, caller: &Caller) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let Some(origin) = origin.to_str().ok().and_then(Origin::of_url) else { return false };
        is_own(&origin, headers, caller) || self.0.contains(&origin)
    }
}

/// Whether a request is of the server's own page: the origin has the host that the request names, or the browser says
/// so in a header that pages cannot write (Fetch Metadata Request Headers), as some proxies drop the port from the
/// host. A page that came without HTTPS is refused over HTTPS, because somebody on the network could have written it.
/// Without HTTPS an unknown proxy may have ended the HTTPS connection, so such an origin is accepted.
fn is_own(origin: &Origin, headers: &HeaderMap, caller: &Caller) -> bool {
    let is_called_so = caller.authority.as_ref().is_some_and(|own| origin.is_named_by(own));
    let is_same_origin = headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "same-origin");
    (is_called_so || is_same_origin) && (origin.scheme() == Scheme::Https || !caller.is_secure)
}

#[cfg(test)]
mod tests {
    use heartogether_headers::authority::Authority;

    use super::*;

    fn allows(origins: &Origins, is_secure: bool, named: &str, headers: &[(header::HeaderName, &'static str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().expect("a header value")));
        let caller = Caller { authority: Authority::parse(named), is_secure, ..Caller::default() };
        origins.allow(&headers.collect(), &caller)
    }

    fn origins(urls: &[&str]) -> Origins {
        Origins::new(urls.iter().map(|url| Origin::of_url(url).expect("an origin")))
    }

    #[test]
    fn the_own_origin_configured_origins_and_no_origin_are_allowed() {
        let origins = origins(&["https://Listen.example/", "https://other.example:8443/path"]);
        let allows = |origin: &'static str| allows(&origins, false, "localhost:3000", &[(header::ORIGIN, origin)]);
        for origin in ["http://localhost:3000", "https://listen.example", "https://other.example:8443"] {
            assert!(allows(origin), "{origin}");
        }
        for origin in ["https://evil.example", "null", "https://localhost:3000.evil.example", "http://localhost:3001"] {
            assert!(!allows(origin), "{origin}");
        }
        assert!(super::tests::allows(&origins, false, "localhost:3000", &[]));
    }

    #[test]
    fn a_page_without_https_has_another_origin() {
        let allows = |origin| allows(&Origins::default(), true, "localhost:3000", &[(header::ORIGIN, origin)]);
        assert!(allows("https://localhost:3000"));
        assert!(!allows("http://localhost:3000"));
    }

    #[test]
    fn all_spellings_of_the_own_origin_are_allowed() {
        for (named, origin) in [
            ("hear.example:443", "https://hear.example"),
            ("hear.example:80", "http://hear.example"),
            ("hear.example", "http://hear.example:80"),
            ("HEAR.example.", "https://hear.example"),
        ] {
            assert!(allows(&Origins::default(), false, named, &[(header::ORIGIN, origin)]), "{origin} at {named}");
        }
        for (named, origin) in
            [("hear.example:80", "https://hear.example"), ("hear.example", "https://hear.example:80")]
        {
            assert!(!allows(&Origins::default(), false, named, &[(header::ORIGIN, origin)]), "{origin} at {named}");
        }
    }

    #[test]
    fn sec_fetch_site_counts_if_a_proxy_removes_the_port() {
        let origin = (header::ORIGIN, "http://localhost:8080");
        let allows = |site| allows(&Origins::default(), false, "localhost", &[origin.clone(), (SEC_FETCH_SITE, site)]);
        assert!(allows("same-origin"));
        for site in ["same-site", "cross-site", "none"] {
            assert!(!allows(site), "{site}");
        }
    }
}
