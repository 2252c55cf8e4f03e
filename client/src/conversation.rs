//! A conversation among members. What is written or changed is shown at once, and kept until the room confirms or refuses it.
//!
//! Pages of rooms in which nobody converses do not load this code: the client calls it through [`Conversing`], which a page has to
//! be given.

mod admission;
mod blocking;
mod changes;
mod history;
mod moments;
mod shown;

use heartogether::{
    id::{DisplayName, MemberId, MessageNumber},
    protocol::{
        AnswerJoin, AskFirst, Block, Delete, DismissReports, Edit, HandOver, Moment, NameRoom, Pin, RemoveMember,
        ReportMessage, ToRoom, Write,
    },
    refusal::Refusal,
    room::{Message, Messages, RoomEvent},
};

use super::{Client, Input, Output, Timer};
use history::{Fetching, Past, Wanted};

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryState {
    /// The room does not have it yet.
    Sending,
    /// The room has it.
    Kept,
    /// The room has refused it. It can be sent again or discarded.
    Refused(Refusal),
}

/// A message as a conversation shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationEntry {
    /// The message, with the changes that were asked for. One that the room does not have has the number 0 and no time.
    pub message: Message,
    /// What becomes of it.
    pub state: EntryState,
    /// Whether the member has written it, on this page or on another one.
    pub is_own: bool,
    /// The number that the member's page gave it, if it is the member's own: the same from the first moment on.
    pub nonce: Option<u32>,
}

/// The way to this module's code.
#[derive(Clone, Copy, Debug)]
struct Conversing(fn(&mut Client, Occasion<'_>, &mut Vec<Output>) -> bool);

impl PartialEq for Conversing {
    /// There is one.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// When the client turns to the conversation.
pub(super) enum Occasion<'a> {
    /// The visitor does something.
    Input(Box<Input>),
    /// A timer ran out.
    TimedOut(Timer),
    /// Something happened in the room.
    Happened(&'a RoomEvent),
    /// Something has happened in the room while the page had no connection.
    Missed(&'a RoomEvent),
    /// Something holds for a moment.
    Told(Moment),
    /// These are the members whom the member has blocked.
    Blocked(Vec<MemberId>),
    /// The room was told of anew.
    Renewed,
    /// A page of messages came. Returns whether they are taken care of.
    Fetched(&'a Messages),
    /// The owner is asked whether the visitor may come in.
    Waits,
    /// The owner has let the visitor in.
    Admitted,
    /// The room says no. Returns whether that was about the conversation.
    Refused(Refusal),
    /// The page has its place on a new connection.
    Attached,
    /// What the room may not have is said again.
    SaidAgain,
}

/// What a conversation has beyond the newest messages.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Conversation {
    conversing: Option<Conversing>,
    /// The name under which the page joins.
    pub(super) name: Option<DisplayName>,
    /// Whether the visitor waits for the owner's answer.
    pub(super) waits: bool,
    /// The owner's latest answer, by the place of whoever asks, if the room has refused it.
    refused_answer: Option<(MemberId, Refusal)>,
    /// Own messages that the room has refused, and why.
    refused: Vec<(Write, Refusal)>,
    /// Changes that the room has not confirmed, oldest first.
    changes: Vec<ToRoom>,
    /// What the room was asked on this connection, and has neither done nor refused: messages and changes, in this order.
    asked: Vec<ToRoom>,
    /// Whom the member has blocked.
    blocked: Vec<MemberId>,
    /// Who is writing.
    typing: Vec<MemberId>,
    /// Whether the room was told a moment ago that this member is writing.
    is_typing_told: bool,
    /// The latest message that the member has seen, here or on another page.
    seen: MessageNumber,
    /// The latest of which the room knows that.
    told_seen: MessageNumber,
    /// Whether the room was told a moment ago what the member has seen.
    is_seen_told: bool,
    /// What the visitor looks at, while it does not reach the newest messages.
    past: Option<Past>,
    /// The page of messages that is asked for.
    fetching: Option<Fetching>,
    /// How many messages are known since the visitor went back last.
    reach: usize,
}

impl Client {
    /// A page of a room in which members converse.
    #[must_use]
    pub fn conversing(mut self) -> Self {
        self.conversation.conversing = Some(Conversing(take_part));
        self
    }

    /// A page that joins under this name, where members choose their names; otherwise it is the account's.
    #[must_use]
    pub fn named(mut self, name: Option<DisplayName>) -> Self {
        self.conversation.name = name;
        self
    }

    /// The place of the page's member, while it has one.
    pub fn own_member(&self) -> Option<MemberId> {
        self.own_place()
    }

    /// The latest message that the member has seen here, or on another page since this one is open.
    pub const fn read_up_to(&self) -> MessageNumber {
        self.conversation.seen
    }

    /// Whether there are older messages than those of the past, if that is shown.
    pub(super) fn past_has_earlier(&self) -> Option<bool> {
        self.conversation.past.as_ref().map(|past| past.has_earlier)
    }

    /// Whether the page is one of a room in which members converse.
    pub(super) const fn converses(&self) -> bool {
        self.conversation.conversing.is_some()
    }

    /// Turns to the conversation, if there is one.
    pub(super) fn converse(&mut self, occasion: Occasion<'_>, out: &mut Vec<Output>) -> bool {
        self.conversation.conversing.is_some_and(|Conversing(take_part)| take_part(self, occasion, out))
    }

    /// Sends what the room may refuse.
    pub(super) fn request(&mut self, request: ToRoom, out: &mut Vec<Output>) {
        if self.converses() {
            self.conversation.asked.push(request.clone());
        }
        self.say(request, out);
    }

    fn take_up(&mut self, input: Input, out: &mut Vec<Output>) {
        match input {
            Input::MessageEdited { number, text } => self.ask(ToRoom::Edit(Edit { number, text }), out),
            Input::MessageDeleted(number) => self.ask(ToRoom::Delete(Delete { number }), out),
            Input::MessagePinned { number, pinned } => self.ask(ToRoom::Pin(Pin { number, pinned }), out),
            Input::MessageReported { number, reason } => {
                self.ask(ToRoom::ReportMessage(ReportMessage { number, reason }), out);
            }
            Input::ReportsDismissed(number) => self.ask(ToRoom::DismissReports(DismissReports { number }), out),
            Input::MemberBlocked { member, blocked } => self.ask(ToRoom::Block(Block { member, blocked }), out),
            Input::EmojiPressed { number, emoji } => self.toggle(number, emoji, out),
            Input::SharingEnded => self.share_no_more(out),
            Input::ListenPressed(publication) => self.listen(publication, out),
            Input::ListeningEnded => self.listen_no_more(out),
            Input::PublicationEndPressed(publication) => self.end_publication(publication, out),
            Input::MessageRetried(nonce) => self.retry(nonce, out),
            Input::MessageDiscarded(nonce) => self.conversation.refused.retain(|(write, _)| write.nonce != nonce),
            Input::EarlierMessagesPressed => self.want(Wanted::Earlier, out),
            Input::LaterMessagesPressed => self.want(Wanted::Later, out),
            Input::LatestMessagesPressed => self.show_latest(),
            Input::MessageSought(number) => self.seek(number, out),
            Input::Typed => self.tell_typing(out),
            Input::Seen(number) => self.see(number, out),
            Input::NameChosen(name) => self.choose_name(name, out),
            Input::RoomNameChosen(name) => self.ask(ToRoom::NameRoom(NameRoom { name }), out),
            Input::HandOverPressed(member) => self.ask(ToRoom::HandOver(HandOver { member }), out),
            Input::AskFirstChosen(on) => self.ask(ToRoom::AskFirst(AskFirst { on }), out),
            Input::JoinAnswered { member, admit } => self.ask(ToRoom::AnswerJoin(AnswerJoin { member, admit }), out),
            Input::SendOutPressed(member) => {
                let sent_out = RemoveMember { member, block_address: false, may_return: true };
                self.ask(ToRoom::RemoveMember(sent_out), out);
            }
            _ => {}
        }
    }

    fn retry(&mut self, nonce: u32, out: &mut Vec<Output>) {
        let refused = &mut self.conversation.refused;
        let Some(place) = refused.iter().position(|(write, _)| write.nonce == nonce) else { return };
        let (write, _) = refused.remove(place);
        self.send(write, out);
    }

    fn follow_conversation(&mut self, event: &RoomEvent, out: &mut Vec<Output>) {
        self.confirm(event);
        self.forget_answered();
        match event {
            RoomEvent::MessageSent { message } => {
                self.end_typing(message.author, out);
                self.forget_kept();
                self.forget_oldest();
            }
            RoomEvent::MemberLeft { member } | RoomEvent::MemberConnected { member, connected: false } => {
                self.end_typing(*member, out);
            }
            RoomEvent::MemberNamed { member, name } if Some(*member) == self.own_place() => {
                self.conversation.name = Some(name.clone());
            }
            _ => {}
        }
    }

    /// What was refused, and is kept after all, was not what the room refused.
    fn forget_kept(&mut self) {
        let engagement = &self.engagement;
        let is_kept =
            |nonce| engagement.messages.values().any(|known| known.nonce == nonce && engagement.is_own(known));
        self.conversation.refused.retain(|(write, _)| !is_kept(write.nonce));
    }

    fn come_back(&mut self, out: &mut Vec<Output>) {
        self.conversation.waits = false;
        self.conversation.asked.clear();
        self.forget_kept();
        self.conversation.reach = self.conversation.reach.min(self.engagement.messages.len());
        self.forget_oldest();
        // What was said last may not have got there.
        self.conversation.told_seen = MessageNumber::default();
        self.tell_seen(out);
    }

    /// Whether the room's refusal was about the conversation.
    fn take_no(&mut self, refusal: Refusal, out: &mut Vec<Output>) -> bool {
        match refusal {
            // It was about the place.
            _ if self.place.is_none() => false,
            Refusal::TooManyFrames => {
                self.fetch_later(out);
                // It may have been about another request.
                false
            }
            Refusal::TooManyReactions => self.react_later(out),
            refusal => self.take_back(refusal),
        }
    }
}

/// What a page of a conversation does that others do not.
fn take_part(client: &mut Client, occasion: Occasion<'_>, out: &mut Vec<Output>) -> bool {
    match occasion {
        Occasion::Input(input) => client.take_up(*input, out),
        Occasion::TimedOut(Timer::Typing(member)) => client.end_typing(member, out),
        Occasion::TimedOut(Timer::TypingPause) => client.conversation.is_typing_told = false,
        Occasion::TimedOut(Timer::Seen) => client.tell_seen_again(out),
        Occasion::TimedOut(Timer::EarlierMessages) => client.fetch_again(out),
        Occasion::TimedOut(_) => client.send_changes(out),
        Occasion::Happened(event) => {
            client.change_past(event);
            client.follow_conversation(event, out);
        }
        Occasion::Missed(event) => {
            client.change_past(event);
            client.confirm(event);
        }
        Occasion::Renewed => client.forget_past(),
        Occasion::Told(Moment::Typing { member }) => client.note_typing(member, out),
        Occasion::Told(Moment::Read { up_to }) => client.note_read(up_to),
        Occasion::Blocked(members) => client.note_blocked(members),
        Occasion::Fetched(page) => client.take_page(page, out),
        Occasion::Waits => client.wait_for_owner(out),
        Occasion::Admitted if client.waits() => client.join(out),
        Occasion::Admitted => {}
        Occasion::Refused(refusal) => return client.take_no(refusal, out),
        Occasion::Attached => client.come_back(out),
        Occasion::SaidAgain => {
            client.send_changes(out);
            client.fetch_later(out);
        }
    }
    true
}
