//! A room that goes on after its log was lost: the archive has its messages.

use super::{Chat, is_never, note};
use crate::{
    id::{AccountId, MessageNumber},
    room::Room,
};

impl Chat {
    /// Goes on with the archive, which may be newer: with the numbers of the accounts' latest messages there. What the room has kept or
    /// noted itself may have changed since.
    fn follow_archive(&mut self, latest: impl IntoIterator<Item = (AccountId, MessageNumber)>) {
        self.archived_at = self.written_at();
        for kept in std::mem::take(&mut self.kept) {
            if kept.is_pinned() {
                self.pins.insert(kept.message.number, kept.account);
            }
        }
        self.forgotten.clear();
        for (account, number) in latest {
            self.last = self.last.max(number);
            note(&mut self.archived, account, number);
        }
    }
}

impl Room {
    /// A room of earlier that goes on after its log was lost. The archive has messages up to these numbers of the accounts' latest ones.
    /// Nobody is there, and no page can resume: it may have seen what the room does not know any more.
    pub fn with_archive(mut self, latest: impl IntoIterator<Item = (AccountId, MessageNumber)>) -> Self {
        self.chat.follow_archive(latest);
        self.roster.restart(self.active_at, self.kind().members_stay());
        self.publications.clear();
        self.recent.clear();
        self
    }

    /// Whether the room has gone on with its archive. Code that does not know of that takes its latest message for older than it is.
    pub fn follows_archive(&self) -> bool {
        !is_never(&self.chat.archived_at)
    }
}
