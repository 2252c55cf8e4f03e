//! Every path of the server, on one page.

use std::{path::Path, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use heartogether_app::{App, api::Backend, shell};
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use tower_http::{compression::CompressionLayer, services::ServeDir, set_header::SetResponseHeaderLayer};

use crate::{
    error::give_status,
    identity::{self, check_origin, identify},
    invitation, ops, signalling,
    state::AppState,
};

/// Files whose names carry the hash of their content.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const FOR_AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// A file stands beside its compressed copies under one name.
const BY_ENCODING: HeaderValue = HeaderValue::from_static("accept-encoding");
/// A stage in somebody else's frame could be ended by a click that its host did not mean.
const NOT_FRAMED: HeaderValue = HeaderValue::from_static("frame-ancestors 'none'");
/// The devices that our own pages use, and nobody in them.
const OUR_DEVICES: HeaderValue = HeaderValue::from_static("display-capture=(self), microphone=(self)");
/// What is rendered for one visitor.
const FOR_ONE_VISITOR: HeaderValue = HeaderValue::from_static("no-cache, private");

/// The whole server.
pub(crate) fn router(state: AppState) -> Router {
    Router::new()
        .route("/api/health", get(ops::health))
        .nest_service("/pkg", packages(&state))
        .merge(visits(&state))
        .layer(CompressionLayer::new().br(true).gzip(true))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .layer(always(header::REFERRER_POLICY, HeaderValue::from_static("same-origin")))
        .layer(always(header::CONTENT_SECURITY_POLICY, NOT_FRAMED))
        .layer(always(HeaderName::from_static("permissions-policy"), OUR_DEVICES))
        .with_state(state)
}

/// Whatever depends on who asks.
fn visits(state: &AppState) -> Router<AppState> {
    let app = {
        let options = state.options.clone();
        move || shell(options.clone())
    };
    Router::new()
        .route("/ws", get(signalling::upgrade))
        .merge(identity::routes())
        .route("/api/rooms/{code}", get(ops::room))
        .route("/api/rooms/{id}/listeners", get(ops::listeners))
        .route("/api/rooms/{id}/realtime", get(ops::realtime))
        .route("/api/ice-servers", get(ops::ice_servers))
        .route("/room/{code}/qr.svg", get(invitation::picture))
        .leptos_routes_with_context(state, generate_route_list(App), context(state), app)
        .fallback_service(files(state))
        .layer(from_fn(give_status))
        .layer(unless_set(header::CACHE_CONTROL, FOR_ONE_VISITOR))
        .layer(from_fn_with_state(state.clone(), check_origin))
        .layer(from_fn_with_state(state.clone(), identify))
        .layer(from_fn(require_path))
}

/// Pages cannot be drawn for a request that names an authority and no path (RFC 9112, section 3.2.3).
async fn require_path(request: Request, next: Next) -> Response {
    match request.uri().path_and_query() {
        Some(_) => next.run(request).await,
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// What every server function finds in its context.
fn context(state: &AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    let backend: Arc<dyn Backend> = state.node.clone();
    move || provide_context(backend.clone())
}

/// The wasm, its script and the styles.
fn packages(state: &AppState) -> Router {
    let files = ServeDir::new(site(state).join(&*state.options.site_pkg_dir));
    let files = files.precompressed_br().precompressed_gzip();
    Router::new()
        .fallback_service(files)
        .layer(from_fn_with_state(state.options.hash_files, keep_for_ever))
        .layer(unless_set(header::VARY, BY_ENCODING))
}

/// The other files of the site; whatever is none of them gets the page that says so.
fn files(state: &AppState) -> Router {
    let missing = get(missing_page).with_state(state.clone());
    let files = ServeDir::new(site(state)).precompressed_br().precompressed_gzip();
    let files = files.append_index_html_on_directories(false).fallback(missing);
    Router::new().fallback_service(files).layer(unless_set(header::CACHE_CONTROL, FOR_AN_HOUR))
}

async fn missing_page(State(state): State<AppState>, request: Request) -> Response {
    let options = state.options.clone();
    let render = render_app_async_with_context(context(&state), move || shell(options.clone()));
    let mut response = render(request).await;
    if response.status().is_success() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response.headers_mut().insert(header::CACHE_CONTROL, FOR_ONE_VISITOR);
    response
}

/// A hashed name never means another content. Without hashing, and for what is not there, an hour is enough.
async fn keep_for_ever(State(is_hashing): State<bool>, request: Request, next: Next) -> Response {
    let name = request.uri().path().rsplit('/').next().unwrap_or_default();
    let is_hashed = is_hashing && name.split('.').count() > 2;
    let mut response = next.run(request).await;
    match response.status() {
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED => {
            let cache = if is_hashed { IMMUTABLE } else { FOR_AN_HOUR };
            response.headers_mut().insert(header::CACHE_CONTROL, cache);
        }
        _ => {}
    }
    response
}

fn site(state: &AppState) -> &Path {
    Path::new(&*state.options.site_root)
}

fn always(name: HeaderName, value: HeaderValue) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, value)
}

fn unless_set(name: HeaderName, value: HeaderValue) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, value)
}
