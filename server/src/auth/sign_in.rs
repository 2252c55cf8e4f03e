//! Sign-in with a provider (OpenID Connect Core 1.0, section 3.1). All three routes end in a redirect, so that none of
//! their parameters stays in a browser's address bar or history.

mod callback;
pub(super) mod login_state;
mod provider_wait;

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use heartogether::{id::AccountId, refusal::Refusal};
use heartogether_app::{
    api::{Caller, Visitor},
    routes::{self, Destination},
};
use heartogether_headers::authority::Authority;
use serde::Deserialize;
use serde_json::json;

use super::{
    CurrentSession,
    providers::{Ask, OpenIdProvider, SignInError},
};
use crate::{
    error::{Answer, ServerError, explain},
    http::SEC_FETCH_SITE,
    state::Node,
};
use login_state::LoginState;
use provider_wait::ProviderWait;

/// Responses for one visitor at one moment are not cached.
const NOT_KEPT: (header::HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// The parameters of a link to a provider.
#[derive(Deserialize)]
pub(crate) struct Begin {
    #[serde(default)]
    next: String,
    /// Whether the visitor wants to choose another account at the provider. Any value means yes.
    switch: Option<String>,
    /// Whether a page that waited for the provider goes on by itself. Any value means yes.
    waited: Option<String>,
}

/// The parameters of a provider's response (RFC 6749, section 4.1.2).
#[derive(Deserialize)]
pub(crate) struct Complete {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// Why a sign-in failed. A fault is logged, and the visitor is asked to try again.
pub(super) struct Failure(Refusal);

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl<E: Into<ServerError>> From<E> for Failure {
    fn from(error: E) -> Self {
        let error = error.into();
        error.report();
        Self(if error.is_storage_down() { Refusal::StorageUnavailable } else { Refusal::SignInFailed })
    }
}

/// `GET /auth/{provider}`: redirects to the provider. A link on another site leads to the sign-in page instead, because
/// only the visitor may start a sign-in and what follows from it, such as a new room. A page that goes on by itself,
/// but was not told to wait, leads there as well.
pub(crate) async fn begin(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Query(Begin { next, switch, waited }): Query<Begin>,
) -> Result<Response, Answer> {
    let provider = node.provider(&id)?;
    let next = Destination::parse(&next);
    let wait =
        ProviderWait { provider: id.clone(), next: next.path(), switch: switch.is_some(), guest: guest_of(&visitor) };
    if is_sent_by_another_site(&headers) || waited.is_some() && !node.waits(&headers, &wait) {
        return Ok(([NOT_KEPT], Redirect::to(&routes::login_then(next))).into_response());
    }
    let callback_url = node.callback_url(provider, &visitor.caller);
    let mut flow = LoginState::draw(&id, callback_url, next, wait.guest);
    let ask = Ask {
        callback_url: &flow.callback_url,
        state: flow.state.clone(),
        nonce: &flow.nonce,
        switch: switch.is_some(),
    };
    match provider.address(ask).await {
        Ok((address, verifier)) => {
            verifier.secret().clone_into(&mut flow.verifier);
            let mut answer = ([NOT_KEPT], Redirect::to(&address)).into_response();
            let given_up = node.surplus_flow_cookies(&headers, &visitor.caller)?;
            let spent = waited.map(|_| node.spent_wait_cookie(&visitor.caller)).transpose()?;
            for cookie in given_up.into_iter().chain([node.flow_cookie(&flow, &visitor.caller)?]).chain(spent) {
                answer.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(answer)
        }
        Err(error) => {
            let path = turn_back(provider, &error, next, wait.switch);
            let cookie = (header::SET_COOKIE, node.wait_cookie(&wait, &visitor.caller)?);
            Ok(([NOT_KEPT, cookie], Redirect::to(&path)).into_response())
        }
    }
}

/// Other programs and old browsers do not send this header.
fn is_sent_by_another_site(headers: &HeaderMap) -> bool {
    headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "cross-site")
}

/// `GET /auth/{provider}/ready`: whether the provider can take visitors now.
pub(crate) async fn ready(State(node): State<Arc<Node>>, Path(id): Path<String>) -> Result<Response, Answer> {
    let ready = node.provider(&id)?.is_ready().await;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Ok((status, [NOT_KEPT], Json(json!({ "ready": ready }))).into_response())
}

/// `GET /auth/{provider}/callback`: takes a provider's response and redirects to the page that the visitor wanted.
pub(crate) async fn complete(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    session: Option<Extension<CurrentSession>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Query(told): Query<Complete>,
) -> Result<Response, Answer> {
    let provider = node.provider(&id)?;
    let Some(flow) = node.find_flow(&headers, &id, &told.state) else {
        let path = routes::login_because(Refusal::SignInExpired, Destination::Home);
        return Ok(([NOT_KEPT], Redirect::to(&path)).into_response());
    };
    let session = session.map(|Extension(session)| session);
    let spent = (header::SET_COOKIE, node.spent_flow_cookie(&flow.content, &visitor.caller)?);
    let is_current = flow.is_current(node.clock.now());
    let flow = flow.content;
    let next = Destination::parse(&flow.next);
    let outcome = match is_current {
        true => node.take_answer(provider, flow, told, &visitor, session).await,
        false => Err(Refusal::SignInExpired.into()),
    };
    match outcome {
        Ok((account, cookie)) => {
            let path = node.lead_on(&account, next, &visitor.caller).await;
            Ok(([NOT_KEPT, spent, (header::SET_COOKIE, cookie)].into_headers(), Redirect::to(&path)).into_response())
        }
        Err(Failure(why)) => {
            let path = routes::login_because(why, next);
            Ok(([NOT_KEPT, spent].into_headers(), Redirect::to(&path)).into_response())
        }
    }
}

/// Response headers. A name may occur several times.
trait IntoHeaders {
    fn into_headers(self) -> HeaderMap;
}

impl<const N: usize> IntoHeaders for [(header::HeaderName, HeaderValue); N] {
    fn into_headers(self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in self {
            headers.append(name, value);
        }
        headers
    }
}

impl Node {
    fn provider(&self, id: &str) -> Result<&Arc<OpenIdProvider>, Refusal> {
        let providers = &self.auth.providers;
        providers.iter().find(|provider| provider.settings().id == id).ok_or(Refusal::ProviderUnknown)
    }

    /// The callback URL: as the settings say, otherwise below the address that the visitor uses.
    fn callback_url(&self, provider: &OpenIdProvider, caller: &Caller) -> String {
        let settings = provider.settings();
        let here = || match &self.config.public_url {
            Some(url) => url.to_string(),
            None => {
                let scheme = if caller.is_on_https { "https" } else { "http" };
                let authority = caller.authority.as_ref().map_or("localhost".to_owned(), Authority::to_string);
                format!("{scheme}://{authority}")
            }
        };
        settings.callback_url.clone().unwrap_or_else(|| format!("{}/auth/{}/callback", here(), settings.id))
    }
}

fn guest_of(visitor: &Visitor) -> Option<AccountId> {
    visitor.account.as_ref().filter(|account| account.is_guest()).map(|account| account.id)
}

/// The URL of the sign-in page with the reason why the sign-in failed.
fn turn_back(provider: &OpenIdProvider, error: &SignInError, next: Destination, switch: bool) -> String {
    tracing::warn!(provider = provider.settings().id, "the way to a sign-in provider: {}", explain(error));
    match error {
        SignInError::Unreachable(_) => routes::login_waiting(&provider.settings().id, next, switch),
        SignInError::Untrusted(_) => routes::login_because(error.into(), next),
    }
}

/// RFC 6749, section 4.1.2.1, and OpenID Connect Core 1.0, section 3.1.2.6.
fn refusal_of(error: &str) -> Refusal {
    match error {
        "access_denied"
        | "interaction_required"
        | "login_required"
        | "consent_required"
        | "account_selection_required" => Refusal::SignInCancelled,
        "temporarily_unavailable" | "server_error" => Refusal::ProviderUnreachable,
        _ => Refusal::SignInFailed,
    }
}
