//! The frames that wait to be written to one connection. Their number is limited: a client that reads more slowly than its
//! rooms send is disconnected.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

use futures::FutureExt;
use heartogether::{
    id::{MemberId, RoomCode},
    protocol::{CustomEvent, FromRoom, LoungesChanged, Refused, RoomFrame, ServerMessage, encode},
    refusal::Refusal,
};
use tokio::sync::{Notify, mpsc};
use tungstenite::{Bytes, Message, Utf8Bytes};

use super::CloseReason;
use crate::metrics::{count_join, count_refusal, count_resume};

/// A frame to write. Clones share their bytes.
#[derive(Clone, Debug)]
pub(crate) enum Frame {
    /// A message.
    Text(Utf8Bytes),
    /// A signal. While it waits, it counts for its sender.
    Signal(Utf8Bytes, #[expect(dead_code, reason = "it is counted by those who hold it")] Waiting),
    /// A WebSocket ping, which every browser answers by itself.
    Ping,
    /// The end of the connection.
    Close(CloseReason),
}

impl Frame {
    pub(crate) fn message(message: &ServerMessage) -> Self {
        note(message);
        Self::Text(encode(message).into())
    }

    pub(crate) fn refusal(refusal: Refusal) -> Self {
        Self::message(&ServerMessage::Refused(Refused { refusal }))
    }

    /// A message from a room.
    pub(crate) fn from_room(room: RoomCode, message: FromRoom) -> Self {
        Self::message(&ServerMessage::from_room(room, message))
    }

    /// An event of a room's owner.
    pub(crate) fn custom(room: RoomCode, event: CustomEvent) -> Self {
        Self::Text(event.encode(room).into())
    }

    /// What has changed in an account's list of lounges.
    pub(crate) fn lounges_changed(changed: &LoungesChanged) -> Self {
        Self::Text(changed.encode().into())
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Text(text) | Self::Signal(text, _) => text.len(),
            Self::Ping | Self::Close(_) => 0,
        }
    }

    /// The frame as it is written. The end of the connection takes several frames, so it is the error.
    pub(crate) fn into_message(self) -> Result<Message, CloseReason> {
        match self {
            Self::Text(text) | Self::Signal(text, _) => Ok(Message::Text(text)),
            Self::Ping => Ok(Message::Ping(Bytes::new())),
            Self::Close(ending) => Err(ending),
        }
    }
}

/// Counts what is answered.
fn note(message: &ServerMessage) {
    match message {
        ServerMessage::Refused(Refused { refusal })
        | ServerMessage::Room(RoomFrame { message: FromRoom::Refused { refusal }, .. }) => count_refusal(*refusal),
        ServerMessage::Room(RoomFrame { message: FromRoom::Joined(_), .. }) => count_join(),
        ServerMessage::Room(RoomFrame { message: FromRoom::Resumed(_), .. }) => count_resume(),
        _ => {}
    }
}

/// Counts the waiting signals of a sender: each of them holds a clone.
type Waiting = Arc<()>;

/// The signals of one sender may take one of this many free places.
const SHARE: usize = 4;

/// While more bytes than this wait, long answers wait too (see [`SendQueue::has_room`]).
const MANY_BYTES: usize = 256 * 1024;

/// Sends frames to one connection's writer.
#[derive(Clone, Debug)]
pub(crate) struct SendQueue {
    frames: mpsc::Sender<Box<Frame>>,
    overflowed: Arc<Notify>,
    bytes: Arc<WaitingBytes>,
    rights: Arc<Rights>,
    signals: Arc<Mutex<HashMap<MemberId, Waiting>>>,
}

/// What the connection may no longer do.
#[derive(Debug, Default)]
struct Rights {
    is_confined: AtomicBool,
    is_closed: AtomicBool,
}

/// The number of bytes that wait.
#[derive(Debug, Default)]
struct WaitingBytes {
    count: AtomicUsize,
    /// Signalled when the writer takes a frame.
    written: Notify,
}

/// The writer's end of a [`SendQueue`].
pub(crate) struct Queue {
    frames: mpsc::Receiver<Box<Frame>>,
    overflowed: Arc<Notify>,
    bytes: Arc<WaitingBytes>,
}

/// A send queue for this many frames.
pub(crate) fn send_queue(capacity: usize) -> (SendQueue, Queue) {
    let (sender, receiver) = mpsc::channel(capacity.max(1));
    let overflowed = Arc::new(Notify::new());
    let bytes = Arc::<WaitingBytes>::default();
    let queue = Queue { frames: receiver, overflowed: overflowed.clone(), bytes: bytes.clone() };
    (SendQueue { frames: sender, overflowed, bytes, rights: Arc::default(), signals: Arc::default() }, queue)
}

impl SendQueue {
    /// Queues a frame. If the queue is full, the connection ends; the sender never waits.
    pub(crate) fn push(&self, frame: Frame) {
        let bytes = frame.bytes();
        self.bytes.count.fetch_add(bytes, Relaxed);
        if let Err(error) = self.frames.try_send(Box::new(frame)) {
            self.bytes.count.fetch_sub(bytes, Relaxed);
            if matches!(error, mpsc::error::TrySendError::Full(_)) {
                self.overflowed.notify_one();
            }
        }
    }

    /// Whether more than [`MANY_BYTES`] wait, or the queue is more than half full.
    pub(crate) fn is_crowded(&self) -> bool {
        self.bytes.count.load(Relaxed) > MANY_BYTES || self.frames.capacity() * 2 < self.frames.max_capacity()
    }

    /// Returns once there is room for a long answer, or the writer has stopped.
    pub(super) async fn has_room(&self) {
        while self.is_crowded() {
            let written = self.bytes.written.notified();
            if !self.is_crowded() {
                return;
            }
            tokio::select! {
                () = written => {}
                () = self.frames.closed() => return,
            }
        }
    }

    /// Queues a signal from a member. Signals may fill half of the queue. The other half is for the room's own messages, so
    /// that signals of others cannot end a connection. Each sender may fill only a share of the free places in the signals'
    /// half. So a member who sends too many leaves places for the others (a dynamic threshold: Choudhury and Hahne,
    /// "Dynamic queue length thresholds for shared-memory packet switches", 1998).
    ///
    /// # Errors
    /// [`Refusal::TooManyFrames`].
    pub(crate) fn push_signal(&self, sender: MemberId, message: &ServerMessage) -> Result<(), Refusal> {
        let mut signals = self.signals.lock().unwrap_or_else(PoisonError::into_inner);
        signals.retain(|_, waiting| Arc::strong_count(waiting) > 1);
        let left = self.frames.capacity().saturating_sub(self.frames.max_capacity() / 2);
        let waiting = signals.entry(sender).or_default();
        if (Arc::strong_count(waiting) - 1) * SHARE >= left {
            return Err(Refusal::TooManyFrames);
        }
        self.push(Frame::Signal(encode(message).into(), Arc::clone(waiting)));
        Ok(())
    }

    /// Ends the connection after the frames that are queued. Its later requests are ignored, and so are earlier ones that
    /// still wait.
    pub(crate) fn close(&self, ending: CloseReason) {
        if !self.rights.is_closed.swap(true, Relaxed) {
            self.push(Frame::Close(ending));
        }
    }

    /// Ends the connection after the frames that are queued, because of what the client did. Its earlier requests are
    /// carried out.
    pub(super) fn finish(&self, ending: CloseReason) {
        if !self.is_closed() {
            self.push(Frame::Close(ending));
        }
    }

    /// Whether [`SendQueue::close`] has been called.
    pub(super) fn is_closed(&self) -> bool {
        self.rights.is_closed.load(Relaxed)
    }

    /// Lets the connection keep its places in rooms, but take no new ones.
    pub(crate) fn confine(&self) {
        self.rights.is_confined.store(true, Relaxed);
    }

    /// Whether [`SendQueue::confine`] has been called.
    pub(super) fn is_confined(&self) -> bool {
        self.rights.is_confined.load(Relaxed)
    }

    /// Returns once the writer has stopped.
    pub(super) async fn closed(&self) {
        self.frames.closed().await;
    }
}

impl Queue {
    /// The next frame; `None` once nobody can queue one any more. After an overflow, it is the end of the connection.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        let frame = tokio::select! {
            biased;
            () = self.overflowed.notified() => return Some(Frame::Close(CloseReason::TOO_SLOW)),
            frame = self.frames.recv() => *frame?,
        };
        self.bytes.count.fetch_sub(frame.bytes(), Relaxed);
        self.bytes.written.notify_waiters();
        Some(frame)
    }

    /// The next frame, if one waits.
    pub(crate) fn next_waiting(&mut self) -> Option<Frame> {
        self.next().now_or_never().flatten()
    }

    /// Returns once a frame did not fit into the queue.
    pub(super) async fn overflowed(&self) {
        self.overflowed.notified().await;
    }

    /// Takes no further frames. The reader notices this.
    pub(super) fn close(&mut self) {
        self.frames.close();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;

    const CAPACITY: usize = 64;

    fn send(send_queue: &SendQueue, sender: u128) -> bool {
        send_queue.push_signal(MemberId::from_bits(sender), &ServerMessage::Heartbeat).is_ok()
    }

    #[test]
    fn a_flood_leaves_space_for_others_and_half_of_the_queue_for_the_room() {
        let (send_queue, queue) = send_queue(CAPACITY);
        let flooded = (0..).take_while(|_| send(&send_queue, 1)).count();
        assert!((2..CAPACITY / 4).contains(&flooded), "{flooded}");
        // An answer and some candidates each.
        for other in 2..6 {
            assert_eq!([(); 3].map(|()| send(&send_queue, other)), [true; 3], "{other}");
        }
        assert!(!send(&send_queue, 1));
        for other in 10..1_000 {
            send(&send_queue, other);
        }
        for _ in 0..CAPACITY / 2 {
            send_queue.push(Frame::Ping);
        }
        assert!(queue.overflowed().now_or_never().is_none(), "what the room says always fits");
    }

    #[test]
    fn a_sender_may_send_again_after_the_queue_is_read() {
        let (send_queue, mut queue) = send_queue(CAPACITY);
        let flooded = (0..).take_while(|_| send(&send_queue, 1)).count();
        assert!(!send(&send_queue, 1));
        queue.next().now_or_never().flatten().expect("a signal");
        assert!(send(&send_queue, 1));
        for _ in 0..flooded {
            queue.next().now_or_never().flatten().expect("a signal");
        }
        assert_eq!((0..).take_while(|_| send(&send_queue, 1)).count(), flooded);
    }

    #[test]
    fn a_long_answer_waits_while_too_many_bytes_wait() {
        let (send_queue, mut queue) = send_queue(CAPACITY);
        let text = |bytes: usize| Frame::Text("x".repeat(bytes).into());
        send_queue.push(text(MANY_BYTES - 1));
        send_queue.push(text(1));
        assert!(send_queue.has_room().now_or_never().is_some(), "this many may wait");
        send_queue.push(text(1));
        let mut room = pin!(send_queue.has_room());
        assert!(room.as_mut().now_or_never().is_none(), "one byte too many waits");
        queue.next().now_or_never().flatten().expect("the first frame");
        assert!(room.now_or_never().is_some(), "the writer took it");
    }

    #[test]
    fn a_frame_that_does_not_fit_is_not_counted() {
        let (send_queue, mut queue) = send_queue(1);
        send_queue.push(Frame::Ping);
        send_queue.push(Frame::Text("x".repeat(MANY_BYTES + 1).into()));
        assert!(matches!(queue.next().now_or_never().flatten(), Some(Frame::Close(CloseReason::TOO_SLOW))));
        assert!(matches!(queue.next().now_or_never().flatten(), Some(Frame::Ping)));
        assert!(send_queue.has_room().now_or_never().is_some());
    }
}
