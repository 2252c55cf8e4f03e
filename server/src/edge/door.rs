//! Lets connections in, and lets go of those that do not get on.
//!
//! A connection costs its caller nothing, so it costs the server little: a place that is counted, a small buffer, and a
//! few seconds in which something has to come of it. Nothing here touches a room.

use std::{io, net::IpAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, http::Request};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto,
        graceful::{GracefulShutdown, Watcher},
    },
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use super::{
    TrustedProxies,
    places::{Place, Places},
    progress::{Patience, Progress},
};
use crate::tls::{Tls, is_http2};

/// How long the head of a request may take to come, the first as any other, however slowly it goes on coming.
const HEAD: Duration = Duration::from_secs(10);
/// How long a connection may go on without a request or a piece of an answer, whatever else it says. A page that is open
/// asks every few seconds; a proxy keeps idle connections for up to two minutes, and has to be the first to let go, or a
/// request of its could cross our end.
const IDLE: Duration = Duration::from_secs(150);
/// hyper 1 limits neither: a head's time counts from its first byte, and in HTTP/2 pings are answered by whoever is there.
const PATIENCE: Patience = Patience { first: HEAD, further: IDLE };
/// How long a socket may take nothing while there is something to write.
const WRITE: Duration = Duration::from_secs(30);
/// How long connections may take to end once the server stops.
const FAREWELL: Duration = Duration::from_secs(10);
/// Pause after a fault such as too many open files.
const PAUSE: Duration = Duration::from_millis(200);
/// Bytes of a request's head, cookies included; the buffer grows up to it.
const HEAD_BYTES: usize = 16 * 1024;
/// Fields in a head.
const HEAD_FIELDS: usize = 64;
/// Requests at once on one connection of HTTP/2.
const STREAMS: u32 = 64;

/// The other end of a connection. A place is taken for as long as somebody holds it.
#[derive(Clone)]
pub(crate) struct Peer {
    pub(super) address: IpAddr,
    pub(super) is_secure: bool,
    _place: Arc<Place>,
}

/// Where connections come in.
pub(crate) struct Door {
    router: Router,
    places: Places,
    trusted: TrustedProxies,
    tls: Option<Arc<Tls>>,
}

impl Door {
    pub(crate) fn new(router: Router, places: Places, trusted: TrustedProxies, tls: Option<Arc<Tls>>) -> Self {
        Self { router, places, trusted, tls }
    }

    /// Lets connections in until `shutdown` completes, and then those that are in finish what is under way.
    pub(crate) async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let door = Arc::new(self);
        let connections = GracefulShutdown::new();
        let mut shutdown = pin!(shutdown);
        loop {
            let stream = tokio::select! {
                biased;
                () = &mut shutdown => break,
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(error) => {
                        await_better_times(error).await;
                        continue;
                    }
                },
            };
            // Who finds no place is told nothing: an answer would cost more than the question.
            if let Some(peer) = door.admit(&stream) {
                tokio::spawn(door.clone().attend(stream, peer, connections.watcher()));
            }
        }
        drop(listener);
        // Whoever is still there then is left where they are.
        let _ = tokio::time::timeout(FAREWELL, connections.shutdown()).await;
    }

    fn admit(&self, stream: &TcpStream) -> Option<Peer> {
        let address = stream.peer_addr().ok()?.ip().to_canonical();
        let counted = (!self.trusted.contain(address)).then_some(address);
        let place = Arc::new(self.places.take(counted)?);
        Some(Peer { address, is_secure: self.tls.is_some(), _place: place })
    }

    async fn attend(self: Arc<Self>, stream: TcpStream, peer: Peer, watcher: Watcher) {
        // Frames are small and wait for nobody; a socket that cannot be told is one that has gone.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(WRITE));
        let (stream, router) = (Box::pin(stream), self.router.clone());
        match &self.tls {
            None => converse(stream, router, peer, &http(false), watcher, PATIENCE).await,
            // Who cannot shake hands has nothing to say.
            Some(tls) => {
                if let Ok(Some(stream)) = tls.accept(stream).await {
                    let http = http(is_http2(&stream));
                    converse(stream, router, peer, &http, watcher, PATIENCE).await;
                }
            }
        }
    }
}

/// HTTP over a connection that stands. What a caller does wrong ends it, and is nobody else's affair.
///
/// What waits here are many that say nothing, so the future is small: it holds two others and nothing of how they came about.
fn converse<S>(
    stream: S,
    router: Router,
    peer: Peer,
    http: &auto::Builder<TokioExecutor>,
    watcher: Watcher,
    patience: Patience,
) -> impl Future<Output = ()> + use<S>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let progress = Progress::default();
    let ceased = progress.ceased(patience);
    let service = service_fn(move |request: Request<Incoming>| {
        progress.note();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer.clone());
        let (answer, progress) = (router.clone().oneshot(request), progress.clone());
        async move { answer.await.map(|response| response.map(|body| progress.along(body))) }
    });
    let connection = http.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
    let connection = Box::pin(watcher.watch(connection));
    async move {
        tokio::select! {
            _ = connection => {}
            () = ceased => {}
        }
    }
}

/// The version is known before the first byte: one that had to be told from it could be waited for without end.
fn http(is_http2: bool) -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_BYTES).max_headers(HEAD_FIELDS);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HEAD)
        .keep_alive_timeout(HEAD)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX));
    if is_http2 { http.http2_only() } else { http.http1_only() }
}

/// A connection that was given up before it was accepted is its caller's affair; anything else is ours, and takes time.
async fn await_better_times(error: io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "a connection could not be accepted");
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use hyper::client::conn::http2::handshake;

    use super::*;

    #[tokio::test]
    async fn a_connection_of_http2_that_has_its_answer_and_asks_no_more_is_ended() {
        let (here, there) = tokio::io::duplex(4096);
        let place = Arc::new(Places::new(1, 1).take(None).expect("a place"));
        let peer = Peer { address: IpAddr::from([192, 0, 2, 1]), is_secure: true, _place: place };
        let router = Router::new().fallback(async || "here");
        let patience = Patience { first: Duration::from_secs(60), further: Duration::from_millis(300) };
        let graceful = GracefulShutdown::new();
        tokio::spawn(converse(there, router, peer, &http(true), graceful.watcher(), patience));
        let (mut client, connection) =
            handshake(TokioExecutor::new(), TokioIo::new(here)).await.expect("somebody who speaks HTTP/2");
        // Goes on answering pings, as any client does.
        let ended = tokio::spawn(connection);
        let request = Request::get("https://hear.test/").body(String::new()).expect("a request");
        assert_eq!(client.send_request(request).await.expect("an answer").status(), 200);
        let ended = tokio::time::timeout(Duration::from_secs(20), ended).await;
        assert!(ended.is_ok(), "an idle connection is ended");
    }
}
