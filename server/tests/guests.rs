//! Many guests, and guests who come back: the limits for one address and one browser.

use heartogether::protocol::FromRoom;
use heartogether::{
    id::RoomCode,
    limits::{Limits, Quota},
    protocol::{ClientMessage, Hello, PROTOCOL_VERSION, RemoveMember, ServerMessage, ToRoom},
    refusal::Refusal,
    role::Role,
    room::RoomEvent,
};
use reqwest::header::SET_COOKIE;

use crate::support::{Connection, Pair, Site, TestServer, join, said};

const PROXY: [&str; 2] = ["--trusted-proxies", "127.0.0.1"];

/// Everything that a browser keeps after it has become a guest, as one header.
async fn cookies(site: &Site, headers: &[(&str, &str)]) -> String {
    let response = site.submit("sign_in_as_guest", "name=Mallory", headers).await;
    let set = response.headers().get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().expect("a cookie in ASCII"));
    let kept: Vec<_> = set.filter_map(|cookie| cookie.split(';').next()).collect();
    assert!(!kept.is_empty());
    kept.join("; ")
}

/// The cookie that no session ends with.
fn of_browser(cookies: &str) -> &str {
    cookies.split("; ").find(|cookie| cookie.starts_with("heartogether.browser=")).expect("a browser's cookie")
}

/// A connection from an address behind the proxy.
async fn greet_from(site: &Site, address: &str, cookies: &str) -> Connection {
    let mut request = site.socket_request(Some(cookies));
    request.headers_mut().insert("x-forwarded-for", address.parse().expect("a header"));
    let mut connection = Connection::open(request).await;
    connection.send(&ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION })).await;
    assert!(matches!(connection.receive().await, ServerMessage::Welcome(_)));
    connection
}

async fn listen_from(site: &Site, address: &str, cookies: &str, code: RoomCode) -> (Connection, FromRoom) {
    let mut connection = greet_from(site, address, cookies).await;
    connection.send(&join(code, Role::Listener)).await;
    let answer = connection.hear().await;
    (connection, answer)
}

fn is_refused(answer: &FromRoom, refusal: Refusal) -> bool {
    *answer == FromRoom::Refused { refusal }
}

/// Removes whoever has just come.
async fn remove_newcomer(pair: &mut Pair, block_address: bool) {
    let RoomEvent::MemberJoined { member: listener } = pair.host.event().await else { panic!("somebody came") };
    pair.host
        .say(ToRoom::RemoveMember(RemoveMember { member: listener.member, block_address, may_return: false }))
        .await;
    assert!(matches!(pair.host.event().await, RoomEvent::MemberLeft { .. }));
}

#[tokio::test]
async fn a_removed_guest_cannot_come_back_as_a_new_guest_of_the_same_browser() {
    let server = TestServer::start_with(Limits::default(), &PROXY).await;
    let site = &server.site;
    let mut pair = site.pair().await;
    let first = cookies(site, &[]).await;
    let (_connection, answer) = listen_from(site, "192.0.2.1", &first, pair.code).await;
    assert!(matches!(answer, FromRoom::Joined(_)), "{answer:?}");
    remove_newcomer(&mut pair, false).await;

    let browser = of_browser(&first);
    let second = cookies(site, &[("cookie", browser)]).await;
    assert!(!second.contains("heartogether.browser"), "a browser keeps the cookie that it has");
    let (_connection, answer) = listen_from(site, "192.0.2.2", &format!("{second}; {browser}"), pair.code).await;
    assert!(is_refused(&answer, Refusal::Removed), "{answer:?}");
    // Somebody else at the address of the removed one is let in.
    let other = cookies(site, &[]).await;
    let (_connection, answer) = listen_from(site, "192.0.2.1", &other, pair.code).await;
    assert!(matches!(answer, FromRoom::Joined(_)), "{answer:?}");
}

#[tokio::test]
async fn if_the_host_chooses_nobody_from_the_same_address_can_enter() {
    let server = TestServer::start_with(Limits::default(), &PROXY).await;
    let site = &server.site;
    let mut pair = site.pair().await;
    let (_connection, answer) = listen_from(site, "2001:db8::1", &cookies(site, &[]).await, pair.code).await;
    assert!(matches!(answer, FromRoom::Joined(_)), "{answer:?}");
    remove_newcomer(&mut pair, true).await;
    let mut connections = Vec::new();
    for (address, is_let_in) in [("2001:db8::2", false), ("2001:db8:0:ff::1", false), ("2001:db8:0:100::1", true)] {
        let (connection, answer) = listen_from(site, address, &cookies(site, &[]).await, pair.code).await;
        assert_eq!(!is_refused(&answer, Refusal::Removed), is_let_in, "{address}: {answer:?}");
        // One that ended would be told to the host at any time.
        connections.push(connection);
    }
    pair.host.drain().await;
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn another_address_than_the_hosts_has_a_share_of_the_places() {
    let limits = Limits { max_listeners: 3, max_listeners_per_address: 1, ..Limits::default() };
    let server = TestServer::start_with(limits, &PROXY).await;
    let site = &server.site;
    let pair = site.pair().await;
    let (_first, answer) = listen_from(site, "192.0.2.1", &cookies(site, &[]).await, pair.code).await;
    assert!(matches!(answer, FromRoom::Joined(_)), "{answer:?}");
    let (_second, answer) = listen_from(site, "192.0.2.1", &cookies(site, &[]).await, pair.code).await;
    assert!(is_refused(&answer, Refusal::AddressFull), "{answer:?}");
    // Ada and Grace have one address.
    site.join(&site.sign_in("Linus").await, pair.code, Role::Listener).await;
}

#[tokio::test]
async fn a_class_of_two_hundred_behind_one_address_can_enter() {
    const CLASS: u32 = 200;
    let server = TestServer::start_with(Limits::for_listeners(CLASS), &[]).await;
    let site = &server.site;
    let teacher = site.sign_in("Ada").await;
    let code = site.create_room(&teacher).await;
    let (mut host, _) = site.join(&teacher, code, Role::Host).await;
    let mut class = Vec::new();
    for _ in 0..CLASS {
        let response = site.submit("enter_room", &format!("code={code}"), &[]).await;
        assert_eq!(response.status(), 200, "guest {}", class.len());
        let cookie = response.headers()[SET_COOKIE].to_str().expect("a cookie");
        let cookie = cookie.split(';').next().expect("name and value").to_owned();
        class.push(site.join(&cookie, code, Role::Listener).await);
        assert!(matches!(host.event().await, RoomEvent::MemberJoined { .. }));
    }
    let report = site.get(&format!("/api/rooms/{code}"), None).await.text().await.expect("a report");
    assert!(report.contains(&format!(r#""listenerCount":{CLASS},"#)), "{report}");
}

#[tokio::test]
async fn guests_who_enter_a_room_are_counted_for_that_room() {
    let limits = Limits { sign_ins_per_address: Quota { count: 3, window_ms: 60_000 }, ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    let site = &server.site;
    let ada = site.sign_in("Ada").await;
    let (first, second) = (site.create_room(&ada).await, site.create_room(&ada).await);
    let guest_of = async |next: String| {
        site.submit("sign_in_as_guest", &format!("name=Grace&next={next}"), &[])
            .await
            .headers()
            .contains_key(SET_COOKIE)
    };
    for code in [first, second] {
        for expected in [true, true, true, false] {
            assert_eq!(guest_of(format!("/listen/{code}")).await, expected, "{code}");
        }
    }
    // Elsewhere, and into rooms that are not there, guests count by address: Ada was the first of three.
    for (next, expected) in [("/", true), ("/listen/ZZZZZZ", true), ("/listen/ZZZZZZ", false), ("/", false)] {
        assert_eq!(guest_of(next.to_owned()).await, expected, "{next}");
    }
}

#[tokio::test]
async fn guests_of_many_rooms_are_counted_together_as_well() {
    let limits = Limits { sign_ins_per_address: Quota { count: 1, window_ms: 60_000 }, ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    let site = &server.site;
    let ada = site.sign_in("Ada").await;
    let mut taken = 0;
    for _ in 0..12 {
        let code = site.create_room(&ada).await;
        let guest = site.submit("sign_in_as_guest", &format!("name=Grace&next=/listen/{code}"), &[]).await;
        taken += u32::from(guest.headers().contains_key(SET_COOKIE));
    }
    assert_eq!(taken, 10);
}

#[tokio::test]
async fn a_sign_in_reveals_no_more_about_codes_than_a_look_up() {
    let quota = |count| Quota { count, window_ms: 60_000 };
    let limits = Limits { look_ups_per_address: quota(2), sign_ins_per_address: quota(3), ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    let site = &server.site;
    let code = site.create_room(&site.sign_in("Ada").await).await;
    let may_come_in = async |next: &str| {
        let guest = site.submit("sign_in_as_guest", &format!("name=Grace&next=/listen/{next}"), &[]).await;
        guest.headers().contains_key(SET_COOKIE)
    };
    assert!(may_come_in(&code.to_string()).await);
    assert!(may_come_in("ZZZZZZ").await && may_come_in("ZZZZZY").await, "two guesses");
    assert!(!may_come_in("ZZZZZX").await && !may_come_in(&code.to_string()).await, "both are refused alike");
}

#[tokio::test]
async fn a_full_server_refuses_new_guests_and_rooms_and_keeps_the_old_ones() {
    let rooms = Limits { rooms: 1, ..Limits::default() };
    let guests = Limits { guests: 2, ..Limits::default() };
    for (limits, takes_guests, takes_rooms) in [(rooms, true, false), (guests, false, true)] {
        let server = TestServer::start_with(limits, &[]).await;
        let mut pair = server.site.pair().await;
        let guest = server.site.submit("sign_in_as_guest", "name=Linus", &[]).await;
        assert_eq!(guest.headers().contains_key(SET_COOKIE), takes_guests);
        let room = server.site.submit("create_room", "", &[("cookie", &pair.ada)]).await;
        assert_eq!(room.headers().contains_key("location"), takes_rooms);
        for refused in [guest, room]
            .into_iter()
            .filter(|response| !response.status().is_success() && !response.status().is_redirection())
        {
            assert_eq!(refused.status(), 503);
            assert!(refused.text().await.expect("text").contains("server_full"));
        }
        pair.is_undisturbed().await;
    }
    let full = Limits { database_bytes: 1, ..Limits::default() };
    let server = TestServer::start_with(full, &[]).await;
    let refused = server.site.submit("sign_in_as_guest", "name=Ada", &[]).await;
    assert_eq!(refused.status(), 503);
    assert!(refused.text().await.expect("text").contains("server_full"));
}

#[tokio::test]
async fn the_rate_of_new_rooms_is_limited_for_an_address() {
    let limits = Limits { new_rooms_per_address: Quota { count: 2, window_ms: 60_000 }, ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    for expected in [true, true, false] {
        let cookie = server.site.sign_in("Ada").await;
        let response = server.site.submit("create_room", "", &[("cookie", &cookie)]).await;
        assert_eq!(response.headers().contains_key("location"), expected);
        assert_eq!(response.status() == 429, !expected);
    }
    server.clock.advance(60_000);
    server.site.create_room(&server.site.sign_in("Ada").await).await;
}

/// The form as a browser without a script sends it.
async fn sign_in_plainly(site: &Site, next: &str) -> (String, String) {
    let form = format!("name=Grace&next={next}");
    let response = site.submit("sign_in_as_guest", &form, &[("accept", "text/html,*/*;q=0.8")]).await;
    assert_eq!(response.status(), 302);
    let headers = response.headers();
    let header = |name: &str| headers[name].to_str().expect("a header in ASCII").to_owned();
    let cookie = headers.get(SET_COOKIE).expect("a session").to_str().expect("a cookie in ASCII");
    (header("location"), cookie.split(';').next().expect("a cookie").to_owned())
}

#[tokio::test]
async fn a_missing_cookie_is_reported_without_a_script() {
    let server = TestServer::start().await;
    let (location, cookie) = sign_in_plainly(&server.site, "/listen/ABC234").await;
    assert_eq!(server.site.get(&location, None).await.status(), 200);
    assert!(server.site.shown(&location, &[]).await.contains(&said(Refusal::CookieNotKept)));
    let kept = server.site.get_with(&location, &[("cookie", &cookie), ("accept", "text/html")]).await;
    assert_eq!(kept.status(), 302);
    assert_eq!(kept.headers()["location"], "/listen/ABC234");
}
