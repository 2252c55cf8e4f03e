//! The id of a request, by which all log lines about it are found: also those of a proxy in front, if that has chosen the id.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::{Instrument, Span, error_span, field};

use super::Peer;
use crate::{random, state::Node};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest id that is taken from a proxy. A UUID has 36 characters.
const LONGEST: usize = 64;

/// Gives the request an id, which every log line about it carries, and the response too. Only a trusted proxy chooses it: anybody
/// else could have their requests found under the id of others.
pub(crate) async fn identify_request(State(node): State<Arc<Node>>, request: Request, next: Next) -> Response {
    let trusted = node.config.http.trusted_proxies();
    let is_trusted = request.extensions().get::<Peer>().is_some_and(|peer| trusted.contain(peer.address));
    let given = is_trusted.then(|| well_formed(request.headers())).flatten();
    let id = given.unwrap_or_else(made);
    // No path: those of rooms contain their codes, which let people in.
    let method = request.method().clone();
    // At this level it is in the lines of errors too, whatever LOG is.
    let span = error_span!("request", otel.kind = "server", request_id = id.to_str().unwrap_or_default(), %method, status = field::Empty);
    let answered = async {
        let mut response = next.run(request).await;
        let status = response.status().as_u16();
        Span::current().record("status", status);
        tracing::debug!(status, "the request is answered");
        response.headers_mut().insert(X_REQUEST_ID, id);
        response
    };
    answered.instrument(span).await
}

/// The id that a proxy has chosen, if it is one that can stand in a log.
fn well_formed(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut ids = headers.get_all(X_REQUEST_ID).iter();
    let id = ids.next().filter(|_| ids.next().is_none())?;
    let is_sign = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let bytes = id.as_bytes();
    ((1..=LONGEST).contains(&bytes.len()) && bytes.iter().all(is_sign)).then(|| id.clone())
}

/// A new one, which nobody else has.
fn made() -> HeaderValue {
    HeaderValue::try_from(format!("{:032x}", random::bits())).unwrap_or(HeaderValue::from_static("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(ids: &[&'static [u8]]) -> bool {
        let lines = ids.iter().map(|id| (X_REQUEST_ID, HeaderValue::from_bytes(id).expect("a header value")));
        well_formed(&lines.collect()).is_some()
    }

    #[test]
    fn an_id_that_could_forge_a_log_line_is_not_taken() {
        assert!(taken(&[b"7d9c1f9a-3a1e-4a6e-9b1c-5d0f7a3e2b11"]));
        assert!(taken(&[b"a.B_9"]));
        for id in [&b""[..], b"a b", b"a\tb", b"\"", b"a=b", b"\xc3\xa4", &[b'a'; LONGEST + 1]] {
            let id: &'static [u8] = Box::leak(id.to_vec().into_boxed_slice());
            assert!(!taken(&[id]), "{id:?}");
        }
        assert!(!taken(&[b"one", b"two"]), "which one?");
        assert!(!taken(&[]));
    }

    #[test]
    fn no_two_are_the_same() {
        assert!(well_formed(&[(X_REQUEST_ID, made())].into_iter().collect()).is_some());
        assert_ne!(made(), made());
    }
}
