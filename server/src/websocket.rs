//! `GET /ws`: the connections over which members talk to their rooms.
//!
//! `upgrade` lets a connection in, `reader` listens to it, `connection` knows what it has said so far, `room_requests` carries out
//! what it asks of its rooms, `writer` speaks to it, and a [`SendQueue`] is all that others
//! hold of it. Every frame is hostile until checked, and a connection that misbehaves is closed alone.

mod close_reason;
mod connection;
mod entered_rooms;
mod frame_counter;
mod lanes;
mod origin_check;
mod rate_limits;
mod reader;
mod room_requests;
mod send_queue;
mod upgrade;
mod writer;

pub(crate) use close_reason::CloseReason;
#[cfg(test)]
pub(crate) use connection::Connection;
pub(crate) use origin_check::Origins;
pub(crate) use rate_limits::CommandLimits;
pub(crate) use send_queue::{Frame, SendQueue};
#[cfg(test)]
pub(crate) use send_queue::{Queue, send_queue};
pub(crate) use upgrade::upgrade;

use std::num::NonZeroU32;

use governor::Quota;

/// So many a second, and so many at once.
fn rate(per_second: u32, burst: u32) -> Quota {
    let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst))
}
