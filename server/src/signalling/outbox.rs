//! What waits to be written to one connection. Bounded: who reads slower than the room speaks is let go.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use axum::{
    body::Bytes,
    extract::ws::{Message, Utf8Bytes},
};
use heartogether::{
    refusal::Refusal,
    wire::{Refused, ServerMessage, encode},
};
use tokio::sync::{Notify, mpsc};

use super::Ending;

/// Something to write. Clones share their bytes.
#[derive(Clone, Debug)]
pub(crate) enum Frame {
    /// A message.
    Text(Utf8Bytes),
    /// A WebSocket ping, which every browser answers by itself.
    Ping,
    /// The last words.
    Close(Ending),
}

impl Frame {
    pub(crate) fn message(message: &ServerMessage) -> Self {
        Self::Text(encode(message).into())
    }

    pub(crate) fn refusal(refusal: Refusal) -> Self {
        Self::message(&ServerMessage::Refused(Refused { refusal }))
    }

    /// The frame on the wire; an ending is more than one.
    pub(super) fn into_message(self) -> Result<Message, Ending> {
        match self {
            Self::Text(text) => Ok(Message::Text(text)),
            Self::Ping => Ok(Message::Ping(Bytes::new())),
            Self::Close(ending) => Err(ending),
        }
    }
}

/// The way to one connection's writer.
#[derive(Clone, Debug)]
pub(crate) struct Outbox {
    frames: mpsc::Sender<Frame>,
    overflowed: Arc<Notify>,
    rights: Arc<Rights>,
}

/// What the connection has lost already.
#[derive(Debug, Default)]
struct Rights {
    is_confined: AtomicBool,
    is_closed: AtomicBool,
}

/// The writer's end of an [`Outbox`].
pub(crate) struct Queue {
    frames: mpsc::Receiver<Frame>,
    overflowed: Arc<Notify>,
}

/// An outbox for this many frames.
pub(crate) fn outbox(capacity: usize) -> (Outbox, Queue) {
    let (sender, receiver) = mpsc::channel(capacity.max(1));
    let overflowed = Arc::new(Notify::new());
    (
        Outbox { frames: sender, overflowed: overflowed.clone(), rights: Arc::default() },
        Queue { frames: receiver, overflowed },
    )
}

impl Outbox {
    /// Queues a frame. One too many ends the connection; nobody else waits.
    pub(crate) fn push(&self, frame: Frame) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.frames.try_send(frame) {
            self.overflowed.notify_one();
        }
    }

    /// Whether the connection reads so slowly that what can wait should.
    pub(crate) fn is_half_full(&self) -> bool {
        self.frames.capacity() < self.frames.max_capacity() / 2
    }

    /// Ends the connection after what is queued. Nothing that it says counts from now on.
    pub(crate) fn close(&self, ending: Ending) {
        self.rights.is_closed.store(true, Relaxed);
        self.push(Frame::Close(ending));
    }

    /// Whether [`Outbox::close`] has been called.
    pub(super) fn is_closed(&self) -> bool {
        self.rights.is_closed.load(Relaxed)
    }

    /// The connection keeps the place it has, and gets no other.
    pub(crate) fn confine(&self) {
        self.rights.is_confined.store(true, Relaxed);
    }

    /// Whether [`Outbox::confine`] has been called.
    pub(super) fn is_confined(&self) -> bool {
        self.rights.is_confined.load(Relaxed)
    }

    /// Returns once the writer has stopped.
    pub(super) async fn closed(&self) {
        self.frames.closed().await;
    }
}

impl Queue {
    /// The next frame; `None` once nobody can queue one any more. After an overflow it is the last.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        tokio::select! {
            biased;
            () = self.overflowed.notified() => Some(Frame::Close(Ending::TOO_SLOW)),
            frame = self.frames.recv() => frame,
        }
    }

    /// Returns once a frame did not fit.
    pub(super) async fn overflowed(&self) {
        self.overflowed.notified().await;
    }

    /// Takes no further frames, which tells the reader.
    pub(super) fn close(&mut self) {
        self.frames.close();
    }
}
