//! How other code of this node sends requests to a room's actor.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use heartogether::{
    id::{AccountId, ConnectionId, MemberId, MessageNumber, RoomId, Seq},
    protocol::{CustomEvent, SendSignal},
    refusal::Refusal,
    role::Permission,
    room::{Census, Event, Foreseen, OwnData, Reading},
};
use heartogether_app::api::{RecentRoom, RoomSummary};
use tokio::sync::{mpsc, oneshot};

use super::{
    debug_api::{AudienceReport, RealtimeReport, Viewer},
    summary::SavedRoom,
    write_behind::WriteBehind,
};
use crate::{room_lookup::RoomReport, storage::StorageError, websocket::SendQueue};

/// Requests that may wait for an actor before those who ask have to wait themselves.
const REQUESTS: usize = 64;
/// How long a signal waits for an actor that takes nothing in.
const SIGNAL_WAIT: Duration = Duration::from_secs(1);
/// How many times a request is tried: an actor whose task panics loses the requests that wait.
const ASKED_AT_MOST: u32 = 3;

/// A request to an actor.
pub(super) enum Request {
    Attach { connection: ConnectionId, send_queue: SendQueue, done: oneshot::Sender<()> },
    Detach { connection: ConnectionId },
    Signal { from: ConnectionId, signal: SendSignal },
    Check { viewer: Viewer, permission: Permission, done: oneshot::Sender<Result<(), Refusal>> },
    SendCustom { viewer: Viewer, event: CustomEvent, done: oneshot::Sender<Result<(), Refusal>> },
    ShowTyping { from: ConnectionId, done: oneshot::Sender<Result<(), Refusal>> },
    ShowRead { from: ConnectionId, up_to: MessageNumber, done: oneshot::Sender<Result<(), Refusal>> },
    AccountBeside { asker: ConnectionId, member: MemberId, done: oneshot::Sender<Result<AccountId, Refusal>> },
    Pictured { viewer: Viewer, member: MemberId, done: oneshot::Sender<Result<AccountId, Refusal>> },
    OwnData { account: AccountId, done: oneshot::Sender<Option<(OwnData, WriteBehind)>> },
    NoteBlocked { account: AccountId, blocked: BTreeSet<AccountId> },
    Writes { done: oneshot::Sender<WriteBehind> },
    Reading { reader: Reader, done: oneshot::Sender<Result<(Reading, WriteBehind), Refusal>> },
    Names { are_wanted: bool, done: oneshot::Sender<Option<Vec<String>>> },
    Written { account: AccountId, nonce: u32, done: oneshot::Sender<Option<MessageNumber>> },
    LastMessage { done: oneshot::Sender<MessageNumber> },
    IsMember { connection: ConnectionId, done: oneshot::Sender<bool> },
    HasPage { connection: ConnectionId, done: oneshot::Sender<bool> },
    HasPlace { account: AccountId, done: oneshot::Sender<bool> },
    Foresee { event: Box<Event>, done: oneshot::Sender<Result<Foreseen, Refusal>> },
    Audience { viewer: Viewer, done: oneshot::Sender<Result<AudienceReport, Refusal>> },
    Realtime { viewer: Viewer, done: oneshot::Sender<Result<RealtimeReport, Refusal>> },
    Revisit { viewer: AccountId, done: oneshot::Sender<Option<RecentRoom>> },
    Save { viewer: AccountId, done: oneshot::Sender<Option<SavedRoom>> },
    Summarise { viewer: Option<AccountId>, done: oneshot::Sender<Option<RoomSummary>> },
    Confirm { report: RoomReport, done: oneshot::Sender<bool> },
    Census { done: oneshot::Sender<Census> },
}

/// Who reads in a room's archive.
#[derive(Clone, Copy)]
pub(crate) enum Reader {
    /// A member's page.
    Page(ConnectionId),
    /// A member, whatever page it comes from.
    Account(AccountId),
}

/// A request. The actor answers it once it has taken in the log's entry at this place.
pub(super) struct Asked {
    pub(super) at: Seq,
    pub(super) request: Request,
}

/// A handle to a room's actor on this node. As long as somebody holds one, the actor goes on until the room ends.
#[derive(Clone)]
pub(crate) struct RoomHandle {
    id: RoomId,
    requests: mpsc::Sender<Asked>,
    is_live: Arc<AtomicBool>,
    is_unreadable: Arc<AtomicBool>,
    /// Answers take into account all entries up to this one.
    at: Seq,
}

impl RoomHandle {
    pub(super) fn new(id: RoomId) -> (Self, mpsc::Receiver<Asked>) {
        let (requests, waiting) = mpsc::channel(REQUESTS);
        let (is_live, is_unreadable) = Default::default();
        (Self { id, requests, is_live, is_unreadable, at: Seq::default() }, waiting)
    }

    pub(crate) const fn id(&self) -> RoomId {
        self.id
    }

    /// The same handle, whose answers take into account all entries up to this one. A caller that has appended an entry
    /// sees its effect.
    pub(crate) fn at(&self, seq: Seq) -> Self {
        Self { at: self.at.max(seq), ..self.clone() }
    }

    /// Whether the room exists and has not ended, as its actor recorded it last.
    pub(super) fn is_live(&self) -> bool {
        self.is_live.load(Relaxed)
    }

    /// Where the actor records that.
    pub(super) fn liveness(&self) -> Arc<AtomicBool> {
        self.is_live.clone()
    }

    /// Where it is recorded that the room cannot be opened although it is stored.
    pub(super) fn unreadability(&self) -> Arc<AtomicBool> {
        self.is_unreadable.clone()
    }

    /// Whether this is the only handle to its actor.
    pub(super) fn is_only_one(&self) -> bool {
        self.requests.strong_count() == 1
    }

    /// Refuses a room that is stored and that this version does not understand. Known once the room has been asked something.
    ///
    /// # Errors
    /// [`Refusal::RoomUnreadable`].
    pub(crate) fn check_readable(&self) -> Result<(), Refusal> {
        if self.is_unreadable.load(Relaxed) { Err(Refusal::RoomUnreadable) } else { Ok(()) }
    }

    /// What is said of a room that does not answer.
    fn gone(&self, refusal: Refusal) -> Refusal {
        self.check_readable().err().unwrap_or(refusal)
    }

    /// Gives the room a connection's send queue. From then on the room can send to it.
    pub(crate) async fn attach(&self, connection: ConnectionId, send_queue: SendQueue) -> Result<(), Refusal> {
        let attached = self.ask(|done| Request::Attach { connection, send_queue: send_queue.clone(), done }).await;
        attached.ok_or_else(|| self.gone(Refusal::RoomNotFound))
    }

    /// Removes the send queue.
    pub(crate) async fn detach(&self, connection: ConnectionId) {
        self.tell(Request::Detach { connection }).await;
    }

    /// Delivers a signal, or answers it with a refusal.
    ///
    /// # Errors
    /// [`Refusal::StorageUnavailable`] where the room takes nothing in for [`SIGNAL_WAIT`], as it waits for its storage: whoever sends
    /// the signal has other rooms.
    pub(crate) async fn signal(&self, from: ConnectionId, signal: SendSignal) -> Result<(), Refusal> {
        let passed = self.tell(Request::Signal { from, signal });
        tokio::time::timeout(SIGNAL_WAIT, passed).await.map_err(|_| Refusal::StorageUnavailable)
    }

    /// Whether the viewer has a permission in the room.
    ///
    /// # Errors
    /// Those of [`Room::check`](heartogether::room::Room::check).
    pub(crate) async fn check(&self, viewer: Viewer, permission: Permission) -> Result<(), Refusal> {
        let checked = self.ask(|done| Request::Check { viewer, permission, done }).await;
        checked.unwrap_or_else(|| Err(self.gone(Refusal::RoomNotFound)))
    }

    /// Sends an event of the owner to all members who are connected.
    ///
    /// # Errors
    /// Those of [`Room::check`](heartogether::room::Room::check), or [`Refusal::RoomEnded`].
    pub(crate) async fn send_custom(&self, viewer: Viewer, event: &CustomEvent) -> Result<(), Refusal> {
        let sent = self.ask(|done| Request::SendCustom { viewer, event: event.clone(), done }).await;
        sent.unwrap_or_else(|| Err(self.gone(Refusal::RoomNotFound)))
    }

    /// Tells the others that a member is writing.
    ///
    /// # Errors
    /// Those of [`Room::conversing_at`](heartogether::room::Room::conversing_at).
    pub(crate) async fn show_typing(&self, from: ConnectionId) -> Result<(), Refusal> {
        let shown = self.ask(|done| Request::ShowTyping { from, done }).await;
        shown.unwrap_or_else(|| Err(self.gone(Refusal::RoomEnded)))
    }

    /// Tells the other pages of a member how far they have read.
    ///
    /// # Errors
    /// Those of [`Room::conversing_at`](heartogether::room::Room::conversing_at).
    pub(crate) async fn show_read(&self, from: ConnectionId, up_to: MessageNumber) -> Result<(), Refusal> {
        let shown = self.ask(|done| Request::ShowRead { from, up_to, done }).await;
        shown.unwrap_or_else(|| Err(self.gone(Refusal::RoomEnded)))
    }

    /// The account of another member.
    ///
    /// # Errors
    /// Those of [`Room::account_beside`](heartogether::room::Room::account_beside).
    pub(crate) async fn account_beside(&self, asker: ConnectionId, member: MemberId) -> Result<AccountId, Refusal> {
        let found = self.ask(|done| Request::AccountBeside { asker, member, done }).await;
        found.unwrap_or_else(|| Err(self.gone(Refusal::RoomEnded)))
    }

    /// The account whose picture the members see beside a member.
    ///
    /// # Errors
    /// Those of [`Room::pictured`](heartogether::room::Room::pictured).
    pub(crate) async fn pictured(&self, viewer: Viewer, member: MemberId) -> Result<AccountId, Refusal> {
        let found = self.ask(|done| Request::Pictured { viewer, member, done }).await;
        found.unwrap_or_else(|| Err(self.gone(Refusal::RoomEnded)))
    }

    /// Tells the room whom an account has blocked. The account's pages on this node learn which members these are.
    pub(crate) async fn note_blocked(&self, account: AccountId, blocked: BTreeSet<AccountId>) {
        self.tell(Request::NoteBlocked { account, blocked }).await;
    }

    /// The messages that somebody may read in the archive. Returns once everything before this call is in the archive.
    ///
    /// # Errors
    /// [`Refusal::NotAMember`], [`Refusal::StorageUnavailable`], or [`Refusal::RoomEnded`].
    pub(crate) async fn reading(&self, reader: Reader) -> Result<Reading, Refusal> {
        let answer = self.ask(|done| Request::Reading { reader, done }).await;
        let (reading, writes) = answer.unwrap_or_else(|| Err(self.gone(Refusal::RoomEnded)))?;
        writes.flush().await.map_err(|_| Refusal::StorageUnavailable)?;
        Ok(reading)
    }

    /// Returns once everything before this call is in the archive. A room that is over has nothing left to write.
    ///
    /// # Errors
    /// [`StorageError`] if that takes too long.
    pub(crate) async fn flush(&self) -> Result<(), StorageError> {
        match self.ask(|done| Request::Writes { done }).await {
            Some(writes) => writes.flush().await,
            None => Ok(()),
        }
    }

    /// The names that a message with markup can speak to, if they are wanted; `None` if the room's messages have no markup.
    pub(crate) async fn names(&self, are_wanted: bool) -> Option<Vec<String>> {
        self.ask(|done| Request::Names { are_wanted, done }).await.flatten()
    }

    /// What the room has of an account besides messages; `None` once it has ended. Returns once everything before this call is in
    /// the archive.
    pub(crate) async fn own_data(&self, account: AccountId) -> Result<Option<OwnData>, StorageError> {
        let Some((data, writes)) = self.ask(|done| Request::OwnData { account, done }).await.flatten() else {
            return Ok(None);
        };
        writes.flush().await?;
        Ok(Some(data))
    }

    /// The number of an account's message with this nonce, if it is one of the latest.
    pub(crate) async fn written(&self, account: AccountId, nonce: u32) -> Option<MessageNumber> {
        self.ask(|done| Request::Written { account, nonce, done }).await.flatten()
    }

    /// The number of the latest message.
    pub(crate) async fn last_message(&self) -> Option<MessageNumber> {
        self.ask(|done| Request::LastMessage { done }).await
    }

    /// Whether the connection belongs to a member.
    pub(crate) async fn is_member(&self, connection: ConnectionId) -> bool {
        self.ask(|done| Request::IsMember { connection, done }).await.unwrap_or_default()
    }

    /// Whether the connection is that of a page that has a place, or waits for one.
    pub(crate) async fn has_page(&self, connection: ConnectionId) -> bool {
        self.ask(|done| Request::HasPage { connection, done }).await.unwrap_or_default()
    }

    /// Whether an account has a place in the room.
    pub(crate) async fn has_place(&self, account: AccountId) -> bool {
        self.ask(|done| Request::HasPlace { account, done }).await.unwrap_or_default()
    }

    /// The outcome that this event would have now, from [`Room::foresee`](heartogether::room::Room::foresee).
    pub(crate) async fn foresee(&self, event: &Event) -> Result<Foreseen, Refusal> {
        let foreseen = self.ask(|done| Request::Foresee { event: Box::new(event.clone()), done }).await;
        foreseen.unwrap_or_else(|| Err(self.gone(Refusal::RoomEnded)))
    }

    /// What everybody may know about the room; `None` once it has ended.
    pub(crate) async fn summarise(&self, viewer: Option<AccountId>) -> Option<RoomSummary> {
        self.ask(|done| Request::Summarise { viewer, done }).await.flatten()
    }

    /// Whether the room is as the report says.
    pub(super) async fn confirm(&self, report: &RoomReport) -> bool {
        self.ask(|done| Request::Confirm { report: report.clone(), done }).await.unwrap_or_default()
    }

    /// The room in numbers; `None` once its task has stopped.
    pub(crate) async fn census(&self) -> Option<Census> {
        self.ask(|done| Request::Census { done }).await
    }

    /// The room for somebody who was in it; `None` if they cannot come back to it.
    pub(crate) async fn revisit(&self, viewer: AccountId) -> Option<RecentRoom> {
        self.ask(|done| Request::Revisit { viewer, done }).await.flatten()
    }

    /// The room for the list of one of its members; `None` if the viewer is none, or the room keeps no members who are away.
    pub(crate) async fn save(&self, viewer: AccountId) -> Option<SavedRoom> {
        self.ask(|done| Request::Save { viewer, done }).await.flatten()
    }

    /// The listeners, for a viewer who may see them.
    pub(crate) async fn audience(&self, viewer: Viewer) -> Result<AudienceReport, Refusal> {
        let report = self.ask(|done| Request::Audience { viewer, done }).await;
        report.unwrap_or_else(|| Err(self.gone(Refusal::RoomNotFound)))
    }

    /// The latest events, for a viewer who may see them.
    pub(crate) async fn realtime(&self, viewer: Viewer) -> Result<RealtimeReport, Refusal> {
        let report = self.ask(|done| Request::Realtime { viewer, done }).await;
        report.unwrap_or_else(|| Err(self.gone(Refusal::RoomNotFound)))
    }

    /// Sends a request that needs no answer and waits for no entry, such as a signal. An actor that has stopped closes
    /// its connections itself.
    async fn tell(&self, request: Request) {
        let _ = self.requests.send(Asked { at: Seq::default(), request }).await;
    }

    /// `None` once the room has ended, or if the request itself makes the actor panic. If the actor panics before it
    /// answers, the next actor of the room answers.
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
