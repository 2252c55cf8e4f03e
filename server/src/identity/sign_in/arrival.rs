//! Coming back from a provider: the answer becomes an account and a session, and what was a guest's goes along.

use std::sync::Arc;

use axum::http::HeaderValue;
use heartogether::{id::AccountId, refusal::Refusal, room::Event};
use heartogether_app::{
    api::{Account, ApiError, Backend, Caller, Visitor},
    routes::{self, Destination},
};

use super::{Complete, Failure, flow::Flow, refusal_of};
use crate::{
    error::{ServerError, explain},
    identity::{
        CurrentSession,
        providers::{Answered, OpenIdProvider, SignedIn},
    },
    random,
    state::Node,
    store::{Person, TokenHash},
    work::finish,
};

/// Milliseconds after which a guest's connections are closed: the browser has the new session's cookie by then, and its other
/// pages come back with it.
const HAND_OVER_MS: u64 = 30_000;

impl Node {
    /// Signs in whom the provider's answer stands for. Gives the account and its new session's cookie.
    pub(super) async fn take_answer(
        self: &Arc<Self>,
        provider: &Arc<OpenIdProvider>,
        flow: Flow,
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
    pub(in crate::identity) async fn settle(
        self: &Arc<Self>,
        person: Person,
        flow: Flow,
        visitor: Visitor,
        session: Option<CurrentSession>,
    ) -> Result<(Account, HeaderValue), Failure> {
        let node = self.clone();
        let settlement = async move {
            let _turn = node.identity.changing.lock().await;
            if !node.store.spend(flow.hash(), flow.spent_until(node.clock.now())).await? {
                return Err(Failure::from(Refusal::SignInExpired));
            }
            let guest = node.guest_to_take(session.as_ref(), &flow).await?;
            let candidate = guest.unwrap_or_else(|| AccountId::from_bits(random::bits()));
            let account = node.store.sign_in(&person, candidate, node.clock.now()).await?;
            if let Some(guest) = guest {
                // While the guest has a session: the store forgets guests without one, and all they visited.
                node.take_visits_along(guest, account.id).await?;
            }
            let ended = node.end_sessions_before(session, guest).await?;
            let begun = node.begin_session(&account, &visitor.caller).await?;
            if let Some(guest) = guest {
                node.merge(guest, account.id).await?;
            }
            node.drop_later(ended);
            Ok((account, begun.cookie))
        };
        finish(settlement).await?
    }

    /// The guest who set out, in the browser that did, as the store knows them now.
    async fn guest_to_take(
        &self,
        session: Option<&CurrentSession>,
        flow: &Flow,
    ) -> Result<Option<AccountId>, ServerError> {
        let Some(session) = session else { return Ok(None) };
        let account = self.store.find_session(session.hash(), self.clock.now()).await?;
        let guest = account.filter(|account| account.is_guest() && flow.guest == Some(account.id));
        Ok(guest.map(|guest| guest.id))
    }

    /// Nothing that was known of a guest is a way in any more: whoever else holds it would become the account too. Any other
    /// session ends for this browser alone. Gives the sessions whose connections keep the places they have for now.
    async fn end_sessions_before(
        &self,
        before: Option<CurrentSession>,
        guest: Option<AccountId>,
    ) -> Result<Vec<TokenHash>, ServerError> {
        match (before, guest) {
            (_, Some(guest)) => {
                let ended = self.store.end_sessions(guest).await?;
                self.identity.sockets.confine(&ended);
                Ok(ended)
            }
            (Some(before), None) => self.end_session(&before).await.map(|()| Vec::new()),
            (None, None) => Ok(Vec::new()),
        }
    }

    /// Lets the connections of these sessions go, once their browser has the new one's cookie.
    fn drop_later(self: &Arc<Self>, ended: Vec<TokenHash>) {
        let (node, at) = (self.clone(), self.clock.now().after_ms(HAND_OVER_MS));
        tokio::spawn(async move {
            node.clock.sleep_until(at).await;
            node.identity.sockets.drop_sessions(&ended);
        });
    }

    /// What was a guest's becomes the account's.
    async fn merge(&self, from: AccountId, to: AccountId) -> Result<(), ServerError> {
        if from == to {
            return Ok(());
        }
        self.tell_rooms(from, &Event::AccountMerged { from, to }).await?;
        self.store.delete_account(from).await?;
        Ok(())
    }

    async fn take_visits_along(&self, from: AccountId, to: AccountId) -> Result<(), ServerError> {
        if from == to {
            return Ok(());
        }
        // The oldest first, so that their order stays.
        for room in self.store.visits(from).await?.into_iter().rev() {
            self.store.add_visit(to, room, self.clock.now()).await?;
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
