//! The event streams of this node, and what is posted to them.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use governor::{DefaultDirectRateLimiter, RateLimiter};
use heartogether::{id::ConnectionId, limits::Limits, refusal::Refusal};
use tokio::sync::mpsc;
use tungstenite::{Bytes, Error, Message};

use crate::{
    cluster::message::StreamPost,
    http::IdleTimeout,
    storage::accounts::TokenHash,
    websocket::{frame_counter::TooManyFrames, rate_limits::rate, socket::Incoming},
};

/// Frames of one connection that may wait for its reader. A post with more waits too.
const WAITING: usize = 16;

/// The open streams. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Streams(Arc<Mutex<HashMap<ConnectionId, Arc<Inlet>>>>);

/// Keeps a stream open until it is dropped.
pub(super) struct OpenStream {
    streams: Streams,
    connection: ConnectionId,
}

/// Where a stream's posts come in.
struct Inlet {
    session: TokenHash,
    limiter: DefaultDirectRateLimiter,
    progress: IdleTimeout,
    /// The number of the next frame. Held while a post is taken, so that frames stay in order.
    next: tokio::sync::Mutex<u64>,
    frames: mpsc::Sender<Incoming>,
}

impl Streams {
    /// Opens a stream for a session. `progress` is that of the connection over which it is sent. Gives what is posted.
    pub(super) fn open(
        &self,
        connection: ConnectionId,
        session: TokenHash,
        limits: &Limits,
        progress: IdleTimeout,
    ) -> (OpenStream, mpsc::Receiver<Incoming>) {
        let (frames, posted) = mpsc::channel(WAITING);
        let limiter = RateLimiter::direct(rate(limits.frames_per_second, limits.frames_burst));
        let inlet = Inlet { session, limiter, progress, next: 0.into(), frames };
        self.open_ones().insert(connection, Arc::new(inlet));
        (OpenStream { streams: self.clone(), connection }, posted)
    }

    /// Takes the frames of a post that were not taken before, in order.
    ///
    /// # Errors
    /// [`Refusal::ConnectionNotFound`] if the stream has ended or belongs to another session, [`Refusal::OutOfOrder`] if frames
    /// before these are missing, and [`Refusal::TooManyFrames`], which also closes the connection.
    pub(crate) async fn take(&self, post: &StreamPost) -> Result<(), Refusal> {
        let inlet = self.open_ones().get(&post.stream).cloned();
        let inlet = inlet.filter(|inlet| inlet.session == post.session.0).ok_or(Refusal::ConnectionNotFound)?;
        inlet.take(post.first, &post.frames).await
    }

    /// The number of open streams.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.open_ones().len()).unwrap_or(u32::MAX)
    }

    fn open_ones(&self) -> MutexGuard<'_, HashMap<ConnectionId, Arc<Inlet>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inlet {
    async fn take(&self, first: u64, frames: &str) -> Result<(), Refusal> {
        let mut next = self.next.lock().await;
        let known = next.checked_sub(first).ok_or(Refusal::OutOfOrder)?;
        // The post itself says that the client is there, as the pong of a WebSocket does.
        self.pass_on(Message::Pong(Bytes::new())).await?;
        self.progress.note_request();
        let frames = frames.lines().filter(|frame| !frame.is_empty());
        for frame in frames.skip(usize::try_from(known).unwrap_or(usize::MAX)) {
            self.pass_on(Message::text(frame)).await?;
            *next += 1;
        }
        Ok(())
    }

    /// Gives a message to the reader. Posts and frames share the limit on frames.
    async fn pass_on(&self, message: Message) -> Result<(), Refusal> {
        let is_allowed = self.limiter.check().is_ok();
        let incoming = if is_allowed { Ok(message) } else { Err(Error::Io(io::Error::other(TooManyFrames))) };
        self.frames.send(incoming).await.map_err(|_| Refusal::ConnectionNotFound)?;
        if is_allowed { Ok(()) } else { Err(Refusal::TooManyFrames) }
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.streams.open_ones().remove(&self.connection);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;
    use crate::cluster::message::SessionHash;

    const STREAM: ConnectionId = ConnectionId::from_bits(1);
    const SESSION: TokenHash = TokenHash([1; 32]);

    fn post(first: u64, frames: &str) -> StreamPost {
        StreamPost { stream: STREAM, session: SessionHash(SESSION), first, frames: frames.to_owned() }
    }

    fn open(limits: &Limits) -> (Streams, OpenStream, mpsc::Receiver<Incoming>) {
        let streams = Streams::default();
        let (open, posted) = streams.open(STREAM, SESSION, limits, IdleTimeout::default());
        (streams, open, posted)
    }

    /// The texts that have come in; `None` for what is not a text.
    fn texts(posted: &mut mpsc::Receiver<Incoming>) -> Vec<String> {
        let texts = std::iter::from_fn(|| posted.try_recv().ok()).filter_map(|incoming| match incoming {
            Ok(Message::Text(text)) => Some(text.to_string()),
            Ok(_) => None,
            Err(error) => Some(error.to_string()),
        });
        texts.collect()
    }

    #[tokio::test]
    async fn frames_are_taken_once_and_in_order() {
        let (streams, _open, mut posted) = open(&Limits::default());
        assert_eq!(streams.take(&post(0, "a\nb")).await, Ok(()));
        assert_eq!(streams.take(&post(0, "a\nb")).await, Ok(()), "it is repeated");
        assert_eq!(streams.take(&post(1, "b\nc\n")).await, Ok(()), "and with one more");
        assert_eq!(streams.take(&post(4, "e")).await, Err(Refusal::OutOfOrder), "one is missing");
        assert_eq!(streams.take(&post(3, "")).await, Ok(()), "there are none");
        assert_eq!(streams.take(&post(3, "d")).await, Ok(()));
        assert_eq!(texts(&mut posted), ["a", "b", "c", "d"]);
    }

    #[tokio::test]
    async fn only_the_session_that_opened_a_stream_posts_to_it_and_only_until_it_ends() {
        let (streams, open, mut posted) = open(&Limits::default());
        let foreign = StreamPost { session: SessionHash(TokenHash([2; 32])), ..post(0, "a") };
        let other = StreamPost { stream: ConnectionId::from_bits(2), ..post(0, "a") };
        for refused in [foreign, other] {
            assert_eq!(streams.take(&refused).await, Err(Refusal::ConnectionNotFound));
        }
        assert_eq!((streams.count(), texts(&mut posted).len()), (1, 0));
        drop(open);
        assert_eq!((streams.take(&post(0, "a")).await, streams.count()), (Err(Refusal::ConnectionNotFound), 0));
    }

    #[tokio::test]
    async fn posts_and_their_frames_share_one_limit() {
        let (streams, _open, mut posted) = open(&Limits { frames_per_second: 1, frames_burst: 5, ..Limits::default() });
        assert_eq!(streams.take(&post(0, "a\nb")).await, Ok(()));
        assert_eq!(streams.take(&post(2, "c\nd")).await, Err(Refusal::TooManyFrames));
        let heard = texts(&mut posted);
        assert_eq!((&heard[..3], heard.len()), (["a", "b", "c"].map(str::to_owned).as_slice(), 4));
        assert!(heard[3].contains("too many frames"), "the reader closes the connection: {heard:?}");
    }

    #[tokio::test]
    async fn a_post_waits_for_the_reader_and_one_that_is_given_up_is_taken_when_it_is_repeated() {
        let (streams, _open, mut posted) = open(&Limits::default());
        let many: Vec<_> = (0..2 * WAITING).map(|number| number.to_string()).collect();
        let whole = post(0, &many.join("\n"));
        assert!(streams.take(&whole).now_or_never().is_none());
        let mut heard = texts(&mut posted);
        assert!(heard.len() < WAITING);
        while heard.len() < many.len() {
            let _ = streams.take(&whole).now_or_never();
            heard.extend(texts(&mut posted));
        }
        assert_eq!(heard, many);
    }
}
