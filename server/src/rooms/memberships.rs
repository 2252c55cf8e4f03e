//! Adds lounges to the lists of accounts.

use heartogether::{
    id::{AccountId, RoomId},
    protocol::LoungesChanged,
};

use crate::{error::ServerError, state::Node};

impl Node {
    /// Adds a lounge to an account's list, and tells the account's pages if it is new there. It is so too where the account was a
    /// member before, and was none meanwhile.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn add_to_list(
        &self,
        account: AccountId,
        room: RoomId,
        was_member: bool,
    ) -> Result<(), ServerError> {
        let is_new = self.store.add_membership(account, room, self.clock.now()).await?;
        if is_new || !was_member {
            self.rooms.lists().tell(&[account], None, &LoungesChanged::anew());
        }
        Ok(())
    }
}
