//! Finds out who sends a request, counts it, and tells the caller in the response how much of the limit is left.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Version, header},
    middleware::Next,
    response::Response,
};
use heartogether::refusal::Refusal;
use heartogether_app::{
    api::{Caller, Remainder},
    locale::moved_text,
};
use heartogether_headers::authority::Authority;

use super::{
    Peer,
    refusal_page::{no_advice, refuse},
};
use crate::{clock::Clock, state::Node};

const X_RATE_LIMIT_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const X_RATE_LIMIT_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const X_RATE_LIMIT_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Adds the [`Caller`] to the request. All other code uses it and does not read these headers.
pub(crate) async fn meet(State(node): State<Arc<Node>>, mut request: Request, next: Next) -> Response {
    let named = authority(&request);
    let trusted = node.config.http.trusted_proxies();
    let caller = request.extensions().get::<Peer>().map(|peer| {
        let authority = named.as_ref().ok().cloned().flatten();
        let caller = trusted.caller(peer.address, peer.is_secure, authority, request.headers());
        node.setup_hints.see(&node.config, peer, &caller, request.headers());
        caller
    });
    let caller = caller.unwrap_or_default();
    request.extensions_mut().insert(caller);
    if let Err(refusal) = named {
        request.extensions_mut().insert(MalformedHost(refusal));
    }
    next.run(request).await
}

/// Why the host of a request is not known.
#[derive(Clone, Copy)]
struct MalformedHost(Refusal);

/// Refuses requests that must name a host and do not, or name an invalid one (RFC 9112, section 3.2).
pub(crate) async fn require_host(request: Request, next: Next) -> Response {
    match request.extensions().get::<MalformedHost>() {
        Some(MalformedHost(refusal)) => refuse(*refusal, request.headers(), no_advice),
        None => next.run(request).await,
    }
}

/// Refuses requests for another host, and names the right address (RFC 9110, section 7.4).
pub(crate) async fn check_host(State(node): State<Arc<Node>>, request: Request, next: Next) -> Response {
    let named = request.extensions().get::<Caller>().and_then(|caller| caller.authority.as_ref());
    match &node.config.public_url {
        Some(url) if named.is_some_and(|named| !node.config.knows_host(named.host())) => {
            let link = format!("<a href=\"{url}/\">{url}</a>");
            refuse(Refusal::HostUnknown, request.headers(), |language| moved_text(language, &link))
        }
        _ => next.run(request).await,
    }
}

/// Counts the request for its address.
pub(crate) async fn admit(State(node): State<Arc<Node>>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>().cloned().unwrap_or_default();
    match node.rate_limits.take_request(&caller, node.clock.now()).await {
        Ok(()) => next.run(request).await,
        Err(refusal) => refuse(refusal, request.headers(), no_advice),
    }
}

/// Writes the rest of the tightest limit into the response.
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

/// The host and port that the request names (RFC 9112, section 3.2), in its target as in HTTP/2, or in its `Host`.
/// HTTP/1.0 requires none.
///
/// # Errors
/// [`Refusal::HostMalformed`] for an invalid host, for several hosts, and for none in HTTP/1.1.
pub(super) fn authority(request: &Request) -> Result<Option<Authority>, Refusal> {
    let mut lines = request.headers().get_all(header::HOST).iter();
    let (first, further) = (lines.next(), lines.next());
    if further.is_some() {
        return Err(Refusal::HostMalformed);
    }
    let named = match (request.uri().authority(), first) {
        (Some(authority), _) => authority.as_str(),
        (None, Some(host)) => host.to_str().map_err(|_| Refusal::HostMalformed)?,
        (None, None) if request.version() == Version::HTTP_11 => return Err(Refusal::HostMalformed),
        (None, None) => "",
    };
    match named.trim() {
        // A client that knows no host sends an empty one (RFC 9110, section 7.2).
        "" => Ok(None),
        named => Authority::parse(named).map(Some).ok_or(Refusal::HostMalformed),
    }
}
