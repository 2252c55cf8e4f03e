//! What is answered before the server knows its rooms: that it lives and is not ready. Whatever else is asked has to be asked
//! again, as RFC 9110, section 15.6.4 says of 503.

use std::sync::{Arc, OnceLock};

use axum::{
    Json, Router,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::from_fn_with_state,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use heartogether::refusal::Refusal;
use serde_json::json;
use tower::ServiceExt;

use super::add_security_headers;
use crate::{error::Answer, json_api};

/// Seconds after which it is worth asking again.
const AGAIN_IN_S: u64 = 2;
/// Loads itself anew, without a script.
const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="2">
<title>HearTogether is starting</title>
</head>
<body>
<h1>HearTogether is starting</h1>
<p>This takes a moment. The page opens by itself as soon as the server is ready.</p>
</body>
</html>
"#;

/// Opens a router that waits.
#[derive(Clone, Default)]
pub(crate) struct BeforeReady(Arc<OnceLock<Router>>);

impl BeforeReady {
    /// From now on `router` answers every request.
    pub(crate) fn open(&self, router: Router) {
        // Whoever opened it before has opened it.
        let _ = self.0.set(router);
    }
}

/// A router that says that the server is starting, until another one takes its place.
pub(crate) fn until_ready() -> (BeforeReady, Router) {
    let (opening, starting) = (BeforeReady::default(), starting());
    let opened = opening.0.clone();
    let router = Router::new().fallback(move |request: Request| {
        let router = opened.get().unwrap_or(&starting).clone();
        async move { router.oneshot(request).await }
    });
    (opening, router)
}

fn starting() -> Router {
    Router::new()
        .route("/api/health", get(json_api::health))
        .route("/api/ready", get(not_ready))
        .fallback(ask_again)
        // Nobody has found out yet how the caller came, and so nothing is said about HTTPS.
        .layer(from_fn_with_state(0_u64, add_security_headers))
}

async fn not_ready() -> Response {
    let parts = json!({ "rooms": "starting", "storage": "starting" });
    later(Json(json!({ "ready": false, "parts": parts })).into_response())
}

async fn ask_again(request: Request) -> Response {
    let accepts = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    match *request.method() == Method::GET && accepts.contains("text/html") {
        true => later(Html(PAGE).into_response()),
        false => later(Answer::from(Refusal::ServerStarting).into_response()),
    }
}

fn later(mut response: Response) -> Response {
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(AGAIN_IN_S));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
