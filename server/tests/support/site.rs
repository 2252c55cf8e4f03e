//! What a browser asks of a server: pages, forms and connections.

use heartogether::{
    id::{RoomCode, RoomId},
    protocol::{ClientMessage, Hello, PROTOCOL_VERSION, ServerMessage},
    role::Role,
    room::{Joined, RoomEvent},
};
use reqwest::{Client as HttpClient, Method, Response, header, redirect::Policy};
use tokio_tungstenite::tungstenite::{client::IntoClientRequest, handshake::client::Request};

use super::{Connection, Pair, join};

/// Where a server is reached, whichever way it was started.
#[derive(Clone)]
pub struct Site {
    pub authority: String,
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

    /// What a program asks.
    pub async fn ask(&self, method: Method, path: &str, token: Option<&str>, body: Option<String>) -> Response {
        let request = http().request(method, format!("http://{}{path}", self.authority));
        let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
        let request = body.into_iter().fold(request, |request, body| request.body(body));
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
