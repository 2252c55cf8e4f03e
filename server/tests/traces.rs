//! What the real binary sends to an OpenTelemetry collector.

use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::support::{Process, eventually};

/// A collector that keeps what it is sent, and answers as one does.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<u8>>>);

impl Collector {
    /// Its address.
    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let collector = self.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(collector.clone().attend(socket));
            }
        });
        format!("http://{address}")
    }

    async fn attend(self, socket: TcpStream) {
        let mut socket = BufReader::new(socket);
        while let Some(request) = read(&mut socket).await {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(request);
            let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        }
    }

    /// Whether it was sent this. Texts stand in the messages as they are (Protocol Buffers Encoding, "Length-Delimited Records").
    fn has(&self, text: &str) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.windows(text.len()).any(|window| window == text.as_bytes())
    }
}

/// The next request, head and body.
async fn read(socket: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let (mut head, mut length) = (String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        let begin = head.len();
        socket.read_line(&mut head).await.ok().filter(|count| *count > 0)?;
        if let Some(bytes) = head[begin..].to_ascii_lowercase().strip_prefix("content-length:") {
            length = bytes.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await.ok()?;
    Some([head.into_bytes(), body].concat())
}

#[tokio::test]
async fn requests_and_appends_are_traced_by_their_ids() {
    let collector = Collector::default();
    let endpoint = collector.start().await;
    let data = TempDir::new().expect("a folder for the data");
    let flags = ["--otel-exporter-otlp-endpoint", &endpoint];
    let server = Process::start(data.path(), &flags);
    let pair = server.site.pair().await;
    let answer = server.site.get("/api/health", None).await;
    let id = answer.headers()["x-request-id"].to_str().expect("an id in ASCII").to_owned();
    // The last ones are sent at the end.
    let ended = tokio::task::spawn_blocking(move || server.terminate()).await.expect("an end");
    assert!(ended.success());
    eventually(|| async { collector.has(&id) }).await;
    assert!(collector.has("POST /v1/traces HTTP/1.1"));
    for text in ["heartogether", "service.version", "request", "append", &pair.id.to_string()] {
        assert!(collector.has(text), "no trace says {text}");
    }
    assert!(!collector.has(&pair.code.to_string()), "a trace lets people into the room");
}

#[tokio::test]
async fn a_collector_that_is_not_there_disturbs_nobody() {
    let data = TempDir::new().expect("a folder for the data");
    let server = Process::start(data.path(), &["--otel-exporter-otlp-endpoint", "http://127.0.0.1:9"]);
    let mut pair = server.site.pair().await;
    pair.is_undisturbed().await;
    let ended = tokio::task::spawn_blocking(move || server.terminate()).await.expect("an end");
    assert!(ended.success());
}
