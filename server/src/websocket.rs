//! The connections over which members talk to their rooms: `GET /ws`, and `GET /api/stream` for networks in which no WebSocket
//! can be opened.
//!
//! `upgrade` accepts a WebSocket, and `event_stream` what takes its place. From there on both are the same: `serving` admits a
//! connection, `reader` reads it, `connection` holds its state, `room_requests` carries out its requests to rooms, and `writer`
//! writes to it. Other code holds only its [`SendQueue`]. No frame is used before it is checked, and a misbehaving connection is
//! closed without effect on others.

mod close_reason;
mod connection;
mod entered_rooms;
mod event_stream;
mod frame_counter;
mod origin_check;
mod rate_limits;
mod reader;
mod request_queue;
mod room_requests;
mod send_queue;
mod serving;
mod socket;
mod upgrade;
mod writer;

pub(crate) use close_reason::CloseReason;
#[cfg(test)]
pub(crate) use connection::Connection;
pub(crate) use event_stream::{CarriedPosts, Streams, open as open_stream, post as post_to_stream};
pub(crate) use origin_check::Origins;
pub(crate) use rate_limits::CommandLimits;
pub(crate) use send_queue::{Frame, SendQueue};
#[cfg(test)]
pub(crate) use send_queue::{Queue, send_queue};
pub(crate) use upgrade::upgrade;
