//! What every request passes: who sends it, and whether its page may change something.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use heartogether::refusal::Refusal;
use heartogether_app::api::{ApiError, Caller, SessionKey, Visitor};

use super::{browser_cookie, programs::is_program, session::CurrentSession};
use crate::{
    error::Answer,
    http::{no_advice, refuse},
    state::Node,
};

/// Finds out who asks, and adds the [`Visitor`] and the [`CurrentSession`] to the request. Renews the session if it is
/// time.
pub(crate) async fn identify(State(node): State<Arc<Node>>, mut request: Request, next: Next) -> Response {
    let mut caller = request.extensions().get::<Caller>().cloned().unwrap_or_default();
    let bearer = bearer(request.headers());
    let program = match bearer.filter(|token| is_program(token)) {
        Some(token) => match node.find_program(token).await {
            Ok(program) => program,
            Err(error) => return Answer(ApiError::from(error)).into_response(),
        },
        None => None,
    };
    let found = match bearer {
        Some(token) => node.find_session([token].into_iter()).await,
        None => node.find_browser_session(request.headers(), &caller).await,
    };
    let (account, session) = match found {
        Ok(Some((account, session))) => (account, Some(session)),
        Ok(None) => (None, None),
        Err(error) => return Answer(ApiError::from(error)).into_response(),
    };
    let due = session.clone().filter(|session| bearer.is_none() && session.is_due());
    caller.browser = browser_cookie::bits_of(request.headers());
    let is_browser = bearer.is_none();
    let guests = node.config.auth.guests();
    let key = session.as_ref().map(|session| SessionKey(session.hash().0));
    let outdated = node.outdated_cookies(request.headers(), &caller).ok().flatten();
    request.extensions_mut().insert(Visitor { account, session: key, guests, caller: caller.clone() });
    if let Some(session) = session {
        request.extensions_mut().insert(session);
    }
    // A program is no visitor: it may do nothing where nobody asks what its token allows.
    if let Some(program) = program {
        request.extensions_mut().insert(program);
    }
    let response = next.run(request).await;
    let mut response = match due {
        Some(session) => renew(&node, &session, &caller, outdated, response).await,
        None => response,
    };
    if is_browser {
        browser_cookie::add_cookie(&node, &caller, &mut response);
    }
    response
}

/// Renews the session in the response, unless the response may be cached or sets the session itself. Deletes the
/// browser's cookie of the old name.
async fn renew(
    node: &Node,
    session: &CurrentSession,
    caller: &Caller,
    outdated: Option<HeaderValue>,
    mut response: Response,
) -> Response {
    let headers = response.headers_mut();
    let is_shared = headers.get(header::CACHE_CONTROL).is_some_and(|cache| cache.as_bytes().starts_with(b"public"));
    if is_shared || headers.contains_key(header::SET_COOKIE) {
        return response;
    }
    match node.renew(session, caller).await {
        Ok(Some(cookie)) => {
            for cookie in [cookie].into_iter().chain(outdated) {
                headers.append(header::SET_COOKIE, cookie);
            }
        }
        Ok(None) => {}
        // The session stays as it is; the next request tries again.
        Err(error) => _ = error.report(),
    }
    response
}

/// Lets a page change something only if its origin is allowed.
pub(crate) async fn check_origin(State(node): State<Arc<Node>>, request: Request, next: Next) -> Response {
    let changes_nothing = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let caller = request.extensions().get::<Caller>().cloned().unwrap_or_default();
    let is_allowed = changes_nothing || node.origins.allow(request.headers(), &caller);
    if is_allowed {
        return next.run(request).await;
    }
    node.setup_hints.note_foreign_origin(request.headers(), &caller);
    refuse(Refusal::OriginNotAllowed, request.headers(), no_advice)
}

/// The token of a program that keeps no cookies (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) =
        headers.get(header::AUTHORIZATION).and_then(|value: &HeaderValue| value.to_str().ok())?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
