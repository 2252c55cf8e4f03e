//! Blocking other accounts.

use heartogether::{id::RoomCode, protocol::Block, refusal::Refusal};

use super::{Failure, RoomRequests};
use crate::rooms::RoomHandle;

impl RoomRequests {
    /// Blocks another member's account, or blocks it no more. All pages of this account learn of it, and nobody else.
    pub(super) async fn block(&self, code: RoomCode, Block { member, blocked }: Block) -> Result<(), Failure> {
        let room = self.take_message(code).await?;
        let other = room.account_beside(self.connection.id, member).await?;
        let store = &self.node.store;
        let fault = |error: crate::storage::StorageError| Failure::Fault(error.into());
        if !blocked {
            store.unblock(self.account.id, other).await.map_err(fault)?;
        } else if !store.block(self.account.id, other, self.node.clock.now()).await.map_err(fault)? {
            return Err(Refusal::TooManyBlocked.into());
        }
        self.tell_blocked(&room).await?;
        self.node.tell_blocked(self.account.id).await.map_err(Failure::Fault)
    }

    /// Tells a room whom the account has blocked.
    pub(super) async fn tell_blocked(&self, room: &RoomHandle) -> Result<(), Failure> {
        let blocked = self.node.store.blocked(self.account.id).await;
        let blocked = blocked.map_err(|error| Failure::Fault(error.into()))?;
        room.note_blocked(self.account.id, blocked.into_iter().collect()).await;
        Ok(())
    }
}
