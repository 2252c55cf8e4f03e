//! Answers to messages: what may be answered.

use super::{Draft, changes::known};
use crate::{
    refusal::Refusal,
    room::{Answered, Member, Reading, Room},
};

/// Whether the message that the draft answers is there for its author: it was written, is not deleted, and may be read by them. A
/// message of somebody else's that they may not read is as good as none, so that nobody learns from a refusal what became of it.
pub(super) fn check(room: &Room, author: &Member, draft: &Draft<'_>) -> Result<(), Refusal> {
    let (Some(number), Some(answered)) = (draft.reply_to, draft.answered) else { return Ok(()) };
    let archived = match answered {
        Answered::Missing => None,
        Answered::Archived(message) => Some(message),
    };
    let reading = room.reading_of(author);
    let is_readable = |account| reading == Reading::All || reading == Reading::Own(account);
    let answerable = known(room, number, archived).filter(|known| !known.deleted && is_readable(known.account));
    answerable.map(drop).ok_or(Refusal::MessageNotFound)
}
