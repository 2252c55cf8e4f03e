//! One room on this node: takes entries in, performs their effects, answers requests.

use std::{
    collections::{BTreeSet, HashMap},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use heartogether::{
    id::{ConnectionId, NodeId, RoomCode, RoomId, Seq},
    protocol::{FromRoom, ReceivedSignal, SendSignal, ServerMessage},
    refusal::Refusal,
    room::{Audience, Effect, Entry, Event, Member, Room, RoomMessage, step},
    time::Timestamp,
};
use tokio::sync::{
    broadcast::error::{RecvError, TryRecvError},
    mpsc,
};

use super::{
    append_surely,
    debug_api::{self, Signals},
    handle::{Asked, Request},
    insist, insist_on_reading, summary,
    write_behind::WriteBehind,
};
use crate::{
    clock::Clock,
    config::IceSettings,
    storage::{
        StorageError,
        log::{LogError, PAGE, RoomLog, Subscription},
        messages::MessageArchive,
    },
    websocket::{Frame, SendQueue},
};

/// Entries between two snapshots of a room.
const SNAPSHOT_EVERY: u64 = 500;
/// Entries after which a room that nobody is in is worth a snapshot.
const SNAPSHOT_ASLEEP: u64 = 50;

/// What outlives a task that breaks.
#[derive(Default)]
pub(super) struct Held {
    /// The last entry that was looked at.
    pub(super) reached: Seq,
    code: Option<RoomCode>,
    send_queues: HashMap<ConnectionId, SendQueue>,
}

impl Held {
    /// Tells every connection that this room refuses what is asked of it. Their other rooms go on.
    pub(super) fn refuse(&self, refusal: Refusal) {
        let frame = self.frame(FromRoom::Refused { refusal });
        self.send_queues.values().for_each(|send_queue| send_queue.push(frame.clone()));
    }

    /// What is said in this room. Only a room that was created says anything.
    fn frame(&self, message: FromRoom) -> Frame {
        match self.code {
            Some(code) => Frame::from_room(code, message),
            None => Frame::refusal(Refusal::RoomNotFound),
        }
    }

    /// A connection that is gone, or another node's, has no send queue here.
    fn push(&self, connection: ConnectionId, frame: Frame) {
        if let Some(send_queue) = self.send_queues.get(&connection) {
            send_queue.push(frame);
        }
    }
}

/// What a room's task works with.
pub(super) struct Setting {
    pub(super) id: RoomId,
    pub(super) node: NodeId,
    pub(super) log: Arc<dyn RoomLog>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ice: IceSettings,
    pub(super) archive: Arc<dyn MessageArchive>,
    pub(super) writes: WriteBehind,
    /// Whether the room is known and has not ended.
    pub(super) is_live: Arc<AtomicBool>,
    /// Whether what is stored of the room is kept although this version does not understand it.
    pub(super) is_unreadable: Arc<AtomicBool>,
}

impl Setting {
    /// Deletes the room's messages, once those are written that wait to be: none comes afterwards.
    pub(super) async fn delete_messages(&self) -> Result<(), StorageError> {
        self.writes.flush().await?;
        self.archive.delete_room(self.id).await
    }
}

pub(super) struct RoomActor<'a> {
    setting: &'a Setting,
    held: &'a mut Held,
    room: Room,
    signals: Signals,
    wake_at: Option<Timestamp>,
    /// The place of the latest snapshot.
    snapshot_at: Seq,
    is_over: bool,
}

impl<'a> RoomActor<'a> {
    pub(super) fn new(setting: &'a Setting, held: &'a mut Held) -> Self {
        Self {
            setting,
            held,
            room: Room::default(),
            signals: Signals::default(),
            wake_at: None,
            snapshot_at: Seq::default(),
            is_over: false,
        }
    }

    /// Lives until the room is over for good.
    ///
    /// # Errors
    /// [`LogError::Unreadable`], [`LogError::NoBeginning`], or [`LogError::Storage`] once the log could not be read for
    /// [`READING`](super::READING).
    pub(super) async fn run(mut self, requests: &mut mpsc::Receiver<Asked>) -> Result<(), LogError> {
        let mut entries = match self.replay().await {
            Ok(entries) => entries,
            Err(LogError::NoSuchRoom) => return Ok(()),
            Err(error) => return Err(error),
        };
        self.welcome_again();
        self.report_lost_nodes().await;
        while !self.is_over {
            self.setting.writes.has_room().await;
            // Until the log says who is gone, no time passes for them.
            let may_wake = self.lost_nodes().next().is_none();
            tokio::select! {
                biased;
                entry = entries.recv() => match entry {
                    Ok(entry) => self.take(&entry).await?,
                    Err(RecvError::Lagged(_)) => self.catch_up().await?,
                    Err(RecvError::Closed) => break,
                },
                asked = requests.recv() => {
                    let Some(Asked { at, request }) = asked else { return Ok(()) };
                    self.take_waiting(&mut entries).await?;
                    if self.room.seq() < at {
                        self.catch_up().await?;
                    }
                    // What is asked changes nothing in the room, so a question that breaks costs its answer alone.
                    if catch_unwind(AssertUnwindSafe(|| self.answer(request))).is_err() {
                        tracing::error!(room = %self.setting.id, "a request to the room broke");
                    }
                }
                () = sleep_until(&*self.setting.clock, self.wake_at), if may_wake => {
                    self.wake_at = None;
                    append_surely(self.setting.log.clone(), self.setting.id, Event::Woke);
                }
            }
        }
        insist(|| self.forget()).await?;
        // Its members were told of the end. Whoever asked for a place meanwhile waits for an answer.
        self.held.refuse(Refusal::RoomNotFound);
        tracing::info!(room = %self.setting.id, "the room is over");
        Ok(())
    }

    /// Deletes what is kept of the room, its log last: where this is broken off, the log ends the room once more.
    async fn forget(&self) -> Result<(), LogError> {
        self.setting.delete_messages().await?;
        self.setting.log.close(self.setting.id).await
    }

    /// Brings the room to where its log is, from its latest snapshot on. Whoever the effects were for was told by an earlier run.
    async fn replay(&mut self) -> Result<Subscription, LogError> {
        let Setting { id, log, .. } = self.setting;
        let entries = insist_on_reading(|| log.subscribe(*id)).await?;
        if let Some(room) = insist_on_reading(|| log.snapshot(*id)).await? {
            self.wake_at = room.wakes_at();
            (self.snapshot_at, self.held.reached, self.held.code) = (room.seq(), room.seq(), room.code());
            self.room = room;
        }
        self.read_on(Self::recall).await?;
        if self.room.created().is_none() {
            // Unless it has been closed meanwhile.
            insist_on_reading(|| log.subscribe(*id)).await?;
            return Err(LogError::NoBeginning);
        }
        self.note_liveness();
        // An earlier run may have been broken off before it deleted the room.
        self.is_over = self.room.is_closed();
        Ok(entries)
    }

    /// Takes in what the log holds after the room's last entry, page by page.
    async fn read_on(&mut self, take: fn(&mut Self, &Entry)) -> Result<(), LogError> {
        let (mut from, mut skipped) = (Some(self.room.seq()), 0);
        while let Some(after) = from {
            let page = insist_on_reading(|| self.setting.log.read(self.setting.id, after, PAGE)).await?;
            page.entries.iter().for_each(|entry| take(self, entry));
            skipped += page.skipped;
            from = page.next;
        }
        if skipped > 0 {
            tracing::warn!(room = %self.setting.id, skipped, "entries of the room's log are not understood and were skipped");
        }
        Ok(())
    }

    /// Connections that are there already are those that a task before this one has let down: what it did not come to say is said by
    /// what the room is now. Whoever waits for a place asks again.
    fn welcome_again(&mut self) {
        let (members, waiting): (Vec<ConnectionId>, Vec<ConnectionId>) =
            self.held.send_queues.keys().copied().partition(|connection| self.room.member_at(*connection).is_some());
        if !members.is_empty() {
            let welcome = self.room.welcome_again(self.setting.node, self.setting.clock.now());
            welcome.into_iter().for_each(|effect| self.perform(effect));
        }
        let refusal = self.held.frame(FromRoom::Refused { refusal: Refusal::StorageUnavailable });
        waiting.into_iter().for_each(|connection| self.held.push(connection, refusal.clone()));
    }

    fn recall(&mut self, entry: &Entry) {
        for effect in self.advance(entry) {
            match effect {
                Effect::WakeAt(time) => self.wake_at = Some(time),
                // One that was carried out before changes nothing; one that was not is not lost.
                Effect::Archive(change) => self.setting.writes.archive(change),
                Effect::Send { .. } | Effect::Disconnect { .. } | Effect::CloseRoom => {}
            }
        }
    }

    /// One node serves a log: whoever is attached to another one was attached to a run that is over. Said before anybody else
    /// says anything, if the storage lets it.
    async fn report_lost_nodes(&self) {
        for node in self.lost_nodes().collect::<BTreeSet<_>>() {
            let lost = Event::NodeLost { node };
            if self.setting.log.append(self.setting.id, lost.clone()).await.is_err() {
                append_surely(self.setting.log.clone(), self.setting.id, lost);
            }
        }
    }

    fn lost_nodes(&self) -> impl Iterator<Item = NodeId> {
        let attached = self.room.members().filter_map(Member::connection).map(|connection| connection.node);
        attached.filter(|node| *node != self.setting.node)
    }

    fn advance(&mut self, entry: &Entry) -> Vec<Effect> {
        self.held.reached = entry.seq;
        let (room, effects) = step(std::mem::take(&mut self.room), entry);
        self.room = room;
        self.held.code = self.room.code();
        self.note_liveness();
        effects
    }

    fn note_liveness(&self) {
        self.setting.is_live.store(self.room.created().is_some() && self.room.ended().is_none(), Relaxed);
    }

    async fn take(&mut self, entry: &Entry) -> Result<(), LogError> {
        if entry.seq > self.room.seq().next() {
            self.catch_up().await?;
        }
        self.apply(entry);
        Ok(())
    }

    /// Takes in what is there already, so that a request finds the room as its sender left it.
    async fn take_waiting(&mut self, entries: &mut Subscription) -> Result<(), LogError> {
        loop {
            match entries.try_recv() {
                Ok(entry) => self.take(&entry).await?,
                Err(TryRecvError::Lagged(_)) => self.catch_up().await?,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Ok(()),
            }
        }
    }

    async fn catch_up(&mut self) -> Result<(), LogError> {
        self.read_on(Self::apply).await
    }

    fn apply(&mut self, entry: &Entry) {
        for effect in self.advance(entry) {
            self.perform(effect);
        }
        self.keep_snapshot();
    }

    /// Now and then, so that a room takes no longer to open the longer it lives: every [`SNAPSHOT_EVERY`] entries, and earlier when
    /// nobody is there any more.
    fn keep_snapshot(&mut self) {
        let since = self.room.seq().0.saturating_sub(self.snapshot_at.0);
        let is_asleep = since >= SNAPSHOT_ASLEEP && self.room.connections(Audience::Everyone).next().is_none();
        if since >= SNAPSHOT_EVERY || is_asleep {
            self.snapshot_at = self.room.seq();
            self.setting.writes.snapshot(self.room.clone());
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Send { to, mut message } => {
                self.add_ice_servers(to, &mut message);
                self.send(to, *message);
            }
            Effect::Disconnect { connection, refusal } => {
                let send_queue = self.held.send_queues.remove(&connection);
                if let (Some(send_queue), Some(refusal)) = (send_queue, refusal) {
                    send_queue.push(self.held.frame(FromRoom::Refused { refusal }));
                }
            }
            Effect::Archive(change) => self.setting.writes.archive(change),
            Effect::WakeAt(time) => self.wake_at = Some(time),
            Effect::CloseRoom => self.is_over = true,
        }
    }

    /// Whoever is given a place learns of the TURN servers by the same answer, and nobody else does.
    fn add_ice_servers(&self, to: Audience, message: &mut RoomMessage) {
        let (Audience::Connection(connection), Some(ice_servers)) = (to, message.ice_servers_mut()) else { return };
        let member = self.room.member_at(connection);
        // The TURN server goes by its own date.
        *ice_servers = member.map(|member| self.setting.ice.servers(member.account, self.setting.clock.date()));
    }

    /// Writes the message once, however many it is for.
    fn send(&self, to: Audience, message: RoomMessage) {
        let frame = self.held.frame(message.into());
        match to {
            Audience::Connection(connection) => self.held.push(connection, frame),
            _ => self.room.connections(to).for_each(|connection| self.held.push(connection.id, frame.clone())),
        }
    }

    /// Whoever stopped waiting for the answer does not miss it.
    fn answer(&mut self, request: Request) {
        match request {
            Request::Attach { connection, send_queue, done } => {
                self.held.send_queues.insert(connection, send_queue);
                let _ = done.send(());
            }
            Request::Detach { connection } => drop(self.held.send_queues.remove(&connection)),
            Request::Signal { from, signal } => self.pass_signal(from, signal),
            Request::Reading { reader, done } => {
                let writes = self.setting.writes.clone();
                let _ = done.send(self.room.reading_at(reader).map(|reading| (reading, writes)));
            }
            Request::Audience { viewer, done } => {
                drop(done.send(debug_api::audience(&self.room, viewer, self.setting.clock.now())));
            }
            Request::Realtime { viewer, done } => {
                drop(done.send(self.signals.report(&self.room, viewer, self.setting.clock.now())));
            }
            Request::Revisit { viewer, done } => drop(done.send(summary::revisit(&self.room, viewer))),
            Request::IsMember { connection, done } => drop(done.send(self.room.member_at(connection).is_some())),
            Request::HasPlace { account, done } => drop(done.send(self.room.has_place(account))),
            Request::Foresee { event, done } => drop(done.send(self.room.foresee(&event, self.setting.clock.now()))),
            Request::Summarise { viewer, done } => drop(done.send(summary::summarise(&self.room, viewer))),
        }
    }

    fn pass_signal(&mut self, from: ConnectionId, sent: SendSignal) {
        let routed = self.room.route_signal(from, sent.to, sent.signal.direction());
        self.signals.note(&self.room, from, &sent, routed.err(), self.setting.clock.now());
        let passed = routed.and_then(|(sender, at)| {
            let send_queue = self.held.send_queues.get(&at.id).ok_or(Refusal::MemberNotFound)?;
            let code = self.room.code().ok_or(Refusal::RoomNotFound)?;
            let signal = FromRoom::Signal(ReceivedSignal { from: sender, signal: sent.signal });
            send_queue.push_signal(sender, &ServerMessage::from_room(code, signal))
        });
        if let Err(refusal) = passed {
            self.held.push(from, self.held.frame(FromRoom::Refused { refusal }));
        }
    }
}

async fn sleep_until(clock: &dyn Clock, at: Option<Timestamp>) {
    match at {
        Some(at) => clock.sleep_until(at).await,
        None => std::future::pending().await,
    }
}
