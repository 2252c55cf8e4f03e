//! What nodes say to each other and share, beside the rooms' logs: messages, and what is counted for all of them.
//!
//! Each part has an implementation for one node, which asks nobody, and one on Redis. The truth about rooms is in their logs, and
//! about sessions in the database: what is here may be lost at any time and only makes things faster or limits them.

mod allowances;
pub mod bus;
mod marks;
pub mod message;
mod open_rooms;
mod receiving;
mod redis_bus;
mod signal_traces;

pub use allowances::{Action, Limit, SharedAllowances};
pub use open_rooms::SharedOpenRooms;
pub(crate) use receiving::receive;
pub use redis_bus::RedisBus;
pub use signal_traces::SharedSignalTraces;
