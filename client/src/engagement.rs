//! Reactions and messages of listeners, and removals by the host.
//!
//! A message is sent until the room has confirmed it, on as many connections as that takes. A reaction is sent only while
//! there is a connection, or after a short move to another server.

mod removals;

use heartogether::{
    engagement::{MessageText, Reaction},
    id::{MemberId, MessageNumber},
    limits::MESSAGE_BURST,
    protocol::{FetchMessages, React, ToRoom, Write},
    refusal::Refusal,
    role::Permission,
    room::{Message, Messages, Picture, RoomEvent},
};
use litemap::LiteMap;

use super::{Client, Output, Timer, conversation::Occasion};
use removals::Removal;

/// Milliseconds after which a message that came too fast is sent again: the limit is one a second.
const MESSAGE_AGAIN_MS: u32 = 1_100;
/// The number of reactions kept: more than can be under way.
const REACTIONS_KEPT: usize = 32;

/// The page's reactions, messages and removals.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Engagement {
    /// The places that this page has had, whose messages are its own.
    places: LiteMap<MemberId, ()>,
    /// Whether it reads others' messages as well.
    reads_others: bool,
    pub(super) messages: LiteMap<MessageNumber, Message>,
    pub(super) has_earlier: bool,
    pub(super) outgoing: Vec<Write>,
    /// Whether the oldest of them, and so the others too, wait for a timer.
    pub(super) is_waiting: bool,
    pub(super) next_nonce: u32,
    /// The listener's reactions, the latest last. The room does not say which one it refuses: only the latest can come
    /// too fast.
    reactions: Vec<Reaction>,
    /// The latest reaction chosen while the page moves to another server.
    held_reaction: Option<Reaction>,
    /// The listeners whom the host removes.
    removals: LiteMap<MemberId, Removal>,
    pub(super) notice: Option<Refusal>,
}

/// The delivery state of an own message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageState {
    /// The room does not have it yet.
    Sending,
    /// The room keeps it for the host.
    Sent,
    /// The host's page has it.
    Delivered,
}

/// An own message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnMessage {
    /// The text.
    pub text: MessageText,
    /// Its delivery state.
    pub state: MessageState,
}

impl Engagement {
    pub(super) fn new(seed: u32) -> Self {
        Self { next_nonce: seed, ..Self::default() }
    }

    /// The page has a place. Returns whether it is a new one.
    pub(super) fn settle(&mut self, place: MemberId, reads_others: bool) -> bool {
        self.reads_others = reads_others;
        self.places.insert(place, ()).is_none()
    }

    pub(super) fn is_own(&self, message: &Message) -> bool {
        !self.reads_others || self.places.contains_key(&message.author)
    }

    /// Handles the latest messages of the room. If others may be missing between them and the known ones, the known
    /// ones are dropped, because the host can only ask for messages older than the oldest known one.
    fn renew(&mut self, latest: &[Message], has_earlier: bool) {
        let first = latest.first().map(|message| message.number);
        if self.messages.last().map(|(number, _)| *number) < first {
            self.messages.clear();
        }
        let oldest = self.messages.first().map(|(number, _)| *number);
        if oldest.is_none_or(|oldest| first.is_none_or(|first| first <= oldest)) {
            self.has_earlier = has_earlier;
        }
        self.learn(latest);
    }

    /// Whether a message is told of again, as it was at first.
    fn knows(&self, event: &RoomEvent) -> bool {
        matches!(event, RoomEvent::MessageSent { message } if self.messages.contains_key(&message.number))
    }

    fn learn(&mut self, messages: &[Message]) {
        for message in messages {
            if self.is_own(message) {
                self.outgoing.retain(|outgoing| outgoing.nonce != message.nonce);
            }
            self.messages.insert(message.number, message.clone());
        }
    }

    pub(super) fn take_page(&mut self, page: &Messages) {
        self.learn(&page.messages);
        self.has_earlier = page.has_earlier;
    }
}

impl Client {
    /// The messages known, oldest first.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.engagement.messages.values()
    }

    /// Whether the room keeps older messages than those shown.
    pub fn has_earlier_messages(&self) -> bool {
        self.past_has_earlier().unwrap_or(self.engagement.has_earlier)
    }

    /// The member's own messages, oldest first; none if they may not write.
    pub fn own_messages(&self) -> impl Iterator<Item = OwnMessage> {
        let may_write = self.may(Permission::Engage);
        let is_own = move |message: &&Message| may_write && self.engagement.is_own(message);
        let own = self.engagement.messages.values().filter(is_own);
        let known = own.filter_map(|message| {
            Some(OwnMessage {
                text: message.text.clone()?,
                state: if message.delivered { MessageState::Delivered } else { MessageState::Sent },
            })
        });
        let sending = |message: &Write| OwnMessage { text: message.text.clone(), state: MessageState::Sending };
        known.chain(self.engagement.outgoing.iter().map(sending))
    }

    /// The listener's last reaction that was not refused.
    pub fn chosen_reaction(&self) -> Option<Reaction> {
        self.engagement.reactions.last().copied()
    }

    /// Why the last message or reaction was not sent at once, or a change was not made.
    pub fn engagement_notice(&self) -> Option<Refusal> {
        self.engagement.notice
    }

    pub(super) fn react(&mut self, reaction: Reaction, out: &mut Vec<Output>) {
        if !self.may(Permission::Engage) {
            return;
        }
        if self.signaling.is_moving() {
            self.engagement.held_reaction = Some(reaction);
        } else if self.signaling.is_attached() {
            let surplus = (self.engagement.reactions.len() + 1).saturating_sub(REACTIONS_KEPT);
            self.engagement.reactions.drain(..surplus);
            self.engagement.reactions.push(reaction);
            self.engagement.notice = None;
            self.say(ToRoom::React(React { reaction }), out);
        }
    }

    pub(super) fn write(
        &mut self,
        text: MessageText,
        pictures: Vec<Picture>,
        reply_to: Option<MessageNumber>,
        out: &mut Vec<Output>,
    ) {
        if !self.may(Permission::Engage) || self.is_over() {
            return;
        }
        let nonce = self.engagement.next_nonce;
        self.engagement.next_nonce = nonce.wrapping_add(1);
        self.send(Write { nonce, text, pictures, reply_to }, out);
    }

    pub(super) fn send(&mut self, message: Write, out: &mut Vec<Output>) {
        let is_waiting = self.engagement.is_waiting;
        self.engagement.notice = is_waiting.then_some(Refusal::TooManyMessages);
        self.engagement.outgoing.push(message.clone());
        // A message that is sent while others wait would overtake them.
        if self.signaling.is_attached() && !is_waiting {
            self.request(ToRoom::Write(message), out);
        }
    }

    pub(super) fn fetch_earlier(&self, out: &mut Vec<Output>) {
        let oldest = self.engagement.messages.keys().next().filter(|_| self.signaling.is_attached());
        if let Some(before) = oldest.copied() {
            self.say(ToRoom::FetchMessages(FetchMessages { before }), out);
        }
    }

    pub(super) fn take_messages(&mut self, page: &Messages, out: &mut Vec<Output>) {
        if !self.converse(Occasion::Fetched(page), out) {
            self.engagement.take_page(page);
        }
    }

    /// The room has kept this message before. Where the page shows only its own messages, it fetches them.
    pub(super) fn note_kept(&mut self, nonce: u32, out: &mut Vec<Output>) {
        let before = self.engagement.outgoing.len();
        self.engagement.outgoing.retain(|outgoing| outgoing.nonce != nonce);
        if self.engagement.outgoing.len() < before {
            self.fetch_own(out);
        }
    }

    /// Fetches the member's own messages: the room shows only those among everybody's latest.
    pub(super) fn fetch_own(&self, out: &mut Vec<Output>) {
        if !self.engagement.reads_others && self.engagement.has_earlier {
            self.say(ToRoom::FetchMessages(FetchMessages { before: MessageNumber(u64::MAX) }), out);
        }
    }

    /// The room as it is was told. Its messages are kept here alone from then on. In a conversation, older ones may have been changed
    /// since they were told, so they are dropped.
    pub(super) fn renew_messages(&mut self, out: &mut Vec<Output>) {
        if self.converse(Occasion::Renewed, out) {
            self.engagement.messages.clear();
        }
        let Some(room) = &mut self.room else { return };
        self.engagement.renew(&std::mem::take(&mut room.messages), room.has_earlier_messages);
    }

    /// Brings the room and the messages up to date. An event may be told again.
    pub(super) fn apply_event(&mut self, event: &RoomEvent) {
        let converses = self.converses();
        let Some(room) = &mut self.room else { return };
        if !self.engagement.knows(event) {
            room.apply(event);
            if converses {
                // Their words are among the messages.
                room.members.iter_mut().for_each(|member| member.last_message = None);
            }
            self.engagement.learn(&std::mem::take(&mut room.messages));
            self.engagement.messages.iter_mut().for_each(|(_, message)| message.apply(event));
        }
    }

    /// Says what the room does not have yet: messages and their changes, removals, and the reaction chosen during a move.
    pub(super) fn say_again(&mut self, out: &mut Vec<Output>) {
        self.send_outgoing(MESSAGE_BURST as usize, out);
        self.converse(Occasion::SaidAgain, out);
        self.send_removals(out);
        if let Some(reaction) = self.engagement.held_reaction.take() {
            self.react(reaction, out);
        }
    }

    /// The move failed or takes too long. A reaction belongs to its moment, so it is not sent later.
    pub(super) fn drop_held_reaction(&mut self) {
        self.engagement.held_reaction = None;
    }

    /// Sends the oldest message that the room does not have, and the rest a moment later, because together they would
    /// be refused.
    pub(super) fn send_outgoing(&mut self, at_once: usize, out: &mut Vec<Output>) {
        if !self.signaling.is_attached() {
            return;
        }
        let messages: Vec<_> = self.engagement.outgoing.iter().take(at_once).cloned().collect();
        messages.into_iter().for_each(|message| self.request(ToRoom::Write(message), out));
        self.engagement.is_waiting = false;
        if self.engagement.outgoing.len() > at_once {
            self.let_messages_wait(out);
        }
    }

    fn let_messages_wait(&mut self, out: &mut Vec<Output>) {
        self.engagement.is_waiting = true;
        Self::send_again_later(out);
    }

    /// What came too fast, or would, is sent a moment later.
    pub(super) fn send_again_later(out: &mut Vec<Output>) {
        out.push(Output::StartTimer { timer: Timer::Messages, after_ms: MESSAGE_AGAIN_MS });
    }

    pub(super) fn follow_engagement(&mut self, event: &RoomEvent, out: &mut Vec<Output>) {
        self.converse(Occasion::Happened(event), out);
        match event {
            RoomEvent::Reacted { reaction, .. } => out.push(Output::ShowReaction(*reaction)),
            RoomEvent::MessageSent { .. } if self.engagement.outgoing.is_empty() => self.engagement.notice = None,
            // Whoever leaves by themselves can come back, unless the time to take it back is over.
            RoomEvent::MemberLeft { member } if self.is_removed(*member) => {
                self.engagement.removals.remove(member);
            }
            _ => {}
        }
    }

    /// Whether the refusal was about a message or a reaction that came too fast.
    pub(super) fn slow_down(&mut self, refusal: Refusal, out: &mut Vec<Output>) -> bool {
        match refusal {
            Refusal::TooManyMessages => self.let_messages_wait(out),
            Refusal::TooManyReactions => _ = self.engagement.reactions.pop(),
            _ => return false,
        }
        self.engagement.notice = Some(refusal);
        true
    }

    /// The page may be closed for good. Its listeners are told at once that there is no more sound, so that they need
    /// not wait to notice.
    pub(super) fn hide(&mut self, out: &mut Vec<Output>) {
        self.settle_removals(out);
        if self.may(Permission::Publish) {
            self.hang_up_all(out);
        }
        // A page that was refused has nothing for the next one to continue.
        let has_room = self.has_owners_place() || self.takes_over();
        let has_sound = self.kind().chooses_to_listen() && (self.publishing.is_capturing() || self.uses_sound());
        let leaves_something = has_room && Self::may_take_over(self.role) || has_sound;
        out.extend(leaves_something.then_some(Output::LeaveMark(self.code)));
        self.pause_listening(out);
        if self.kind().members_stay() {
            // The others see at once that the member is away. If the page is shown again, it connects again.
            out.push(Output::CloseSocket);
            self.lose_link(out);
        }
    }
}
