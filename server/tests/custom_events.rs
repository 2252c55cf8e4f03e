//! Events that a room's owner sends to all members.

use heartogether::{
    limits::{CUSTOM_NAME_BYTES, CUSTOM_PAYLOAD_BYTES, Limits, Quota},
    protocol::{CustomEvent, ToRoom},
};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::support::{Pair, Site, TestServer};

async fn post(site: &Site, body: &str, headers: &[(&str, &str)]) -> Response {
    site.post("/api/events/publish", body, headers).await
}

async fn publish(site: &Site, cookie: &str, body: &Value) -> (StatusCode, Value) {
    let answer = post(site, &body.to_string(), &[("cookie", cookie)]).await;
    (answer.status(), serde_json::from_str(&answer.text().await.expect("text")).unwrap_or_default())
}

/// The events of the owner that have come to the host and the listener, who are undisturbed otherwise.
async fn custom(pair: &mut Pair) -> [Vec<CustomEvent>; 2] {
    pair.is_undisturbed().await;
    [&mut pair.host, &mut pair.listener].map(|connection| std::mem::take(&mut connection.custom))
}

const NONE: [Vec<CustomEvent>; 2] = [Vec::new(), Vec::new()];

fn slide(pair: &Pair, payload: &str) -> Value {
    json!({ "room": pair.code, "name": "slide.changed", "payload": payload })
}

#[tokio::test]
async fn an_owners_event_reaches_every_member_and_nobody_else() {
    let server = TestServer::start().await;
    let (mut pair, mut other) = (server.site.pair().await, server.site.pair().await);
    let (status, _) = publish(&server.site, &pair.ada, &slide(&pair, "{\"slide\":7}")).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let expected = CustomEvent { name: "slide.changed".to_owned(), payload: "{\"slide\":7}".to_owned() };
    let nothing_to_say = json!({ "room": pair.code, "name": "over" });
    assert_eq!(publish(&server.site, &pair.ada, &nothing_to_say).await.0, StatusCode::NO_CONTENT);
    let expected = vec![expected, CustomEvent { name: "over".to_owned(), payload: String::new() }];
    assert_eq!(custom(&mut pair).await, [expected.clone(), expected]);
    assert_eq!(custom(&mut other).await, NONE);
}

#[tokio::test]
async fn others_are_refused_and_nobody_hears_of_it() {
    let server = TestServer::start().await;
    let (mut pair, other) = (server.site.pair().await, server.site.pair().await);
    let event = slide(&pair, "1");
    for cookie in [&pair.grace, &other.ada] {
        let refused = publish(&server.site, cookie, &event).await;
        assert_eq!((refused.0, &refused.1["error"]), (StatusCode::FORBIDDEN, &json!("not_allowed")));
    }
    let refused = post(&server.site, &event.to_string(), &[]).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    // A page of another site cannot do it for somebody who visits it.
    let foreign = [("cookie", &*pair.ada), ("origin", "https://elsewhere.example")];
    assert_eq!(post(&server.site, &event.to_string(), &foreign).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(custom(&mut pair).await, NONE);
}

#[tokio::test]
async fn what_is_no_event_is_refused() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let named = |name: &str| json!({ "room": pair.code, "name": name, "payload": "" });
    let malformed = [
        json!({}),
        json!([]),
        json!({ "room": pair.code }),
        json!({ "room": "ABC", "name": "slide" }),
        json!({ "room": pair.code, "name": "slide", "payload": 7 }),
        named(""),
        named("Slide"),
        named("sl ide"),
        named("é"),
        named(&"x".repeat(CUSTOM_NAME_BYTES + 1)),
    ];
    for body in malformed {
        let refused = publish(&server.site, &pair.ada, &body).await;
        assert_eq!((refused.0, &refused.1["error"]), (StatusCode::BAD_REQUEST, &json!("frame_malformed")), "{body}");
    }
    let refused = publish(&server.site, &pair.ada, &slide(&pair, &"x".repeat(CUSTOM_PAYLOAD_BYTES + 1))).await;
    assert_eq!((refused.0, &refused.1["error"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("frame_too_large")));
    let refused = publish(&server.site, &pair.ada, &json!({ "room": "ZZZ999", "name": "slide" })).await;
    assert_eq!((refused.0, &refused.1["error"]), (StatusCode::NOT_FOUND, &json!("room_not_found")));
    assert_eq!(custom(&mut pair).await, NONE);
    let longest = publish(&server.site, &pair.ada, &slide(&pair, &"x".repeat(CUSTOM_PAYLOAD_BYTES))).await;
    assert_eq!(longest.0, StatusCode::NO_CONTENT);
    assert_eq!(custom(&mut pair).await.map(|events| events[0].payload.len()), [CUSTOM_PAYLOAD_BYTES; 2]);
}

#[tokio::test]
async fn codes_cannot_be_guessed() {
    // The pair asks for its room's id once.
    let look_ups_per_address = Quota { count: 3, window_ms: 60_000 };
    let server = TestServer::start_with(Limits { look_ups_per_address, ..Limits::default() }, &[]).await;
    let mut pair = server.site.pair().await;
    let mallory = server.site.sign_in("Mallory").await;
    let (right, wrong) = (slide(&pair, "1"), json!({ "room": "ZZZ999", "name": "slide.changed" }));
    let guesses = [
        (&wrong, StatusCode::NOT_FOUND, "room_not_found"),
        (&right, StatusCode::FORBIDDEN, "not_allowed"),
        (&wrong, StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
        (&right, StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
    ];
    for (guess, status, error) in guesses {
        let refused = publish(&server.site, &mallory, guess).await;
        assert_eq!((refused.0, &refused.1["error"]), (status, &json!(error)), "{guess}");
    }
    assert_eq!(custom(&mut pair).await, NONE);
    // The owner is no stranger.
    assert_eq!(publish(&server.site, &pair.ada, &right).await.0, StatusCode::NO_CONTENT);
    assert_eq!(custom(&mut pair).await.map(|events| events.len()), [1, 1]);
}

#[tokio::test]
async fn events_are_limited_and_end_with_the_room() {
    let limits = Limits { custom_events_per_second: 1, custom_events_burst: 2, ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    let mut pair = server.site.pair().await;
    let event = slide(&pair, "1");
    for expected in [StatusCode::NO_CONTENT, StatusCode::NO_CONTENT, StatusCode::TOO_MANY_REQUESTS] {
        assert_eq!(publish(&server.site, &pair.ada, &event).await.0, expected);
    }
    let mut ended = server.site.pair().await;
    ended.host.say(ToRoom::Stop).await;
    ended.host.drain().await;
    let refused = publish(&server.site, &ended.ada, &slide(&ended, "1")).await;
    assert_eq!((refused.0, &refused.1["error"]), (StatusCode::GONE, &json!("room_ended")));
    assert_eq!(custom(&mut pair).await.map(|events| events.len()), [2, 2]);
}
