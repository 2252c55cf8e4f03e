//! Every message as it stands in its frame. A snapshot that changes is a change of the protocol.

use std::{collections::BTreeSet, fmt::Debug};

use heartogether::{
    engagement::{MessageText, Reaction},
    id::{DisplayName, MemberId, NegotiationId, ResumeToken, RoomCode, Seq},
    limits::{CANDIDATES_PER_SIGNAL, Limits},
    protocol::*,
    refusal::Refusal,
    role::Role,
    time::Timestamp,
};
use serde::Serialize;

use crate::variants::{holding, named, tagged, texts_under};

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
const HOST: MemberId = MemberId::from_bits(0xa0);
const LISTENER: MemberId = MemberId::from_bits(0xb1);
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

fn client_messages() -> Vec<ClientMessage> {
    let mut messages = vec![
        ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION }),
        ClientMessage::Ping(Ping { nonce: u32::MAX }),
        ClientMessage::JoinRoom(JoinRoom { code: code(), role: Role::Host, take_over: true }),
        ClientMessage::JoinRoom(JoinRoom { code: code(), role: Role::Listener, take_over: false }),
        ClientMessage::ResumeRoom(ResumeRoom { code: code(), token: TOKEN, last_seq: Seq(41) }),
        ClientMessage::LeaveRoom,
        ClientMessage::StartStream(StartStream { source: Source::Display, paused: false }),
        ClientMessage::StartStream(StartStream { source: Source::Microphone, paused: true }),
        ClientMessage::PauseStream,
        ClientMessage::ResumeStream,
        ClientMessage::InterruptStream,
        ClientMessage::DeclareSilence(DeclareSilence { silent: true }),
        ClientMessage::StopRoom,
        ClientMessage::SendMessage(SendMessage { nonce: u32::MAX, text: text() }),
        ClientMessage::FetchMessages(FetchMessages { before: Seq(40) }),
        ClientMessage::RemoveListener(RemoveListener { member: LISTENER, block_address: false }),
        ClientMessage::RemoveListener(RemoveListener { member: LISTENER, block_address: true }),
    ];
    let reactions =
        Reaction::ALL.iter().map(|reaction| ClientMessage::SendReaction(SendReaction { reaction: *reaction }));
    messages.extend(reactions);
    messages.extend(signals().into_iter().map(|signal| ClientMessage::Signal(SendSignal { to: LISTENER, signal })));
    messages
}

fn room(stream: StreamState, ended: Option<EndReason>) -> RoomView {
    RoomView {
        code: code(),
        host: HOST,
        host_name: DisplayName::parse("Ada").expect("a name of the tests"),
        max_listeners: 30,
        stream,
        silent: ended.is_none(),
        started_at: Some(NOW),
        ends_at: None,
        ended,
        listeners: vec![listener()],
        messages: vec![message()],
        has_earlier_messages: true,
    }
}

fn listener() -> ListenerView {
    ListenerView {
        member: LISTENER,
        name: DisplayName::parse("Grace \u{2764}\u{fe0f} \"Hopper\"").expect("a name of the tests"),
        email: Some("grace@hear.example".to_owned()),
        attached: true,
        joined_at: NOW,
        active_at: NOW,
        last_reaction: Some(Reaction::Heart),
        last_message: None,
    }
}

fn text() -> MessageText {
    MessageText::parse("louder, \"please\"").expect("a message of the tests")
}

fn message() -> Message {
    Message {
        seq: Seq(40),
        author: LISTENER,
        name: DisplayName::parse("Grace").expect("a name of the tests"),
        nonce: 7,
        text: text(),
        sent_at: NOW,
        delivered: true,
    }
}

fn room_events() -> Vec<RoomEvent> {
    use StreamState::{Ended, Idle, Interrupted, Live, Paused};
    let mut events = vec![
        RoomEvent::ListenerJoined { listener: listener() },
        RoomEvent::ListenerAttached { member: LISTENER, attached: false },
        RoomEvent::ListenerLeft { member: LISTENER },
        RoomEvent::Reacted { member: LISTENER, reaction: Reaction::Hundred, at: NOW },
        RoomEvent::MessageSent { message: message() },
        RoomEvent::MessagesDelivered { up_to: Seq(40) },
        RoomEvent::EndExpected { ends_at: Some(NOW) },
        RoomEvent::EndExpected { ends_at: None },
        RoomEvent::SilenceChanged { silent: true },
    ];
    let changes = [Idle, Live, Paused, Interrupted, Ended]
        .map(|stream| RoomEvent::StreamChanged { stream, started_at: Some(NOW) });
    let ends =
        [EndReason::Stopped, EndReason::Idle, EndReason::HostAbsent].map(|reason| RoomEvent::RoomEnded { reason });
    events.extend(changes.into_iter().chain(ends));
    events
}

fn server_messages() -> Vec<ServerMessage> {
    let (member, seq) = (LISTENER, Seq(42));
    let heartbeat_ms = Limits::default().heartbeat_ms;
    let whole = room(StreamState::Ended, Some(EndReason::Stopped));
    let mut messages = vec![
        ServerMessage::Welcome(Welcome { protocol: PROTOCOL_VERSION, heartbeat_ms }),
        ServerMessage::Heartbeat,
        ServerMessage::Pong(Ping { nonce: 0 }),
        ServerMessage::Messages(Messages { messages: vec![message()], has_earlier: false }),
        ServerMessage::RoomJoined(RoomJoined {
            member,
            token: TOKEN,
            seq,
            now: NOW,
            room: room(StreamState::Live, None),
            ice_servers: Some(ice_servers()),
        }),
        ServerMessage::RoomResumed(RoomResumed {
            seq,
            now: NOW,
            missed: Missed::Events(room_events()),
            ice_servers: None,
        }),
        ServerMessage::RoomResumed(RoomResumed {
            seq,
            now: NOW,
            missed: Missed::Room(whole),
            ice_servers: Some(ice_servers()),
        }),
    ];
    let events = room_events().into_iter().map(|event| ServerMessage::RoomEvent(SequencedEvent { seq, event }));
    let signals = signals().into_iter().map(|signal| ServerMessage::Signal(ReceivedSignal { from: HOST, signal }));
    let refusals = Refusal::ALL.iter().map(|refusal| ServerMessage::Refused(Refused { refusal: *refusal }));
    messages.extend(events.chain(signals).chain(refusals));
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
fn a_client_says_it_like_this() {
    insta::assert_snapshot!(frames(&client_messages()));
}

#[test]
fn the_server_says_it_like_this() {
    insta::assert_snapshot!(frames(&server_messages()));
}

#[test]
fn what_is_written_is_read_as_the_same() {
    fn check<M: Serialize + PartialEq + Debug>(messages: Vec<M>, decode: impl Fn(&str) -> Result<M, Refusal>) {
        for message in messages {
            assert_eq!(decode(&encode(&message)).as_ref(), Ok(&message));
        }
    }
    check(client_messages(), decode_client);
    check(server_messages(), decode_server);
}

#[test]
fn the_snapshots_show_every_variant_there_is() {
    let shown = |key: &str, messages: &[serde_json::Value]| -> BTreeSet<String> {
        messages.iter().flat_map(|message| texts_under(key, message)).collect()
    };
    let client: Vec<_> = client_messages().iter().map(value).collect();
    let server: Vec<_> = server_messages().iter().map(value).collect();
    let both = [client.clone(), server.clone()].concat();

    assert_eq!(shown("type", &client), tagged::<ClientMessage>("type"));
    assert_eq!(shown("type", &server), tagged::<ServerMessage>("type"));
    assert_eq!(shown("kind", &client), tagged::<Signal>("kind"));
    assert!(shown("kind", &server).is_superset(&tagged::<RoomEvent>("kind")));
    assert_eq!(shown("role", &both), named::<Role>());
    assert_eq!(shown("source", &both), named::<Source>());
    assert_eq!(shown("stream", &both), named::<StreamState>());
    assert_eq!(shown("reason", &both), named::<EndReason>());
    assert_eq!(shown("refusal", &both), named::<Refusal>());
    assert_eq!(shown("reaction", &client), named::<Reaction>());
    assert_eq!(holding::<Missed>(), ["events", "room"].map(str::to_owned).into());
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
    let message = ClientMessage::Signal(SendSignal { to: LISTENER, signal });
    assert_eq!(decode_client(&encode(&message)), Ok(message));
}
