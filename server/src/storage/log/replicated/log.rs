//! The log as rooms see it.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, NodeId, RoomCode, RoomId, Seq},
    room::{Event, Room, RoomCreated},
};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{
    PATIENCE, PAUSE, ReplicatedLog, Shared,
    nodes::BEAT,
    position::{Data, Position, StoredSnapshot},
};
use crate::{
    random,
    storage::{
        log::{
            AppendNonce, Appended, CopyId, LogError, Page, RoomLog, SNAPSHOT_VERSION, Subscription, snapshot_version,
        },
        sealing::Sealed,
    },
};

pub(super) fn is_known(snapshot: &StoredSnapshot) -> bool {
    snapshot.data.version <= SNAPSHOT_VERSION
}

#[async_trait]
impl RoomLog for ReplicatedLog {
    async fn create(&self, created: RoomCreated) -> Result<Appended, LogError> {
        self.shared.create(created).await
    }

    async fn find(&self, code: RoomCode) -> Result<Option<RoomId>, LogError> {
        Ok(self.shared.directory.find(code).await?)
    }

    async fn append(&self, room: RoomId, event: Event) -> Result<Appended, LogError> {
        self.append_once(room, AppendNonce::from_bits(random::bits()), event).await
    }

    async fn append_once(&self, room: RoomId, nonce: AppendNonce, event: Event) -> Result<Appended, LogError> {
        self.shared.append(room, nonce, &event).await
    }

    async fn read(&self, room: RoomId, after: Seq, limit: usize) -> Result<Page, LogError> {
        let follower = match self.shared.follow(room).await {
            Ok(follower) => follower,
            Err(LogError::NoSuchRoom) => return Ok(Page::default()),
            Err(error) => return Err(error),
        };
        let mut stored: Vec<_> =
            follower.copy().contents().after(after.0).take(limit.saturating_add(1)).cloned().collect();
        let has_more = stored.len() > limit;
        stored.truncate(limit);
        let entries = self.shared.open_entries(&follower, &stored).await?;
        let next = entries.last().map(|entry| entry.seq).filter(|_| has_more);
        Ok(Page { entries, skipped: 0, next })
    }

    async fn add_snapshot(&self, id: RoomId, room: Room) -> Result<(), LogError> {
        let kept = timeout(PATIENCE, self.shared.keep_snapshot(id, &room)).await;
        kept.unwrap_or_else(|_| Err(self.shared.took_too_long()))
    }

    async fn snapshot(&self, room: RoomId) -> Result<Option<Room>, LogError> {
        let follower = match self.shared.follow(room).await {
            Ok(follower) => follower,
            Err(LogError::NoSuchRoom) => return Ok(None),
            Err(error) => return Err(error),
        };
        let snapshots = follower.copy().contents().snapshots.clone();
        for snapshot in snapshots.iter().rev().filter(|snapshot| is_known(snapshot)) {
            let sealed = Sealed { value: snapshot.data.value.clone(), texts: snapshot.data.texts.clone() };
            match self.shared.sealer.open(&[sealed]).await?.pop().flatten() {
                Some(state) => return Ok(Some(state)),
                None => tracing::warn!(%room, "a snapshot cannot be read; the one before is taken"),
            }
        }
        // A snapshot of a newer version has the beginning.
        let begins_later = follower.copy().contents().cut() > 0;
        match begins_later && !snapshots.iter().all(|snapshot| is_known(snapshot)) {
            true => Err(self.shared.step_aside(&follower)),
            false => Ok(None),
        }
    }

    async fn subscribe(&self, room: RoomId) -> Result<Subscription, LogError> {
        // Before anything is known to be up to date: what comes meanwhile is not missed.
        let follower = self.shared.follow(room).await?;
        let subscription = self.shared.topics.subscribe(room);
        self.shared.pass_on(&follower).await?;
        Ok(subscription)
    }

    async fn live(&self) -> Result<Vec<RoomId>, LogError> {
        Ok(self.shared.directory.live().await?)
    }

    async fn naming(&self, account: AccountId) -> Result<Vec<RoomId>, LogError> {
        Ok(self.shared.directory.naming(account).await?)
    }

    async fn close(&self, room: RoomId) -> Result<(), LogError> {
        // From here on nobody opens it again, also where a server could not be reached and still has it.
        self.shared.directory.remove(room).await?;
        let follower = self.shared.followers().get(&room).cloned();
        if let Some(follower) = follower {
            self.shared.unfollow(&follower).await;
        }
        self.shared.topics.close(room);
        self.shared.delete(room).await
    }

    async fn forget_gone(&self) -> Result<(), LogError> {
        // Those with epochs come first: a room that is created meanwhile is not among them.
        let with_epochs = self.shared.epochs.rooms().await?;
        let live: BTreeSet<_> = self.shared.directory.live().await?.into_iter().collect();
        let gone = &with_epochs - &live;
        // One that was being created the last time has been in the directory since then.
        let before = std::mem::replace(&mut *self.shared.gone(), gone.clone());
        let mut outcome = Ok(());
        for room in gone.intersection(&before) {
            // What one server cannot delete now keeps nobody from deleting the rest.
            outcome = outcome.and(self.shared.delete(*room).await);
        }
        outcome
    }

    async fn copied(&self, room: RoomId) -> Result<Option<CopyId>, LogError> {
        let copied = self.shared.directory.copied(room).await?;
        Ok(copied.map(|Position { epoch, seq }| CopyId { epoch, seq }))
    }

    async fn restore(&self, room: RoomId, CopyId { epoch, seq }: CopyId) -> Result<bool, LogError> {
        self.shared.given_up().insert(room, Position { epoch, seq });
        let restored = self.shared.follow(room).await;
        self.shared.given_up().remove(&room);
        match restored {
            Ok(_) => Ok(true),
            Err(LogError::NothingLeft | LogError::NoSuchRoom) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn gone(&self, others: BTreeSet<NodeId>) -> Result<BTreeSet<NodeId>, LogError> {
        Ok(self.shared.nodes.gone(others))
    }

    fn looks_for_gone_nodes_every(&self) -> Option<Duration> {
        Some(BEAT)
    }

    fn looks_after(&self, room: RoomId) -> bool {
        self.shared.nodes.looks_after(self.shared.node, room)
    }

    fn may_let_go(&self) -> bool {
        self.shared.nodes.are_looked_for()
    }

    /// Says to the other nodes that this one is gone. What was acknowledged is on the servers already.
    async fn stop(&self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        self.shared.is_stopped.store(true, Relaxed);
        if let Err(fault) = self.shared.servers.depart(self.shared.node).await {
            tracing::warn!("the other nodes notice only in some seconds that this one stops: {fault}");
        }
    }
}

impl Shared {
    /// Deletes the log of a room that is not in the directory any more. Until a replica knows, which would bring the log back, the
    /// room's epochs say that it is still to be deleted.
    pub(super) async fn delete(&self, room: RoomId) -> Result<(), LogError> {
        let server = self.servers.primary(room).await?;
        let acknowledged = server.close(room).await?;
        if self.is_confirmed(&*server, acknowledged).await? {
            self.epochs.forget(room).await?;
        }
        Ok(())
    }

    /// A room as it is stored.
    pub(super) async fn stored(&self, room: &Room) -> Result<Data, LogError> {
        let sealed = self.sealer.seal(room).await?;
        Ok(Data { version: snapshot_version(room), value: sealed.value, texts: sealed.texts })
    }

    async fn keep_snapshot(self: &Arc<Self>, id: RoomId, room: &Room) -> Result<(), LogError> {
        let data = self.stored(room).await?;
        loop {
            let follower = self.follow(id).await?;
            let (line, position) = {
                let copy = follower.copy();
                (copy.line(), copy.contents().position_at(room.seq().0))
            };
            // Where the log was healed, the room that was kept is not a part of it any more.
            let Some(position) = position else { return Ok(()) };
            let snapshot = StoredSnapshot { position, data: data.clone() };
            let mut contents = follower.copy().contents().clone();
            contents.add_snapshot(snapshot.clone(), is_known);
            let server = self.servers.primary(id).await?;
            if server.add_snapshot(id, line, &snapshot, contents.cut()).await? {
                follower.copy().add_snapshot(snapshot.clone(), is_known);
                // One node does, so that they do not overtake each other.
                if room.kind().members_stay() && self.nodes.looks_after(self.node, id) {
                    self.directory.keep_copy(id, &snapshot).await?;
                }
                return Ok(());
            }
            self.catch_up(&follower).await?;
            sleep(PAUSE).await;
        }
    }
}
