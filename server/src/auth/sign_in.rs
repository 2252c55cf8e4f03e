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

use super::providers::{Ask, OpenIdProvider, SignInError};
use crate::{
    error::{Answer, explain},
    http::SEC_FETCH_SITE,
    state::Node,
};
pub(super) use callback::complete;
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
