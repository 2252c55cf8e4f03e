//! `GET /auth/{provider}/callback`: a provider's response becomes an account and a session, and the person gets the guest's
//! rooms.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use heartogether::{id::AccountId, refusal::Refusal, room::Event};
use heartogether_app::{
    api::{Account, ApiError, Backend, Caller, Visitor},
    routes::{self, Destination},
};
use serde::Deserialize;

use super::{NOT_KEPT, login_state::LoginState};
use crate::{
    auth::{
        CurrentSession,
        providers::{Answered, OpenIdProvider, SignedIn},
    },
    cluster::message::{SessionChange, SessionHash},
    error::{Answer, ServerError, explain},
    random,
    state::Node,
    storage::accounts::{self, ReturnedSignIn, TokenHash, VerifiedPerson},
    uncancelled::finish,
};

/// Milliseconds after which a guest's connections are closed. By then the browser has the new session's cookie, and its
/// other pages connect again with it.
const HAND_OVER_MS: u64 = 30_000;

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
pub(in crate::auth) struct Failure(Refusal);

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
    /// Signs in the person in the provider's response. Returns the account and the cookie of its new session.
    async fn take_answer(
        self: &Arc<Self>,
        provider: &Arc<OpenIdProvider>,
        flow: LoginState,
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
        let (account, cookie) = self.settle(person, flow, visitor.clone(), session).await?;
        self.fetch_picture(provider.clone(), account.id, picture_url);
        Ok((account, cookie))
    }

    /// Signs a person in, once for each flow, and gives them the guest's rooms if the browser still belongs to that
    /// guest. Another page may have signed in while the visitor was at the provider.
    pub(in crate::auth) async fn settle(
        self: &Arc<Self>,
        person: VerifiedPerson,
        flow: LoginState,
        visitor: Visitor,
        session: Option<CurrentSession>,
    ) -> Result<(Account, HeaderValue), Failure> {
        let node = self.clone();
        let settlement = async move {
            let _turn = node.auth.changing.lock().await;
            let (now, new) = (node.clock.now(), node.draw_session());
            let arrival = ReturnedSignIn {
                person,
                proof: flow.hash(),
                proof_until: flow.spent_until(now),
                before: session.as_ref().map(CurrentSession::hash),
                guest: flow.guest,
                candidate: AccountId::from_bits(random::bits()),
                session: new.token,
                expires_at: new.expires_at,
            };
            if node.store.is_banned(&arrival.person.issuer, &arrival.person.subject).await? {
                return Err(Refusal::Banned.into());
            }
            let signed_in = node.store.sign_in(&arrival, now).await?.ok_or(Refusal::SignInExpired)?;
            let accounts::SignedIn { account, guest, ended } = signed_in;
            match guest {
                // The guest's old sessions are no longer valid: whoever else has one of their cookies would get the
                // account too. Their connections keep their places for now.
                Some(guest) => {
                    ended.iter().for_each(|session| node.announce(SessionChange::Confined(SessionHash(*session))));
                    node.merge(guest, account.id).await?;
                    node.drop_later(ended);
                }
                None => ended.iter().for_each(|session| node.announce(SessionChange::Ended(SessionHash(*session)))),
            }
            let cookie = node.hand_over(new, &visitor.caller)?.cookie;
            Ok((account, cookie))
        };
        finish(settlement).await?
    }

    /// Closes the connections of these sessions later, once their browser has the new session's cookie.
    fn drop_later(self: &Arc<Self>, ended: Vec<TokenHash>) {
        let (node, at) = (self.clone(), self.clock.now().after_ms(HAND_OVER_MS));
        tokio::spawn(async move {
            node.clock.sleep_until(at).await;
            ended.iter().for_each(|session| node.announce(SessionChange::Replaced(SessionHash(*session))));
        });
    }

    /// Makes the account the owner of everything of the guest's, in the rooms too.
    async fn merge(&self, from: AccountId, to: AccountId) -> Result<(), ServerError> {
        if from == to {
            return Ok(());
        }
        let told = self.tell_rooms(from, &Event::AccountMerged { from, to }).await;
        self.archive.rename_account(from, to).await?;
        self.store.delete_account(from).await?;
        told?;
        Ok(self.store.end_departure(from).await?)
    }

    /// Finishes the departures that a stop of the server or a failing storage interrupted. If one of them fails, this
    /// is reported, it is tried again the next time, and the others go on. A room that cannot be told was reported before.
    ///
    /// # Errors
    /// [`ServerError`] if the list of departures cannot be read.
    pub(crate) async fn finish_departures(&self) -> Result<(), ServerError> {
        for (account, successor) in self.store.departures().await? {
            let finished = match successor {
                Some(successor) => {
                    let _turn = self.auth.changing.lock().await;
                    self.merge(account, successor).await
                }
                None => self.delete_account(account).await,
            };
            match finished {
                Ok(()) | Err(ServerError::RoomNotTold(_)) => {}
                Err(error) => _ = error.report(),
            }
        }
        Ok(())
    }

    /// Fetches the picture in the background.
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

    /// The URL that the visitor wanted to go to. The visitor is signed in even if it leads nowhere.
    async fn lead_on(&self, account: &Account, next: Destination, caller: &Caller) -> String {
        match next {
            Destination::NewRoom => match self.create_room(account, caller).await {
                Ok(code) => routes::host(code),
                Err(ApiError::Refused(why)) => routes::login_because(why, next),
                Err(ApiError::Fault(_) | ApiError::Unreachable) => routes::HOME.to_owned(),
            },
            elsewhere => elsewhere.path(),
        }
    }
}

/// Why a provider let nobody in: RFC 6749, section 4.1.2.1, and OpenID Connect Core 1.0, section 3.1.2.6.
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
