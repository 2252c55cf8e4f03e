//! What programs ask over HTTP: the server answers as its own description says.

mod pictures;
mod program;
mod schema;

use heartogether::{
    engagement::MessageText,
    id::RoomCode,
    limits::Limits,
    protocol::{ToRoom, Write},
    refusal::Refusal,
    role::Role,
    room::RoomEvent,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    lounges::open_lounge,
    support::{Site, TestServer},
};
use program::Program;

/// All scopes.
const ALL: &str = "read_rooms create_rooms read_messages send_messages";

/// Makes a token as the page does.
async fn make_token(site: &Site, cookie: &str, scopes: &str) -> String {
    let form = format!("label=A+robot&scopes={}", scopes.replace(' ', "+"));
    let response = site.submit("make_program_token", &form, &[("cookie", cookie)]).await;
    assert_eq!(response.status(), StatusCode::OK);
    let made: Value = serde_json::from_str(&response.text().await.expect("text")).expect("JSON");
    made["token"].as_str().expect("a token").to_owned()
}

fn refused(answer: &(StatusCode, Value)) -> (u16, &str) {
    (answer.0.as_u16(), answer.1["error"].as_str().unwrap_or_default())
}

fn numbers(page: &Value) -> Vec<u64> {
    let messages = page["messages"].as_array().expect("a list");
    messages.iter().map(|message| message["number"].as_u64().expect("a number")).collect()
}

fn patient() -> Limits {
    crate::older_messages::patient()
}

#[tokio::test]
async fn a_program_opens_a_lounge_and_talks_in_it_with_those_on_pages() {
    let server = TestServer::start_with(patient(), &[]).await;
    let site = &server.site;
    let (ada, grace) = (site.sign_in("Ada").await, site.sign_in("Grace").await);
    let robot = Program::new(site, Some(make_token(site, &ada, ALL).await)).await;
    assert_eq!(robot.rooms().await.1, json!({ "rooms": [] }));
    let (status, opened) = robot.create(&json!({ "name": "The engine room" })).await;
    assert_eq!(status, StatusCode::CREATED);
    let code = opened["code"].as_str().expect("a code").to_owned();
    let (_, listed) = robot.rooms().await;
    assert_eq!(
        (&listed["rooms"][0]["code"], &listed["rooms"][0]["name"]),
        (&opened["code"], &"The engine room".into())
    );
    assert_eq!(listed["rooms"][0]["isOwner"], true);

    let (mut graces, _) = site.join(&grace, RoomCode::parse(&code).expect("a code"), Role::Participant).await;
    let (status, sent) = robot.send(&code, &json!({ "nonce": 1, "text": "It rains." })).await;
    assert_eq!((status, &sent), (StatusCode::CREATED, &json!({ "number": 1 })));
    let message = loop {
        if let RoomEvent::MessageSent { message } = graces.event().await {
            break message;
        }
    };
    assert_eq!((message.number.0, message.name.as_str(), message.nonce), (1, "Ada", 1));
    // Sent again, it is the same message.
    let again = robot.send(&code, &json!({ "nonce": 1, "text": "It rains." })).await;
    assert_eq!(again, (StatusCode::OK, json!({ "number": 1 })));
    let text = MessageText::parse("Thanks!").expect("a text");
    graces.say(ToRoom::Write(Write { nonce: 1, text, pictures: Vec::new(), reply_to: Some(message.number) })).await;
    while !matches!(graces.event().await, RoomEvent::MessageSent { .. }) {}

    let (_, page) = robot.read(&code, "").await;
    assert_eq!((numbers(&page), &page["hasEarlier"], &page["upTo"]), (vec![1, 2], &false.into(), &2.into()));
    assert_eq!((&page["messages"][1]["text"], &page["messages"][1]["replyTo"]), (&"Thanks!".into(), &1.into()));
    assert_eq!(robot.send(&code, &json!({ "nonce": 2, "text": "Bye", "replyTo": 2 })).await.1, json!({ "number": 3 }));
    let (_, listed) = robot.rooms().await;
    assert_eq!(listed["rooms"][0]["lastMessage"], 3);
}

#[tokio::test]
async fn a_program_reads_forwards_and_backwards() {
    let server = TestServer::start_with(patient(), &[]).await;
    let site = &server.site;
    let ada = site.sign_in("Ada").await;
    let robot = Program::new(site, Some(make_token(site, &ada, ALL).await)).await;
    let code = open_lounge(site, &ada, "").await.to_string();
    // More than the room keeps itself.
    for nonce in 1..=120 {
        assert_eq!(robot.send(&code, &json!({ "nonce": nonce, "text": "tick" })).await.1["number"], nonce);
    }
    assert_eq!(
        robot.send(&code, &json!({ "nonce": 2, "text": "tick" })).await,
        (StatusCode::OK, json!({ "number": 2 }))
    );
    let (_, latest) = robot.read(&code, "").await;
    assert_eq!((numbers(&latest)[0], numbers(&latest).len()), (71, 50));
    let (_, earlier) = robot.read(&code, "?before=3&limit=50").await;
    assert_eq!((numbers(&earlier), &earlier["hasEarlier"]), (vec![1, 2], &false.into()));
    let (mut after, mut read) = (0, Vec::new());
    loop {
        let (_, page) = robot.read(&code, &format!("?after={after}&limit=50")).await;
        read.extend(numbers(&page));
        let up_to = page["upTo"].as_u64().expect("a number");
        if up_to == after {
            break;
        }
        after = up_to;
    }
    assert_eq!(read, (1..=120).collect::<Vec<_>>());
    for wrong in ["?limit=0", "?limit=51", "?before=1&after=1", "?after=x"] {
        assert_eq!(refused(&robot.read(&code, wrong).await), (400, "frame_malformed"), "{wrong}");
    }
}

#[tokio::test]
async fn a_token_allows_what_it_was_made_for_and_only_to_its_account() {
    let server = TestServer::start_with(patient(), &[]).await;
    let site = &server.site;
    let (ada, grace) = (site.sign_in("Ada").await, site.sign_in("Grace").await);
    let code = open_lounge(site, &ada, "").await.to_string();
    let scopes = ["read_rooms", "create_rooms", "read_messages", "send_messages"];
    for allowed in scopes {
        let robot = Program::new(site, Some(make_token(site, &ada, allowed).await)).await;
        let answers = [
            robot.rooms().await,
            robot.create(&json!({})).await,
            robot.read(&code, "").await,
            robot.send(&code, &json!({ "nonce": 1, "text": "hello" })).await,
        ];
        for (scope, answer) in scopes.iter().zip(&answers) {
            match *scope == allowed {
                true => assert!(answer.0.is_success(), "{scope}: {answer:?}"),
                false => assert_eq!(refused(answer), (403, Refusal::ScopeMissing.code()), "{scope}"),
            }
        }
    }
    let stranger = Program::new(site, Some(make_token(site, &grace, ALL).await)).await;
    assert_eq!(refused(&stranger.read(&code, "").await), (403, "not_a_member"));
    assert_eq!(refused(&stranger.send(&code, &json!({ "nonce": 1, "text": "x" })).await), (403, "not_a_member"));
    assert_eq!(refused(&stranger.read("ZZZZZZ", "").await), (404, "room_not_found"));
    assert_eq!(refused(&stranger.read("nope", "").await), (400, "code_malformed"));
    for token in [None, Some("ht_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned()), Some("ht_".to_owned())] {
        let nobody = Program::new(site, token).await;
        assert_eq!(refused(&nobody.rooms().await), (401, "not_signed_in"));
        assert_eq!(refused(&nobody.create(&json!({})).await), (401, "not_signed_in"));
    }
    // It opens nothing that asks for no token of programs.
    let token = make_token(site, &ada, ALL).await;
    let bearer = format!("Bearer {token}");
    let response = site.get_with("/auth/me", &[("authorization", &bearer)]).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let response = site.submit("program_tokens", "", &[("authorization", &bearer)]).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_is_sent_wrongly_is_refused_with_a_code() {
    let server = TestServer::start_with(patient(), &[]).await;
    let site = &server.site;
    let ada = site.sign_in("Ada").await;
    let robot = Program::new(site, Some(make_token(site, &ada, ALL).await)).await;
    let code = open_lounge(site, &ada, "").await.to_string();
    for (body, refusal) in [
        (json!({ "text": "x" }), "frame_malformed"),
        (json!({ "nonce": 1 }), "message_empty"),
        (json!({ "nonce": -1, "text": "x" }), "frame_malformed"),
        (json!({ "nonce": 1, "text": "x", "html": "y" }), "frame_malformed"),
        (json!({ "nonce": 1, "text": "  " }), "message_empty"),
        (json!({ "nonce": 1, "text": "x".repeat(4_001) }), "message_too_long"),
        (json!({ "nonce": 1, "text": "a\u{7}b" }), "message_control_character"),
    ] {
        assert_eq!(refused(&robot.send(&code, &body).await), (400, refusal), "{body}");
    }
    let answer = robot.send(&code, &json!({ "nonce": 1, "text": "so it is", "replyTo": 9 })).await;
    assert_eq!(refused(&answer), (404, "message_not_found"));
    for body in
        [json!({ "name": "x".repeat(61) }), json!({ "kind": "call" }), json!({ "kind": "broadcast", "name": "x" })]
    {
        assert_eq!(robot.create(&body).await.0, StatusCode::BAD_REQUEST, "{body}");
    }
    let (status, opened) = robot.create(&json!({ "kind": "broadcast" })).await;
    assert_eq!(status, StatusCode::CREATED);
    let (_, listed) = robot.rooms().await;
    let rooms = listed["rooms"].as_array().expect("a list");
    let room = rooms.iter().find(|room| room["code"] == opened["code"]).expect("it is listed");
    assert_eq!((&room["kind"], &room["isOwner"]), (&"broadcast".into(), &true.into()));
}

#[tokio::test]
async fn a_program_and_a_page_have_one_allowance() {
    let server = TestServer::start().await;
    let site = &server.site;
    let ada = site.sign_in("Ada").await;
    let robot = Program::new(site, Some(make_token(site, &ada, ALL).await)).await;
    let code = open_lounge(site, &ada, "").await;
    let (mut adas, _) = site.join(&ada, code, Role::Participant).await;
    for nonce in 1..=3 {
        let text = MessageText::parse("by hand").expect("a text");
        adas.say(ToRoom::Write(Write { nonce, text, pictures: Vec::new(), reply_to: None })).await;
        while !matches!(adas.event().await, RoomEvent::MessageSent { .. }) {}
    }
    let mut answers = Vec::new();
    // Two are left of five at once; another one comes every second.
    for nonce in 4..34 {
        answers.push(robot.send(&code.to_string(), &json!({ "nonce": nonce, "text": "by machine" })).await);
    }
    assert!(answers[..2].iter().all(|answer| answer.0 == StatusCode::CREATED), "{answers:?}");
    assert!(answers.iter().any(|answer| refused(answer) == (429, "too_many_messages")), "{answers:?}");
}

#[tokio::test]
async fn a_revoked_token_and_one_of_a_deleted_account_let_nobody_in() {
    let server = TestServer::start_with(patient(), &[]).await;
    let site = &server.site;
    let (ada, grace) = (site.sign_in("Ada").await, site.sign_in("Grace").await);
    let robot = Program::new(site, Some(make_token(site, &ada, "read_rooms").await)).await;
    let tokens = async |cookie: &str| -> Value {
        let response = site.submit("program_tokens", "", &[("cookie", cookie)]).await;
        serde_json::from_str(&response.text().await.expect("text")).expect("JSON")
    };
    let before = tokens(&ada).await;
    assert_eq!((&before[0]["label"], &before[0]["scopes"]), (&"A robot".into(), &json!(["read_rooms"])));
    assert!(before[0].get("used_at").is_none());
    assert_eq!(robot.rooms().await.0, StatusCode::OK);
    let known = tokens(&ada).await;
    assert!(known[0]["used_at"].is_u64(), "{known}");
    let text = known.to_string();
    assert!(!text.contains(robot.token.as_deref().expect("a token")), "it is shown once");
    let id = known[0]["id"].as_str().expect("an id");
    let revoke =
        async |cookie: &str| site.submit("revoke_program_token", &format!("id={id}"), &[("cookie", cookie)]).await;
    assert_eq!(revoke(&grace).await.status(), StatusCode::OK);
    assert_eq!(robot.rooms().await.0, StatusCode::OK, "nobody else revokes it");
    revoke(&ada).await;
    assert_eq!(refused(&robot.rooms().await), (401, "not_signed_in"));
    assert_eq!(tokens(&ada).await, json!([]));

    let robot = Program::new(site, Some(make_token(site, &grace, "read_rooms").await)).await;
    site.post("/auth/delete", "", &[("cookie", &grace)]).await;
    assert_eq!(refused(&robot.rooms().await), (401, "not_signed_in"));
    let response = site.submit("make_program_token", "label=x&scopes=", &[("cookie", &ada)]).await;
    assert!(response.text().await.expect("text").contains("scope_missing"));
    for _ in 0..20 {
        make_token(site, &ada, "read_rooms").await;
    }
    let response = site.submit("make_program_token", "label=x&scopes=read_rooms", &[("cookie", &ada)]).await;
    assert_eq!(response.status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn the_other_paths_answer_as_documented() {
    let server = TestServer::start_with(patient(), &[]).await;
    let site = &server.site;
    let pair = site.pair().await;
    let nobody = Program::new(site, None).await;
    let get = async |template: &str, path: &str| nobody.ask(Method::GET, template, path, None).await.0.as_u16();
    assert_eq!(get("/api/health", "/api/health").await, 200);
    assert_eq!(get("/api/ready", "/api/ready").await, 200);
    assert_eq!(get("/api/openapi.json", "/api/openapi.json").await, 200);
    assert_eq!(get("/api/rooms/{code}", &format!("/api/rooms/{}", pair.code)).await, 200);
    assert_eq!(get("/api/rooms/{code}", "/api/rooms/ZZZZZZ").await, 404);
    for part in ["listeners", "realtime"] {
        let template = format!("/api/rooms/{{id}}/{part}");
        assert_eq!(get(&template, &format!("/api/rooms/{}/{part}", pair.id)).await, 401);
    }
    assert_eq!(get("/api/ice-servers", "/api/ice-servers").await, 401);
    let post = async |path: &str| nobody.ask(Method::POST, path, path, Some(&json!({}))).await.0.as_u16();
    assert_eq!(post("/api/first-sound").await, 401);
    assert_eq!(post("/api/events/publish").await, 401);
    let post = async |template: &str, path: &str| nobody.ask(Method::POST, template, path, Some(&json!({}))).await.0;
    let pictures = format!("/api/rooms/{}/pictures", pair.code);
    assert_eq!(post("/api/rooms/{code}/pictures", &pictures).await.as_u16(), 401);
    let stream = format!("/api/stream/{:032x}", 7);
    assert_eq!(post("/api/stream/{id}", &stream).await.as_u16(), 401);

    // A session may do what no token of programs may.
    let ada = site.sign_in("Ada").await;
    let code = site.create_room(&ada).await;
    let (_adas, _) = site.join(&ada, code, Role::Host).await;
    let (_, room) = nobody.ask(Method::GET, "/api/rooms/{code}", &format!("/api/rooms/{code}"), None).await;
    let id = room["id"].as_str().expect("an id").to_owned();
    let document = &nobody.document;
    for (template, path) in [
        ("/api/rooms/{id}/listeners", format!("/api/rooms/{id}/listeners")),
        ("/api/rooms/{id}/realtime", format!("/api/rooms/{id}/realtime")),
        ("/api/ice-servers", format!("/api/ice-servers?room={code}")),
        ("/api/rooms", "/api/rooms".to_owned()),
    ] {
        let response = site.get(&path, Some(&ada)).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let answer = serde_json::from_str(&response.text().await.expect("text")).expect("JSON");
        document.check("GET", template, 200, &answer);
    }
    let response = site.post("/api/first-sound", r#"{"ms":300}"#, &[("cookie", &ada)]).await;
    document.check("POST", "/api/first-sound", response.status().as_u16(), &Value::Null);
    let event = json!({ "room": code, "name": "lights", "payload": "off" }).to_string();
    let response = site.post("/api/events/publish", &event, &[("cookie", &ada)]).await;
    document.check("POST", "/api/events/publish", response.status().as_u16(), &Value::Null);
}
