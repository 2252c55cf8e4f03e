//! Restores a room when its task starts, and tells those who are concerned.

use heartogether::room::{Effect, Entry};

use super::{COPY_MS, RoomActor};
use crate::{
    rooms::{dependencies::Dependencies, retry::insist_on_reading},
    storage::log::{LogError, PAGE, Subscription},
};

impl RoomActor<'_> {
    /// Restores the room from its latest snapshot and the entries after it. Nothing is sent: an earlier run did that.
    pub(super) async fn replay(&mut self) -> Result<Subscription, LogError> {
        let Dependencies { id, log, .. } = self.dependencies;
        let entries = insist_on_reading(|| log.subscribe(*id)).await?;
        if let Some(room) = insist_on_reading(|| log.snapshot(*id)).await? {
            self.wake_at = room.wakes_at();
            (self.snapshot_at, self.state.reached, self.state.code) = (room.seq(), room.seq(), room.code());
            self.room = room;
        } else {
            // It is new, and has no copy.
            self.want_copy_in(COPY_MS);
        }
        self.read_on(Self::recall).await?;
        if self.room.created().is_none() {
            // If the log was closed meanwhile, this fails with `NoSuchRoom`.
            insist_on_reading(|| log.subscribe(*id)).await?;
            return Err(LogError::NoBeginning);
        }
        self.note_liveness();
        // An earlier run may have ended before it deleted the room.
        self.is_over = self.room.is_closed();
        Ok(entries)
    }

    /// Reads the entries after the room's last one, page by page, and passes each to `take`.
    pub(super) async fn read_on(&mut self, take: fn(&mut Self, &Entry)) -> Result<(), LogError> {
        let (mut from, mut skipped) = (Some(self.room.seq()), 0);
        while let Some(after) = from {
            let page = insist_on_reading(|| self.dependencies.log.read(self.dependencies.id, after, PAGE)).await?;
            page.entries.iter().for_each(|entry| take(self, entry));
            skipped += page.skipped;
            from = page.next;
        }
        if skipped > 0 {
            tracing::warn!(room = %self.dependencies.id, skipped, "entries of the room's log are not understood and were skipped");
        }
        Ok(())
    }

    /// Sends the whole room to members who were connected while an earlier task of this run failed: they may have missed
    /// events. Connections without a place are closed, so that their pages connect and ask again: they may have lost it meanwhile.
    pub(super) fn welcome_again(&mut self) {
        self.state.send_away_if(|connection| self.room.member_at(connection).is_none());
        if !self.state.send_queues.is_empty() {
            let welcome = self.room.welcome_again(self.dependencies.node, self.dependencies.clock.now());
            welcome.into_iter().for_each(|effect| self.perform(effect));
        }
    }

    /// Applies an entry that an earlier run has applied before.
    fn recall(&mut self, entry: &Entry) {
        for effect in self.advance(entry) {
            match effect {
                Effect::WakeAt(time) => self.wake_at = Some(time),
                // The earlier run may not have stored these. To do so twice has no effect.
                Effect::Archive(change) => self.dependencies.writes.archive(change),
                Effect::AddToList(account) => self.add_to_list(account),
                Effect::Send { .. } | Effect::Disconnect { .. } | Effect::CloseRoom => {}
            }
        }
    }
}
