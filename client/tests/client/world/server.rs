//! The server of the world: the sockets and the room behind them.

use heartogether::{
    id::{ConnectionId, MemberId, NodeId, PublicationId, ResumeToken, RoomId},
    protocol::{
        ClientMessage, FromRoom, Join, PROTOCOL_VERSION, Publish, ReceivedSignal, RoomFrame, SendSignal, ServerMessage,
        ToRoom, Welcome,
    },
    refusal::Refusal,
    role::AccountKind,
    room::{
        Audience, Command, ConnectionRef, Effect, Entry, Event, JoinRequested, Marks, ResumeRequested, Room,
        RoomCreated, RoomEvent, RoomMessage, step,
    },
    time::Timestamp,
};
use heartogether_client::Input;

use super::{HOP_MS, Happening, OPENING_MS, World};
use crate::scenario::{HEARTBEAT_MS, code, name};

/// A connection as the server knows it.
pub(super) struct Socket {
    page: usize,
    node: u128,
    /// Whether nothing comes through any more.
    pub(super) is_cut: bool,
    /// Whether the server has not yet noticed its end.
    is_open: bool,
    /// Whether hello was said over it.
    is_greeted: bool,
}

impl World {
    pub(super) fn create_room(&mut self) {
        let created = RoomCreated {
            id: RoomId::from_bits(1),
            code: code(),
            owner: heartogether::id::AccountId::from_bits(1),
            owner_member: MemberId::from_bits(self.draw_id()),
            owner_name: name("Ada"),
            name: None,
            policy: self.policy.clone(),
        };
        self.append(Event::RoomCreated(created));
    }

    /// Opens a WebSocket or an event stream, which is the same to the server.
    pub(super) fn open_socket(&mut self, page: usize, is_stream: bool) {
        self.close_socket(page);
        let socket = self.draw();
        self.pages[page].socket = Some(socket);
        let is_blocked = self.pages[page].is_blocked && !is_stream;
        self.pages[page].is_streaming = is_stream;
        let opened = match self.is_up && !is_blocked {
            true => Happening::SocketOpens { page, socket },
            false => Happening::SocketCloses { page, socket },
        };
        self.plan(OPENING_MS, opened);
    }

    /// How many pages have an event stream.
    pub(crate) fn on_streams(&self) -> usize {
        self.pages.iter().filter(|page| page.socket.is_some() && page.is_streaming).count()
    }

    pub(super) fn close_socket(&mut self, page: usize) {
        if let Some(socket) = self.pages[page].socket.take() {
            self.plan(HOP_MS, Happening::ServerNotices { socket });
        }
    }

    /// A socket is open. A server that died meanwhile does not know it.
    pub(super) fn let_in(&mut self, page: usize, socket: u64) {
        let is_cut = !self.is_up;
        self.sockets.insert(socket, Socket { page, node: self.node, is_cut, is_open: self.is_up, is_greeted: false });
        if is_cut {
            self.plan(0, Happening::SocketCloses { page, socket });
        }
    }

    pub(super) fn connection(&self, socket: u64) -> ConnectionRef {
        let node = NodeId::from_bits(self.sockets.get(&socket).map_or(self.node, |socket| socket.node));
        ConnectionRef { node, id: ConnectionId::from_bits(socket.into()) }
    }

    pub(super) fn arrive(&mut self, socket: u64, message: ClientMessage) {
        let Some(page) = self.sockets.get(&socket).filter(|at| at.is_open && !at.is_cut).map(|at| at.page) else {
            return;
        };
        let connection = self.connection(socket);
        let account = self.pages[page].account;
        self.check_greeting(socket, &message);
        match message {
            ClientMessage::Hello(_) => {
                let welcome = Welcome { protocol: PROTOCOL_VERSION, heartbeat_ms: HEARTBEAT_MS };
                self.tell(socket, ServerMessage::Welcome(welcome));
                self.heartbeat(socket);
            }
            ClientMessage::Ping(ping) => self.tell(socket, ServerMessage::Pong(ping)),
            ClientMessage::ResumeRooms(resume) => {
                for place in resume.rooms {
                    let (kind, token, last_seq) = (AccountKind::Known, place.token, place.last_seq);
                    let request = ResumeRequested { connection, account, kind, token, last_seq };
                    self.append(Event::ResumeRequested(request));
                }
            }
            ClientMessage::Room(RoomFrame { message: ToRoom::Signal(signal), .. }) => self.pass_on(socket, signal),
            ClientMessage::Room(RoomFrame { message: ToRoom::Join(join), .. }) => self.join(page, connection, join),
            ClientMessage::Room(RoomFrame { message: ToRoom::FetchMessages(fetch), .. }) => {
                self.send_older(socket, fetch)
            }
            ClientMessage::Room(RoomFrame { message, .. }) => {
                if let Some(command) = self.command_of(message) {
                    self.command(socket, account, command);
                }
            }
        }
    }

    /// Hello comes first on every connection, and once.
    fn check_greeting(&mut self, socket: u64, message: &ClientMessage) {
        let is_hello = matches!(message, ClientMessage::Hello(_));
        let was_greeted = self.sockets.get_mut(&socket).map(|at| std::mem::replace(&mut at.is_greeted, true));
        assert_eq!(was_greeted, Some(!is_hello), "out of order: {message:?}");
    }

    fn join(&mut self, page: usize, connection: ConnectionRef, Join { role, take_over, returns, .. }: Join) {
        let request = JoinRequested {
            connection,
            account: self.pages[page].account,
            name: name("Somebody"),
            email: None,
            has_picture: false,
            kind: AccountKind::Known,
            marks: Marks::default(),
            role,
            take_over,
            returns,
            member: MemberId::from_bits(self.draw_id()),
            token: ResumeToken::from_bits(self.draw().into()),
        };
        self.append(Event::JoinRequested(request));
    }

    /// What the room is told to do; nothing of it is asked for here but what pages of the world say.
    fn command_of(&mut self, message: ToRoom) -> Option<Command> {
        Some(match message {
            ToRoom::Leave => Command::Leave,
            ToRoom::Publish(Publish { source, paused }) => {
                Command::Publish { id: PublicationId::from_bits(self.draw().into()), source, paused }
            }
            ToRoom::Pause => Command::Pause,
            ToRoom::Resume => Command::Resume,
            ToRoom::Interrupt => Command::Interrupt,
            ToRoom::DeclareSilence(said) => Command::DeclareSilence { silent: said.silent },
            ToRoom::Listen(said) => Command::Listen { publication: said.publication, on: said.on },
            ToRoom::EndPublication(said) => Command::EndPublication { publication: said.publication },
            ToRoom::Stop => Command::StopRoom,
            ToRoom::React(said) => Command::React { reaction: said.reaction },
            ToRoom::Write(said) => Command::Write {
                nonce: said.nonce,
                text: said.text,
                pictures: said.pictures,
                reply_to: said.reply_to,
                answered: None,
                is_archived: false,
                markup: None,
            },
            ToRoom::Edit(said) => Command::Edit { number: said.number, text: said.text, markup: None, archived: None },
            ToRoom::Delete(said) => Command::Delete { number: said.number, archived: None },
            ToRoom::Pin(said) => Command::Pin { number: said.number, pinned: said.pinned, archived: None },
            ToRoom::ReactTo(said) => {
                Command::ReactTo { number: said.number, emoji: said.emoji, on: said.on, archived: None }
            }
            ToRoom::ReportMessage(said) => {
                Command::ReportMessage { number: said.number, reason: said.reason, archived: None }
            }
            ToRoom::DismissReports(said) => Command::DismissReports { number: said.number },
            ToRoom::NameRoom(said) => Command::NameRoom { name: said.name },
            ToRoom::AskFirst(said) => Command::ask_first(said.on),
            ToRoom::AnswerJoin(said) => Command::AnswerJoin { member: said.member, admit: said.admit },
            ToRoom::HandOver(said) => Command::HandOver { member: said.member },
            ToRoom::RemoveMember(said) => Command::RemoveMember {
                member: said.member,
                block_address: said.block_address,
                may_return: said.may_return,
            },
            ToRoom::Block(_)
            | ToRoom::NameOneself(_)
            | ToRoom::Type
            | ToRoom::MarkRead(_)
            | ToRoom::FetchMessages(_)
            | ToRoom::Join(_)
            | ToRoom::Signal(_) => return None,
        })
    }

    fn pass_on(&mut self, from: u64, SendSignal { to, signal }: SendSignal) {
        match self.room.route_signal(self.connection(from).id, to, signal.direction()) {
            Ok((sender, at)) => {
                let received = FromRoom::Signal(ReceivedSignal { from: sender, signal });
                self.tell_connection(at.id, ServerMessage::from_room(code(), received));
            }
            Err(refusal) => self.tell(from, ServerMessage::from_room(code(), FromRoom::Refused { refusal })),
        }
    }

    pub(super) fn append(&mut self, event: Event) {
        let entry = Entry { seq: self.room.seq().next(), at: Timestamp::from_millis(self.now), event };
        let (room, effects) = step(std::mem::take(&mut self.room), &entry);
        self.room = room;
        self.log.push(entry);
        effects.into_iter().for_each(|effect| self.take_effect(effect));
    }

    fn take_effect(&mut self, effect: Effect) {
        match effect {
            Effect::Send { to, message } => {
                if let RoomMessage::Event(event) = &*message
                    && let RoomEvent::MemberLeft { member } = event.event
                {
                    self.left.insert(member);
                }
                let connections: Vec<_> = match to {
                    Audience::Connection(connection) => vec![connection],
                    _ => self.room.connections(to).map(|at| at.id).collect(),
                };
                let said = ServerMessage::said_by(code(), *message);
                connections.into_iter().for_each(|connection| self.tell_connection(connection, said.clone()));
            }
            Effect::Disconnect { connection, refusal } => self.turn_out(connection, refusal),
            Effect::WakeAt(time) => self.wake_at = Some(time),
            Effect::Archive(change) => self.archive.take(change),
            Effect::CloseRoom | Effect::AddToList(_) => {}
        }
    }

    /// The connection stays: it is only not in the room any more.
    fn turn_out(&mut self, connection: ConnectionId, refusal: Option<Refusal>) {
        if let Some(refusal) = refusal {
            self.tell_connection(connection, ServerMessage::from_room(code(), FromRoom::Refused { refusal }));
        }
    }

    fn tell_connection(&mut self, connection: ConnectionId, message: ServerMessage) {
        let mut sockets = self.sockets.keys().copied();
        if let Some(socket) = sockets.find(|socket| ConnectionId::from_bits(u128::from(*socket)) == connection) {
            self.tell(socket, message);
        }
    }

    pub(super) fn tell(&mut self, socket: u64, message: ServerMessage) {
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
