//! Watches whether a connection makes progress: requests, or responses that go out. Pings and empty frames do not
//! count.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::watch,
    time::timeout,
};

use crate::metrics::Traffic;

/// Outgoing bytes that count as progress of a response. Our pings, and the answers to the client's, take 17 bytes each
/// (RFC 9113, section 6.7), so it is cheaper for a client to send requests than pings.
const PIECE: usize = 4 * 1024;

/// How long a connection may make no progress, before the first request and afterwards.
#[derive(Clone, Copy)]
pub(super) struct IdleLimits {
    pub(super) first: Duration,
    pub(super) further: Duration,
}

/// The progress of one connection, and whether it had a request. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct IdleTimeout(watch::Sender<bool>);

impl IdleTimeout {
    /// Records a request, or that whoever hears a response that does not end is still there.
    pub(crate) fn note_request(&self) {
        self.0.send_replace(true);
    }

    /// Records outgoing bytes. They count only after the first request.
    fn note_piece(&self) {
        self.0.send_if_modified(|is_asked| *is_asked);
    }

    /// Completes once there was no progress for too long, counted from the call.
    pub(super) fn ceased(&self, patience: IdleLimits) -> impl Future<Output = ()> + use<> {
        let mut notes = self.0.subscribe();
        let progress = self.clone();
        async move {
            let mut left = patience.first;
            while timeout(left, notes.changed()).await.is_ok() {
                left = patience.further;
            }
            drop(progress);
        }
    }

    /// Records what the stream sends: a long response may have left its handler long ago.
    pub(super) fn along<S>(&self, stream: S, traffic: Traffic) -> Noted<S> {
        Noted { stream, progress: self.clone(), sent: 0, traffic }
    }
}

/// A stream and the progress of its connection.
pub(super) struct Noted<S> {
    stream: S,
    progress: IdleTimeout,
    /// Bytes since the last recorded progress.
    sent: usize,
    traffic: Traffic,
}

impl<S> Noted<S> {
    fn note(&mut self, bytes: usize) {
        self.traffic.note_sent(bytes);
        self.sent = self.sent.saturating_add(bytes);
        if self.sent >= PIECE {
            self.sent = 0;
            self.progress.note_piece();
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Noted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.traffic.note_received(buffer.filled().len() - before);
        outcome
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Noted<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let taken = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        self.note(taken);
        Poll::Ready(Ok(taken))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let taken = ready!(Pin::new(&mut self.stream).poll_write_vectored(context, bytes))?;
        self.note(taken);
        Poll::Ready(Ok(taken))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use tokio::io::{AsyncWriteExt, sink};

    use super::*;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    #[tokio::test]
    async fn a_connection_without_progress_is_idle() {
        IdleTimeout::default().ceased(IdleLimits { first: Duration::ZERO, further: HOUR }).await;
        let progress = IdleTimeout::default();
        let mut ceased = Box::pin(progress.ceased(IdleLimits { first: HOUR, further: Duration::ZERO }));
        assert!(ceased.as_mut().now_or_never().is_none(), "there is time for the first");
        progress.note_request();
        ceased.await;
    }

    #[tokio::test]
    async fn a_request_extends_the_time_of_a_connection() {
        let progress = IdleTimeout::default();
        let ceased = progress.ceased(IdleLimits { first: Duration::ZERO, further: HOUR });
        progress.note_request();
        assert!(ceased.now_or_never().is_none());
    }

    #[tokio::test]
    async fn outgoing_responses_count_as_progress_and_pings_do_not() {
        let progress = IdleTimeout::default();
        let mut notes = progress.0.subscribe();
        let mut stream = progress.along(sink(), Traffic::new());
        let mut is_noted_after = async |bytes: usize| {
            stream.write_all(&vec![0; bytes]).await.expect("a stream that takes everything");
            let is_noted = notes.has_changed().expect("somebody who notes");
            notes.mark_unchanged();
            is_noted
        };
        assert!(!is_noted_after(PIECE).await, "nobody asked");
        progress.note_request();
        assert!(is_noted_after(0).await, "the request");
        assert!(!is_noted_after(PIECE - 1).await);
        assert!(is_noted_after(1).await);
        assert!(!is_noted_after(17).await);
    }
}
