//! The open connections of each session, so that a log-out ends them at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use heartogether::{id::ConnectionId, refusal::Refusal};

use crate::{
    signalling::{Ending, Outbox},
    store::TokenHash,
};

type Open = HashMap<ConnectionId, (TokenHash, Outbox)>;

/// The connections of this node with their sessions.
#[derive(Clone, Default)]
pub(crate) struct Sockets(Arc<Mutex<Open>>);

/// A connection is known for as long as this lives.
pub(crate) struct Registration {
    sockets: Sockets,
    connection: ConnectionId,
}

impl Sockets {
    /// Remembers a connection.
    pub(crate) fn register(&self, session: TokenHash, connection: ConnectionId, outbox: Outbox) -> Registration {
        self.open().insert(connection, (session, outbox));
        Registration { sockets: self.clone(), connection }
    }

    /// Tells the connections of these sessions that they are signed out, and closes them. Log-outs are rare enough to
    /// look at every connection.
    pub(super) fn close(&self, sessions: &[TokenHash]) {
        for (_, outbox) in self.open().values().filter(|(session, _)| sessions.contains(session)) {
            outbox.close(Ending::refused(Refusal::NotSignedIn));
        }
    }

    /// The connections of a session go on under another one of the same browser.
    pub(super) fn adopt(&self, from: TokenHash, to: TokenHash) {
        self.open().values_mut().filter(|(session, _)| *session == from).for_each(|(session, _)| *session = to);
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.sockets.open().remove(&self.connection);
    }
}
