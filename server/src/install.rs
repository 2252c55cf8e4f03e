//! What browsers need to install the site: the manifest, the service worker and its page, and what other programs share
//! with the installed app. All but the last are the same for every visitor who speaks one language.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use heartogether::id::RoomCode;
use heartogether_app::{
    install::{OFFLINE_SCRIPT, OfflinePage, counting_icon, manifest, retired_worker, worker},
    locale::Language,
    routes,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{
    http::{CHECKED_EACH_TIME, FOR_AN_HOUR},
    state::AppState,
};

const MANIFEST: HeaderValue = HeaderValue::from_static("application/manifest+json");
const SVG: HeaderValue = HeaderValue::from_static("image/svg+xml");
const SCRIPT: HeaderValue = HeaderValue::from_static("text/javascript; charset=utf-8");
/// A worker runs no other script, and asks only this server.
const WORKER_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; connect-src 'self'");
/// What a response for a language depends on where the address does not name it.
const BY_LANGUAGE: HeaderValue = HeaderValue::from_static("cookie, accept-language");
/// The style's name where names carry no hashes.
const PLAIN_STYLE: &str = "heartogether.css";

/// What is served, as it was when the server started.
struct Installable {
    base: String,
    worker: String,
    /// Names the worker's content (RFC 9110, section 8.8.3).
    worker_tag: HeaderValue,
    /// By language, in their order.
    offline_pages: [String; Language::ALL.len()],
    offline_policy: HeaderValue,
}

/// The paths of what is the same for every visitor.
pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    let installable = Arc::new(Installable::new(state));
    Router::new()
        .route(routes::MANIFEST, get(send_manifest))
        .route(routes::WORKER, get(send_worker))
        .route(routes::OFFLINE, get(send_offline_page))
        .route(&format!("{}/{{count}}", routes::COUNTING_ICON), get(send_counting_icon))
        .with_state(installable)
}

impl Installable {
    fn new(state: &AppState) -> Self {
        let package = &*state.options.site_pkg_dir;
        let names = match state.options.hash_files {
            true => hashed_names(&std::path::Path::new(&*state.options.site_root).join(package)),
            false => Vec::new(),
        };
        let style = names.iter().find(|name| name.ends_with(".css"));
        let in_package = |name: &String| format!("{package}/{name}");
        let hashed_style = style.map(in_package);
        let plain_style = || format!("{package}/{PLAIN_STYLE}");
        let texts = Language::ALL.map(|language| routes::texts(language).trim_start_matches('/').to_owned());
        let files: Vec<String> = names.iter().map(in_package).chain(texts).collect();
        let base = state.node.config.base_path().to_owned();
        let style = format!("/{}", hashed_style.clone().unwrap_or_else(plain_style));
        let offline_pages = Language::ALL.map(|language| OfflinePage { language, base: &base, style: &style }.html());
        // Another page has another name, so a new worker keeps it beside that of the last one.
        let version = fingerprint(&offline_pages.concat());
        let offline = format!("{}?{version}", routes::OFFLINE.trim_start_matches('/'));
        let shell: Vec<String> = [offline].into_iter().chain(hashed_style).collect();
        let worker = match state.node.config.http.has_worker() {
            true => worker(&shell, &files),
            false => retired_worker(),
        };
        Self { worker_tag: tag(&worker), base, worker, offline_pages, offline_policy: offline_policy() }
    }
}

/// The files whose names carry the hash of their content, except what only the server reads and the compressed copies.
fn hashed_names(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let is_hashed = |name: &String| {
        let parts: Vec<&str> = name.split('.').collect();
        matches!(parts[..], [_, _, "css" | "js" | "wasm"])
    };
    let mut names: Vec<String> = names.filter(is_hashed).collect();
    names.sort();
    names
}

/// The beginning of a text's hash, in hexadecimal.
fn fingerprint(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn tag(text: &str) -> HeaderValue {
    HeaderValue::try_from(format!("\"{}\"", fingerprint(text))).expect("hexadecimal digits in quotation marks")
}

/// The policy of the offline page: its one script is known by its hash, so a kept page needs no nonce.
fn offline_policy() -> HeaderValue {
    let hash = BASE64_STANDARD.encode(Sha256::digest(OFFLINE_SCRIPT.as_str()));
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{hash}'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).expect("a policy in ASCII")
}

/// What the manifest's address says.
#[derive(Deserialize)]
struct ManifestQuery {
    language: Option<String>,
}

/// `GET /manifest.webmanifest?language=TAG`: in that language, or else in the browser's.
async fn send_manifest(
    State(installable): State<Arc<Installable>>,
    Query(ManifestQuery { language }): Query<ManifestQuery>,
    headers: HeaderMap,
) -> impl IntoResponse {
    let named = language.and_then(|tag| Language::from_tag(&tag));
    let language = named.unwrap_or_else(|| Language::asked_for(&headers));
    let headers = [
        (header::CONTENT_TYPE, MANIFEST),
        (header::CACHE_CONTROL, FOR_AN_HOUR),
        (header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag())),
        (header::VARY, BY_LANGUAGE),
    ];
    (headers, manifest(language, &installable.base))
}

/// `GET /sw.js`: browsers ask for it at every page, and take it anew if a byte of it has changed.
async fn send_worker(State(installable): State<Arc<Installable>>, headers: HeaderMap) -> Response {
    let sent = [
        (header::CACHE_CONTROL, CHECKED_EACH_TIME),
        (header::ETAG, installable.worker_tag.clone()),
        (header::CONTENT_SECURITY_POLICY, WORKER_POLICY),
    ];
    if is_known(&headers, &installable.worker_tag) {
        return (StatusCode::NOT_MODIFIED, sent).into_response();
    }
    (sent, [(header::CONTENT_TYPE, SCRIPT)], installable.worker.clone()).into_response()
}

/// Whether the browser has what this tag names. A compressed copy is the same (RFC 9110, section 8.8.3.2).
fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let lines = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut tags = lines.flat_map(|line| line.split(',')).map(|known| known.trim().trim_start_matches("W/"));
    tags.any(|known| known == tag)
}

/// `GET /offline`: what the worker keeps. Asked for it with HEAD, a page learns whether the server answers.
async fn send_offline_page(State(installable): State<Arc<Installable>>, headers: HeaderMap) -> impl IntoResponse {
    let language = Language::asked_for(&headers);
    let page = installable.offline_pages[language as usize].clone();
    let headers: [(HeaderName, HeaderValue); 4] = [
        (header::CACHE_CONTROL, CHECKED_EACH_TIME),
        (header::CONTENT_SECURITY_POLICY, installable.offline_policy.clone()),
        (header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag())),
        (header::VARY, BY_LANGUAGE),
    ];
    (headers, Html(page))
}

/// `GET /counting-icon/NUMBER`: the page's icon that says how much is unread.
async fn send_counting_icon(Path(count): Path<String>) -> Response {
    let drawn = count.parse().ok().and_then(counting_icon);
    let headers = [(header::CONTENT_TYPE, SVG), (header::CACHE_CONTROL, FOR_AN_HOUR)];
    drawn.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |drawn| (headers, drawn).into_response())
}

/// What another program shares.
#[derive(Deserialize)]
pub(crate) struct Shared {
    title: Option<String>,
    text: Option<String>,
    url: Option<String>,
}

/// `GET /share`: leads to the preview of the room that is shared, by its link or its code.
pub(crate) async fn share(Query(Shared { title, text, url }): Query<Shared>) -> Redirect {
    let parts = [url, text, title].into_iter().flatten();
    let code = parts.filter_map(|part| RoomCode::find_in(&part).ok()).next();
    Redirect::to(&code.map_or_else(routes::shared_no_room, routes::room))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_with_a_hash_in_their_names_are_kept() {
        let folder = tempfile::TempDir::new().expect("a folder");
        for name in [
            "heartogether.Ab-1_.css",
            "heartogether.Ab-1_.css.br",
            "heartogether.c2.js",
            "split_listen.d3.wasm",
            "__wasm_split_manifest.e4.json",
            "heartogether.css",
            "robots.txt",
        ] {
            std::fs::write(folder.path().join(name), name).expect("a file");
        }
        let names = ["heartogether.Ab-1_.css", "heartogether.c2.js", "split_listen.d3.wasm"];
        assert_eq!(hashed_names(folder.path()), names);
        assert!(hashed_names(&folder.path().join("none")).is_empty());
    }

    #[test]
    fn a_browser_that_has_the_worker_is_recognised() {
        let known = |sent: &'static str| {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(sent))]);
            is_known(&headers, &HeaderValue::from_static("\"a1\""))
        };
        assert!(known("\"a1\"") && known("W/\"a1\"") && known("\"b2\", \"a1\""));
        assert!(!known("\"b2\"") && !known("") && !is_known(&HeaderMap::new(), &tag("x")));
    }
}
