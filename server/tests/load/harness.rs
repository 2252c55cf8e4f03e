//! A server under load, and the live room that is watched on it.

use std::{
    io::{self, ErrorKind},
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::{
    io::AsyncReadExt,
    net::{TcpSocket, TcpStream},
    runtime::{Builder, Runtime},
    task::JoinHandle,
};

use crate::support::{PATIENCE, Pair, Process, answer, offer, received};

/// Round trips in one measurement: from the host to the listener and back.
const ROUND_TRIPS: usize = 200;
/// What 95 of 100 round trips stay under, however slow the machine.
const STARVED: Duration = Duration::from_secs(2);
/// From one address; as many addresses of this machine are used as that takes.
pub const FROM_ONE_ADDRESS: u32 = 250;
/// Limits above what comes from this one machine, and below what the load brings.
const FLAGS: [&str; 4] = ["--max-connections-per-address", "250", "--rate-limit-address-requests", "1000000"];

/// A server in a process of its own, with a live room in it.
pub struct LoadedServer {
    pub process: Process,
    pub pair: Pair,
    load: Option<Runtime>,
    _data: TempDir,
}

impl LoadedServer {
    pub async fn build() -> Self {
        let data = TempDir::new().expect("a folder");
        let process = Process::start(data.path(), &FLAGS);
        let pair = process.site.pair().await;
        let load = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
        Self { process, pair, load: Some(load), _data: data }
    }

    /// Somebody who does this to the server.
    pub fn attack<T: Send + 'static>(&self, attack: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.load.as_ref().expect("the load until the end").spawn(attack)
    }

    pub fn port(&self) -> u16 {
        let (_, port) = self.process.site.authority.rsplit_once(':').expect("a port");
        port.parse().expect("a port")
    }

    pub async fn socket(&self, number: u32) -> TcpStream {
        socket(self.port(), number).await.unwrap_or_else(|error| panic!("socket {number}: {error}"))
    }

    /// Prints how long round trips took, and checks that the pair got an answer to each in time, and nothing else. Returns the
    /// kilobytes of memory that the server has, where the system tells.
    #[expect(clippy::disallowed_methods, reason = "what is measured is time itself")]
    pub async fn measure(&mut self, when: &str) -> Option<u64> {
        let mut trips = Vec::with_capacity(ROUND_TRIPS);
        let (host, listener) = (self.pair.as_host.member, self.pair.as_listener.member);
        for number in 1..=u32::try_from(ROUND_TRIPS).expect("a small number") {
            let began = Instant::now();
            self.pair.host.signal(listener, offer(number)).await;
            assert_eq!(self.pair.listener.hear().await, received(host, offer(number)));
            self.pair.listener.signal(host, answer(number)).await;
            assert_eq!(self.pair.host.hear().await, received(listener, answer(number)));
            trips.push(began.elapsed());
            // Within what one connection may send.
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        trips.sort_unstable();
        let at = |share: usize| trips[(trips.len() * share / 100).min(trips.len() - 1)].as_secs_f64() * 1_000.0;
        assert!(at(95) < STARVED.as_secs_f64() * 1_000.0, "{when}: the pair starves, its p95 is {:.0} ms", at(95));
        let resident_kb = self.resident_kb();
        eprintln!(
            "load: {when}: round trip p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms; server {resident_kb:?} kB resident",
            at(50),
            at(95),
            at(99),
        );
        resident_kb
    }

    /// Kilobytes of memory, where the system tells.
    fn resident_kb(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
    }

    /// Somebody who had nothing to do with it comes in.
    pub async fn lets_others_in(&self) {
        assert_eq!(self.process.site.get("/api/health", None).await.status(), 200);
        self.process.site.greet(&self.pair.grace).await;
    }
}

impl Drop for LoadedServer {
    fn drop(&mut self) {
        // Nobody waits for them.
        self.load.take().into_iter().for_each(Runtime::shutdown_background);
    }
}

/// A socket from one of this machine's many addresses.
pub async fn socket(port: u16, number: u32) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    let [.., high, low] = (number / FROM_ONE_ADDRESS + 2).to_be_bytes();
    socket.bind((Ipv4Addr::new(127, 7, high, low), 0).into())?;
    socket.connect((Ipv4Addr::LOCALHOST, port).into()).await
}

/// Returns once the server has closed a socket that says nothing.
pub async fn is_closed(mut socket: TcpStream) {
    let mut buffer = [0; 1024];
    let closing = async {
        loop {
            match socket.read(&mut buffer).await {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => return,
                Err(error) => panic!("{error}"),
            }
        }
    };
    tokio::time::timeout(3 * PATIENCE, closing).await.expect("the server closes what does not get on");
}
