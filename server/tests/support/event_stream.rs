//! A client's connection to a server in whose network no WebSocket can be opened.

use heartogether::{
    protocol::{ClientMessage, Hello, PROTOCOL_VERSION, Refused, ServerMessage, decode_server, encode},
    refusal::Refusal,
};
use reqwest::{Response, StatusCode};

use super::{PATIENCE, Site, connection::is_passed_over};

/// A client's end of an event stream.
pub struct EventStream {
    pub id: String,
    pub site: Site,
    pub cookie: String,
    /// The number of the next frame.
    pub next: u64,
    response: Response,
    unread: String,
}

impl EventStream {
    /// Opens a stream: its first event is its id.
    pub async fn open(site: &Site, cookie: &str) -> Self {
        Self::open_with(site, &[("cookie", cookie)]).await
    }

    pub async fn open_with(site: &Site, headers: &[(&str, &str)]) -> Self {
        let response = site.get_with("/api/stream", headers).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let cookie = headers.iter().find(|(name, _)| *name == "cookie").map(|(_, cookie)| *cookie);
        let cookie = cookie.unwrap_or_default().to_owned();
        let mut stream =
            Self { id: String::new(), site: site.clone(), cookie, next: 0, response, unread: String::new() };
        let Some((kind, id)) = stream.event().await else { panic!("a stream begins with its id") };
        assert_eq!((kind.as_str(), id.len()), ("stream", 64));
        stream.id = id;
        stream
    }

    /// One that has said hello and was welcomed.
    pub async fn greet(site: &Site, cookie: &str) -> Self {
        let mut stream = Self::open(site, cookie).await;
        stream.send(&ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION })).await;
        assert!(matches!(stream.receive().await, ServerMessage::Welcome(_)));
        stream
    }

    /// The kind of the next event and its data; `None` at the end.
    pub async fn event(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((event, rest)) = self.unread.split_once("\n\n") {
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let read = (field("event: ").unwrap_or_else(|| "message".to_owned()), field("data: ").expect("data"));
                self.unread = rest.to_owned();
                return Some(read);
            }
            let piece = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("an event in time");
            self.unread += std::str::from_utf8(&piece.ok()??).expect("whole events");
        }
    }

    /// The next message; heartbeats, links and attendance aside.
    pub async fn receive(&mut self) -> ServerMessage {
        loop {
            match self.event().await.expect("an open stream") {
                (kind, data) if kind == "message" => match decode_server(&data).expect("a message of the protocol") {
                    message if is_passed_over(&message) => {}
                    message => return message,
                },
                (kind, _) => assert_eq!(kind, "ping"),
            }
        }
    }

    /// The refusal and the close code at the end of the stream.
    pub async fn last_words(&mut self) -> (Option<Refusal>, String) {
        let mut refusal = None;
        while let Some((kind, data)) = self.event().await {
            match kind.as_str() {
                "close" => {
                    assert_eq!(self.event().await, None, "the stream ends");
                    return (refusal, data);
                }
                "message" => {
                    if let Ok(ServerMessage::Refused(Refused { refusal: said })) = decode_server(&data) {
                        refusal = Some(said);
                    }
                }
                _ => {}
            }
        }
        panic!("the stream ends without saying why");
    }

    pub async fn send(&mut self, message: &ClientMessage) {
        assert_eq!(self.post(self.next, &encode(message)).await, (StatusCode::NO_CONTENT, None));
        self.next += 1;
    }

    /// Posts frames, of which the first has this number. Gives the status, and the code of a refusal.
    pub async fn post(&self, first: u64, frames: &str) -> (StatusCode, Option<String>) {
        self.post_as(&self.cookie, &format!("{}?first={first}", self.id), frames).await
    }

    pub async fn post_as(&self, cookie: &str, stream: &str, frames: &str) -> (StatusCode, Option<String>) {
        let response = self.site.post(&format!("/api/stream/{stream}"), frames, &[("cookie", cookie)]).await;
        let status = response.status();
        let refusal = response.json::<serde_json::Value>().await.ok();
        (status, refusal.and_then(|answer| answer["error"].as_str().map(str::to_owned)))
    }
}
