//! Restarts a room's task when it panics: the room is opened again from its log, and its members are told the room as it is now. If
//! the task panics twice at the same entry, or the log is damaged, the room ends and its members are refused. Their connections
//! stay open: other rooms use them.

use std::{panic::AssertUnwindSafe, sync::atomic::Ordering::Relaxed};

use futures::FutureExt;
use heartogether::{id::Seq, refusal::Refusal};
use tokio::sync::mpsc;

use super::{
    actor::{Held, RoomActor, Setting},
    handle::Asked,
};
use crate::{error::explain, storage::log::LogError};

/// A room's task and its requests.
pub(super) struct Supervision {
    pub(super) setting: Setting,
    pub(super) requests: mpsc::Receiver<Asked>,
}

/// How a room's task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The room is over, and its log closed; or the server stops.
    Over,
    /// The room could not go on, and its log could not be closed.
    Lost,
}

impl Supervision {
    /// Runs the room until it has ended, or cannot go on.
    pub(super) async fn run(mut self) -> Outcome {
        let mut held = Held::default();
        let mut broke_at: Option<Seq> = None;
        let error = loop {
            let actor = RoomActor::new(&self.setting, &mut held);
            let ran = AssertUnwindSafe(actor.run(&mut self.requests)).catch_unwind().await;
            match ran {
                Ok(Ok(()) | Err(LogError::Stopped)) => return Outcome::Over,
                Ok(Err(error @ LogError::Storage(_))) => self.wait_for_storage(&held, &error),
                Ok(Err(error)) => break explain(&error),
                Err(_) if broke_at == Some(held.reached) => break "its task broke twice at the same place".to_owned(),
                Err(_) => {
                    let seq = held.reached.0;
                    tracing::error!(room = %self.setting.id, seq, "a room's task broke; the room is opened anew from its log");
                    broke_at = Some(held.reached);
                }
            }
        };
        self.give_up(&held, &error).await
    }

    /// The storage has not given the log for too long. Its members are told, and get the room anew when it does: until then the room's
    /// task goes on trying, and whoever asks the room something waits, those included who say that a member is gone.
    fn wait_for_storage(&self, held: &Held, error: &LogError) {
        tracing::error!(room = %self.setting.id, seq = held.reached.0, "a room waits for its storage: {}", explain(error));
        held.refuse(Refusal::StorageUnavailable);
    }

    async fn give_up(self, held: &Held, error: &str) -> Outcome {
        tracing::error!(room = %self.setting.id, seq = held.reached.0, "a room cannot be gone on with and ends: {error}");
        self.setting.is_live.store(false, Relaxed);
        held.refuse(Refusal::RoomEnded);
        if let Err(error) = self.setting.archive.delete_room(self.setting.id).await {
            tracing::error!(room = %self.setting.id, "its messages cannot be deleted: {}", explain(&error));
        }
        match self.setting.log.close(self.setting.id).await {
            Ok(()) | Err(LogError::NoSuchRoom) => Outcome::Over,
            Err(error) => {
                tracing::error!(room = %self.setting.id, "its log cannot be closed: {}", explain(&error));
                Outcome::Lost
            }
        }
    }
}
