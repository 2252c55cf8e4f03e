//! What one connection has said so far. The reader hands every message in; nothing here waits for storage: greetings and pings
//! are answered at once, signals go to their room at once, and what needs the storage waits in line for
//! [`RoomRequests`](super::room_requests), so that signals overtake a connection's commands.

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

/// Messages that may wait to be sorted by rooms. One more is refused; a page has far fewer under way.
const WAITING: usize = 256;

/// One connection's side of the conversation.
pub(crate) struct Connection {
    node: Arc<Node>,
    connection: ConnectionId,
    account: AccountId,
    send_queue: SendQueue,
    rooms: EnteredRooms,
    is_greeted: bool,
    /// `None` once it ends.
    requests: Option<mpsc::Sender<ClientMessage>>,
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

    /// Takes in a message of so many bytes, answers it with a refusal, or ends the connection. One that has been closed is not
    /// obeyed any more, however long its last words take.
    pub(crate) async fn hear(&mut self, message: ClientMessage, bytes: usize) -> Result<(), CloseReason> {
        if self.send_queue.is_closed() {
            return Err(CloseReason::GONE);
        }
        if !self.is_greeted {
            return self.greet(&message);
        }
        match message {
            ClientMessage::Hello(_) => self.send_queue.push(Frame::refusal(Refusal::OutOfOrder)),
            ClientMessage::Ping(ping) => self.send_queue.push(Frame::message(&ServerMessage::Pong(ping))),
            ClientMessage::Room(RoomFrame { room, message: ToRoom::Signal(sent) }) => {
                if let Err(refusal) = self.signal(room, sent, bytes).await {
                    self.refuse(room, refusal);
                }
            }
            message => {
                let waits = self.requests.as_ref().map(|requests| requests.try_send(message));
                if let Some(Err(mpsc::error::TrySendError::Full(message))) = waits {
                    self.refuse_overflow(&message);
                }
            }
        }
        Ok(())
    }

    /// The connection is gone. What it said before is carried out, unless it was closed; then its members enter their grace
    /// periods.
    pub(crate) async fn end(mut self, ending: CloseReason) {
        self.send_queue.finish(ending);
        self.requests = None;
        if let Some(serving) = self.serving.take() {
            // One that broke has let go of its rooms as well.
            let _ = serving.await;
        }
    }

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

    async fn signal(&self, code: RoomCode, sent: SendSignal, bytes: usize) -> Result<(), Refusal> {
        let room = self.rooms.get(code).ok_or(Refusal::OutOfOrder)?;
        let limits = &self.node.command_limits;
        let is_request = matches!(sent.signal, Signal::OfferRequest { .. });
        if is_request && !limits.requests.take(self.account, room.id())
            || !limits.signal_bytes.take_some((self.account, sent.to), bytes)
        {
            return Err(Refusal::TooManyFrames);
        }
        room.signal(self.connection, sent).await
    }

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

/// Whatever ends the connection's task, a panic too, the client is told. Its rooms are, once nothing can be asked of them any more.
impl Drop for Connection {
    fn drop(&mut self) {
        self.send_queue.close(CloseReason::FAULT);
    }
}
