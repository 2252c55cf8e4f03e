//! Every message in its frame. A changed snapshot is a change of the protocol.

mod parts;

use std::{collections::BTreeSet, fmt::Debug};

use heartogether::{
    engagement::{Emoji, MessageText, Reaction},
    ice::{IceConfiguration, IceServer},
    id::{
        DisplayName, MemberId, MessageNumber, NegotiationId, PictureId, PublicationId, ResumeToken, RoomCode, RoomName,
        Seq,
    },
    limits::{CANDIDATES_PER_SIGNAL, Limits},
    protocol::*,
    refusal::Refusal,
    role::Role,
    room::*,
    time::Timestamp,
};
use serde::Serialize;

use crate::variants::{named, tags_at, texts_under};
use parts::*;

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
const HOST: MemberId = MemberId::from_bits(0xa0);
const LISTENER: MemberId = MemberId::from_bits(0xb1);
const LINK: Link = Link { offerer: HOST, answerer: LISTENER };
const TOKEN: ResumeToken = ResumeToken::from_bits(0xc2);
const NEGOTIATION: NegotiationId = NegotiationId(7);

fn code() -> RoomCode {
    "ABC234".parse().expect("a code of the tests")
}

fn ice_servers() -> IceConfiguration {
    let server = |url: &str, member: Option<&str>| IceServer {
        urls: vec![url.to_owned()],
        username: member.map(|member| format!("1790003600:{member}")),
        credential: member.map(|_| "T4OVtz62M6bJysoOyw3stV2a46s=".to_owned()),
    };
    let servers = vec![server("stun:stun.example:3478", None), server("turn:turn.example:3478", Some("c2"))];
    IceConfiguration { servers, renew_in_s: Some(1_800), relay_only: true, has_relay: true }
}

fn signals() -> Vec<Signal> {
    let candidate = Candidate {
        candidate: "candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host".to_owned(),
        sdp_mid: Some("0".to_owned()),
        sdp_m_line_index: Some(0),
    };
    let bare = Candidate { candidate: String::new(), sdp_mid: None, sdp_m_line_index: None };
    vec![
        Signal::Offer { negotiation: NEGOTIATION, sdp: "v=0\r\n".to_owned(), restarts: None },
        Signal::Offer { negotiation: NEGOTIATION, sdp: "v=0\r\n".to_owned(), restarts: Some(NegotiationId(6)) },
        Signal::Answer { negotiation: NEGOTIATION, sdp: "v=0\r\n".to_owned() },
        Signal::Candidates { negotiation: NEGOTIATION, candidates: vec![candidate, bare] },
        Signal::Closed { negotiation: NEGOTIATION },
        Signal::OfferRequest { restarts: None },
        Signal::OfferRequest { restarts: Some(NEGOTIATION) },
    ]
}

fn to_room() -> Vec<ToRoom> {
    let number = MessageNumber(40);
    let mut messages = vec![
        ToRoom::Join(Join { role: Role::Host, take_over: true, name: None, returns: false }),
        ToRoom::Join(Join { role: Role::Listener, take_over: false, name: None, returns: false }),
        ToRoom::Join(Join { role: Role::Participant, take_over: false, name: None, returns: false }),
        ToRoom::Leave,
        ToRoom::Publish(Publish { source: Source::Display, paused: false }),
        ToRoom::Publish(Publish { source: Source::Microphone, paused: true }),
        ToRoom::Pause,
        ToRoom::Resume,
        ToRoom::Interrupt,
        ToRoom::DeclareSilence(DeclareSilence { silent: true }),
        ToRoom::Listen(Listen { publication: publication(StreamState::Live).id, on: true }),
        ToRoom::EndPublication(EndPublication { publication: publication(StreamState::Live).id }),
        ToRoom::Stop,
        ToRoom::Write(Write { nonce: u32::MAX, text: text(), pictures: Vec::new(), reply_to: None }),
        ToRoom::Write(Write { nonce: 1, text: text(), pictures: Vec::new(), reply_to: Some(number) }),
        ToRoom::Write(Write { nonce: 2, text: MessageText::none(), pictures: vec![picture()], reply_to: None }),
        ToRoom::Edit(Edit { number, text: text() }),
        ToRoom::Delete(Delete { number }),
        ToRoom::Pin(Pin { number, pinned: true }),
        ToRoom::ReactTo(ReactTo { number, emoji: emoji(), on: true }),
        ToRoom::ReportMessage(ReportMessage { number, reason: Some(text()) }),
        ToRoom::DismissReports(DismissReports { number }),
        ToRoom::Block(Block { member: LISTENER, blocked: true }),
        ToRoom::Type,
        ToRoom::MarkRead(MarkRead { up_to: number }),
        ToRoom::NameOneself(NameOneself { name: DisplayName::parse("Countess").expect("a name of the tests") }),
        ToRoom::NameRoom(NameRoom { name: room_name() }),
        ToRoom::HandOver(HandOver { member: LISTENER }),
        ToRoom::AskFirst(AskFirst { on: true }),
        ToRoom::AnswerJoin(AnswerJoin { member: LISTENER, admit: true }),
        ToRoom::AnswerJoin(AnswerJoin { member: LISTENER, admit: false }),
        ToRoom::Join(Join {
            role: Role::Participant,
            take_over: false,
            name: DisplayName::parse("Grace").ok(),
            returns: false,
        }),
        ToRoom::Join(Join { role: Role::Participant, take_over: false, name: None, returns: true }),
        ToRoom::RemoveMember(RemoveMember { member: LISTENER, block_address: false, may_return: true }),
        ToRoom::FetchMessages(FetchMessages { before: number }),
        ToRoom::RemoveMember(RemoveMember { member: LISTENER, block_address: false, may_return: false }),
        ToRoom::RemoveMember(RemoveMember { member: LISTENER, block_address: true, may_return: false }),
    ];
    messages.extend(Reaction::ALL.iter().map(|reaction| ToRoom::React(React { reaction: *reaction })));
    messages.extend(signals().into_iter().map(|signal| ToRoom::Signal(SendSignal { to: LISTENER, signal })));
    messages
}

fn client_messages() -> Vec<ClientMessage> {
    let place = ResumeRoom { room: code(), token: TOKEN, last_seq: Seq(41) };
    let mut messages = vec![
        ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION }),
        ClientMessage::Ping(Ping { nonce: u32::MAX }),
        ClientMessage::ResumeRooms(ResumeRooms { rooms: vec![place.clone(), place] }),
    ];
    messages.extend(to_room().into_iter().map(|message| ClientMessage::to_room(code(), message)));
    messages
}

fn room_events() -> Vec<RoomEvent> {
    use StreamState::{Ended, Idle, Interrupted, Live, Paused};
    let number = MessageNumber(40);
    let changed = Message { version: 2, reply_to: Some(MessageNumber(1)), pinned: true, text: None, ..message() };
    let with_pictures = Message { pictures: vec![picture()], ..message() };
    let with_emoji = Message { emoji: vec![EmojiOnMessage { emoji: emoji(), by: vec![LISTENER, HOST] }], ..message() };
    let with_markup = Message { text: MessageText::parse("**louder**").ok(), markup: markup(), ..message() };
    let mut events = vec![
        RoomEvent::MemberJoined { member: listener() },
        RoomEvent::MemberConnected { member: LISTENER, connected: false },
        RoomEvent::MemberLeft { member: LISTENER },
        RoomEvent::AttendanceChanged { attendance: 21 },
        RoomEvent::LinkOpened { link: LINK },
        RoomEvent::LinkClosed { peer: LISTENER },
        RoomEvent::PublicationEnded { publication: publication(Live).id },
        RoomEvent::PublicationStopped { publication: publication(Live).id, by: HOST },
        RoomEvent::SoundMoved,
        RoomEvent::Reacted { member: LISTENER, reaction: Reaction::Hundred, at: NOW },
        RoomEvent::MessageSent { message: message() },
        RoomEvent::MessageSent { message: changed },
        RoomEvent::MessageSent { message: with_emoji },
        RoomEvent::MessageSent { message: with_markup },
        RoomEvent::MessageSent { message: with_pictures },
        RoomEvent::MessageReacted { number, member: LISTENER, emoji: emoji(), on: true },
        RoomEvent::MemberNamed { member: LISTENER, name: DisplayName::parse("Countess").expect("a name") },
        RoomEvent::RoomNamed { by: HOST, name: room_name() },
        RoomEvent::OwnerChanged { owner: LISTENER, name: DisplayName::parse("Grace").expect("a name") },
        RoomEvent::MessageEdited { number, author: LISTENER, version: 1, text: text(), markup: None },
        RoomEvent::MessageEdited { number, author: LISTENER, version: 2, text: text(), markup: markup() },
        RoomEvent::MessageDeleted { number },
        RoomEvent::MessagePinned { number, pinned: true },
        RoomEvent::PictureRemoved { number, picture: picture().id },
        RoomEvent::AskFirstChanged { on: true },
        RoomEvent::JoinAsked { waiting: waiting() },
        RoomEvent::JoinAnswered { members: vec![LISTENER] },
        RoomEvent::MessageReported { number, author: LISTENER, report: report() },
        RoomEvent::ReportsDismissed { numbers: vec![number] },
        RoomEvent::ReportTaken { number },
        RoomEvent::MessagesDelivered { up_to: number },
        RoomEvent::EndExpected { ends_at: Some(NOW) },
        RoomEvent::EndExpected { ends_at: None },
    ];
    let changes = [Idle, Live, Paused, Interrupted, Ended]
        .map(|state| RoomEvent::PublicationChanged { publication: publication(state) });
    let ends =
        [EndReason::Stopped, EndReason::Idle, EndReason::HostAbsent].map(|reason| RoomEvent::RoomEnded { reason });
    events.extend(changes.into_iter().chain(ends));
    events
}

fn from_room() -> Vec<FromRoom> {
    let (member, seq) = (LISTENER, Seq(42));
    let missed = |missed, ice_servers: Option<_>| {
        let (blocked, sound_elsewhere) = (Vec::new(), ice_servers.is_none());
        FromRoom::Resumed(Resumed { seq, now: NOW, missed, blocked, sound_elsewhere, ice_servers })
    };
    let joined = |room, blocked: Vec<_>, ice_servers| {
        let sound_elsewhere = !blocked.is_empty();
        FromRoom::Joined(Joined { member, token: TOKEN, seq, now: NOW, room, blocked, sound_elsewhere, ice_servers })
    };
    let whole = room(StreamState::Ended, Some(EndReason::Stopped));
    let mut messages = vec![
        FromRoom::Messages(Messages { before: MessageNumber(40), messages: vec![message()], has_earlier: false }),
        FromRoom::Waiting,
        FromRoom::Admitted,
        FromRoom::MessageKept { nonce: 7 },
        FromRoom::Blocked { members: vec![HOST] },
        FromRoom::Moment(Moment::Typing { member }),
        FromRoom::Moment(Moment::Read { up_to: MessageNumber(40) }),
        joined(lounge(), vec![HOST], None),
        joined(room(StreamState::Live, None), Vec::new(), Some(ice_servers())),
        missed(Missed::Events(room_events()), None),
        missed(Missed::Room(whole), Some(ice_servers())),
    ];
    let events = room_events().into_iter().map(|event| FromRoom::Event(SequencedEvent { seq, event }));
    let signals = signals().into_iter().map(|signal| FromRoom::Signal(ReceivedSignal { from: HOST, signal }));
    let refusals = Refusal::ALL.iter().map(|refusal| FromRoom::Refused { refusal: *refusal });
    messages.extend(events.chain(signals).chain(refusals));
    messages
}

fn server_messages() -> Vec<ServerMessage> {
    let heartbeat_ms = Limits::default().heartbeat_ms;
    let mut messages = vec![
        ServerMessage::Welcome(Welcome { protocol: PROTOCOL_VERSION, heartbeat_ms }),
        ServerMessage::Heartbeat,
        ServerMessage::Pong(Ping { nonce: 0 }),
        ServerMessage::Refused(Refused { refusal: Refusal::FrameMalformed }),
    ];
    messages.extend(from_room().into_iter().map(|message| ServerMessage::from_room(code(), message)));
    messages
}

/// One frame a line, byte for byte.
fn frames(messages: &[impl Serialize]) -> String {
    messages.iter().map(|message| encode(message) + "\n").collect()
}

fn value(message: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(message).expect("a message is JSON")
}

#[test]
fn client_messages_have_this_form() {
    insta::assert_snapshot!(frames(&client_messages()));
}

#[test]
fn server_messages_have_this_form() {
    insta::assert_snapshot!(frames(&server_messages()));
}

#[test]
fn a_written_message_is_read_unchanged() {
    fn check<M: Serialize + PartialEq + Debug>(messages: Vec<M>, decode: impl Fn(&str) -> Result<M, Refusal>) {
        for message in messages {
            assert_eq!(decode(&encode(&message)).as_ref(), Ok(&message));
        }
    }
    check(client_messages(), decode_client);
    check(server_messages(), decode_server);
}

#[test]
fn the_snapshots_contain_every_variant() {
    let shown = |key: &str, messages: &[serde_json::Value]| -> BTreeSet<String> {
        messages.iter().flat_map(|message| texts_under(key, message)).collect()
    };
    let client: Vec<_> = client_messages().iter().map(value).collect();
    let server: Vec<_> = server_messages().iter().map(value).collect();
    let both = [client.clone(), server.clone()].concat();

    assert_eq!(tags_at("", &client), named::<ClientMessage>());
    assert_eq!(tags_at("", &server), named::<ServerMessage>());
    assert_eq!(tags_at("/room/message", &client), named::<ToRoom>());
    assert_eq!(tags_at("/room/message", &server), named::<FromRoom>());
    for frames in [&client, &server] {
        assert_eq!(tags_at("/room/message/signal/signal", frames), named::<Signal>());
    }
    assert_eq!(tags_at("/room/message/event/event", &server), named::<RoomEvent>());
    assert_eq!(tags_at("/room/message/resumed/missed", &server), named::<Missed>());
    assert_eq!(shown("role", &both), named::<Role>());
    assert_eq!(shown("source", &both), named::<Source>());
    assert_eq!(shown("state", &both), named::<StreamState>());
    let reasons = tags_at("/room/message/event/event/room_ended/reason", &server);
    assert_eq!(reasons, named::<EndReason>());
    assert_eq!(shown("refusal", &both), Refusal::ALL.iter().map(|refusal| refusal.code().to_owned()).collect());
    assert_eq!(shown("reaction", &client), named::<Reaction>());
}

#[test]
fn the_largest_signal_that_is_allowed_fits_into_a_frame() {
    let longest = "candidate:4234997325 1 tcp 1518280447 2001:db8:1234:5678:9abc:def0:1234:5678 65535 typ relay \
                   raddr 2001:db8:1234:5678:9abc:def0:1234:5678 rport 65535 tcptype passive generation 0 ufrag abcd \
                   network-id 99 network-cost 999";
    let candidate =
        Candidate { candidate: longest.to_owned(), sdp_mid: Some("audio".to_owned()), sdp_m_line_index: Some(0) };
    let candidates = vec![candidate; CANDIDATES_PER_SIGNAL];
    let signal = Signal::Candidates { negotiation: NEGOTIATION, candidates };
    let message = ClientMessage::to_room(code(), ToRoom::Signal(SendSignal { to: LISTENER, signal }));
    assert_eq!(decode_client(&encode(&message)), Ok(message));
}
