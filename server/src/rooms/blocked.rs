//! Tells rooms whom an account has blocked, when that has changed.

use std::collections::BTreeSet;

use heartogether::id::AccountId;

use crate::{
    cluster::{bus::To, message::NodeMessage},
    error::ServerError,
    state::Node,
};

impl Node {
    /// Tells the account's rooms on all nodes.
    pub(crate) async fn tell_blocked(&self, account: AccountId) -> Result<(), ServerError> {
        // Where it is lost, the account's pages there learn of it when they come the next time.
        self.bus.tell(To::Others, NodeMessage::Blocked { account });
        self.tell_blocked_here(account).await
    }

    /// Tells the account's rooms on this node.
    pub(crate) async fn tell_blocked_here(&self, account: AccountId) -> Result<(), ServerError> {
        let blocked: BTreeSet<_> = self.store.blocked(account).await?.into_iter().collect();
        for membership in self.store.memberships(account).await? {
            if self.rooms.is_open(membership.room) {
                self.rooms.open(membership.room).note_blocked(account, blocked.clone()).await;
            }
        }
        Ok(())
    }
}
