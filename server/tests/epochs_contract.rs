//! What every store of epochs does.

use std::collections::BTreeSet;

use heartogether::id::RoomId;
use heartogether_server::storage::{
    database,
    epochs::{Epoch, Epochs, MemoryEpochs, SqlEpochs},
};
use tempfile::TempDir;

use crate::support::PostgresDatabase;

const ROOM: RoomId = RoomId::from_bits(1);
const OTHER: RoomId = RoomId::from_bits(2);

/// Runs each of these against every implementation.
macro_rules! contract {
    ($($name:ident)*) => {$(
        mod $name {
            use super::{MemoryEpochs, PostgresDatabase, SqlEpochs, sqlite};

            #[tokio::test]
            async fn in_memory() {
                super::$name(&MemoryEpochs::default()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn in_sqlite() {
                let (epochs, _folder) = sqlite().await;
                super::$name(&epochs).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn in_postgres() {
                let kept = PostgresDatabase::create().await;
                super::$name(&SqlEpochs::new(kept.open().await)).await;
            }
        }
    )*};
}

contract! {
    a_room_draws_one_epoch_after_the_other
    nobody_draws_an_epoch_that_somebody_else_has
    a_forgotten_room_has_no_epoch
}

async fn sqlite() -> (SqlEpochs, TempDir) {
    let folder = TempDir::new().expect("a folder");
    (SqlEpochs::new(database::open(&folder.path().join("test.db")).await.expect("a database")), folder)
}

async fn draw(epochs: &dyn Epochs, room: RoomId) -> u64 {
    epochs.draw(room).await.expect("drawn").0
}

async fn a_room_draws_one_epoch_after_the_other(epochs: &dyn Epochs) {
    assert_eq!(epochs.latest(ROOM).await.expect("read"), Epoch(0));
    assert_eq!((draw(epochs, ROOM).await, draw(epochs, ROOM).await), (1, 2));
    assert_eq!((draw(epochs, OTHER).await, draw(epochs, ROOM).await), (1, 3), "each room has epochs of its own");
    assert_eq!(epochs.latest(ROOM).await.expect("read"), Epoch(3));
}

async fn nobody_draws_an_epoch_that_somebody_else_has(epochs: &dyn Epochs) {
    let drawn: BTreeSet<_> = futures::future::join_all((0..20).map(|_| draw(epochs, ROOM))).await.into_iter().collect();
    assert_eq!(drawn, (1..=20).collect());
}

async fn a_forgotten_room_has_no_epoch(epochs: &dyn Epochs) {
    draw(epochs, ROOM).await;
    draw(epochs, OTHER).await;
    epochs.forget(ROOM).await.expect("forgotten");
    epochs.forget(ROOM).await.expect("forgotten already");
    assert_eq!(epochs.latest(ROOM).await.expect("read"), Epoch(0));
    assert_eq!(epochs.latest(OTHER).await.expect("read"), Epoch(1), "another one's stays");
    assert_eq!(epochs.rooms().await.expect("read"), BTreeSet::from([OTHER]));
}
