//! Coming back from a provider: the answer becomes an account and a session, and what was a guest's goes along.

use std::sync::Arc;

use axum::http::HeaderValue;
use heartogether::{id::AccountId, refusal::Refusal, room::Event};
use heartogether_app::{
    api::{Account, ApiError, Backend, Caller, Visitor},
    routes::{self, Destination},
};

use super::{Complete, Failure, flow::Flow, guest_of, refusal_of};
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

    /// Signs a person in, once for each flow, and takes the guest along.
    pub(in crate::identity) async fn settle(
        self: &Arc<Self>,
        person: Person,
        flow: Flow,
        visitor: Visitor,
        session: Option<CurrentSession>,
    ) -> Result<(Account, HeaderValue), Failure> {
        let node = self.clone();
        let settlement = async move {
            if !node.store.spend(flow.hash(), flow.spent_until(node.clock.now())).await? {
                return Err(Failure::from(Refusal::SignInExpired));
            }
            // A guest is taken along only by the browser in which the guest has asked for it.
            let guest = guest_of(&visitor).filter(|guest| flow.guest == Some(*guest));
            let candidate = guest.unwrap_or_else(|| AccountId::from_bits(random::bits()));
            let account = node.store.sign_in(&person, candidate, node.clock.now()).await?;
            let begun = node.begin_session(&account, &visitor.caller).await?;
            node.replace_session(session, guest, &account, begun.session).await?;
            Ok((account, begun.cookie))
        };
        finish(settlement).await?
    }

    /// A guest's session goes over into the new one, with the guest's rooms; any other ends.
    async fn replace_session(
        &self,
        before: Option<CurrentSession>,
        guest: Option<AccountId>,
        account: &Account,
        now: TokenHash,
    ) -> Result<(), ServerError> {
        match (before, guest) {
            (Some(before), Some(guest)) => {
                self.identity.sockets.adopt(guest, account, now);
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
