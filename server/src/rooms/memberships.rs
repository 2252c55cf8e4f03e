//! Adds lounges to the lists of accounts.

use heartogether::id::{AccountId, RoomId};

use crate::{error::ServerError, state::Node};

impl Node {
    /// See [`Lists::add`](super::Lists::add).
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn add_to_list(
        &self,
        account: AccountId,
        room: RoomId,
        was_member: bool,
    ) -> Result<(), ServerError> {
        Ok(self.rooms.lists().add(account, room, self.clock.now(), was_member).await?)
    }
}
