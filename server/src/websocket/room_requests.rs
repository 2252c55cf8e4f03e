//! Carries out what a connection asks of its rooms, in the order in which it was asked of each: places, commands, older messages.
//! Only this waits for storage.

use std::{pin::pin, sync::Arc, time::Duration};

use futures::{StreamExt, future::join_all, stream::FuturesUnordered};
use governor::{DefaultDirectRateLimiter, RateLimiter};
use heartogether::{
    id::{ConnectionId, MemberId, MessageNumber, PublicationId, ResumeToken, RoomCode, RoomId},
    limits::{Limits, MESSAGES_AT_ONCE, ROOMS_PER_CONNECTION},
    protocol::{
        ClientMessage, DeclareSilence, Delete, Edit, FetchMessages, FromRoom, Join, Pin, Publish, React, RemoveMember,
        ResumeRoom, RoomFrame, ToRoom, Write,
    },
    refusal::Refusal,
    role::{AccountKind, Permission, Role},
    room::{ArchivedMessage, Command, ConnectionRef, Event, Foreseen, JoinRequested, Marks, ResumeRequested},
    time::Timestamp,
};
use heartogether_app::api::{Account, Caller};
use tokio::{runtime::Handle, sync::mpsc};

use super::{
    CloseReason, Frame, SendQueue,
    entered_rooms::EnteredRooms,
    lanes::{Lanes, Request},
    rate,
    rate_limits::CommandLimit,
};
use crate::{
    error::ServerError,
    http::AddressBlock,
    random,
    rooms::{RoomHandle, append_surely},
    state::Node,
    storage::{log::LogError, messages::NONCE_KEPT_MS},
};

/// How long the others wait for a room that does not answer.
const TURN: Duration = Duration::from_secs(1);

pub(super) struct RoomRequests {
    node: Arc<Node>,
    connection: ConnectionRef,
    account: Account,
    caller: Caller,
    send_queue: SendQueue,
    rooms: EnteredRooms,
    /// How often it may look for a room: what an account asks of one is counted once that is found.
    look_ups: DefaultDirectRateLimiter,
}

/// Why a message was not carried out.
enum Failure {
    Refused(Refusal),
    Fault(ServerError),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        match error {
            LogError::NoSuchRoom => Self::Refused(Refusal::RoomEnded),
            error => Self::Fault(error.into()),
        }
    }
}

impl RoomRequests {
    pub(super) fn new(
        node: Arc<Node>,
        connection: ConnectionRef,
        account: Account,
        caller: Caller,
        send_queue: SendQueue,
        rooms: EnteredRooms,
    ) -> Self {
        let Limits { requests_per_second, requests_burst, .. } = node.limits;
        // A page whose places were given up meanwhile asks for all of them anew.
        let burst = requests_burst.max(ROOMS_PER_CONNECTION as u32);
        let look_ups = RateLimiter::direct(rate(requests_per_second, burst));
        Self { node, connection, account, caller, send_queue, rooms, look_ups }
    }

    /// Serves until the connection is gone and all that it said is carried out, or until it is closed, after which nothing is. Its
    /// members then enter their grace periods.
    pub(super) async fn serve(self, mut messages: mpsc::Receiver<ClientMessage>) {
        let (mut lanes, mut running, mut is_open) = (Lanes::default(), FuturesUnordered::new(), true);
        let mut turn = pin!(tokio::time::sleep(TURN));
        loop {
            if self.send_queue.is_closed() {
                lanes.clear();
            }
            if let Some((room, request)) = lanes.take_next() {
                if matches!(request, Request::Resume(_)) {
                    // Each room answers with up to all that it shows, and the slowest line gets the answers one after the other.
                    self.send_queue.has_room().await;
                }
                running.push(self.carry_out(room, request));
                turn.set(tokio::time::sleep(TURN));
            }
            if !is_open && running.is_empty() {
                break;
            }
            tokio::select! {
                message = messages.recv(), if is_open && lanes.have_room() => match message {
                    Some(message) => self.requests_of(message).into_iter().for_each(|(room, asked)| lanes.add(room, asked)),
                    None => is_open = false,
                },
                Some((room, done)) = running.next() => {
                    lanes.finish(room);
                    if let Err(reason) = self.answer(room, done) {
                        self.send_queue.close(reason);
                    }
                }
                () = &mut turn, if lanes.has_turn() => lanes.pass(),
            }
        }
        drop(running);
        let parted = self.rooms.take().into_iter().map(|room| part(room, self.connection.id, &self.node));
        join_all(parted).await;
    }

    /// What a message asks of which room.
    fn requests_of(&self, message: ClientMessage) -> Vec<(RoomCode, Request)> {
        match message {
            ClientMessage::Room(RoomFrame { room, message }) => vec![(room, Request::Obey(message))],
            ClientMessage::ResumeRooms(resume) => {
                let may = self.look_ups.check().is_ok();
                let request =
                    |place| if may { Request::Resume(place) } else { Request::Refuse(Refusal::TooManyFrames) };
                resume.rooms.into_iter().map(|place| (place.room, request(place))).collect()
            }
            // The connection answers these itself.
            ClientMessage::Hello(_) | ClientMessage::Ping(_) => Vec::new(),
        }
    }

    async fn carry_out(&self, room: RoomCode, request: Request) -> (RoomCode, Result<(), Failure>) {
        let done = match request {
            Request::Obey(message) => self.obey(room, message).await,
            Request::Resume(place) => self.resume(place).await,
            Request::Refuse(refusal) => Err(refusal.into()),
        };
        (room, done)
    }

    fn answer(&self, room: RoomCode, done: Result<(), Failure>) -> Result<(), CloseReason> {
        let refusal = match done {
            Ok(()) => return Ok(()),
            Err(Failure::Refused(refusal)) => refusal,
            Err(Failure::Fault(error)) => {
                error.report();
                if !error.is_storage_down() {
                    return Err(CloseReason::FAULT);
                }
                // Nothing has happened, and the connection is as good as any: it may ask again.
                Refusal::StorageUnavailable
            }
        };
        self.send_queue.push(Frame::from_room(room, FromRoom::Refused { refusal }));
        Ok(())
    }

    async fn obey(&self, room: RoomCode, message: ToRoom) -> Result<(), Failure> {
        let command = match message {
            ToRoom::Join(join) => return self.join(room, join).await,
            ToRoom::FetchMessages(fetch) => return self.fetch_messages(room, fetch).await,
            // Signals do not wait in line.
            ToRoom::Signal(_) => return Ok(()),
            ToRoom::Leave => Command::Leave,
            ToRoom::Publish(Publish { source, paused }) => {
                Command::Publish { id: PublicationId::from_bits(random::bits()), source, paused }
            }
            ToRoom::Pause => Command::Pause,
            ToRoom::Resume => Command::Resume,
            ToRoom::Interrupt => Command::Interrupt,
            ToRoom::DeclareSilence(DeclareSilence { silent }) => Command::DeclareSilence { silent },
            ToRoom::Stop => Command::StopRoom,
            ToRoom::React(React { reaction }) => {
                self.take(room, &self.node.command_limits.reactions, Refusal::TooManyReactions)?;
                Command::React { reaction }
            }
            ToRoom::Write(Write { nonce, text, reply_to }) => {
                self.take_message(room)?;
                Command::Write { nonce, text, reply_to, is_archived: self.is_archived(room, nonce).await? }
            }
            ToRoom::Edit(Edit { number, text }) => {
                self.take_message(room)?;
                Command::Edit { number, text, archived: self.archived(room, number).await? }
            }
            ToRoom::Delete(Delete { number }) => {
                self.take_message(room)?;
                Command::Delete { number, archived: self.archived(room, number).await? }
            }
            ToRoom::Pin(Pin { number, pinned }) => {
                self.take_message(room)?;
                Command::Pin { number, pinned, archived: self.archived(room, number).await? }
            }
            ToRoom::RemoveMember(RemoveMember { member, block_address }) => {
                Command::RemoveMember { member, block_address }
            }
        };
        self.command(room, command).await
    }

    /// Counts a message, or a change of one.
    fn take_message(&self, room: RoomCode) -> Result<(), Refusal> {
        self.take(room, &self.node.command_limits.messages, Refusal::TooManyMessages).map(drop)
    }

    async fn fetch_messages(&self, code: RoomCode, FetchMessages { before }: FetchMessages) -> Result<(), Failure> {
        let room = self.take(code, &self.node.command_limits.requests, Refusal::TooManyFrames)?;
        let reading = room.reading(self.connection.id).await?;
        let page = self.node.archive.before(room.id(), reading, before, MESSAGES_AT_ONCE).await;
        let page = page.map_err(|error| Failure::Fault(error.into()))?;
        self.send_queue.push(Frame::from_room(code, FromRoom::Messages(page)));
        Ok(())
    }

    /// Whether the archive holds a message of this nonce already: a page may send one again a day later.
    async fn is_archived(&self, code: RoomCode, nonce: u32) -> Result<bool, Failure> {
        let since = Timestamp::from_millis(self.node.clock.now().as_millis().saturating_sub(NONCE_KEPT_MS));
        let room = self.written(code).await?;
        let held = self.node.archive.holds(room.id(), self.account.id, nonce, since).await;
        held.map_err(|error| Failure::Fault(error.into()))
    }

    /// What the archive knows of a message, for the room, which may have forgotten it.
    async fn archived(&self, code: RoomCode, number: MessageNumber) -> Result<Option<ArchivedMessage>, Failure> {
        let room = self.written(code).await?;
        let found = self.node.archive.find(room.id(), number).await;
        found.map_err(|error| Failure::Fault(error.into()))
    }

    /// A room, once everything is in the archive that was written in it before.
    async fn written(&self, code: RoomCode) -> Result<RoomHandle, Failure> {
        let room = self.room(code)?;
        room.reading(self.connection.id).await?;
        Ok(room)
    }

    async fn join(&self, room: RoomCode, Join { role, take_over }: Join) -> Result<(), Failure> {
        self.look_ups.check().map_err(|_| Refusal::TooManyFrames)?;
        // The owner's own is shown to nobody; another's only if they want it.
        let email = self.account.email_for_hosts().filter(|_| role != Role::Host);
        let request = JoinRequested {
            connection: self.connection,
            account: self.account.id,
            kind: self.kind(),
            marks: Marks::default(),
            email: email.map(str::to_owned),
            name: self.account.name.clone(),
            role,
            take_over,
            member: MemberId::from_bits(random::bits()),
            token: ResumeToken::from_bits(random::bits()),
        };
        self.enter(room, Event::JoinRequested(request)).await
    }

    async fn resume(&self, ResumeRoom { room, token, last_seq }: ResumeRoom) -> Result<(), Failure> {
        let (connection, account, kind) = (self.connection, self.account.id, self.kind());
        let request = ResumeRequested { connection, account, kind, token, last_seq };
        self.enter(room, Event::ResumeRequested(request)).await
    }

    fn kind(&self) -> AccountKind {
        self.account.kind(self.node.config.auth.guests())
    }

    /// What a room recognises this page by.
    fn marks_in(&self, room: RoomId) -> Marks {
        let (keys, caller) = (&self.node.auth.keys, &self.caller);
        let address = AddressBlock::of_household(caller.address).to_string();
        Marks {
            browser: caller.browser.map(|browser| keys.browser_mark(room, browser)),
            address: Some(keys.address_mark(room, &address)),
        }
    }

    /// Asks a room for a place. The room answers, so it has to hold the send queue first.
    async fn enter(&self, code: RoomCode, request: Event) -> Result<(), Failure> {
        if self.send_queue.is_confined() {
            self.send_queue.close(CloseReason::GONE);
            return Ok(());
        }
        self.make_way(code).await?;
        let id = self.find(code).await?;
        if !self.node.command_limits.requests.take(self.account.id, id) {
            return Err(Refusal::TooManyRequests.into());
        }
        let room = self.node.rooms.open(id);
        if !self.rooms.admit(code, room.clone()) {
            return Err(Refusal::TooManyPlaces.into());
        }
        let entered = self.ask_for_place(code, &room, request).await;
        self.rooms.note_answered(code);
        entered?;
        self.note_visit(id);
        Ok(())
    }

    async fn ask_for_place(&self, code: RoomCode, room: &RoomHandle, mut request: Event) -> Result<(), Failure> {
        if let Err(refusal) = room.attach(self.connection.id, self.send_queue.clone()).await {
            self.rooms.remove(code);
            return Err(refusal.into());
        }
        if let Event::JoinRequested(join) = &mut request {
            join.marks = self.marks_in(room.id());
        }
        self.append(code, request).await.map(drop)
    }

    /// Finds a room. Codes that lead nowhere count as looked up, or guessing them here would be free; whoever has guessed
    /// too often finds only rooms they have been in.
    async fn find(&self, code: RoomCode) -> Result<RoomId, Failure> {
        let Node { log, store, rate_limits, clock, .. } = &*self.node;
        let (found, now) = (log.find(code).await?, clock.now());
        if rate_limits.has_no_look_ups(&self.caller, now) {
            let visited = store.visits(self.account.id).await.map_err(ServerError::from).map_err(Failure::Fault)?;
            return found.filter(|room| visited.contains(room)).ok_or_else(|| Refusal::TooManyRequests.into());
        }
        if found.is_none() {
            rate_limits.take_look_up(&self.caller, now)?;
        }
        Ok(found.ok_or(Refusal::RoomNotFound)?)
    }

    /// Remembers where the account has been, for its own landing page. Nobody waits for it, and the sound least of all.
    fn note_visit(&self, room: RoomId) {
        let (store, account, now) = (self.node.store.clone(), self.account.id, self.node.clock.now());
        tokio::spawn(async move {
            if let Err(error) = store.add_visit(account, room, now).await {
                ServerError::from(error).report();
            }
        });
    }

    /// A connection that was refused a place, or gave it up, may ask again; a member may not. And there are only so many rooms
    /// for one connection.
    async fn make_way(&self, code: RoomCode) -> Result<(), Failure> {
        if let Some(room) = self.rooms.get(code) {
            if room.is_member(self.connection.id).await {
                return Err(Refusal::OutOfOrder.into());
            }
            self.let_go(code).await;
        }
        if self.rooms.have_room() {
            return Ok(());
        }
        for (other, room) in self.rooms.answered() {
            if !room.is_member(self.connection.id).await {
                self.let_go(other).await;
                return Ok(());
            }
        }
        Err(Refusal::TooManyPlaces.into())
    }

    async fn let_go(&self, code: RoomCode) {
        if let Some(room) = self.rooms.remove(code) {
            room.detach(self.connection.id).await;
        }
    }

    async fn command(&self, room: RoomCode, command: Command) -> Result<(), Failure> {
        let nonce = match &command {
            Command::Write { nonce, .. } => Some(*nonce),
            _ => None,
        };
        let event = Event::Commanded { connection: self.connection.id, account: self.account.id, command };
        let foreseen = self.append(room, event).await?;
        if let Some(nonce) = nonce.filter(|_| foreseen == Foreseen::Nothing) {
            self.send_queue.push(Frame::from_room(room, FromRoom::MessageKept { nonce }));
        }
        Ok(())
    }

    /// What the room would refuse anyway, and what would change nothing, takes no line in the log; and what can be said and
    /// taken back without end takes so many. Says what comes of it.
    async fn append(&self, code: RoomCode, event: Event) -> Result<Foreseen, Failure> {
        let room = self.room(code)?;
        if room.foresee(&event).await? == Foreseen::Nothing {
            return Ok(Foreseen::Nothing);
        }
        if matches!(&event, Event::Commanded { command, .. } if command.permission() == Permission::Publish) {
            self.take(code, &self.node.command_limits.stream_commands, Refusal::TooManyFrames)?;
        }
        let Node { database_limit, store, clock, .. } = &*self.node;
        let takes = database_limit.takes(&event, &**store, clock.now()).await.map_err(ServerError::from);
        if !takes.map_err(Failure::Fault)? {
            return Err(Refusal::StorageUnavailable.into());
        }
        let appended = self.node.log.append(room.id(), event).await?;
        // Whatever this connection asks next, the room has taken that in, and what it says of it is in the queue.
        let room = room.at(appended.seq);
        self.rooms.update(code, room.clone());
        room.is_member(self.connection.id).await;
        Ok(Foreseen::Change)
    }

    /// Takes one of what the account may ask of the room, which it gives.
    fn take(&self, code: RoomCode, limit: &CommandLimit, refusal: Refusal) -> Result<RoomHandle, Refusal> {
        let room = self.room(code)?;
        if limit.take(self.account.id, room.id()) { Ok(room) } else { Err(refusal) }
    }

    fn room(&self, code: RoomCode) -> Result<RoomHandle, Refusal> {
        self.rooms.get(code).ok_or(Refusal::OutOfOrder)
    }
}

/// Whatever ends a connection's task, a panic too, its rooms are told.
impl Drop for RoomRequests {
    fn drop(&mut self) {
        let rooms = self.rooms.take();
        let Ok(runtime) = Handle::try_current() else { return };
        if rooms.is_empty() {
            return;
        }
        self.send_queue.close(CloseReason::FAULT);
        for room in rooms {
            let (connection, node) = (self.connection.id, self.node.clone());
            runtime.spawn(async move { part(room, connection, &node).await });
        }
    }
}

/// Takes a connection out of a room. Its member enters the grace period, but at a stop: then nobody has gone, and the next run
/// waits for all of them, from its own start on.
async fn part(room: RoomHandle, connection: ConnectionId, node: &Node) {
    if !node.auth.sockets.are_stopping() && room.is_member(connection).await {
        append_surely(node.log.clone(), room.id(), Event::ConnectionLost { connection });
    }
    room.detach(connection).await;
}
