//! Carries out a connection's requests to its rooms: for places, commands and older messages. Each room gets them in the order
//! in which they were sent. Of all that serves a connection, only this waits for the storage.

mod blocking;
mod commands;
mod failure;
mod places;

use std::{pin::pin, sync::Arc, time::Duration};

use futures::{StreamExt, future::join_all, stream::FuturesUnordered};
use governor::{DefaultDirectRateLimiter, RateLimiter};
use heartogether::{
    id::{ConnectionId, MessageNumber, RoomCode},
    limits::{Limits, ROOMS_PER_CONNECTION},
    protocol::{ClientMessage, FromRoom, RoomFrame},
    refusal::Refusal,
    role::Permission,
    room::{ArchivedMessage, Command, ConnectionRef, Event, Foreseen},
    time::Timestamp,
};
use heartogether_app::api::{Account, Caller};
use tokio::{runtime::Handle, sync::mpsc};
use tracing::{Span, error_span, field};

use super::{
    CloseReason, Frame, SendQueue,
    entered_rooms::EnteredRooms,
    rate_limits::{CommandLimit, rate},
    request_queue::{Request, RequestQueue},
};
use crate::{
    error::ServerError,
    rooms::{Reader, RoomHandle, append, append_surely},
    state::Node,
    storage::messages::NONCE_KEPT_MS,
};
use failure::Failure;

/// How long requests to other rooms wait for a room that does not answer.
const SLOW_ANSWER: Duration = Duration::from_secs(1);

/// The requests of one connection.
pub(super) struct RoomRequests {
    node: Arc<Node>,
    connection: ConnectionRef,
    account: Account,
    caller: Caller,
    send_queue: SendQueue,
    rooms: EnteredRooms,
    /// Limits how often this connection looks for rooms. Requests to a room that was found have limits of their own.
    look_ups: DefaultDirectRateLimiter,
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
        // A page that has lost all its places asks for each of them again.
        let burst = requests_burst.max(ROOMS_PER_CONNECTION as u32);
        let look_ups = RateLimiter::direct(rate(requests_per_second, burst));
        Self { node, connection, account, caller, send_queue, rooms, look_ups }
    }

    /// Runs until the connection is gone and its requests are carried out. If the connection was closed, requests that wait
    /// are dropped. At the end, the connection's members enter their grace periods.
    pub(super) async fn serve(self, mut messages: mpsc::Receiver<Box<ClientMessage>>) {
        let (mut queue, mut running, mut is_open) = (RequestQueue::default(), FuturesUnordered::new(), true);
        let mut turn = pin!(tokio::time::sleep(SLOW_ANSWER));
        loop {
            if self.send_queue.is_closed() {
                queue.clear();
            }
            if let Some((room, request)) = queue.take_next() {
                if matches!(request, Request::Resume(_)) {
                    // A room may answer with its whole view. On a slow line, the next room is asked after that is written.
                    self.send_queue.has_room().await;
                }
                running.push(Box::pin(self.carry_out(room, request)));
                turn.set(tokio::time::sleep(SLOW_ANSWER));
            }
            if !is_open && running.is_empty() {
                break;
            }
            tokio::select! {
                message = messages.recv(), if is_open && queue.has_room() => match message {
                    Some(message) => self.requests_of(*message).into_iter().for_each(|(room, asked)| queue.add(room, asked)),
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
        let left = self.rooms.take().into_iter().map(|room| leave_room(room, self.connection.id, &self.node));
        join_all(left).await;
    }

    /// The requests in a message, each with its room.
    fn requests_of(&self, message: ClientMessage) -> Vec<(RoomCode, Request)> {
        match message {
            ClientMessage::Room(RoomFrame { room, message }) => vec![(room, Request::Message(message))],
            ClientMessage::ResumeRooms(resume) => {
                let is_allowed = self.look_ups.check().is_ok();
                let request =
                    |place| if is_allowed { Request::Resume(place) } else { Request::Refuse(Refusal::TooManyFrames) };
                resume.rooms.into_iter().map(|place| (place.room, request(place))).collect()
            }
            // `Connection` answers these.
            ClientMessage::Hello(_) | ClientMessage::Ping(_) => Vec::new(),
        }
    }

    async fn carry_out(&self, room: RoomCode, request: Request) -> (RoomCode, Result<(), Failure>) {
        let done = match request {
            Request::Message(message) => self.handle(room, message).await,
            Request::Resume(place) => self.resume(place).await,
            Request::Refuse(refusal) => Err(refusal.into()),
        };
        (room, done)
    }

    /// What log lines about a request say of it: the connection and the room, by its id. Its code would let people in.
    fn span(&self, room: RoomCode) -> Span {
        let room = self.rooms.get(room).map(|room| field::display(room.id()));
        error_span!("socket", connection = %self.connection.id, room)
    }

    /// Answers a request that failed: with a refusal, or with the reason to close the connection.
    fn answer(&self, room: RoomCode, done: Result<(), Failure>) -> Result<(), CloseReason> {
        let Err(failure) = done else { return Ok(()) };
        let refusal = self.span(room).in_scope(|| failure.refusal())?;
        self.send_queue.push(Frame::from_room(room, FromRoom::Refused { refusal }));
        Ok(())
    }

    /// Whether the archive already has a message with this nonce: a page may send a message again within a day.
    async fn is_archived(&self, code: RoomCode, nonce: u32) -> Result<bool, Failure> {
        let since = Timestamp::from_millis(self.node.clock.now().as_millis().saturating_sub(NONCE_KEPT_MS));
        let room = self.written(code).await?;
        let held = self.node.archive.find_nonce(room.id(), self.account.id, nonce, since).await;
        held.map(|number| number.is_some()).map_err(|error| Failure::Fault(error.into()))
    }

    /// What the archive knows about a message. The room itself keeps only the latest ones.
    async fn archived(&self, code: RoomCode, number: MessageNumber) -> Result<Option<ArchivedMessage>, Failure> {
        let room = self.written(code).await?;
        let found = self.node.archive.find(room.id(), number).await;
        found.map_err(|error| Failure::Fault(error.into()))
    }

    /// A room whose earlier messages are all in the archive. Waits until they are.
    async fn written(&self, code: RoomCode) -> Result<RoomHandle, Failure> {
        let room = self.room(code)?;
        room.reading(Reader::Page(self.connection.id)).await?;
        Ok(room)
    }

    /// Sends a command to a room.
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

    /// Appends an event to a room's log. An event that the room would refuse, or that would change nothing, is not appended.
    /// Commands about publications are limited, because a client can repeat them without end. Returns the effect.
    async fn append(&self, code: RoomCode, event: Event) -> Result<Foreseen, Failure> {
        let room = self.room(code)?;
        if room.foresee(&event).await? == Foreseen::Nothing {
            return Ok(Foreseen::Nothing);
        }
        if matches!(&event, Event::Commanded { command, .. } if matches!(command.permission(), Permission::Publish | Permission::Hear))
        {
            self.take(code, &self.node.command_limits.stream_commands, Refusal::TooManyFrames).await?;
        }
        let Node { database_limit, store, clock, .. } = &*self.node;
        let takes = database_limit.takes(&event, &**store, clock.now()).await.map_err(ServerError::from);
        if !takes.map_err(Failure::Fault)? {
            return Err(Refusal::StorageUnavailable.into());
        }
        let appended = append(&*self.node.log, room.id(), event).await?;
        // Later requests of this connection go to the room after this entry. The room's answer is then in the send queue.
        let room = room.at(appended.seq);
        self.rooms.update(code, room.clone());
        room.is_member(self.connection.id).await;
        Ok(Foreseen::Change)
    }

    /// Takes one request from the account's allowance in a room. Returns the room.
    async fn take(&self, code: RoomCode, limit: &CommandLimit, refusal: Refusal) -> Result<RoomHandle, Refusal> {
        let room = self.room(code)?;
        let is_allowed = limit.take(self.account.id, room.id(), self.node.clock.now()).await;
        if is_allowed { Ok(room) } else { Err(refusal) }
    }

    fn room(&self, code: RoomCode) -> Result<RoomHandle, Refusal> {
        self.rooms.get(code).ok_or(Refusal::OutOfOrder)
    }
}

/// Takes the connection out of its rooms whatever ends this task, also after a panic.
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
            runtime.spawn(async move { leave_room(room, connection, &node).await });
        }
    }
}

/// Takes a connection out of a room. Its member enters the grace period, and who waits does so without this page, unless the server stops: then the next run lets all
/// grace periods begin at its own start.
async fn leave_room(room: RoomHandle, connection: ConnectionId, node: &Node) {
    if !node.auth.sockets.are_stopping() && room.has_page(connection).await {
        append_surely(node.log.clone(), room.id(), Event::ConnectionLost { connection });
    }
    room.detach(connection).await;
}
