//! Redirects from plain HTTP to HTTPS.

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use super::client_address::authority;
use crate::json_api;

/// The default port of HTTPS, which URLs leave out.
const HTTPS_PORT: u16 = 443;

/// Redirects all requests to `https_port` of the same host, except the health check.
pub(crate) fn to_https(https_port: u16) -> Router {
    Router::new().route("/api/health", get(json_api::health)).fallback(redirect).with_state(https_port)
}

/// A permanent redirect that keeps the method (RFC 9110, section 15.4.9).
async fn redirect(State(https_port): State<u16>, request: Request) -> Response {
    match address(https_port, &request) {
        Some(address) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, address)]).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn address(https_port: u16, request: &Request) -> Option<HeaderValue> {
    let authority = authority(request).ok()??;
    let host = authority.host();
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let address = match https_port {
        HTTPS_PORT => format!("https://{host}{path}"),
        port => format!("https://{host}:{port}{path}"),
    };
    HeaderValue::try_from(address).ok()
}
