//! Whose pages may talk to this server.

use axum::http::{HeaderMap, header};
use heartogether_app::api::Caller;

/// The origins (RFC 6454) that are allowed beside the server's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins(Vec<String>);

impl Origins {
    /// The origins of these URLs.
    pub(crate) fn new<'a>(urls: impl IntoIterator<Item = &'a str>) -> Self {
        Self(urls.into_iter().map(origin_of).collect())
    }

    /// Whether the request may change anything: programs that are no browsers send no origin, and browsers cannot hide it.
    pub(crate) fn allow(&self, headers: &HeaderMap, caller: &Caller) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let Ok(origin) = origin.to_str().map(origin_of) else { return false };
        is_own(&origin, caller) || self.0.contains(&origin)
    }
}

/// The server's own, under the name it was called by. Over HTTPS no page that came without it is: whoever stands on the
/// line could have written it. Without HTTPS a proxy that is not known as such may have added it.
fn is_own(origin: &str, caller: &Caller) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let is_called_so = caller.authority.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(authority));
    is_called_so && (scheme == "https" || !caller.is_secure)
}

/// Scheme, host and port of a URL, in lower case.
pub(crate) fn origin_of(url: &str) -> String {
    let url = url.trim().to_ascii_lowercase();
    let end = url.find("://").and_then(|scheme| url[scheme + 3..].find('/').map(|path| scheme + 3 + path));
    end.map_or(url.as_str(), |end| &url[..end]).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(origins: &Origins, is_secure: bool, origin: Option<&str>) -> bool {
        let origin = origin.map(|origin| (header::ORIGIN, origin.parse().expect("a header value")));
        let caller = Caller { authority: Some("localhost:3000".to_owned()), is_secure, ..Caller::default() };
        origins.allow(&origin.into_iter().collect(), &caller)
    }

    #[test]
    fn the_own_origin_the_configured_ones_and_none_are_allowed() {
        let origins = Origins::new(["https://Listen.example/", "https://other.example:8443/path"]);
        for origin in
            [None, Some("http://localhost:3000"), Some("https://listen.example"), Some("https://other.example:8443")]
        {
            assert!(allows(&origins, false, origin), "{origin:?}");
        }
        for origin in ["https://evil.example", "null", "https://localhost:3000.evil.example", "http://localhost:3001"] {
            assert!(!allows(&origins, false, Some(origin)), "{origin}");
        }
    }

    #[test]
    fn over_https_a_page_without_it_is_not_the_own() {
        let origins = Origins::default();
        assert!(allows(&origins, true, Some("https://localhost:3000")));
        assert!(!allows(&origins, true, Some("http://localhost:3000")));
    }
}
