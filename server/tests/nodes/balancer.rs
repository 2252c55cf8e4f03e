//! nginx in front of nodes, with the files in deploy/ that an operator copies.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Child, Command},
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
use tokio::{net::TcpStream, time::timeout};

use crate::{
    support::{EventStream, Process, Site, eventually, free_port, save, tell_kept},
    tls::{NAME, ask, certify, connect_to},
};

/// How long nginx waits for a page, and a little more.
const PAGE: Duration = Duration::from_secs(8);
/// Less than a node's heartbeats are apart, and more than nginx waits for a page.
const QUIET: Duration = Duration::from_secs(8);

/// What a file in deploy/ says, with these passages replaced.
fn deployed(file: &str, changes: &[(&str, &str)]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(file);
    let text = fs::read_to_string(path).expect("a file of deploy/");
    changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{file} has no {from}");
        text.replace(from, to)
    })
}

/// nginx, killed when dropped.
struct Nginx {
    process: Child,
    /// Without TLS, which no visitor gets.
    site: Site,
    secure: u16,
    certificate: CertificateDer<'static>,
    _folder: TempDir,
}

impl Nginx {
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
        save(folder.path(), "nginx-nodes-server.conf", &deployed("nginx-nodes-server.conf", &[]));
        let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let folders = folders.map(|name| format!("{name}_temp_path {};", path(name))).concat();
        // One process, so that nothing is left when it is killed.
        let start = format!("daemon off; master_process off; pid {};", path("pid"));
        let main = save(
            folder.path(),
            "nginx.conf",
            &format!("{start} events {{}} http {{ access_log off; {folders} {site} }}"),
        );
        let binary = if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" };
        let mut command = Command::new(binary);
        command.args(["-e", "stderr", "-c", &main]);
        let process = command.spawn().expect("nginx, of Debian's package nginx-light");
        let site = Site { authority: format!("127.0.0.1:{plain}") };
        eventually(async || TcpStream::connect(&site.authority).await.is_ok()).await;
        Self { process, site, secure, certificate, _folder: folder }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("gone");
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
    let nginx = Nginx::start([&hangs, works, works]).await;
    let visits = join_all((0..6).map(async |_| {
        let began = Instant::now();
        let page = nginx.site.get("/", None).await;
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
    let nginx = Nginx::start([&node.site.authority; 3].map(String::as_str)).await;
    let mut visitor = connect_to(nginx.secure, NAME, &nginx.certificate, &[b"http/1.1"]).await.expect("a handshake");
    // A forged header does not count.
    let answer = ask(&mut visitor, "GET / HTTP/1.1\r\nx-forwarded-proto: http").await.to_lowercase();
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    assert!(answer.contains("strict-transport-security:") && answer.contains(&format!("wss://{NAME}")), "{answer}");

    let ada = nginx.site.sign_in("Ada").await;
    let code = nginx.site.create_room(&ada).await;
    let (mut host, _) = nginx.site.join(&ada, code, Role::Host).await;
    host.drain().await;
    let mut stream = EventStream::greet(&nginx.site, &ada).await;
    let (closed, event) = tokio::join!(timeout(QUIET, host.until_closed()), timeout(QUIET, stream.event()));
    assert!(closed.is_err(), "the connection was closed: {closed:?}");
    assert!(event.is_err(), "the stream was closed: {event:?}");
    // Events are passed on as they come.
    let ping = Ping { nonce: 7 };
    stream.send(&ClientMessage::Ping(ping)).await;
    assert_eq!(stream.receive().await, ServerMessage::Pong(ping));
}
