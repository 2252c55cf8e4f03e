//! Whose pages may talk to this server.

use axum::http::{HeaderMap, header};

/// The origins (RFC 6454) that are allowed beside the server's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins(Vec<String>);

impl Origins {
    /// The origins of these URLs.
    pub(crate) fn new<'a>(urls: impl IntoIterator<Item = &'a str>) -> Self {
        Self(urls.into_iter().map(origin_of).collect())
    }

    /// Whether the request may change anything: programs that are no browsers send no origin, and browsers cannot hide it.
    pub(crate) fn allow(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let Ok(origin) = origin.to_str().map(origin_of) else { return false };
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_ascii_lowercase);
        let is_own = host.is_some_and(|host| origin.split_once("://").is_some_and(|(_, authority)| authority == host));
        is_own || self.0.contains(&origin)
    }
}

fn origin_of(url: &str) -> String {
    let url = url.trim().to_ascii_lowercase();
    let end = url.find("://").and_then(|scheme| url[scheme + 3..].find('/').map(|path| scheme + 3 + path));
    end.map_or(url.as_str(), |end| &url[..end]).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &'static str, origin: Option<&'static str>) -> HeaderMap {
        let origin = origin.map(|origin| (header::ORIGIN, origin));
        let pairs = [(header::HOST, host)].into_iter().chain(origin);
        pairs.map(|(name, value)| (name, value.parse().expect("a header value"))).collect()
    }

    #[test]
    fn the_own_origin_the_configured_ones_and_none_are_allowed() {
        let origins = Origins::new(["https://Listen.example/", "https://other.example:8443/path"]);
        for origin in
            [None, Some("http://localhost:3000"), Some("https://listen.example"), Some("https://other.example:8443")]
        {
            assert!(origins.allow(&headers("localhost:3000", origin)), "{origin:?}");
        }
        for origin in ["https://evil.example", "null", "https://localhost:3000.evil.example", "http://localhost:3001"] {
            assert!(!origins.allow(&headers("localhost:3000", Some(origin))), "{origin}");
        }
    }
}
