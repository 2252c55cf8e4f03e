//! A WebSocket that speaks the protocol.

use futures::{SinkExt, StreamExt};
use heartogether::protocol::{
    ClientMessage, CustomEvent, Hello, LoungesChanged, PROTOCOL_VERSION, ServerMessage, decode_server, encode,
};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        http::{HeaderValue, header},
        protocol::WebSocketConfig,
    },
};

use crate::{HeadlessError, Node};

/// Small, because there are many connections.
const BUFFER_BYTES: usize = 4 * 1024;
/// What the system keeps for a reader who stalls. It doubles this (socket(7), `SO_RCVBUF`). With its own choice, it would
/// keep megabytes, and the server would not notice that nobody reads.
const STALLED_BYTES: u32 = 4 * 1024;

/// A connection that has said hello and was welcomed.
pub(crate) struct Connection {
    socket: WebSocketStream<TcpStream>,
}

/// A message, and the bytes of its frame.
pub(crate) struct Received {
    pub(crate) message: ServerMessage,
    pub(crate) bytes: usize,
}

impl Connection {
    /// Connects with a session. The system keeps little for a reader who stalls.
    pub(crate) async fn open(node: &Node, cookie: &str, is_stalled: bool) -> Result<Self, HeadlessError> {
        let socket = if node.address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        if is_stalled {
            socket.set_recv_buffer_size(STALLED_BYTES)?;
        }
        let stream = socket.connect(node.address).await?;
        stream.set_nodelay(true)?;
        let mut request = format!("ws{}/ws", node.origin().trim_start_matches("http")).into_client_request()?;
        let value =
            |text: &str| HeaderValue::from_str(text).map_err(|error| HeadlessError::Socket(Box::new(error.into())));
        request.headers_mut().insert(header::COOKIE, value(cookie)?);
        request.headers_mut().insert(header::ORIGIN, value(node.origin())?);
        let config = WebSocketConfig::default().read_buffer_size(BUFFER_BYTES).write_buffer_size(BUFFER_BYTES);
        let (socket, _) = client_async_with_config(request, stream, Some(config)).await?;
        let mut connection = Self { socket };
        connection.send(&ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION })).await?;
        match connection.receive().await?.message {
            ServerMessage::Welcome(_) => Ok(connection),
            ServerMessage::Refused(refused) => Err(HeadlessError::Refused(refused.refusal)),
            _ => Err(HeadlessError::Ended),
        }
    }

    pub(crate) async fn send(&mut self, message: &ClientMessage) -> Result<(), HeadlessError> {
        Ok(self.socket.send(Message::text(encode(message))).await?)
    }

    /// The next message. The library answers pings. Nothing is lost if the caller stops waiting.
    pub(crate) async fn receive(&mut self) -> Result<Received, HeadlessError> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => match decode_server(&text) {
                    Ok(message) => return Ok(Received { message, bytes: text.len() }),
                    Err(_) if CustomEvent::decode(&text).is_ok() || LoungesChanged::decode(&text).is_ok() => {}
                    Err(refusal) => return Err(HeadlessError::Refused(refusal)),
                },
                Some(Ok(Message::Close(_))) | None => return Err(HeadlessError::Ended),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
            }
        }
    }
}
