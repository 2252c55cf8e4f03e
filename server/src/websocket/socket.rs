//! The WebSocket of one connection after its handshake.

use futures::{
    StreamExt,
    stream::{SplitSink, SplitStream},
};
use governor::RateLimiter;
use heartogether::limits::{FRAME_BYTES, Limits};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{Join, ReadHalf, WriteHalf, join, split};
use tokio_tungstenite::WebSocketStream;
use tungstenite::{
    Message,
    protocol::{Role, WebSocketConfig},
};

use super::{frame_counter::FrameCounter, rate_limits::rate};

/// The buffer that each connection has from its beginning, for what the client sends. Small, because there are many idle
/// connections, and because almost all of their frames are smaller. It grows for a longer message.
const READ_BYTES: usize = 1024;
/// Bytes of small frames that are written together.
const WRITTEN_TOGETHER: usize = 4 * 1024;
/// Bytes that may wait in the socket's own buffer. The longest frame is the one with a room's view.
const WRITE_BYTES: usize = 1024 * 1024;
/// Larger than our own limit, so that our refusal comes before the library's error.
const MESSAGE_BYTES: usize = FRAME_BYTES + 4 * 1024;

/// A connection after its handshake. Its incoming frames are counted.
pub(super) type Socket = WebSocketStream<Join<FrameCounter<ReadHalf<Stream>>, WriteHalf<Stream>>>;
type Stream = TokioIo<Upgraded>;

/// A message of a client, or why none can be read any more.
pub(super) type Incoming = Result<Message, tungstenite::Error>;

/// The two halves of a socket.
pub(super) type Halves = (SplitSink<Socket, Message>, SplitStream<Socket>);

/// Speaks WebSocket over a connection that was upgraded. The halves are small: the socket itself does not lie in the tasks that
/// hold them.
pub(super) async fn open(upgraded: Upgraded, limits: &Limits) -> Halves {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(WRITTEN_TOGETHER)
        .max_write_buffer_size(WRITE_BYTES)
        .max_message_size(Some(MESSAGE_BYTES))
        .max_frame_size(Some(MESSAGE_BYTES));
    let (reading, writing) = split(TokioIo::new(upgraded));
    let limiter = RateLimiter::direct(rate(limits.frames_per_second, limits.frames_burst));
    let stream = join(FrameCounter::new(reading, limiter), writing);
    WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await.split()
}
