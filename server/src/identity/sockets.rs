//! The open connections of each session and account, so that a log-out ends them at once, and who signs in goes on with them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use heartogether::{
    id::{AccountId, ConnectionId},
    refusal::Refusal,
};
use heartogether_app::api::Account;

use crate::{
    signalling::{Ending, Outbox},
    store::TokenHash,
};

/// The connections of this node with their sessions.
#[derive(Clone, Default)]
pub(crate) struct Sockets(Arc<Mutex<HashMap<ConnectionId, Open>>>);

struct Open {
    session: TokenHash,
    holder: Holder,
    outbox: Outbox,
}

/// Whose a connection is: the account it began with, or the one that this has become by signing in. Clones are one.
#[derive(Clone)]
pub(crate) struct Holder(Arc<Mutex<Account>>);

/// A connection is known for as long as this lives.
pub(crate) struct Registration {
    sockets: Sockets,
    connection: ConnectionId,
    holder: Holder,
}

impl Sockets {
    /// Remembers a connection.
    pub(super) fn register(
        &self,
        session: TokenHash,
        account: Account,
        connection: ConnectionId,
        outbox: Outbox,
    ) -> Registration {
        let holder = Holder(Arc::new(Mutex::new(account)));
        self.open().insert(connection, Open { session, holder: holder.clone(), outbox });
        Registration { sockets: self.clone(), connection, holder }
    }

    /// Tells the connections of this session that they are signed out, and closes them. Log-outs are rare enough to look
    /// at every connection.
    pub(super) fn close_session(&self, session: TokenHash) {
        self.close(|open| open.session == session);
    }

    /// The same for every connection of an account, whatever has become of the session it began with.
    pub(super) fn close_account(&self, account: AccountId) {
        self.close(|open| open.holder.account().id == account);
    }

    /// The connections of a guest go on as another account's, under a session of the same browser.
    pub(super) fn adopt(&self, guest: AccountId, account: &Account, session: TokenHash) {
        for open in self.open().values_mut().filter(|open| open.holder.account().id == guest) {
            open.session = session;
            open.holder.become_account(account.clone());
        }
    }

    fn close(&self, which: impl Fn(&Open) -> bool) {
        for open in self.open().values().filter(|open| which(open)) {
            open.outbox.close(Ending::refused(Refusal::NotSignedIn));
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<ConnectionId, Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Holder {
    /// Who that is now.
    pub(crate) fn account(&self) -> Account {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn become_account(&self, account: Account) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = account;
    }
}

impl Registration {
    /// Whose the connection is.
    pub(crate) fn holder(&self) -> Holder {
        self.holder.clone()
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.sockets.open().remove(&self.connection);
    }
}
