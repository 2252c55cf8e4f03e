//! Writes to one connection.

use std::{sync::Arc, time::Duration};

use futures::{SinkExt, stream::SplitSink};
use tungstenite::Message;

use super::{CloseReason, Frame, send_queue::Queue, socket::Socket};
use crate::clock::Clock;

/// Milliseconds that a socket may take to accept a frame.
const WRITE_MS: u64 = 10_000;
/// How long the last frames may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// The writing half of a socket.
pub(super) type Sink = SplitSink<Socket, Message>;

/// Writes what is queued until the connection ends.
pub(super) async fn write(mut sink: Sink, mut queue: Queue, clock: Arc<dyn Clock>) {
    let ending = speak(&mut sink, &mut queue, &*clock).await;
    queue.close();
    if let Some(ending) = ending {
        // If the last frames cannot be sent, nothing else can be done.
        let _ = tokio::time::timeout(FAREWELL, bid_farewell(&mut sink, ending)).await;
    }
}

/// Returns the reason to close with, or `None` if the client has gone.
async fn speak(sink: &mut Sink, queue: &mut Queue, clock: &dyn Clock) -> Option<CloseReason> {
    loop {
        let message = match queue.next().await?.into_message() {
            Ok(message) => message,
            Err(ending) => return Some(ending),
        };
        tokio::select! {
            biased;
            sent = sink.send(message) => sent.ok()?,
            () = queue.overflowed() => return Some(CloseReason::TOO_SLOW),
            () = clock.sleep_until(clock.now().after_ms(WRITE_MS)) => return Some(CloseReason::TOO_SLOW),
        }
    }
}

async fn bid_farewell(sink: &mut Sink, ending: CloseReason) -> Result<(), tungstenite::Error> {
    if let Some(Ok(refusal)) = ending.refusal().map(|refusal| Frame::refusal(refusal).into_message()) {
        sink.feed(refusal).await?;
    }
    sink.send(Message::Close(Some(ending.close_frame()))).await
}
