//! Heals rooms whose server was replaced or has lost them.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use heartogether::id::RoomId;
use tokio::time::{sleep, timeout};

use super::{
    PAUSE, Shared,
    confirmation::Verdict,
    copy::Contents,
    following::Follower,
    healing::{Mending, Offer, Remains, choose},
    position::Position,
    server::{LogServer, Opening, Standing, State},
};
use crate::storage::{epochs::Epoch, log::LogError};

/// How long the copies of nodes are waited for that live.
const OFFERS: Duration = Duration::from_secs(2);
/// How long what was written may take to be confirmed.
const CONFIRMATION: Duration = Duration::from_secs(4);

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
        let mut is_earlier = false;
        let (line, replaces, contents) = match choose(state.remains, &offers) {
            Mending::Keep => (state.remains.line, false, Contents::default()),
            Mending::Extend(entries) => {
                (state.remains.line, false, Contents { snapshots: Vec::new(), entries: entries.into() })
            }
            Mending::Replace(line, contents) => (line, true, contents),
            Mending::Impossible => {
                is_earlier = true;
                match self.directory.earlier_log(follower.room).await? {
                    Some(earlier) => (0, true, earlier),
                    None if self.is_opened_since(follower.room, server, state).await? => return Ok(()),
                    None => return Err(LogError::NothingLeft),
                }
            }
        };
        let expected = (state.epoch, state.remains.last.seq);
        let opening = Opening { epoch, expected, line, replaces, contents };
        let is_open = self.open(follower.room, server, &opening).await?;
        // Where there was nothing, there was nothing that says that it has ended, either.
        if is_open && state.standing == Standing::Missing {
            self.delete_if_ended(follower.room).await?;
        }
        if is_open && is_earlier {
            tracing::info!(room = %follower.room, "the log that a single server wrote goes on here");
            self.directory.drop_earlier_log(follower.room).await?;
        }
        Ok(())
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
