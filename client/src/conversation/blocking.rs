//! Whom the member has blocked, as the server tells it.

use heartogether::{id::MemberId, protocol::ToRoom};

use crate::Client;

impl Client {
    /// The members who are writing, the latest last. Those whom the member has blocked are not among them.
    pub fn typing(&self) -> Vec<MemberId> {
        let is_shown = |member: &&MemberId| !self.conversation.blocked.contains(member);
        self.conversation.typing.iter().filter(is_shown).copied().collect()
    }

    /// The places of those whom the member has blocked.
    pub fn blocked(&self) -> &[MemberId] {
        &self.conversation.blocked
    }

    /// These are blocked now. What was asked for in this matter is done.
    pub(super) fn note_blocked(&mut self, members: Vec<MemberId>) {
        self.conversation.blocked = members;
        let blocked = &self.conversation.blocked;
        let is_done = |change: &ToRoom| matches!(change, ToRoom::Block(block) if blocked.contains(&block.member) == block.blocked);
        self.conversation.changes.retain(|change| !is_done(change));
        self.forget_answered();
    }
}
