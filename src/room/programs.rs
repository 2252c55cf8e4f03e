//! What members' programs do in a room. They have no connection to it.

use super::{
    Command, Effects, Foreseen, Member, Room,
    chat::{self, Draft},
};
use crate::{id::AccountId, refusal::Refusal, time::Timestamp};

/// The effect of a program's command.
pub(super) fn foresee(room: &Room, account: AccountId, command: &Command) -> Result<Foreseen, Refusal> {
    let (author, draft) = check(room, account, command)?;
    chat::foresee_write(room, author, &draft)
}

/// Carries a program's command out. Returns whether it changed something.
pub(super) fn perform(
    room: &mut Room,
    account: AccountId,
    command: &Command,
    at: Timestamp,
    effects: &mut Effects,
) -> bool {
    let author = match check(room, account, command) {
        Ok((author, draft)) if chat::foresee_write(room, author, &draft) == Ok(Foreseen::Change) => author.id,
        // Nobody is connected who could be refused.
        _ => return false,
    };
    if let Some(draft) = draft(command) {
        chat::add_message(room, author, &draft, at, effects);
    }
    true
}

/// The message that a command writes.
fn draft(command: &Command) -> Option<Draft<'_>> {
    let Command::Write { nonce, text, pictures, reply_to, answered, is_archived, markup } = command else {
        return None;
    };
    let (nonce, reply_to, answered, is_archived) = (*nonce, *reply_to, *answered, *is_archived);
    Some(Draft { nonce, text, pictures, reply_to, answered, is_archived, markup: markup.as_ref() })
}

/// The member and the message, if the member may write.
fn check<'a>(room: &'a Room, account: AccountId, command: &'a Command) -> Result<(&'a Member, Draft<'a>), Refusal> {
    let draft = draft(command).ok_or(Refusal::NotAllowed)?;
    if room.ended.is_some() {
        return Err(Refusal::RoomEnded);
    }
    let permission = command.permission();
    let mut places = room.members().filter(|member| member.account == account).peekable();
    let refusal = match places.peek() {
        Some(member) => room.standing_as(member).refusal(permission),
        None if room.roster.removed.has(account) => Refusal::Removed,
        None => Refusal::NotAMember,
    };
    let author = places.find(|member| room.member_may(member, permission)).ok_or(refusal)?;
    Ok((author, draft))
}
