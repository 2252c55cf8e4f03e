//! The task of one room on this node: it takes in the log's entries, performs their effects and answers requests.

mod blocked;
mod gone_nodes;
mod list_news;
mod replay;
mod requests;

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::Ordering::Relaxed,
};

use heartogether::{
    id::{NodeId, RoomId, Seq},
    protocol::FromRoom,
    refusal::Refusal,
    room::{Audience, Effect, Entry, Event, Room, RoomMessage, step},
    time::Timestamp,
};
use tokio::sync::{
    broadcast::error::{RecvError, TryRecvError},
    mpsc,
};

use super::{
    debug_api::Signals,
    dependencies::Dependencies,
    handle::Asked,
    retry::{RETRY, append_surely_once, insist, insist_on_reading},
    surviving_state::SurvivingState,
};
use crate::{
    clock::Clock,
    markup,
    storage::log::{AppendNonce, LogError, Subscription},
};

/// Entries between two snapshots of a room.
const SNAPSHOT_EVERY: u64 = 500;
/// Entries between two snapshots of a room that nobody is connected to.
const SNAPSHOT_ASLEEP: u64 = 50;
/// Milliseconds between two snapshots of a room that several nodes share, if anything has happened in it.
const SNAPSHOT_MS: u64 = 60_000;

/// Milliseconds after which the copy of a room whose members stay has what must not be lost with the log.
const COPY_MS: u64 = 1_000;
/// Milliseconds over which the copies of all rooms are looked at after a start.
const FIRST_COPIES_MS: u64 = 600_000;

/// Milliseconds after which the copy of a room is looked at that was there before: the rooms of a node do not do that at once.
fn first_copy_ms(room: RoomId) -> u64 {
    let spread = room.to_string().bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    SNAPSHOT_MS + spread % FIRST_COPIES_MS
}

/// The room, and what its task remembers beside it. A panic of the task loses all of this but the [`SurvivingState`].
pub(super) struct RoomActor<'a> {
    dependencies: &'a Dependencies,
    state: &'a mut SurvivingState,
    room: Room,
    signals: Signals,
    /// When the room wants an entry that tells it the time.
    wake_at: Option<Timestamp>,
    /// The last entry in the latest snapshot.
    snapshot_at: Seq,
    /// When this task made the latest snapshot, or began.
    snapshot_made_at: Timestamp,
    /// When the copy of a room whose members stay has to be as new as the room; `None` if nothing asks for it. One of an earlier
    /// version has no copy at first.
    copy_due_at: Option<Timestamp>,
    /// Nodes that are gone, and whose loss the log has not told yet.
    gone: BTreeSet<NodeId>,
    /// What the lists of the members' accounts know of the room.
    list_news: list_news::ListNews,
    /// Whether the room has ended for good.
    is_over: bool,
}

impl<'a> RoomActor<'a> {
    pub(super) fn new(dependencies: &'a Dependencies, state: &'a mut SurvivingState) -> Self {
        Self {
            dependencies,
            state,
            room: Room::default(),
            signals: Signals::default(),
            wake_at: None,
            snapshot_at: Seq::default(),
            snapshot_made_at: dependencies.clock.now(),
            copy_due_at: Some(dependencies.clock.now().after_ms(first_copy_ms(dependencies.id))),
            gone: BTreeSet::new(),
            list_news: list_news::ListNews::default(),
            is_over: false,
        }
    }

    /// Runs until the room has ended for good, or nobody can ask it any more.
    ///
    /// # Errors
    /// [`LogError::Rewritten`], [`LogError::Unreadable`], [`LogError::NoBeginning`], [`LogError::NothingLeft`],
    /// [`LogError::NotUnderstood`], or [`LogError::Storage`] once the log could not be read for
    /// [`READING`](super::retry::READING).
    pub(super) async fn run(mut self, requests: &mut mpsc::Receiver<Asked>) -> Result<(), LogError> {
        let replayed = tokio::select! {
            replayed = self.replay() => replayed,
            () = until_closed(requests) => return Ok(()),
        };
        let mut entries = match replayed {
            Ok(entries) => entries,
            Err(LogError::NoSuchRoom) => return Ok(()),
            Err(error) => return Err(error),
        };
        self.begin_list_news();
        self.welcome_again();
        self.report_gone_nodes().await;
        let mut look = gone_nodes::Look::every(self.dependencies.log.looks_for_gone_nodes_every());
        while !self.is_over {
            self.dependencies.writes.has_room().await;
            // Members of a node that is gone keep their grace periods: those begin once the log says that the node is gone.
            let may_wake = !self.waits_for_loss();
            tokio::select! {
                biased;
                entry = entries.recv() => match entry {
                    Ok(entry) => self.take(&entry).await?,
                    Err(RecvError::Lagged(_)) => self.catch_up().await?,
                    Err(RecvError::Closed) => return self.end_of_subscription().await,
                },
                asked = requests.recv() => {
                    let Some(Asked { at, request }) = asked else { return Ok(()) };
                    self.take_waiting(&mut entries).await?;
                    if self.room.seq() < at {
                        self.catch_up().await?;
                    }
                    // A request does not change the room. So if its answer panics, only this answer is lost.
                    if catch_unwind(AssertUnwindSafe(|| self.answer(request))).is_err() {
                        tracing::error!(room = %self.dependencies.id, "the answer to a request panicked");
                    }
                }
                at = sleep_until(&*self.dependencies.clock, self.wake_at), if may_wake => {
                    self.wake_at = None;
                    self.wake(at);
                }
                _ = sleep_until(&*self.dependencies.clock, self.list_news.due()) => self.tell_lists(),
                () = look.next() => {
                    self.report_gone_nodes().await;
                    self.keep_snapshot();
                }
            }
        }
        if self.list_news.due().is_some() {
            self.tell_lists();
        }
        self.end().await
    }

    /// The log was closed, or is another one than this task has read.
    async fn end_of_subscription(&self) -> Result<(), LogError> {
        match insist_on_reading(|| self.dependencies.log.subscribe(self.dependencies.id)).await {
            Ok(_) => Err(LogError::Rewritten),
            Err(LogError::NoSuchRoom) => self.end().await,
            Err(error) => Err(error),
        }
    }

    /// Tells the room the time. Nodes that wake it for the same reason wake it once.
    fn wake(&self, due: Timestamp) {
        let Dependencies { id, log, .. } = self.dependencies;
        let nonce = AppendNonce::of(&[b"woke", &due.as_millis().to_be_bytes(), &self.room.seq().0.to_be_bytes()]);
        append_surely_once(log.clone(), *id, nonce, Event::Woke);
    }

    /// Lets go of a room that is over.
    async fn end(&self) -> Result<(), LogError> {
        insist(|| self.forget()).await?;
        // The members know of the end. Whoever asked for a place meanwhile still waits for an answer.
        self.state.refuse(Refusal::RoomNotFound);
        tracing::info!(room = %self.dependencies.id, "the room is over");
        Ok(())
    }

    /// Deletes what is stored of the room, the log last: if this is interrupted, the log ends the room again at the next
    /// start.
    async fn forget(&self) -> Result<(), LogError> {
        self.dependencies.delete_messages().await?;
        self.dependencies.log.close(self.dependencies.id).await
    }

    /// Applies an entry to the room. Returns its effects.
    fn advance(&mut self, entry: &Entry) -> Vec<Effect> {
        self.state.reached = entry.seq;
        let (room, effects) = step(std::mem::take(&mut self.room), entry);
        self.room = room;
        self.state.code = self.room.code();
        self.note_liveness();
        effects
    }

    /// Records for the handles whether the room is live.
    fn note_liveness(&self) {
        self.dependencies.is_live.store(self.room.created().is_some() && self.room.ended().is_none(), Relaxed);
    }

    /// Takes in an entry; before it, those that did not arrive.
    async fn take(&mut self, entry: &Entry) -> Result<(), LogError> {
        if entry.seq > self.room.seq().next() {
            self.catch_up().await?;
        }
        self.apply(entry);
        Ok(())
    }

    /// Takes in the entries that have arrived, so that a request sees what its sender appended before.
    async fn take_waiting(&mut self, entries: &mut Subscription) -> Result<(), LogError> {
        loop {
            match entries.try_recv() {
                Ok(entry) => self.take(&entry).await?,
                Err(TryRecvError::Lagged(_)) => self.catch_up().await?,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Ok(()),
            }
        }
    }

    /// Takes in the entries of the log that the room has not seen.
    async fn catch_up(&mut self) -> Result<(), LogError> {
        self.read_on(Self::apply).await
    }

    fn apply(&mut self, entry: &Entry) {
        let effects = self.advance(entry);
        self.dependencies.look_up.review(&self.room);
        self.tell_blocked(&effects);
        for effect in effects {
            self.perform(effect);
        }
        self.note_list_news(entry);
        if matches!(entry.event, Event::NodeLost { node } if node == self.dependencies.node) {
            // Others did not see this node for a while. Its members come back to their places over new connections.
            self.state.send_away();
        }
        if entry.event.outlasts_log() {
            self.want_copy_in(COPY_MS);
        }
        self.keep_snapshot();
    }

    /// Says that the copy of the room must be as new as the room in so many milliseconds at the latest.
    fn want_copy_in(&mut self, ms: u64) {
        let due_at = self.dependencies.clock.now().after_ms(ms);
        self.copy_due_at = Some(self.copy_due_at.map_or(due_at, |earlier| earlier.min(due_at)));
    }

    /// Stores a snapshot if it is time: after [`SNAPSHOT_EVERY`] entries, or after [`SNAPSHOT_ASLEEP`] while nobody is
    /// connected. So a room opens equally fast however long it lives. Of several nodes, the one that looks after the room also does so
    /// after [`SNAPSHOT_MS`], and when the copy of a room whose members stay is due.
    fn keep_snapshot(&mut self) {
        let since = self.room.seq().0.saturating_sub(self.snapshot_at.0);
        if self.dependencies.writes.has_lost_snapshot() {
            self.want_copy_in(SNAPSHOT_MS);
        }
        let Dependencies { id, log, clock, writes, .. } = self.dependencies;
        let is_asleep = || since >= SNAPSHOT_ASLEEP && self.room.connections(Audience::Everyone).next().is_none();
        let is_old = || {
            let now = clock.now();
            let is_shared = log.looks_for_gone_nodes_every().is_some();
            let is_copy_due = self.room.kind().members_stay() && self.copy_due_at.is_some_and(|due_at| due_at <= now);
            let has_aged = since > 0 && now.since_ms(self.snapshot_made_at) >= SNAPSHOT_MS;
            is_shared && (has_aged || is_copy_due) && log.looks_after(*id)
        };
        if since >= SNAPSHOT_EVERY || is_asleep() || is_old() {
            self.snapshot_at = self.room.seq();
            self.snapshot_made_at = clock.now();
            self.copy_due_at = None;
            writes.snapshot(self.room.clone());
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Send { to, mut message } => {
                self.add_ice_servers(to, &mut message);
                message.markups_mut().for_each(markup::drop_outdated);
                self.add_blocked(to, &mut message);
                self.note_page(to, &message);
                self.send(to, *message);
            }
            Effect::Disconnect { connection, refusal } => {
                let send_queue = self.state.take_out(connection);
                if let (Some(send_queue), Some(refusal)) = (send_queue, refusal) {
                    send_queue.push(self.state.frame(FromRoom::Refused { refusal }));
                }
            }
            Effect::Archive(change) => self.dependencies.writes.archive(change),
            Effect::AddToList(account) => self.add_to_list(account),
            Effect::WakeAt(time) => self.wake_at = Some(time),
            Effect::CloseRoom => self.is_over = true,
        }
    }

    /// Adds the TURN servers to the answer that gives somebody a place. Nobody else gets them.
    fn add_ice_servers(&self, to: Audience, message: &mut RoomMessage) {
        let (Audience::Connection(connection), Some(ice_servers)) = (to, message.ice_servers_mut()) else { return };
        let member = self.room.member_at(connection);
        // Credentials expire by the date, which the TURN server compares with its own.
        *ice_servers =
            member.map(|member| self.dependencies.ice.servers(member.account, self.dependencies.clock.date()));
    }

    /// Sends a message. It is encoded once, however many get it.
    fn send(&self, to: Audience, message: RoomMessage) {
        // What another node's connection is told, that node sends and counts.
        if matches!(to, Audience::Connection(connection) if !self.state.has(connection)) {
            return;
        }
        if let (Audience::Connection(connection), RoomMessage::Joined(joined)) = (to, &message) {
            tracing::debug!(room = %self.dependencies.id, member = %joined.member, %connection, "a member got a place");
        }
        let frame = self.state.frame(message.into());
        match to {
            Audience::Connection(connection) => self.state.push(connection, frame),
            _ => self.room.connections(to).for_each(|connection| self.state.push(connection.id, frame.clone())),
        }
    }
}

/// Returns within [`RETRY`] once this node has let go of the room: nobody can ask any more.
async fn until_closed(requests: &mpsc::Receiver<Asked>) {
    while !requests.is_closed() {
        tokio::time::sleep(RETRY).await;
    }
}

/// Returns when it is time, with the time it was due.
async fn sleep_until(clock: &dyn Clock, at: Option<Timestamp>) -> Timestamp {
    match at {
        Some(at) => {
            clock.sleep_until(at).await;
            at
        }
        None => std::future::pending().await,
    }
}
