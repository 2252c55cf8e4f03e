//! The limits by account and by address. Where several nodes share the rooms, they count together; while that is not possible, each
//! counts alone.

mod counter;
mod open_rooms;

use std::{iter::once, sync::Arc};

use heartogether::{
    id::{AccountId, RoomCode},
    limits::{EXPORTS, Limits, Quota},
    refusal::Refusal,
    time::Timestamp,
};
use heartogether_app::api::{Caller, Remainder};
use tokio::sync::Mutex;

use super::AddressBlock;
use crate::cluster::{SharedAllowances, SharedOpenRooms};
use counter::Counter;
pub(crate) use open_rooms::OpenRooms;

/// Rooms that one address may fill with guests in one window, such as the classes of a school.
const ROOMS_AT_ONE_ADDRESS: u32 = 10;

/// What nodes count together.
#[derive(Clone)]
pub(crate) struct SharedLimits {
    pub(crate) allowances: Arc<SharedAllowances>,
    pub(crate) open_rooms: Arc<SharedOpenRooms>,
}

/// Counters for accounts and addresses.
pub(crate) struct RateLimits {
    rooms: Counter<AccountId>,
    rooms_by_address: Counter<AddressBlock>,
    look_ups: Counter<AddressBlock>,
    /// Rooms that were found from an address. Each counts once in a window.
    found: Counter<(AddressBlock, RoomCode)>,
    sign_ins: Counter<AddressBlock>,
    /// Guests of one address who come into one room.
    sign_ins_to_rooms: Counter<(AddressBlock, RoomCode)>,
    /// Guests of one address in all rooms, so that somebody who opens many rooms does not get as many more guests.
    sign_ins_to_all_rooms: Counter<AddressBlock>,
    requests: Counter<AddressBlock>,
    reports: Counter<AddressBlock>,
    exports: Counter<AccountId>,
    open_rooms: Arc<Mutex<OpenRooms>>,
}

impl RateLimits {
    /// `shared` counts for all nodes.
    pub(crate) fn new(limits: &Limits, shared: Option<SharedLimits>) -> Self {
        let (shared, open_rooms) = shared.map(|shared| (shared.allowances, shared.open_rooms)).unzip();
        let sign_ins_to_all_rooms = Quota {
            count: limits.sign_ins_per_address.count.saturating_mul(ROOMS_AT_ONE_ADDRESS),
            ..limits.sign_ins_per_address
        };
        let shared = &shared;
        Self {
            rooms: Counter::new("rooms", limits.rooms_per_account, shared),
            rooms_by_address: Counter::new("rooms_by_address", limits.new_rooms_per_address, shared),
            look_ups: Counter::new("look_ups", limits.look_ups_per_address, shared),
            found: Counter::new("found", Quota { count: 1, ..limits.look_ups_per_address }, shared),
            sign_ins: Counter::new("sign_ins", limits.sign_ins_per_address, shared),
            sign_ins_to_rooms: Counter::new("sign_ins_to_rooms", limits.sign_ins_per_address, shared),
            sign_ins_to_all_rooms: Counter::new("sign_ins_to_all_rooms", sign_ins_to_all_rooms, shared),
            requests: Counter::new("requests", limits.requests_per_address, shared),
            // A listener reports once, and so does everybody who comes.
            reports: Counter::new("reports", limits.sign_ins_per_address, shared),
            exports: Counter::new("exports", EXPORTS, shared),
            open_rooms: Arc::new(Mutex::new(OpenRooms::new(limits.rooms_per_address, open_rooms))),
        }
    }

    /// Counts a room that an account opens from an address.
    pub(crate) async fn take_room(&self, owner: AccountId, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
        judge(self.rooms.take(once((owner, 1)), now).await, caller)?;
        judge(self.rooms_by_address.take(tiers(caller), now).await, caller)
    }

    /// Takes back the count of a room that could not be opened.
    pub(crate) async fn give_room_back(&self, owner: AccountId, caller: &Caller, now: Timestamp) {
        self.rooms.give_back(once((owner, 1)), now).await;
        self.rooms_by_address.give_back(tiers(caller), now).await;
    }

    /// Counts a lookup of a room.
    pub(crate) async fn take_look_up(&self, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
        judge(self.look_ups.take(tiers(caller), now).await, caller)
    }

    /// Counts a lookup of a room by one of our pages, which repeats it every few seconds. A room that was found from
    /// this address before does not count again, as the caller learns nothing new.
    pub(crate) async fn take_page_look_up(
        &self,
        code: RoomCode,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        match self.found.is_used_up(once(((caller.address.into(), code), 1)), now).await {
            true => Ok(()),
            false => self.take_look_up(caller, now).await,
        }
    }

    /// Stores that a room was found from an address.
    pub(crate) async fn note_found(&self, code: RoomCode, caller: &Caller, now: Timestamp) {
        self.found.take(once(((caller.address.into(), code), 1)), now).await;
    }

    /// Whether an address has used up its lookups of rooms.
    pub(crate) async fn has_no_look_ups(&self, caller: &Caller, now: Timestamp) -> bool {
        self.look_ups.is_used_up(tiers(caller), now).await
    }

    /// Counts a guest. Guests who come into a live room count for that room, because a school has one address and
    /// several classes.
    pub(crate) async fn take_sign_in(
        &self,
        room: Option<RoomCode>,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let quota = match room {
            Some(room) => {
                judge(self.sign_ins_to_all_rooms.take(tiers(caller), now).await, caller)?;
                let of_room = tiers(caller).map(move |(block, times)| ((block, room), times));
                self.sign_ins_to_rooms.take(of_room, now).await
            }
            None => self.sign_ins.take(tiers(caller), now).await,
        };
        judge(quota, caller)
    }

    /// Counts a report of a page about itself.
    pub(crate) async fn take_report(&self, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
        judge(self.reports.take(tiers(caller), now).await, caller)
    }

    /// Counts a download of an account's data.
    pub(crate) async fn take_export(&self, account: AccountId, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
        judge(self.exports.take(once((account, 1)), now).await, caller)
    }

    /// Counts a request of any kind. Responses mention this limit only when it is exceeded, as the others are tighter.
    pub(crate) async fn take_request(&self, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
        let quota = self.requests.take(tiers(caller), now).await;
        if quota.is_exceeded { judge(quota, caller) } else { Ok(()) }
    }

    /// The rooms that were opened from an address. The caller holds this lock until its room is open; otherwise several
    /// requests at once would be counted before any of their rooms is open.
    pub(crate) fn open_rooms(&self) -> Arc<Mutex<OpenRooms>> {
        self.open_rooms.clone()
    }
}

/// The blocks in which an address is counted.
fn tiers(caller: &Caller) -> impl Iterator<Item = (AddressBlock, u32)> + Clone + use<> {
    AddressBlock::tiers(caller.address)
}

fn judge(quota: Remainder, caller: &Caller) -> Result<(), Refusal> {
    caller.told.note(quota);
    if quota.is_exceeded { Err(Refusal::TooManyRequests) } else { Ok(()) }
}
