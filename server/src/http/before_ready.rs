//! Responses before the server has opened its rooms: it is alive and not ready. All other requests have to be repeated
//! (RFC 9110, section 15.6.4, status 503).

use std::sync::{
    Arc, Mutex, OnceLock, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    Json, Router,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::from_fn_with_state,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use heartogether::refusal::Refusal;
use heartogether_app::locale::{Language, starting_texts};
use serde_json::json;
use tower::ServiceExt;

use super::add_security_headers;
use crate::{error::Answer, json_api, storage::log::redis::RedisState};

/// Seconds after which callers should try again.
const AGAIN_IN_S: u64 = 2;

/// Replaces the router that says that the server is starting.
#[derive(Clone, Default)]
pub(crate) struct BeforeReady {
    router: Arc<OnceLock<Router>>,
    parts: Arc<Parts>,
}

/// What is known of what the server needs.
#[derive(Default)]
struct Parts {
    is_storage_down: AtomicBool,
    /// How Redis is, if it is waited for.
    redis: Mutex<Option<RedisState>>,
}

impl BeforeReady {
    /// Lets `router` answer every request from now on.
    pub(crate) fn open(&self, router: Router) {
        // A second call has no effect.
        let _ = self.router.set(router);
    }

    /// Says of the storage that it starts, or that it is down.
    pub(crate) fn report_storage(&self, is_there: bool) {
        self.parts.is_storage_down.store(!is_there, Ordering::Relaxed);
    }

    /// Says how Redis is that is waited for; `None` if it is not waited for any more.
    pub(crate) fn report_redis(&self, state: Option<RedisState>) {
        *self.parts.redis.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

/// A router that says that the server is starting, until it is replaced.
pub(crate) fn until_ready() -> (BeforeReady, Router) {
    let opening = BeforeReady::default();
    let (opened, starting) = (opening.router.clone(), starting(opening.parts.clone()));
    let router = Router::new().fallback(move |request: Request| {
        let router = opened.get().unwrap_or(&starting).clone();
        async move { router.oneshot(request).await }
    });
    (opening, router)
}

fn starting(parts: Arc<Parts>) -> Router {
    let not_ready = move || async move { not_ready(&parts) };
    Router::new()
        .route("/api/health", get(json_api::health))
        .route("/api/ready", get(not_ready))
        .fallback(ask_again)
        // The caller's scheme is not known yet, so nothing is said about HTTPS.
        .layer(from_fn_with_state(0_u64, add_security_headers))
}

fn not_ready(Parts { is_storage_down, redis }: &Parts) -> Response {
    let storage = if is_storage_down.load(Ordering::Relaxed) { "down" } else { "starting" };
    let mut answer = json!({ "ready": false, "parts": { "rooms": "starting", "storage": storage } });
    if let Some(redis) = *redis.lock().unwrap_or_else(PoisonError::into_inner) {
        json_api::tell_redis(&mut answer, redis);
    }
    later(Json(answer).into_response())
}

async fn ask_again(request: Request) -> Response {
    let accepts = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    match *request.method() == Method::GET && accepts.contains("text/html") {
        true => later(Html(page(Language::asked_for(request.headers()))).into_response()),
        false => later(Answer::from(Refusal::ServerStarting).into_response()),
    }
}

/// The page reloads itself without a script. It does not say its language in a header, so where there is a service worker,
/// this shows its own page instead.
fn page(language: Language) -> String {
    let ([title, text], tag) = (starting_texts(language), language.tag());
    format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"refresh\" content=\"{AGAIN_IN_S}\">\n<title>{title}</title>\n</head>\n\
         <body>\n<h1>{title}</h1>\n<p>{text}</p>\n</body>\n</html>\n"
    )
}

fn later(mut response: Response) -> Response {
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(AGAIN_IN_S));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
