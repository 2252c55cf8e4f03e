//! The other sites whose pages may read responses (Fetch, section 3.3): those of FRONTEND_URL.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// How long a browser may cache the permission.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);
/// The response headers that these pages may read as well.
const TOLD: [HeaderName; 5] = [
    header::RETRY_AFTER,
    HeaderName::from_static("x-cache"),
    HeaderName::from_static("x-ratelimit-limit"),
    HeaderName::from_static("x-ratelimit-remaining"),
    HeaderName::from_static("x-ratelimit-reset"),
];

/// The layer for these origins; `None` without origins.
pub(crate) fn cors(origins: impl Iterator<Item = String>) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> = origins.filter_map(|origin| HeaderValue::try_from(origin).ok()).collect();
    let layer = CorsLayer::new()
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::ACCEPT, header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers(TOLD)
        .max_age(REMEMBERED);
    (!origins.is_empty()).then(|| layer.allow_origin(AllowOrigin::list(origins)))
}
