//! The download of one's data: everything of the account, and nothing of others.

use heartogether::{
    engagement::MessageText,
    id::{DisplayName, MessageNumber},
    limits::EXPORTS,
    protocol::{Block, Delete, MarkRead, NameOneself, ReportMessage, ToRoom, Write},
    role::Role,
};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use crate::older_messages::patient;
use crate::{
    lounges::open_lounge,
    support::{Site, TestServer},
};

async fn exported(site: &Site, cookie: &str) -> Value {
    let response = site.get("/auth/export", Some(cookie)).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
    assert!(response.headers()[header::CONTENT_DISPOSITION].to_str().expect("text").starts_with("attachment"));
    serde_json::from_str(&response.text().await.expect("text")).expect("JSON")
}

fn write(nonce: u32, text: &str) -> ToRoom {
    ToRoom::Write(Write {
        nonce,
        text: MessageText::parse(text).expect("a message"),
        pictures: Vec::new(),
        reply_to: None,
    })
}

#[tokio::test]
async fn all_that_is_stored_of_an_account_is_in_it_and_nothing_of_others() {
    let server = TestServer::start_with(patient(), &[]).await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let code = open_lounge(&server.site, &ada, "The+engine+room").await;
    let (mut adas, as_ada) = server.site.join(&ada, code, Role::Participant).await;
    let (mut graces, as_grace) = server.site.join(&grace, code, Role::Participant).await;
    adas.say(write(1, "secret of Ada's")).await;
    adas.drain().await;
    // More than the room itself keeps, and more than is read at once.
    for nonce in 0..450 {
        graces.say(write(nonce, &format!("word {nonce}"))).await;
        if nonce % 50 == 49 {
            graces.drain().await;
            adas.drain().await;
        }
    }
    let number = MessageNumber(1);
    let reason = MessageText::parse("not kind").ok();
    graces.say(ToRoom::ReportMessage(ReportMessage { number, reason })).await;
    graces.say(ToRoom::Block(Block { member: as_ada.member, blocked: true })).await;
    graces.say(ToRoom::MarkRead(MarkRead { up_to: MessageNumber(3) })).await;
    graces.say(ToRoom::Delete(Delete { number: MessageNumber(2) })).await;
    graces.drain().await;

    let token = "label=A+robot&scopes=read_rooms";
    server.site.submit("make_program_token", token, &[("cookie", &grace)]).await;
    let data = exported(&server.site, &grace).await;
    let [program] = &data["programs"].as_array().expect("programs")[..] else { panic!("one: {}", data["programs"]) };
    assert_eq!((&program["label"], &program["scopes"]), (&json!("A robot"), &json!(["read_rooms"])));
    let me: Value = server.site.get("/auth/me", Some(&grace)).await.json().await.expect("JSON");
    let ada_is: Value = server.site.get("/auth/me", Some(&ada)).await.json().await.expect("JSON");
    assert_eq!((&data["account"]["id"], &data["account"]["name"]), (&me["id"], &json!("Grace")));
    assert_eq!(data["sessions"].as_array().map(Vec::len), Some(1));
    assert_eq!(data["blocked"], json!([ada_is["id"]]));
    let [room] = data["rooms"].as_array().expect("rooms").as_slice() else { panic!("one room: {}", data["rooms"]) };
    assert_eq!((&room["room"]["code"], &room["room"]["is_owner"]), (&json!(code), &json!(false)));
    assert_eq!(room["room"]["places"][0]["member"], json!(as_grace.member));
    assert_eq!(room["membership"], json!({ "read_up_to": 3, "muted": false }));
    assert_eq!(room["room"]["reports"][0]["message"], json!(1));
    assert_eq!(room["room"]["reports"][0]["reason"], json!("not kind"));
    let written: Vec<_> =
        room["messages"].as_array().expect("messages").iter().map(|message| &message["text"]).collect();
    let expected: Vec<_> =
        (0..450).rev().map(|nonce| if nonce == 0 { Value::Null } else { json!(format!("word {nonce}")) }).collect();
    assert_eq!(written, expected.iter().collect::<Vec<_>>());
    let text = data.to_string();
    assert!(!text.contains("secret of Ada") && !text.contains("engine room") && !text.contains("\"Ada\""), "of others");

    let data = exported(&server.site, &ada).await;
    assert_eq!(data["rooms"][0]["room"]["name"], json!("The engine room"));
    assert!(!data.to_string().contains("not kind") && !data.to_string().contains("word 7"));
    assert_eq!(data["blocked"], json!([]));
}

#[tokio::test]
async fn names_chosen_for_a_room_are_in_it_and_a_room_that_is_over_is_not() {
    let server = TestServer::start().await;
    let ada = server.site.sign_in("Ada").await;
    let data = exported(&server.site, &ada).await;
    assert_eq!((&data["rooms"], &data["blocked"]), (&json!([]), &json!([])));
    let code = open_lounge(&server.site, &ada, "").await;
    let (mut adas, _) = server.site.join(&ada, code, Role::Participant).await;
    adas.say(ToRoom::NameOneself(NameOneself { name: DisplayName::parse("Countess").expect("a name") })).await;
    adas.drain().await;
    assert_eq!(exported(&server.site, &ada).await["rooms"][0]["room"]["places"][0]["name"], json!("Countess"));
}

#[tokio::test]
async fn it_arrives_whole_where_it_is_compressed() {
    let server = TestServer::start().await;
    let ada = server.site.sign_in("Ada").await;
    let headers = [("cookie", ada.as_str()), ("accept-encoding", "gzip")];
    let response = server.site.get_with("/auth/export", &headers).await;
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
    let packed = response.bytes().await.expect("all of it");
    assert!(packed.starts_with(&[0x1f, 0x8b]));
}

#[tokio::test]
async fn it_needs_a_session_and_is_limited() {
    let server = TestServer::start().await;
    assert_eq!(server.site.get("/auth/export", None).await.status(), StatusCode::UNAUTHORIZED);
    let ada = server.site.sign_in("Ada").await;
    for _ in 0..EXPORTS.count {
        exported(&server.site, &ada).await;
    }
    assert_eq!(server.site.get("/auth/export", Some(&ada)).await.status(), StatusCode::TOO_MANY_REQUESTS);
    let grace = server.site.sign_in("Grace").await;
    exported(&server.site, &grace).await;
}
