//! Whether anything still comes of a connection: requests, or pieces of answers. Pings and empty frames are nothing.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::{sync::watch, time::timeout};

/// How long nothing may come of a connection: before the first request, and from then on.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    pub(super) first: Duration,
    pub(super) further: Duration,
}

/// What is noted of one connection. Clones note the same.
#[derive(Clone, Default)]
pub(super) struct Progress(watch::Sender<()>);

impl Progress {
    /// Something came of it.
    pub(super) fn note(&self) {
        self.0.send_replace(());
    }

    /// Completes once nothing was noted for too long. Counts from when it is called.
    pub(super) fn ceased(&self, patience: Patience) -> impl Future<Output = ()> + use<> {
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

    /// The same body, each of whose pieces is noted.
    pub(super) const fn along(self, body: Body) -> Noted {
        Noted { body, progress: self }
    }
}

/// An answer's body.
pub(super) struct Noted {
    body: Body,
    progress: Progress,
}

impl HttpBody for Noted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.progress.note();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    #[tokio::test]
    async fn a_connection_of_which_nothing_comes_has_ceased() {
        Progress::default().ceased(Patience { first: Duration::ZERO, further: HOUR }).await;
        let progress = Progress::default();
        let mut ceased = Box::pin(progress.ceased(Patience { first: HOUR, further: Duration::ZERO }));
        assert!(ceased.as_mut().now_or_never().is_none(), "there is time for the first");
        progress.note();
        ceased.await;
    }

    #[tokio::test]
    async fn a_request_or_a_piece_of_an_answer_gives_it_more_time() {
        let progress = Progress::default();
        let ceased = progress.ceased(Patience { first: Duration::ZERO, further: HOUR });
        progress.note();
        assert!(ceased.now_or_never().is_none());

        let progress = Progress::default();
        let ceased = progress.ceased(Patience { first: Duration::ZERO, further: HOUR });
        let bytes = axum::body::to_bytes(Body::new(progress.along(Body::from("piece"))), 10).await;
        assert_eq!(bytes.expect("a body"), "piece");
        assert!(ceased.now_or_never().is_none());
    }
}
