//! Accounts: guests who sign in, log-outs, and deletions.

use crate::support::told;
use heartogether::{
    protocol::{ClientMessage, Ping, ServerMessage},
    refusal::Refusal,
    role::Role,
    room::RoomEvent,
};
use heartogether_server::storage::database;
use serde_json::{Value, json};

use crate::{
    browser::{World, led_to},
    older_messages::write_many,
    provider::ada,
    support::{join, resume},
};

#[tokio::test]
async fn a_guest_who_signs_in_keeps_the_room_and_the_connection() {
    let world = World::start_with(&["--guests", "host"]).await;
    let browser = world.browser();
    browser.guest("Ada").await;
    let code = browser.create_room().await;
    let before = browser.cookies();
    let (mut host, joined) = world.site.join(&before, code, Role::Host).await;
    assert_eq!(browser.sign_in(&world.provider, &format!("/host/{code}"), ada()).await, format!("/host/{code}"));
    assert!(browser.owns(code).await);
    assert_eq!(
        world.site.get("/auth/me", Some(&before)).await.status(),
        401,
        "the guest's session is no way in any more"
    );

    // Somebody known already, who was a guest meanwhile, here with a room.
    let other = world.browser();
    other.guest("Countess").await;
    let second = other.create_room().await;
    other.sign_in(&world.provider, "/", ada()).await;
    assert!(other.owns(second).await && other.owns(code).await && browser.owns(second).await);
    assert_eq!(other.me().await["id"], browser.me().await["id"]);
    let recent = world.site.recent_rooms(&browser.cookies()).await;
    assert!(recent.contains(&code.to_string()), "{recent}");

    // The guest's connection keeps its place until the browser has its new cookie, and is closed without a refusal then.
    host.send(&ClientMessage::Ping(Ping { nonce: 7 })).await;
    assert_eq!(host.receive().await, ServerMessage::Pong(Ping { nonce: 7 }));
    world.clock.advance(30_000);
    assert_eq!(host.close_code().await, 1001);
    let mut host = world.site.greet(&browser.cookies()).await;
    host.send(&resume(code, &joined, joined.seq)).await;
    host.resumed().await;
}

#[tokio::test]
async fn a_guests_visits_move_to_the_account_when_other_guests_are_forgotten() {
    let world = World::start_with(&["--guests", "host"]).await;
    world.browser().sign_in(&world.provider, "/", ada()).await;
    let browser = world.browser();
    browser.guest("Countess").await;
    let code = browser.create_room().await;
    drop(world.site.join(&browser.cookies(), code, Role::Host).await);
    assert!(world.site.recent_rooms(&browser.cookies()).await.contains(&code.to_string()));
    // Long enough for whoever has no session to be forgotten by the next one that begins.
    world.clock.advance(61_000);
    browser.sign_in(&world.provider, "/", ada()).await;
    let recent = world.site.recent_rooms(&browser.cookies()).await;
    assert!(recent.contains(&code.to_string()), "{recent}");
}

#[tokio::test]
async fn only_the_host_sees_the_e_mail_address_of_a_listener_who_agrees() {
    let world = World::start_with(&["--guests", "host"]).await;
    let host = world.browser();
    host.guest("Grace").await;
    let code = host.create_room().await;
    let (mut hosting, _) = world.site.join(&host.cookies(), code, Role::Host).await;
    let guest = world.site.sign_in("Linus").await;
    let (mut other, _) = world.site.join(&guest, code, Role::Listener).await;
    let known = world.signed_in(ada()).await;
    // By default a click on a link tells nobody.
    let (unasked, _) = world.site.join(&known.cookies(), code, Role::Listener).await;
    known.post("/api/fn/show_email", "shown=false").await;
    let (refusing, _) = world.site.join(&known.cookies(), code, Role::Listener).await;
    drop((unasked, refusing));
    known.post("/api/fn/show_email", "shown=true").await;
    let other_host = world.browser();
    other_host.guest("Mallory").await;
    let elsewhere = other_host.create_room().await;
    let (mut hosting_elsewhere, _) = world.site.join(&other_host.cookies(), elsewhere, Role::Host).await;
    let (mut listener, joined) = world.site.join(&known.cookies(), elsewhere, Role::Listener).await;
    let emails = |heard: Vec<ServerMessage>| -> Vec<Option<String>> {
        let joined = heard.into_iter().filter_map(|message| match told(message)? {
            RoomEvent::MemberJoined { member } => Some(member.email),
            _ => None,
        });
        joined.collect()
    };
    assert_eq!(emails(hosting.drain().await), [const { None }; 3], "Linus has none, and Ada has allowed nothing");
    assert_eq!(emails(hosting_elsewhere.drain().await), [Some("ada@example.org".to_owned())]);
    assert_eq!((joined.room.members, other.drain().await, listener.drain().await), (vec![], vec![], vec![]));
    let preview = world.site.get(&format!("/api/rooms/{code}"), Some(&guest)).await.text().await.expect("text");
    assert!(!preview.contains("ada@"), "{preview}");
}

#[tokio::test]
async fn the_report_of_a_rooms_events_contains_no_messages_and_no_addresses() {
    let world = World::start_with(&["--guests", "host"]).await;
    let host = world.browser();
    host.guest("Grace").await;
    let code = host.create_room().await;
    let (mut hosting, _) = world.site.join(&host.cookies(), code, Role::Host).await;
    let known = world.signed_in(ada()).await;
    known.post("/api/fn/show_email", "shown=true").await;
    let (mut listener, _) = world.site.join(&known.cookies(), code, Role::Listener).await;
    write_many(&mut listener, 1..2, "porcupine").await;
    let (_again, _) = world.site.join(&known.cookies(), code, Role::Listener).await;
    let joined = hosting.drain().await.into_iter().filter_map(|message| match told(message)? {
        RoomEvent::MemberJoined { member } => Some((member.email.is_some(), member.last_message.is_some())),
        _ => None,
    });
    assert_eq!(joined.collect::<Vec<_>>(), [(true, false), (true, true)], "the host's page is told both");

    let room: Value = world.site.get(&format!("/api/rooms/{code}"), None).await.json().await.expect("JSON");
    let path = format!("/api/rooms/{}/realtime", room["id"].as_str().expect("an id"));
    let report = host.get(&path).await.text().await.expect("text");
    assert_eq!(report.matches("member_joined").count(), 2, "{report}");
    assert!(!report.contains("porcupine") && !report.contains("ada@"), "{report}");
}

#[tokio::test]
async fn a_guests_old_session_does_not_open_the_account() {
    let world = World::start_with(&["--guests", "host"]).await;
    let browser = world.browser();
    browser.guest("Ada").await;
    let code = browser.create_room().await;
    let mut planted = world.site.greet(&browser.cookies()).await;
    browser.sign_in(&world.provider, "/", ada()).await;
    assert!(browser.owns(code).await);
    planted.send(&join(code, Role::Host)).await;
    assert_eq!(planted.close_code().await, 1001);
}

#[tokio::test]
async fn a_sign_in_that_another_account_began_does_not_get_the_guests_rooms() {
    let world = World::start_with(&["--guests", "host"]).await;
    let browser = world.browser();
    let back = world.provider.consent(&browser.set_out("/auth/test?next=/").await, ada());
    browser.guest("Victim").await;
    let code = browser.create_room().await;
    browser.get(&back).await;
    assert_eq!(browser.me().await["name"], "Ada Lovelace");
    assert!(!browser.owns(code).await);
}

#[tokio::test]
async fn logging_out_ends_this_session_and_its_connections_at_once() {
    let world = World::start_with(&["--guests", "host"]).await;
    let (here, there) = (world.signed_in(ada()).await, world.signed_in(ada()).await);
    let code = here.create_room().await;
    let kept = here.cookies();
    let (mut host, _) = world.site.join(&kept, code, Role::Host).await;
    let (mut listener, _) = world.site.join(&there.cookies(), code, Role::Listener).await;
    assert_eq!(led_to(&here.post("/auth/logout", "").await), "/");
    assert_eq!(here.get("/auth/me").await.status(), 401);
    assert_eq!(world.site.get("/auth/me", Some(&kept)).await.status(), 401, "a copy of the cookie is worth nothing");
    // What the room has told before is passed over.
    assert_eq!(host.close_code().await, 1008);
    assert_eq!(there.get("/auth/me").await.status(), 200);
    assert_eq!(led_to(&there.post("/auth/logout", "everywhere=true").await), "/");
    assert_eq!(listener.close_code().await, 1008);
}

#[tokio::test]
async fn logging_out_everywhere_ends_every_session() {
    let world = World::start().await;
    let (here, there) = (world.signed_in(ada()).await, world.signed_in(ada()).await);
    let grace = world.signed_in(json!({ "sub": "grace", "name": "Grace" })).await;
    here.post("/auth/logout", "everywhere=true").await;
    for (browser, status) in [(&here, 401), (&there, 401), (&grace, 200)] {
        assert_eq!(browser.get("/auth/me").await.status(), status);
    }
    let response = world.site.get("/auth/logout", None).await;
    assert_eq!(response.status(), 405, "a link logs nobody out");
}

#[tokio::test]
async fn a_deletion_removes_the_account_and_ends_its_rooms() {
    let world = World::start_with(&["--guests", "host"]).await;
    let (browser, other) = (world.signed_in(ada()).await, world.signed_in(ada()).await);
    let code = browser.create_room().await;
    let first = browser.me().await["id"].clone();
    let grace = world.browser();
    grace.guest("Grace").await;
    let (mut listener, _) = world.site.join(&grace.cookies(), code, Role::Listener).await;
    assert_eq!(led_to(&browser.post("/auth/delete", "").await), "/");
    assert!(matches!(listener.event().await, RoomEvent::RoomEnded { .. }));
    for gone in [&browser, &other] {
        assert_eq!(gone.get("/auth/me").await.status(), 401);
    }
    let mut late = world.site.greet(&grace.cookies()).await;
    late.send(&join(code, Role::Listener)).await;
    assert!(matches!(late.refusal().await, Refusal::RoomNotFound | Refusal::RoomEnded));
    let again = world.signed_in(ada()).await.me().await["id"].clone();
    assert_ne!(again, first, "nothing is known of her any more");
    assert_eq!(world.browser().post("/auth/delete", "").await.status(), 401);
}

#[tokio::test]
async fn a_deleted_account_leaves_other_rooms_on_all_connections() {
    let world = World::start_with(&["--guests", "host"]).await;
    let (host, grace) = (world.browser(), world.signed_in(json!({ "sub": "grace", "name": "Grace Hopper" })).await);
    host.guest("Ada").await;
    let code = host.create_room().await;
    let (mut stage, _) = world.site.join(&host.cookies(), code, Role::Host).await;
    let (mut listening, joined) = world.site.join(&grace.cookies(), code, Role::Listener).await;
    let RoomEvent::MemberJoined { member: listener } = stage.event().await else { panic!("the host sees who joins") };
    assert_eq!((listener.member, listener.name.as_str()), (joined.member, "Grace Hopper"));
    let mut idle = world.site.greet(&grace.cookies()).await;
    grace.post("/auth/delete", "").await;
    assert_eq!((listening.close_code().await, idle.close_code().await), (1008, 1008));
    let left = loop {
        if let RoomEvent::MemberLeft { member } = stage.event().await {
            break member;
        }
    };
    assert_eq!(left, joined.member);
}

#[tokio::test]
async fn who_is_banned_cannot_sign_in_again_until_the_ban_is_lifted() {
    let world = World::start_with(&["--guests", "host"]).await;
    let browser = world.signed_in(ada()).await;
    let id = browser.me().await["id"].as_str().expect("an id").to_owned();
    let pool = database::open(&world.database()).await.expect("the same database");
    let order = async |number: i64, deed: &str| {
        let insert = "INSERT INTO orders (id, at, by_whom, deed, target) VALUES ($1, $1, 'root', $2, $3)";
        sqlx::query(insert).bind(number).bind(deed).bind(&id).execute(&pool).await.expect("ordered");
        loop {
            world.clock.advance(1_000);
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            let select = "SELECT outcome FROM orders WHERE id = $1 AND done_at IS NOT NULL";
            let done: Option<String> =
                sqlx::query_scalar(select).bind(number).fetch_optional(&pool).await.expect("looked up");
            if let Some(outcome) = done {
                break outcome;
            }
        }
    };
    assert_eq!(order(1, "accounts ban").await, "banned");
    assert_eq!(browser.get("/auth/me").await.status(), 401);
    let other = world.browser();
    assert_eq!(other.sign_in(&world.provider, "/", ada()).await, "/login?next=/&why=banned");
    assert_eq!(other.get("/auth/me").await.status(), 401);
    assert!(order(2, "accounts unban").await.starts_with("the ban is lifted"));
    other.sign_in(&world.provider, "/", ada()).await;
    assert_eq!(other.me().await["id"], id.as_str());
    assert_eq!(order(3, "accounts praise").await, "not understood by this version of the server");
}
