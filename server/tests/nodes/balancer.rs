//! nginx in front of nodes whose addresses its file names.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use futures::future::join_all;
use heartogether::{
    protocol::{ClientMessage, Ping, ServerMessage},
    role::Role,
};
use reqwest::StatusCode;
use rustls::pki_types::CertificateDer;
use tempfile::TempDir;
use tokio::time::timeout;

use super::nginx::{Nginx, deployed, folders_in};
use crate::{
    support::{EventStream, Process, free_port, tell_kept},
    tls::{NAME, ask, certify, connect_to},
};

/// How long nginx waits for a page, and a little more.
const PAGE: Duration = Duration::from_secs(8);
/// Less than a node's heartbeats are apart, and more than nginx waits for a page.
const QUIET: Duration = Duration::from_secs(8);

/// nginx in front of three nodes.
struct Balancer {
    nginx: Nginx,
    secure: u16,
    certificate: CertificateDer<'static>,
}

impl Balancer {
    /// With nodes at these addresses.
    async fn start(nodes: [&str; 3]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let certificate = certify(folder.path());
        let path = |name: &str| folder.path().join(name).to_str().expect("a path in UTF-8").to_owned();
        let (secure, plain, redirected) = (free_port(), free_port(), free_port());
        let site = deployed(
            "nginx-nodes.conf",
            &[
                ("10.0.0.1:3000", nodes[0]),
                ("10.0.0.2:3000", nodes[1]),
                ("10.0.0.3:3000", nodes[2]),
                ("listen 443 ssl;", &format!("listen 127.0.0.1:{secure} ssl; listen 127.0.0.1:{plain};")),
                ("listen [::]:443 ssl;", ""),
                ("listen 80;", &format!("listen 127.0.0.1:{redirected};")),
                ("listen [::]:80;", ""),
                ("/etc/letsencrypt/live/hear.example/fullchain.pem", &path("cert.pem")),
                ("/etc/letsencrypt/live/hear.example/privkey.pem", &path("key.pem")),
            ],
        );
        let folders = folders_in(folder.path());
        let main = format!("events {{}} http {{ access_log off; {folders} {site} }}");
        Self { nginx: Nginx::start(folder, &main, plain).await, secure, certificate }
    }
}

/// A server that believes nginx.
fn node() -> (Process, TempDir) {
    let data = TempDir::new().expect("a folder");
    (Process::start(data.path(), &["--trusted-proxies", "127.0.0.1"]), data)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "how long a page takes is what is tested")]
async fn a_node_that_hangs_holds_visitors_up_for_seconds_only() {
    let (node, _data) = node();
    // The system takes connections for it, and nobody answers.
    let hanging = TcpListener::bind("127.0.0.1:0").expect("a port");
    let (hangs, works) = (hanging.local_addr().expect("an address").to_string(), &*node.site.authority);
    let balancer = Balancer::start([&hangs, works, works]).await;
    let visits = join_all((0..6).map(async |_| {
        let began = Instant::now();
        let page = balancer.nginx.site.get("/", None).await;
        (page.status(), began.elapsed())
    }));
    let visits = visits.await;
    assert!(visits.iter().all(|(status, took)| *status == StatusCode::OK && *took < PAGE), "{visits:?}");
    let slow = visits.iter().filter(|(_, took)| *took > PAGE / 2).count();
    assert_eq!(slow, 2, "one in three comes to it: {visits:?}");
    let longest = visits.iter().map(|(_, took)| took).max().expect("visits");
    tell_kept(&format!("one of three nodes hung behind nginx: 6 of 6 pages came, the last after {longest:?}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_know_their_visitors_behind_nginx_and_quiet_connections_stay() {
    let (node, _data) = node();
    let balancer = Balancer::start([&node.site.authority; 3].map(String::as_str)).await;
    let mut visitor =
        connect_to(balancer.secure, NAME, &balancer.certificate, &[b"http/1.1"]).await.expect("a handshake");
    // A forged header does not count.
    let answer = ask(&mut visitor, "GET / HTTP/1.1\r\nx-forwarded-proto: http").await.to_lowercase();
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    assert!(answer.contains("strict-transport-security:") && answer.contains(&format!("wss://{NAME}")), "{answer}");

    let site = &balancer.nginx.site;
    let ada = site.sign_in("Ada").await;
    let code = site.create_room(&ada).await;
    let (mut host, _) = site.join(&ada, code, Role::Host).await;
    host.drain().await;
    let mut stream = EventStream::greet(site, &ada).await;
    let (closed, event) = tokio::join!(timeout(QUIET, host.until_closed()), timeout(QUIET, stream.event()));
    assert!(closed.is_err(), "the connection was closed: {closed:?}");
    assert!(event.is_err(), "the stream was closed: {event:?}");
    // Events are passed on as they come.
    let ping = Ping { nonce: 7 };
    stream.send(&ClientMessage::Ping(ping)).await;
    assert_eq!(stream.receive().await, ServerMessage::Pong(ping));
}
