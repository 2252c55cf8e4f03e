//! How the rest of the node talks to a room's actor.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use heartogether::{
    id::{AccountId, ConnectionId, RoomId, Seq},
    protocol::SendSignal,
    refusal::Refusal,
    room::{Event, Foreseen, Reading},
};
use heartogether_app::api::{RecentRoom, RoomSummary};
use tokio::sync::{mpsc, oneshot};

use super::{
    debug_api::{AudienceReport, RealtimeReport, Viewer},
    write_behind::WriteBehind,
};
use crate::websocket::SendQueue;

/// Requests that may wait for an actor before those who ask have to wait themselves.
const REQUESTS: usize = 64;
/// How long a signal waits for an actor that takes nothing in.
const SIGNAL_WAIT: Duration = Duration::from_secs(1);
/// How often an actor is asked: a task that breaks takes the requests that wait with it.
const ASKED_AT_MOST: u32 = 3;

/// What an actor can be asked.
pub(super) enum Request {
    Attach { connection: ConnectionId, send_queue: SendQueue, done: oneshot::Sender<()> },
    Detach { connection: ConnectionId },
    Signal { from: ConnectionId, signal: SendSignal },
    Reading { reader: ConnectionId, done: oneshot::Sender<Result<(Reading, WriteBehind), Refusal>> },
    IsMember { connection: ConnectionId, done: oneshot::Sender<bool> },
    HasPlace { account: AccountId, done: oneshot::Sender<bool> },
    Foresee { event: Box<Event>, done: oneshot::Sender<Result<Foreseen, Refusal>> },
    Audience { viewer: Viewer, done: oneshot::Sender<Result<AudienceReport, Refusal>> },
    Realtime { viewer: Viewer, done: oneshot::Sender<Result<RealtimeReport, Refusal>> },
    Revisit { viewer: AccountId, done: oneshot::Sender<Option<RecentRoom>> },
    Summarise { viewer: Option<AccountId>, done: oneshot::Sender<Option<RoomSummary>> },
}

/// A request, which the actor answers once it has taken in the log's entry at this place.
pub(super) struct Asked {
    pub(super) at: Seq,
    pub(super) request: Request,
}

/// A room's actor on this node, for as long as the room lives.
#[derive(Clone)]
pub(crate) struct RoomHandle {
    id: RoomId,
    requests: mpsc::Sender<Asked>,
    is_live: Arc<AtomicBool>,
    /// What the answers know at least.
    at: Seq,
}

impl RoomHandle {
    pub(super) fn new(id: RoomId) -> (Self, mpsc::Receiver<Asked>) {
        let (requests, waiting) = mpsc::channel(REQUESTS);
        (Self { id, requests, is_live: Arc::default(), at: Seq::default() }, waiting)
    }

    pub(crate) const fn id(&self) -> RoomId {
        self.id
    }

    /// The same room, whose answers know the log up to this place at least: whoever has appended something finds it done.
    pub(crate) fn at(&self, seq: Seq) -> Self {
        Self { at: self.at.max(seq), ..self.clone() }
    }

    /// Whether the room is known and has not ended, as its actor last noted.
    pub(super) fn is_live(&self) -> bool {
        self.is_live.load(Relaxed)
    }

    /// Where the actor notes that.
    pub(super) fn liveness(&self) -> Arc<AtomicBool> {
        self.is_live.clone()
    }

    /// Gives the room a connection's send queue; from then on the room can answer it.
    pub(crate) async fn attach(&self, connection: ConnectionId, send_queue: SendQueue) -> Result<(), Refusal> {
        let attached = self.ask(|done| Request::Attach { connection, send_queue: send_queue.clone(), done }).await;
        attached.ok_or(Refusal::RoomNotFound)
    }

    /// Takes the send queue back.
    pub(crate) async fn detach(&self, connection: ConnectionId) {
        self.tell(Request::Detach { connection }).await;
    }

    /// Passes a signal on, or answers it with a refusal.
    ///
    /// # Errors
    /// [`Refusal::StorageUnavailable`] where the room takes nothing in for [`SIGNAL_WAIT`], as it waits for its storage: whoever sends
    /// the signal has other rooms.
    pub(crate) async fn signal(&self, from: ConnectionId, signal: SendSignal) -> Result<(), Refusal> {
        let passed = self.tell(Request::Signal { from, signal });
        tokio::time::timeout(SIGNAL_WAIT, passed).await.map_err(|_| Refusal::StorageUnavailable)
    }

    /// Whose messages a connection may read in the archive, once everything is in it that was written before.
    pub(crate) async fn reading(&self, reader: ConnectionId) -> Result<Reading, Refusal> {
        let answer = self.ask(|done| Request::Reading { reader, done }).await;
        let (reading, writes) = answer.unwrap_or(Err(Refusal::RoomEnded))?;
        writes.flush().await.map_err(|_| Refusal::StorageUnavailable)?;
        Ok(reading)
    }

    /// Whether the connection is a member's.
    pub(crate) async fn is_member(&self, connection: ConnectionId) -> bool {
        self.ask(|done| Request::IsMember { connection, done }).await.unwrap_or_default()
    }

    /// Whether an account has a place in the room.
    pub(crate) async fn has_place(&self, account: AccountId) -> bool {
        self.ask(|done| Request::HasPlace { account, done }).await.unwrap_or_default()
    }

    /// What would come of this now, as [`Room::foresee`](heartogether::room::Room::foresee) says.
    pub(crate) async fn foresee(&self, event: &Event) -> Result<Foreseen, Refusal> {
        let foreseen = self.ask(|done| Request::Foresee { event: Box::new(event.clone()), done }).await;
        foreseen.unwrap_or(Err(Refusal::RoomEnded))
    }

    /// What everybody may know of the room; `None` once it has ended.
    pub(crate) async fn summarise(&self, viewer: Option<AccountId>) -> Option<RoomSummary> {
        self.ask(|done| Request::Summarise { viewer, done }).await.flatten()
    }

    /// The room as somebody who was in it finds it now; `None` if there is nothing left to come back to.
    pub(crate) async fn revisit(&self, viewer: AccountId) -> Option<RecentRoom> {
        self.ask(|done| Request::Revisit { viewer, done }).await.flatten()
    }

    /// Who listens, for who may know.
    pub(crate) async fn audience(&self, viewer: Viewer) -> Result<AudienceReport, Refusal> {
        self.ask(|done| Request::Audience { viewer, done }).await.unwrap_or(Err(Refusal::RoomNotFound))
    }

    /// What happened of late, for who may know.
    pub(crate) async fn realtime(&self, viewer: Viewer) -> Result<RealtimeReport, Refusal> {
        self.ask(|done| Request::Realtime { viewer, done }).await.unwrap_or(Err(Refusal::RoomNotFound))
    }

    /// What is told waits for no entry, and signals least of all. An actor that is gone closes its connections itself.
    async fn tell(&self, request: Request) {
        let _ = self.requests.send(Asked { at: Seq::default(), request }).await;
    }

    /// `None` once the room is over, or where it breaks on the request itself. An answer that was lost with a task that broke
    /// comes from the next one, which takes the room up.
    async fn ask<T>(&self, request: impl Fn(oneshot::Sender<T>) -> Request) -> Option<T> {
        for _ in 0..ASKED_AT_MOST {
            let (done, answer) = oneshot::channel();
            self.requests.send(Asked { at: self.at, request: request(done) }).await.ok()?;
            if let Ok(answer) = answer.await {
                return Some(answer);
            }
        }
        None
    }
}
