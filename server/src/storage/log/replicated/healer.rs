//! Heals rooms whose server was replaced or has lost them.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use heartogether::{id::RoomId, room::Room};
use tokio::time::{sleep, timeout};

use super::{
    Kept, PAUSE, Shared,
    confirmation::Verdict,
    copy::Contents,
    following::Follower,
    healing::{Mending, Offer, Remains, choose},
    log::is_known,
    position::{Position, StoredSnapshot},
    server::{LogServer, Opening, Standing, State},
};
use crate::storage::{epochs::Epoch, log::LogError, sealing::Sealed};

/// How long the copies of nodes are waited for that live.
const OFFERS: Duration = Duration::from_secs(2);
/// How long what was written may take to be confirmed.
const CONFIRMATION: Duration = Duration::from_secs(4);

/// Where a room's log comes from that neither servers nor nodes have.
enum Origin {
    /// A single server has written it, before several nodes shared the rooms.
    EarlierLog,
    /// The directory has a copy of the room.
    Copy,
}

impl Shared {
    /// Makes a room's log whole and opens a new epoch of it. If another node does that first, nothing is changed.
    ///
    /// # Errors
    /// [`LogError::NothingLeft`] if nobody has anything of the room, [`LogError::NoSuchRoom`] if it has ended meanwhile,
    /// [`LogError::Stopped`], [`LogError::Storage`].
    pub(super) async fn heal(
        &self,
        follower: &Arc<Follower>,
        server: &dyn LogServer,
        state: &State,
    ) -> Result<(), LogError> {
        if self.is_stopped.load(Relaxed) {
            return Err(LogError::Stopped);
        }
        if state.standing == Standing::Opening && self.settle(follower.room, server, state.epoch).await? {
            return self.delete_if_ended(follower.room).await;
        }
        let Epoch(epoch) = self.epochs.draw(follower.room).await?;
        let offers = self.collect(follower, server, epoch, state.remains).await?;
        let mut origin = None;
        let (line, replaces, contents) = match choose(state.remains, &offers) {
            Mending::Keep => (state.remains.line, false, Contents::default()),
            Mending::Extend(entries) => {
                (state.remains.line, false, Contents { snapshots: Vec::new(), entries: entries.into() })
            }
            Mending::Replace(line, contents) => (line, true, contents),
            Mending::Impossible => match self.elsewhere(follower.room).await? {
                Some((found, contents)) => {
                    origin = Some(found);
                    (0, true, contents)
                }
                None if self.is_opened_since(follower.room, server, state).await? => return Ok(()),
                None => return Err(LogError::NothingLeft),
            },
        };
        let expected = (state.epoch, state.remains.last.seq);
        let opening = Opening { epoch, expected, line, replaces, contents };
        let is_open = self.open(follower.room, server, &opening).await?;
        // Where there was nothing, there was nothing that says that it has ended, either.
        if is_open && state.standing == Standing::Missing {
            self.delete_if_ended(follower.room).await?;
        }
        match origin.filter(|_| is_open) {
            Some(Origin::EarlierLog) => {
                tracing::info!(room = %follower.room, "the log that a single server wrote goes on here");
                self.directory.drop_earlier_log(follower.room).await?;
            }
            Some(Origin::Copy) => {
                tracing::warn!(room = %follower.room, "a room's log was lost; the room goes on as its copy in the database says");
            }
            None => {}
        }
        Ok(())
    }

    /// What a room of which neither servers nor nodes have anything can go on with.
    async fn elsewhere(&self, room: RoomId) -> Result<Option<(Origin, Contents)>, LogError> {
        if let Some(earlier) = self.directory.earlier_log(room).await? {
            return Ok(Some((Origin::EarlierLog, earlier)));
        }
        let Some(meant) = self.given_up().get(&room).copied() else { return Ok(None) };
        let kept = self.directory.kept(room).await?;
        let Some(Kept { copy, written }) = kept.filter(|kept| kept.copy.position == meant) else { return Ok(None) };
        if !is_known(&copy) {
            return Err(LogError::NotUnderstood);
        }
        let sealed = Sealed { value: copy.data.value, texts: copy.data.texts };
        let read = self.sealer.open::<Room>(&[sealed]).await?.pop().flatten().ok_or(LogError::NotUnderstood)?;
        let data = self.stored(&read.with_archive(written)).await?;
        // It is before all epochs, as the log of a single server is.
        let snapshot = StoredSnapshot { position: Position { epoch: 0, seq: meant.seq }, data };
        Ok(Some((Origin::Copy, Contents { snapshots: vec![Arc::new(snapshot)], entries: VecDeque::new() })))
    }

    /// Whether another node has opened an epoch of the room since its state was read. It may have dropped the earlier log then.
    async fn is_opened_since(&self, room: RoomId, server: &dyn LogServer, state: &State) -> Result<bool, LogError> {
        Ok(server.read(room, Position::default()).await?.epoch != state.epoch)
    }

    /// Deletes a room that ended while it was healed.
    async fn delete_if_ended(&self, room: RoomId) -> Result<(), LogError> {
        if self.directory.is_live(room).await? {
            return Ok(());
        }
        self.delete(room).await?;
        Err(LogError::NoSuchRoom)
    }

    /// Opens an epoch and has it confirmed. Returns whether it holds.
    pub(super) async fn open(&self, room: RoomId, server: &dyn LogServer, opening: &Opening) -> Result<bool, LogError> {
        let (is_open, acknowledged) = server.open(room, opening).await?;
        if !is_open || !self.is_confirmed(server, acknowledged).await? {
            return Ok(false);
        }
        let last = opening.contents.last().seq.max(if opening.replaces { 0 } else { opening.expected.1 });
        server.confirm(room, opening.epoch, last).await?;
        tracing::info!(%room, epoch = opening.epoch, last, "an epoch of a room's log is open");
        Ok(true)
    }

    /// Has confirmed what others have written. Returns whether the epoch holds.
    pub(super) async fn settle(&self, room: RoomId, server: &dyn LogServer, epoch: u64) -> Result<bool, LogError> {
        let (Some(last), acknowledged) = server.settle(room, epoch).await? else { return Ok(false) };
        let is_confirmed = self.is_confirmed(server, acknowledged).await?;
        if is_confirmed {
            server.confirm(room, epoch, last).await?;
        }
        Ok(is_confirmed)
    }

    /// Waits until what this node has written to a server counts as written. Returns whether it does.
    pub(super) async fn is_confirmed(&self, server: &dyn LogServer, acknowledged: u64) -> Result<bool, LogError> {
        let confirmed = async {
            let mut acknowledged = acknowledged;
            loop {
                match server.evidence(acknowledged).await?.verdict() {
                    Verdict::Confirmed => return Ok::<_, LogError>(()),
                    Verdict::Wait => acknowledged = server.wait().await?,
                    Verdict::Doubtful => sleep(PAUSE).await,
                }
            }
        };
        match timeout(CONFIRMATION, confirmed).await {
            Ok(confirmed) => confirmed.map(|()| true),
            Err(_) => Ok(false),
        }
    }

    /// This node's copy, and those of the other nodes that live: of those that this one knows of, and of those that listen. One that
    /// has just started listens before others know of it.
    async fn collect(
        &self,
        follower: &Arc<Follower>,
        server: &dyn LogServer,
        epoch: u64,
        remains: Remains,
    ) -> Result<Vec<Offer>, LogError> {
        let mut listening = server.call(follower.room, epoch, remains).await?;
        let own = self.offer(follower, remains);
        let mut missing = self.nodes.alive();
        missing.remove(&self.node);
        let given = async {
            loop {
                let offers = server.offers(follower.room, epoch).await?;
                missing.retain(|node| offers.iter().all(|offer| offer.node != node.to_string()));
                let given: BTreeSet<_> = offers.iter().map(|offer| &offer.node).collect();
                if missing.is_empty() && given.len() >= listening {
                    return Ok::<_, LogError>(offers);
                }
                sleep(PAUSE / 2).await;
                // Who has found the server only now has not heard of it.
                listening = server.call(follower.room, epoch, remains).await?;
            }
        };
        let mut offers = match timeout(OFFERS, given).await {
            Ok(offers) => offers?,
            Err(_) => server.offers(follower.room, epoch).await?,
        };
        offers.extend(own);
        Ok(offers)
    }

    /// This node's copy, for healing: from now on the node takes nothing more of its line. `None` if it has none.
    pub(super) fn offer(&self, follower: &Follower, remains: Remains) -> Option<Offer> {
        let mut copy = follower.copy();
        if copy.line() == 0 {
            return None;
        }
        copy.leave();
        let progress = copy.progress();
        let has_more = progress > remains.progress();
        let contents = if has_more { copy.contents().clone() } else { Contents::default() };
        Some(Offer { node: self.node.to_string(), progress, contents })
    }
}
