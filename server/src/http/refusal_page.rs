//! The page for a request that is refused before a page is rendered: a few words without script and style, as cheap as
//! the refusal. Programs, and scripts of our pages, get JSON.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use heartogether::refusal::Refusal;
use heartogether_app::locale::{Language, refusal_text};

use crate::{
    error::{Answer, status_of},
    metrics::count_refusal,
};

/// Says what the browser does with the response (Fetch Metadata Request Headers).
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Refuses a request in the form that its sender understands. `advice` is one more sentence for people; it must not
/// contain text of the request.
pub(crate) fn refuse(refusal: Refusal, headers: &HeaderMap, advice: impl FnOnce(Language) -> String) -> Response {
    if !wants_page(headers) {
        return Answer::from(refusal).into_response();
    }
    count_refusal(refusal);
    let language = Language::asked_for(headers);
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>HearTogether</title></head>\
         <body><main data-refusal=\"{code}\"><h1>HearTogether</h1><p>{text}</p><p>{advice}</p></main></body></html>\n",
        tag = language.tag(),
        code = refusal.code(),
        text = refusal_text(language, refusal),
        advice = advice(language),
    );
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // By this the service worker tells it from a proxy's page.
        (header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag())),
    ];
    (status_of(&refusal.into()), headers, Html(page)).into_response()
}

/// No advice.
pub(crate) fn no_advice(_: Language) -> String {
    String::new()
}

/// Whether a browser will show the response. Browsers that do not say so ask for HTML.
fn wants_page(headers: &HeaderMap) -> bool {
    let accepts = || headers.get_all(header::ACCEPT).iter().any(|accept| accept.as_bytes().starts_with(b"text/html"));
    headers.get(SEC_FETCH_MODE).map_or_else(accepts, |mode| mode == "navigate")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_navigation_gets_a_page() {
        let wants = |headers: &[(HeaderName, &'static str)]| {
            let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
            wants_page(&headers.collect())
        };
        assert!(wants(&[(SEC_FETCH_MODE, "navigate"), (header::ACCEPT, "text/html,*/*;q=0.8")]));
        assert!(wants(&[(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")]));
        assert!(!wants(&[(SEC_FETCH_MODE, "cors"), (header::ACCEPT, "text/html")]));
        assert!(!wants(&[(header::ACCEPT, "application/json")]));
        assert!(!wants(&[]));
    }
}
