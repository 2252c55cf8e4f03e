//! `GET /ws`: the connections over which members talk to their rooms.
//!
//! `upgrade` lets a connection in, `reader` listens to it, `writer` speaks to it, and an [`Outbox`] is all that others
//! hold of it. Every frame is hostile until checked, and a connection that misbehaves is closed alone.

mod allowances;
mod conversation;
mod ending;
mod frame_counter;
mod origin;
mod outbox;
mod reader;
mod upgrade;
mod writer;

pub(crate) use allowances::Allowances;
#[cfg(test)]
pub(crate) use conversation::Conversation;
pub(crate) use ending::Ending;
pub(crate) use origin::Origins;
pub(crate) use outbox::{Frame, Outbox};
#[cfg(test)]
pub(crate) use outbox::{Queue, outbox};
pub(crate) use upgrade::upgrade;

use std::num::NonZeroU32;

use governor::Quota;

/// So many a second, and so many at once.
fn rate(per_second: u32, burst: u32) -> Quota {
    let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst))
}
