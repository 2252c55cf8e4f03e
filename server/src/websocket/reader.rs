//! Reads one connection: checks the size and form of every message and the rate of frames, and detects silence.

use std::time::Duration;

use futures::{Stream, StreamExt};
use heartogether::{
    limits::Limits,
    protocol::{ServerMessage, decode_client},
    refusal::Refusal,
    time::Timestamp,
};
use tokio::task::{JoinHandle, yield_now};
use tungstenite::Message;

use super::{CloseReason, Frame, connection::Connection, frame_counter::TooManyFrames, socket::Incoming};

/// How long a closed connection stays open for the client to read the last frames.
const LINGER: Duration = Duration::from_secs(1);

/// What comes from a client: the reading half of a socket, or what is posted to an event stream.
pub(super) trait Frames: Stream<Item = Incoming> + Unpin {}

impl<F: Stream<Item = Incoming> + Unpin> Frames for F {}

/// Reads until the connection ends, from either side.
pub(super) async fn read(mut frames: impl Frames, mut connection: Connection, writing: JoinHandle<()>) {
    let ending = listen(&mut frames, &mut connection).await;
    connection.end(ending).await;
    linger(frames, writing, ending).await;
}

/// Reads what is left: with unread bytes, the system would reset the connection, and the client would lose the last
/// frames.
pub(super) async fn linger(mut frames: impl Frames, writing: JoinHandle<()>, ending: CloseReason) {
    // The writer's own limits bound the wait.
    let _ = writing.await;
    let drained = async {
        loop {
            match frames.next().await {
                Some(Ok(Message::Close(_))) => return,
                Some(Ok(_)) => yield_now().await,
                // After a frame that cannot be read, no other frame can be found. So this only waits.
                Some(Err(_)) | None if ending.refusal().is_some() => std::future::pending().await,
                Some(Err(_)) | None => return,
            }
        }
    };
    let _ = tokio::time::timeout(LINGER, drained).await;
}

async fn listen(frames: &mut impl Frames, connection: &mut Connection) -> CloseReason {
    let clock = connection.clock();
    let mut pulse = Pulse::new(connection.limits(), clock.now());
    let send_queue = connection.send_queue().clone();
    loop {
        let frame = tokio::select! {
            frame = frames.next() => frame,
            () = send_queue.closed() => return CloseReason::GONE,
            () = clock.sleep_until(pulse.next_at(connection.is_greeted())) => {
                if let Err(ending) = pulse.beat(clock.now(), connection) {
                    return ending;
                }
                continue;
            }
        };
        pulse.heard_at = clock.now();
        if let Err(ending) = hear(frame, connection).await {
            return ending;
        }
        // A buffer holds many frames. After each one, other tasks may run.
        yield_now().await;
    }
}

async fn hear(frame: Option<Incoming>, connection: &mut Connection) -> Result<(), CloseReason> {
    let message = match frame {
        None => return Err(CloseReason::GONE),
        Some(Err(error)) => return Err(ending_of(&error)),
        Some(Ok(message)) => message,
    };
    match message {
        Message::Text(text) => {
            let message = decode_client(&text).map_err(CloseReason::refused)?;
            connection.handle(Box::new(message), text.len()).await
        }
        Message::Binary(_) => Err(CloseReason::NOT_TEXT),
        // The library hands out no frames that are parts of messages.
        Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Ok(()),
        Message::Close(_) => Err(CloseReason::GONE),
    }
}

fn ending_of(error: &tungstenite::Error) -> CloseReason {
    use tungstenite::Error::{Capacity, Io, Protocol, Utf8};
    match error {
        Io(error) if TooManyFrames::is_reason_for(error) => CloseReason::refused(Refusal::TooManyFrames),
        Capacity(_) => CloseReason::refused(Refusal::FrameTooLarge),
        Utf8(_) => CloseReason::NOT_UTF8,
        Protocol(_) => CloseReason::NO_WEBSOCKET,
        _ => CloseReason::GONE,
    }
}

/// When to send a ping, and when to give up waiting for an answer.
struct Pulse {
    hello_by: Timestamp,
    beat_at: Timestamp,
    heard_at: Timestamp,
    silence_ms: u64,
    heartbeat_ms: u64,
}

impl Pulse {
    fn new(limits: &Limits, now: Timestamp) -> Self {
        let Limits { hello_ms, heartbeat_ms, silence_ms, .. } = *limits;
        let (hello_by, beat_at) = (now.after_ms(hello_ms), now.after_ms(heartbeat_ms));
        Self { hello_by, beat_at, heard_at: now, silence_ms, heartbeat_ms }
    }

    fn silent_at(&self) -> Timestamp {
        self.heard_at.after_ms(self.silence_ms)
    }

    fn next_at(&self, is_greeted: bool) -> Timestamp {
        match is_greeted {
            true => self.beat_at.min(self.silent_at()),
            false => self.hello_by,
        }
    }

    /// Does what is due.
    fn beat(&mut self, now: Timestamp, connection: &Connection) -> Result<(), CloseReason> {
        match () {
            () if !connection.is_greeted() => return Err(CloseReason::refused(Refusal::HelloMissing)),
            () if now >= self.silent_at() => return Err(CloseReason::GONE),
            () => {}
        }
        // The heartbeat is for the page, which cannot see pings. The ping is for the server: the browser answers it
        // even while the page's timers are throttled.
        connection.send_queue().push(Frame::message(&ServerMessage::Heartbeat));
        connection.send_queue().push(Frame::Ping);
        self.beat_at = now.after_ms(self.heartbeat_ms);
        Ok(())
    }
}
