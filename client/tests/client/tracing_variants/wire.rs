//! At least one example of every message of the protocol.

use heartogether::{
    engagement::Reaction,
    id::{MessageNumber, PictureId, Seq},
    protocol::*,
    refusal::Refusal,
    role::Role,
    room::{
        EndReason, Message, Messages, Missed, Report, Resumed, RoomEvent, SequencedEvent, Source, StreamState, Waiting,
    },
    time::Timestamp,
};

use super::{BEFORE, N, emoji, ice, room_name, text};
use crate::scenario::*;

fn message() -> Message {
    Message {
        number: MessageNumber(4),
        author: GRACE,
        name: name("Undisclosed"),
        nonce: 1,
        text: Some(text()),
        sent_at: Timestamp::from_millis(0),
        delivered: false,
        version: 0,
        reply_to: None,
        pinned: false,
        pictures: Vec::new(),
        emoji: Vec::new(),
        markup: None,
    }
}

fn signals() -> Vec<Signal> {
    let sdp = || "undisclosed-description".to_owned();
    every! {
        Signal::Offer { .. } =>
            Signal::Offer { negotiation: N.id, sdp: sdp(), restarts: None },
            Signal::Offer { negotiation: N.id, sdp: sdp(), restarts: Some(BEFORE.id) };
        Signal::Answer { .. } => Signal::Answer { negotiation: N.id, sdp: sdp() };
        Signal::Candidates { .. } => Signal::Candidates { negotiation: N.id, candidates: vec![candidate("undisclosed")] };
        Signal::Closed { .. } => Signal::Closed { negotiation: N.id };
        Signal::OfferRequest { .. } =>
            Signal::OfferRequest { restarts: None },
            Signal::OfferRequest { restarts: Some(BEFORE.id) };
    }
}

fn waiting() -> Waiting {
    Waiting { member: EDSGER, name: name("Undisclosed"), at: Timestamp::from_millis(5) }
}

fn report() -> Report {
    Report { member: EDSGER, name: name("Undisclosed"), reason: Some(text()), at: Timestamp::from_millis(5) }
}

fn events() -> Vec<RoomEvent> {
    let (at, number) = (Timestamp::from_millis(5), MessageNumber(4));
    every! {
        RoomEvent::MemberJoined { .. } => RoomEvent::MemberJoined { member: listener_view(GRACE) };
        RoomEvent::MemberConnected { .. } => connected(GRACE, true), connected(GRACE, false);
        RoomEvent::MemberLeft { .. } => RoomEvent::MemberLeft { member: GRACE };
        RoomEvent::MemberNamed { .. } => RoomEvent::MemberNamed { member: GRACE, name: name("Undisclosed") };
        RoomEvent::RoomNamed { .. } => RoomEvent::RoomNamed { by: GRACE, name: room_name() };
        RoomEvent::OwnerChanged { .. } => RoomEvent::OwnerChanged { owner: GRACE, name: name("Undisclosed") };
        RoomEvent::AskFirstChanged { .. } => RoomEvent::AskFirstChanged { on: true };
        RoomEvent::JoinAsked { .. } => RoomEvent::JoinAsked { waiting: waiting() };
        RoomEvent::JoinAnswered { .. } => RoomEvent::JoinAnswered { members: vec![GRACE] };
        RoomEvent::AttendanceChanged { .. } => RoomEvent::AttendanceChanged { attendance: 7 };
        RoomEvent::LinkOpened { .. } => RoomEvent::LinkOpened { link: link_to(GRACE) };
        RoomEvent::LinkClosed { .. } => RoomEvent::LinkClosed { peer: GRACE };
        RoomEvent::PublicationChanged { .. } =>
            sends(StreamState::Live), sends(StreamState::Paused), sends(StreamState::Interrupted), is_silent(true);
        RoomEvent::PublicationEnded { .. } => sends(StreamState::Idle);
        RoomEvent::PublicationStopped { .. } =>
            RoomEvent::PublicationStopped { publication: publication(StreamState::Live).id, by: GRACE };
        RoomEvent::SoundMoved => RoomEvent::SoundMoved;
        RoomEvent::Reacted { .. } => RoomEvent::Reacted { member: GRACE, reaction: Reaction::ALL[0], at };
        RoomEvent::MessageSent { .. } => RoomEvent::MessageSent { message: message() };
        RoomEvent::MessageEdited { .. } =>
            RoomEvent::MessageEdited { number, author: GRACE, text: text(), markup: None, version: 1 };
        RoomEvent::MessageDeleted { .. } => RoomEvent::MessageDeleted { number };
        RoomEvent::MessagePinned { .. } =>
            RoomEvent::MessagePinned { number, pinned: true }, RoomEvent::MessagePinned { number, pinned: false };
        RoomEvent::PictureRemoved { .. } => RoomEvent::PictureRemoved { number, picture: PictureId::from_bits(9) };
        RoomEvent::MessageReacted { .. } =>
            RoomEvent::MessageReacted { number, member: GRACE, emoji: emoji(), on: true },
            RoomEvent::MessageReacted { number, member: GRACE, emoji: emoji(), on: false };
        RoomEvent::MessageReported { .. } => RoomEvent::MessageReported { number, author: GRACE, report: report() };
        RoomEvent::ReportsDismissed { .. } => RoomEvent::ReportsDismissed { numbers: vec![number] };
        RoomEvent::ReportTaken { .. } => RoomEvent::ReportTaken { number };
        RoomEvent::MessagesDelivered { .. } => RoomEvent::MessagesDelivered { up_to: number };
        RoomEvent::EndExpected { .. } =>
            RoomEvent::EndExpected { ends_at: Some(at) }, RoomEvent::EndExpected { ends_at: None };
        RoomEvent::RoomEnded { .. } => RoomEvent::RoomEnded { reason: EndReason::Stopped };
    }
}

fn from_rooms() -> Vec<FromRoom> {
    let now = Timestamp::from_millis(0);
    let resumed = |missed, ice_servers| {
        let blocked = Vec::new();
        FromRoom::Resumed(Resumed { seq: Seq(2), now, missed, blocked, sound_elsewhere: false, ice_servers })
    };
    let mut messages = every! {
        FromRoom::Joined(_) => FromRoom::Joined(place(GRACE, 1, view(StreamState::Live, &[GRACE])));
        FromRoom::Resumed(_) =>
            resumed(Missed::Events(vec![]), None),
            resumed(Missed::Room(view(StreamState::Live, &[])), Some(ice()));
        FromRoom::Event(_) => FromRoom::Event(SequencedEvent { seq: Seq(9), event: sends(StreamState::Live) });
        FromRoom::Refused { .. } => FromRoom::Refused { refusal: Refusal::NotAllowed };
        FromRoom::Waiting => FromRoom::Waiting;
        FromRoom::Admitted => FromRoom::Admitted;
        FromRoom::MessageKept { .. } => FromRoom::MessageKept { nonce: 7 };
        FromRoom::Messages(_) => FromRoom::Messages(Messages { messages: vec![message()], has_earlier: true, ..Messages::default() });
        FromRoom::Blocked { .. } => FromRoom::Blocked { members: vec![GRACE] };
        FromRoom::Moment(_) =>
            FromRoom::Moment(Moment::Typing { member: GRACE }), FromRoom::Moment(Moment::Read { up_to: MessageNumber(4) });
        FromRoom::Signal(_) => FromRoom::Signal(ReceivedSignal { from: EDSGER, signal: hung_up(7) });
    };
    messages.extend(events().into_iter().map(|event| FromRoom::Event(SequencedEvent { seq: Seq(3), event })));
    messages.extend(signals().into_iter().map(|signal| FromRoom::Signal(ReceivedSignal { from: HOST, signal })));
    messages
}

pub(super) fn server_messages() -> Vec<ServerMessage> {
    let mut messages = every! {
        ServerMessage::Welcome(_) => ServerMessage::Welcome(Welcome { protocol: 1, heartbeat_ms: 10_000 });
        ServerMessage::Heartbeat => ServerMessage::Heartbeat;
        ServerMessage::Pong(_) => ServerMessage::Pong(Ping { nonce: 1 });
        ServerMessage::Refused(_) => ServerMessage::Refused(Refused { refusal: Refusal::RoomFull });
        ServerMessage::Room(_) => from_room(FromRoom::Refused { refusal: Refusal::MemberNotFound });
    };
    messages.extend(from_rooms().into_iter().map(from_room));
    messages
}

fn to_rooms() -> Vec<ToRoom> {
    let number = MessageNumber(4);
    let mut messages = every! {
        ToRoom::Join(_) => ToRoom::Join(Join { role: Role::Host, take_over: true, name: None, returns: false });
        ToRoom::Leave => ToRoom::Leave;
        ToRoom::Publish(_) => ToRoom::Publish(Publish { source: Source::Display, paused: true });
        ToRoom::Pause => ToRoom::Pause;
        ToRoom::Resume => ToRoom::Resume;
        ToRoom::Interrupt => ToRoom::Interrupt;
        ToRoom::DeclareSilence(_) => ToRoom::DeclareSilence(DeclareSilence { silent: true });
        ToRoom::Listen(_) => ToRoom::Listen(Listen { publication: publication(StreamState::Live).id, on: true });
        ToRoom::EndPublication(_) =>
            ToRoom::EndPublication(EndPublication { publication: publication(StreamState::Live).id });
        ToRoom::Stop => ToRoom::Stop;
        ToRoom::React(_) => ToRoom::React(React { reaction: Reaction::ALL[0] });
        ToRoom::Write(_) => ToRoom::Write(Write { nonce: 1, text: text(), pictures: Vec::new(), reply_to: None });
        ToRoom::Edit(_) => ToRoom::Edit(Edit { number, text: text() });
        ToRoom::Delete(_) => ToRoom::Delete(Delete { number });
        ToRoom::Pin(_) => ToRoom::Pin(Pin { number, pinned: true }), ToRoom::Pin(Pin { number, pinned: false });
        ToRoom::ReactTo(_) =>
            ToRoom::ReactTo(ReactTo { number, emoji: emoji(), on: true }),
            ToRoom::ReactTo(ReactTo { number, emoji: emoji(), on: false });
        ToRoom::ReportMessage(_) => ToRoom::ReportMessage(ReportMessage { number, reason: Some(text()) });
        ToRoom::DismissReports(_) => ToRoom::DismissReports(DismissReports { number });
        ToRoom::Block(_) => ToRoom::Block(Block { member: GRACE, blocked: true });
        ToRoom::NameOneself(_) => ToRoom::NameOneself(NameOneself { name: name("Undisclosed") });
        ToRoom::NameRoom(_) => ToRoom::NameRoom(NameRoom { name: room_name() });
        ToRoom::AskFirst(_) => ToRoom::AskFirst(AskFirst { on: true });
        ToRoom::AnswerJoin(_) => ToRoom::AnswerJoin(AnswerJoin { member: GRACE, admit: false });
        ToRoom::HandOver(_) => ToRoom::HandOver(HandOver { member: GRACE });
        ToRoom::Type => ToRoom::Type;
        ToRoom::MarkRead(_) => ToRoom::MarkRead(MarkRead { up_to: number });
        ToRoom::FetchMessages(_) => ToRoom::FetchMessages(FetchMessages { before: number });
        ToRoom::RemoveMember(_) => ToRoom::RemoveMember(RemoveMember { member: GRACE, block_address: true, may_return: false });
        ToRoom::Signal(_) => ToRoom::Signal(SendSignal { to: EDSGER, signal: hung_up(7) });
    };
    messages.extend(signals().into_iter().map(|signal| ToRoom::Signal(SendSignal { to: HOST, signal })));
    messages
}

pub(super) fn client_messages() -> Vec<ClientMessage> {
    let resume = ResumeRoom { room: code(), token: TOKEN, last_seq: Seq(4) };
    let mut messages = every! {
        ClientMessage::Hello(_) => ClientMessage::Hello(Hello { protocol: 1 });
        ClientMessage::Ping(_) => ClientMessage::Ping(Ping { nonce: 1 });
        ClientMessage::ResumeRooms(_) => ClientMessage::ResumeRooms(ResumeRooms { rooms: vec![resume] });
        ClientMessage::Room(_) => say(GRACE, hung_up(6));
    };
    messages.extend(to_rooms().into_iter().map(to_room));
    messages
}
