//! Writes a connection's messages as events (HTML, section 9.2.6, "Interpreting an event stream").

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures::{Sink, channel::mpsc};
use tungstenite::{Bytes, Error, Message};

use super::stream_id::StreamId;

/// Bytes of events that are written together.
const WRITTEN_TOGETHER: usize = 4 * 1024;

/// The first event: the stream's id.
pub(super) fn opened(id: StreamId) -> Bytes {
    format!("event: stream\ndata: {id}\n\n").into()
}

/// The body of a response, to which messages are written.
pub(super) struct EventSink {
    body: mpsc::Sender<Bytes>,
    /// Events that are written together with the next ones.
    waiting: Vec<u8>,
}

impl EventSink {
    pub(super) const fn new(body: mpsc::Sender<Bytes>) -> Self {
        Self { body, waiting: Vec::new() }
    }

    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.waiting.is_empty() {
            return Poll::Ready(Ok(()));
        }
        let closed = |_| Error::ConnectionClosed;
        ready!(self.body.poll_ready(context)).map_err(closed)?;
        let events = std::mem::take(&mut self.waiting);
        Poll::Ready(self.body.start_send(events.into()).map_err(closed))
    }
}

impl Sink<Message> for EventSink {
    type Error = Error;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.waiting.len() < WRITTEN_TOGETHER { Poll::Ready(Ok(())) } else { self.poll_write(context) }
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        add_event(&mut self.waiting, &message);
        Ok(())
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_write(context)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        ready!(self.poll_write(context))?;
        self.body.close_channel();
        Poll::Ready(Ok(()))
    }
}

/// Writes a message as an event. Browsers drop an event without data, so a ping has some.
fn add_event(events: &mut Vec<u8>, message: &Message) {
    match message {
        // JSON on one line.
        Message::Text(text) => [b"data: ", text.as_bytes(), b"\n\n"].map(|part| events.extend(part)),
        Message::Ping(_) => [b"event: ping\n".as_slice(), b"data: ping", b"\n\n"].map(|part| events.extend(part)),
        Message::Close(frame) => {
            let code = frame.as_ref().map_or(1000, |frame| frame.code.into()).to_string();
            [b"event: close\ndata: ", code.as_bytes(), b"\n\n"].map(|part| events.extend(part))
        }
        // The server sends none of these.
        Message::Binary(_) | Message::Pong(_) | Message::Frame(_) => return,
    };
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, SinkExt, StreamExt};
    use heartogether::refusal::Refusal;

    use super::*;
    use crate::websocket::CloseReason;

    #[tokio::test]
    async fn messages_are_events_and_those_that_wait_are_written_together() {
        let (body, mut written) = mpsc::channel(0);
        let mut sink = EventSink::new(body);
        let close = Message::Close(Some(CloseReason::refused(Refusal::TooSlow).close_frame()));
        for message in [Message::text(r#"{"pong":{"nonce":7}}"#), Message::Ping(Bytes::new()), close] {
            sink.feed(message).await.expect("an open body");
        }
        assert!(written.next().now_or_never().is_none(), "nothing is written yet");
        sink.flush().await.expect("an open body");
        let events = "data: {\"pong\":{\"nonce\":7}}\n\nevent: ping\ndata: ping\n\nevent: close\ndata: 1008\n\n";
        assert_eq!(written.next().await.expect("a piece"), events.as_bytes());
    }

    #[tokio::test]
    async fn a_body_that_nobody_reads_takes_no_more() {
        let (body, written) = mpsc::channel(0);
        let mut sink = EventSink::new(body);
        let long = Message::text("x".repeat(WRITTEN_TOGETHER));
        sink.send(long.clone()).await.expect("one piece waits");
        sink.feed(long.clone()).await.expect("and one in the sink");
        assert!(sink.feed(long.clone()).now_or_never().is_none());
        drop(written);
        assert!(sink.feed(long).await.is_err(), "the client is gone");
    }
}
