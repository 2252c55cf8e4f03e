//! RFC 6455, chapter by chapter, with raw frames for `/ws`. The files in `hostile/wire/` name the frames and the
//! expected responses.

use futures::{StreamExt, stream};

use crate::{
    hostile::{Line, corpus, is_as_it_was, panics},
    support::{RawSocket, Site, TestServer},
};

/// Connections at once.
const AT_ONCE: usize = 16;
/// Longest input that is also sent byte by byte.
const SHORT: usize = 200;
/// `{"hello":{"protocol":2}}`, masked with zeros.
const HELLO: &[u8] = b"\x81\x98\0\0\0\0{\"hello\":{\"protocol\":2}}";
/// To the ping that the lines say.
const ANSWER: &str = r#"{"pong":{"nonce":7}}"#;
/// A close with code 1000, which ends what the server has not ended before.
const CLOSE: &[u8] = b"\x88\x82\0\0\0\0\x03\xe8";

/// A connection after its handshake and its hello.
async fn greeted(site: &Site, cookie: &str) -> RawSocket {
    let mut socket = RawSocket::open(&site.authority).await;
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        site.authority
    );
    socket.send(request.as_bytes()).await;
    let answer = socket.up_to(b"\r\n\r\n").await;
    assert!(answer.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&answer));
    assert!(String::from_utf8_lossy(&answer).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "RFC 6455, section 1.3");
    socket.send(HELLO).await;
    socket
}

/// What the server's frames say, in words.
fn words(mut frames: &[u8]) -> String {
    let mut words = Vec::new();
    while let [head, length, rest @ ..] = frames {
        assert_eq!(length & 0x80, 0, "a server does not mask");
        let (length, rest) = match length {
            126 => (usize::from(u16::from_be_bytes([rest[0], rest[1]])), &rest[2..]),
            127 => panic!("the server has no messages that long"),
            length => (usize::from(*length), rest),
        };
        let (payload, rest) = rest.split_at(length);
        frames = rest;
        let text = String::from_utf8_lossy(payload);
        match (head, payload) {
            (0x81, _) if text == ANSWER => words.push("answer".to_owned()),
            (0x81, _) if text.contains("welcome") || text.contains("refused") => {}
            (0x8a, _) => words.push("pong".to_owned()),
            (0x88, [high, low, ..]) => words.push(u16::from_be_bytes([*high, *low]).to_string()),
            (0x88, _) => words.push("close".to_owned()),
            _ => words.push(format!("{head:02x} {text}")),
        }
    }
    words.join(" ")
}

/// Plays a line, at once or byte by byte; what came back if it is not what the line expects.
async fn play(site: &Site, cookie: &str, line: &Line, in_pieces: bool) -> Option<String> {
    let tab = line.bytes.iter().position(|byte| *byte == b'\t').expect("an expectation and the bytes");
    let (expected, bytes) = (String::from_utf8_lossy(&line.bytes[..tab]), &line.bytes[tab + 1..]);
    let mut socket = greeted(site, cookie).await;
    match in_pieces && bytes.len() <= SHORT {
        true => {
            for byte in bytes {
                socket.send(&[*byte]).await;
            }
        }
        false => socket.send(bytes).await,
    }
    // Nothing is said any more to a client that has closed, so it hears the answer first.
    let mut heard = Vec::new();
    if expected.ends_with("answer 1000") {
        heard = socket.up_to(ANSWER.as_bytes()).await;
    }
    socket.send(CLOSE).await;
    heard.extend(socket.rest().await);
    let found = words(&heard);
    (found != expected).then(|| format!("{} gave {found}", line.text))
}

#[tokio::test]
async fn every_frame_is_answered_as_the_standard_requires() {
    let panics_before = panics();
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let cookie = server.site.sign_in("Mallory").await;
    let lines = corpus("wire", &[]);
    assert!(lines.len() > 150, "{} lines", lines.len());
    for in_pieces in [false, true] {
        let played = stream::iter(&lines).map(|line| play(&server.site, &cookie, line, in_pieces));
        let wrong: Vec<_> = played.buffer_unordered(AT_ONCE).filter_map(async |wrong| wrong).collect().await;
        assert!(wrong.is_empty(), "in pieces: {in_pieces}\n{}", wrong.join("\n"));
    }
    assert_eq!(panics(), panics_before);
    is_as_it_was(&server.site, &mut pair).await;
}
