//! What takes the place of a WebSocket where none can be opened: the server's frames are events of `GET /api/stream` (HTML,
//! "Server-sent events"), and the client's are posted to `/api/stream/{id}`.
//!
//! `open` opens a stream, `sink` writes to it, `post` takes what is posted, `streams` knows those of this node, and `carried` gets to
//! another node what was posted for one of its streams.

mod carried;
mod open;
mod post;
mod sink;
mod stream_id;
mod streams;

pub(crate) use carried::CarriedPosts;
pub(crate) use open::open;
pub(crate) use post::post;
pub(crate) use streams::Streams;
