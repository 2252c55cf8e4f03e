//! Headers with which every response makes browsers refuse foreign scripts, frames, and devices that our pages do not
//! use.

use std::fmt::Write;

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header, request::Parts},
    middleware::Next,
    response::Response,
};
use heartogether_app::api::Caller;
use leptos::prelude::{use_context, use_nonce};
use leptos_axum::ResponseOptions;

/// For responses that are not pages: browsers run nothing in them and do not frame them, whatever their content claims
/// to be.
const NO_PAGE: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
/// First the features that our own pages use, then those that no page uses.
const OUR_DEVICES: HeaderValue = HeaderValue::from_static(
    "autoplay=(self), clipboard-write=(self), display-capture=(self), microphone=(self), screen-wake-lock=(self), speaker-selection=(self), \
     accelerometer=(), camera=(), clipboard-read=(), encrypted-media=(), fullscreen=(), geolocation=(), \
     gyroscope=(), hid=(), idle-detection=(), magnetometer=(), midi=(), payment=(), picture-in-picture=(), \
     publickey-credentials-get=(), serial=(), usb=(), xr-spatial-tracking=()",
);
/// Headers that are the same for every response. A response that needs another value, such as a page its policy, has
/// set it before.
const ALWAYS: [(HeaderName, HeaderValue); 7] = [
    (header::CONTENT_SECURITY_POLICY, NO_PAGE),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // For browsers that do not know `frame-ancestors`.
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    // The form handler without a script returns to the page that this header names.
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("permissions-policy"), OUR_DEVICES),
];

/// Adds the headers to every response. Browsers that came over HTTPS use nothing else for `hsts_seconds` (RFC 6797).
pub(crate) async fn add_security_headers(State(hsts_seconds): State<u64>, request: Request, next: Next) -> Response {
    let is_secure = request.extensions().get::<Caller>().is_some_and(|caller| caller.is_secure);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(value);
    }
    let max_age = HeaderValue::try_from(format!("max-age={hsts_seconds}")).ok().filter(|_| is_secure);
    headers.extend(max_age.map(|max_age| (header::STRICT_TRANSPORT_SECURITY, max_age)));
    response
}

/// Gives the page that is being rendered a policy with its own nonce. `reload_port` is the port of cargo-leptos'
/// messages. Has no effect in a server function, which renders no page.
pub(crate) fn add_page_policy(reload_port: Option<u32>) {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    let caller = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Caller>().cloned());
    let policy = page_policy(&nonce, &caller.unwrap_or_default(), reload_port);
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// The policy of our pages (Content Security Policy Level 3): scripts, styles and sounds come from this server or carry
/// this response's nonce. `'wasm-unsafe-eval'` allows WebAssembly to be compiled, but no text to be run.
fn page_policy(nonce: &str, caller: &Caller, reload_port: Option<u32>) -> String {
    let mut policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self'; font-src 'self'; media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'; object-src 'none'; connect-src 'self'"
    );
    // In older browsers `'self'` does not include WebSockets of the same origin.
    let own = caller.authority.iter().flat_map(|authority| {
        let schemes: &[&str] = if caller.is_secure { &["wss"] } else { &["ws", "wss"] };
        schemes.iter().map(move |scheme| format!(" {scheme}://{authority}"))
    });
    policy.extend(own);
    if let Some(port) = reload_port {
        // Writing to a string cannot fail.
        let _ = write!(policy, " ws://*:{port}");
    }
    policy
}

#[cfg(test)]
mod tests {
    use heartogether_headers::authority::Authority;

    use super::*;

    #[test]
    fn the_policy_names_only_the_requested_host() {
        let caller = Caller { authority: Authority::parse("hear.example:8443"), is_secure: true, ..Caller::default() };
        let policy = page_policy("n0nce", &caller, None);
        assert!(policy.contains("script-src 'self' 'nonce-n0nce' 'wasm-unsafe-eval'; style-src 'self' 'nonce-n0nce';"));
        assert!(policy.ends_with("connect-src 'self' wss://hear.example:8443"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'") && !policy.contains('*'));
        let plain = page_policy("n0nce", &Caller { is_secure: false, ..caller }, Some(3001));
        assert!(plain.ends_with("connect-src 'self' ws://hear.example:8443 wss://hear.example:8443 ws://*:3001"));
    }
}
