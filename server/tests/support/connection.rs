//! A client's connection to a server.

use futures::{SinkExt, StreamExt};
use heartogether::{
    id::{MemberId, RoomCode},
    protocol::{
        ClientMessage, CustomEvent, FromRoom, LoungesChanged, RoomFrame, SendSignal, ServerMessage, Signal, ToRoom,
        decode_server, encode,
    },
    refusal::Refusal,
    room::{Joined, Resumed, RoomEvent, SequencedEvent},
};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async, connect_async,
    tungstenite::{Message, handshake::client::Request},
};

use super::{PATIENCE, said_in};

/// The code of a room that no test is in.
const NO_ROOM: &str = "ZZZ222";

/// A client's end of a WebSocket.
pub struct Connection {
    /// The close code, once a drained connection has turned out to be closed.
    pub closed_with: Option<u16>,
    /// Events of rooms' owners that have come. They are passed over like heartbeats.
    pub custom: Vec<CustomEvent>,
    /// What has come of changes in the account's list of lounges. It is passed over, too.
    pub lounges: Vec<LoungesChanged>,
    /// The room that was asked for a place last.
    room: Option<RoomCode>,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Connection {
    pub async fn open(request: Request) -> Self {
        let (socket, _) = connect_async(request).await.expect("a connection");
        Self { socket, room: None, custom: Vec::new(), lounges: Vec::new(), closed_with: None }
    }

    /// Over a socket that is there; `None` where the server wants none of it.
    pub async fn over(request: Request, socket: TcpStream) -> Option<Self> {
        let (socket, _) = client_async(request, MaybeTlsStream::Plain(socket)).await.ok()?;
        Some(Self { socket, room: None, custom: Vec::new(), lounges: Vec::new(), closed_with: None })
    }

    pub async fn send(&mut self, message: &ClientMessage) {
        self.note_room(message);
        self.send_frame(Message::text(encode(message))).await;
    }

    /// Says something in the room.
    pub async fn say(&mut self, message: ToRoom) {
        let room = self.room.expect("a room that was asked for a place");
        self.send(&said_in(room, message)).await;
    }

    fn note_room(&mut self, message: &ClientMessage) {
        match message {
            ClientMessage::Room(frame) => self.room = Some(frame.room),
            ClientMessage::ResumeRooms(resume) => self.room = resume.rooms.last().map(|place| place.room),
            _ => {}
        }
    }

    /// Sends to a server that may have closed the connection already.
    pub async fn try_send(&mut self, message: &ClientMessage) {
        self.note_room(message);
        let _ = self.socket.send(Message::text(encode(message))).await;
    }

    /// Whatever has come, up to the answer to a last message or the end of the connection; heartbeats, links and attendance aside.
    pub async fn drain(&mut self) -> Vec<ServerMessage> {
        self.drain_all().await.into_iter().filter(|message| !is_passed_over(message)).collect()
    }

    /// Whatever has come, up to the answer to a last message or the end of the connection.
    pub async fn drain_all(&mut self) -> Vec<ServerMessage> {
        // What is asked of rooms waits in line, and is answered before this, which is refused.
        let last = said_in(NO_ROOM.parse().expect("a code"), ToRoom::Leave);
        let _ = self.socket.send(Message::text(encode(&last))).await;
        let mut seen = Vec::new();
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
            match frame {
                Some(Ok(Message::Text(text))) if self.note_aside(&text) => {}
                Some(Ok(Message::Text(text))) => match decode_server(&text).expect("a message of the protocol") {
                    ServerMessage::Room(frame) if frame.room.to_string() == NO_ROOM => return seen,
                    ServerMessage::Heartbeat => {}
                    message => seen.push(message),
                },
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(frame))) => {
                    self.closed_with = frame.map(|frame| frame.code.into());
                    return seen;
                }
                _ => return seen,
            }
        }
    }

    pub async fn send_frame(&mut self, frame: Message) {
        self.socket.send(frame).await.expect("a connection that takes frames");
    }

    /// Sends until the server has had enough.
    pub async fn flood(&mut self, frame: Message, times: usize) {
        for _ in 0..times {
            if self.socket.feed(frame.clone()).await.is_err() {
                return;
            }
        }
        let _ = self.socket.flush().await;
    }

    pub async fn signal(&mut self, to: MemberId, signal: Signal) {
        self.say(ToRoom::Signal(SendSignal { to, signal })).await;
    }

    /// The next message; heartbeats, links and attendance aside.
    pub async fn receive(&mut self) -> ServerMessage {
        loop {
            match self.frame().await {
                Message::Text(text) if self.note_aside(&text) => {}
                Message::Text(text) => match decode_server(&text).expect("a message of the protocol") {
                    message if is_passed_over(&message) => {}
                    message => return message,
                },
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("expected a message, got {other:?}"),
            }
        }
    }

    /// Keeps an event of a room's owner, or a change in the list of lounges. Returns whether the frame is one.
    fn note_aside(&mut self, frame: &str) -> bool {
        let event = CustomEvent::decode(frame).ok().map(|(_, event)| event);
        let changed = LoungesChanged::decode(frame).ok();
        let is_aside = event.is_some() || changed.is_some();
        self.custom.extend(event);
        self.lounges.extend(changed);
        is_aside
    }

    /// The next change in the account's list of lounges.
    pub async fn list_change(&mut self) -> LoungesChanged {
        while self.lounges.is_empty() {
            if let Message::Text(text) = self.frame().await {
                self.note_aside(&text);
            }
        }
        self.lounges.remove(0)
    }

    pub async fn frame(&mut self) -> Message {
        let frame = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
        frame.expect("an open connection").expect("a readable frame")
    }

    /// What the room says next.
    pub async fn hear(&mut self) -> FromRoom {
        match self.receive().await {
            ServerMessage::Room(RoomFrame { room, message }) if Some(room) == self.room => message,
            other => panic!("expected the room to say something, got {other:?}"),
        }
    }

    /// What the room says next; `None` once the connection is gone.
    pub async fn hear_or_end(&mut self) -> Option<FromRoom> {
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
            match frame {
                Some(Ok(Message::Text(text))) => match decode_server(&text) {
                    Ok(ServerMessage::Room(frame)) if Some(frame.room) == self.room => return Some(frame.message),
                    _ => {}
                },
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    pub async fn joined(&mut self) -> Joined {
        match self.hear().await {
            FromRoom::Joined(joined) => joined,
            other => panic!("expected to have joined, got {other:?}"),
        }
    }

    pub async fn resumed(&mut self) -> Resumed {
        match self.hear().await {
            FromRoom::Resumed(resumed) => resumed,
            other => panic!("expected to have resumed, got {other:?}"),
        }
    }

    pub async fn refusal(&mut self) -> Refusal {
        match self.receive().await {
            ServerMessage::Refused(refused) => refused.refusal,
            ServerMessage::Room(RoomFrame { message: FromRoom::Refused { refusal }, .. }) => refusal,
            other => panic!("expected a refusal, got {other:?}"),
        }
    }

    pub async fn event(&mut self) -> RoomEvent {
        match self.hear().await {
            FromRoom::Event(SequencedEvent { event, .. }) => event,
            other => panic!("expected an event, got {other:?}"),
        }
    }

    /// The close code, once the connection is closed; messages before it are passed over.
    pub async fn close_code(&mut self) -> u16 {
        self.until_closed().await.1
    }

    /// The messages before the end of the connection, and its close code.
    pub async fn until_closed(&mut self) -> (Vec<ServerMessage>, u16) {
        let mut heard = Vec::new();
        loop {
            match self.frame().await {
                Message::Close(frame) => return (heard, frame.expect("a reason").code.into()),
                Message::Text(text) if !self.note_aside(&text) => heard.extend(decode_server(&text)),
                _ => {}
            }
        }
    }

    /// Refused and closed.
    pub async fn last_words(&mut self) -> (Refusal, u16) {
        (self.refusal().await, self.close_code().await)
    }
}

/// Heartbeats, and what follows from who is there: tests of links look at those.
pub(super) fn is_passed_over(message: &ServerMessage) -> bool {
    use RoomEvent::{AttendanceChanged, LinkClosed, LinkOpened};
    let ServerMessage::Room(RoomFrame { message: FromRoom::Event(told), .. }) = message else {
        return *message == ServerMessage::Heartbeat;
    };
    matches!(told.event, LinkOpened { .. } | LinkClosed { .. } | AttendanceChanged { .. })
}
