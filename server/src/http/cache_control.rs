//! How long browsers may keep a response (RFC 9111).

use axum::http::HeaderValue;

/// A response whose URL carries the hash of its content.
pub(crate) const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A file whose content may change under its name.
pub(crate) const FOR_AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// A response that is rendered for one visitor.
pub(crate) const FOR_ONE_VISITOR: HeaderValue = HeaderValue::from_static("no-cache, private");
