//! Which messages are pinned. The room knows their numbers, however old they are; their words are in the archive.

use super::{Chat, Kept};
use crate::{
    id::{AccountId, MessageNumber},
    room::{Effects, Room, RoomEvent, rules::Notice},
};

impl Chat {
    /// The pinned messages in the order of their numbers, each with its author's account.
    fn pinned(&self) -> impl Iterator<Item = (MessageNumber, AccountId)> {
        let older = self.pins.iter().map(|(number, account)| (*number, *account));
        older.chain(self.kept.iter().filter(|kept| kept.is_pinned()).map(|kept| (kept.message.number, kept.account)))
    }

    /// Their numbers.
    pub(in crate::room) fn pins(&self) -> Vec<MessageNumber> {
        self.pinned().map(|(number, _)| number).collect()
    }

    /// Whether a message may be pinned, where so many may.
    pub(super) fn has_room_for_pin(&self, number: MessageNumber, most: usize) -> bool {
        self.is_pinned(number) || self.pinned().count() < most
    }

    pub(super) fn is_pinned(&self, number: MessageNumber) -> bool {
        self.pinned().any(|(pinned, _)| pinned == number)
    }

    /// Notes what an event says of a message of this account that the room has forgotten.
    pub(super) fn note_pin(&mut self, event: &RoomEvent, account: AccountId) {
        match event {
            RoomEvent::MessagePinned { number, pinned: true } => _ = self.pins.insert(*number, account),
            RoomEvent::MessagePinned { number, pinned: false } | RoomEvent::MessageDeleted { number } => {
                self.pins.remove(number);
            }
            _ => {}
        }
    }
}

impl Kept {
    pub(super) const fn is_pinned(&self) -> bool {
        self.message.pinned && self.message.text.is_some()
    }
}

/// The messages of a deleted account are about to be gone, and their pins.
pub(in crate::room) fn forget_pins(room: &Room, account: AccountId, effects: &mut Effects) {
    let Some(owner) = room.roster.owner().map(|owner| owner.id) else { return };
    for (number, _) in room.chat.pinned().filter(|(_, author)| *author == account) {
        room.tell(Notice::Message(owner), &RoomEvent::MessagePinned { number, pinned: false }, effects);
    }
}
