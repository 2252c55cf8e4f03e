//! Opens a room: checks the limits, draws a code and creates the log.

use std::{net::IpAddr, sync::Arc};

use heartogether::{
    id::{MemberId, RoomCode, RoomId, RoomName},
    refusal::Refusal,
    room::{Policy, RoomCreated},
};
use heartogether_app::api::{Account, ApiError};
use tokio::sync::Mutex;

use crate::{
    clock::Clock,
    error::ServerError,
    http::OpenRooms,
    random,
    rooms::Rooms,
    storage::{
        accounts::{Store, Usage},
        log::{LogError, RoomLog},
    },
};

/// Draws of a code before giving up: with a million live rooms out of 887 million codes, two are already rare.
const CODE_DRAWS: u32 = 16;

/// Whether the database may grow beyond what is in it, which is returned. A limit of 0 is none.
pub(super) async fn check_database(store: &dyn Store, limit: u64) -> Result<Usage, ApiError> {
    let usage = store.usage().await.map_err(ServerError::from)?;
    match limit {
        1.. if usage.bytes >= limit => Err(Refusal::ServerFull.into()),
        _ => Ok(usage),
    }
}

/// All it takes to open a room, without the request that asked for it: whoever hangs up would leave a room that is not counted.
pub(super) struct RoomOpening {
    pub(super) log: Arc<dyn RoomLog>,
    pub(super) store: Arc<dyn Store>,
    pub(super) database_bytes: u64,
    pub(super) rooms: Arc<Rooms>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) open: Arc<Mutex<OpenRooms>>,
    pub(super) address: IpAddr,
    /// Rooms that may be open in all.
    pub(super) limit: usize,
    pub(super) owner: Account,
    pub(super) name: Option<RoomName>,
    pub(super) policy: Policy,
}

impl RoomOpening {
    pub(super) async fn run(self) -> Result<RoomCode, ApiError> {
        let came_at = self.clock.now();
        // Those who wait here are let in as they came.
        let mut open = self.open.lock().await;
        // While the log is away, the first who waits for it finds that out for all who wait here meanwhile.
        if open.have_failed_since(came_at) {
            return Err(Refusal::StorageUnavailable.into());
        }
        let opened = self.open(&mut open).await;
        if matches!(opened, Err(ApiError::Refused(Refusal::StorageUnavailable))) {
            open.note_failure(self.clock.now());
        }
        opened
    }

    async fn open(&self, open: &mut OpenRooms) -> Result<RoomCode, ApiError> {
        check_database(&*self.store, self.database_bytes).await?;
        let rooms = self.rooms.open_anywhere().await.map_err(ServerError::from)?;
        if rooms.len() >= self.limit {
            return Err(Refusal::ServerFull.into());
        }
        open.check(self.address, &rooms).await?;
        for _ in 0..CODE_DRAWS {
            let created = self.draw();
            let (id, code) = (created.id, created.code);
            match self.log.create(created).await {
                Ok(_) => {
                    open.add(id, self.address).await;
                    // A visitor who follows the link at once finds the room open.
                    self.rooms.open(id).summarise(None).await;
                    return Ok(code);
                }
                Err(LogError::CodeTaken) => {}
                Err(error) => return Err(ServerError::from(error).into()),
            }
        }
        Err(ServerError::NoFreeCode { draws: CODE_DRAWS }.into())
    }

    fn draw(&self) -> RoomCreated {
        RoomCreated {
            id: RoomId::from_bits(random::bits()),
            code: RoomCode::draw(|| u8::from_le_bytes(random::bytes())),
            owner: self.owner.id,
            owner_member: MemberId::from_bits(random::bits()),
            owner_name: self.owner.name.clone(),
            name: self.name.clone(),
            policy: self.policy.clone(),
        }
    }
}
