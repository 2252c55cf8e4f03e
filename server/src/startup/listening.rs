//! The ports. The server listens from the first moment, so that it can answer that it is starting.

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use axum::Router;
use futures::FutureExt;
use heartogether::limits::Limits;
use socket2::{Domain, Socket, Type};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use super::error::StartupError;
use crate::{
    config::Config,
    http::{BeforeReady, ConnectionLimit, Listener, TrustedProxies, to_https, until_ready},
    storage::log::redis::RedisState,
    tls::Tls,
};

/// Connections that the system keeps until they are accepted, at most.
const BACKLOG: i32 = 1024;
/// Files that are open beside connections: the database's, and those being served.
const OTHER_FILES: u32 = 256;

/// Connections at once to an address of [`Listening::serve_beside`].
const BESIDE: u32 = 32;

/// The ports of this server.
pub(super) struct Listening {
    /// The address of the main one.
    pub(super) address: SocketAddr,
    /// Whether it speaks HTTPS.
    pub(super) is_secure: bool,
    /// The port on which plain HTTP is led to HTTPS, if there is one.
    pub(super) side_port: Option<u16>,
    /// The callers' connections.
    pub(super) connections: ConnectionLimit,
    opening: BeforeReady,
    stop: watch::Sender<()>,
    doors: JoinSet<()>,
}

impl Listening {
    /// Listens, and answers that the server is starting until [`Listening::open`].
    pub(super) async fn begin(config: &Config, limits: &Limits, tls: Option<Arc<Tls>>) -> Result<Self, StartupError> {
        let (listener, address) = listen(config.address())?;
        let places = ConnectionLimit::new(possible(limits.connections), limits.connections_per_address);
        let trusted = config.http.trusted_proxies().clone();
        let is_secure = tls.is_some();
        let (opening, router) = until_ready();
        let (stop, mut doors) = (watch::Sender::default(), JoinSet::new());
        let door = |router| Listener::new(router, places.clone(), trusted.clone(), None);
        let side = match config.tls.redirected_port(address.port()) {
            Some(port) => Some(listen(SocketAddr::new(address.ip(), port))?),
            None => None,
        };
        let side_port = side.as_ref().map(|(_, address)| address.port());
        if let Some((listener, _)) = side {
            doors.spawn(door(to_https(address.port())).serve(listener, stopped(&stop)));
        }
        let door = Listener::new(router, places.clone(), trusted, tls);
        doors.spawn(door.serve(listener, stopped(&stop)));
        Ok(Self { address, is_secure, side_port, connections: places, opening, stop, doors })
    }

    /// What to say of the storage until [`Listening::open`]: that it starts, or that it is down.
    pub(super) fn report_storage(&self, is_there: bool) {
        self.opening.report_storage(is_there);
    }

    /// What to say of Redis while it is waited for.
    pub(super) fn report_redis(&self, state: Option<RedisState>) {
        self.opening.report_redis(state);
    }

    /// From now on the router answers.
    pub(super) fn open(&self, router: Router) {
        self.opening.open(router);
    }

    /// Serves this router at one more address, without TLS. It stops with the others.
    pub(super) fn serve_beside(&mut self, address: SocketAddr, router: Router) -> Result<SocketAddr, StartupError> {
        let (listener, address) = listen(address)?;
        let places = ConnectionLimit::new(BESIDE, BESIDE);
        let door = Listener::new(router, places, TrustedProxies::default(), None);
        self.doors.spawn(door.serve(listener, stopped(&self.stop)));
        Ok(address)
    }

    /// Listens no more, and returns once the requests that are under way are answered, or have had their time.
    pub(super) async fn stop(self) {
        self.stop.send_replace(());
        self.doors.join_all().await;
    }
}

/// Completes at the stop, or once nobody is left who could stop.
fn stopped(stop: &watch::Sender<()>) -> impl Future<Output = ()> + Send + use<> {
    let mut stop = stop.subscribe();
    async move { stop.changed().map(drop).await }
}

/// As many connections as are asked for, or as the system has files for.
fn possible(connections: u32) -> u32 {
    let files = match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) => files,
        Err(error) => {
            tracing::warn!(%error, "the number of open files cannot be told");
            return connections;
        }
    };
    let possible = u32::try_from(files).unwrap_or(u32::MAX).saturating_sub(OTHER_FILES).max(1);
    if possible < connections {
        tracing::warn!("{possible} connections at once, not {connections}: the system allows {files} open files");
    }
    connections.min(possible)
}

/// Listens on an address; where that is every address of both kinds and the system has no IPv6, on every IPv4 address.
fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartupError> {
    let is_everywhere = address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED);
    let ipv4 = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), address.port());
    let listened = match bind(address) {
        Err(error) if is_everywhere && error.kind() != ErrorKind::AddrInUse => {
            tracing::info!(%error, "there is no IPv6 here; listening on IPv4 alone");
            bind(ipv4)
        }
        listened => listened,
    };
    listened.map_err(|source| StartupError::Address { address, source })
}

/// A socket for IPv6 takes IPv4 as well, whatever the system's default is (RFC 3493, section 5.3): `[::]` is everywhere.
fn bind(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    // As std does: a port that was used a moment ago can be used again. Elsewhere it would mean that two may share it.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    let listener = TcpListener::from_std(socket.into())?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}
