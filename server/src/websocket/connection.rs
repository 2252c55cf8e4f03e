//! The state of one connection. The reader passes every message to [`Connection::handle`], which never waits for the storage:
//! it answers greetings and pings and passes signals to their rooms. All other messages wait for
//! [`RoomRequests`](super::room_requests), so signals overtake them.

use std::sync::Arc;

use heartogether::{
    id::{AccountId, ConnectionId, RoomCode},
    limits::Limits,
    protocol::{
        ClientMessage, FromRoom, Hello, PROTOCOL_VERSION, RoomFrame, SendSignal, ServerMessage, Signal, ToRoom, Welcome,
    },
    refusal::Refusal,
    room::ConnectionRef,
};
use heartogether_app::api::{Account, Caller};
use tokio::{sync::mpsc, task::JoinHandle};

use super::{CloseReason, Frame, SendQueue, entered_rooms::EnteredRooms, room_requests::RoomRequests};
use crate::{clock::Clock, state::Node};

/// Messages that may wait for [`RoomRequests`]. One more is refused. A page sends far fewer at once.
const WAITING: usize = 256;

/// One connection after its handshake.
pub(crate) struct Connection {
    node: Arc<Node>,
    connection: ConnectionId,
    account: AccountId,
    send_queue: SendQueue,
    rooms: EnteredRooms,
    is_greeted: bool,
    /// `None` once the connection ends.
    requests: Option<mpsc::Sender<Box<ClientMessage>>>,
    /// The task of [`RoomRequests`].
    serving: Option<JoinHandle<()>>,
}

impl Connection {
    pub(crate) fn new(
        node: Arc<Node>,
        connection: ConnectionRef,
        account: Account,
        caller: Caller,
        send_queue: SendQueue,
    ) -> Self {
        let rooms = EnteredRooms::default();
        let (requests, waiting) = mpsc::channel(WAITING);
        let (id, account_id) = (connection.id, account.id);
        let server = RoomRequests::new(node.clone(), connection, account, caller, send_queue.clone(), rooms.clone());
        let (requests, serving) = (Some(requests), Some(tokio::spawn(server.serve(waiting))));
        Self { node, connection: id, account: account_id, send_queue, rooms, is_greeted: false, requests, serving }
    }

    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        self.node.clock.clone()
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.node.limits
    }

    pub(super) fn send_queue(&self) -> &SendQueue {
        &self.send_queue
    }

    pub(super) const fn is_greeted(&self) -> bool {
        self.is_greeted
    }

    /// Handles a message of this many bytes. A connection that was closed is ignored, even while its last frames are still
    /// being written. The message is in a box, because the reader's task has a place for it even while nothing is sent.
    ///
    /// # Errors
    /// The reason to end the connection with.
    pub(crate) async fn handle(&mut self, message: Box<ClientMessage>, bytes: usize) -> Result<(), CloseReason> {
        if self.send_queue.is_closed() {
            return Err(CloseReason::GONE);
        }
        if !self.is_greeted {
            return self.greet(&message);
        }
        match *message {
            ClientMessage::Hello(_) => self.send_queue.push(Frame::refusal(Refusal::OutOfOrder)),
            ClientMessage::Ping(ping) => self.send_queue.push(Frame::message(&ServerMessage::Pong(ping))),
            ClientMessage::Room(RoomFrame { room, message: ToRoom::Signal(sent) }) => {
                // In a box for the same reason.
                if let Err(refusal) = Box::pin(self.signal(room, sent, bytes)).await {
                    self.refuse(room, refusal);
                }
            }
            message => {
                let queued = self.requests.as_ref().map(|requests| requests.try_send(Box::new(message)));
                if let Some(Err(mpsc::error::TrySendError::Full(message))) = queued {
                    self.refuse_overflow(&message);
                }
            }
        }
        Ok(())
    }

    /// Ends the connection. Its earlier requests are still carried out, unless it was closed. Then its members enter their
    /// grace periods.
    pub(crate) async fn end(mut self, ending: CloseReason) {
        self.send_queue.finish(ending);
        self.requests = None;
        if let Some(serving) = self.serving.take() {
            // If the task panicked, it has left its rooms as well.
            let _ = serving.await;
        }
    }

    /// Answers the first message, which must be a hello.
    fn greet(&mut self, message: &ClientMessage) -> Result<(), CloseReason> {
        match message {
            ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION }) => {
                let heartbeat_ms = self.node.limits.heartbeat_ms;
                let welcome = Welcome { protocol: PROTOCOL_VERSION, heartbeat_ms };
                self.send_queue.push(Frame::message(&ServerMessage::Welcome(welcome)));
                self.is_greeted = true;
            }
            ClientMessage::Hello(_) => return Err(CloseReason::refused(Refusal::VersionUnsupported)),
            ClientMessage::Room(frame) => self.refuse(frame.room, Refusal::OutOfOrder),
            _ => self.send_queue.push(Frame::refusal(Refusal::OutOfOrder)),
        }
        Ok(())
    }

    /// Passes a signal to its room.
    async fn signal(&self, code: RoomCode, sent: SendSignal, bytes: usize) -> Result<(), Refusal> {
        let room = self.rooms.get(code).ok_or(Refusal::OutOfOrder)?;
        let limits = &self.node.command_limits;
        let is_request = matches!(sent.signal, Signal::OfferRequest { .. });
        if is_request && !limits.requests.take_here(self.account, room.id())
            || !limits.signal_bytes.take_some((self.account, sent.to), bytes)
        {
            return Err(Refusal::TooManyFrames);
        }
        room.signal(self.connection, sent).await
    }

    /// Refuses a message for which there is no place in the queue.
    fn refuse_overflow(&self, message: &ClientMessage) {
        match message {
            ClientMessage::Room(frame) => self.refuse(frame.room, Refusal::TooManyFrames),
            _ => self.send_queue.push(Frame::refusal(Refusal::TooManyFrames)),
        }
    }

    fn refuse(&self, room: RoomCode, refusal: Refusal) {
        self.send_queue.push(Frame::from_room(room, FromRoom::Refused { refusal }));
    }
}

/// Closes the connection whatever ends its task, also after a panic. [`RoomRequests`] leaves the rooms.
impl Drop for Connection {
    fn drop(&mut self) {
        self.send_queue.close(CloseReason::FAULT);
    }
}
