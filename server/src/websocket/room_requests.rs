//! Carries out what a connection asks of its rooms, in the order in which it was asked of each: places, commands, older messages.
//! Only this waits for storage.

mod places;

use std::{pin::pin, sync::Arc, time::Duration};

use futures::{StreamExt, future::join_all, stream::FuturesUnordered};
use governor::{DefaultDirectRateLimiter, RateLimiter};
use heartogether::{
    id::{ConnectionId, MessageNumber, PublicationId, RoomCode},
    limits::{Limits, MESSAGES_AT_ONCE, ROOMS_PER_CONNECTION},
    protocol::{
        ClientMessage, DeclareSilence, Delete, Edit, FetchMessages, FromRoom, Pin, Publish, React, RemoveMember,
        RoomFrame, ToRoom, Write,
    },
    refusal::Refusal,
    role::Permission,
    room::{ArchivedMessage, Command, ConnectionRef, Event, Foreseen},
    time::Timestamp,
};
use heartogether_app::api::{Account, Caller};
use tokio::{runtime::Handle, sync::mpsc};

use super::{
    CloseReason, Frame, SendQueue,
    entered_rooms::EnteredRooms,
    rate,
    rate_limits::CommandLimit,
    request_queue::{Request, RequestQueue},
};
use crate::{
    error::ServerError,
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
        let (mut queue, mut running, mut is_open) = (RequestQueue::default(), FuturesUnordered::new(), true);
        let mut turn = pin!(tokio::time::sleep(TURN));
        loop {
            if self.send_queue.is_closed() {
                queue.clear();
            }
            if let Some((room, request)) = queue.take_next() {
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
                message = messages.recv(), if is_open && queue.has_room() => match message {
                    Some(message) => self.requests_of(message).into_iter().for_each(|(room, asked)| queue.add(room, asked)),
                    None => is_open = false,
                },
                Some((room, done)) = running.next() => {
                    queue.finish(room);
                    if let Err(reason) = self.answer(room, done) {
                        self.send_queue.close(reason);
                    }
                }
                () = &mut turn, if queue.has_turn() => queue.pass(),
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
                let is_archived = self.is_archived(room, nonce).await?;
                let answered = match reply_to {
                    Some(number) => Some(self.archived(room, number).await?.into()),
                    None => None,
                };
                Command::Write { nonce, text, reply_to, answered, is_archived }
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
