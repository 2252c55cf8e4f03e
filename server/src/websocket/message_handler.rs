//! What one connection has said so far, and what its next message means.

use std::sync::Arc;

use governor::{DefaultDirectRateLimiter, RateLimiter};
use heartogether::{
    id::{ConnectionId, MemberId, ResumeToken, RoomCode, RoomId},
    limits::Limits,
    protocol::{
        ClientMessage, DeclareSilence, FetchMessages, Hello, JoinRoom, PROTOCOL_VERSION, RemoveListener, ResumeRoom,
        SendMessage, SendReaction, SendSignal, ServerMessage, Signal, StartStream, Welcome,
    },
    refusal::Refusal,
    role::{Kind, Permission, Role},
    room::{Command, ConnectionRef, Event, Foreseen, JoinRequested, Marks, ResumeRequested},
};
use heartogether_app::api::{Account, Caller};
use tokio::runtime::Handle;

use super::{CloseReason, Frame, SendQueue, rate, rate_limits::CommandLimit};
use crate::{
    clock::Clock,
    error::ServerError,
    http::AddressBlock,
    log::LogError,
    random,
    rooms::{RoomHandle, append_surely},
    state::Node,
};

pub(crate) struct MessageHandler {
    node: Arc<Node>,
    connection: ConnectionRef,
    account: Account,
    caller: Caller,
    send_queue: SendQueue,
    is_greeted: bool,
    room: Option<RoomHandle>,
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

impl MessageHandler {
    pub(crate) fn new(
        node: Arc<Node>,
        connection: ConnectionRef,
        account: Account,
        caller: Caller,
        send_queue: SendQueue,
    ) -> Self {
        let look_ups = RateLimiter::direct(rate(node.limits.requests_per_second, node.limits.requests_burst));
        Self { node, connection, account, caller, send_queue, is_greeted: false, room: None, look_ups }
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

    /// Carries a message of so many bytes out, answers it with a refusal, or ends the connection. One that has been closed is
    /// not obeyed any more, however long its last words take.
    pub(crate) async fn hear(&mut self, message: ClientMessage, bytes: usize) -> Result<(), CloseReason> {
        if self.send_queue.is_closed() {
            return Err(CloseReason::GONE);
        }
        if !self.is_greeted {
            return self.greet(&message);
        }
        match self.obey(message, bytes).await {
            Ok(()) => {}
            Err(Failure::Refused(refusal)) => self.send_queue.push(Frame::refusal(refusal)),
            Err(Failure::Fault(error)) => {
                error.report();
                if error.is_storage_down() {
                    // Nothing has happened, and the connection is as good as any: it may ask again.
                    self.send_queue.push(Frame::refusal(Refusal::StorageUnavailable));
                    return Ok(());
                }
                return Err(CloseReason::FAULT);
            }
        }
        Ok(())
    }

    /// The connection is gone: its member enters the grace period.
    pub(super) async fn end(&mut self) {
        if let Some(room) = self.room.take() {
            part(room, self.connection.id, self.node.clone()).await;
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
            _ => self.send_queue.push(Frame::refusal(Refusal::OutOfOrder)),
        }
        Ok(())
    }

    async fn obey(&mut self, message: ClientMessage, bytes: usize) -> Result<(), Failure> {
        match message {
            ClientMessage::Hello(_) => Err(Refusal::OutOfOrder.into()),
            ClientMessage::Ping(ping) => {
                self.send_queue.push(Frame::message(&ServerMessage::Pong(ping)));
                Ok(())
            }
            ClientMessage::JoinRoom(join) => self.join(join).await,
            ClientMessage::ResumeRoom(resume) => self.resume(resume).await,
            ClientMessage::LeaveRoom => self.command(Command::Leave).await,
            ClientMessage::StartStream(StartStream { source, paused }) => {
                self.command(Command::StartStream { source, paused }).await
            }
            ClientMessage::PauseStream => self.command(Command::PauseStream).await,
            ClientMessage::ResumeStream => self.command(Command::ResumeStream).await,
            ClientMessage::InterruptStream => self.command(Command::InterruptStream).await,
            ClientMessage::DeclareSilence(DeclareSilence { silent }) => {
                self.command(Command::DeclareSilence { silent }).await
            }
            ClientMessage::StopRoom => self.command(Command::StopRoom).await,
            ClientMessage::SendReaction(SendReaction { reaction }) => {
                self.take(&self.node.command_limits.reactions, Refusal::TooManyReactions)?;
                self.command(Command::React { reaction }).await
            }
            ClientMessage::SendMessage(SendMessage { nonce, text }) => {
                self.take(&self.node.command_limits.messages, Refusal::TooManyMessages)?;
                self.command(Command::Write { nonce, text }).await
            }
            ClientMessage::FetchMessages(FetchMessages { before }) => {
                let room = self.take(&self.node.command_limits.requests, Refusal::TooManyFrames)?;
                room.fetch_messages(self.connection.id, before).await;
                Ok(())
            }
            ClientMessage::RemoveListener(RemoveListener { member, block_address }) => {
                self.command(Command::RemoveListener { member, block_address }).await
            }
            ClientMessage::Signal(signal) => self.signal(signal, bytes).await,
        }
    }

    async fn join(&mut self, JoinRoom { code, role, take_over }: JoinRoom) -> Result<(), Failure> {
        // Only a listener's is shown to anybody, and only if they want it.
        let email = self.account.email_for_hosts().filter(|_| role == Role::Listener);
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
        self.enter(code, Event::JoinRequested(request)).await
    }

    async fn resume(&mut self, ResumeRoom { code, token, last_seq }: ResumeRoom) -> Result<(), Failure> {
        let (connection, account, kind) = (self.connection, self.account.id, self.kind());
        let request = ResumeRequested { connection, account, kind, token, last_seq };
        self.enter(code, Event::ResumeRequested(request)).await
    }

    fn kind(&self) -> Kind {
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
    async fn enter(&mut self, code: RoomCode, mut request: Event) -> Result<(), Failure> {
        if self.send_queue.is_confined() {
            self.send_queue.close(CloseReason::GONE);
            return Ok(());
        }
        self.look_ups.check().map_err(|_| Refusal::TooManyFrames)?;
        self.leave_waiting_room().await?;
        let id = self.find(code).await?;
        if !self.node.command_limits.requests.take(self.account.id, id) {
            return Err(Refusal::TooManyRequests.into());
        }
        let room = self.node.rooms.open(id);
        room.attach(self.connection.id, self.send_queue.clone()).await?;
        self.room = Some(room);
        if let Event::JoinRequested(join) = &mut request {
            join.marks = self.marks_in(id);
        }
        self.append(request).await?;
        self.note_visit(id);
        Ok(())
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

    /// A connection that was refused a place, or gave it up, may ask again, here or elsewhere; a member may not.
    async fn leave_waiting_room(&mut self) -> Result<(), Failure> {
        let Some(room) = &self.room else { return Ok(()) };
        if room.is_member(self.connection.id).await {
            return Err(Refusal::OutOfOrder.into());
        }
        room.detach(self.connection.id).await;
        self.room = None;
        Ok(())
    }

    async fn command(&self, command: Command) -> Result<(), Failure> {
        self.append(Event::Commanded { connection: self.connection.id, command }).await
    }

    /// What the room would refuse anyway, and what would change nothing, takes no line in the log; and what can be said and
    /// taken back without end takes so many.
    async fn append(&self, event: Event) -> Result<(), Failure> {
        let room = self.room()?;
        if room.foresee(&event).await? == Foreseen::Nothing {
            return Ok(());
        }
        if matches!(&event, Event::Commanded { command, .. } if command.permission() == Permission::Broadcast) {
            self.take(&self.node.command_limits.stream_commands, Refusal::TooManyFrames)?;
        }
        let Node { database_limit, store, clock, .. } = &*self.node;
        let takes = database_limit.takes(&event, &**store, clock.now()).await.map_err(ServerError::from);
        if !takes.map_err(Failure::Fault)? {
            return Err(Refusal::StorageUnavailable.into());
        }
        self.node.log.append(room.id(), event).await?;
        Ok(())
    }

    /// Takes one of what the account may ask of the room, which it gives.
    fn take(&self, allowance: &CommandLimit, refusal: Refusal) -> Result<&RoomHandle, Refusal> {
        let room = self.room()?;
        if allowance.take(self.account.id, room.id()) { Ok(room) } else { Err(refusal) }
    }

    fn room(&self) -> Result<&RoomHandle, Refusal> {
        self.room.as_ref().ok_or(Refusal::OutOfOrder)
    }

    async fn signal(&self, signal: SendSignal, bytes: usize) -> Result<(), Failure> {
        let room = match &signal.signal {
            Signal::OfferRequest { .. } => self.take(&self.node.command_limits.requests, Refusal::TooManyFrames)?,
            _ => self.room()?,
        };
        if !self.node.command_limits.signal_bytes.take_some((self.account.id, signal.to), bytes) {
            return Err(Refusal::TooManyFrames.into());
        }
        room.signal(self.connection.id, signal).await;
        Ok(())
    }
}

/// Whatever ends a connection's task, a panic too, its room is told.
impl Drop for MessageHandler {
    fn drop(&mut self) {
        let (Some(room), Ok(runtime)) = (self.room.take(), Handle::try_current()) else { return };
        self.send_queue.close(CloseReason::FAULT);
        runtime.spawn(part(room, self.connection.id, self.node.clone()));
    }
}

/// Takes a connection out of a room. Its member enters the grace period, but at a stop: then nobody has gone, and the next run
/// waits for all of them, from its own start on.
async fn part(room: RoomHandle, connection: ConnectionId, node: Arc<Node>) {
    if !node.auth.sockets.are_stopping() && room.is_member(connection).await {
        append_surely(node.log.clone(), room.id(), Event::ConnectionLost { connection });
    }
    room.detach(connection).await;
}
