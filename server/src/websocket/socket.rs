//! The WebSocket of one connection after its handshake.

use governor::RateLimiter;
use heartogether::limits::{FRAME_BYTES, Limits};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{Join, ReadHalf, WriteHalf, join, split};
use tokio_tungstenite::WebSocketStream;
use tungstenite::protocol::{Role, WebSocketConfig};

use super::{frame_counter::FrameCounter, rate_limits::rate};

/// Small, because there are many idle connections: with the library's default of 128 KiB, 8,000 of them would need a
/// gigabyte.
const BUFFER_BYTES: usize = 4 * 1024;
/// Bytes that may wait in the socket's own buffer. The longest frame is the one with a room's view.
const WRITE_BYTES: usize = 1024 * 1024;
/// Larger than our own limit, so that our refusal comes before the library's error.
const MESSAGE_BYTES: usize = FRAME_BYTES + BUFFER_BYTES;

/// A connection after its handshake. Its incoming frames are counted.
pub(super) type Socket = WebSocketStream<Join<FrameCounter<ReadHalf<Stream>>, WriteHalf<Stream>>>;
type Stream = TokioIo<Upgraded>;

/// Speaks WebSocket over a connection that was upgraded.
pub(super) async fn open(upgraded: Upgraded, limits: &Limits) -> Socket {
    let config = WebSocketConfig::default()
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BYTES)
        .max_message_size(Some(MESSAGE_BYTES))
        .max_frame_size(Some(MESSAGE_BYTES));
    let (reading, writing) = split(TokioIo::new(upgraded));
    let limiter = RateLimiter::direct(rate(limits.frames_per_second, limits.frames_burst));
    let stream = join(FrameCounter::new(reading, limiter), writing);
    WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await
}
