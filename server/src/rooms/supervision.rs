//! Restarts a room's task when it panics: the room is opened again from its log, and its members are told the room as it is now. If
//! the task panics twice at the same entry, or the log is damaged, the room ends and its members are refused. Their connections
//! stay open: other rooms use them. A room whose log this version does not understand is kept as it is, and left to nodes of a newer
//! version where there may be some.

use std::{panic::AssertUnwindSafe, sync::atomic::Ordering::Relaxed, time::Duration};

use futures::FutureExt;
use heartogether::{id::Seq, refusal::Refusal};
use tokio::{sync::mpsc, time::timeout};

use super::{
    actor::RoomActor,
    dependencies::Dependencies,
    handle::{Asked, Request},
    surviving_state::SurvivingState,
};
use crate::{
    error::explain,
    metrics::count_fault,
    storage::log::{LogError, replicated::FORGOTTEN},
    websocket::CloseReason,
};

/// How long a room is left to nodes of a newer version before its log is read again: they may have stored a snapshot that this
/// version understands. Longer than the log remembers what it has read, or it would give the same again.
const ASIDE: Duration = FORGOTTEN.saturating_add(Duration::from_secs(50));

/// A room's task and its requests.
pub(super) struct Supervision {
    pub(super) dependencies: Dependencies,
    pub(super) requests: mpsc::Receiver<Asked>,
}

/// How a room's task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The room is over, and its log closed; or the server stops.
    Over,
    /// The room could not go on, and its log is still there: it cannot be closed, or another version may understand it.
    Lost,
    /// Nobody has anything of the room's log.
    NothingLeft,
}

impl Supervision {
    /// Runs the room until it has ended, cannot go on, or nobody on this node needs it any more. From then on nobody here notices what
    /// changes in it.
    pub(super) async fn run(self) -> Outcome {
        let (look_up, mut state) = (self.dependencies.look_up.clone(), SurvivingState::default());
        let outcome = self.run_until_over(&mut state).await;
        state.code.into_iter().for_each(|code| look_up.forget_own(code));
        outcome
    }

    async fn run_until_over(mut self, state: &mut SurvivingState) -> Outcome {
        let mut broke_at: Option<Seq> = None;
        let error = loop {
            let actor = RoomActor::new(&self.dependencies, state);
            let ran = AssertUnwindSafe(actor.run(&mut self.requests)).catch_unwind().await;
            match ran {
                Ok(Ok(()) | Err(LogError::Stopped)) => return Outcome::Over,
                Ok(Err(error @ LogError::Storage(_))) => self.wait_for_storage(state, &error),
                Ok(Err(LogError::Rewritten)) => {
                    tracing::warn!(room = %self.dependencies.id, "the room's log has been healed and is read anew");
                }
                Ok(Err(error @ LogError::NoBeginning)) => {
                    self.leave_alone(state, &error);
                    return Outcome::Lost;
                }
                Ok(Err(error @ LogError::NothingLeft)) => {
                    self.leave_alone(state, &error);
                    return Outcome::NothingLeft;
                }
                Ok(Err(LogError::NotUnderstood)) => {
                    if self.step_aside(state).await {
                        return Outcome::Over;
                    }
                }
                Ok(Err(error)) => break explain(&error),
                Err(_) if broke_at == Some(state.reached) => break "its task broke twice at the same place".to_owned(),
                Err(_) => {
                    let seq = state.reached.0;
                    count_fault();
                    tracing::error!(room = %self.dependencies.id, seq, "a room's task broke; the room is opened anew from its log");
                    broke_at = Some(state.reached);
                }
            }
        };
        self.give_up(state, &error).await
    }

    /// The storage has not given the log for too long. Its members are told, and get the room anew when it does: until then the room's
    /// task goes on trying, and whoever asks the room something waits, those included who say that a member is gone.
    fn wait_for_storage(&self, state: &SurvivingState, error: &LogError) {
        tracing::error!(room = %self.dependencies.id, seq = state.reached.0, "a room waits for its storage: {}", explain(error));
        state.refuse(Refusal::StorageUnavailable);
    }

    /// Keeps the room for a version that understands what is stored, or until its log is there again. Until then nobody can open
    /// the room, and everybody who asks for it is told.
    fn leave_alone(&self, state: &SurvivingState, error: &LogError) {
        tracing::error!(room = %self.dependencies.id, "a room is kept, but cannot be opened: {}", explain(error));
        self.dependencies.is_live.store(false, Relaxed);
        self.dependencies.is_unreadable.store(true, Relaxed);
        state.refuse(Refusal::RoomUnreadable);
    }

    /// Leaves the room to nodes of a newer version for a while: one has written what this version does not understand. Members are
    /// sent to other nodes as when this one stops, and so is whoever comes. Whoever only asks about the room is told that it
    /// cannot be opened. Returns whether nobody can ask any more, as the server has stopped.
    async fn step_aside(&mut self, state: &mut SurvivingState) -> bool {
        let Dependencies { id, is_live, is_unreadable, .. } = &self.dependencies;
        tracing::warn!(room = %id, "a newer version writes to a room; its members are sent to other nodes");
        is_live.store(false, Relaxed);
        is_unreadable.store(true, Relaxed);
        state.send_away();
        let sending_away = async {
            while let Some(Asked { request, .. }) = self.requests.recv().await {
                if let Request::Attach { send_queue, .. } = request {
                    send_queue.close(CloseReason::STOPPING);
                }
            }
        };
        let is_over = timeout(ASIDE, sending_away).await.is_ok();
        is_unreadable.store(is_over, Relaxed);
        is_over
    }

    /// Deletes the room. What of its messages cannot be deleted now, housekeeping deletes.
    async fn give_up(self, state: &SurvivingState, error: &str) -> Outcome {
        let Self { dependencies, requests } = self;
        count_fault();
        tracing::error!(room = %dependencies.id, seq = state.reached.0, "a room cannot be gone on with and ends: {error}");
        dependencies.is_live.store(false, Relaxed);
        state.refuse(Refusal::RoomEnded);
        // Whoever asks is answered at once, although what follows may take a while.
        drop(requests);
        if let Err(error) = dependencies.delete_messages().await {
            tracing::error!(room = %dependencies.id, "its messages cannot be deleted: {}", explain(&error));
        }
        match dependencies.log.close(dependencies.id).await {
            Ok(()) | Err(LogError::NoSuchRoom) => Outcome::Over,
            Err(error) => {
                tracing::error!(room = %dependencies.id, "its log cannot be closed: {}", explain(&error));
                Outcome::Lost
            }
        }
    }
}
