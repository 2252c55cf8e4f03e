//! Who has blocked whom, in memory.

use async_trait::async_trait;
use heartogether::{id::AccountId, time::Timestamp};

use super::MemoryStore;
use crate::storage::{
    StorageError,
    accounts::{BLOCKS_KEPT, Blocks},
};

#[async_trait]
impl Blocks for MemoryStore {
    async fn block(&self, account: AccountId, other: AccountId, _since: Timestamp) -> Result<bool, StorageError> {
        let blocks = &mut self.kept().blocks;
        if blocks.contains(&(account, other)) {
            return Ok(true);
        }
        let has_room = blocks.iter().filter(|(by, _)| *by == account).count() < BLOCKS_KEPT;
        if has_room {
            blocks.insert(0, (account, other));
        }
        Ok(has_room)
    }

    async fn unblock(&self, account: AccountId, other: AccountId) -> Result<(), StorageError> {
        self.kept().blocks.retain(|block| *block != (account, other));
        Ok(())
    }

    async fn blocked(&self, account: AccountId) -> Result<Vec<AccountId>, StorageError> {
        Ok(self.kept().blocks.iter().filter(|(by, _)| *by == account).map(|(_, other)| *other).collect())
    }
}
