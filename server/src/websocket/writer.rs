//! Writes to one connection.

use std::{pin::pin, sync::Arc, time::Duration};

use futures::{FutureExt, Sink, SinkExt};
use tungstenite::Message;

use super::{CloseReason, Frame, send_queue::Queue};
use crate::clock::Clock;

/// Milliseconds that a socket may take to accept a frame.
const WRITE_MS: u64 = 10_000;
/// How long the last frames may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// Where a connection's messages go: the writing half of a socket, or an event stream.
pub(super) trait Written: Sink<Message, Error = tungstenite::Error> + Unpin {}

impl<S: Sink<Message, Error = tungstenite::Error> + Unpin> Written for S {}

/// Writes what is queued until the connection ends.
pub(super) async fn write(mut sink: impl Written, mut queue: Queue, clock: Arc<dyn Clock>) {
    let ending = speak(&mut sink, &mut queue, &*clock).await;
    queue.close();
    if let Some(ending) = ending {
        // If the last frames cannot be sent, nothing else can be done.
        let _ = tokio::time::timeout(FAREWELL, bid_farewell(&mut sink, ending)).await;
    }
}

/// Returns the reason to close with, or `None` if the client has gone.
async fn speak(sink: &mut impl Written, queue: &mut Queue, clock: &dyn Clock) -> Option<CloseReason> {
    loop {
        if let Err(ending) = write_waiting(sink, queue, clock).await {
            return ending;
        }
    }
}

/// Waits for a frame, and writes it together with those that wait behind it: one call of the system for many small frames.
///
/// # Errors
/// What [`speak`] returns.
async fn write_waiting(
    sink: &mut impl Written,
    queue: &mut Queue,
    clock: &dyn Clock,
) -> Result<(), Option<CloseReason>> {
    let mut next = Some(queue.next().await.ok_or(None)?);
    while let Some(frame) = next {
        let message = frame.into_message().map_err(Some)?;
        in_time(sink.feed(message), queue, clock).await?;
        next = queue.next_waiting();
    }
    in_time(sink.flush(), queue, clock).await
}

/// Waits until the socket takes what is written, while the client reads fast enough.
async fn in_time(
    writing: impl Future<Output = Result<(), tungstenite::Error>>,
    queue: &Queue,
    clock: &dyn Clock,
) -> Result<(), Option<CloseReason>> {
    let mut writing = pin!(writing);
    // The socket nearly always takes it at once, and then no timer is needed.
    if let Some(written) = writing.as_mut().now_or_never() {
        return written.map_err(|_| None);
    }
    tokio::select! {
        biased;
        written = writing => written.map_err(|_| None),
        () = queue.overflowed() => Err(Some(CloseReason::TOO_SLOW)),
        () = clock.sleep_until(clock.now().after_ms(WRITE_MS)) => Err(Some(CloseReason::TOO_SLOW)),
    }
}

async fn bid_farewell(sink: &mut impl Written, ending: CloseReason) -> Result<(), tungstenite::Error> {
    if let Some(Ok(refusal)) = ending.refusal().map(|refusal| Frame::refusal(refusal).into_message()) {
        sink.feed(refusal).await?;
    }
    sink.send(Message::Close(Some(ending.close_frame()))).await
}

#[cfg(test)]
mod tests {
    use std::{
        pin::Pin,
        task::{Context, Poll},
    };

    use heartogether::protocol::ServerMessage;

    use super::*;
    use crate::{clock::SystemClock, websocket::send_queue::send_queue};

    /// What was written before each flush.
    #[derive(Default)]
    struct Written {
        flushed: Vec<usize>,
        waiting: usize,
    }

    impl Sink<Message> for Written {
        type Error = tungstenite::Error;

        fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(Ok(()))
        }

        fn start_send(mut self: Pin<&mut Self>, _: Message) -> Result<(), Self::Error> {
            self.waiting += 1;
            Ok(())
        }

        fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            let waiting = std::mem::take(&mut self.waiting);
            self.flushed.push(waiting);
            Poll::Ready(Ok(()))
        }

        fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test]
    async fn frames_that_wait_are_written_together() {
        let (send_queue, mut queue) = send_queue(8);
        let (mut written, clock) = (Written::default(), SystemClock::start());
        for frames in [3, 1, 2] {
            (0..frames).for_each(|_| send_queue.push(Frame::message(&ServerMessage::Heartbeat)));
            assert_eq!(write_waiting(&mut written, &mut queue, &clock).await, Ok(()));
        }
        assert_eq!(written.flushed, [3, 1, 2]);
    }

    #[tokio::test]
    async fn the_end_comes_after_the_frames_before_it() {
        let (send_queue, mut queue) = send_queue(8);
        let (mut written, clock) = (Written::default(), SystemClock::start());
        send_queue.push(Frame::Ping);
        send_queue.close(CloseReason::GONE);
        assert_eq!(write_waiting(&mut written, &mut queue, &clock).await, Err(Some(CloseReason::GONE)));
        assert_eq!((written.waiting, written.flushed.len()), (1, 0), "the close frame flushes it");
        drop(send_queue);
        assert_eq!(write_waiting(&mut written, &mut queue, &clock).await, Err(None));
    }
}
