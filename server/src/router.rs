//! All paths of the server.

use std::{path::Path, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use heartogether::limits::FRAME_BYTES;
use heartogether_app::{
    App,
    api::Backend,
    install::WithoutWorker,
    routes::{self, BasePath},
    shell,
};
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use tower_http::{
    compression::CompressionLayer, limit::RequestBodyLimitLayer, services::ServeDir,
    set_header::SetResponseHeaderLayer, timeout::TimeoutLayer,
};

use crate::{
    auth::{self, check_origin, identify},
    error::give_status,
    http::{
        CHECKED_EACH_TIME, FOR_AN_HOUR, FOR_ONE_VISITOR, IMMUTABLE, add_page_policy, add_security_headers, admit,
        below, check_host, cors, identify_request, measure, meet, require_host, tell,
    },
    install, invitation, json_api, language, markup, pictures,
    state::AppState,
    websocket,
};

/// A file stands beside its compressed copies under one name.
const BY_ENCODING: HeaderValue = HeaderValue::from_static("accept-encoding");
/// How long a request may take, including its body. Does not apply to upgraded connections.
const REQUEST: Duration = Duration::from_secs(30);
/// How long an upload may take: 10 MB at 300 kbit/s.
const UPLOAD: Duration = Duration::from_secs(300);

/// The whole server.
pub(crate) fn router(state: AppState) -> Router {
    let router = Router::new()
        .merge(json_api::routes_for_all())
        .route("/locale/{name}", get(language::texts))
        .merge(install::routes(&state))
        .nest_service("/pkg", packages(&state))
        .merge(for_visitors(&state, visits(&state)))
        .layer(CompressionLayer::new().br(true).gzip(true))
        .layer(RequestBodyLimitLayer::new(FRAME_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST));
    // An upload counts its bytes itself.
    let uploads = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, UPLOAD);
    let router = router.merge(for_visitors(&state, pictures::routes()).layer(uploads));
    let router = match cors(state.node.config.frontend_origins()) {
        Some(cors) => router.layer(cors),
        None => router,
    };
    let hsts_seconds = state.node.config.http.hsts_seconds();
    let router = router.layer(from_fn(require_host)).layer(from_fn_with_state(hsts_seconds, add_security_headers));
    let router = router.layer(from_fn_with_state(state.clone(), meet)).layer(from_fn(measure));
    let router = router.layer(from_fn_with_state(state.clone(), identify_request));
    match state.node.config.base_path().to_owned() {
        base if base.is_empty() => router.with_state(state),
        base => below(&base, router.with_state(state)),
    }
}

/// Whatever depends on who asks.
fn visits(state: &AppState) -> Router<AppState> {
    let app = {
        let options = state.options.clone();
        move || shell(options.clone())
    };
    Router::new()
        .route("/ws", get(websocket::upgrade))
        .merge(auth::routes())
        .merge(json_api::routes())
        .route("/room/{code}/qr.svg", get(invitation::picture))
        .route("/lounge/{code}/diagrams/{name}", get(markup::diagram))
        .route("/language", post(language::choose))
        .route(routes::SHARE, get(install::share))
        .leptos_routes_with_context(state, generate_route_list(App), context(state), app)
        .fallback_service(files(state))
}

/// Routes with what is asked about every visitor.
fn for_visitors(state: &AppState, routes: Router<AppState>) -> Router<AppState> {
    routes
        .layer(from_fn(give_status))
        .layer(unless_set(header::CACHE_CONTROL, FOR_ONE_VISITOR))
        .layer(from_fn_with_state(state.clone(), check_origin))
        .layer(from_fn_with_state(state.clone(), identify))
        .layer(from_fn_with_state(state.clone(), check_host))
        .layer(from_fn_with_state(state.clone(), admit))
        .layer(from_fn_with_state(state.clone(), tell))
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
    let base = BasePath(state.node.config.base_path().into());
    let has_worker = state.node.config.http.has_worker();
    let reload_port = std::env::var_os("LEPTOS_WATCH").map(|_| state.node.config.leptos_reload_port);
    let code_files = state.code_files.clone();
    move || {
        if let Some(files) = &code_files {
            provide_context(files.clone());
        }
        provide_context(backend.clone());
        provide_context(base.clone());
        if !has_worker {
            provide_context(WithoutWorker);
        }
        add_page_policy(reload_port);
    }
}

/// The wasm, its script and the styles.
fn packages(state: &AppState) -> Router {
    let files = ServeDir::new(site(state).join(&*state.options.site_pkg_dir));
    let files = files.precompressed_br().precompressed_gzip();
    Router::new()
        .fallback_service(files)
        .layer(from_fn_with_state(state.options.hash_files, cache_by_name))
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

/// A hashed name never means another content. Without hashing, as under `cargo leptos watch`, browsers check whether a file
/// changed, so that a reloaded page has the current scripts and styles.
async fn cache_by_name(State(is_hashing): State<bool>, request: Request, next: Next) -> Response {
    let name = request.uri().path().rsplit('/').next().unwrap_or_default();
    let is_hashed = is_hashing && name.split('.').count() > 2;
    let mut response = next.run(request).await;
    match response.status() {
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED => {
            let cache = if is_hashed { IMMUTABLE } else { CHECKED_EACH_TIME };
            response.headers_mut().insert(header::CACHE_CONTROL, cache);
        }
        _ => {}
    }
    response
}

fn site(state: &AppState) -> &Path {
    Path::new(&*state.options.site_root)
}

fn unless_set(name: HeaderName, value: HeaderValue) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, value)
}
