//! Epochs in memory, for tests.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use heartogether::id::RoomId;

use super::{Epoch, Epochs};
use crate::storage::StorageError;

/// Epochs in memory.
#[derive(Default)]
pub struct MemoryEpochs(Mutex<HashMap<RoomId, Epoch>>);

impl MemoryEpochs {
    fn drawn(&self) -> MutexGuard<'_, HashMap<RoomId, Epoch>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Epochs for MemoryEpochs {
    async fn draw(&self, room: RoomId) -> Result<Epoch, StorageError> {
        let mut drawn = self.drawn();
        let latest = drawn.entry(room).or_default();
        latest.0 += 1;
        Ok(*latest)
    }

    async fn latest(&self, room: RoomId) -> Result<Epoch, StorageError> {
        Ok(self.drawn().get(&room).copied().unwrap_or_default())
    }

    async fn rooms(&self) -> Result<BTreeSet<RoomId>, StorageError> {
        Ok(self.drawn().keys().copied().collect())
    }

    async fn forget(&self, room: RoomId) -> Result<(), StorageError> {
        self.drawn().remove(&room);
        Ok(())
    }
}
