//! Several rooms over one connection.

use heartogether::{
    id::{MemberId, ResumeToken, RoomCode, Seq},
    limits::ROOMS_PER_CONNECTION,
    protocol::{ClientMessage, FromRoom, PROTOCOL_VERSION, Refused, ResumeRoom, ServerMessage, ToRoom, Welcome},
    refusal::Refusal,
    role::Role,
    room::{Joined, RoomView, StreamState},
};
use heartogether_client::{Client, Input, ListenerState, Output, RoomOutput, Rooms, SignalingState, Timer};

use crate::scenario::*;

fn other_code() -> RoomCode {
    "XYZ567".parse().expect("a code of the tests")
}

fn listener_in(code: RoomCode) -> Client {
    Client::new(Role::Listener, code, false, 5)
}

/// What is sent, in order.
fn sent_by(commands: &[RoomOutput]) -> Vec<ClientMessage> {
    sent(&commands.iter().map(|(_, output)| output.clone()).collect::<Vec<_>>())
}

fn count(commands: &[RoomOutput], wanted: &Output) -> usize {
    commands.iter().filter(|(_, output)| output == wanted).count()
}

fn hears(rooms: &mut Rooms, message: ServerMessage) -> Vec<RoomOutput> {
    rooms.step(None, Input::Received(message))
}

fn says(rooms: &mut Rooms, code: RoomCode, message: FromRoom) -> Vec<RoomOutput> {
    hears(rooms, ServerMessage::from_room(code, message))
}

/// The room gives a place, of which the token and the number tell which room it is.
fn gives_place(rooms: &mut Rooms, code: RoomCode, number: u64) {
    let member = MemberId::from_bits(number.into());
    let room = RoomView { code, ..view_of(member, StreamState::Idle) };
    let token = ResumeToken::from_bits(number.into());
    says(rooms, code, FromRoom::Joined(Joined { token, ..place(member, number, room) }));
}

fn opens(rooms: &mut Rooms) -> Vec<RoomOutput> {
    let commands = rooms.step(None, Input::SocketOpened);
    hears(rooms, ServerMessage::Welcome(Welcome { protocol: PROTOCOL_VERSION, heartbeat_ms: HEARTBEAT_MS }));
    commands
}

/// A page in two rooms.
fn in_two_rooms() -> Rooms {
    let mut rooms = Rooms::new(7);
    rooms.enter(listener_in(code()));
    rooms.enter(listener_in(other_code()));
    opens(&mut rooms);
    gives_place(&mut rooms, code(), 20);
    gives_place(&mut rooms, other_code(), 30);
    rooms
}

fn state(rooms: &Rooms, code: RoomCode) -> SignalingState {
    rooms.client(code).map(Client::signaling_state).expect("a room of the page")
}

fn join(code: RoomCode) -> ClientMessage {
    let [_, join] = heartogether_client::introduction(Role::Listener, code);
    join
}

fn resumed_together() -> [ClientMessage; 2] {
    let [hello, _] = heartogether_client::introduction(Role::Listener, code());
    let place =
        |room, number: u64| ResumeRoom { room, token: ResumeToken::from_bits(number.into()), last_seq: Seq(number) };
    let rooms = vec![place(code(), 20), place(other_code(), 30)];
    [hello, ClientMessage::ResumeRooms(heartogether::protocol::ResumeRooms { rooms })]
}

#[test]
fn rooms_share_one_socket_and_one_hello() {
    let mut rooms = Rooms::new(7);
    assert_eq!(count(&rooms.enter(listener_in(code())), &Output::OpenSocket), 1);
    assert_eq!(count(&rooms.enter(listener_in(other_code())), &Output::OpenSocket), 0);
    let [hello, _] = heartogether_client::introduction(Role::Listener, code());
    assert_eq!(sent_by(&opens(&mut rooms)), [hello, join(code()), join(other_code())]);
}

#[test]
fn a_later_room_is_joined_over_the_open_socket() {
    let mut rooms = Rooms::new(7);
    rooms.enter(listener_in(code()));
    opens(&mut rooms);
    let commands = rooms.enter(listener_in(other_code()));
    assert_eq!(sent_by(&commands), [join(other_code())]);
    assert_eq!(count(&commands, &Output::OpenSocket), 0);
}

#[test]
fn after_a_lost_socket_all_rooms_are_resumed_with_one_request() {
    let mut rooms = in_two_rooms();
    let commands = rooms.step(None, Input::SocketClosed);
    let timers: Vec<_> = commands.iter().filter(|(_, output)| matches!(output, Output::StartTimer { .. })).collect();
    assert_eq!(timers, [&(None, Output::StartTimer { timer: Timer::Reconnect, after_ms: 0 })]);
    for code in [code(), other_code()] {
        assert_eq!(state(&rooms, code), SignalingState::Reconnecting);
    }
    assert_eq!(count(&rooms.step(None, Input::TimerFired(Timer::Reconnect)), &Output::OpenSocket), 1);
    assert_eq!(sent_by(&opens(&mut rooms)), resumed_together());
}

#[test]
fn all_rooms_reconnect_when_the_server_is_silent() {
    for timer in [Timer::Silence, Timer::Pong] {
        let mut rooms = in_two_rooms();
        let commands = rooms.step(None, Input::TimerFired(timer));
        assert_eq!(count(&commands, &Output::CloseSocket), 1);
        assert_eq!(state(&rooms, code()), SignalingState::Reconnecting);
        assert_eq!(state(&rooms, other_code()), SignalingState::Reconnecting);
    }
}

#[test]
fn a_message_of_a_room_reaches_only_that_room() {
    let mut rooms = in_two_rooms();
    let before = rooms.client(code()).cloned();
    let commands = says(&mut rooms, other_code(), FromRoom::Refused { refusal: Refusal::Removed });
    assert_eq!(rooms.client(code()), before.as_ref());
    assert_eq!(rooms.client(other_code()).map(|client| client.listener_state().name()), Some("refused"));
    assert_eq!(count(&commands, &Output::CloseSocket), 0, "the other room needs it");
}

#[test]
fn the_socket_closes_with_the_last_room() {
    let mut rooms = in_two_rooms();
    let commands = rooms.step(Some(code()), Input::Left);
    assert_eq!(sent_by(&commands), [ClientMessage::to_room(code(), ToRoom::Leave)]);
    assert_eq!(count(&commands, &Output::CloseSocket), 0);
    assert!(rooms.forget(code()).is_some());
    let commands = rooms.step(Some(other_code()), Input::Left);
    assert_eq!(count(&commands, &Output::CloseSocket), 1);
    assert_eq!(count(&rooms.enter(listener_in(code())), &Output::OpenSocket), 1, "and opens with the next one");
}

#[test]
fn a_room_with_too_many_requests_waits_alone_on_the_same_socket() {
    for refusal in [Refusal::TooManyRequests, Refusal::TooManyFrames] {
        let mut rooms = Rooms::new(7);
        rooms.enter(listener_in(code()));
        rooms.enter(listener_in(other_code()));
        opens(&mut rooms);
        gives_place(&mut rooms, code(), 20);
        let commands = says(&mut rooms, other_code(), FromRoom::Refused { refusal });
        assert_eq!(count(&commands, &Output::CloseSocket), 0);
        let waits = |(room, output): &RoomOutput| {
            *room == Some(other_code()) && matches!(output, Output::StartTimer { timer: Timer::Reconnect, .. })
        };
        assert!(commands.iter().any(waits), "{commands:?}");
        let commands = rooms.step(Some(other_code()), Input::TimerFired(Timer::Reconnect));
        assert_eq!(sent_by(&commands), [join(other_code())]);
        assert_eq!(state(&rooms, code()), SignalingState::Attached);
    }
}

#[test]
fn a_room_beyond_the_limit_is_refused_and_the_others_stay() {
    const LETTERS: &[u8] = b"ABCDEFGHJK";
    let mut rooms = Rooms::new(7);
    let code = |number: usize| -> RoomCode {
        let letters = [number / 10, number % 10].map(|digit| char::from(LETTERS[digit]));
        format!("QRS2{}{}", letters[0], letters[1]).parse().expect("a code of the tests")
    };
    for number in 0..ROOMS_PER_CONNECTION {
        rooms.enter(listener_in(code(number)));
    }
    opens(&mut rooms);
    assert_eq!(rooms.enter(listener_in(other_code())), []);
    let refused = rooms.client(other_code()).map(Client::listener_state);
    assert_eq!(refused, Some(ListenerState::Refused(Refusal::TooManyPlaces)));
    rooms.step(None, Input::SocketClosed);
    rooms.step(None, Input::TimerFired(Timer::Reconnect));
    assert_eq!(sent_by(&opens(&mut rooms)).len(), 1 + ROOMS_PER_CONNECTION, "a hello, and every other room");
    rooms.step(Some(code(0)), Input::Left);
    rooms.enter(listener_in(other_code()));
    assert_eq!(rooms.client(other_code()).map(Client::listener_state), Some(ListenerState::Connecting));
}

#[test]
fn a_page_reconnects_at_once_when_the_server_stops_but_not_repeatedly() {
    let mut rooms = in_two_rooms();
    let reconnects_after = |commands: &[RoomOutput]| {
        let outputs: Vec<_> = commands.iter().map(|(_, output)| output.clone()).collect();
        timer(&outputs, Timer::Reconnect)
    };
    for _ in 0..4 {
        assert_eq!(reconnects_after(&rooms.step(None, Input::ServerGoingAway)), Some(0));
        rooms.step(None, Input::TimerFired(Timer::Reconnect));
        opens(&mut rooms);
        gives_place(&mut rooms, code(), 21);
    }
    assert!(reconnects_after(&rooms.step(None, Input::ServerGoingAway)).is_some_and(|after_ms| after_ms > 0));
}

#[test]
fn a_page_that_wakes_up_sends_one_ping() {
    let mut rooms = in_two_rooms();
    let asked = sent_by(&rooms.step(None, Input::Woken));
    assert!(matches!(asked[..], [ClientMessage::Ping(_)]), "{asked:?}");
    rooms.step(None, Input::SocketClosed);
    assert_eq!(count(&rooms.step(None, Input::Woken), &Output::OpenSocket), 1);
}

#[test]
fn a_change_of_network_while_joining_opens_a_new_socket() {
    let mut rooms = in_two_rooms();
    assert!(matches!(sent_by(&rooms.step(None, Input::NetworkChanged))[..], [ClientMessage::Ping(_)]));
    rooms.enter(listener_in("QRS234".parse().expect("a code of the tests")));
    assert_eq!(count(&rooms.step(None, Input::NetworkChanged), &Output::OpenSocket), 1);
    let asked = sent_by(&opens(&mut rooms));
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert!(resumed_together().iter().all(|message| asked.contains(message)), "{asked:?}");
}

#[test]
fn rooms_share_one_event_stream_and_go_back_to_a_websocket_together() {
    let mut rooms = in_two_rooms();
    let opened = loop {
        rooms.step(None, Input::SocketClosed);
        let commands = rooms.step(None, Input::TimerFired(Timer::Reconnect));
        let counts = [Output::OpenSocket, Output::OpenStream].map(|output| count(&commands, &output));
        assert!(matches!(counts, [1, 0] | [0, 1]), "{commands:?}");
        if counts[1] == 1 {
            break opens(&mut rooms);
        }
    };
    assert_eq!(sent_by(&opened), resumed_together());
    gives_place(&mut rooms, code(), 20);
    gives_place(&mut rooms, other_code(), 30);
    let planned = |commands: &[RoomOutput]| {
        let is_plan = |output: &&RoomOutput| matches!(output.1, Output::StartTimer { timer: Timer::Upgrade, .. });
        commands.iter().filter(is_plan).count()
    };
    assert_eq!(planned(&opened), 1);
    let commands = rooms.step(None, Input::TimerFired(Timer::Upgrade));
    assert_eq!((count(&commands, &Output::ProbeSocket), planned(&commands)), (1, 1));
    assert_eq!(count(&rooms.step(None, Input::NetworkChanged), &Output::ProbeSocket), 1);
    assert_eq!(count(&rooms.step(None, Input::SocketProbed), &Output::OpenSocket), 1);
    assert_eq!(sent_by(&opens(&mut rooms)), resumed_together());
}

#[test]
fn a_refusal_of_the_connection_applies_to_all_rooms() {
    let mut rooms = in_two_rooms();
    let refused = ServerMessage::Refused(Refused { refusal: Refusal::NotSignedIn });
    assert_eq!(count(&hears(&mut rooms, refused), &Output::CloseSocket), 1);
    for code in [code(), other_code()] {
        assert_eq!(rooms.client(code).map(|client| client.listener_state().name()), Some("refused"));
    }
}
