//! Sessions: how long they last, how they end, and which tokens are not accepted.

use std::sync::Arc;

use heartogether::{limits::Limits, protocol::ClientMessage, refusal::Refusal, role::Role, time::Timestamp};
use heartogether_server::clock::ManualClock;
use tempfile::TempDir;

use crate::support::{Connection, Site, TestServer, join, serve};

const TTL: [&str; 2] = ["--session-ttl-seconds", "1600"];
const TTL_MS: u64 = 1_600_000;
const FIRST: [&str; 2] = ["--jwt-secret", "the first secret, of 32 characters or more"];
const SECOND: [&str; 2] = ["--jwt-secret", "the second secret, of 32 characters or more"];

/// Whether a request with this cookie is somebody's.
async fn is_known(site: &Site, cookie: &str) -> bool {
    site.get("/api/ice-servers", Some(cookie)).await.status() == 200
}

/// The cookie that an answer sets, name and value.
async fn renewed(site: &Site, cookie: &str) -> Option<String> {
    let response = site.get("/api/ice-servers", Some(cookie)).await;
    let set = response.headers().get("set-cookie")?.to_str().expect("a cookie in ASCII").to_owned();
    set.split(';').next().map(str::to_owned)
}

#[tokio::test]
async fn a_used_session_is_renewed_beyond_its_first_expiry() {
    let server = TestServer::start_with(Limits::default(), &TTL).await;
    let cookie = server.site.sign_in("Ada").await;
    assert_eq!(renewed(&server.site, &cookie).await, None, "nothing is renewed at once");
    server.clock.advance(TTL_MS / 2);
    let later = renewed(&server.site, &cookie).await.expect("a renewed cookie");
    assert_ne!(later, cookie);
    server.clock.advance(TTL_MS / 2);
    assert!(!is_known(&server.site, &cookie).await, "the older token has run out");
    assert!(is_known(&server.site, &later).await);
    server.clock.advance(TTL_MS);
    assert!(!is_known(&server.site, &later).await);
}

#[tokio::test]
async fn a_connection_lasts_as_long_as_its_session() {
    let patient = Limits { heartbeat_ms: 100 * TTL_MS, silence_ms: 300 * TTL_MS, ..Limits::default() };
    let server = TestServer::start_with(patient, &TTL).await;
    let cookie = server.site.sign_in("Ada").await;
    let mut connection = server.site.greet(&cookie).await;
    server.clock.advance(TTL_MS / 2);
    assert!(renewed(&server.site, &cookie).await.is_some());
    server.clock.advance(TTL_MS / 2);
    assert_eq!((connection.drain().await, connection.closed_with), (vec![], None));
    server.clock.advance(TTL_MS / 2);
    assert_eq!(connection.last_words().await, (Refusal::NotSignedIn, 1008));
}

#[tokio::test]
async fn a_page_knows_when_to_renew_its_session() {
    let server = TestServer::start_with(Limits::default(), &TTL).await;
    let cookie = server.site.sign_in("Ada").await;
    let answer = server.site.submit("current_session", "", &[("cookie", &cookie)]).await;
    let renew_in_s = answer.json::<serde_json::Value>().await.expect("JSON")["renew_in_s"].as_u64().expect("seconds");
    server.clock.advance(renew_in_s * 1_000);
    let answer = server.site.submit("current_session", "", &[("cookie", &cookie)]).await;
    assert!(answer.headers().contains_key("set-cookie"), "{renew_in_s} s");
    assert!(renew_in_s * 1_000 * 4 <= TTL_MS, "{renew_in_s} s leaves time for another try");
}

#[tokio::test]
async fn cacheable_files_have_no_cookie() {
    let site = TempDir::new().expect("a folder for the site");
    std::fs::write(site.path().join("robots.txt"), "all").expect("a file");
    let flags = [&TTL[..], &["--site-dir", site.path().to_str().expect("a path in UTF-8")]].concat();
    let server = TestServer::start_with(Limits::default(), &flags).await;
    let cookie = server.site.sign_in("Ada").await;
    server.clock.advance(TTL_MS / 2);
    let response = server.site.get("/robots.txt", Some(&cookie)).await;
    assert_eq!((response.status().as_u16(), response.headers().get("set-cookie")), (200, None));
}

#[tokio::test]
async fn a_program_sends_its_session_in_a_header() {
    let server = TestServer::start().await;
    let cookie = server.site.sign_in("Ada").await;
    let token = cookie.split_once('=').expect("name and value").1;
    for (authorization, status) in
        [(format!("Bearer {token}"), 200), (format!("bearer {token}"), 200), ("Bearer none".to_owned(), 401)]
    {
        let headers = [("authorization", authorization.as_str())];
        assert_eq!(server.site.submit("ice_servers", "", &headers).await.status(), status, "{authorization}");
    }
    // A token that is no good is not made up for by a cookie.
    let headers = [("authorization", "Bearer none"), ("cookie", cookie.as_str())];
    assert_eq!(server.site.submit("ice_servers", "", &headers).await.status(), 401);
}

#[tokio::test]
async fn only_our_own_token_is_a_session() {
    let server = TestServer::start().await;
    let (cookie, other) = (server.site.sign_in("Ada").await, TestServer::start().await.site.sign_in("Ada").await);
    let (name, token) = cookie.split_once('=').expect("name and value");
    let parts: Vec<_> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("a token has three parts") };
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    for forged in [
        String::new(),
        "0".repeat(64),
        other.split_once('=').expect("name and value").1.to_owned(),
        format!("{header}.{claims}."),
        format!("{header}.{claims}.{flipped}{}", &signature[1..]),
        // {"alg":"none"}
        format!("eyJhbGciOiJub25lIn0.{claims}."),
        format!("{token}{}", "A".repeat(100_000)),
    ] {
        assert!(!is_known(&server.site, &format!("{name}={forged}")).await, "{forged:.80}");
    }
    assert!(
        is_known(&server.site, &format!("{name}=none; {name}={token}")).await,
        "another site's cookie is passed over"
    );
}

#[tokio::test]
async fn sessions_survive_a_restart_and_a_change_of_the_secret_for_their_time() {
    let (data, clock) =
        (TempDir::new().expect("a folder"), Arc::new(ManualClock::at(Timestamp::from_millis(1_000_000))));
    let before = serve(&data, &clock, Limits::default(), &[&TTL[..], &FIRST].concat()).await;
    let cookie = before.site.sign_in("Ada").await;
    assert!(is_known(&before.site, &cookie).await);
    before.stop().await;

    let site = serve(&data, &clock, Limits::default(), &[&TTL[..], &SECOND].concat()).await.site;
    let renewed = renewed(&site, &cookie).await.expect("a token of the new key, at once");
    assert!(is_known(&site, &cookie).await, "nobody is logged out");
    clock.advance(TTL_MS - 1_000);
    assert!(is_known(&site, &renewed).await);
    clock.advance(1_000);
    assert!(!is_known(&site, &cookie).await);

    let elsewhere = serve(&TempDir::new().expect("a folder"), &clock, Limits::default(), &TTL).await.site;
    assert!(!is_known(&elsewhere, &renewed).await, "another server's");
}

/// The cookie that somebody gets who signs in like this.
async fn cookie_of(site: &Site, headers: &[(&str, &str)]) -> String {
    let response = site.submit("sign_in_as_guest", "name=Ada", headers).await;
    response.headers()["set-cookie"].to_str().expect("a cookie in ASCII").to_owned()
}

#[tokio::test]
async fn over_plain_http_cookies_work_under_local_names() {
    for flags in [&[][..], &["--public-url", "http://nas.lan:3000"]] {
        let server = TestServer::start_with(Limits::default(), flags).await;
        for host in ["nas.lan:3000", "raspberrypi.local", "nas", "192.168.1.7:3000", "localhost:3000"] {
            let origin = format!("http://{host}");
            let cookie = cookie_of(&server.site, &[("host", host), ("origin", &origin)]).await;
            assert!(cookie.starts_with("heartogether.sid=") && !cookie.contains("Secure"), "{host}: {cookie}");
        }
    }
}

#[tokio::test]
async fn behind_an_undeclared_proxy_a_browser_on_https_has_guarded_cookies() {
    let server = TestServer::start_with(Limits::default(), &TTL).await;
    let host = ("host", "hear.example");
    for evidence in [("origin", "https://hear.example"), ("sec-fetch-site", "same-origin")] {
        let cookie = cookie_of(&server.site, &[host, evidence]).await;
        assert!(cookie.starts_with("__Host-heartogether.sid=") && cookie.ends_with("; Secure"), "{cookie}");
        let value = cookie.split(';').next().expect("name and value");
        assert!(is_known(&server.site, value).await);
    }
}

#[tokio::test]
async fn a_session_under_the_old_cookie_name_gets_the_guarded_name() {
    let mut server = TestServer::start_with(Limits::default(), &TTL).await;
    let old = server.site.sign_in("Ada").await;
    let site = server.again(&[&TTL[..], &["--public-url", "https://hear.example"]].concat()).await;
    let response = site.get("/auth/me", Some(&old)).await;
    assert_eq!(response.status(), 200, "nobody is logged out");
    let lines = response.headers().get_all("set-cookie").iter().map(|line| line.to_str().expect("a cookie in ASCII"));
    let set: Vec<_> = lines.filter(|line| line.contains("heartogether.sid=")).collect();
    let [new, gone] = set[..] else { panic!("two cookies, not {set:?}") };
    assert!(new.starts_with("__Host-heartogether.sid=") && new.ends_with("; Secure"), "{new}");
    assert!(gone.starts_with("heartogether.sid=;") && gone.contains("Max-Age=0"), "{gone}");
    let new = new.split(';').next().expect("name and value");
    let response = site.get("/auth/me", Some(new)).await;
    assert_eq!(response.status(), 200);
    assert!(response.headers().get("set-cookie").is_none());
    let both = format!("{old}; {new}");
    let farewell = site.post("/auth/logout", "", &[("cookie", &both)]).await;
    let gone = farewell.headers().get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
    assert_eq!(gone.filter(|line| line.contains("heartogether.sid=;")).count(), 2, "both go");
}

#[tokio::test]
async fn invalid_cookies_of_other_software_lock_nobody_out() {
    let server = TestServer::start().await;
    let mut ended = Vec::new();
    for _ in 0..8 {
        let cookie = server.site.sign_in("Ada").await;
        server.site.post("/auth/logout", "", &[("cookie", &cookie)]).await;
        ended.push(cookie);
    }
    let real = server.site.sign_in("Ada").await;
    let huge = format!("heartogether.sid={}", "x".repeat(4_000));
    let many = vec!["heartogether.sid=x"; 300].join("; ");
    for junk in [ended.join("; "), huge, many, "heartogether.sid=; heartogether.sid=a.b.c".to_owned()] {
        assert!(is_known(&server.site, &format!("{junk}; {real}")).await, "{} bytes of junk", junk.len());
    }
}

#[tokio::test]
async fn signing_in_as_another_guest_ends_the_earlier_session() {
    let server = TestServer::start().await;
    let before = server.site.sign_in("Ada").await;
    let mut connection = server.site.greet(&before).await;
    let response = server.site.submit("sign_in_as_guest", "name=Grace", &[("cookie", &before)]).await;
    let after = response.headers()["set-cookie"].to_str().expect("a cookie in ASCII");
    assert!(is_known(&server.site, after.split(';').next().expect("name and value")).await);
    assert!(!is_known(&server.site, &before).await);
    assert_eq!(connection.last_words().await.0, Refusal::NotSignedIn);
}

#[tokio::test]
async fn over_https_cookies_are_secure_at_an_ip_address_too() {
    let server = TestServer::start_with(Limits::default(), &["--trusted-proxies", "127.0.0.1"]).await;
    for (proto, is_secure) in [("https", true), ("http", false)] {
        let headers = [("host", "192.168.1.7"), ("x-forwarded-proto", proto)];
        for path in ["sign_in_as_guest", "enter_room"] {
            let code = server.site.create_room(&server.site.sign_in("Grace").await).await;
            let response = server.site.submit(path, &format!("name=Ada&code={code}"), &headers).await;
            let cookie = response.headers()["set-cookie"].to_str().expect("a cookie in ASCII");
            assert_eq!(cookie.ends_with("; Secure"), is_secure, "{path} over {proto}");
        }
    }
}

#[tokio::test]
async fn without_guests_nobody_can_become_a_guest() {
    let server = TestServer::start_with(Limits::default(), &["--guests", "off"]).await;
    let response = server.site.submit("sign_in_as_guest", "name=Ada", &[]).await;
    assert_eq!((response.status().as_u16(), response.headers().get("set-cookie")), (403, None));
    assert!(response.text().await.expect("a body").contains(Refusal::GuestsOff.code()));
}

#[tokio::test]
async fn an_earlier_guest_has_no_account_once_guests_are_off() {
    let (data, clock) =
        (TempDir::new().expect("a folder"), Arc::new(ManualClock::at(Timestamp::from_millis(1_000_000))));
    let before = serve(&data, &clock, Limits::default(), &[]).await;
    let cookie = before.site.sign_in("Ada").await;
    before.stop().await;
    let site = serve(&data, &clock, Limits::default(), &["--guests", "off"]).await.site;
    assert!(!is_known(&site, &cookie).await);
    let mut connection: Connection = site.connect(&cookie).await;
    assert_eq!(connection.last_words().await, (Refusal::NotSignedIn, 1008));
}

#[tokio::test]
async fn an_earlier_guest_can_log_out_permanently() {
    let (data, clock) =
        (TempDir::new().expect("a folder"), Arc::new(ManualClock::at(Timestamp::from_millis(1_000_000))));
    let before = serve(&data, &clock, Limits::default(), &[]).await;
    let cookie = before.site.sign_in("Ada").await;
    before.stop().await;
    let run = serve(&data, &clock, Limits::default(), &["--guests", "off"]).await;
    assert_eq!(run.site.post("/auth/logout", "", &[("cookie", &cookie)]).await.status(), 204);
    run.stop().await;
    let after = serve(&data, &clock, Limits::default(), &[]).await;
    assert!(!is_known(&after.site, &cookie).await, "where guests are let in again");
}

#[tokio::test]
async fn guests_who_may_only_listen_cannot_open_a_room() {
    let (data, clock) =
        (TempDir::new().expect("a folder"), Arc::new(ManualClock::at(Timestamp::from_millis(1_000_000))));
    let before = serve(&data, &clock, Limits::default(), &[]).await;
    let ada = before.site.sign_in("Ada").await;
    let code = before.site.create_room(&ada).await;
    before.stop().await;
    let site = serve(&data, &clock, Limits::default(), &["--guests", "listen"]).await.site;
    let grace = site.sign_in("Grace").await;
    let response = site.submit("create_room", "", &[("cookie", &grace)]).await;
    let location = response.headers().get("location").map(|location| location.to_str().expect("a path"));
    assert_eq!(location, Some("/login?next=/new&why=guests_listen_only"));
    let mut listener = site.greet(&grace).await;
    let message: ClientMessage = join(code, Role::Listener);
    listener.send(&message).await;
    listener.joined().await;
}
