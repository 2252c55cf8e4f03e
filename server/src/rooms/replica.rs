//! One room on this node: takes entries in, performs their effects, answers requests.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use heartogether::{
    id::{AccountId, ConnectionId, NodeId, RoomId, Seq},
    refusal::Refusal,
    role::Permission,
    room::{Audience, Effect, Entry, Event, Member, Room, step},
    time::Timestamp,
    wire::{ReceivedSignal, SendSignal, ServerMessage},
};
use heartogether_app::api::{RecentRoom, RoomSummary};
use tokio::sync::{
    broadcast::error::{RecvError, TryRecvError},
    mpsc,
};

use super::{
    append_surely,
    handle::Request,
    insist,
    inspection::{self, Signals},
};
use crate::{
    clock::Clock,
    config::IceSettings,
    log::{RoomLog, Subscription},
    signalling::{Ending, Frame, Outbox},
};

pub(super) struct Replica {
    id: RoomId,
    node: NodeId,
    log: Arc<dyn RoomLog>,
    clock: Arc<dyn Clock>,
    room: Room,
    outboxes: HashMap<ConnectionId, Outbox>,
    ice: IceSettings,
    signals: Signals,
    wake_at: Option<Timestamp>,
    is_over: bool,
}

impl Replica {
    pub(super) fn new(
        id: RoomId,
        node: NodeId,
        log: Arc<dyn RoomLog>,
        clock: Arc<dyn Clock>,
        ice: IceSettings,
    ) -> Self {
        let (room, outboxes, signals) = (Room::default(), HashMap::new(), Signals::default());
        Self { id, node, log, clock, room, outboxes, ice, signals, wake_at: None, is_over: false }
    }

    /// Lives until the room is over for good.
    pub(super) async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let Some(mut entries) = self.replay().await else { return };
        self.mourn_nodes();
        while !self.is_over {
            tokio::select! {
                biased;
                entry = entries.recv() => match entry {
                    Ok(entry) => self.take(&entry).await,
                    Err(RecvError::Lagged(_)) => self.catch_up().await,
                    Err(RecvError::Closed) => break,
                },
                request = requests.recv() => {
                    let Some(request) = request else { return };
                    self.take_waiting(&mut entries).await;
                    self.answer(request);
                }
                () = sleep_until(&*self.clock, self.wake_at) => {
                    self.wake_at = None;
                    append_surely(self.log.clone(), self.id, Event::Woke);
                }
            }
        }
        insist(|| self.log.close(self.id)).await;
        self.dismiss();
        tracing::info!(room = %self.id, "the room is over");
    }

    /// Brings the room to where its log is. Whoever the effects were for was told by an earlier run.
    async fn replay(&mut self) -> Option<Subscription> {
        let entries = insist(|| self.log.subscribe(self.id)).await?;
        for entry in insist(|| self.log.read(self.id, Seq(0))).await? {
            for effect in self.advance(&entry) {
                match effect {
                    Effect::WakeAt(time) => self.wake_at = Some(time),
                    Effect::CloseRoom => self.is_over = true,
                    Effect::Send { .. } | Effect::Disconnect { .. } => {}
                }
            }
        }
        Some(entries)
    }

    /// One node serves a log: whoever is attached to another one was attached to a run that is over.
    fn mourn_nodes(&self) {
        let attached = self.room.members().filter_map(Member::connection).map(|connection| connection.node);
        for node in attached.filter(|node| *node != self.node).collect::<BTreeSet<_>>() {
            append_surely(self.log.clone(), self.id, Event::NodeLost { node });
        }
    }

    fn advance(&mut self, entry: &Entry) -> Vec<Effect> {
        let (room, effects) = step(std::mem::take(&mut self.room), entry);
        self.room = room;
        effects
    }

    async fn take(&mut self, entry: &Entry) {
        if entry.seq > self.room.seq().next() {
            self.catch_up().await;
        }
        self.apply(entry);
    }

    /// Takes in what is there already, so that a request finds the room as its sender left it.
    async fn take_waiting(&mut self, entries: &mut Subscription) {
        loop {
            match entries.try_recv() {
                Ok(entry) => self.take(&entry).await,
                Err(TryRecvError::Lagged(_)) => self.catch_up().await,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }

    async fn catch_up(&mut self) {
        let missed = insist(|| self.log.read(self.id, self.room.seq())).await;
        missed.unwrap_or_default().iter().for_each(|entry| self.apply(entry));
    }

    fn apply(&mut self, entry: &Entry) {
        let had_ended = self.room.ended().is_some();
        for effect in self.advance(entry) {
            self.perform(effect);
        }
        if !had_ended && self.room.ended().is_some() {
            self.dismiss();
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Send { to, mut message } => {
                self.add_ice_servers(to, &mut message);
                self.send(to, &message);
            }
            Effect::Disconnect { connection, refusal } => {
                if let Some(outbox) = self.outboxes.remove(&connection) {
                    outbox.close(Ending::refused(refusal));
                }
            }
            Effect::WakeAt(time) => self.wake_at = Some(time),
            Effect::CloseRoom => self.is_over = true,
        }
    }

    /// Whoever is given a place learns of the TURN servers by the same answer, and nobody else does.
    fn add_ice_servers(&self, to: Audience, message: &mut ServerMessage) {
        let (Audience::Connection(connection), Some(ice_servers)) = (to, message.ice_servers_mut()) else { return };
        let member = self.room.member_at(connection);
        *ice_servers = member.map(|member| self.ice.servers(member.account, self.clock.now()));
    }

    /// Everybody was told of the end.
    fn dismiss(&mut self) {
        self.outboxes.drain().for_each(|(_, outbox)| outbox.close(Ending::ROOM_OVER));
    }

    /// Writes the message once, however many it is for.
    fn send(&self, to: Audience, message: &ServerMessage) {
        let frame = Frame::message(message);
        match to {
            Audience::Connection(connection) => self.push(connection, frame),
            _ => self.room.connections(to).for_each(|connection| self.push(connection.id, frame.clone())),
        }
    }

    /// A connection that is gone, or another node's, has no outbox here.
    fn push(&self, connection: ConnectionId, frame: Frame) {
        if let Some(outbox) = self.outboxes.get(&connection) {
            outbox.push(frame);
        }
    }

    /// Whoever stopped waiting for the answer does not miss it.
    fn answer(&mut self, request: Request) {
        match request {
            Request::Attach { connection, outbox, done } => {
                self.outboxes.insert(connection, outbox);
                let _ = done.send(());
            }
            Request::Detach { connection } => drop(self.outboxes.remove(&connection)),
            Request::Signal { from, signal } => self.pass_signal(from, signal),
            Request::FetchMessages { from, before } => self.push(
                from,
                match self.room.messages_before(from, before) {
                    Ok(messages) => Frame::message(&ServerMessage::Messages(messages)),
                    Err(refusal) => Frame::refusal(refusal),
                },
            ),
            Request::Audience { viewer, done } => {
                drop(done.send(inspection::audience(&self.room, viewer, self.clock.now())));
            }
            Request::Realtime { viewer, done } => {
                drop(done.send(self.signals.report(&self.room, viewer, self.clock.now())));
            }
            Request::Revisit { viewer, done } => drop(done.send(revisit(&self.room, viewer))),
            Request::IsMember { connection, done } => drop(done.send(self.room.member_at(connection).is_some())),
            Request::HasPlace { account, done } => drop(done.send(self.room.has_place(account))),
            Request::Foresee { event, done } => drop(done.send(self.room.foresee(&event, self.clock.now()))),
            Request::Summarise { viewer, done } => {
                let summary = summarise(&self.room).map(|summary| RoomSummary {
                    is_owner: self.room.standing_of(viewer).allows(Permission::Host),
                    ..summary
                });
                let _ = done.send(summary);
            }
        }
    }

    fn pass_signal(&mut self, from: ConnectionId, sent: SendSignal) {
        let routed = self.room.route_signal(from, sent.to, &sent.signal);
        self.signals.note(&self.room, from, &sent, routed.err(), self.clock.now());
        let passed = routed.and_then(|(sender, at)| {
            let outbox = self.outboxes.get(&at.id).ok_or(Refusal::MemberNotFound)?;
            outbox.push_signal(sender, &ServerMessage::Signal(ReceivedSignal { from: sender, signal: sent.signal }))
        });
        if let Err(refusal) = passed {
            self.push(from, Frame::refusal(refusal));
        }
    }
}

/// A live room, or an ended one that is the viewer's to open again.
fn revisit(room: &Room, viewer: AccountId) -> Option<RecentRoom> {
    let created = room.created()?;
    let is_owner = room.standing_of(Some(viewer)).allows(Permission::ReopenRoom);
    let is_open = room.ended().is_none() || (is_owner && room.reopenable_until().is_some());
    is_open.then(|| RecentRoom {
        code: created.code,
        host_name: created.host_name.clone(),
        is_owner,
        stream: room.stream_state(),
    })
}

/// What everybody may know, as someone who does not own the room sees it.
fn summarise(room: &Room) -> Option<RoomSummary> {
    let created = room.created().filter(|_| room.ended().is_none())?;
    Some(RoomSummary {
        id: created.id,
        code: created.code,
        host_name: created.host_name.clone(),
        host_connected: room.host_connected(),
        stream: room.stream_state(),
        listener_count: u32::try_from(room.listener_count()).unwrap_or(u32::MAX),
        max_listeners: created.policy.max_listeners,
        is_owner: false,
    })
}

async fn sleep_until(clock: &dyn Clock, at: Option<Timestamp>) {
    match at {
        Some(at) => clock.sleep_until(at).await,
        None => std::future::pending().await,
    }
}
