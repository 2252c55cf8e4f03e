//! Finding messages in a lounge on a running server.

use heartogether::{
    engagement::MessageText,
    id::{MessageNumber, RoomCode},
    limits::{Limits, PINS, RESULTS_AT_ONCE},
    protocol::{Delete, Edit, Pin, ToRoom, Write},
    refusal::Refusal,
    role::Role,
    room::RoomEvent,
};
use reqwest::StatusCode;
use serde_json::Value;

use crate::{
    lounges::open_lounge,
    older_messages::patient,
    support::{Connection, Site, TestServer},
};

/// What a search answers.
async fn search(site: &Site, cookie: &str, code: RoomCode, sought: &str, before: Option<u64>) -> (StatusCode, Value) {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    let form = format!("code={code}&sought={sought}{before}");
    let response = site.submit("search_messages", &form, &[("cookie", cookie)]).await;
    (response.status(), serde_json::from_str(&response.text().await.expect("text")).expect("JSON"))
}

/// The numbers of what is found.
async fn numbers(site: &Site, cookie: &str, code: RoomCode, sought: &str) -> Vec<u64> {
    let (status, found) = search(site, cookie, code, sought, None).await;
    assert_eq!(status, StatusCode::OK, "{found}");
    let messages = found["messages"].as_array().expect("a list");
    messages.iter().map(|message| message["number"].as_u64().expect("a number")).collect()
}

async fn write(connection: &mut Connection, nonce: u32, text: &str) {
    connection
        .say(ToRoom::Write(Write {
            nonce,
            text: MessageText::parse(text).expect("a text"),
            pictures: Vec::new(),
            reply_to: None,
        }))
        .await;
    while !matches!(connection.event().await, RoomEvent::MessageSent { .. }) {}
}

#[tokio::test]
async fn members_find_what_was_written_as_soon_as_it_is_there() {
    let server = TestServer::start_with(Limits { searches_burst: 100, ..patient() }, &[]).await;
    let site = &server.site;
    let (ada, grace) = (site.sign_in("Ada").await, site.sign_in("Grace").await);
    let code = open_lounge(site, &ada, "").await;
    let (mut adas, _) = site.join(&ada, code, Role::Participant).await;
    let (mut graces, _) = site.join(&grace, code, Role::Participant).await;
    write(&mut adas, 1, "明天在上海图书馆见面").await;
    write(&mut graces, 1, "See you in Zürich").await;
    let (_, found) = search(site, &ada, code, "上海", None).await;
    let [message] = &found["messages"].as_array().expect("a list")[..] else { panic!("one message: {found}") };
    assert_eq!(message["excerpt"], serde_json::json!(["明天在", "上海", "图书馆见面"]));
    assert_eq!((&message["number"], &message["name"]), (&1.into(), &"Ada".into()));
    assert!(found.get("more_before").is_none());
    assert_eq!(numbers(site, &grace, code, "zurich").await, [2]);

    graces
        .say(ToRoom::Edit(Edit {
            number: MessageNumber(2),
            text: MessageText::parse("See you in Bern").expect("a text"),
        }))
        .await;
    while !matches!(graces.event().await, RoomEvent::MessageEdited { .. }) {}
    assert_eq!(numbers(site, &ada, code, "zurich").await, [0; 0]);
    assert_eq!(numbers(site, &ada, code, "bern").await, [2]);
    adas.say(ToRoom::Delete(Delete { number: MessageNumber(1) })).await;
    while !matches!(adas.event().await, RoomEvent::MessageDeleted { .. }) {}
    assert_eq!(numbers(site, &grace, code, "上海").await, [0; 0]);

    // A member who is away finds them, too; whoever has left does not.
    drop(graces);
    assert_eq!(numbers(site, &grace, code, "bern").await, [2]);
    let (mut graces, _) = site.join(&grace, code, Role::Participant).await;
    graces.say(ToRoom::Leave).await;
    while !matches!(adas.event().await, RoomEvent::MemberLeft { .. }) {}
    let (status, refused) = search(site, &grace, code, "bern", None).await;
    assert_eq!((status, &refused["error"]), (StatusCode::FORBIDDEN, &Refusal::NotAMember.code().into()));
}

#[tokio::test]
async fn results_come_in_pages() {
    let server = TestServer::start_with(patient(), &[]).await;
    let site = &server.site;
    let ada = site.sign_in("Ada").await;
    let code = open_lounge(site, &ada, "").await;
    let (mut adas, _) = site.join(&ada, code, Role::Participant).await;
    let count = RESULTS_AT_ONCE as u32 + 5;
    for nonce in 1..=count {
        write(&mut adas, nonce, "tea").await;
    }
    let (_, first) = search(site, &ada, code, "tea", None).await;
    assert_eq!(first["messages"].as_array().map(Vec::len), Some(RESULTS_AT_ONCE));
    let more = first["more_before"].as_u64().expect("more");
    let (_, second) = search(site, &ada, code, "tea", Some(more)).await;
    assert_eq!(second["messages"].as_array().map(Vec::len), Some(5));
    assert_eq!((&second["messages"][0]["number"], second.get("more_before")), (&(more - 1).into(), None));
}

#[tokio::test]
async fn only_members_search_and_not_too_often() {
    let limits = Limits { searches_per_second: 1, searches_burst: 2, ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    let site = &server.site;
    let (ada, grace) = (site.sign_in("Ada").await, site.sign_in("Grace").await);
    let code = open_lounge(site, &ada, "").await;
    for (cookie, room, sought, refusal) in [
        ("", code, "tea", Refusal::NotSignedIn),
        (&*grace, code, "tea", Refusal::NotAMember),
        (&*ada, RoomCode::parse("ZZZZZZ").expect("a code"), "tea", Refusal::RoomNotFound),
        (&*ada, code, "%3F", Refusal::SearchEmpty),
        (&*ada, code, &*"x".repeat(101), Refusal::SearchTooLong),
    ] {
        assert_eq!(search(site, cookie, room, sought, None).await.1["error"], refusal.code());
    }
    for _ in 0..2 {
        assert_eq!(numbers(site, &ada, code, "tea").await, [0; 0]);
    }
    let (status, refused) = search(site, &ada, code, "tea", None).await;
    assert_eq!((status, &refused["error"]), (StatusCode::TOO_MANY_REQUESTS, &Refusal::TooManyRequests.code().into()));
}

#[tokio::test]
async fn nothing_of_a_deleted_account_is_found() {
    let server = TestServer::start_with(patient(), &[]).await;
    let site = &server.site;
    let (ada, grace) = (site.sign_in("Ada").await, site.sign_in("Grace").await);
    let code = open_lounge(site, &ada, "").await;
    let (mut graces, _) = site.join(&grace, code, Role::Participant).await;
    write(&mut graces, 1, "porcupine").await;
    assert_eq!(numbers(site, &ada, code, "porcupine").await, [1]);
    let gone = site.post("/auth/delete", "", &[("cookie", &grace)]).await;
    assert!(gone.status().is_success() || gone.status().is_redirection(), "{}", gone.status());
    assert_eq!(numbers(site, &ada, code, "porcupine").await, [0; 0]);
}

#[tokio::test]
async fn pinned_messages_are_known_and_read_however_old_they_are() {
    let server = TestServer::start_with(Limits { searches_burst: 100, ..patient() }, &[]).await;
    let site = &server.site;
    let (ada, grace) = (site.sign_in("Ada").await, site.sign_in("Grace").await);
    let code = open_lounge(site, &ada, "").await;
    let (mut adas, _) = site.join(&ada, code, Role::Participant).await;
    let (mut graces, joined) = site.join(&grace, code, Role::Participant).await;
    assert_eq!(joined.room.pins, []);
    for nonce in 1..=120 {
        write(&mut graces, nonce, &format!("number\n{nonce}")).await;
    }
    for number in [2, 1, 119] {
        adas.say(ToRoom::Pin(Pin { number: MessageNumber(number), pinned: true })).await;
        while !matches!(adas.event().await, RoomEvent::MessagePinned { .. }) {}
    }
    let (_late, joined) = site.join(&grace, code, Role::Participant).await;
    assert_eq!(joined.room.pins, [1, 2, 119].map(MessageNumber));
    let at = async |cookie: &str, numbers: &str| {
        let form = format!("code={code}&numbers={numbers}");
        let response = site.submit("messages_at", &form, &[("cookie", cookie)]).await;
        let status = response.status();
        (status, serde_json::from_str::<Value>(&response.text().await.expect("text")).expect("JSON"))
    };
    let (status, found) = at(&grace, "1,2,119").await;
    assert_eq!(status, StatusCode::OK);
    let messages = found["messages"].as_array().expect("a list").clone();
    let shown: Vec<_> =
        messages.iter().map(|message| (message["number"].clone(), message["excerpt"].clone())).collect();
    let expected = [119, 2, 1].map(|number| (number.into(), serde_json::json!([format!("number {number}")])));
    assert_eq!(shown, expected);
    assert_eq!(messages[0]["name"], "Grace");

    graces.say(ToRoom::Delete(Delete { number: MessageNumber(2) })).await;
    while !matches!(graces.event().await, RoomEvent::MessageDeleted { .. }) {}
    let (_late, joined) = site.join(&grace, code, Role::Participant).await;
    assert_eq!(joined.room.pins, [1, 119].map(MessageNumber));
    let (_, found) = at(&grace, "2,1").await;
    assert_eq!(found["messages"].as_array().map(Vec::len), Some(1), "what is deleted is not shown");

    let many = vec!["1"; PINS as usize + 1].join(",");
    for numbers in [many.as_str(), "", "one"] {
        let (_, refused) = at(&grace, numbers).await;
        assert_eq!(refused["error"], Refusal::FrameMalformed.code());
    }
    let stranger = site.sign_in("Linus").await;
    let (status, refused) = at(&stranger, "1").await;
    assert_eq!((status, &refused["error"]), (StatusCode::FORBIDDEN, &Refusal::NotAMember.code().into()));
}
