//! The texts of a language for pages that switch to it, and the switch for pages without a script.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use heartogether_app::locale::{Language, file};
use serde::Deserialize;

use crate::{http::IMMUTABLE, state::Node};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// `GET /locale/{tag}.{version}.json`: under this name it never changes.
pub(crate) async fn texts(Path(name): Path<String>) -> Result<([(HeaderName, HeaderValue); 2], String), StatusCode> {
    let headers = [(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, IMMUTABLE)];
    file(&name).map(|texts| (headers, texts)).ok_or(StatusCode::NOT_FOUND)
}

/// What the switch's form sends.
#[derive(Deserialize)]
pub(crate) struct Choice {
    language: String,
}

/// `POST /language`: keeps the choice in a cookie and leads back to the page that the form stands on. An unknown
/// language changes nothing.
pub(crate) async fn choose(State(node): State<Arc<Node>>, headers: HeaderMap, Form(choice): Form<Choice>) -> Response {
    let base = node.config.base_path();
    let cookie = Language::from_tag(&choice.language).map(|language| language.cookie(&format!("{base}/")));
    let cookie = cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok());
    let referer = headers.get(header::REFERER).and_then(|referer| referer.to_str().ok());
    let mut response = Redirect::to(&page_of(referer.unwrap_or_default(), base)).into_response();
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    response
}

/// The path within this site of the page at an address. Whatever site the address names, the way leads to this one.
fn page_of(address: &str, base: &str) -> String {
    let address: Option<Uri> = address.parse().ok();
    let path = address.as_ref().and_then(Uri::path_and_query).map_or("", |path| path.as_str());
    let path = path.strip_prefix(base).unwrap_or_default();
    // Browsers take two of them for the beginning of another site.
    let is_ours = path.starts_with('/') && !path[1..].starts_with(['/', '\\']);
    if is_ours { path.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_a_page_of_this_site() {
        for (address, base, path) in [
            ("https://hear.example/room/ABC234?x=1", "", "/room/ABC234?x=1"),
            ("https://hear.example/hear/login?next=/new", "/hear", "/login?next=/new"),
            ("https://evil.example/room/ABC234", "", "/room/ABC234"),
            ("https://hear.example", "", "/"),
            ("https://hear.example//evil.example", "", "/"),
            ("https://hear.example/\\evil.example", "", "/"),
            ("https://hear.example/hear//evil.example", "/hear", "/"),
            ("https://hear.example/elsewhere", "/hear", "/"),
            ("https://hear.example/hearing", "/hear", "/"),
            ("//evil.example/x", "", "/"),
            ("not an address", "", "/"),
            ("", "", "/"),
        ] {
            assert_eq!(page_of(address, base), path, "{address}");
        }
    }
}
