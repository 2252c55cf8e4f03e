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

/// Rooms into which guests come from one address at once, such as the classes of a school.
const ROOMS_AT_ONE_ADDRESS: u32 = 10;

/// What accounts and addresses have taken.
pub(crate) struct RateLimits {
    rooms: FixedWindows<AccountId>,
    rooms_by_address: FixedWindows<AddressBlock>,
    look_ups: FixedWindows<AddressBlock>,
    /// Rooms that were found from an address, each once in a window.
    found: FixedWindows<(AddressBlock, RoomCode)>,
    sign_ins: FixedWindows<AddressBlock>,
    /// Guests who come into a room whose code they know.
    sign_ins_to_rooms: FixedWindows<(AddressBlock, RoomCode)>,
    /// The same over all rooms: whoever opens many has not many times as many guests.
    sign_ins_to_all_rooms: FixedWindows<AddressBlock>,
    requests: FixedWindows<AddressBlock>,
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
            open_rooms: Arc::new(Mutex::new(OpenRooms::new(limits.rooms_per_address))),
        }
    }

    /// One more room of an account's, opened from an address.
    pub(crate) fn take_room(&self, owner: AccountId, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
        judge(self.rooms.take(owner, now), caller)?;
        judge(self.rooms_by_address.take_from_all(tiers(caller), now), caller)
    }

    /// One room less: it could not be opened.
    pub(crate) fn give_room_back(&self, owner: AccountId, caller: &Caller, now: Timestamp) {
        self.rooms.give_back(once(owner), now);
        self.rooms_by_address.give_back(tiers(caller).map(|(block, _)| block), now);
    }

    /// One more look at a room, by whatever way.
    pub(crate) fn take_look_up(&self, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
        judge(self.look_ups.take_from_all(tiers(caller), now), caller)
    }

    /// One more look at a room from a page of ours, which looks again every few seconds: a room that was found from this
    /// address costs nothing more, as nothing is learnt by it.
    pub(crate) fn take_page_look_up(&self, code: RoomCode, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
        match self.found.is_used_up(once(((caller.address.into(), code), 1)), now) {
            true => Ok(()),
            false => self.take_look_up(caller, now),
        }
    }

    /// Remembers that a room was found.
    pub(crate) fn note_found(&self, code: RoomCode, caller: &Caller, now: Timestamp) {
        self.found.take((caller.address.into(), code), now);
    }

    /// Whether an address has looked at as many rooms as it may.
    pub(crate) fn has_no_look_ups(&self, caller: &Caller, now: Timestamp) -> bool {
        self.look_ups.is_used_up(tiers(caller), now)
    }

    /// One more guest. Who comes into a live room is counted by that room: a school has one address and several classes.
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

    /// One more request of any kind. Callers hear of this limit only once it is exceeded: others are tighter.
    pub(crate) fn take_request(&self, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
        let quota = self.requests.take_from_all(tiers(caller), now);
        if quota.is_exceeded { judge(quota, caller) } else { Ok(()) }
    }

    /// The rooms that were opened from an address. Held while a room is opened, to the end: as many as ask at once would be
    /// counted before any of them is open.
    pub(crate) fn open_rooms(&self) -> Arc<Mutex<OpenRooms>> {
        self.open_rooms.clone()
    }
}

/// What an address counts in.
fn tiers(caller: &Caller) -> impl Iterator<Item = (AddressBlock, u32)> + Clone + use<> {
    AddressBlock::tiers(caller.address)
}

fn judge(quota: Remainder, caller: &Caller) -> Result<(), Refusal> {
    caller.told.note(quota);
    if quota.is_exceeded { Err(Refusal::TooManyRequests) } else { Ok(()) }
}

/// Which open rooms were opened from which address. Kept in memory alone: addresses are not written down, so a restart
/// forgets where a room came from.
pub(crate) struct OpenRooms {
    limit: usize,
    by_address: HashMap<AddressBlock, Vec<RoomId>>,
}

impl OpenRooms {
    fn new(limit: u32) -> Self {
        Self { limit: usize::try_from(limit).unwrap_or(usize::MAX), by_address: HashMap::new() }
    }

    /// Whether one more may be opened. Rooms that are open no more are forgotten here.
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

    /// Counts one that is open now.
    pub(crate) fn add(&mut self, room: RoomId, address: IpAddr) {
        for (block, _) in AddressBlock::tiers(address) {
            self.by_address.entry(block).or_default().push(room);
        }
    }
}
