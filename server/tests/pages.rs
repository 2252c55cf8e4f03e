//! Pages and API over HTTP.

use heartogether::{limits::Limits, protocol::ToRoom, role::Role, room::RoomEvent};
use serde_json::{Value, json};

use crate::support::TestServer;

#[tokio::test]
async fn health_is_ok_and_every_answer_carries_the_security_headers() {
    let server = TestServer::start().await;
    let response = server.site.get("/api/health", None).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(response.headers()["referrer-policy"], "same-origin");
    assert_eq!(response.json::<Value>().await.expect("JSON"), json!({ "status": "ok" }));
}

#[tokio::test]
async fn a_room_is_reported_to_other_programs() {
    let server = TestServer::start_with(Limits { max_listeners: 2, ..Limits::default() }, &[]).await;
    let pair = server.site.pair().await;
    let report = |_| async {
        let path = format!("/api/rooms/{}", pair.code.to_string().to_lowercase());
        server.site.get(&path, None).await.json::<Value>().await.expect("JSON")
    };
    let first = report(()).await;
    assert_eq!(first["code"], pair.code.to_string());
    assert_eq!(first["hostConnected"], true);
    assert_eq!((&first["listenerCount"], &first["maxListeners"]), (&json!(1), &json!(2)));
    assert_eq!((&first["isFull"], &first["fetchedAt"]), (&json!(false), &json!(1_800_000_000_000_u64)));
    let linus = server.site.sign_in("Linus").await;
    let _linus = server.site.join(&linus, pair.code, Role::Listener).await;
    assert_eq!(report(()).await, first);
    server.clock.advance(15_000);
    let later = report(()).await;
    assert_eq!((&later["isFull"], &later["fetchedAt"]), (&json!(true), &json!(1_800_000_015_000_u64)));
}

#[tokio::test]
async fn an_ended_room_is_not_reported_from_the_cache() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let path = format!("/api/rooms/{}", pair.code);
    assert_eq!(server.site.get(&path, None).await.headers()["x-cache"], "HIT", "the pair has asked");
    pair.host.say(ToRoom::Stop).await;
    assert!(matches!(pair.host.event().await, RoomEvent::RoomEnded { .. }));
    let response = server.site.get(&path, None).await;
    assert_eq!((response.status().as_u16(), response.headers().get("x-cache")), (404, None));
    assert!(server.site.reopen(&pair.ada, pair.code).await);
    assert_eq!(server.site.get(&path, None).await.headers()["x-cache"], "MISS");
}

#[tokio::test]
async fn unknown_and_malformed_codes_get_their_status_and_refusal() {
    let server = TestServer::start().await;
    let too_long = "A".repeat(21);
    for (code, status, error) in [
        ("ZZZZZZ", 404, "room_not_found"),
        ("ABC10O", 400, "code_malformed"),
        ("%20", 400, "code_malformed"),
        (&too_long, 400, "code_malformed"),
    ] {
        let response = server.site.get(&format!("/api/rooms/{code}"), None).await;
        assert_eq!(response.status(), status, "{code}");
        assert_eq!(response.json::<Value>().await.expect("JSON")["error"], error);
    }
}

#[tokio::test]
async fn ice_servers_are_for_those_who_are_signed_in() {
    let server = TestServer::start().await;
    let refused = server.site.get("/api/ice-servers", None).await;
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.json::<Value>().await.expect("JSON")["error"], "not_signed_in");

    let cookie = server.site.sign_in("Ada").await;
    let response = server.site.get("/api/ice-servers", Some(&cookie)).await;
    assert_eq!(response.headers()["cache-control"], "private");
    let servers = response.json::<Value>().await.expect("JSON");
    assert_eq!(servers[0]["urls"][0], "stun:stun.l.google.com:19302");
    let refused = server.site.get("/api/ice-servers?room=1", Some(&cookie)).await;
    assert_eq!(refused.json::<Value>().await.expect("JSON")["error"], "code_malformed");
}

#[tokio::test]
async fn a_session_cookie_is_for_the_browser_alone_and_expires() {
    let server = TestServer::start_with(Limits::default(), &["--session-ttl-seconds", "60"]).await;
    let response = server.site.submit("sign_in_as_guest", "name=Ada", &[]).await;
    let cookie = response.headers()["set-cookie"].to_str().expect("a cookie").to_owned();
    assert!(cookie.ends_with("; HttpOnly; SameSite=Lax; Path=/; Max-Age=60"), "{cookie}");

    let cookie = cookie.split(';').next().expect("name and value");
    assert_eq!(server.site.get("/api/ice-servers", Some(cookie)).await.status(), 200);
    server.clock.advance(60_000);
    assert_eq!(server.site.get("/api/ice-servers", Some(cookie)).await.status(), 401);
}

#[tokio::test]
async fn a_form_on_another_site_changes_nothing() {
    let server = TestServer::start().await;
    let cookie = server.site.sign_in("Ada").await;
    let headers = [("cookie", cookie.as_str()), ("origin", "https://evil.example")];
    let response = server.site.submit("create_room", "", &headers).await;
    assert_eq!(response.status(), 403);
    assert!(response.headers().get("location").is_none());
}

#[tokio::test]
async fn pages_have_their_status_and_are_not_cached() {
    let server = TestServer::start().await;
    let pair = server.site.pair().await;
    let (room, listen) = (format!("/room/{}", pair.code), format!("/listen/{}", pair.code));
    for (path, status) in [
        ("/", 200),
        ("/login", 200),
        (room.as_str(), 200),
        (listen.as_str(), 200),
        ("/room/ZZZZZZ", 404),
        ("/room/ABC10O", 404),
        ("/no/such/page", 404),
    ] {
        let response = server.site.get(path, Some(&pair.grace)).await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.headers()["cache-control"], "no-cache, private");
        assert!(response.text().await.expect("a body").contains("<html"));
    }
}

#[tokio::test]
async fn only_the_owner_gets_the_host_page() {
    let server = TestServer::start().await;
    let pair = server.site.pair().await;
    let path = format!("/host/{}", pair.code);
    for (cookie, status) in [(&pair.ada, 200), (&pair.grace, 403)] {
        assert_eq!(server.site.get(&path, Some(cookie)).await.status(), status);
    }
}

#[tokio::test]
async fn a_host_page_has_the_script_that_comes_back_after_a_reload_for_those_who_may_host() {
    let server = TestServer::start().await;
    let pair = server.site.pair().await;
    let path = format!("/host/{}", pair.code);
    for (cookie, has_script) in [(Some(pair.ada.as_str()), true), (None, false)] {
        let page = server.site.get(&path, cookie).await.text().await.expect("a page");
        assert_eq!(page.contains(&format!("data-room=\"{}\"", pair.code)), has_script);
        assert_eq!(page.contains("id=\"microphone-open\""), has_script);
    }
}

#[tokio::test]
async fn refusals_of_server_functions_have_their_status() {
    let server = TestServer::start().await;
    let name_too_long = format!("name={}", "A".repeat(41));
    for (function, form, status, refusal) in [
        ("look_up_room", "code=ZZZZZZ", 404, "room_not_found"),
        ("look_up_room", "code=ABC10O", 400, "code_malformed"),
        ("look_up_room", "", 400, "frame_malformed"),
        ("find_room", "code=ZZZZZZ", 404, "room_not_found"),
        ("sign_in_as_guest", "name=+", 400, "name_empty"),
        ("sign_in_as_guest", &name_too_long, 400, "name_too_long"),
        ("find_entrance", "code=ZZZZZZ", 404, "room_not_found"),
        ("enter_room", "code=ZZZZZZ", 404, "room_not_found"),
    ] {
        let response = server.site.submit(function, form, &[]).await;
        assert_eq!(response.status(), status, "{function} {form}");
        assert_eq!(response.json::<Value>().await.expect("JSON")["error"], refusal);
    }
}

#[tokio::test]
async fn one_request_lets_a_listener_enter() {
    let server = TestServer::start().await;
    let pair = server.site.pair().await;
    let form = format!("code={}", pair.code);
    let refused = server.site.submit("find_entrance", &form, &[]).await;
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.json::<Value>().await.expect("JSON")["error"], "not_signed_in");

    let entered = server.site.submit("enter_room", &form, &[]).await;
    assert_eq!(entered.status(), 200);
    let cookie = entered.headers()["set-cookie"].to_str().expect("a cookie").to_owned();
    let entrance = entered.json::<Value>().await.expect("JSON");
    assert_eq!(entrance["room"]["code"], json!(pair.code));
    assert!(entrance["ice_servers"]["servers"].is_array());

    let cookie = cookie.split(';').next().expect("name and value");
    let again = server.site.submit("find_entrance", &form, &[("cookie", cookie)]).await;
    assert_eq!(again.json::<Value>().await.expect("JSON"), entrance);
}

#[tokio::test]
async fn a_refused_form_returns_to_its_page_without_a_script() {
    let server = TestServer::start().await;
    let page = format!("http://{}/login", server.site.authority);
    let headers = [("accept", "text/html"), ("referer", page.as_str())];
    let response = server.site.submit("sign_in_as_guest", "name=+", &headers).await;
    assert_eq!(response.status(), 302);
    let location = response.headers()["location"].to_str().expect("an address");
    assert!(location.starts_with(&page) && location.contains("__err="), "{location}");
}

#[tokio::test]
async fn a_page_names_the_code_that_it_needs_first() {
    let site = tempfile::TempDir::new().expect("a folder for the site");
    std::fs::create_dir(site.path().join("pkg")).expect("a folder for the packages");
    let list = r#"{ "client": ["piece_client"], "devices": ["piece_devices"], "frame": ["piece_frame"],
        "host": ["piece_host"], "listen": ["piece_client", "piece_listen"] }"#;
    std::fs::write(site.path().join("pkg/__wasm_split_manifest.json"), list).expect("a file");
    let folder = site.path().to_str().expect("a path in UTF-8");
    let server = TestServer::start_with(Limits::default(), &["--site-dir", folder]).await;
    let code = async |path| {
        let answer = server.site.get(path, None).await;
        let links = answer.headers()["link"].to_str().expect("text").split(", ").map(str::to_owned);
        let named = links.filter_map(|link| Some(link.strip_prefix("</pkg/")?.split_once('>')?.0.to_owned()));
        let named = named.collect::<Vec<_>>();
        let page = answer.text().await.expect("a page");
        let ahead =
            page.split_once("data-ahead=\"").map(|(_, rest)| rest.split('"').next().unwrap_or_default().to_owned());
        let when = page.split_once("data-when=\"").and_then(|(_, rest)| rest.split('"').next()).map(str::to_owned);
        (named, when.unwrap_or_default(), ahead)
    };
    let style = "heartogether.css".to_owned();
    let first = ["heartogether.js", "__wasm_split.______________________.js", "heartogether.wasm", "piece_client.wasm"];
    let named = [style.clone()].into_iter().chain(first.map(str::to_owned)).collect();
    assert_eq!(code("/listen/ABC234").await, (named, "heard".to_owned(), None), "what draws comes later");
    let ahead = first.map(|file| format!("/pkg/{file}")).join(" ");
    assert_eq!(
        code("/room/ABC234").await,
        (vec![style.clone()], "idle".to_owned(), Some(ahead)),
        "the next page's code comes first"
    );
    let all = ["piece_client", "piece_devices", "piece_frame", "piece_host"].map(|piece| format!("{piece}.wasm"));
    let named =
        [style.clone()].into_iter().chain(first[..3].iter().map(|file| (*file).to_owned())).chain(all).collect();
    assert_eq!(
        code("/host/ABC234").await,
        (named, "now".to_owned(), None),
        "a host's page does nothing without its code"
    );
    for complete in ["/", "/about", "/login"] {
        let idle = (vec![style.clone()], "idle".to_owned(), None);
        assert_eq!(code(complete).await, idle, "{complete} loads its code when the browser is idle");
    }
}

#[tokio::test]
async fn files_are_sent_in_their_compressed_form() {
    let site = tempfile::TempDir::new().expect("a folder for the site");
    std::fs::create_dir(site.path().join("pkg")).expect("a folder for the packages");
    for (name, content) in
        [("pkg/heartogether.css", "plain"), ("pkg/heartogether.css.gz", "gzipped"), ("robots.txt", "all")]
    {
        std::fs::write(site.path().join(name), content).expect("a file");
    }
    let folder = site.path().to_str().expect("a path in UTF-8");
    let server = TestServer::start_with(Limits::default(), &["--site-dir", folder]).await;
    let url = format!("http://{}/pkg/heartogether.css", server.site.authority);
    let request = reqwest::Client::new().get(url).header("accept-encoding", "gzip");
    let again = request.try_clone().expect("a request without a body");
    let response = request.send().await.expect("an answer");
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert_eq!(response.headers()["cache-control"], "public, no-cache", "its name carries no hash");
    let dated = response.headers()["last-modified"].clone();
    assert_eq!(response.bytes().await.expect("a body"), "gzipped");
    let unchanged = again.header("if-modified-since", dated).send().await.expect("an answer");
    assert_eq!(unchanged.status(), 304, "an unchanged file is not sent again");
    let robots = server.site.get("/robots.txt", None).await;
    assert_eq!(robots.headers()["cache-control"], "public, max-age=3600");
    assert_eq!(robots.text().await.expect("a body"), "all");
    assert_eq!(server.site.get("/pkg/none.js", None).await.status(), 404);
}
