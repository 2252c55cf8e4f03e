//! Requests that were not carried out.

use heartogether::refusal::Refusal;

use crate::{error::ServerError, storage::log::LogError, websocket::CloseReason};

/// Why a message was not carried out.
pub(super) enum Failure {
    Refused(Refusal),
    Fault(ServerError),
}

impl Failure {
    /// What the client is refused with, or the reason to close its connection. A fault is logged.
    pub(super) fn refusal(self) -> Result<Refusal, CloseReason> {
        match self {
            Self::Refused(refusal) => Ok(refusal),
            // The room is about to close its connections.
            Self::Fault(error) if error.is_left_to_newer_nodes() => Err(CloseReason::STOPPING),
            Self::Fault(error) => {
                error.report();
                // If nothing can be stored, the request had no effect, and the client may send it again.
                if error.is_storage_down() { Ok(Refusal::StorageUnavailable) } else { Err(CloseReason::FAULT) }
            }
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        match error {
            LogError::NoSuchRoom => Self::Refused(Refusal::RoomEnded),
            error => Self::Fault(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::StorageError;

    #[test]
    fn who_writes_to_a_room_of_a_newer_version_is_sent_to_another_node() {
        let answer = |error: LogError| Failure::from(error).refusal();
        assert_eq!(answer(LogError::NotUnderstood), Err(CloseReason::STOPPING));
        assert_eq!(answer(LogError::NoBeginning), Err(CloseReason::FAULT));
        assert_eq!(answer(StorageError::took_too_long().into()), Ok(Refusal::StorageUnavailable));
        assert_eq!(answer(LogError::NoSuchRoom), Ok(Refusal::RoomEnded));
    }
}
