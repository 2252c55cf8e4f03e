//! TURN servers are only for members: passwords come with a place in a room.

use heartogether::{ice::IceConfiguration, limits::Limits, role::Role};
use serde_json::{Value, json};

use crate::support::{Site, TestServer, resume};

const STATIC: [&str; 6] =
    ["--turn-urls", "relay.example:3478", "--turn-username", "ada", "--turn-credential", "lovelace"];
const SECRET: [&str; 6] = ["--turn-urls", "relay.example:3478", "--turn-secret", "north", "--turn-ttl-seconds", "600"];

/// The user name and password for the TURN server, if it is known.
fn turn(ice: Option<&IceConfiguration>) -> Option<(String, String)> {
    let server = ice?.servers.iter().find(|server| server.urls.iter().any(|url| url.starts_with("turn:")))?;
    server.username.clone().zip(server.credential.clone())
}

async fn servers(site: &Site, query: &str, cookie: &str) -> String {
    site.get(&format!("/api/ice-servers{query}"), Some(cookie)).await.text().await.expect("a body")
}

#[tokio::test]
async fn strangers_get_only_stun_servers() {
    for flags in [STATIC, SECRET] {
        let server = TestServer::start_with(Limits::default(), &flags).await;
        let site = &server.site;
        let pair = site.pair().await;
        let stranger = site.sign_in("Mallory").await;
        let (code, headers) = (pair.code, [("cookie", stranger.as_str())]);
        for query in [String::new(), format!("?room={code}"), "?room=ZZZZZZ".to_owned()] {
            let servers = servers(site, &query, &stranger).await;
            assert!(servers.contains("stun:") && !servers.contains("turn:"), "{query}: {servers}");
        }
        for (function, form) in [
            ("find_entrance", format!("code={code}")),
            ("enter_room", format!("code={code}")),
            ("ice_servers", format!("code={code}")),
            ("ice_servers", String::new()),
        ] {
            let answer = site.submit(function, &form, &headers).await.text().await.expect("text");
            assert!(answer.contains("stun:") && !answer.contains("turn:"), "{function}: {answer}");
            assert!(answer.contains(r#""has_relay":true"#), "{function}: {answer}");
        }
        for path in [format!("/listen/{code}"), format!("/room/{code}")] {
            let page = site.get(&path, Some(&stranger)).await.text().await.expect("text");
            assert!(!page.contains("turn:") && !page.contains("lovelace"), "{path}");
        }
    }
}

#[tokio::test]
async fn members_get_turn_servers_with_their_place_and_on_request() {
    let server = TestServer::start_with(Limits::default(), &SECRET).await;
    let site = &server.site;
    let mut pair = site.pair().await;
    let given =
        [&pair.as_host, &pair.as_listener].map(|joined| turn(joined.ice_servers.as_ref()).expect("a TURN server"));
    assert_ne!(given[0], given[1], "each has a password of their own");
    assert_eq!(pair.as_host.ice_servers.as_ref().and_then(|ice| ice.renew_in_s), Some(300));

    let query = format!("?room={}", pair.code);
    for (cookie, (username, password)) in [(&pair.ada, &given[0]), (&pair.grace, &given[1])] {
        let response = site.get(&format!("/api/ice-servers{query}"), Some(cookie)).await;
        assert_eq!(response.headers()["cache-control"], "private, max-age=300");
        let servers: Value = response.json().await.expect("JSON");
        assert_eq!(
            servers[1],
            json!({ "urls": ["turn:relay.example:3478"], "username": username, "credential": password })
        );
        assert!(!servers.to_string().contains("north"));
        let renewed = site.submit("ice_servers", &format!("code={}", pair.code), &[("cookie", cookie)]).await;
        let renewed: IceConfiguration = renewed.json().await.expect("JSON");
        assert_eq!(turn(Some(&renewed)).as_ref(), Some(&(username.clone(), password.clone())));
    }

    let mut again = site.greet(&pair.grace).await;
    server.clock.advance(1_000);
    again.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    let resumed = turn(again.resumed().await.ice_servers.as_ref()).expect("a TURN server");
    assert_ne!(resumed, given[1], "one that lasts longer");
    pair.host.drain().await;

    again.say(heartogether::protocol::ToRoom::Leave).await;
    again.drain().await;
    assert!(!servers(site, &query, &pair.grace).await.contains("turn:"), "who has left is a stranger");
}

#[tokio::test]
async fn shared_passwords_also_come_with_a_place() {
    let server = TestServer::start_with(Limits::default(), &STATIC).await;
    let pair = server.site.pair().await;
    let linus = server.site.sign_in("Linus").await;
    let (_connection, joined) = server.site.join(&linus, pair.code, Role::Listener).await;
    assert_eq!(turn(joined.ice_servers.as_ref()), Some(("ada".to_owned(), "lovelace".to_owned())));
    let response = server.site.get(&format!("/api/ice-servers?room={}", pair.code), Some(&linus)).await;
    assert_eq!(response.headers()["cache-control"], "private");
}
