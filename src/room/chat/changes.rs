//! Changes of messages: the author edits or deletes a message, moderators delete or pin it, and whoever runs the server removes pictures.

use crate::{
    engagement::{Emoji, MessageText},
    id::{ConnectionId, MemberId, MessageNumber},
    limits::EMOJI_PER_MESSAGE,
    refusal::Refusal,
    role::Permission,
    room::{
        ArchiveChange, ArchivedMessage, Effects, Foreseen, LastMessage, Markup, Member, Message, PersonalText,
        PictureRemoved, Room, RoomEvent, rules::Notice,
    },
};

use super::{Kept, check_length};

/// A change of one message.
pub(in crate::room) enum Change<'a> {
    Edit { text: &'a MessageText, markup: Option<&'a Markup> },
    Delete,
    Pin(bool),
    React { emoji: &'a Emoji, on: bool },
}

/// What is known of a message that is to be changed: by the room, or by the archive where the room has forgotten it. What the room
/// knows is newer.
pub(in crate::room) fn known(
    room: &Room,
    number: MessageNumber,
    archived: Option<ArchivedMessage>,
) -> Option<ArchivedMessage> {
    room.chat.facts(number).or(archived.filter(|_| number <= room.chat.last))
}

/// The effect of a change. Authors may change their messages, and moderators may delete any message.
pub(in crate::room) fn foresee_change(
    room: &Room,
    member: &Member,
    (number, archived): (MessageNumber, Option<ArchivedMessage>),
    change: &Change<'_>,
) -> Result<Foreseen, Refusal> {
    let known = known(room, number, archived).ok_or(Refusal::MessageNotFound)?;
    let is_own = known.account == member.account;
    let may = match change {
        Change::Edit { .. } => is_own,
        Change::Delete => is_own || room.member_may(member, Permission::Moderate),
        Change::Pin(_) => room.member_may(member, Permission::Moderate),
        Change::React { .. } => true,
    };
    match change {
        _ if !may => Err(Refusal::NotAllowed),
        Change::Edit { .. } | Change::Pin(true) | Change::React { .. } if known.deleted => {
            Err(Refusal::MessageNotFound)
        }
        Change::React { emoji, on } => match room.chat.find(number) {
            Some(kept) => foresee_reaction(&kept.message, member.id, emoji, *on),
            None if *on && known.emoji as usize >= EMOJI_PER_MESSAGE => Err(Refusal::TooManyEmoji),
            // Only the archive knows who has put it there. There, doing so twice has no further effect.
            None => Ok(Foreseen::Change),
        },
        Change::Delete => Ok(Foreseen::if_changed(!known.deleted)),
        Change::Pin(true) if !room.chat.has_room_for_pin(number, room.most_pins()) => Err(Refusal::TooManyPins),
        Change::Pin(pinned) => {
            Ok(Foreseen::if_changed(*pinned != known.pinned || *pinned != room.chat.is_pinned(number)))
        }
        Change::Edit { text, markup: _ } => {
            check_length(room, text)?;
            let now = room.chat.find(number).and_then(|kept| kept.message.text.as_ref());
            Ok(Foreseen::if_changed(now != Some(*text)))
        }
    }
}

/// The effect of an emoji on a message that the room keeps.
fn foresee_reaction(message: &Message, member: MemberId, emoji: &Emoji, on: bool) -> Result<Foreseen, Refusal> {
    let is_new = message.emoji.iter().all(|known| known.emoji != *emoji);
    match message.has_emoji_of(member, emoji) {
        is_on if is_on == on => Ok(Foreseen::Nothing),
        _ if is_new && message.emoji.len() >= EMOJI_PER_MESSAGE => Err(Refusal::TooManyEmoji),
        _ => Ok(Foreseen::Change),
    }
}

pub(in crate::room) fn change(
    room: &mut Room,
    connection: ConnectionId,
    (number, archived): (MessageNumber, Option<ArchivedMessage>),
    change: &Change<'_>,
    effects: &mut Effects,
) {
    let Some(member) = room.member_at(connection) else { return };
    match foresee_change(room, member, (number, archived), change) {
        Ok(Foreseen::Change) => {}
        Ok(Foreseen::Nothing) => return,
        Err(refusal) => return effects.refuse(connection, refusal),
    }
    let actor = member.id;
    let Some(mut known) = known(room, number, archived) else { return };
    let made = match change {
        Change::Edit { text, markup } => {
            known.version = known.version.saturating_add(1);
            let text = if room.kind().writes_one_line() { text.in_one_line() } else { (*text).clone() };
            let version = known.version;
            let markup = markup.filter(|_| room.kind().has_markup()).cloned();
            let (author, archived) =
                (actor, ArchiveChange::Edit { number, version, text: text.clone(), markup: markup.clone() });
            (RoomEvent::MessageEdited { number, author, version, text, markup }, archived)
        }
        Change::Delete => {
            known.deleted = true;
            (RoomEvent::MessageDeleted { number }, ArchiveChange::Delete(number))
        }
        Change::Pin(pinned) => {
            known.pinned = *pinned;
            (RoomEvent::MessagePinned { number, pinned: *pinned }, ArchiveChange::Pin { number, pinned: *pinned })
        }
        Change::React { emoji, on } => {
            let (member, emoji, on) = (actor, (*emoji).clone(), *on);
            let archived = ArchiveChange::React { number, member, emoji: emoji.clone(), on };
            (RoomEvent::MessageReacted { number, member, emoji, on }, archived)
        }
    };
    make(room, actor, (number, known), made, effects);
}

/// The effect of a removal. A message that is deleted has no pictures.
pub(in crate::room) fn foresee_removal(room: &Room, removal: &PictureRemoved) -> Result<Foreseen, Refusal> {
    let known = known(room, removal.number, removal.archived).ok_or(Refusal::MessageNotFound)?;
    let has_it = |kept: &Kept| kept.message.pictures.iter().any(|shown| shown.id == removal.picture);
    // Only the archive knows the pictures of a message that the room has forgotten. There, a removal that comes twice has no further
    // effect.
    Ok(Foreseen::if_changed(!known.deleted && room.chat.find(removal.number).is_none_or(has_it)))
}

/// Takes a picture away from a message, for everyone. A message that shows nothing else is deleted.
pub(in crate::room) fn remove_picture(room: &mut Room, removal: &PictureRemoved, effects: &mut Effects) {
    let PictureRemoved { number, picture, is_all, archived } = *removal;
    let Some(mut known) = known(room, number, archived) else { return };
    if foresee_removal(room, removal) != Ok(Foreseen::Change) {
        return;
    }
    let made = if is_all {
        known.deleted = true;
        (RoomEvent::MessageDeleted { number }, ArchiveChange::Delete(number))
    } else {
        (RoomEvent::PictureRemoved { number, picture }, ArchiveChange::RemovePicture { number, picture })
    };
    make(room, known.author, (number, known), made, effects);
}

/// Makes a change, and tells of it. `known` is what is known of the message from now on.
fn make(
    room: &mut Room,
    actor: MemberId,
    (number, known): (MessageNumber, ArchivedMessage),
    (event, archived): (RoomEvent, ArchiveChange),
    effects: &mut Effects,
) {
    room.chat.kept.iter_mut().for_each(|kept| kept.message.apply(&event));
    if room.chat.find(number).is_none() {
        room.chat.note_pin(&event, known.account);
        let most = room.messages_kept();
        room.chat.note(number, known, most);
    }
    room.roster.members.iter_mut().for_each(|member| LastMessage::apply(&mut member.last_message, &event));
    if matches!(event, RoomEvent::MessageDeleted { .. }) {
        forget_words(room, number);
        room.reports.retain(|reported| reported != number);
    }
    effects.archive(archived);
    room.tell(Notice::Message(actor), &event, effects);
}

/// Members who missed a message before it was deleted do not get its text.
fn forget_words(room: &mut Room, deleted: MessageNumber) {
    for (_, kept) in &mut room.recent {
        match &mut kept.event {
            RoomEvent::MessageSent { message } if message.number == deleted => message.delete(),
            // The number of its changes stays.
            RoomEvent::MessageEdited { number, text, markup, .. } if *number == deleted => {
                PersonalText::Words(text).forget();
                PersonalText::Markup(markup).forget();
            }
            RoomEvent::MemberJoined { member } => {
                LastMessage::apply(&mut member.last_message, &RoomEvent::MessageDeleted { number: deleted });
            }
            _ => {}
        }
    }
}
