//! A server of a test's own, visitors and their connections.

use std::{
    future::Future,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};

use futures::{SinkExt, StreamExt};
use heartogether::{
    id::{MemberId, NegotiationId, RoomCode, RoomId, Seq},
    limits::Limits,
    protocol::{
        ClientMessage, FromRoom, Hello, Join, PROTOCOL_VERSION, ReceivedSignal, ResumeRoom, ResumeRooms, RoomFrame,
        SendSignal, ServerMessage, Signal, ToRoom, decode_server, encode,
    },
    refusal::Refusal,
    role::Role,
    room::{Joined, Resumed, RoomEvent, SequencedEvent, StreamState},
    time::Timestamp,
};
use heartogether_server::{
    clock::ManualClock,
    config::Config,
    startup::Server,
    storage::{database, keys::MemoryKeys, sealing::Sealer},
};
use reqwest::{Client as HttpClient, Response, header, redirect::Policy};
use sqlx::{Row, SqlitePool};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async, connect_async,
    tungstenite::{Message, client::IntoClientRequest, handshake::client::Request},
};

/// Longest wait for something that is about to happen: generous, as nothing is asserted about speed.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The code of a room that no test is in.
const NO_ROOM: &str = "ZZZ222";

/// Longest wait for an answer to something that may be incomplete.
const HESITATION: Duration = Duration::from_secs(2);

/// Asks again and again until it is so.
pub async fn eventually<F: Future<Output = bool>>(mut is_so: impl FnMut() -> F) {
    let asking = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("in good time");
}

/// Overwrites the table of the logs' entries in a database's file, as a disk does that goes bad. Gives the database as whoever
/// opens it next finds it.
pub async fn damage_entries(pool: &SqlitePool, path: &Path) -> SqlitePool {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(pool).await.expect("all in one file");
    let number = async |query: &'static str| {
        let row = sqlx::query(query).fetch_one(pool).await.expect("an answer");
        usize::try_from(row.get::<i64, _>(0)).expect("a number")
    };
    let size = number("PRAGMA page_size").await;
    let root = number("SELECT rootpage FROM sqlite_master WHERE name = 'entries'").await;
    let mut file = std::fs::read(path).expect("the file");
    file[(root - 1) * size..root * size].fill(0xa5);
    std::fs::write(path, file).expect("the file is written");
    database::open(path).await.expect("a database")
}

/// Seals with keys in memory, which every account has.
pub fn sealer() -> Arc<Sealer> {
    Arc::new(Sealer::new(Arc::new(MemoryKeys::default())))
}

/// Where a server is reached, whichever way it was started.
#[derive(Clone)]
pub struct Site {
    pub authority: String,
}

/// A server in this process, which is gone with the test.
pub struct TestServer {
    pub site: Site,
    pub clock: Arc<ManualClock>,
    run: Option<Run>,
    limits: Limits,
    data: TempDir,
}

/// A server in this process, on data that may outlast it. It goes on when dropped.
pub struct Run {
    pub site: Site,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Run {
    /// Stops it as a termination signal does.
    pub async fn stop(self) {
        self.stop.send(()).expect("a server that runs");
        self.task.await.expect("an end in order");
    }
}

/// A server in this process, on data that may outlast it.
pub async fn serve(data: &TempDir, clock: &Arc<ManualClock>, limits: Limits, flags: &[&str]) -> Run {
    let folder = data.path().to_str().expect("a path in UTF-8");
    let arguments = ["heartogether-server", "--port", "0", "--host", "127.0.0.1", "--data-dir", folder];
    let config = Config::from_arguments(arguments.into_iter().chain(flags.iter().copied())).expect("valid flags");
    let server = Server::bind(config, limits, clock.clone()).await.expect("a server");
    let site = Site { authority: format!("127.0.0.1:{}", server.port()) };
    let (stop, stopped) = oneshot::channel();
    let shutdown = async {
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    Run { site, stop, task: tokio::spawn(server.serve(shutdown)) }
}

impl TestServer {
    pub async fn start() -> Self {
        Self::start_with(Limits::default(), &[]).await
    }

    pub async fn start_with(limits: Limits, flags: &[&str]) -> Self {
        let data = TempDir::new().expect("a folder for the data");
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
        let run = serve(&data, &clock, limits.clone(), flags).await;
        Self { site: run.site.clone(), clock, run: Some(run), limits, data }
    }

    /// Stops, and starts again on the same data with other settings.
    pub async fn again(&mut self, flags: &[&str]) -> Site {
        self.stop().await;
        let run = serve(&self.data, &self.clock, self.limits.clone(), flags).await;
        self.site = run.site.clone();
        self.run = Some(run);
        self.site.clone()
    }

    /// Stops in order.
    pub async fn stop(&mut self) {
        if let Some(run) = self.run.take() {
            run.stop().await;
        }
    }

    /// The file that all is kept in.
    pub fn database(&self) -> PathBuf {
        self.data.path().join("heartogether.db")
    }
}

/// The real binary, killed when dropped.
pub struct Process {
    child: Child,
    pub site: Site,
}

impl Process {
    pub fn start(data: &Path, flags: &[&str]) -> Self {
        Self::start_with(data, flags, "warn", Stdio::inherit())
    }

    /// With a log of this level that goes there.
    pub fn start_with(data: &Path, flags: &[&str], log: &str, stderr: Stdio) -> Self {
        let mut command = Self::command(data, log);
        command.args(["--port", "0", "--host", "127.0.0.1"]).args(flags).stderr(stderr);
        Self::spawn(command)
    }

    /// The binary on this data.
    pub fn command(data: &Path, log: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_heartogether-server"));
        command.args(["--log", log, "--data-dir"]).arg(data);
        command
    }

    /// Starts it, and waits until it is ready.
    pub fn spawn(command: Command) -> Self {
        Self::begin(command).ready()
    }

    /// Starts it.
    pub fn begin(mut command: Command) -> Starting {
        Starting(command.stdout(Stdio::piped()).spawn().expect("the server starts"))
    }

    /// Its id in the system.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Tells it to stop, as an operator's tools do.
    pub fn tell_to_stop(&self) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("a signal").success());
    }

    /// Waits for its end.
    pub fn ended(mut self) -> ExitStatus {
        self.child.wait().expect("the server ends")
    }

    /// Stops it in order.
    pub fn terminate(self) -> ExitStatus {
        self.tell_to_stop();
        self.ended()
    }
}

/// A server that is not ready yet.
pub struct Starting(Child);

impl Starting {
    /// Waits until it is.
    pub fn ready(mut self) -> Process {
        let mut line = String::new();
        let stdout = self.0.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("its first line");
        let (_, port) = line.trim().rsplit_once(':').expect("its URL");
        Process { site: Site { authority: format!("127.0.0.1:{port}") }, child: self.0 }
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGKILL: nothing is written on the way out. One that has ended cannot be killed.
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.child.kill().expect("the server can be killed");
            self.child.wait().expect("the server ends");
        }
    }
}

impl Site {
    pub async fn get(&self, path: &str, cookie: Option<&str>) -> Response {
        let cookie = cookie.map(|cookie| ("cookie", cookie));
        self.get_with(path, cookie.as_slice()).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let request = http().get(format!("http://{}{path}", self.authority));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.send().await.expect("an answer")
    }

    /// Calls a server function as a form does.
    pub async fn submit(&self, function: &str, form: &str, headers: &[(&str, &str)]) -> Response {
        self.post(&format!("/api/fn/{function}"), form, headers).await
    }

    /// Sends a form to a path.
    pub async fn post(&self, path: &str, form: &str, headers: &[(&str, &str)]) -> Response {
        let request = http().post(format!("http://{}{path}", self.authority));
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.to_owned());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.send().await.expect("an answer")
    }

    /// What a page shows: without the texts that it brings along for its code.
    pub async fn shown(&self, path: &str, headers: &[(&str, &str)]) -> String {
        let page = self.get_with(path, headers).await.text().await.expect("a page");
        let (before, texts) = page.split_once("<script type=\"application/json\"").expect("the page's texts");
        format!("{before}{}", texts.split_once("</script>").expect("their end").1)
    }

    /// Becomes a guest; gives the cookie.
    pub async fn sign_in(&self, name: &str) -> String {
        let response = self.submit("sign_in_as_guest", &format!("name={name}"), &[]).await;
        let cookie = response.headers().get(header::SET_COOKIE).expect("a session cookie");
        let cookie = cookie.to_str().expect("a cookie in ASCII");
        cookie.split(';').next().expect("name and value").to_owned()
    }

    pub async fn create_room(&self, cookie: &str) -> RoomCode {
        let response = self.submit("create_room", "", &[("cookie", cookie)]).await;
        let location = response.headers().get(header::LOCATION).expect("a way to the room");
        let path = location.to_str().expect("a path");
        RoomCode::parse(path.strip_prefix("/host/").expect("the host's page")).expect("a code")
    }

    /// What is said of the rooms an account can come back to.
    pub async fn recent_rooms(&self, cookie: &str) -> String {
        let response = self.submit("recent_rooms", "", &[("cookie", cookie)]).await;
        response.text().await.expect("text")
    }

    /// Asks to open a room again, as the form does. Whether it leads there.
    pub async fn reopen(&self, cookie: &str, code: RoomCode) -> bool {
        let response = self.submit("reopen_room", &format!("code={code}"), &[("cookie", cookie)]).await;
        let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
        location == Some(&format!("/host/{code}"))
    }

    async fn room_id(&self, code: RoomCode) -> RoomId {
        let report: serde_json::Value =
            self.get(&format!("/api/rooms/{code}"), None).await.json().await.expect("a report");
        report["id"].as_str().expect("an id").parse().expect("a room's id")
    }

    pub fn socket_request(&self, cookie: Option<&str>) -> Request {
        let mut request = format!("ws://{}/ws", self.authority).into_client_request().expect("a request");
        if let Some(cookie) = cookie {
            request.headers_mut().insert("cookie", cookie.parse().expect("a cookie"));
        }
        request
    }

    /// A connection that has not said anything.
    pub async fn connect(&self, cookie: &str) -> Connection {
        Connection::open(self.socket_request(Some(cookie))).await
    }

    /// A connection that has said hello and was welcomed.
    pub async fn greet(&self, cookie: &str) -> Connection {
        let mut connection = self.connect(cookie).await;
        connection.send(&ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION })).await;
        assert!(matches!(connection.receive().await, ServerMessage::Welcome(_)));
        connection
    }

    /// A member's connection.
    pub async fn join(&self, cookie: &str, code: RoomCode, role: Role) -> (Connection, Joined) {
        let mut connection = self.greet(cookie).await;
        connection.send(&join(code, role)).await;
        let joined = connection.joined().await;
        (connection, joined)
    }

    /// A room of Ada's, to which Grace listens.
    pub async fn pair(&self) -> Pair {
        let (ada, grace) = (self.sign_in("Ada").await, self.sign_in("Grace").await);
        let code = self.create_room(&ada).await;
        let (mut host, as_host) = self.join(&ada, code, Role::Host).await;
        let (mut listener, as_listener) = self.join(&grace, code, Role::Listener).await;
        let RoomEvent::MemberJoined { member: seen } = host.event().await else { panic!("the host sees who joins") };
        // The link is there by now, and both know how many listen.
        host.drain().await;
        listener.drain().await;
        assert_eq!((seen.member, seen.name.as_str()), (as_listener.member, "Grace"));
        let id = self.room_id(code).await;
        Pair { id, code, ada, grace, host, as_host, listener, as_listener }
    }
}

/// Where every test has a process of its own, no server in it has chosen one yet.
pub fn install_crypto() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn http() -> HttpClient {
    install_crypto();
    HttpClient::builder().redirect(Policy::none()).build().expect("an HTTP client")
}

/// A live room that must not notice what others do.
pub struct Pair {
    pub id: RoomId,
    pub code: RoomCode,
    pub ada: String,
    pub grace: String,
    pub host: Connection,
    pub as_host: Joined,
    pub listener: Connection,
    pub as_listener: Joined,
}

impl Pair {
    /// Signals go both ways, and nothing else has come.
    pub async fn is_undisturbed(&mut self) {
        let (host, listener) = (self.as_host.member, self.as_listener.member);
        self.host.signal(listener, offer(1)).await;
        assert_eq!(self.listener.hear().await, received(host, offer(1)));
        self.listener.signal(host, answer(1)).await;
        assert_eq!(self.host.hear().await, received(listener, answer(1)));
    }
}

/// A client's end of a WebSocket.
pub struct Connection {
    /// The close code, once a drained connection has turned out to be closed.
    pub closed_with: Option<u16>,
    /// The room that was asked for a place last.
    room: Option<RoomCode>,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Connection {
    pub async fn open(request: Request) -> Self {
        let (socket, _) = connect_async(request).await.expect("a connection");
        Self { socket, room: None, closed_with: None }
    }

    /// Over a socket that is there; `None` where the server wants none of it.
    pub async fn over(request: Request, socket: TcpStream) -> Option<Self> {
        let (socket, _) = client_async(request, MaybeTlsStream::Plain(socket)).await.ok()?;
        Some(Self { socket, room: None, closed_with: None })
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
                Message::Text(text) => match decode_server(&text).expect("a message of the protocol") {
                    message if is_passed_over(&message) => {}
                    message => return message,
                },
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("expected a message, got {other:?}"),
            }
        }
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
        loop {
            if let Message::Close(frame) = self.frame().await {
                return frame.expect("a reason").code.into();
            }
        }
    }

    /// Refused and closed.
    pub async fn last_words(&mut self) -> (Refusal, u16) {
        (self.refusal().await, self.close_code().await)
    }
}

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

pub fn join(code: RoomCode, role: Role) -> ClientMessage {
    said_in(code, ToRoom::Join(Join { role, take_over: false }))
}

pub fn resume(code: RoomCode, joined: &Joined, last_seq: Seq) -> ClientMessage {
    let rooms = vec![ResumeRoom { room: code, token: joined.token, last_seq }];
    ClientMessage::ResumeRooms(ResumeRooms { rooms })
}

pub fn offer(negotiation: u32) -> Signal {
    Signal::Offer { negotiation: NegotiationId(negotiation), sdp: "v=0 offer".to_owned(), restarts: None }
}

pub fn answer(negotiation: u32) -> Signal {
    Signal::Answer { negotiation: NegotiationId(negotiation), sdp: "v=0 answer".to_owned() }
}

pub fn received(from: MemberId, signal: Signal) -> FromRoom {
    FromRoom::Signal(ReceivedSignal { from, signal })
}

/// What is said in a room.
pub fn said_in(room: RoomCode, message: ToRoom) -> ClientMessage {
    ClientMessage::Room(RoomFrame { room, message })
}

/// What the room says in a message.
pub fn from_room(message: ServerMessage) -> Option<FromRoom> {
    match message {
        ServerMessage::Room(frame) => Some(frame.message),
        _ => None,
    }
}

/// The event that a message tells of.
pub fn told(message: ServerMessage) -> Option<RoomEvent> {
    match from_room(message)? {
        FromRoom::Event(SequencedEvent { event, .. }) => Some(event),
        _ => None,
    }
}

/// Why a message refuses something, be it in a room or not.
pub fn refused(message: &ServerMessage) -> Option<Refusal> {
    match message {
        ServerMessage::Refused(refused) => Some(refused.refusal),
        ServerMessage::Room(RoomFrame { message: FromRoom::Refused { refusal }, .. }) => Some(*refusal),
        _ => None,
    }
}

/// Heartbeats, and what follows from who is there: tests of links look at those.
fn is_passed_over(message: &ServerMessage) -> bool {
    use RoomEvent::{AttendanceChanged, LinkClosed, LinkOpened};
    let ServerMessage::Room(RoomFrame { message: FromRoom::Event(told), .. }) = message else {
        return *message == ServerMessage::Heartbeat;
    };
    matches!(told.event, LinkOpened { .. } | LinkClosed { .. } | AttendanceChanged { .. })
}

/// What the stream has become, if that is what happened.
pub(crate) fn changed_to(event: &RoomEvent) -> Option<StreamState> {
    match event {
        RoomEvent::PublicationChanged { publication } => Some(publication.state),
        _ => None,
    }
}

/// What people read of a refusal in English.
pub fn said(refusal: Refusal) -> String {
    heartogether_app::locale::refusal_text(heartogether_app::locale::Language::English, refusal)
}
