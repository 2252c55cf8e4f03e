//! The public address of the server.

use std::str::FromStr;

use heartogether_headers::authority::{Origin, Scheme};

/// An `http` or `https` URL, with a path where the site lies below one.
#[derive(Clone, Debug)]
pub(crate) struct PublicUrl {
    origin: Origin,
    /// Without a slash at its end: empty, or such as `/hear`.
    path: String,
}

impl PublicUrl {
    /// Scheme, host and port.
    pub(crate) const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The path below which pages lie: empty, or such as `/hear`.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Whether people come over HTTPS.
    pub(crate) fn is_https(&self) -> bool {
        self.origin.scheme() == Scheme::Https
    }
}

impl std::fmt::Display for PublicUrl {
    /// Without a slash at its end.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.origin, self.path)
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        let url = url.trim();
        let origin =
            Origin::of_url(url).ok_or("expected http://HOST or https://HOST, and a path where there is one")?;
        if url.contains(['?', '#']) {
            return Err("a public URL has no query and no fragment".to_owned());
        }
        let after_scheme = url.find("://").map_or(url, |scheme| &url[scheme + 3..]);
        let path = after_scheme.find('/').map_or("", |slash| &after_scheme[slash..]).trim_end_matches('/');
        // What stands in a page, a header and a cookie as it is.
        let is_plain = |segment: &str| {
            let is_name = segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
            is_name && !segment.is_empty() && segment != "." && segment != ".."
        };
        match path.is_empty() || path[1..].split('/').all(is_plain) {
            true => Ok(Self { origin, path: path.to_owned() }),
            false => Err("its path may have letters, digits, -, ., _ and ~ between single slashes".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slash_at_the_end_of_a_path_is_removed() {
        for (url, origin, path) in [
            ("https://hear.example", "https://hear.example", ""),
            ("https://hear.example/", "https://hear.example", ""),
            ("http://example.org:8080/a/b-c//", "http://example.org:8080", "/a/b-c"),
        ] {
            let read: PublicUrl = url.parse().expect("a URL");
            assert_eq!((read.origin().to_string().as_str(), read.path()), (origin, path));
            assert_eq!(read.to_string(), format!("{origin}{path}"));
        }
        for url in [
            "hear.example",
            "https://",
            "https://a/?b",
            "https://a/b#c",
            "https://a/b//c",
            "https://a/../b",
            "https://a/\"b",
        ] {
            assert!(url.parse::<PublicUrl>().is_err(), "{url}");
        }
    }
}
