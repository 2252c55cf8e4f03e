//! How long browsers may keep a response (RFC 9111).

use axum::http::HeaderValue;

/// A response whose URL carries the hash of its content.
pub(crate) const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// The same, which only some visitors may see.
pub(crate) const FOR_ONE_VISITOR_FOR_GOOD: HeaderValue =
    HeaderValue::from_static("private, max-age=31536000, immutable");
/// A file of the build whose URL carries no hash: browsers ask each time whether it changed.
pub(crate) const CHECKED_EACH_TIME: HeaderValue = HeaderValue::from_static("public, no-cache");
/// A file that rarely changes, and that no page needs in its latest version.
pub(crate) const FOR_AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// A response that is rendered for one visitor.
pub(crate) const FOR_ONE_VISITOR: HeaderValue = HeaderValue::from_static("no-cache, private");
