//! Listens to one connection: checks every message's size and form, and every frame's rate, and keeps time.

use std::time::Duration;

use futures::{StreamExt, stream::SplitStream};
use heartogether::{
    limits::Limits,
    refusal::Refusal,
    time::Timestamp,
    protocol::{ServerMessage, decode_client},
};
use tokio::task::{JoinHandle, yield_now};
use tungstenite::Message;

use super::{Ending, Frame, conversation::Conversation, frame_counter::TooManyFrames, upgrade::Socket};

/// How long a connection that was closed stays open for the client to read the last words.
const LINGER: Duration = Duration::from_secs(1);

/// The half of a socket that is read from.
pub(super) type Frames = SplitStream<Socket>;

/// Listens until the connection ends, whoever ends it.
pub(super) async fn read(mut frames: Frames, mut conversation: Conversation, writing: JoinHandle<()>) {
    let ending = listen(&mut frames, &mut conversation).await;
    conversation.outbox().close(ending);
    conversation.end().await;
    linger(frames, writing, ending).await;
}

/// Unread bytes would make the system reset the connection and take the last words with it.
pub(super) async fn linger(mut frames: Frames, writing: JoinHandle<()>, ending: Ending) {
    // The writer's own limits bound the wait.
    let _ = writing.await;
    let drained = async {
        loop {
            match frames.next().await {
                Some(Ok(Message::Close(_))) => return,
                Some(Ok(_)) => yield_now().await,
                // A frame that cannot be read stays in the way of all others; time is all that can be given.
                Some(Err(_)) | None if ending.refusal().is_some() => std::future::pending().await,
                Some(Err(_)) | None => return,
            }
        }
    };
    let _ = tokio::time::timeout(LINGER, drained).await;
}

async fn listen(frames: &mut Frames, conversation: &mut Conversation) -> Ending {
    let clock = conversation.clock();
    let mut pulse = Pulse::new(conversation.limits(), clock.now());
    let outbox = conversation.outbox().clone();
    loop {
        let frame = tokio::select! {
            frame = frames.next() => frame,
            () = outbox.closed() => return Ending::GONE,
            () = clock.sleep_until(pulse.next_at(conversation.is_greeted())) => {
                if let Err(ending) = pulse.beat(clock.now(), conversation) {
                    return ending;
                }
                continue;
            }
        };
        pulse.heard_at = clock.now();
        if let Err(ending) = hear(frame, conversation).await {
            return ending;
        }
        // A buffer holds many frames, and others wait: after each it is their turn.
        yield_now().await;
    }
}

async fn hear(
    frame: Option<Result<Message, tungstenite::Error>>,
    conversation: &mut Conversation,
) -> Result<(), Ending> {
    let message = match frame {
        None => return Err(Ending::GONE),
        Some(Err(error)) => return Err(ending_of(&error)),
        Some(Ok(message)) => message,
    };
    match message {
        Message::Text(text) => conversation.hear(decode_client(&text).map_err(Ending::refused)?, text.len()).await,
        Message::Binary(_) => Err(Ending::NOT_TEXT),
        // The library hands out no frames that are parts of messages.
        Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Ok(()),
        Message::Close(_) => Err(Ending::GONE),
    }
}

fn ending_of(error: &tungstenite::Error) -> Ending {
    use tungstenite::Error::{Capacity, Io, Protocol, Utf8};
    match error {
        Io(error) if TooManyFrames::is_reason_for(error) => Ending::refused(Refusal::TooManyFrames),
        Capacity(_) => Ending::refused(Refusal::FrameTooLarge),
        Utf8(_) => Ending::NOT_UTF8,
        Protocol(_) => Ending::NO_WEBSOCKET,
        _ => Ending::GONE,
    }
}

/// When to ask for a sign of life, and when to stop waiting for one.
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
    fn beat(&mut self, now: Timestamp, conversation: &Conversation) -> Result<(), Ending> {
        match () {
            () if !conversation.is_greeted() => return Err(Ending::refused(Refusal::HelloMissing)),
            () if now >= self.silent_at() => return Err(Ending::GONE),
            () => {}
        }
        // The heartbeat is for the page, which cannot see pings; the ping is for us, as the browser answers it even
        // while the page's timers are throttled.
        conversation.outbox().push(Frame::message(&ServerMessage::Heartbeat));
        conversation.outbox().push(Frame::Ping);
        self.beat_at = now.after_ms(self.heartbeat_ms);
        Ok(())
    }
}
