//! The way to a sign-in provider and back (OpenID Connect Core 1.0, section 3.1): three routes, each of which ends in a
//! redirect, so that none of their parameters stays in a browser's address bar or history.

mod flow;

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use heartogether::{id::AccountId, refusal::Refusal, room::Event};
use heartogether_app::{
    api::{Account, ApiError, Backend, Caller, Visitor},
    routes::{self, Destination},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    CurrentSession,
    cookie::comes_over_https,
    providers::{Answered, Ask, OpenIdProvider, SignInError, SignedIn},
};
use crate::{
    error::{Answer, ServerError, explain},
    random,
    state::Node,
};
use flow::Flow;

/// Nobody keeps what is for one visitor and one moment.
const NOT_KEPT: (header::HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// What a link to a provider says.
#[derive(Deserialize)]
pub(crate) struct Begin {
    #[serde(default)]
    next: String,
    /// Whether another account is wanted than the one the provider knows; anything says so.
    switch: Option<String>,
}

/// What a provider's answer says (RFC 6749, section 4.1.2).
#[derive(Deserialize)]
pub(crate) struct Complete {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// Why a sign-in ends before its time.
enum Failure {
    Refused(Refusal),
    Fault(ApiError),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl<E: Into<ServerError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Fault(error.into().into())
    }
}

/// `GET /auth/{provider}`: leads to the provider.
pub(crate) async fn begin(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Query(Begin { next, switch }): Query<Begin>,
) -> Result<Response, Answer> {
    let provider = node.provider(&id)?;
    let next = Destination::parse(&next);
    let callback_url = node.callback_url(provider, &visitor.caller);
    let mut flow = Flow::draw(&id, callback_url, next, guest_of(&visitor));
    let ask = Ask {
        callback_url: &flow.callback_url,
        state: flow.state.clone(),
        nonce: &flow.nonce,
        switch: switch.is_some(),
    };
    match provider.address(ask).await {
        Ok((address, verifier)) => {
            verifier.secret().clone_into(&mut flow.verifier);
            let cookie = node.flow_cookie(&flow, &visitor.caller)?;
            Ok(([NOT_KEPT, (header::SET_COOKIE, cookie)], Redirect::to(&address)).into_response())
        }
        Err(error) => Ok(([NOT_KEPT], Redirect::to(&turn_back(provider, &error, next))).into_response()),
    }
}

/// `GET /auth/{provider}/ready`: whether a visitor who is sent there now arrives.
pub(crate) async fn ready(State(node): State<Arc<Node>>, Path(id): Path<String>) -> Result<Response, Answer> {
    let ready = node.provider(&id)?.is_ready().await;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Ok((status, [NOT_KEPT], Json(json!({ "ready": ready }))).into_response())
}

/// `GET /auth/{provider}/callback`: takes a provider's answer and leads on to where the visitor was going.
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
        true => node.take_answer(provider, &flow, told, &visitor, session).await,
        false => Err(Refusal::SignInExpired.into()),
    };
    match outcome {
        Ok((account, cookie)) => {
            let path = node.lead_on(&account, next, &visitor.caller).await?;
            Ok(([NOT_KEPT, spent, (header::SET_COOKIE, cookie)].into_headers(), Redirect::to(&path)).into_response())
        }
        Err(Failure::Refused(refusal)) => {
            let path = routes::login_because(refusal, next);
            Ok(([NOT_KEPT, spent].into_headers(), Redirect::to(&path)).into_response())
        }
        Err(Failure::Fault(error)) => Err(Answer(error)),
    }
}

/// Headers, several of one name among them.
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
        let providers = &self.identity.providers;
        providers.iter().find(|provider| provider.settings().id == id).ok_or(Refusal::ProviderUnknown)
    }

    /// Where the provider leads back to: as it is set, else here as the visitor calls it.
    fn callback_url(&self, provider: &OpenIdProvider, caller: &Caller) -> String {
        let settings = provider.settings();
        let here = || match self.config.public_url.as_deref().filter(|url| !url.is_empty()) {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => {
                let scheme = if comes_over_https(caller) { "https" } else { "http" };
                let authority = caller.authority.as_deref().unwrap_or("localhost");
                format!("{scheme}://{authority}")
            }
        };
        settings.callback_url.clone().unwrap_or_else(|| format!("{}/auth/{}/callback", here(), settings.id))
    }

    /// Signs in whom the provider's answer stands for. Gives the account and its new session's cookie.
    async fn take_answer(
        &self,
        provider: &Arc<OpenIdProvider>,
        flow: &Flow,
        told: Complete,
        visitor: &Visitor,
        session: Option<CurrentSession>,
    ) -> Result<(Account, HeaderValue), Failure> {
        if let Some(error) = told.error {
            return Err(refusal_of(&error).into());
        }
        let answered = Answered {
            code: told.code.ok_or(Refusal::SignInFailed)?,
            issuer: told.iss.as_deref(),
            callback_url: &flow.callback_url,
            verifier: flow.verifier.clone(),
            nonce: &flow.nonce,
        };
        let SignedIn { person, picture_url } = provider.exchange(answered).await.map_err(|error| {
            tracing::warn!(provider = flow.provider, "somebody could not be signed in: {}", explain(&error));
            Refusal::from(&error)
        })?;
        if !self.store.spend(flow.hash(), flow.spent_until(self.clock.now())).await? {
            return Err(Refusal::SignInExpired.into());
        }
        // A guest is taken along only by the browser in which the guest has asked for it.
        let guest = guest_of(visitor).filter(|guest| flow.guest == Some(*guest));
        let candidate = guest.unwrap_or_else(|| AccountId::from_bits(random::bits()));
        let account = self.store.sign_in(&person, candidate, self.clock.now()).await?;
        let begun = self.begin_session(&account, &visitor.caller).await?;
        self.replace_session(session, guest, &account, begun.session).await?;
        self.fetch_picture(provider.clone(), account.id, picture_url);
        Ok((account, begun.cookie))
    }

    /// A guest's session goes over into the new one, with the guest's rooms; any other ends.
    async fn replace_session(
        &self,
        before: Option<CurrentSession>,
        guest: Option<AccountId>,
        account: &Account,
        now: crate::store::TokenHash,
    ) -> Result<(), ServerError> {
        match (before, guest) {
            (Some(before), Some(guest)) => {
                self.identity.sockets.adopt(before.hash(), now);
                self.store.end_session(before.hash()).await?;
                self.merge(guest, account.id).await
            }
            (Some(before), None) => self.end_session(&before).await,
            (None, _) => Ok(()),
        }
    }

    /// What was a guest's becomes the account's.
    async fn merge(&self, from: AccountId, to: AccountId) -> Result<(), ServerError> {
        if from == to {
            return Ok(());
        }
        self.tell_rooms(from, &Event::AccountMerged { from, to }).await?;
        // The oldest first, so that their order stays.
        for room in self.store.visits(from).await?.into_iter().rev() {
            self.store.add_visit(to, room, self.clock.now()).await?;
        }
        self.store.delete_account(from).await?;
        Ok(())
    }

    /// Nobody waits for the picture.
    fn fetch_picture(&self, provider: Arc<OpenIdProvider>, account: AccountId, url: Option<String>) {
        let store = self.store.clone();
        tokio::spawn(async move {
            let picture = match &url {
                Some(url) => provider.picture(url).await,
                None => None,
            };
            if let Err(error) = store.set_picture(account, picture.as_ref()).await {
                ServerError::from(error).report();
            }
        });
    }

    async fn lead_on(&self, account: &Account, next: Destination, caller: &Caller) -> Result<String, ApiError> {
        match next {
            Destination::NewRoom => self.create_room(account, caller).await.map(routes::host),
            elsewhere => Ok(elsewhere.path()),
        }
    }
}

fn guest_of(visitor: &Visitor) -> Option<AccountId> {
    visitor.account.as_ref().filter(|account| account.is_guest()).map(|account| account.id)
}

/// The page that says why there is no way to the provider.
fn turn_back(provider: &OpenIdProvider, error: &SignInError, next: Destination) -> String {
    tracing::warn!(provider = provider.settings().id, "the way to a sign-in provider: {}", explain(error));
    match error {
        SignInError::Unreachable(_) => routes::login_waiting(&provider.settings().id, next),
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
