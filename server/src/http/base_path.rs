//! Serves the whole site below a path, such as `https://example.org/hear`. Only the pages know the path, because their
//! links contain it.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, Uri, header, uri::PathAndQuery},
    response::{IntoResponse, Response},
};
use tower::{ServiceExt, service_fn};

/// The site below this path. Removes the path from requests, if a proxy has not done so, and adds it to the redirects
/// in responses.
pub(crate) fn below(base: &str, site: Router) -> Router {
    let base: Arc<str> = base.into();
    let service = service_fn(move |request: Request| {
        let (base, site) = (base.clone(), site.clone());
        async move { Ok::<_, Infallible>(answer(&base, site, request).await) }
    });
    Router::new().fallback_service(service)
}

async fn answer(base: &str, site: Router, mut request: Request<Body>) -> Response {
    if request.uri().path() == base {
        // The router in the browser needs a URL below the path, so `/hear` redirects to `/hear/`.
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        return (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, format!("{base}/{query}"))]).into_response();
    }
    if let Some(uri) = inner(base, request.uri()) {
        *request.uri_mut() = uri;
    }
    let mut response = site.oneshot(request).await.into_response();
    let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    let outer = location.filter(|location| location.starts_with('/')).map(|location| format!("{base}{location}"));
    if let Some(outer) = outer.and_then(|outer| HeaderValue::try_from(outer).ok()) {
        response.headers_mut().insert(header::LOCATION, outer);
    }
    response
}

/// The URL without the path; `None` if it does not begin with it.
fn inner(base: &str, uri: &Uri) -> Option<Uri> {
    let inner = uri.path_and_query()?.as_str().strip_prefix(base).filter(|rest| rest.starts_with('/'))?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(inner).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_removed_only_as_a_whole() {
        let inner = |uri: &'static str| inner("/hear", &Uri::from_static(uri)).map(|uri| uri.to_string());
        assert_eq!(inner("/hear/room/ABC234?x=1").as_deref(), Some("/room/ABC234?x=1"));
        assert_eq!(inner("https://example.org/hear/").as_deref(), Some("https://example.org/"));
        for other in ["/", "/room/ABC234", "/hearing", "/hear?x"] {
            assert_eq!(inner(other), None, "{other}");
        }
    }
}
