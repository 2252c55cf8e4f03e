//! `GET /ws`: the connections over which members talk to their rooms.
//!
//! `upgrade` lets a connection in, `reader` listens to it, `writer` speaks to it, and an [`Outbox`] is all that others
//! hold of it. Every frame is hostile until checked, and a connection that misbehaves is closed alone.

mod conversation;
mod ending;
mod origin;
mod outbox;
mod reader;
mod upgrade;
mod writer;

pub(crate) use ending::Ending;
pub(crate) use origin::Origins;
pub(crate) use outbox::{Frame, Outbox};
pub(crate) use upgrade::upgrade;
