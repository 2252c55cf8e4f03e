//! Changes that the member asks for, from one connection to the next, until the room confirms or refuses them.

use std::mem::discriminant;

use heartogether::{
    engagement::Emoji,
    id::MessageNumber,
    limits::MESSAGE_BURST,
    protocol::{
        AnswerJoin, AskFirst, Block, Delete, DismissReports, Edit, HandOver, NameOneself, NameRoom, Pin, ReactTo,
        RemoveMember, ReportMessage, ToRoom, Write,
    },
    refusal::Refusal,
    role::Permission,
    room::{Message, RoomEvent},
};

use crate::{Client, Output};

impl Client {
    /// Asks for a change. It takes the place of an earlier one of the same thing.
    pub(super) fn ask(&mut self, request: ToRoom, out: &mut Vec<Output>) {
        if !self.may(Permission::Converse) || self.is_over() {
            return;
        }
        let before = self.conversation.changes.len();
        self.conversation.changes.retain(|change| !is_about_the_same(change, &request));
        // What an earlier request makes of it is not known yet.
        let is_first = self.conversation.changes.len() == before;
        if is_first && self.is_so(&request) {
            return;
        }
        if !self.engagement.is_waiting {
            self.engagement.notice = None;
        }
        if matches!(request, ToRoom::AnswerJoin(_)) {
            self.conversation.refused_answer = None;
        }
        self.conversation.changes.push(request.clone());
        if self.signaling.is_attached() {
            self.request(request, out);
        }
    }

    /// Puts the member's emoji on a message, or takes it away.
    pub(super) fn toggle(&mut self, number: MessageNumber, emoji: Emoji, out: &mut Vec<Output>) {
        let (Some(own), Some(message)) = (self.own_place(), self.known(number)) else { return };
        let mut shown = message.clone();
        let changes = self.effects();
        changes.iter().filter(|(changed, _)| *changed == number).for_each(|(_, change)| shown.apply(change));
        let on = !shown.has_emoji_of(own, &emoji);
        self.ask(ToRoom::ReactTo(ReactTo { number, emoji, on }), out);
    }

    /// Sends the changes that the room has not confirmed. Some may be so already. Those of messages that are not known any more are
    /// sent once, because it is not seen when they are done.
    pub(super) fn send_changes(&mut self, out: &mut Vec<Output>) {
        if !self.signaling.is_attached() {
            return;
        }
        let changes = std::mem::take(&mut self.conversation.changes);
        self.conversation.changes = changes.into_iter().filter(|change| !self.is_so(change)).collect();
        let at_once = self.conversation.changes.len().min(MESSAGE_BURST as usize);
        let sent = self.conversation.changes[..at_once].to_vec();
        sent.into_iter().for_each(|change| self.request(change, out));
        if self.conversation.changes.len() > at_once {
            Self::send_again_later(out);
        }
        let changes = std::mem::take(&mut self.conversation.changes);
        let is_known = |change: &ToRoom| number_in(change).is_none_or(|number| self.known(number).is_some());
        let kept = (0..).zip(changes).filter(|(place, change)| *place >= at_once || is_known(change));
        self.conversation.changes = kept.map(|(_, change)| change).collect();
    }

    /// Emoji that came too fast are sent again a moment later. Whether the refusal was about anything that is to be said again.
    pub(super) fn react_later(&self, out: &mut Vec<Output>) -> bool {
        let has_emoji = self.conversation.changes.iter().any(|change| matches!(change, ToRoom::ReactTo(_)));
        if has_emoji {
            Self::send_again_later(out);
        }
        // What else counts as a reaction is said again anyway.
        has_emoji || self.chosen_reaction().is_none()
    }

    /// A change that has happened is not asked for any more, and a refusal is not about it.
    pub(super) fn confirm(&mut self, event: &RoomEvent) {
        use RoomEvent::MessageEdited;
        let is_done = |change: &ToRoom| match (self.effect_of(change), event) {
            (Some(MessageEdited { number, text, .. }), MessageEdited { number: edited, text: told, .. }) => {
                (number, &text) == (*edited, told)
            }
            (effect, event) => effect.as_ref() == Some(event),
        };
        let [changed, answered] =
            [&self.conversation.changes, &self.conversation.asked].map(|requests| requests.iter().position(is_done));
        changed.map(|place| self.conversation.changes.remove(place));
        answered.map(|place| self.conversation.asked.remove(place));
    }

    /// The room answers in the order in which it is asked, and does not say what it refuses: it is the first request for which the
    /// refusal makes sense. Returns whether there is one.
    pub(super) fn take_back(&mut self, refusal: Refusal) -> bool {
        self.forget_answered();
        let asked = &mut self.conversation.asked;
        let Some(place) = asked.iter().position(|request| may_mean(request, refusal)) else { return false };
        match asked.remove(place) {
            ToRoom::Write(write) => {
                self.engagement.outgoing.retain(|outgoing| outgoing.nonce != write.nonce);
                self.conversation.refused.push((write, refusal));
            }
            request => {
                self.conversation.changes.retain(|change| *change != request);
                match request {
                    ToRoom::AnswerJoin(answer) => {
                        self.conversation.refused_answer = Some((answer.member, refusal));
                    }
                    _ => self.engagement.notice = Some(refusal),
                }
            }
        }
        true
    }

    /// What was done or given up can be refused no more.
    pub(super) fn forget_answered(&mut self) {
        let (outgoing, changes) = (&self.engagement.outgoing, &self.conversation.changes);
        self.conversation.asked.retain(|request| match request {
            ToRoom::Write(write) => outgoing.iter().any(|outgoing| outgoing.nonce == write.nonce),
            request => changes.iter().any(|change| is_about_the_same(request, change)),
        });
    }

    /// What the changes make of messages, each with the message's number.
    pub(super) fn effects(&self) -> Vec<(MessageNumber, RoomEvent)> {
        let effects = self.conversation.changes.iter();
        effects.filter_map(|change| Some((number_in(change)?, self.effect_of(change)?))).collect()
    }

    /// What the room tells once it has done what is asked.
    fn effect_of(&self, request: &ToRoom) -> Option<RoomEvent> {
        let own = self.own_place()?;
        Some(match request {
            ToRoom::Edit(Edit { number, text }) => {
                let version = self.known(*number)?.version.saturating_add(1);
                RoomEvent::MessageEdited { number: *number, author: own, version, text: text.clone(), markup: None }
            }
            ToRoom::Delete(Delete { number }) => RoomEvent::MessageDeleted { number: *number },
            ToRoom::Pin(Pin { number, pinned }) => RoomEvent::MessagePinned { number: *number, pinned: *pinned },
            ToRoom::ReactTo(ReactTo { number, emoji, on }) => {
                RoomEvent::MessageReacted { number: *number, member: own, emoji: emoji.clone(), on: *on }
            }
            ToRoom::NameOneself(NameOneself { name }) => RoomEvent::MemberNamed { member: own, name: name.clone() },
            ToRoom::NameRoom(NameRoom { name }) => RoomEvent::RoomNamed { by: own, name: name.clone() },
            ToRoom::HandOver(HandOver { member }) => {
                let name = self.room.iter().flat_map(|room| &room.members).find(|known| known.member == *member)?;
                RoomEvent::OwnerChanged { owner: *member, name: name.name.clone() }
            }
            ToRoom::AskFirst(AskFirst { on }) => RoomEvent::AskFirstChanged { on: *on },
            ToRoom::AnswerJoin(AnswerJoin { member, .. }) => RoomEvent::JoinAnswered { members: vec![*member] },
            ToRoom::ReportMessage(ReportMessage { number, .. }) => RoomEvent::ReportTaken { number: *number },
            ToRoom::DismissReports(DismissReports { number }) => RoomEvent::ReportsDismissed { numbers: vec![*number] },
            ToRoom::RemoveMember(RemoveMember { member, .. }) => RoomEvent::MemberLeft { member: *member },
            _ => return None,
        })
    }

    /// Whether a request would change nothing of what is known.
    fn is_so(&self, request: &ToRoom) -> bool {
        if let ToRoom::Block(Block { member, blocked }) = request {
            return self.conversation.blocked.contains(member) == *blocked;
        }
        let Some(effect) = self.effect_of(request) else { return false };
        // What the member has reported is not part of what they see.
        if matches!(effect, RoomEvent::ReportTaken { .. }) {
            return false;
        }
        match number_in(request) {
            Some(number) => self.known(number).is_some_and(|message| {
                let mut changed = message.clone();
                changed.apply(&effect);
                Message { version: message.version, markup: message.markup.clone(), ..changed } == *message
            }),
            None => self.room.as_ref().is_some_and(|room| {
                let mut changed = room.clone();
                changed.apply(&effect);
                changed == *room
            }),
        }
    }
}

/// The message that a request changes.
const fn number_in(request: &ToRoom) -> Option<MessageNumber> {
    match request {
        ToRoom::Edit(Edit { number, .. })
        | ToRoom::Delete(Delete { number })
        | ToRoom::Pin(Pin { number, .. })
        | ToRoom::ReportMessage(ReportMessage { number, .. })
        | ToRoom::ReactTo(ReactTo { number, .. }) => Some(*number),
        _ => None,
    }
}

/// Whether the later of two requests decides alone what becomes of the thing.
fn is_about_the_same(earlier: &ToRoom, later: &ToRoom) -> bool {
    let is_same_part = match (earlier, later) {
        (ToRoom::ReactTo(earlier), ToRoom::ReactTo(later)) => earlier.emoji == later.emoji,
        (ToRoom::Block(earlier), ToRoom::Block(later)) => earlier.member == later.member,
        (ToRoom::DismissReports(earlier), ToRoom::DismissReports(later)) => earlier.number == later.number,
        (ToRoom::AnswerJoin(earlier), ToRoom::AnswerJoin(later)) => earlier.member == later.member,
        (ToRoom::RemoveMember(earlier), ToRoom::RemoveMember(later)) => earlier.member == later.member,
        _ => true,
    };
    discriminant(earlier) == discriminant(later) && number_in(earlier) == number_in(later) && is_same_part
}

/// Whether a refusal may mean anything that is asked.
const fn may_mean_anything(refusal: Refusal) -> bool {
    matches!(refusal, Refusal::NotAllowed | Refusal::FrameMalformed | Refusal::FrameTooLarge)
}

const fn is_about_text(refusal: Refusal) -> bool {
    matches!(refusal, Refusal::MessageEmpty | Refusal::MessageTooLong | Refusal::MessageControlCharacter)
}

const fn may_mean(request: &ToRoom, refusal: Refusal) -> bool {
    use Refusal::*;
    may_mean_anything(refusal)
        || match request {
            ToRoom::Write(Write { reply_to, pictures, .. }) => {
                is_about_text(refusal)
                    || (reply_to.is_some() && matches!(refusal, MessageNotFound))
                    || (!pictures.is_empty() && matches!(refusal, PictureNotFound | TooManyPictures))
            }
            ToRoom::Edit(_) => is_about_text(refusal) || matches!(refusal, MessageNotFound),
            ToRoom::ReportMessage(_) => is_about_text(refusal) || matches!(refusal, MessageNotFound | TooManyReports),
            ToRoom::Delete(_) => matches!(refusal, MessageNotFound),
            ToRoom::Pin(_) => matches!(refusal, MessageNotFound | TooManyPins),
            ToRoom::ReactTo(_) => matches!(refusal, MessageNotFound | EmojiUnknown | TooManyEmoji),
            ToRoom::NameOneself(_) => matches!(refusal, NameTaken | NameEmpty | NameTooLong | NameControlCharacter),
            ToRoom::NameRoom(_) => matches!(refusal, RoomNameEmpty | RoomNameTooLong | RoomNameControlCharacter),
            ToRoom::Block(_) => matches!(refusal, MemberNotFound | TooManyBlocked),
            ToRoom::AnswerJoin(_) => matches!(refusal, RoomFull | AddressFull | NameTaken | Removed),
            ToRoom::HandOver(_) | ToRoom::RemoveMember(_) => matches!(refusal, MemberNotFound),
            _ => false,
        }
}
