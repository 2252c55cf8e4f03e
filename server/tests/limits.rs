//! A caller who sends too many requests is told so, and when to try again. Other callers are not affected.

use heartogether::{
    limits::{Limits, Quota},
    protocol::FromRoom,
    refusal::Refusal,
    role::Role,
    room::RoomEvent,
};
use heartogether_app::api::ApiError;
use leptos::prelude::FromServerFnError;
use reqwest::Response;
use serde_json::{Value, json};

use crate::{
    lounges::open_lounge,
    older_messages::{write, write_many},
    support::{Connection, TestServer, join, resume, said},
};

const NOW_S: u64 = 1_800_000_000;
const PROXY: [&str; 2] = ["--trusted-proxies", "10.0.0.0/8, 127.0.0.1"];

const fn quota(count: u32, window_ms: u64) -> Quota {
    Quota { count, window_ms }
}

/// The numbers of `X-RateLimit-Limit`, `-Remaining` and `-Reset`, and of `Retry-After`.
fn told(response: &Response) -> [Option<u64>; 4] {
    let names = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after"];
    names.map(|name| response.headers().get(name)?.to_str().ok()?.parse().ok())
}

#[tokio::test]
async fn look_ups_of_rooms_are_limited_for_an_address() {
    let limits = Limits { look_ups_per_address: quota(3, 60_000), ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    let code = server.site.create_room(&server.site.sign_in("Ada").await).await;
    let path = format!("/api/rooms/{code}");
    for remaining in [2, 1, 0] {
        let response = server.site.get(&path, None).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["x-cache"], if remaining == 2 { "MISS" } else { "HIT" });
        assert_eq!(told(&response), [Some(3), Some(remaining), Some(NOW_S + 60), None]);
    }
    server.clock.advance(20_500);
    let refused = server.site.get(&path, None).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(told(&refused), [Some(3), Some(0), Some(NOW_S + 60), Some(40)]);
    assert_eq!(refused.json::<Value>().await.expect("JSON")["error"], "too_many_requests");
    server.clock.advance(39_500);
    assert_eq!(server.site.get(&path, None).await.status(), 200);
}

#[tokio::test]
async fn every_way_to_look_a_room_up_counts() {
    let limits = Limits { look_ups_per_address: quota(1, 60_000), ..Limits::default() };
    for attempt in ["look_up_room", "find_room", "listen", "page"] {
        let server = TestServer::start_with(limits.clone(), &[]).await;
        assert_eq!(server.site.get("/api/rooms/ZZZZZZ", None).await.status(), 404);
        let response = match attempt {
            "page" => server.site.get("/room/ZZZZZZ", None).await,
            function => server.site.submit(function, "code=ZZZZZZ", &[]).await,
        };
        assert_eq!(response.status(), 429, "{attempt}");
        assert_eq!(told(&response), [Some(1), Some(0), Some(NOW_S + 60), Some(60)], "{attempt}");
        let body = response.text().await.expect("a body");
        assert!(body.contains("\"too_many_requests\""), "{attempt}: {body}");
    }
}

#[tokio::test]
async fn look_ups_of_a_found_room_are_not_limited() {
    let limits = Limits { look_ups_per_address: quota(1, 60_000), ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    let code = server.site.create_room(&server.site.sign_in("Ada").await).await;
    let look_up = async |code: &str| server.site.submit("look_up_room", &format!("code={code}"), &[]).await.status();
    for _ in 0..3 {
        assert_eq!(look_up(&code.to_string()).await, 200);
    }
    assert_eq!(look_up("ZZZZZZ").await, 429);
}

#[tokio::test]
async fn guessed_codes_on_a_connection_count_and_members_still_find_their_rooms() {
    // The pair asks for its room's id once.
    let limits = Limits { look_ups_per_address: quota(3, 60_000), ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    let mut pair = server.site.pair().await;
    let mallory = server.site.sign_in("Mallory").await;
    let mut guesser = server.site.greet(&mallory).await;
    for expected in [Refusal::RoomNotFound, Refusal::RoomNotFound, Refusal::TooManyRequests] {
        guesser.send(&join("ZZZZZZ".parse().expect("a code"), Role::Listener)).await;
        assert_eq!(guesser.refusal().await, expected);
    }
    guesser.send(&join(pair.code, Role::Listener)).await;
    assert_eq!(guesser.refusal().await, Refusal::TooManyRequests);

    let mut again = server.site.greet(&pair.grace).await;
    again.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    again.resumed().await;
    assert!(matches!(pair.host.event().await, RoomEvent::MemberConnected { .. }));
    pair.listener = again;
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn simultaneous_requests_open_no_more_rooms_than_the_limit() {
    let server = TestServer::start_with(Limits { rooms_per_address: 3, ..Limits::default() }, &[]).await;
    let ada = server.site.sign_in("Ada").await;
    let headers = [("cookie", ada.as_str())];
    let crowd = futures::future::join_all((0..10).map(|_| server.site.submit("create_room", "", &headers))).await;
    let opened = crowd.iter().filter(|response| response.headers().contains_key("location")).count();
    let refused = crowd.iter().filter(|response| response.status() == 409).count();
    assert_eq!((opened, refused), (3, 7));
}

#[tokio::test]
async fn the_rate_of_new_rooms_is_limited_for_an_account() {
    let limits = Limits { rooms_per_account: quota(2, 60_000), ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    for _ in 0..2 {
        server.site.create_room(&ada).await;
    }
    let refused = server.site.submit("create_room", "", &[("cookie", &ada)]).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(told(&refused), [Some(2), Some(0), Some(NOW_S + 60), Some(60)]);
    assert_eq!(refused.json::<Value>().await.expect("JSON")["error"], "too_many_requests");
    server.site.create_room(&grace).await;
    server.clock.advance(60_000);
    server.site.create_room(&ada).await;
}

#[tokio::test]
async fn a_page_without_a_script_shows_the_refusal() {
    let limits = Limits { rooms_per_account: quota(0, 60_000), ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    let ada = server.site.sign_in("Ada").await;
    let home = format!("http://{}/", server.site.authority);
    let headers = [("cookie", ada.as_str()), ("accept", "text/html"), ("referer", &home)];
    let response = server.site.submit("create_room", "", &headers).await;
    assert_eq!(response.status(), 302);
    let location = response.headers()["location"].to_str().expect("an address");
    let path = location.strip_prefix(home.trim_end_matches('/')).expect("our own page");
    let page = server.site.shown(path, &[("cookie", &ada)]).await;
    assert!(page.contains(&said(Refusal::TooManyRequests)), "{page}");
}

#[tokio::test]
async fn the_number_of_open_rooms_is_limited_for_an_address() {
    let limits = Limits { rooms_per_address: 2, ..Limits::default() };
    let server = TestServer::start_with(limits, &PROXY).await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    server.site.create_room(&ada).await;
    server.site.create_room(&grace).await;
    let refused = server.site.submit("create_room", "", &[("cookie", &grace)]).await;
    assert_eq!(
        (refused.status().as_u16(), refused.json().await.ok()),
        (409, Some(json!({ "error": "too_many_rooms", "message": said(Refusal::TooManyRooms) })))
    );
    let elsewhere = [("cookie", grace.as_str()), ("x-forwarded-for", "192.0.2.1")];
    assert!(server.site.submit("create_room", "", &elsewhere).await.headers().contains_key("location"));
}

#[tokio::test]
async fn a_page_understands_refusals_from_before_a_server_function() {
    let limits = Limits { requests_per_address: quota(1, 60_000), ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    server.site.submit("current_session", "", &[]).await;
    let refused = server.site.submit("current_session", "", &[]).await;
    assert_eq!((refused.status().as_u16(), &told(&refused)[2..]), (429, &[Some(NOW_S + 60), Some(60)][..]));
    let told = ApiError::de(refused.bytes().await.expect("an answer"));
    assert_eq!(told, ApiError::Refused(Refusal::TooManyRequests));
}

#[tokio::test]
async fn the_number_of_new_guests_is_limited_for_an_address() {
    let limits = Limits { sign_ins_per_address: quota(1, 60_000), ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    server.site.sign_in("Ada").await;
    let refused = server.site.submit("sign_in_as_guest", "name=Grace", &[]).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().get("set-cookie").is_none());
    assert_eq!(told(&refused), [Some(1), Some(0), Some(NOW_S + 60), Some(60)]);
}

#[tokio::test]
async fn all_requests_from_an_address_share_one_limit() {
    let limits = Limits { requests_per_address: quota(2, 60_000), ..Limits::default() };
    for path in ["/", "/room/ABC234/qr.svg", "/api/ice-servers", "/nowhere", "/ws", "/robots.txt"] {
        let server = TestServer::start_with(limits.clone(), &[]).await;
        for _ in 0..2 {
            assert_ne!(server.site.get(path, None).await.status(), 429, "{path}");
        }
        let refused = server.site.get(path, None).await;
        assert_eq!(refused.status(), 429, "{path}");
        assert_eq!(told(&refused), [Some(2), Some(0), Some(NOW_S + 60), Some(60)], "{path}");
        assert_eq!(server.site.get("/api/health", None).await.status(), 200);
    }
}

#[tokio::test]
async fn callers_behind_a_trusted_proxy_are_counted_separately_and_ipv6_by_network() {
    let limits = Limits { look_ups_per_address: quota(1, 60_000), ..Limits::default() };
    let server = TestServer::start_with(limits, &PROXY).await;
    let status = async |claim| {
        let headers = [("x-forwarded-for", claim)];
        server.site.get_with("/api/rooms/ZZZZZZ", &headers).await.status().as_u16()
    };
    assert_eq!(status("192.0.2.1").await, 404);
    assert_eq!(status("192.0.2.1").await, 429);
    assert_eq!(status("192.0.2.7, 192.0.2.1").await, 429);
    assert_eq!(status("192.0.2.1, 10.1.1.1").await, 429);
    assert_eq!(status("192.0.2.2").await, 404);
    assert_eq!(status("2001:db8::1").await, 404);
    assert_eq!(status("2001:db8::2").await, 429);
    assert_eq!(status("2001:db8:0:1::1").await, 404);
}

#[tokio::test]
async fn a_caller_who_forges_proxy_headers_is_counted_by_their_own_address() {
    let limits = Limits { look_ups_per_address: quota(1, 60_000), ..Limits::default() };
    let server = TestServer::start_with(limits, &["--trusted-proxies", "10.0.0.0/8"]).await;
    for (claim, status) in [("192.0.2.1", 404), ("192.0.2.2", 429), ("10.0.0.1", 429)] {
        for (name, value) in [("x-forwarded-for", claim.to_owned()), ("forwarded", format!("for={claim}"))] {
            let response = server.site.get_with("/api/rooms/ZZZZZZ", &[(name, &value)]).await;
            assert_eq!(response.status(), if name == "forwarded" { 429 } else { status }, "{name}: {value}");
        }
    }
}

#[tokio::test]
async fn a_trusted_proxy_names_the_scheme() {
    for (flags, is_believed) in [(&PROXY[..], true), (&[], false)] {
        let server = TestServer::start_with(Limits::default(), flags).await;
        let headers = [("x-forwarded-proto", "https"), ("x-forwarded-host", "hear.example")];
        let response = server.site.submit("sign_in_as_guest", "name=Ada", &headers).await;
        let cookie = response.headers()["set-cookie"].to_str().expect("a cookie");
        assert_eq!(cookie.ends_with("; Secure"), is_believed, "{cookie}");
        let told: serde_json::Value =
            server.site.submit("room_link", "code=ABC234", &headers).await.json().await.expect("a link");
        let link = told["link"].as_str().expect("a link");
        assert_eq!(link == "https://hear.example/room/ABC234", is_believed, "{link}");
        let own = [headers[0], headers[1], ("origin", "https://hear.example")];
        let response = server.site.submit("sign_in_as_guest", "name=Ada", &own).await;
        assert_eq!(response.status() == 403, !is_believed);
    }
}

#[tokio::test]
async fn a_navigation_over_the_limit_gets_a_page() {
    let limits = Limits { requests_per_address: quota(1, 60_000), ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    let navigation = [("accept", "text/html,application/xhtml+xml"), ("sec-fetch-mode", "navigate")];
    assert_eq!(server.site.get_with("/", &navigation).await.status(), 200);
    let refused = server.site.get_with("/", &navigation).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(told(&refused), [Some(1), Some(0), Some(NOW_S + 60), Some(60)]);
    assert_eq!(refused.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(refused.headers()["cache-control"], "no-store");
    let page = refused.text().await.expect("a page");
    assert!(page.contains("Please wait a few minutes") && page.contains("too_many_requests"), "{page}");
    let script = [("accept", "text/html,*/*"), ("sec-fetch-mode", "cors")];
    assert_eq!(server.site.get_with("/", &script).await.headers()["content-type"], "application/json");
}

#[tokio::test]
async fn messages_are_counted_in_all_rooms_for_an_account_and_for_an_address() {
    let of_account = Limits { messages_per_account: 3, ..Limits::default() };
    let of_address = Limits { messages_per_address: 3, ..Limits::default() };
    for (limits, is_for_all) in [(of_account, false), (of_address, true)] {
        let server = TestServer::start_with(limits, &[]).await;
        let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
        let (first, second) = (open_lounge(&server.site, &ada, "").await, open_lounge(&server.site, &ada, "").await);
        let (mut in_first, _) = server.site.join(&ada, first, Role::Participant).await;
        let (mut in_second, _) = server.site.join(&ada, second, Role::Participant).await;
        let (mut graces, _) = server.site.join(&grace, second, Role::Participant).await;
        write_many(&mut in_first, 1..3, "one").await;
        write_many(&mut in_second, 1..2, "two").await;
        in_second.say(write(2, "too much")).await;
        assert_eq!(next_refusal(&mut in_second).await, Refusal::TooManyMessages);
        match is_for_all {
            false => write_many(&mut graces, 1..2, "another account").await,
            true => {
                graces.say(write(1, "another account")).await;
                assert_eq!(next_refusal(&mut graces).await, Refusal::TooManyMessages);
            }
        }
    }
}

/// The next refusal; what happens in the room meanwhile is passed over.
async fn next_refusal(connection: &mut Connection) -> Refusal {
    loop {
        if let FromRoom::Refused { refusal } = connection.hear().await {
            return refusal;
        }
    }
}
