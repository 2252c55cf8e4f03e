//! `GET /ws`: the connections over which members talk to their rooms.
//!
//! `upgrade` accepts a connection, `reader` reads it, `connection` holds its state, `room_requests` carries out its
//! requests to rooms, and `writer` writes to it; `socket` is what both use. Other code holds only its [`SendQueue`]. No frame is used before it is
//! checked, and a misbehaving connection is closed without effect on others.

mod close_reason;
mod connection;
mod entered_rooms;
mod frame_counter;
mod origin_check;
mod rate_limits;
mod reader;
mod request_queue;
mod room_requests;
mod send_queue;
mod socket;
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
