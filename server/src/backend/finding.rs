//! Finds rooms by their codes, for pages and programs.

use heartogether::{
    id::{AccountId, RoomCode, RoomId},
    refusal::Refusal,
};
use heartogether_app::api::{ApiError, Caller, RoomSummary};

use crate::{error::ServerError, state::Node};

impl Node {
    /// A live room, as `viewer` may see it. To its owner, one that can be opened again is [`Refusal::RoomEnded`].
    pub(crate) async fn find_room(
        &self,
        code: RoomCode,
        viewer: Option<AccountId>,
    ) -> Result<Option<RoomSummary>, ApiError> {
        let Some(room) = self.log.find(code).await.map_err(ServerError::from)? else { return Ok(None) };
        let room = self.rooms.open(room);
        let summary = room.summarise(viewer).await;
        room.check_readable()?;
        let is_reopenable = async |viewer| room.revisit(viewer).await.is_some();
        match viewer {
            Some(viewer) if summary.is_none() && is_reopenable(viewer).await => Err(Refusal::RoomEnded.into()),
            _ => Ok(summary),
        }
    }

    /// Finds a room for a caller, if `permits` refuses them nothing there. Each refusal counts as a look-up, whether the code leads
    /// to a room or nowhere, or guessing codes would be free. Once the look-ups are used up, every code is refused alike.
    ///
    /// # Errors
    /// Those of the storage and of `permits`.
    pub(crate) async fn find_for(
        &self,
        code: RoomCode,
        caller: &Caller,
        permits: impl AsyncFnOnce(RoomId) -> Result<Result<(), Refusal>, ServerError>,
    ) -> Result<Result<RoomId, Refusal>, ServerError> {
        let refusal = match self.log.find(code).await? {
            Some(room) => match permits(room).await? {
                Ok(()) => return Ok(Ok(room)),
                Err(refusal) => refusal,
            },
            None => Refusal::RoomNotFound,
        };
        let counted = self.rate_limits.take_look_up(caller, self.clock.now()).await;
        Ok(Err(counted.err().unwrap_or(refusal)))
    }
}
