//! Appends entries, whatever becomes of the servers meanwhile.

use std::sync::{Arc, atomic::Ordering::Relaxed};

use heartogether::{
    id::{RoomId, Seq},
    room::{Event, RoomCreated},
};
use tokio::time::{sleep, timeout};

use super::{
    PATIENCE, PAUSE, Shared,
    copy::Contents,
    following::Follower,
    position::{Data, Position, StoredEntry},
    server::{Append, Opening},
    writer::Outcome,
};
use crate::storage::{
    epochs::Epoch,
    log::{AppendNonce, Appended, EVENT_VERSION, LogError, accounts_in},
};

impl Shared {
    async fn seal(&self, event: &Event) -> Result<Data, LogError> {
        let sealed = self.sealer.seal(event).await?;
        Ok(Data { version: EVENT_VERSION, value: sealed.value, texts: sealed.texts })
    }

    /// Opens a room's first epoch with its first entry. The room is found once that is confirmed.
    pub(super) async fn create(self: &Arc<Self>, created: RoomCreated) -> Result<Appended, LogError> {
        if self.is_stopped.load(Relaxed) {
            return Err(LogError::Stopped);
        }
        let (room, code) = (created.id, created.code);
        let event = Event::RoomCreated(created);
        let data = self.seal(&event).await?;
        let opened = timeout(PATIENCE, self.open_first(room, &data)).await;
        let opened = opened.unwrap_or_else(|_| Err(self.took_too_long()))?;
        if !self.directory.add(room, code, &accounts_in(&event).collect()).await? {
            self.delete(room).await?;
            return Err(LogError::CodeTaken);
        }
        self.follow(room).await?;
        Ok(opened)
    }

    async fn open_first(&self, room: RoomId, data: &Data) -> Result<Appended, LogError> {
        loop {
            let Epoch(epoch) = self.epochs.draw(room).await?;
            match self.try_open_first(room, epoch, data).await {
                Ok(Some(opened)) => return Ok(opened),
                Ok(None) => {}
                Err(LogError::Storage(_)) => self.servers.look_again().await,
                Err(error) => return Err(error),
            }
            sleep(PAUSE).await;
        }
    }

    /// Whatever an attempt has left behind that nobody confirmed gives way.
    async fn try_open_first(&self, room: RoomId, epoch: u64, data: &Data) -> Result<Option<Appended>, LogError> {
        let (now, nonce) = (self.clock.now(), epoch.to_string());
        let position = Position { epoch, seq: 1 };
        let entry = StoredEntry { position, at: now.as_millis(), nonce, data: data.clone() };
        let contents = Contents { snapshots: Vec::new(), entries: [Arc::new(entry)].into() };
        let server = self.servers.primary(room).await?;
        let state = server.read(room, Position::default()).await?;
        let expected = (state.epoch, state.remains.last.seq);
        let opening = Opening { epoch, expected, line: 0, replaces: true, contents };
        let is_open = self.open(room, &*server, &opening).await?;
        Ok(is_open.then_some(Appended { seq: Seq(1), at: now }))
    }

    /// Appends an event, unless the nonce was used. Returns once this node has all entries up to it.
    pub(super) async fn append(
        self: &Arc<Self>,
        room: RoomId,
        nonce: AppendNonce,
        event: &Event,
    ) -> Result<Appended, LogError> {
        if self.is_stopped.load(Relaxed) {
            return Err(LogError::Stopped);
        }
        let data = self.seal(event).await?;
        let accounts = accounts_in(event).collect::<std::collections::BTreeSet<_>>();
        if !accounts.is_empty() {
            self.directory.note(room, &accounts).await?;
        }
        let appended = async {
            loop {
                let follower = self.follow(room).await?;
                if let Some(appended) = self.try_append(&follower, nonce, &data).await? {
                    return Ok(appended);
                }
            }
        };
        timeout(PATIENCE, appended).await.unwrap_or_else(|_| Err(self.took_too_long()))
    }

    /// One attempt. `None` if it has to be made again.
    async fn try_append(
        self: &Arc<Self>,
        follower: &Arc<Follower>,
        nonce: AppendNonce,
        data: &Data,
    ) -> Result<Option<Appended>, LogError> {
        let Some(epoch) = follower.copy().line_to_write() else {
            self.catch_up_or_end(follower).await?;
            return Ok(None);
        };
        let Ok(server) = self.servers.primary(follower.room).await else {
            self.servers.look_again().await;
            sleep(PAUSE).await;
            return Ok(None);
        };
        let (now, nonce) = (self.clock.now().as_millis(), nonce.to_string());
        let append = Append { room: follower.room, epoch, nonce, now, data: data.clone() };
        match self.write(server, (follower.clone(), append)).await {
            Outcome::Written { position, at } => {
                let is_here = self.await_entry(follower, position).await?;
                Ok(is_here.then_some(Appended { seq: Seq(position.seq), at }))
            }
            Outcome::Sealed => {
                self.catch_up_or_end(follower).await?;
                Ok(None)
            }
            Outcome::Unknown => {
                self.servers.look_again().await;
                sleep(PAUSE).await;
                Ok(None)
            }
        }
    }

    /// Returns once this node has an entry, and its subscribers have it: `true`; or once it is known that the log goes on without it.
    async fn await_entry(self: &Arc<Self>, follower: &Arc<Follower>, position: Position) -> Result<bool, LogError> {
        loop {
            if follower.copy().contains(position) {
                self.pass_on(follower).await?;
                return Ok(true);
            }
            let before = follower.copy().line();
            self.catch_up_or_end(follower).await?;
            let has_moved = follower.copy().line() != before;
            if has_moved && !follower.copy().contains(position) {
                return Ok(false);
            }
            sleep(PAUSE / 20).await;
        }
    }

    async fn catch_up_or_end(self: &Arc<Self>, follower: &Arc<Follower>) -> Result<(), LogError> {
        let caught_up = self.catch_up(follower).await;
        if let Err(LogError::NoSuchRoom) = caught_up {
            self.unfollow(follower).await;
        }
        caught_up
    }
}
