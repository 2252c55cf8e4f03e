//! What the server's archive knows about messages, for commands about messages that the room has forgotten.

use std::collections::BTreeMap;

use heartogether::{
    id::{AccountId, MessageNumber},
    room::{ArchiveChange, ArchivedMessage},
};

/// The messages, with their nonces.
#[derive(Default)]
pub(super) struct Archive(BTreeMap<MessageNumber, (ArchivedMessage, u32)>);

impl Archive {
    pub(super) fn find(&self, number: MessageNumber) -> Option<ArchivedMessage> {
        self.0.get(&number).map(|(known, _)| *known)
    }

    pub(super) fn holds(&self, account: AccountId, nonce: u32) -> bool {
        self.0.values().any(|(known, of)| known.account == account && *of == nonce)
    }

    pub(super) fn apply(&mut self, change: &ArchiveChange) {
        match change {
            ArchiveChange::Write { account, message } => {
                let (account, author) = (*account, message.author);
                let known = ArchivedMessage { account, author, version: 0, deleted: false, pinned: false, emoji: 0 };
                self.0.insert(message.number, (known, message.nonce));
            }
            ArchiveChange::Edit { number, version, .. } => self.change(*number, |known| known.version = *version),
            ArchiveChange::Delete(number) => self.change(*number, |known| known.deleted = true),
            ArchiveChange::Pin { number, pinned } => self.change(*number, |known| known.pinned = *pinned),
            // How many different emoji there are is of no account here: fewer than may be.
            ArchiveChange::Deliver { .. } | ArchiveChange::React { .. } => {}
            // Nobody shows pictures here.
            ArchiveChange::RemovePicture { .. } => {}
            ArchiveChange::Forget { up_to } => self.0.retain(|number, _| number > up_to),
        }
    }

    pub(super) fn rename_account(&mut self, from: AccountId, to: AccountId) {
        self.0.values_mut().filter(|(known, _)| known.account == from).for_each(|(known, _)| known.account = to);
    }

    pub(super) fn forget_account(&mut self, account: AccountId) {
        self.0.retain(|_, (known, _)| known.account != account);
    }

    fn change(&mut self, number: MessageNumber, change: impl FnOnce(&mut ArchivedMessage)) {
        change(&mut self.0.get_mut(&number).expect("what the room orders is about a message that was written").0);
    }
}
