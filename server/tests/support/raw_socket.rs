//! A connection that sends bytes as they are.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::PATIENCE;

/// Longest wait for an answer to something that may be incomplete.
const HESITATION: Duration = Duration::from_secs(2);

/// A connection that says exactly these bytes.
pub struct RawSocket {
    stream: TcpStream,
}

impl RawSocket {
    pub async fn open(authority: &str) -> Self {
        let stream = TcpStream::connect(authority).await.expect("a connection");
        stream.set_nodelay(true).expect("a socket that takes options");
        Self { stream }
    }

    /// Sends to a server that may have heard enough before the end.
    pub async fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// What comes up to these bytes.
    pub async fn up_to(&mut self, end: &[u8]) -> Vec<u8> {
        let mut answer = Vec::new();
        while !answer.ends_with(end) {
            let byte = tokio::time::timeout(PATIENCE, self.stream.read_u8()).await.expect("a byte in time");
            answer.push(byte.expect("an open connection"));
        }
        answer
    }

    /// What comes up to the end of the connection. Who waits for more is told after a while that there is none.
    pub async fn rest(mut self) -> Vec<u8> {
        let mut answer = Vec::new();
        if tokio::time::timeout(HESITATION, self.stream.read_to_end(&mut answer)).await.is_err() {
            let _ = self.stream.shutdown().await;
            let end = self.stream.read_to_end(&mut answer);
            let _ = tokio::time::timeout(PATIENCE, end).await.expect("an end of the connection");
        }
        answer
    }
}
