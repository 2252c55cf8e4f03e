//! The limits by account and by address, of this node.

use std::{collections::HashMap, iter::once, net::IpAddr, sync::Arc};

use heartogether::{
    id::{AccountId, RoomCode, RoomId},
    limits::{Limits, Quota},
    refusal::Refusal,
    time::Timestamp,
};
use heartogether_app::api::{Caller, Remainder};
use tokio::sync::Mutex;

use super::{AddressBlock, fixed_window::FixedWindows};

/// Rooms that one address may fill with guests in one window, such as the classes of a school.
const ROOMS_AT_ONE_ADDRESS: u32 = 10;

/// Counters for accounts and addresses.
pub(crate) struct RateLimits {
    rooms: FixedWindows<AccountId>,
    rooms_by_address: FixedWindows<AddressBlock>,
    look_ups: FixedWindows<AddressBlock>,
    /// Rooms that were found from an address. Each counts once in a window.
    found: FixedWindows<(AddressBlock, RoomCode)>,
    sign_ins: FixedWindows<AddressBlock>,
    /// Guests of one address who come into one room.
    sign_ins_to_rooms: FixedWindows<(AddressBlock, RoomCode)>,
    /// Guests of one address in all rooms, so that somebody who opens many rooms does not get as many more guests.
    sign_ins_to_all_rooms: FixedWindows<AddressBlock>,
    requests: FixedWindows<AddressBlock>,
    reports: FixedWindows<AddressBlock>,
    open_rooms: Arc<Mutex<OpenRooms>>,
}

impl RateLimits {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            rooms: FixedWindows::new(limits.rooms_per_account),
            rooms_by_address: FixedWindows::new(limits.new_rooms_per_address),
            look_ups: FixedWindows::new(limits.look_ups_per_address),
            found: FixedWindows::new(Quota { count: 1, ..limits.look_ups_per_address }),
            sign_ins: FixedWindows::new(limits.sign_ins_per_address),
            sign_ins_to_rooms: FixedWindows::new(limits.sign_ins_per_address),
            sign_ins_to_all_rooms: FixedWindows::new(Quota {
                count: limits.sign_ins_per_address.count.saturating_mul(ROOMS_AT_ONE_ADDRESS),
                ..limits.sign_ins_per_address
            }),
            requests: FixedWindows::new(limits.requests_per_address),
            // A listener reports once, and so does everybody who comes.
            reports: FixedWindows::new(limits.sign_ins_per_address),
            open_rooms: Arc::new(Mutex::new(OpenRooms::new(limits.rooms_per_address))),
        }
    }

    /// Counts a room that an account opens from an address.
    pub(crate) fn take_room(&self, owner: AccountId, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
        judge(self.rooms.take(owner, now), caller)?;
        judge(self.rooms_by_address.take_from_all(tiers(caller), now), caller)
    }

    /// Takes back the count of a room that could not be opened.
    pub(crate) fn give_room_back(&self, owner: AccountId, caller: &Caller, now: Timestamp) {
        self.rooms.give_back(once(owner), now);
        self.rooms_by_address.give_back(tiers(caller).map(|(block, _)| block), now);
    }

    /// Counts a lookup of a room.
    pub(crate) fn take_look_up(&self, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
        judge(self.look_ups.take_from_all(tiers(caller), now), caller)
    }

    /// Counts a lookup of a room by one of our pages, which repeats it every few seconds. A room that was found from
    /// this address before does not count again, as the caller learns nothing new.
    pub(crate) fn take_page_look_up(&self, code: RoomCode, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
        match self.found.is_used_up(once(((caller.address.into(), code), 1)), now) {
            true => Ok(()),
            false => self.take_look_up(caller, now),
        }
    }

    /// Stores that a room was found from an address.
    pub(crate) fn note_found(&self, code: RoomCode, caller: &Caller, now: Timestamp) {
        self.found.take((caller.address.into(), code), now);
    }

    /// Whether an address has used up its lookups of rooms.
    pub(crate) fn has_no_look_ups(&self, caller: &Caller, now: Timestamp) -> bool {
        self.look_ups.is_used_up(tiers(caller), now)
    }

    /// Counts a guest. Guests who come into a live room count for that room, because a school has one address and
    /// several classes.
    pub(crate) fn take_sign_in(&self, room: Option<RoomCode>, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
        let quota = match room {
            Some(room) => {
                judge(self.sign_ins_to_all_rooms.take_from_all(tiers(caller), now), caller)?;
                let of_room = tiers(caller).map(move |(block, times)| ((block, room), times));
                self.sign_ins_to_rooms.take_from_all(of_room, now)
            }
            None => self.sign_ins.take_from_all(tiers(caller), now),
        };
        judge(quota, caller)
    }

    /// Counts a report of a page about itself.
    pub(crate) fn take_report(&self, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
        judge(self.reports.take_from_all(tiers(caller), now), caller)
    }

    /// Counts a request of any kind. Responses mention this limit only when it is exceeded, as the others are tighter.
    pub(crate) fn take_request(&self, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
        let quota = self.requests.take_from_all(tiers(caller), now);
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

/// The open rooms of each address, in memory only: addresses are not stored, so they are lost at a restart.
pub(crate) struct OpenRooms {
    limit: usize,
    by_address: HashMap<AddressBlock, Vec<RoomId>>,
}

impl OpenRooms {
    fn new(limit: u32) -> Self {
        Self { limit: usize::try_from(limit).unwrap_or(usize::MAX), by_address: HashMap::new() }
    }

    /// Whether one more room may be opened. Removes the rooms that have ended.
    pub(crate) fn check(&mut self, address: IpAddr, is_open: impl Fn(RoomId) -> bool) -> Result<(), Refusal> {
        self.by_address.retain(|_, rooms| {
            rooms.retain(|room| is_open(*room));
            !rooms.is_empty()
        });
        let has_place = |(block, times): (AddressBlock, u32)| {
            let open = self.by_address.get(&block).map_or(0, Vec::len);
            open < self.limit.saturating_mul(times as usize)
        };
        if AddressBlock::tiers(address).all(has_place) { Ok(()) } else { Err(Refusal::TooManyRooms) }
    }

    /// Adds a room that is open now.
    pub(crate) fn add(&mut self, room: RoomId, address: IpAddr) {
        for (block, _) in AddressBlock::tiers(address) {
            self.by_address.entry(block).or_default().push(room);
        }
    }
}
