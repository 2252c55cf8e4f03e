//! Messages that members' programs write over HTTP.

use heartogether::{
    id::{MessageNumber, RoomCode},
    protocol::Write,
    refusal::Refusal,
    room::{Command, Event, Foreseen},
    time::Timestamp,
};
use heartogether_app::api::{Account, ApiError, Caller};

use super::{Reader, RoomHandle, append};
use crate::{
    error::ServerError,
    state::Node,
    storage::{messages::NONCE_KEPT_MS, pictures::Belonging},
};

impl Node {
    /// A room that an account is a member of. Guesses are counted as look-ups.
    ///
    /// # Errors
    /// [`Refusal::RoomNotFound`], [`Refusal::NotAMember`], [`Refusal::RoomEnded`], [`Refusal::TooManyRequests`], or those of the
    /// storage.
    pub(crate) async fn room_of_member(
        &self,
        account: &Account,
        code: RoomCode,
        caller: &Caller,
    ) -> Result<RoomHandle, ApiError> {
        let permits = async |room| Ok(self.rooms.open(room).reading(Reader::Account(account.id)).await.map(drop));
        Ok(self.rooms.open(self.find_for(code, caller, permits).await??))
    }

    /// Writes a message for a member, as a page's is written. Returns its number, and whether it is new.
    ///
    /// # Errors
    /// The refusals that a page gets, or those of the storage.
    pub(crate) async fn write_for(
        &self,
        account: &Account,
        room: &RoomHandle,
        Write { nonce, text, pictures, reply_to }: Write,
        caller: &Caller,
    ) -> Result<(MessageNumber, bool), ApiError> {
        let now = self.clock.now();
        if !self.command_limits.take_message(account.id, room.id(), caller.address, now).await {
            return Err(Refusal::TooManyMessages.into());
        }
        // All earlier messages are in the archive then.
        room.reading(Reader::Account(account.id)).await?;
        let since = Timestamp::from_millis(now.as_millis().saturating_sub(NONCE_KEPT_MS));
        let known = self.archive.find_nonce(room.id(), account.id, nonce, since).await.map_err(ServerError::from)?;
        if let Some(number) = known {
            return Ok((number, false));
        }
        let from = Belonging { room: room.id(), account: account.id };
        self.check_pictures(from, &pictures).await.map_err(ServerError::from)??;
        let answered = match reply_to {
            Some(number) => Some(self.archive.find(room.id(), number).await.map_err(ServerError::from)?.into()),
            None => None,
        };
        let markup = self.markup.render(room, &text).await;
        let command = Command::Write { nonce, text, pictures, reply_to, answered, is_archived: false, markup };
        let event = Event::CommandedByProgram { account: account.id, command };
        let is_new = room.foresee(&event).await? == Foreseen::Change;
        let mut room = room.clone();
        if is_new {
            if !self.database_limit.takes(&event, &*self.store, now).await.map_err(ServerError::from)? {
                return Err(Refusal::StorageUnavailable.into());
            }
            room = room.at(append(&*self.log, room.id(), event.clone()).await.map_err(ServerError::from)?.seq);
        }
        match room.written(account.id, nonce).await {
            Some(number) => Ok((number, is_new)),
            // Another entry came first, after which the room did not take it.
            None => match room.foresee(&event).await {
                Err(refusal) => Err(refusal.into()),
                Ok(_) => Err(Refusal::StorageUnavailable.into()),
            },
        }
    }
}
