//! Who is this request: a session cookie leads to an account, and nothing a client says is believed.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use heartogether::refusal::Refusal;
use heartogether_app::api::{ApiError, Visitor};
use sha2::{Digest, Sha256};

use crate::{
    config::CookieSettings,
    error::{Answer, ServerError},
    random,
    state::Node,
    store::TokenHash,
};

const TOKEN_BYTES: usize = 32;

/// The secret a browser signs its requests with: 256 bits from the operating system.
pub(crate) struct SessionToken([u8; TOKEN_BYTES]);

impl SessionToken {
    pub(crate) fn draw() -> Self {
        Self(random::bytes())
    }

    fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 2 * TOKEN_BYTES && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let mut bytes = [0; TOKEN_BYTES];
        for (index, byte) in bytes.iter_mut().enumerate().take_while(|_| digits) {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
        }
        digits.then_some(Self(bytes))
    }

    /// What the session is kept under.
    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }

    /// The `Set-Cookie` header that hands the token to the browser (RFC 6265).
    pub(crate) fn cookie(&self, settings: &CookieSettings) -> Result<HeaderValue, ServerError> {
        let CookieSettings { session_cookie_name: name, session_ttl_seconds: ttl, session_cookie_secure, .. } =
            settings;
        let token: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let secure = if *session_cookie_secure == Some(true) { "; Secure" } else { "" };
        let cookie = format!("{name}={token}; HttpOnly; SameSite=Lax; Path=/; Max-Age={ttl}{secure}");
        let mut cookie = HeaderValue::try_from(cookie)?;
        cookie.set_sensitive(true);
        Ok(cookie)
    }
}

/// Finds out who asks, and puts the [`Visitor`] into the request.
pub(crate) async fn identify(State(node): State<Arc<Node>>, mut request: Request, next: Next) -> Response {
    let token = session_token(request.headers(), &node.config.cookie.session_cookie_name);
    let account = match token {
        Some(token) => node.store.find_session(token.hash(), node.clock.now()).await,
        None => Ok(None),
    };
    match account {
        Ok(account) => {
            let authority = authority(&request);
            request.extensions_mut().insert(Visitor { account, authority });
            next.run(request).await
        }
        Err(error) => Answer(ApiError::from(ServerError::from(error))).into_response(),
    }
}

/// Lets a page change something only if it is one of ours.
pub(crate) async fn check_origin(State(node): State<Arc<Node>>, request: Request, next: Next) -> Response {
    let changes_nothing = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    match changes_nothing || node.origins.allow(request.headers()) {
        true => next.run(request).await,
        false => Answer::from(Refusal::OriginNotAllowed).into_response(),
    }
}

/// The host and port that the request names, if a link can begin with them.
fn authority(request: &Request) -> Option<String> {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or(request.uri().authority().map(|authority| authority.as_str()))?;
    let is_plain = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b));
    is_plain.then(|| host.to_owned())
}

fn session_token(headers: &HeaderMap, name: &str) -> Option<SessionToken> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).and_then(|(_, token)| SessionToken::parse(token))
}
