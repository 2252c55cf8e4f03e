//! Changes of the machine's date: by a small computer without a clock, by a virtual machine that resumes, or by
//! mistake.

use std::sync::Arc;

use heartogether::{
    limits::Limits,
    role::Role,
    room::{Missed, RoomEvent, StreamState},
    time::Timestamp,
};
use heartogether_server::clock::{Clock, ManualClock};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{TestServer, join, resume, serve};

const HOUR_MS: u64 = 60 * 60 * 1000;

/// An hour later, and an hour earlier.
fn jumps(clock: &ManualClock) -> [Timestamp; 2] {
    let now = clock.date();
    [now.after_ms(HOUR_MS), Timestamp::from_millis(now.as_millis() - HOUR_MS)]
}

#[tokio::test]
async fn a_jump_of_the_date_ends_no_place_session_or_room() {
    for jump in 0..2 {
        let server = TestServer::start().await;
        let mut pair = server.site.pair().await;
        let member = pair.as_listener.member;
        server.clock.set_date(jumps(&server.clock)[jump]);

        // Connections last, and time passes as before.
        server.clock.advance(Limits::default().heartbeat_ms);
        pair.is_undisturbed().await;
        for cookie in [&pair.ada, &pair.grace] {
            assert_eq!(server.site.get("/api/ice-servers", Some(cookie)).await.status(), 200);
        }
        drop(pair.listener);
        assert_eq!(pair.host.event().await, RoomEvent::MemberConnected { member, connected: false });
        server.clock.advance(Limits::default().listener_grace_ms - 1);
        let mut again = server.site.greet(&pair.grace).await;
        again.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
        again.resumed().await;
        assert_eq!(pair.host.event().await, RoomEvent::MemberConnected { member, connected: true });
        drop(again);
        assert_eq!(pair.host.event().await, RoomEvent::MemberConnected { member, connected: false });
        server.clock.advance(Limits::default().listener_grace_ms);
        assert_eq!(pair.host.event().await, RoomEvent::MemberLeft { member }, "nor does time stand still");
    }
}

#[tokio::test]
async fn a_jump_of_the_date_while_the_server_is_down_ends_no_place_session_or_room() {
    for jump in 0..2 {
        let data = TempDir::new().expect("a folder for the data");
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
        let before = serve(&data, &clock, Limits::default(), &[]).await;
        let pair = before.site.pair().await;
        before.stop().await;
        clock.set_date(jumps(&clock)[jump]);

        let clock = Arc::new(clock.restarted());
        let after = serve(&data, &clock, Limits::default(), &[]).await;
        let mut host = after.site.greet(&pair.ada).await;
        host.send(&resume(pair.code, &pair.as_host, pair.as_host.seq)).await;
        let mut view = pair.as_host.room.clone();
        match host.resumed().await.missed {
            Missed::Events(events) => events.iter().for_each(|event| view.apply(event)),
            Missed::Room(room) => view = room,
        }
        assert_eq!((view.stream(), view.ended), (StreamState::Idle, None));
        let mut listener = after.site.greet(&pair.grace).await;
        listener.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
        listener.resumed().await;
        host.drain().await;
        let member = pair.as_listener.member;
        drop(listener);
        assert_eq!(host.event().await, RoomEvent::MemberConnected { member, connected: false });
        clock.advance(Limits::default().listener_grace_ms);
        assert_eq!(host.event().await, RoomEvent::MemberLeft { member }, "time goes on from where it was");
        let mut late = after.site.greet(&pair.grace).await;
        late.send(&join(pair.code, Role::Listener)).await;
        late.joined().await;
    }
}

#[tokio::test]
async fn times_that_other_machines_check_follow_the_date() {
    let flags = ["--turn-urls", "relay.example:3478", "--turn-secret", "north", "--turn-ttl-seconds", "600"];
    let server = TestServer::start_with(Limits::default(), &flags).await;
    let ada = server.site.sign_in("Ada").await;
    let code = server.site.create_room(&ada).await;
    let (_host, _) = server.site.join(&ada, code, Role::Host).await;
    let path = format!("/api/ice-servers?room={code}");
    for date in jumps(&server.clock) {
        server.clock.set_date(date);
        let response = server.site.get(&path, Some(&ada)).await;
        let servers: Value = response.json().await.expect("JSON");
        let username = servers[1]["username"].as_str().expect("a user name");
        let expires_s: u64 = username.split(':').next().and_then(|text| text.parse().ok()).expect("a time");
        assert_eq!(expires_s, date.as_millis() / 1000 + 600);

        let response = server.site.get("/api/rooms/ZZZZZZ", None).await;
        let reset_s = response.headers()["x-ratelimit-reset"].to_str().expect("text").parse::<u64>().expect("a time");
        assert_eq!(reset_s, (date.as_millis() + Limits::default().look_ups_per_address.window_ms) / 1000);
    }
}
