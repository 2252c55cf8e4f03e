//! Several rooms over one connection. Each room has its own client, for which its part of the connection looks like a
//! socket. This module combines the parts into one socket, one hello and, after a loss, one request to resume all
//! places.

use std::collections::BTreeMap;

use heartogether::{
    id::RoomCode,
    limits::ROOMS_PER_CONNECTION,
    protocol::{ClientMessage, ResumeRooms, ServerMessage},
    refusal::Refusal,
};

use super::{Client, Input, Output, Timer, connection::Connection, signaling::hello};

/// An output and its room; `None` for an output about the shared connection.
pub type RoomOutput = (Option<RoomCode>, Output);

/// A page's rooms.
#[derive(Clone, Debug, PartialEq)]
pub struct Rooms {
    connection: Connection,
    clients: BTreeMap<RoomCode, Client>,
}

impl Rooms {
    /// No room yet. `seed` makes its reconnections unlike those of others.
    pub const fn new(seed: u32) -> Self {
        Self { connection: Connection::new(seed), clients: BTreeMap::new() }
    }

    /// Adds a room, and joins it. One more than [`ROOMS_PER_CONNECTION`] is refused with [`Refusal::TooManyPlaces`].
    pub fn enter(&mut self, mut client: Client) -> Vec<RoomOutput> {
        let code = client.code();
        let others = self.clients.values().filter(|other| other.code() != code && other.wants_connection());
        let is_full = others.count() >= ROOMS_PER_CONNECTION;
        let mut refused = Vec::new();
        if is_full {
            client.refuse(Refusal::TooManyPlaces, &mut refused);
        }
        self.clients.insert(code, client);
        if is_full { Vec::new() } else { self.step(Some(code), Input::Started) }
    }

    /// Removes a room that the page has left or that has ended.
    pub fn forget(&mut self, code: RoomCode) -> Option<Client> {
        self.clients.remove(&code)
    }

    /// A room's client.
    pub fn client(&self, code: RoomCode) -> Option<&Client> {
        self.clients.get(&code)
    }

    /// Handles an input, of one room or of all, and returns the outputs in order.
    pub fn step(&mut self, room: Option<RoomCode>, input: Input) -> Vec<RoomOutput> {
        let mut commands = Vec::new();
        let out = &mut commands;
        match (room, input) {
            (Some(code), input) => self.tell(code, input, out),
            (None, Input::SocketOpened) => self.introduce(out),
            (None, Input::SocketClosed) => self.lose(Input::SocketClosed, out),
            (None, Input::ServerGoingAway) => {
                if self.clients.values().any(|client| client.signaling.is_attached()) {
                    self.connection.believe_going_away();
                }
                self.lose(Input::ServerGoingAway, out);
            }
            (None, Input::Received(message)) => self.receive(message, out),
            (None, Input::SocketProbed) => self.go_back(out),
            (None, Input::TimerFired(timer)) => self.time_out(timer, out),
            (None, Input::NetworkChanged) => self.change_network(out),
            (None, input) => self.tell_all_what_happened(input, out),
        }
        in_one_request(commands)
    }

    fn tell(&mut self, code: RoomCode, input: Input, out: &mut Vec<RoomOutput>) {
        let outputs = self.clients.get_mut(&code).map(|client| client.step(input)).unwrap_or_default();
        outputs.into_iter().for_each(|output| self.take(code, output, out));
    }

    fn tell_all(&mut self, input: &Input, out: &mut Vec<RoomOutput>) {
        for code in self.clients.keys().copied().collect::<Vec<_>>() {
            self.tell(code, input.clone(), out);
        }
    }

    /// Applies a room's outputs about its part of the connection to the shared connection, unless that was done before.
    fn take(&mut self, code: RoomCode, output: Output, out: &mut Vec<RoomOutput>) {
        match output {
            Output::OpenSocket | Output::OpenStream if self.connection.is_open() => {
                self.tell(code, Input::SocketOpened, out);
            }
            Output::OpenSocket | Output::OpenStream if self.connection.is_closed() => {
                self.share(Connection::begin, out);
            }
            Output::OpenSocket | Output::OpenStream => self.share(Connection::open_if_waiting, out),
            Output::CloseSocket => self.close_if_unwanted(out),
            Output::ProbeServer
            | Output::ProbeSocket
            | Output::Send(ClientMessage::Hello(_) | ClientMessage::Ping(_)) => {}
            Output::StartTimer { timer: Timer::Silence | Timer::Pong | Timer::Upgrade, .. }
            | Output::StopTimer(Timer::Silence | Timer::Pong) => {}
            // Without a connection this waits for the next one, whatever the room's output is.
            Output::StartTimer { timer: Timer::Reconnect, .. } if !self.connection.is_open() => {}
            output => out.push((Some(code), output)),
        }
    }

    fn share(&mut self, act: impl FnOnce(&mut Connection, &mut Vec<Output>), out: &mut Vec<RoomOutput>) {
        let mut outputs = Vec::new();
        act(&mut self.connection, &mut outputs);
        out.extend(outputs.into_iter().map(|output| (None, output)));
    }

    fn close_if_unwanted(&mut self, out: &mut Vec<RoomOutput>) {
        if !self.connection.is_closed() && !self.clients.values().any(Client::wants_connection) {
            self.share(Connection::close, out);
        }
    }

    /// The connection is open: hello, and then every room asks for its place.
    fn introduce(&mut self, out: &mut Vec<RoomOutput>) {
        let mut opened = false;
        self.share(|connection, out| opened = connection.note_opened(out), out);
        if opened {
            out.push((None, Output::Send(hello())));
            // Rooms that wait begin to open; rooms that are opening continue.
            self.tell_all(&Input::TimerFired(Timer::Reconnect), out);
            self.tell_all(&Input::SocketOpened, out);
        }
    }

    fn lose(&mut self, how: Input, out: &mut Vec<RoomOutput>) {
        if !self.connection.is_closed() {
            self.share(Connection::wait, out);
            self.tell_all(&how, out);
            self.close_if_unwanted(out);
        }
    }

    fn receive(&mut self, message: ServerMessage, out: &mut Vec<RoomOutput>) {
        self.share(Connection::hear, out);
        match message {
            ServerMessage::Welcome(welcome) => {
                self.share(|connection, out| connection.expect_heartbeats(welcome.heartbeat_ms, out), out);
            }
            ServerMessage::Heartbeat => {
                self.connection.prove();
                self.tell_all(&Input::Received(message), out);
            }
            ServerMessage::Pong(_) => out.push((None, Output::StopTimer(Timer::Pong))),
            ServerMessage::Refused(_) => self.tell_all(&Input::Received(message), out),
            ServerMessage::Room(ref frame) => self.tell(frame.room, Input::Received(message), out),
        }
    }

    fn time_out(&mut self, timer: Timer, out: &mut Vec<RoomOutput>) {
        match timer {
            Timer::Reconnect => self.share(Connection::open_if_waiting, out),
            Timer::Upgrade => self.share(Connection::try_upgrade, out),
            Timer::Silence | Timer::Pong if !self.connection.is_closed() => {
                self.connection.note_silence();
                out.push((None, Output::CloseSocket));
                self.lose(Input::SocketClosed, out);
            }
            _ => {}
        }
    }

    /// Requests on the previous network may stay without an answer, so they are repeated over a new socket.
    fn change_network(&mut self, out: &mut Vec<RoomOutput>) {
        self.share(Connection::forget_network, out);
        if self.connection.is_opening() || self.clients.values().any(Client::is_joining) {
            self.share(Connection::open, out);
            self.tell_all(&Input::NetworkChanged, out);
            self.tell_all(&Input::SocketClosed, out);
        } else {
            self.wake(out);
            self.tell_all(&Input::NetworkChanged, out);
        }
    }

    /// A WebSocket takes the place of the event stream.
    fn go_back(&mut self, out: &mut Vec<RoomOutput>) {
        let mut goes_back = false;
        self.share(|connection, out| goes_back = connection.go_back(out), out);
        if goes_back {
            self.tell_all(&Input::SocketClosed, out);
        }
    }

    fn tell_all_what_happened(&mut self, input: Input, out: &mut Vec<RoomOutput>) {
        match input {
            Input::Woken => self.wake(out),
            Input::ServerProbed { answers } => self.connection.note_probe(answers),
            _ => {}
        }
        self.tell_all(&input, out);
    }

    fn wake(&mut self, out: &mut Vec<RoomOutput>) {
        if self.connection.is_open() {
            self.share(|connection, out| connection.ping(out), out);
        }
        self.share(Connection::open_if_waiting, out);
    }
}

/// Resumes all places with one request, in place of the first one.
fn in_one_request(commands: Vec<RoomOutput>) -> Vec<RoomOutput> {
    let resumed = |output: &Output| match output {
        Output::Send(ClientMessage::ResumeRooms(resume)) => Some(resume.rooms.clone()),
        _ => None,
    };
    let mut rooms: Vec<_> = commands.iter().filter_map(|(_, output)| resumed(output)).flatten().collect();
    let together = commands.into_iter().filter_map(|command| match resumed(&command.1) {
        None => Some(command),
        Some(_) if rooms.is_empty() => None,
        Some(_) => {
            let rooms = std::mem::take(&mut rooms);
            Some((None, Output::Send(ClientMessage::ResumeRooms(ResumeRooms { rooms }))))
        }
    });
    together.collect()
}
