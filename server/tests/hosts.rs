//! The names under which the server can be reached, and its hints about a wrong set-up.

use std::{fs::File, process::Stdio};

use heartogether::limits::Limits;
use tempfile::TempDir;

use crate::support::{Process, RawSocket, TestServer};

const PUBLIC: [&str; 2] = ["--public-url", "https://hear.example"];
/// What a browser sends that is to show the answer.
const NAVIGATION: [(&str, &str); 2] = [("accept", "text/html"), ("sec-fetch-mode", "navigate")];

#[tokio::test]
async fn with_a_public_url_no_other_public_name_is_served() {
    let server = TestServer::start_with(Limits::default(), &PUBLIC).await;
    for host in ["evil.example", "evil.example:3000", "hear.example.evil.example", "www.hear.example"] {
        let headers = [("host", host), NAVIGATION[0], NAVIGATION[1]];
        let refused = server.site.get_with("/", &headers).await;
        assert_eq!(refused.status(), 421, "{host}");
        let page = refused.text().await.expect("a page");
        assert!(page.contains("https://hear.example/") && !page.contains("evil"), "{page}");
        let refused = server.site.get_with("/api/rooms/ABC234", &[("host", host)]).await;
        assert_eq!(refused.status(), 421, "{host}");
        let told: serde_json::Value = refused.json().await.expect("JSON");
        assert_eq!(told["error"], "host_unknown");
        assert_eq!(server.site.get_with("/api/health", &[("host", host)]).await.status(), 200, "{host}");
    }
    for host in [
        "hear.example",
        "HEAR.example.:8443",
        "192.0.2.1",
        "[2001:db8::1]:3000",
        "hear",
        "localhost:3000",
        "hear.local",
        "hear.lan",
        "hear.home.arpa",
        "hear.internal",
    ] {
        assert_eq!(server.site.get_with("/", &[("host", host)]).await.status(), 200, "{host}");
    }
}

#[tokio::test]
async fn without_a_public_url_every_name_is_served_and_a_foreign_name_reveals_nothing() {
    let relay = ["--turn-urls", "turn:relay.example", "--turn-username", "ada", "--turn-credential", "hush"];
    let server = TestServer::start_with(Limits::default(), &relay).await;
    let host = ("host", "evil.example:3000");
    let code = server.site.create_room(&server.site.sign_in("Ada").await).await;
    assert_eq!(server.site.get_with("/", &[host]).await.status(), 200);
    for path in ["/auth/me", "/api/ice-servers"] {
        assert_eq!(server.site.get_with(path, &[host]).await.status(), 401, "{path}");
    }
    // Whoever comes under that name can be a guest, as any stranger can, and gets no relay without a place in a room.
    let guest = server.site.submit("sign_in_as_guest", "name=Eve", &[host]).await;
    let cookie = guest.headers()["set-cookie"].to_str().expect("a cookie in ASCII");
    let headers = [host, ("cookie", cookie.split(';').next().expect("name and value"))];
    let told = server.site.get_with("/api/ice-servers", &headers).await.text().await.expect("a body");
    assert!(!told.contains("turn:"), "{told}");
    let told = server.site.submit("enter_room", &format!("code={code}"), &headers).await.text().await.expect("a body");
    assert!(told.contains(&code.to_string()) && !told.contains("turn:"), "{told}");
    let told = server.site.submit("room_link", "code=ABC234", &[host]).await;
    let told: serde_json::Value = told.json().await.expect("a link in JSON");
    assert_eq!(told["ways"].as_array().map(Vec::len), Some(1), "no address of this machine: {told}");
    assert_eq!(told["link"], "http://evil.example:3000/room/ABC234");
}

/// What the server answers to these bytes.
async fn answer(server: &TestServer, request: String) -> String {
    let mut socket = RawSocket::open(&server.site.authority).await;
    socket.send(request.as_bytes()).await;
    String::from_utf8_lossy(&socket.rest().await).into_owned()
}

#[tokio::test]
async fn no_host_header_causes_a_fault_or_a_large_response() {
    let server = TestServer::start().await;
    let long = format!("{}.example", "a".repeat(3_000));
    let longest = format!("{}.example", ["a"; 122].join("."));
    let end = "connection: close\r\n\r\n";
    for (path, version, lines, status) in [
        ("/room/ABC234/qr.svg", "1.1", format!("host: {long}\r\n"), "400"),
        ("/room/ABC234/qr.svg", "1.1", format!("host: {longest}:65535\r\n"), "200"),
        ("/room/ABC234/qr.svg", "1.1", "host: [2001:db8::1]:3000\r\n".to_owned(), "200"),
        ("/room/ABC234/qr.svg", "1.0", String::new(), "200"),
        ("/", "1.0", String::new(), "200"),
        ("/", "1.0", "host:\r\n".to_owned(), "200"),
        ("/", "1.1", String::new(), "400"),
        ("/", "1.1", "host: hear.example\r\nhost: evil.example\r\n".to_owned(), "400"),
        ("/", "1.1", "host: hear.example, evil.example\r\n".to_owned(), "400"),
        ("/", "1.1", "host: hear.example:port\r\n".to_owned(), "400"),
        ("/", "1.1", "host: [fe80::1%25eth0]\r\n".to_owned(), "400"),
        ("/", "1.1", "host: zo\u{eb}.example\r\n".to_owned(), "400"),
        ("http://evil.example@hear.example/", "1.1", "host: hear.example\r\n".to_owned(), "400"),
    ] {
        let answer = answer(&server, format!("GET {path} HTTP/{version}\r\n{lines}{end}")).await;
        let start = answer.lines().next().unwrap_or_default();
        assert!(start.contains(&format!(" {status} ")), "{path} {version} {lines}: {start}");
        assert!(answer.len() < 64 * 1024, "{path} {lines}: {} bytes", answer.len());
    }
}

#[tokio::test]
async fn the_log_says_once_which_headers_a_proxy_must_send() {
    let data = TempDir::new().expect("a folder for the data");
    let path = data.path().join("log");
    let log = File::create(&path).expect("a file for the log");
    let server = Process::start_with(data.path(), &[], "info", Stdio::from(log));
    // As nginx at port 8080 sends it with `proxy_set_header Host $host` and nothing about Upgrade.
    let page = [("host", "hear.example"), ("origin", "http://hear.example:8080"), ("x-forwarded-for", "192.0.2.9")];
    for _ in 0..2 {
        let refused = server.site.submit("sign_in_as_guest", "name=Ada", &page).await;
        assert_eq!(refused.status(), 403);
        let told: serde_json::Value = refused.json().await.expect("JSON");
        assert!(told["message"].as_str().is_some_and(|text| text.contains("PUBLIC_URL")), "{told}");
        let socket = [("host", "hear.example"), ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")];
        assert!(server.site.get_with("/ws", &socket).await.status().is_client_error());
    }
    let form = [page[0], page[1], NAVIGATION[0], NAVIGATION[1]];
    let refused = server.site.submit("sign_in_as_guest", "name=Ada", &form).await;
    assert!(refused.text().await.expect("a page").contains("PUBLIC_URL"));
    // The browser's own word is enough where it has one.
    let same = [page[0], page[1], ("sec-fetch-site", "same-origin")];
    assert_eq!(server.site.submit("sign_in_as_guest", "name=Ada", &same).await.status(), 200);
    drop(server);

    let log = std::fs::read_to_string(&path).expect("the log");
    for hint in [
        "set TRUSTED_PROXIES=127.0.0.1",
        "set PUBLIC_URL=http://hear.example: requests",
        "set PUBLIC_URL=http://hear.example:8080",
        "lets no WebSockets through",
    ] {
        assert_eq!(log.matches(hint).count(), 1, "{hint}: {log}");
    }
    assert!(!log.contains("192.0.2.9"), "no visitor's address: {log}");
}
