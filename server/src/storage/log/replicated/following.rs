//! Follows rooms: keeps this node's copies up to date, and passes new entries on.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

use heartogether::{
    id::{RoomId, Seq},
    room::{Entry, Event},
};
use tokio::{sync::Mutex as AsyncMutex, time::sleep};

use super::{
    PATIENCE, PAUSE, Shared,
    copy::{Adopted, Copy},
    position::StoredEntry,
    server::{LogServer, Standing, State},
};
use crate::storage::{
    log::{EVENT_VERSION, LogError},
    sealing::Sealed,
};

/// Calls for a copy that are remembered, so that each is answered once.
const CALLS: usize = 16;

/// A room that this node follows.
pub(super) struct Follower {
    pub(super) room: RoomId,
    copy: Mutex<Copy>,
    /// Held by whoever asks the servers.
    syncing: AsyncMutex<()>,
    /// The last number that subscribers have. Held by whoever passes entries on.
    passed_on: AsyncMutex<u64>,
    /// Whether there is something that this version does not understand. It is not passed over: the node steps aside.
    is_foreign: AtomicBool,
    /// The latest epochs for which this node was asked for its copy. Several nodes may heal at once, and each needs an answer.
    asked_for: Mutex<BTreeSet<u64>>,
    /// When the room was last used, by the clock of entries.
    used_at: AtomicU64,
}

impl Follower {
    fn new(room: RoomId) -> Self {
        let (copy, syncing, passed_on, is_foreign, asked_for, used_at) = Default::default();
        Self { room, copy, syncing, passed_on, is_foreign, asked_for, used_at }
    }

    pub(super) fn copy(&self) -> MutexGuard<'_, Copy> {
        self.copy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the node was not asked for its copy for this epoch before.
    pub(super) fn is_first_call(&self, epoch: u64) -> bool {
        let mut asked_for = self.asked_for.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = asked_for.insert(epoch);
        if asked_for.len() > CALLS {
            asked_for.pop_first();
        }
        is_first
    }

    pub(super) fn used_at(&self) -> u64 {
        self.used_at.load(Relaxed)
    }
}

impl Shared {
    /// The room's follower, whose copy is up to date at its beginning.
    pub(super) async fn follow(self: &Arc<Self>, room: RoomId) -> Result<Arc<Follower>, LogError> {
        let (follower, is_new) = {
            let mut followers = self.followers();
            let is_new = !followers.contains_key(&room);
            let follower = followers.entry(room).or_insert_with(|| Arc::new(Follower::new(room)));
            // A node that has stepped aside does not use the room. So it forgets it after a while, and reads it anew.
            if follower.is_foreign.load(Relaxed) {
                return Err(LogError::NotUnderstood);
            }
            follower.used_at.store(self.clock.now().as_millis(), Relaxed);
            (follower.clone(), is_new)
        };
        let is_unread = is_new || follower.copy().line() == 0;
        if is_unread && let Err(error) = self.begin(&follower).await {
            self.unfollow(&follower).await;
            return Err(error);
        }
        Ok(follower)
    }

    async fn begin(&self, follower: &Arc<Follower>) -> Result<(), LogError> {
        if !self.directory.is_live(follower.room).await? {
            return Err(LogError::NoSuchRoom);
        }
        // Whoever cannot listen yet hears of it when the servers can be reached again.
        let _ = self.servers.listen(follower.room).await;
        self.catch_up(follower).await
    }

    /// Forgets a room, and ends its subscriptions.
    pub(super) async fn unfollow(self: &Arc<Self>, follower: &Arc<Follower>) {
        self.unfollow_if(follower, || true).await;
    }

    /// Forgets a room if this is so, and nobody begins to use it meanwhile. Returns whether it did.
    pub(super) async fn unfollow_if(
        self: &Arc<Self>,
        follower: &Arc<Follower>,
        is_due: impl FnOnce() -> bool + Send,
    ) -> bool {
        let room = follower.room;
        let is_forgotten = {
            let mut followers = self.followers();
            let is_known = followers.get(&room).is_some_and(|known| Arc::ptr_eq(known, follower));
            let is_forgotten = is_known && is_due();
            if is_forgotten {
                followers.remove(&room);
                self.topics.close(room);
            }
            is_forgotten
        };
        if is_forgotten {
            self.servers.unlisten(room).await;
            // Whoever has followed it again meanwhile may have subscribed before this ended the subscription, and missed entries since.
            let again = self.followers().get(&room).cloned();
            if let Some(again) = again {
                let _ = self.servers.listen(room).await;
                self.check(again);
            }
        }
        is_forgotten
    }

    /// Brings a copy up to date, and heals the room if it has to be.
    ///
    /// # Errors
    /// [`LogError::NoSuchRoom`], [`LogError::NothingLeft`] if nobody has anything of it, [`LogError::Storage`].
    pub(super) async fn catch_up(&self, follower: &Arc<Follower>) -> Result<(), LogError> {
        let synced = async {
            let _syncing = follower.syncing.lock().await;
            loop {
                match self.catch_up_once(follower).await {
                    Ok(true) => return Ok(()),
                    Ok(false) => {}
                    Err(LogError::Storage(_)) => self.servers.look_again().await,
                    Err(error) => return Err(error),
                }
                sleep(PAUSE).await;
            }
        };
        tokio::time::timeout(PATIENCE, synced).await.map_err(|_| self.took_too_long())??;
        self.pass_on(follower).await
    }

    /// Returns whether the copy is up to date.
    async fn catch_up_once(&self, follower: &Arc<Follower>) -> Result<bool, LogError> {
        let last = follower.copy().contents().last();
        let server = self.servers.primary(follower.room).await?;
        let state = server.read(follower.room, last).await?;
        match state.standing {
            Standing::Open => self.adopt(follower, &*server, state).await,
            Standing::Missing if !self.directory.is_live(follower.room).await? => Err(LogError::NoSuchRoom),
            Standing::Missing | Standing::Sealed | Standing::Opening => {
                self.heal(follower, &*server, &state).await?;
                Ok(false)
            }
        }
    }

    async fn adopt(&self, follower: &Arc<Follower>, server: &dyn LogServer, state: State) -> Result<bool, LogError> {
        if state.remains.last.seq > state.confirmed.last.seq {
            // Whoever appended it may not live any more.
            self.settle(follower.room, server, state.epoch).await?;
        }
        let mut passed_on = follower.passed_on.lock().await;
        let (line, known) = (state.confirmed.line, follower.copy().progress());
        let adopted = follower.copy().adopt(state.confirmed.clone());
        match adopted {
            Adopted::Continued => Ok(true),
            Adopted::Rewritten => {
                tracing::warn!(room = %follower.room, line, "the last entries of a room were lost with their server");
                *passed_on = follower.copy().contents().last().seq;
                self.topics.close(follower.room);
                Ok(true)
            }
            Adopted::Stale if known.line == line && !follower.copy().has_left() => Ok(true),
            Adopted::Stale => {
                drop(passed_on);
                self.servers.look_again().await;
                self.heal(follower, server, &state).await?;
                Ok(false)
            }
        }
    }

    /// Passes new entries of the copy on to subscribers, in order.
    pub(super) async fn pass_on(&self, follower: &Arc<Follower>) -> Result<(), LogError> {
        let mut passed_on = follower.passed_on.lock().await;
        if !self.topics.has(follower.room) {
            *passed_on = follower.copy().contents().last().seq;
            return Ok(());
        }
        let news: Vec<_> = follower.copy().contents().after(*passed_on).cloned().collect();
        for entry in self.open_entries(follower, &news).await? {
            *passed_on = entry.seq.0;
            self.topics.publish(follower.room, &entry);
        }
        Ok(())
    }

    /// Opens entries of a follower's copy.
    ///
    /// # Errors
    /// [`LogError::NotUnderstood`]: then the node steps aside, because a room without an entry would be another room.
    pub(super) async fn open_entries(
        &self,
        follower: &Follower,
        stored: &[Arc<StoredEntry>],
    ) -> Result<Vec<Arc<Entry>>, LogError> {
        if stored.is_empty() {
            return Ok(Vec::new());
        }
        let sealed = |entry: &Arc<StoredEntry>| match entry.data.version == EVENT_VERSION {
            true => Sealed { value: entry.data.value.clone(), texts: entry.data.texts.clone() },
            false => Sealed::default(),
        };
        let events = self.sealer.open::<Event>(&stored.iter().map(sealed).collect::<Vec<_>>()).await?;
        let entries: Option<Vec<_>> = stored.iter().zip(events).map(|(entry, event)| opened(entry, event)).collect();
        entries.ok_or_else(|| self.step_aside(follower))
    }

    /// From now on nothing is read of the room and nothing appended to it, until it is read anew.
    pub(super) fn step_aside(&self, follower: &Follower) -> LogError {
        follower.is_foreign.store(true, Relaxed);
        self.topics.close(follower.room);
        LogError::NotUnderstood
    }
}

fn opened(stored: &StoredEntry, event: Option<Event>) -> Option<Arc<Entry>> {
    Some(Arc::new(Entry { seq: Seq(stored.position.seq), at: stored.time(), event: event? }))
}
