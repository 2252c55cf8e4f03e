//! Takes in what servers send, and looks after rooms where nothing comes in.

use std::{sync::Arc, time::Duration};

use heartogether::id::RoomId;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::{
    Incoming, Shared,
    copy::Taken,
    following::Follower,
    healing::{Offer, Remains},
    position::Progress,
    server::Message,
};

/// How often a copy is compared with its server, since messages may be lost.
const CHECK: Duration = Duration::from_secs(10);
/// How long a room is followed that nobody subscribes to, in milliseconds. Longer than a caller [waits](super::PATIENCE).
const IDLE_MS: u64 = 15_000;
/// How long a room is remembered that nobody uses, at most, unless its servers do not answer.
pub const FORGOTTEN: Duration = Duration::from_millis(IDLE_MS).saturating_add(CHECK);
/// How long whoever asked for copies may take to open a new epoch, before another node does it.
const HEALING: Duration = Duration::from_secs(3);

impl Shared {
    /// Takes in what servers send.
    pub(super) async fn hear(self: Arc<Self>, mut incoming: Incoming) {
        while let Some((room, message)) = incoming.recv().await {
            match room {
                Some(room) => self.hear_in(room, message).await,
                None => self.check_all(None),
            }
        }
    }

    async fn hear_in(self: &Arc<Self>, room: RoomId, message: Message) {
        let follower = self.followers().get(&room).cloned();
        let Some(follower) = follower else {
            if let Message::Call { epoch, .. } = message {
                self.answer(room, epoch, None);
            }
            return;
        };
        match message {
            Message::Entries { line, entries } => {
                let taken = follower.copy().take(line, &entries);
                match taken {
                    Taken::All if self.pass_on(&follower).await.is_ok() => {}
                    _ => self.check(follower),
                }
            }
            Message::Call { epoch, remains } => self.give(&follower, epoch, remains),
            Message::Closed => self.unfollow(&follower).await,
            Message::Interrupted => self.check(follower),
        }
    }

    /// Gives this node's copy for healing, and sees that the room is healed.
    fn give(self: &Arc<Self>, follower: &Arc<Follower>, epoch: u64, remains: Remains) {
        if !follower.is_first_call(epoch) {
            return;
        }
        if epoch <= follower.copy().line() {
            return self.answer(follower.room, epoch, None);
        }
        let offer = self.offer(follower, remains);
        self.answer(follower.room, epoch, offer);
        let (shared, follower) = (self.clone(), follower.clone());
        tokio::spawn(async move {
            sleep(HEALING).await;
            if follower.copy().has_left() {
                shared.check(follower);
            }
        });
    }

    /// Answers a call for copies, also where there is none: nobody waits for it then.
    fn answer(self: &Arc<Self>, room: RoomId, epoch: u64, offer: Option<Offer>) {
        let shared = self.clone();
        tokio::spawn(async move {
            let none =
                || Offer { node: shared.node.to_string(), progress: Progress::default(), contents: Default::default() };
            let offer = offer.unwrap_or_else(none);
            // Who does not get it does without it.
            if let Ok(server) = shared.servers.primary(room).await {
                let _ = server.offer(room, epoch, &offer).await;
            }
        });
    }

    /// Compares a copy with its server.
    pub(super) fn check(self: &Arc<Self>, follower: Arc<Follower>) {
        self.check_at(follower, None);
    }

    /// Compares a copy with its server. If the server has what the copy has, and nobody needs the room at this time, it is forgotten.
    fn check_at(self: &Arc<Self>, follower: Arc<Follower>, now: Option<u64>) {
        let shared = self.clone();
        tokio::spawn(async move {
            use crate::storage::log::LogError;
            match shared.catch_up(&follower).await {
                // Or nobody has anything of it.
                Ok(()) | Err(LogError::NothingLeft) => {
                    let is_idle = || now.is_some_and(|now| shared.is_idle(&follower, now));
                    shared.unfollow_if(&follower, is_idle).await;
                }
                Err(LogError::NoSuchRoom) => shared.unfollow(&follower).await,
                // It is compared again.
                Err(error) => tracing::debug!(room = %follower.room, %error, "a room's log is not up to date"),
            }
        });
    }

    fn check_all(self: &Arc<Self>, now: Option<u64>) {
        let followers: Vec<_> = self.followers().values().cloned().collect();
        followers.into_iter().for_each(|follower| self.check_at(follower, now));
    }

    fn is_idle(&self, follower: &Follower, now: u64) -> bool {
        now.saturating_sub(follower.used_at()) >= IDLE_MS && !self.topics.has(follower.room)
    }

    /// Compares copies with their servers now and then, and forgets rooms that nobody needs: each once its servers have just shown that
    /// they have all of the copy, or were given it. Until then, it may be the only one.
    pub(super) async fn check_quiet_rooms(self: Arc<Self>) {
        let mut interval = interval(CHECK);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            let now = self.clock.now().as_millis();
            self.check_all(Some(now));
        }
    }
}
