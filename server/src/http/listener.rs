//! Accepts connections, and closes those without progress.
//!
//! A connection costs its caller nothing, so it must cost the server little: a counted place, a small buffer, and a few
//! seconds for the first request. This module does not use rooms.

use std::{
    io,
    net::IpAddr,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use axum::{Router, body::Body, http::Request};
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use super::{
    TrustedProxies,
    connection_limit::{ConnectionLimit, Place},
    idle_timeout::{IdleLimits, IdleTimeout},
};
use crate::{
    metrics::Traffic,
    tls::{Tls, is_http2},
};

/// How long the head of the first request may take, however slowly its bytes come, and how long an HTTP/2 ping may stay
/// unanswered.
const HEAD: Duration = Duration::from_secs(10);
/// How long a connection may stay open without a request and without response data that goes out. An open page sends a
/// request every few seconds. A proxy keeps idle connections for up to two minutes and must be the first to close them;
/// otherwise one of its requests could meet our close.
const IDLE: Duration = Duration::from_secs(150);
/// hyper's own timeouts do not do this: in HTTP/1 its time for a head also runs between requests and would close
/// connections that a proxy keeps, and in HTTP/2 idle clients answer its pings. This time also limits the heads of
/// later requests.
const PATIENCE: IdleLimits = IdleLimits { first: HEAD, further: IDLE };
/// How long a socket may accept no bytes while there is something to write.
const WRITE: Duration = Duration::from_secs(30);
/// How long connections may take to end once the server stops.
const FAREWELL: Duration = Duration::from_secs(10);
/// Pause after a fault such as too many open files.
const PAUSE: Duration = Duration::from_millis(200);
/// Largest head of a request in bytes, cookies included; the buffer grows up to it.
const HEAD_BYTES: usize = 16 * 1024;
/// Largest number of fields in a head.
const HEAD_FIELDS: usize = 64;
/// Requests at once on one connection of HTTP/2.
const STREAMS: u32 = 64;

/// The other end of a connection. It holds a place of the connection limit until it is dropped.
#[derive(Clone)]
pub(crate) struct Peer {
    pub(super) address: IpAddr,
    pub(super) is_secure: bool,
    traffic: Traffic,
    _place: Arc<Place>,
}

/// A listening socket with its settings.
pub(crate) struct Listener {
    router: Router,
    places: ConnectionLimit,
    trusted: TrustedProxies,
    tls: Option<Arc<Tls>>,
    traffic: Traffic,
}

impl Listener {
    pub(crate) fn new(router: Router, places: ConnectionLimit, trusted: TrustedProxies, tls: Option<Arc<Tls>>) -> Self {
        Self { router, places, trusted, tls, traffic: Traffic::new() }
    }

    /// Accepts connections until `shutdown` completes. Then lets the open ones finish what is under way.
    pub(crate) async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let door = Arc::new(self);
        let farewell = watch::Sender::default();
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
            // A connection above the limit is closed without a response, which would cost more than the connection.
            if let Some(peer) = door.admit(&stream) {
                tokio::spawn(door.clone().attend(stream, peer, farewell.subscribe()));
            }
        }
        drop(listener);
        farewell.send_replace(());
        // Connections that have not ended by then are abandoned.
        let _ = tokio::time::timeout(FAREWELL, farewell.closed()).await;
    }

    fn admit(&self, stream: &TcpStream) -> Option<Peer> {
        let address = stream.peer_addr().ok()?.ip().to_canonical();
        let counted = (!self.trusted.contain(address)).then_some(address);
        let place = Arc::new(self.places.take(counted)?);
        Some(Peer { address, is_secure: self.tls.is_some(), traffic: self.traffic.clone(), _place: place })
    }

    async fn attend(self: Arc<Self>, stream: TcpStream, peer: Peer, farewell: watch::Receiver<()>) {
        // Frames are small and must not wait for more data. If setting this fails, the socket is already closed.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(WRITE));
        let (stream, router) = (Box::pin(stream), self.router.clone());
        match &self.tls {
            None => converse(stream, router, peer, Version::Http1, farewell, PATIENCE).await,
            // If the TLS handshake fails, there is nothing to answer.
            Some(tls) => {
                if let Ok(Some(stream)) = tls.accept(stream).await {
                    let version = if is_http2(&stream) { Version::Http2 } else { Version::Http1 };
                    converse(stream, router, peer, version, farewell, PATIENCE).await;
                }
            }
        }
    }
}

/// The protocol of a connection. It is decided before the first byte is read: detecting it from the bytes could wait
/// without end, and callers could use a protocol that was not agreed on.
#[derive(Clone, Copy)]
enum Version {
    Http1,
    Http2,
}

/// Serves HTTP on an accepted connection. An error of the caller ends this connection and no other.
///
/// There are many idle connections, so this future is kept small: its large parts are boxed.
fn converse<S>(
    stream: S,
    router: Router,
    peer: Peer,
    version: Version,
    farewell: watch::Receiver<()>,
    patience: IdleLimits,
) -> Pin<Box<dyn Future<Output = ()> + Send>>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let progress = IdleTimeout::default();
    let ceased = progress.ceased(patience);
    let stream = TokioIo::new(progress.along(stream, peer.traffic.clone()));
    let service = service_fn(move |request: Request<Incoming>| {
        progress.note_request();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer.clone());
        request.extensions_mut().insert(progress.clone());
        router.clone().oneshot(request)
    });
    match version {
        Version::Http1 => {
            let connection = http1().serve_connection(stream, service).with_upgrades();
            Box::pin(keep(Box::pin(connection), |connection| connection.graceful_shutdown(), farewell, ceased))
        }
        Version::Http2 => {
            let connection = http2().serve_connection(stream, service);
            Box::pin(keep(Box::pin(connection), |connection| connection.graceful_shutdown(), farewell, ceased))
        }
    }
}

/// Serves a connection until it ends by itself, is idle for too long, or has finished what was under way at the
/// shutdown. It holds the receiver until the end, because the shutdown waits for all receivers.
async fn keep<C: Future>(
    mut connection: Pin<Box<C>>,
    finish: fn(Pin<&mut C>),
    mut farewell: watch::Receiver<()>,
    ceased: impl Future<Output = ()>,
) {
    let mut ceased = pin!(ceased);
    let mut is_told = false;
    loop {
        tokio::select! {
            _ = &mut connection => return,
            () = &mut ceased => return,
            _ = farewell.changed(), if !is_told => {
                is_told = true;
                finish(connection.as_mut());
            }
        }
    }
}

fn http1() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.header_read_timeout(None).max_buf_size(HEAD_BYTES).max_headers(HEAD_FIELDS);
    http
}

fn http2() -> http2::Builder<TokioExecutor> {
    let mut http = http2::Builder::new(TokioExecutor::new());
    http.timer(TokioTimer::new())
        .keep_alive_interval(HEAD)
        .keep_alive_timeout(HEAD)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX));
    http
}

/// An error of a connection that its caller gave up is ignored. Any other error is of this machine, such as too many
/// open files, so accepting pauses.
async fn await_better_times(error: io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "a connection could not be accepted");
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use hyper::client::conn::{http1, http2};
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);
    /// Bytes of every response.
    const ANSWER: usize = 128 * 1024;

    /// A client's end of a connection to a server that answers every request.
    fn call(version: Version, farewell: &watch::Sender<()>, further: Duration) -> DuplexStream {
        let (here, there) = duplex(4096);
        let place = Arc::new(ConnectionLimit::new(1, 1).take(None).expect("a place"));
        let peer =
            Peer { address: IpAddr::from([192, 0, 2, 1]), is_secure: true, traffic: Traffic::new(), _place: place };
        let router = Router::new().fallback(async || vec![0_u8; ANSWER]);
        let patience = IdleLimits { first: LONG, further };
        tokio::spawn(converse(there, router, peer, version, farewell.subscribe(), patience));
        here
    }

    fn question() -> Request<String> {
        Request::get("https://hear.test/").body(String::new()).expect("a request")
    }

    async fn soon<T>(future: impl Future<Output = T>) -> T {
        tokio::time::timeout(Duration::from_secs(20), future).await.expect("in good time")
    }

    #[tokio::test]
    async fn an_http2_connection_without_further_requests_is_closed() {
        let farewell = watch::Sender::default();
        let stream = call(Version::Http2, &farewell, Duration::from_millis(300));
        let (mut client, connection) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("somebody who speaks HTTP/2");
        // Goes on answering pings, as every client does.
        let ended = tokio::spawn(connection);
        assert_eq!(client.send_request(question()).await.expect("an answer").status(), 200);
        let _ = soon(ended).await.expect("an idle connection is ended");
    }

    #[tokio::test]
    async fn a_slow_response_is_not_cut_off() {
        let farewell = watch::Sender::default();
        let mut stream = call(Version::Http1, &farewell, Duration::from_secs(2));
        stream.write_all(b"GET / HTTP/1.1\r\nhost: hear.test\r\nconnection: close\r\n\r\n").await.expect("a reader");
        // A connection that carries 40 kB a second.
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        let (mut piece, mut heard) = (vec![0; 4096], 0);
        loop {
            tick.tick().await;
            match stream.read(&mut piece).await {
                Ok(0) | Err(_) => break,
                Ok(bytes) => heard += bytes,
            }
        }
        assert!(heard > ANSWER, "{heard} bytes");
    }

    #[tokio::test]
    async fn a_connection_uses_only_the_agreed_protocol() {
        let farewell = watch::Sender::default();
        let mut stream = call(Version::Http1, &farewell, LONG);
        let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        let preface = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &settings].concat();
        stream.write_all(&preface).await.expect("somebody who reads");
        let mut said = Vec::new();
        let _ = soon(stream.read_to_end(&mut said)).await;
        assert!(said.is_empty() || said.starts_with(b"HTTP/1.1 "), "{said:?}");

        let mut stream = call(Version::Http2, &farewell, LONG);
        stream.write_all(b"GET / HTTP/1.1\r\nhost: hear.test\r\n\r\n").await.expect("somebody who reads");
        let mut said = Vec::new();
        let _ = soon(stream.read_to_end(&mut said)).await;
        assert!(!said.starts_with(b"HTTP/1.1"), "{said:?}");
    }

    #[tokio::test]
    async fn http1_connections_finish_their_response_at_the_shutdown() {
        let farewell = watch::Sender::default();
        let stream = call(Version::Http1, &farewell, LONG);
        let (mut client, connection) = http1::handshake(TokioIo::new(stream)).await.expect("HTTP/1");
        tokio::spawn(connection);
        assert_eq!(client.send_request(question()).await.expect("an answer").status(), 200);
        farewell.send_replace(());
        soon(farewell.closed()).await;
    }

    #[tokio::test]
    async fn http2_connections_finish_their_response_at_the_shutdown() {
        let farewell = watch::Sender::default();
        let stream = TokioIo::new(call(Version::Http2, &farewell, LONG));
        let (mut client, connection) = http2::handshake(TokioExecutor::new(), stream).await.expect("HTTP/2");
        tokio::spawn(connection);
        assert_eq!(client.send_request(question()).await.expect("an answer").status(), 200);
        farewell.send_replace(());
        soon(farewell.closed()).await;
    }

    #[tokio::test]
    async fn a_connection_without_a_request_ends_at_the_shutdown() {
        let farewell = watch::Sender::default();
        let _silent = call(Version::Http1, &farewell, LONG);
        tokio::task::yield_now().await;
        farewell.send_replace(());
        soon(farewell.closed()).await;
    }
}
