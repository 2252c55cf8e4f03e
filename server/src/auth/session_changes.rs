//! Changes of sessions take effect at once on all nodes: their connections are closed, and nobody believes them any more.

use super::Auth;
use crate::{
    cluster::{
        bus::To,
        message::{NodeMessage, SessionChange, SessionHash},
    },
    error::ServerError,
    state::Node,
};

impl Node {
    /// Tells this node and all others of a change.
    pub(super) fn announce(&self, change: SessionChange) {
        self.auth.take_in(change);
        // Nodes that do not hear of it look the sessions up within a minute, or as soon as they know that they were cut off.
        let _ = self.bus.tell(To::Others, NodeMessage::Sessions { change });
    }

    /// Looks up the sessions of this node's connections, and closes those whose sessions have ended: this node was cut off, and may
    /// have missed that. Their pages connect again with the session that they have now.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn check_sessions(&self) -> Result<(), ServerError> {
        for session in self.auth.sockets.sessions() {
            if self.store.session_end(session, self.clock.now()).await?.is_none() {
                self.auth.take_in(SessionChange::Replaced(SessionHash(session)));
            }
        }
        Ok(())
    }
}

impl Auth {
    /// Takes in a change that this node or another one has made.
    pub(crate) fn take_in(&self, change: SessionChange) {
        match change {
            SessionChange::Ended(SessionHash(session)) => {
                self.remembered.forget(session);
                self.sockets.close_session(session);
            }
            SessionChange::AccountSignedOut(account) => {
                self.remembered.forget_account(account);
                self.sockets.close_account(account);
            }
            SessionChange::Confined(SessionHash(session)) => {
                self.remembered.forget(session);
                self.sockets.confine(session);
            }
            SessionChange::Replaced(SessionHash(session)) => {
                self.remembered.forget(session);
                self.sockets.drop_session(session);
            }
        }
    }
}
