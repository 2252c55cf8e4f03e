//! HTTPS without a proxy: with a certificate in files, and with one from an authority.

use std::{io, path::Path, sync::Arc};

use heartogether::{
    limits::Limits,
    protocol::{ClientMessage, Hello, PROTOCOL_VERSION},
    time::Timestamp,
};
use heartogether_server::{clock::ManualClock, config::Config, startup::Server};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::redirect::Policy;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::support::PATIENCE;

pub const NAME: &str = "hear.test";

/// Writes a fresh certificate for [`NAME`], and gives it.
pub fn certify(folder: &Path) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed([NAME.to_owned()]).expect("a self-signed certificate");
    std::fs::write(folder.join("key.pem"), signing_key.serialize_pem()).expect("a key in a file");
    std::fs::write(folder.join("cert.pem"), cert.pem()).expect("a certificate in a file");
    cert.der().clone()
}

/// A server that speaks HTTPS, its port and the one of plain HTTP.
async fn start(folder: &Path, flags: &[&str]) -> (u16, u16) {
    let path = |name: &str| folder.join(name).to_str().expect("a path in UTF-8").to_owned();
    let (data, cert, key) = (path("data"), path("cert.pem"), path("key.pem"));
    let arguments =
        ["heartogether-server", "--port", "0", "--http-port", "0", "--host", "127.0.0.1", "--data-dir", &data];
    let files = ["--tls-cert", &cert, "--tls-key", &key];
    let config = Config::from_arguments(arguments.into_iter().chain(files).chain(flags.iter().copied()));
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
    let server = Server::bind(config.expect("valid flags"), Limits::default(), clock).await.expect("a server");
    let ports = (server.port(), server.redirected_port().expect("a port that is redirected"));
    assert!(server.url().starts_with("https://"));
    tokio::spawn(server.serve(std::future::pending()));
    ports
}

async fn connect(
    port: u16,
    trusted: &CertificateDer<'static>,
    protocols: &[&[u8]],
) -> io::Result<TlsStream<TcpStream>> {
    connect_to(port, NAME, trusted, protocols).await
}

/// A connection of somebody who trusts this certificate alone.
pub async fn connect_to(
    port: u16,
    name: &'static str,
    trusted: &CertificateDer<'static>,
    protocols: &[&[u8]],
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a certificate to trust");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut config = builder.expect("TLS versions").with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let name = ServerName::try_from(name).expect("a name");
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

pub async fn ask(stream: &mut TlsStream<TcpStream>, request: &str) -> String {
    stream.write_all(format!("{request}\r\nhost: {NAME}\r\nconnection: close\r\n").as_bytes()).await.expect("a way in");
    stream.write_all(b"\r\n").await.expect("a way in");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test]
async fn pages_over_https_have_an_hsts_header() {
    let folder = TempDir::new().expect("a folder");
    let cert = certify(folder.path());
    let (port, _) = start(folder.path(), &[]).await;
    let mut stream = connect(port, &cert, &[b"http/1.1"]).await.expect("a handshake");
    let answer = ask(&mut stream, "GET / HTTP/1.1").await.to_lowercase();
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=31536000"), "{answer}");
    assert!(answer.contains(&format!("connect-src 'self' wss://{NAME}")), "{answer}");

    let mut stream = connect(port, &cert, &[b"http/1.1"]).await.expect("a handshake");
    let form = "POST /api/fn/sign_in_as_guest HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded\r\n\
                origin: https://hear.test\r\ncontent-length: 0";
    let from_plain = form.replace("https:", "http:");
    assert!(!ask(&mut stream, form).await.starts_with("HTTP/1.1 403"));
    let mut stream = connect(port, &cert, &[b"http/1.1"]).await.expect("a handshake");
    assert!(ask(&mut stream, &from_plain).await.starts_with("HTTP/1.1 403"));
}

#[tokio::test]
async fn http1_and_http2_work_and_members_can_connect() {
    let folder = TempDir::new().expect("a folder");
    let cert = certify(folder.path());
    let (port, _) = start(folder.path(), &[]).await;
    let stream = connect(port, &cert, &[b"h2", b"http/1.1"]).await.expect("a handshake");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut client, connection) = hyper::client::conn::http2::handshake(
        hyper_util::rt::TokioExecutor::new(),
        hyper_util::rt::TokioIo::new(stream),
    )
    .await
    .expect("HTTP/2");
    tokio::spawn(connection);
    let request = hyper::Request::get(format!("https://{NAME}/api/health")).body(String::new()).expect("a request");
    assert_eq!(client.send_request(request).await.expect("an answer").status(), 200);

    let stream = connect(port, &cert, &[b"http/1.1"]).await.expect("a handshake");
    let (mut socket, _) =
        tokio_tungstenite::client_async(format!("wss://{NAME}/ws"), stream).await.expect("a WebSocket");
    let hello = heartogether::protocol::encode(&ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION }));
    futures::SinkExt::send(&mut socket, hello.into()).await.expect("a connection that takes frames");
    let answer = futures::StreamExt::next(&mut socket).await.expect("an answer").expect("a frame");
    assert!(answer.to_text().expect("text").contains("not_signed_in"), "{answer:?}");
}

/// Without its preface there are not even pings that could go unanswered; with it, they are answered.
#[tokio::test]
async fn http2_connections_without_requests_are_closed() {
    let folder = TempDir::new().expect("a folder");
    let cert = certify(folder.path());
    let (port, _) = start(folder.path(), &[]).await;
    let mut silent = connect(port, &cert, &[b"h2"]).await.expect("a handshake");
    let stream = connect(port, &cert, &[b"h2"]).await.expect("a handshake");
    let (_client, connection) = hyper::client::conn::http2::handshake::<_, _, String>(
        hyper_util::rt::TokioExecutor::new(),
        hyper_util::rt::TokioIo::new(stream),
    )
    .await
    .expect("HTTP/2");
    let silence = async {
        let mut buffer = [0; 1024];
        // Its own settings are all that the server says.
        while silent.read(&mut buffer).await.is_ok_and(|bytes| bytes > 0) {}
    };
    let ended = async { tokio::join!(silence, connection) };
    let (_, _) = tokio::time::timeout(PATIENCE, ended).await.expect("neither keeps its place");
}

#[tokio::test]
async fn plain_http_is_redirected_to_https() {
    let folder = TempDir::new().expect("a folder");
    certify(folder.path());
    let (port, plain) = start(folder.path(), &[]).await;
    let client = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
    let get =
        |path: &str, host: &str| client.get(format!("http://127.0.0.1:{plain}{path}")).header("host", host).send();
    let led = get("/room/ABC234?a=b", "hear.test:80").await.expect("an answer");
    assert_eq!(led.status(), 308);
    assert_eq!(led.headers()["location"], format!("https://hear.test:{port}/room/ABC234?a=b"));
    assert_eq!(get("/", "evil.example/x@y").await.expect("an answer").status(), 400);
    assert_eq!(get("/api/health", "hear.test").await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn a_new_certificate_is_used_and_a_broken_one_is_not() {
    let folder = TempDir::new().expect("a folder");
    let old = certify(folder.path());
    let (port, _) = start(folder.path(), &[]).await;
    connect(port, &old, &[]).await.expect("a handshake");
    std::fs::write(folder.path().join("cert.pem"), "nonsense").expect("a file");
    std::fs::write(folder.path().join("key.pem"), "nonsense").expect("a file");
    connect(port, &old, &[]).await.expect("the old certificate still");
    let new = certify(folder.path());
    let taken_in = async {
        while connect(port, &new, &[]).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, taken_in).await.expect("the new certificate is shown");
    assert!(connect(port, &old, &[]).await.is_err());
}

#[tokio::test]
async fn a_server_does_not_start_with_an_unusable_certificate() {
    let folder = TempDir::new().expect("a folder");
    certify(folder.path());
    std::fs::write(folder.path().join("key.pem"), "nonsense").expect("a file");
    let path = |name: &str| folder.path().join(name).to_str().expect("a path in UTF-8").to_owned();
    let (data, cert, key) = (path("data"), path("cert.pem"), path("key.pem"));
    let arguments = ["server", "--port", "0", "--data-dir", &data, "--tls-cert", &cert, "--tls-key", &key];
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
    let config = Config::from_arguments(arguments).expect("valid flags");
    let error = Server::bind(config, Limits::default(), clock).await.err().expect("no server").to_string();
    assert!(error.contains("key.pem") && error.contains("TLS_KEY"), "{error}");
}
