//! Takes a picture away from its message. The room's log says so to all nodes and pages; the bytes are gone before the order is done.

use heartogether::{
    id::{MessageNumber, PictureId, RoomId},
    refusal::Refusal,
    room::{Event, Foreseen, PictureRemoved, Reading},
};

use crate::{
    error::ServerError,
    rooms::append,
    state::Node,
    storage::{StorageError, log::LogError, orders::Deed, pictures::Whereabouts},
};

/// With what the outcome of each order begins that has removed a picture.
const REMOVED: &str = "removed";

impl Node {
    /// Removes a picture, wherever it is.
    pub(super) async fn remove_picture(&self, id: PictureId) -> Result<&'static str, ServerError> {
        let Some(Whereabouts { room, .. }) = self.pictures.find(id).await? else {
            return self.say_it_is_gone(id).await;
        };
        // A message that was just sent is noted once it is in the archive.
        self.rooms.open(room).flush().await?;
        let Some(found) = self.pictures.find(id).await? else { return self.say_it_is_gone(id).await };
        let outcome = match found {
            Whereabouts { is_deleted: true, .. } => "removed; no message shows it any more",
            Whereabouts { message: None, .. } => "removed; no message has shown it",
            Whereabouts { message: Some(number), .. } => {
                if let Err(why) = self.take_away(room, number, id).await? {
                    return Ok(why);
                }
                REMOVED
            }
        };
        self.pictures.delete(id).await?;
        self.pictures.erase_deleted().await?;
        Ok(outcome)
    }

    async fn say_it_is_gone(&self, id: PictureId) -> Result<&'static str, ServerError> {
        let was_removed = self.orders.was_done((Deed::RemovePicture, &id.to_string()), REMOVED).await?;
        Ok(if was_removed { "removed already" } else { "there is no such picture, or its message is deleted" })
    }

    /// Takes a picture away from its message, or says why the room cannot. The bytes stay then: the message goes on showing them.
    async fn take_away(
        &self,
        id: RoomId,
        number: MessageNumber,
        picture: PictureId,
    ) -> Result<Result<(), &'static str>, ServerError> {
        let room = self.rooms.open(id);
        let event = Event::PictureRemoved(self.removal(id, number, picture).await?);
        match room.foresee(&event).await {
            Ok(Foreseen::Change) => {}
            // Its message went at the same moment.
            Ok(Foreseen::Nothing) | Err(Refusal::MessageNotFound) => return Ok(Ok(())),
            Err(Refusal::RoomUnreadable) => {
                return Ok(Err("this version of the server does not understand the picture's room"));
            }
            Err(_) => return Ok(Err("the picture's room does not answer; please give the order again")),
        }
        match append(&*self.log, id, event).await {
            Ok(appended) => room.at(appended.seq).flush().await?,
            Err(LogError::NoSuchRoom) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(Ok(()))
    }

    /// The removal, with what only the archive knows.
    async fn removal(
        &self,
        room: RoomId,
        number: MessageNumber,
        picture: PictureId,
    ) -> Result<PictureRemoved, StorageError> {
        let up_to = self.archive.before(room, Reading::All, number.next(), 1).await?.messages;
        let is_all = up_to.iter().any(|message| message.number == number && message.is_all(picture));
        let archived = self.archive.find(room, number).await?;
        Ok(PictureRemoved { number, picture, is_all, archived })
    }
}
