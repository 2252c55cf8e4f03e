//! The server's half of the world: sockets and the room behind them.

use heartogether::{
    id::{ConnectionId, MemberId, NodeId, ResumeToken, RoomId},
    limits::Limits,
    protocol::{
        ClientMessage, DeclareSilence, FetchMessages, PROTOCOL_VERSION, ReceivedSignal, Refused, RemoveListener,
        RoomEvent, SendSignal, ServerMessage, StartStream, Welcome,
    },
    refusal::Refusal,
    role::Kind,
    room::{
        Audience, Command, ConnectionRef, Effect, Entry, Event, JoinRequested, Policy, ResumeRequested, Room,
        RoomCreated, step,
    },
    time::Timestamp,
};
use heartogether_client::Input;

use super::{HOP_MS, Happening, OPENING_MS, World};
use crate::scenario::{HEARTBEAT_MS, HOST, code, name};

/// A connection as the server knows it.
pub(super) struct Socket {
    page: usize,
    node: u128,
    /// Whether nothing comes through any more.
    pub(super) is_cut: bool,
    /// Whether the server has not yet noticed its end.
    is_open: bool,
}

impl World {
    pub(super) fn create_room(&mut self) {
        let created = RoomCreated {
            id: RoomId::from_bits(1),
            code: code(),
            owner: heartogether::id::AccountId::from_bits(1),
            host: HOST,
            host_name: name("Ada"),
            policy: Policy::from(&Limits::default()),
        };
        self.append(Event::RoomCreated(created));
    }

    pub(super) fn open_socket(&mut self, page: usize) {
        self.close_socket(page);
        let socket = self.draw();
        self.pages[page].socket = Some(socket);
        let opened = match self.is_up {
            true => Happening::SocketOpens { page, socket },
            false => Happening::SocketCloses { page, socket },
        };
        self.plan(OPENING_MS, opened);
    }

    pub(super) fn close_socket(&mut self, page: usize) {
        if let Some(socket) = self.pages[page].socket.take() {
            self.plan(HOP_MS, Happening::ServerNotices { socket });
        }
    }

    /// A socket is open. A server that died meanwhile does not know it.
    pub(super) fn let_in(&mut self, page: usize, socket: u64) {
        let is_cut = !self.is_up;
        self.sockets.insert(socket, Socket { page, node: self.node, is_cut, is_open: self.is_up });
        if is_cut {
            self.plan(0, Happening::SocketCloses { page, socket });
        }
    }

    fn connection(&self, socket: u64) -> ConnectionRef {
        let node = NodeId::from_bits(self.sockets.get(&socket).map_or(self.node, |socket| socket.node));
        ConnectionRef { node, id: ConnectionId::from_bits(socket.into()) }
    }

    pub(super) fn arrive(&mut self, socket: u64, message: ClientMessage) {
        let Some(page) = self.sockets.get(&socket).filter(|at| at.is_open && !at.is_cut).map(|at| at.page) else {
            return;
        };
        let connection = self.connection(socket);
        let account = self.pages[page].account;
        match message {
            ClientMessage::Hello(_) => {
                let welcome = Welcome { protocol: PROTOCOL_VERSION, heartbeat_ms: HEARTBEAT_MS };
                self.tell(socket, ServerMessage::Welcome(welcome));
                self.heartbeat(socket);
            }
            ClientMessage::Ping(ping) => self.tell(socket, ServerMessage::Pong(ping)),
            ClientMessage::JoinRoom(join) => {
                let member = MemberId::from_bits(self.draw().into());
                let token = ResumeToken::from_bits(self.draw().into());
                let (name, role, take_over) = (name("Somebody"), join.role, join.take_over);
                let request = JoinRequested {
                    marks: heartogether::room::Marks::default(),
                    connection,
                    account,
                    name,
                    email: None,
                    kind: Kind::Known,
                    role,
                    take_over,
                    member,
                    token,
                };
                self.append(Event::JoinRequested(request));
            }
            ClientMessage::ResumeRoom(resume) => {
                let (token, last_seq) = (resume.token, resume.last_seq);
                self.append(Event::ResumeRequested(ResumeRequested {
                    connection,
                    account,
                    kind: Kind::Known,
                    token,
                    last_seq,
                }));
            }
            ClientMessage::LeaveRoom => self.command(connection, Command::Leave),
            ClientMessage::StartStream(StartStream { source, paused }) => {
                self.command(connection, Command::StartStream { source, paused });
            }
            ClientMessage::PauseStream => self.command(connection, Command::PauseStream),
            ClientMessage::ResumeStream => self.command(connection, Command::ResumeStream),
            ClientMessage::InterruptStream => self.command(connection, Command::InterruptStream),
            ClientMessage::DeclareSilence(DeclareSilence { silent }) => {
                self.command(connection, Command::DeclareSilence { silent });
            }
            ClientMessage::StopRoom => self.command(connection, Command::StopRoom),
            ClientMessage::SendReaction(sent) => self.command(connection, Command::React { reaction: sent.reaction }),
            ClientMessage::SendMessage(sent) => {
                self.command(connection, Command::Write { nonce: sent.nonce, text: sent.text });
            }
            ClientMessage::RemoveListener(RemoveListener { member, block_address }) => {
                self.command(connection, Command::RemoveListener { member, block_address });
            }
            ClientMessage::FetchMessages(FetchMessages { before }) => {
                if let Ok(messages) = self.room.messages_before(connection.id, before) {
                    self.tell(socket, ServerMessage::Messages(messages));
                }
            }
            ClientMessage::Signal(signal) => self.pass_on(socket, signal),
        }
    }

    fn command(&mut self, connection: ConnectionRef, command: Command) {
        self.append(Event::Commanded { connection: connection.id, command });
    }

    fn pass_on(&mut self, from: u64, SendSignal { to, signal }: SendSignal) {
        match self.room.route_signal(self.connection(from).id, to, &signal) {
            Ok((sender, at)) => {
                self.tell_connection(at.id, ServerMessage::Signal(ReceivedSignal { from: sender, signal }));
            }
            Err(refusal) => self.tell(from, ServerMessage::Refused(Refused { refusal })),
        }
    }

    fn append(&mut self, event: Event) {
        let entry = Entry { seq: self.room.seq().next(), at: Timestamp::from_millis(self.now), event };
        let (room, effects) = step(std::mem::take(&mut self.room), &entry);
        self.room = room;
        self.log.push(entry);
        effects.into_iter().for_each(|effect| self.take_effect(effect));
    }

    fn take_effect(&mut self, effect: Effect) {
        match effect {
            Effect::Send { to, message } => {
                if let ServerMessage::RoomEvent(event) = &*message
                    && let RoomEvent::ListenerLeft { member } = event.event
                {
                    self.left.insert(member);
                }
                let connections: Vec<_> = match to {
                    Audience::Connection(connection) => vec![connection],
                    _ => self.room.connections(to).map(|at| at.id).collect(),
                };
                connections.into_iter().for_each(|connection| self.tell_connection(connection, (*message).clone()));
            }
            Effect::Disconnect { connection, refusal } => self.turn_out(connection, refusal),
            Effect::WakeAt(time) => self.wake_at = Some(time),
            Effect::CloseRoom => {}
        }
    }

    fn turn_out(&mut self, connection: ConnectionId, refusal: Option<Refusal>) {
        if let Some(refusal) = refusal {
            self.tell_connection(connection, ServerMessage::Refused(Refused { refusal }));
        }
        let sockets = self.sockets.iter_mut();
        let turned_out = sockets.filter(|(socket, _)| ConnectionId::from_bits(u128::from(**socket)) == connection);
        turned_out.for_each(|(_, socket)| socket.is_open = false);
    }

    fn tell_connection(&mut self, connection: ConnectionId, message: ServerMessage) {
        let mut sockets = self.sockets.keys().copied();
        if let Some(socket) = sockets.find(|socket| ConnectionId::from_bits(u128::from(*socket)) == connection) {
            self.tell(socket, message);
        }
    }

    fn tell(&mut self, socket: u64, message: ServerMessage) {
        if self.sockets.get(&socket).is_some_and(|socket| socket.is_open) {
            self.plan(HOP_MS, Happening::Heard { socket, input: Input::Received(message) });
        }
    }

    pub(super) fn beat(&mut self, socket: u64) {
        if self.sockets.get(&socket).is_some_and(|socket| socket.is_open) {
            self.tell(socket, ServerMessage::Heartbeat);
            self.heartbeat(socket);
        }
    }

    pub(super) fn notice(&mut self, socket: u64) {
        let connection = self.connection(socket).id;
        let Some(lost) = self.sockets.get_mut(&socket).filter(|lost| lost.is_open) else { return };
        (lost.is_open, lost.is_cut) = (false, true);
        self.append(Event::ConnectionLost { connection });
    }

    pub(super) fn wake_room(&mut self) {
        self.wake_at = None;
        if self.is_up {
            self.append(Event::Woke);
        }
    }

    pub(super) fn restart(&mut self, down_ms: u64) {
        if !std::mem::replace(&mut self.is_up, false) {
            return;
        }
        self.sockets.values_mut().for_each(|socket| (socket.is_cut, socket.is_open) = (true, false));
        for page in 0..self.pages.len() {
            if let Some(socket) = self.pages[page].socket {
                self.plan(HOP_MS, Happening::SocketCloses { page, socket });
            }
        }
        self.plan(down_ms, Happening::ServerStarts);
    }

    /// A new run reads its rooms from the log; those whom the old one held are gone.
    pub(super) fn start_server(&mut self) {
        self.is_up = true;
        let replayed = self.log.iter().fold(Room::default(), |room, entry| step(room, entry).0);
        assert_eq!(replayed, self.room, "a replay gives the same room");
        self.node += 1;
        self.append(Event::NodeLost { node: NodeId::from_bits(self.node - 1) });
    }
}
