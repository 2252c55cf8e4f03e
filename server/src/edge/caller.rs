//! Tells every request who calls, and every caller how much is left to them.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use heartogether_app::api::{Caller, Remainder};

use super::Peer;
use crate::{clock::Clock, error::Answer, state::Node};

const X_RATE_LIMIT_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const X_RATE_LIMIT_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const X_RATE_LIMIT_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Puts the [`Caller`] into the request. All others ask it, and nobody the headers.
pub(crate) async fn meet(State(node): State<Arc<Node>>, mut request: Request, next: Next) -> Response {
    let trusted = node.config.edge.trusted_proxies();
    let caller = request
        .extensions()
        .get::<Peer>()
        .map(|peer| trusted.caller(peer.address, peer.is_secure, authority(&request), request.headers()));
    let caller = caller.unwrap_or_default();
    request.extensions_mut().insert(caller);
    next.run(request).await
}

/// Counts the request among all that its address has made.
pub(crate) async fn admit(State(node): State<Arc<Node>>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>().cloned().unwrap_or_default();
    match node.quotas.take_request(&caller, node.clock.now()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => Answer::from(refusal).into_response(),
    }
}

/// Writes what the caller has left of the tightest limit into the answer.
pub(crate) async fn tell(State(node): State<Arc<Node>>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>().cloned().unwrap_or_default();
    let mut response = next.run(request).await;
    if let Some(quota) = caller.told.quota() {
        write(response.headers_mut(), quota, &*node.clock);
    }
    response
}

/// `X-RateLimit-Reset` is the second since 1970 in which the next window begins, `Retry-After` the seconds until then
/// (RFC 9110, section 10.2.3).
fn write(headers: &mut HeaderMap, quota: Remainder, clock: &dyn Clock) {
    let Remainder { limit, remaining, reset_at, is_exceeded } = quota;
    headers.insert(X_RATE_LIMIT_LIMIT, HeaderValue::from(limit));
    headers.insert(X_RATE_LIMIT_REMAINING, HeaderValue::from(remaining));
    let left_ms = reset_at.since_ms(clock.now());
    let reset_on = clock.date().after_ms(left_ms);
    headers.insert(X_RATE_LIMIT_RESET, HeaderValue::from(reset_on.as_millis().div_ceil(1000)));
    if is_exceeded {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(left_ms.div_ceil(1000).max(1)));
    }
}

/// The host and port that the request names; HTTP/2 has them in the address.
pub(super) fn authority(request: &Request) -> Option<&str> {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    host.or(request.uri().authority().map(|authority| authority.as_str()))
}
