//! A listener in many rooms over one socket, with the real core as the server: the socket is lost, things happen, and the rooms
//! come back.

use std::collections::BTreeMap;

use heartogether::{
    id::{AccountId, ConnectionId, MemberId, NodeId, PublicationId, ResumeToken, RoomCode, RoomId},
    limits::{Limits, ROOMS_PER_CONNECTION},
    protocol::{ClientMessage, FromRoom, Join, PROTOCOL_VERSION, RoomFrame, ServerMessage, ToRoom, Welcome},
    role::{AccountKind, Role},
    room::{
        Audience, Command, ConnectionRef, Effect, Entry, Event, JoinRequested, Marks, Policy, ResumeRequested, Room,
        RoomCreated, RoomMessage, Source, StreamState, step,
    },
    time::Timestamp,
};
use heartogether_client::{Client, Input, ListenerState, Output, RoomOutput, Rooms, SignalingState, Timer};
use proptest::prelude::*;

use crate::scenario::*;

const OWNER: AccountId = AccountId::from_bits(1);
const LISTENER: AccountId = AccountId::from_bits(2);
/// The connection of the owner, who is in every room and whom nobody sees here.
const OWNERS: u128 = 1_000_000;

/// What happens in a room while its listener is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meanwhile {
    Nothing,
    Pauses,
    Ends,
    /// The listener's place is given up.
    Forgets,
}

/// The rooms, and a page that listens to all of them.
struct World {
    rooms: BTreeMap<RoomCode, Room>,
    page: Rooms,
    /// The page's socket: the number of its connection.
    socket: u128,
    /// How many sockets the page has opened.
    opened: u32,
    /// What the page has sent over the socket, and the server not answered yet.
    sent: Vec<ClientMessage>,
    now: Timestamp,
    drawn: u128,
}

fn code_of(number: usize) -> RoomCode {
    const LETTERS: &[u8] = b"ABCDEFGHJK";
    let letters = [number / 10, number % 10].map(|digit| char::from(LETTERS[digit]));
    format!("QRS2{}{}", letters[0], letters[1]).parse().expect("a code of the tests")
}

impl World {
    /// So many rooms, each with a host who is live and the listener.
    fn listening(count: usize) -> Self {
        let now = Timestamp::from_millis(1_000_000);
        let (rooms, page) = (BTreeMap::new(), Rooms::new(7));
        let mut world = Self { rooms, page, socket: 1, opened: 0, sent: Vec::new(), now, drawn: 100 };
        for number in 0..count {
            let code = code_of(number);
            world.open_room(code);
            let outputs = world.page.enter(Client::new(Role::Listener, code, false, 5));
            world.take(outputs);
        }
        world.connect();
        world.answer();
        world
    }

    fn open_room(&mut self, code: RoomCode) {
        let (id, owner_member) = (RoomId::from_bits(self.draw()), MemberId::from_bits(self.draw()));
        let policy = Policy::broadcast(&Limits::default());
        let created = RoomCreated { id, code, owner: OWNER, owner_member, owner_name: name("Ada"), name: None, policy };
        self.rooms.insert(code, Room::default());
        self.append(code, Event::RoomCreated(created));
        let join =
            self.join_request(OWNERS, OWNER, Join { role: Role::Host, take_over: false, name: None, returns: false });
        self.append(code, join);
        let id = PublicationId::from_bits(self.draw());
        self.host_says(code, Command::Publish { id, source: Source::Microphone, paused: false });
    }

    fn draw(&mut self) -> u128 {
        self.drawn += 1;
        self.drawn
    }

    fn join_request(&mut self, at: u128, account: AccountId, Join { role, take_over, .. }: Join) -> Event {
        Event::JoinRequested(JoinRequested {
            connection: connection(at),
            account,
            name: name("Somebody"),
            email: None,
            has_picture: false,
            kind: AccountKind::Known,
            marks: Marks::default(),
            role,
            take_over,
            returns: false,
            member: MemberId::from_bits(self.draw()),
            token: ResumeToken::from_bits(self.draw()),
        })
    }

    fn host_says(&mut self, code: RoomCode, command: Command) {
        self.append(code, Event::Commanded { connection: connection(OWNERS).id, account: OWNER, command });
    }

    /// What happens in a room, and what the page is told of it while its socket is open.
    fn append(&mut self, code: RoomCode, event: Event) {
        let Some(room) = self.rooms.get_mut(&code) else { return };
        let entry = Entry { seq: room.seq().next(), at: self.now, event };
        let (after, effects) = step(std::mem::take(room), &entry);
        *room = after;
        let socket = connection(self.socket).id;
        let is_for_page = |to: Audience| match to {
            Audience::Connection(at) => at == socket,
            _ => room.connections(to).any(|at| at.id == socket),
        };
        let told: Vec<RoomMessage> = effects
            .into_iter()
            .filter_map(|effect| match effect {
                Effect::Send { to, message } if is_for_page(to) => Some(*message),
                _ => None,
            })
            .collect();
        for message in told {
            self.hear(ServerMessage::from_room(code, FromRoom::from(message)));
        }
    }

    fn hear(&mut self, message: ServerMessage) {
        let outputs = self.page.step(None, Input::Received(message));
        self.take(outputs);
    }

    fn take(&mut self, outputs: Vec<RoomOutput>) {
        for (_, output) in outputs {
            match output {
                Output::Send(message) => self.sent.push(message),
                Output::OpenSocket | Output::OpenStream => self.opened += 1,
                _ => {}
            }
        }
    }

    /// The socket that the page has asked for is there.
    fn connect(&mut self) {
        self.socket += 1;
        let outputs = self.page.step(None, Input::SocketOpened);
        self.take(outputs);
    }

    fn lose(&mut self) {
        let outputs = self.page.step(None, Input::SocketClosed);
        self.take(outputs);
        for code in self.codes() {
            self.append(code, Event::ConnectionLost { connection: connection(self.socket).id });
        }
    }

    fn codes(&self) -> Vec<RoomCode> {
        self.rooms.keys().copied().collect()
    }

    /// The server answers everything that was sent before: half of a round trip, whose other half brought it here.
    fn answer(&mut self) {
        let socket = self.socket;
        for message in std::mem::take(&mut self.sent) {
            match message {
                ClientMessage::Hello(_) => {
                    let welcome = Welcome { protocol: PROTOCOL_VERSION, heartbeat_ms: HEARTBEAT_MS };
                    self.hear(ServerMessage::Welcome(welcome));
                }
                ClientMessage::ResumeRooms(resume) => {
                    for place in resume.rooms {
                        let (kind, token, last_seq) = (AccountKind::Known, place.token, place.last_seq);
                        let connection = connection(socket);
                        let request = ResumeRequested { connection, account: LISTENER, kind, token, last_seq };
                        self.append(place.room, Event::ResumeRequested(request));
                    }
                }
                ClientMessage::Room(RoomFrame { room, message: ToRoom::Join(join) }) => {
                    let request = self.join_request(socket, LISTENER, join);
                    self.append(room, request);
                }
                // Signals, which nobody answers here.
                ClientMessage::Room(_) | ClientMessage::Ping(_) => {}
            }
        }
    }

    fn happen(&mut self, code: RoomCode, meanwhile: Meanwhile) {
        match meanwhile {
            Meanwhile::Nothing => {}
            Meanwhile::Pauses => self.host_says(code, Command::Pause),
            Meanwhile::Ends => self.host_says(code, Command::StopRoom),
            Meanwhile::Forgets => {
                self.now = self.now.after_ms(Limits::default().listener_grace_ms);
                self.append(code, Event::Woke);
                self.now = Timestamp::from_millis(1_000_000);
            }
        }
    }

    /// What the page shows of a room.
    fn shown(&self, code: RoomCode) -> (SignalingState, Option<StreamState>) {
        let client = self.page.client(code).expect("a room of the page");
        (client.signaling_state(), client.room().map(heartogether::room::RoomView::stream))
    }

    /// The requests for places among what was sent: places of before, and new ones.
    fn requests(&self) -> (Vec<usize>, usize) {
        let resumed = self.sent.iter().filter_map(|message| match message {
            ClientMessage::ResumeRooms(resume) => Some(resume.rooms.len()),
            _ => None,
        });
        let is_join = |message: &&ClientMessage| {
            matches!(message, ClientMessage::Room(RoomFrame { message: ToRoom::Join(_), .. }))
        };
        (resumed.collect(), self.sent.iter().filter(is_join).count())
    }
}

fn connection(at: u128) -> ConnectionRef {
    ConnectionRef { node: NodeId::from_bits(1), id: ConnectionId::from_bits(at) }
}

fn meanwhile() -> impl Strategy<Value = Meanwhile> {
    prop_oneof![
        4 => Just(Meanwhile::Nothing),
        3 => Just(Meanwhile::Pauses),
        1 => Just(Meanwhile::Ends),
        1 => Just(Meanwhile::Forgets),
    ]
}

#[test]
fn a_lost_socket_brings_fifty_rooms_back_in_one_round_trip_with_one_command() {
    let mut world = World::listening(ROOMS_PER_CONNECTION);
    let codes = world.codes();
    assert!(codes.iter().all(|code| world.shown(*code) == (SignalingState::Attached, Some(StreamState::Live))));
    assert_eq!((codes.len(), world.opened), (50, 1));
    world.sent.clear();
    world.lose();
    codes.iter().for_each(|code| world.happen(*code, Meanwhile::Pauses));
    let outputs = world.page.step(None, Input::TimerFired(Timer::Reconnect));
    world.take(outputs);
    world.connect();
    assert!(matches!(world.sent[..], [ClientMessage::Hello(_), ClientMessage::ResumeRooms(_)]), "{:?}", world.sent);
    assert_eq!(world.requests(), (vec![50], 0));
    world.answer();
    for code in codes {
        assert_eq!(world.shown(code), (SignalingState::Attached, Some(StreamState::Paused)), "{code}");
    }
    assert_eq!((world.requests(), world.opened), ((Vec::new(), 0), 2), "nothing more is asked for");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happened_in_the_rooms_one_command_brings_back_what_is_there(
        happened in prop::collection::vec(meanwhile(), 1..=ROOMS_PER_CONNECTION),
    ) {
        let mut world = World::listening(happened.len());
        world.sent.clear();
        world.lose();
        let rooms: Vec<_> = world.codes().into_iter().zip(happened).collect();
        rooms.iter().for_each(|(code, meanwhile)| world.happen(*code, *meanwhile));
        let outputs = world.page.step(None, Input::TimerFired(Timer::Reconnect));
        world.take(outputs);
        world.connect();
        prop_assert_eq!(world.requests(), (vec![rooms.len()], 0));
        world.answer();
        let forgotten = rooms.iter().filter(|(_, meanwhile)| *meanwhile == Meanwhile::Forgets).count();
        prop_assert_eq!(world.requests(), (Vec::new(), forgotten), "who has lost a place asks for a new one");
        world.answer();
        for (code, meanwhile) in rooms {
            let client = world.page.client(code).expect("a room of the page");
            match meanwhile {
                Meanwhile::Ends => prop_assert!(matches!(client.listener_state(), ListenerState::Ended(_))),
                Meanwhile::Pauses => {
                    prop_assert_eq!(world.shown(code), (SignalingState::Attached, Some(StreamState::Paused)));
                }
                Meanwhile::Nothing | Meanwhile::Forgets => {
                    prop_assert_eq!(world.shown(code), (SignalingState::Attached, Some(StreamState::Live)));
                }
            }
        }
        prop_assert_eq!(world.opened, 2);
    }
}
