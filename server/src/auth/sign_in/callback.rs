//! Coming back from a provider: the answer becomes an account and a session, and what was a guest's goes along.

use std::sync::Arc;

use axum::http::HeaderValue;
use heartogether::{id::AccountId, refusal::Refusal, room::Event};
use heartogether_app::{
    api::{Account, ApiError, Backend, Caller, Visitor},
    routes::{self, Destination},
};

use super::{Complete, Failure, login_state::LoginState, refusal_of};
use crate::{
    auth::{
        CurrentSession,
        providers::{Answered, OpenIdProvider, SignedIn},
    },
    error::{ServerError, explain},
    random,
    state::Node,
    storage::accounts::{self, ReturnedSignIn, TokenHash, VerifiedPerson},
    uncancelled::finish,
};

/// Milliseconds after which a guest's connections are closed: the browser has the new session's cookie by then, and its other
/// pages come back with it.
const HAND_OVER_MS: u64 = 30_000;

impl Node {
    /// Signs in whom the provider's answer stands for. Gives the account and its new session's cookie.
    pub(super) async fn take_answer(
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

    /// Signs a person in, once for each flow, and takes the guest along: if the guest is still one. The provider took its
    /// time, and another page may have signed in meanwhile.
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
            let signed_in = node.store.sign_in(&arrival, now).await?.ok_or(Refusal::SignInExpired)?;
            let accounts::SignedIn { account, guest, ended } = signed_in;
            match guest {
                // Nothing that was known of a guest is a way in any more: whoever else holds it would become the account too.
                // Connections keep the places they have for now.
                Some(guest) => {
                    node.auth.sockets.confine(&ended);
                    node.merge(guest, account.id).await?;
                    node.drop_later(ended);
                }
                None => ended.into_iter().for_each(|session| node.auth.sockets.close_session(session)),
            }
            let cookie = node.hand_over(new, &visitor.caller)?.cookie;
            Ok((account, cookie))
        };
        finish(settlement).await?
    }

    /// Lets the connections of these sessions go, once their browser has the new one's cookie.
    fn drop_later(self: &Arc<Self>, ended: Vec<TokenHash>) {
        let (node, at) = (self.clone(), self.clock.now().after_ms(HAND_OVER_MS));
        tokio::spawn(async move {
            node.clock.sleep_until(at).await;
            node.auth.sockets.drop_sessions(&ended);
        });
    }

    /// What was a guest's becomes the account's in the rooms too.
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

    /// Tells the rooms of the accounts that departed when the server stopped, or its storage failed. What fails for one account is
    /// reported, and tried again the next time.
    ///
    /// # Errors
    /// [`ServerError`] if nothing says which accounts these are.
    pub(crate) async fn finish_departures(&self) -> Result<(), ServerError> {
        for (account, successor) in self.store.departures().await? {
            let finished = match successor {
                Some(successor) => {
                    let _turn = self.auth.changing.lock().await;
                    self.merge(account, successor).await
                }
                None => self.delete_account(account).await,
            };
            if let Err(error) = finished {
                error.report();
            }
        }
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

    /// The way to where somebody was going, who is signed in whatever becomes of it.
    pub(super) async fn lead_on(&self, account: &Account, next: Destination, caller: &Caller) -> String {
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
