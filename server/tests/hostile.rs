//! Plays the corpus in `hostile/` beside a live room: nothing panics, nothing breaks, and the room does not change.

use crate::support::refused;
use crate::support::said_in;
use heartogether::protocol::ToRoom;
use std::{
    path::{Path, PathBuf},
    sync::{
        Once,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures::{StreamExt, stream};
use heartogether::{
    limits::Limits,
    protocol::{Join, ServerMessage},
    refusal::Refusal,
    role::Role,
};
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::support::{Connection, Pair, RawSocket, Site, TestServer};

/// Requests under way at once.
const AT_ONCE: usize = 16;
/// Beside the site, where no path may lead.
const SECRET: &str = "nobody may read this";
/// What a server closes with that broke (RFC 6455, section 7.4.1).
const INTERNAL_ERROR: u16 = 1011;

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Counts panics on every thread of this process from now on; gives how many there were so far.
pub fn panics() -> usize {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            PANICS.fetch_add(1, Ordering::SeqCst);
            usual(info);
        }));
    });
    PANICS.load(Ordering::SeqCst)
}

/// One line of a file: what it says, and the bytes it stands for.
pub struct Line {
    pub text: String,
    pub bytes: Vec<u8>,
}

/// The lines of every file in a folder. `names` stand for what only the running server knows.
pub fn corpus(folder: &str, names: &[(&str, String)]) -> Vec<Line> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile").join(folder);
    let mut files: Vec<PathBuf> =
        folder.read_dir().expect("the folder").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files.iter().flat_map(|file| lines_of(&std::fs::read_to_string(file).expect("text"), names)).collect()
}

fn lines_of(content: &str, names: &[(&str, String)]) -> Vec<Line> {
    let mut template = "%";
    let mut lines = Vec::new();
    for line in content.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
        match line.strip_prefix("= ") {
            Some(begun) => template = begun,
            None => {
                let named = names.iter().fold(template.replacen('%', line, 1), |text, (name, value)| {
                    text.replace(&format!("<<{name}>>"), value)
                });
                lines.push(Line { text: line.chars().take(120).collect(), bytes: with_length(expand(&named)) });
            }
        }
    }
    lines
}

/// Writes out `<<what*times>>` and escapes.
fn expand(text: &str) -> Vec<u8> {
    let Some((before, rest)) = text.split_once("<<") else { return unescape(text) };
    let (repeated, after) = rest.split_once(">>").expect("an end of what is repeated");
    let (unit, times) = repeated.rsplit_once('*').expect("how often it is repeated");
    let times = times.parse().expect("a number");
    [unescape(before), unescape(unit).repeat(times), expand(after)].concat()
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let (byte, length) = match (first, tail) {
            (b'\\', [b'r', ..]) => (b'\r', 2),
            (b'\\', [b'n', ..]) => (b'\n', 2),
            (b'\\', [b't', ..]) => (b'\t', 2),
            (b'\\', [b'\\', ..]) => (b'\\', 2),
            (b'\\', [b'x', digits @ ..]) => {
                let digits = std::str::from_utf8(&digits[..2]).expect("two digits");
                (u8::from_str_radix(digits, 16).expect("a byte"), 4)
            }
            _ => (*first, 1),
        };
        bytes.push(byte);
        rest = &rest[length..];
    }
    bytes
}

/// Puts the length of the body where a request has `~` for it.
fn with_length(request: Vec<u8>) -> Vec<u8> {
    const PLACE: &[u8] = b"Content-Length: ~";
    let find = |what: &[u8]| request.windows(what.len()).position(|window| window == what);
    let (Some(place), Some(end)) = (find(PLACE), find(b"\r\n\r\n")) else { return request };
    let length = format!("Content-Length: {}", request.len() - end - 4);
    [&request[..place], length.as_bytes(), &request[place + PLACE.len()..]].concat()
}

/// Every status in what came back, for one connection can carry several answers.
fn statuses(answer: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(answer);
    let answers = text.match_indices("HTTP/1.").filter_map(|(at, _)| text.get(at + 9..at + 12)?.parse().ok());
    answers.collect()
}

/// A site with a secret beside it, and what the corpus calls things.
async fn stage() -> (TestServer, Pair, TempDir, Vec<(&'static str, String)>) {
    let folder = TempDir::new().expect("a folder");
    let site = folder.path().join("site");
    std::fs::create_dir_all(site.join("pkg")).expect("a site");
    std::fs::write(site.join("robots.txt"), "all").expect("a file");
    std::fs::write(folder.path().join("secret.txt"), SECRET).expect("a file");
    let flags = ["--site-dir", site.to_str().expect("a path in UTF-8")];
    // One machine plays all the strangers, faster than their connections are cleared away, and two accounts all the accounts.
    let many = 10_000;
    let limits = Limits {
        sockets_per_address: many,
        requests_burst: many,
        joins_per_account: many,
        messages_per_account: many,
        messages_per_address: many,
        ..Limits::default()
    };
    let server = TestServer::start_with(limits, &flags).await;
    let pair = server.site.pair().await;
    let guest = server.site.sign_in("Mallory").await;
    let names = vec![
        ("CODE", pair.code.to_string()),
        ("ID", pair.id.to_string()),
        ("HOST", pair.as_host.member.to_string()),
        ("LISTENER", pair.as_listener.member.to_string()),
        ("TOKEN", pair.as_listener.token.to_string()),
        ("COOKIE", guest),
    ];
    (server, pair, folder, names)
}

#[tokio::test]
async fn hostile_requests_have_no_effect() {
    let panics_before = panics();
    let (server, mut pair, _folder, names) = stage().await;
    let lines = corpus("requests", &names);
    assert!(lines.len() >= 200, "{} requests", lines.len());
    let authority = server.site.authority.as_str();
    let answers = stream::iter(lines).map(async |line: Line| {
        let mut socket = RawSocket::open(authority).await;
        socket.send(&line.bytes).await;
        (line.text, socket.rest().await)
    });
    let answers: Vec<_> = answers.buffer_unordered(AT_ONCE).collect().await;
    for (text, answer) in answers {
        assert!(statuses(&answer).iter().all(|status| *status < 500), "{text} {:?}", statuses(&answer));
        assert!(!String::from_utf8_lossy(&answer).contains(SECRET), "{text}");
    }
    assert_eq!(panics(), panics_before);
    assert!(!server.site.reopen(&names[5].1, pair.code).await);
    is_as_it_was(&server.site, &mut pair).await;
}

#[tokio::test]
async fn hostile_frames_have_no_effect() {
    let panics_before = panics();
    let (server, mut pair, _folder, names) = stage().await;
    let lines = corpus("frames", &names);
    assert!(lines.len() >= 200, "{} frames", lines.len());
    let site = &server.site;
    let (guest, stranger) = (names[5].1.clone(), site.sign_in("Trudy").await);
    let mut elsewhere = site.create_room(&stranger).await;
    for line in lines {
        hear(site.greet(&guest).await, &line).await;
        let mut host = site.greet(&stranger).await;
        let take_over = Join { role: Role::Host, take_over: true, name: None, returns: false };
        host.send(&said_in(elsewhere, ToRoom::Join(take_over))).await;
        if let Some(refusal) = refused(&host.receive().await) {
            assert_eq!(refusal, Refusal::RoomEnded);
            elsewhere = site.create_room(&stranger).await;
            (host, _) = site.join(&stranger, elsewhere, Role::Host).await;
        }
        // In a room of their own.
        let bytes = match std::str::from_utf8(&line.bytes) {
            Ok(text) => text.replace(&pair.code.to_string(), &elsewhere.to_string()).into_bytes(),
            Err(_) => line.bytes,
        };
        hear(host, &Line { bytes, ..line }).await;
    }
    assert_eq!(panics(), panics_before);
    is_as_it_was(site, &mut pair).await;
}

/// Says the line and sees it answered, or the connection closed for a reason that is not the server's own failure.
async fn hear(mut connection: Connection, line: &Line) {
    let frame = match std::str::from_utf8(&line.bytes) {
        Ok(text) => Message::text(text),
        Err(_) => Message::Frame(Frame::message(line.bytes.clone(), OpCode::Data(Data::Text), true)),
    };
    connection.flood(frame, 1).await;
    connection.drain().await;
    assert_ne!(connection.closed_with, Some(INTERNAL_ERROR), "{}", line.text);
}

/// The room has seen nothing of all this, is as full as before and still works.
pub async fn is_as_it_was(site: &Site, pair: &mut Pair) {
    let report = site.get(&format!("/api/rooms/{}", pair.code), None).await.text().await.expect("a report");
    assert!(report.contains(r#""hostConnected":true,"listenerCount":1,"#), "{report}");
    assert_eq!(pair.host.drain().await, []);
    assert_eq!(pair.listener.drain().await, []);
    pair.is_undisturbed().await;
}

/// Whoever knows every address and a room's code, and has no session, gets nowhere with a WebSocket either.
#[tokio::test]
async fn a_stranger_without_a_session_can_neither_host_nor_read_the_audience_nor_send() {
    let (server, mut pair, _folder, names) = stage().await;
    let site = &server.site;
    let (id, code) = (pair.id, pair.code);
    for path in [format!("/api/rooms/{id}/listeners"), format!("/api/rooms/{id}/realtime"), "/api/ice-servers".into()] {
        let answer = site.get(&path, None).await;
        assert_eq!(answer.status(), 401, "{path}");
        assert!(!answer.text().await.expect("text").contains("Grace"), "{path}");
    }
    for path in
        [format!("/room/{code}"), format!("/listen/{code}"), format!("/host/{code}"), format!("/api/rooms/{code}")]
    {
        let page = site.get(&path, None).await.text().await.expect("text");
        assert!(!page.contains("Grace"), "{path} names who listens");
    }
    for line in corpus("frames", &names) {
        let Ok(text) = String::from_utf8(line.bytes) else { continue };
        let mut socket = Connection::open(site.socket_request(None)).await;
        socket.flood(Message::text(text), 1).await;
        let seen = socket.drain().await;
        let told = |message: &ServerMessage| matches!(message, ServerMessage::Refused(_));
        assert!(seen.iter().all(told), "{}: {seen:?}", line.text);
    }
    is_as_it_was(site, &mut pair).await;
}
