//! Lounges on a running server: opening, coming and going, talking, and the list that each account has of them.

mod admission;
mod lists;
mod reports;

use heartogether::{
    engagement::{Emoji, MessageText},
    id::{DisplayName, MessageNumber, RoomCode, RoomName},
    limits::Limits,
    protocol::{
        FromRoom, Join, MarkRead, Moment, NameOneself, NameRoom, ReactTo, RemoveMember, RoomFrame, ServerMessage,
        ToRoom, Write,
    },
    refusal::Refusal,
    role::Role,
    room::{Joined, Missed, RoomEvent},
    rules::RoomKind,
};
use reqwest::{StatusCode, header};
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message as Frame;

use crate::support::{Connection, Site, TestServer, join, refused, resume, said_in, told};

/// Opens a lounge as the form does.
pub async fn open_lounge(site: &Site, cookie: &str, name: &str) -> RoomCode {
    let response = site.submit("open_lounge", &format!("name={name}"), &[("cookie", cookie)]).await;
    let path = response.headers().get(header::LOCATION).expect("a way to the lounge").to_str().expect("a path");
    path.strip_prefix("/lounge/").expect("the lounge's page").parse().expect("a code")
}

/// An account's list of lounges.
async fn saved(site: &Site, cookie: &str) -> Vec<Value> {
    let response = site.submit("saved_lounges", "", &[("cookie", cookie)]).await;
    assert_eq!(response.status(), StatusCode::OK);
    serde_json::from_str(&response.text().await.expect("text")).expect("a list")
}

async fn come(site: &Site, cookie: &str, code: RoomCode) -> (Connection, Joined) {
    site.join(cookie, code, Role::Participant).await
}

/// Asks for a place under another name than the account's.
async fn come_as(site: &Site, cookie: &str, code: RoomCode, name: &str) -> Connection {
    let mut connection = site.greet(cookie).await;
    let name = DisplayName::parse(name).ok();
    connection
        .send(&said_in(code, ToRoom::Join(Join { role: Role::Participant, take_over: false, name, returns: false })))
        .await;
    connection
}

fn write(nonce: u32, text: &str) -> ToRoom {
    ToRoom::Write(Write {
        nonce,
        text: MessageText::parse(text).expect("a message"),
        pictures: Vec::new(),
        reply_to: None,
    })
}

/// The next event that is not about who is there.
async fn heard(connection: &mut Connection) -> RoomEvent {
    loop {
        match connection.event().await {
            RoomEvent::MemberJoined { .. } | RoomEvent::MemberConnected { .. } => {}
            event => return event,
        }
    }
}

/// The next moment; what belongs to the room's history is passed over.
async fn moment(connection: &mut Connection) -> Moment {
    loop {
        if let FromRoom::Moment(moment) = connection.hear().await {
            return moment;
        }
    }
}

#[tokio::test]
async fn a_lounge_is_opened_with_one_form_and_found_by_its_code() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let code = open_lounge(&server.site, &ada, "The+engine+room").await;
    let (_, joined) = come(&server.site, &ada, code).await;
    assert_eq!(joined.room.kind, RoomKind::Lounge);
    assert_eq!(joined.room.name, RoomName::parse("The engine room").ok());
    let found = server.site.submit("find_room", &format!("code={code}"), &[("cookie", &grace)]).await;
    assert_eq!(found.headers()[header::LOCATION], format!("/lounge/{code}").as_str());
    let summary = server.site.submit("look_up_room", &format!("code={code}"), &[("cookie", &grace)]).await;
    let summary: Value = serde_json::from_str(&summary.text().await.expect("text")).expect("a summary");
    assert_eq!((&summary["kind"], &summary["name"]), (&"lounge".into(), &"The engine room".into()));
    assert_eq!(summary["ends_after_ms"], Limits::default().lounge_idle_ms);
    let unnamed = open_lounge(&server.site, &ada, "").await;
    assert_eq!(come(&server.site, &ada, unnamed).await.1.room.name, None);
    let long = server.site.submit("open_lounge", &format!("name={}", "x".repeat(61)), &[("cookie", &ada)]).await;
    assert!(long.text().await.expect("text").contains("room_name_too_long"));
    let mut stranger = server.site.greet(&grace).await;
    stranger.send(&join(code, Role::Listener)).await;
    assert_eq!(stranger.refusal().await, Refusal::NotAllowed, "a lounge has no listeners");
}

#[tokio::test]
async fn guests_open_lounges_only_where_guests_may() {
    let server = TestServer::start_with(heartogether::limits::Limits::default(), &["--guests", "listen"]).await;
    let grace = server.site.sign_in("Grace").await;
    let response = server.site.submit("open_lounge", "name=", &[("cookie", &grace)]).await;
    let way = response.headers()[header::LOCATION].to_str().expect("a path");
    assert!(way.starts_with("/login?next=/new-lounge&why=guests_listen_only"), "{way}");
}

#[tokio::test]
async fn members_talk_on_all_their_pages() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let code = open_lounge(&server.site, &ada, "").await;
    let (mut adas, _) = come(&server.site, &ada, code).await;
    let (mut phone, on_phone) = come(&server.site, &grace, code).await;
    let (mut desk, at_desk) = come(&server.site, &grace, code).await;
    assert_eq!(on_phone.member, at_desk.member, "one member with two pages");

    let long = format!("# A list\n\n- one\n  - two\n{}", "x".repeat(3_000));
    phone.say(write(1, &long)).await;
    for page in [&mut adas, &mut phone, &mut desk] {
        let RoomEvent::MessageSent { message } = heard(page).await else { panic!("all are told") };
        assert_eq!(message.text.as_ref().map(MessageText::as_str), Some(&*long));
    }
    let emoji = Emoji::parse("🎈").expect("an emoji");
    let react = ToRoom::ReactTo(ReactTo { number: MessageNumber(1), emoji: emoji.clone(), on: true });
    adas.say(react).await;
    for page in [&mut adas, &mut phone, &mut desk] {
        assert!(matches!(heard(page).await, RoomEvent::MessageReacted { on: true, .. }));
    }
    phone.say(ToRoom::Type).await;
    assert_eq!(moment(&mut adas).await, Moment::Typing { member: on_phone.member });
    phone.say(ToRoom::MarkRead(MarkRead { up_to: MessageNumber(1) })).await;
    assert_eq!(moment(&mut desk).await, Moment::Read { up_to: MessageNumber(1) });
    let of_others = adas.drain().await;
    assert!(
        !of_others
            .iter()
            .any(|message| matches!(message, ServerMessage::Room(RoomFrame { message: FromRoom::Moment(_), .. }))),
        "{of_others:?}"
    );
}

#[tokio::test]
async fn only_members_of_a_lounge_have_moments() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    for message in [ToRoom::Type, ToRoom::MarkRead(MarkRead { up_to: MessageNumber(1) })] {
        pair.listener.say(message).await;
        assert_eq!(pair.listener.refusal().await, Refusal::NotAllowed);
    }
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn names_that_look_alike_are_refused() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let code = open_lounge(&server.site, &ada, "").await;
    let (mut adas, _) = come(&server.site, &ada, code).await;
    for taken in ["Аda", "SYSTEM", "HearTogether"] {
        assert_eq!(come_as(&server.site, &grace, code, taken).await.refusal().await, Refusal::NameTaken, "{taken}");
        // As often as somebody asks by hand.
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    }
    let mut graces = come_as(&server.site, &grace, code, "Grace H.").await;
    let joined = graces.joined().await;
    assert_eq!(joined.room.members[1].name.as_str(), "Grace H.");
    let rename = |name: &str| ToRoom::NameOneself(NameOneself { name: DisplayName::parse(name).expect("a name") });
    graces.say(rename("ada")).await;
    let answers = graces.drain().await;
    assert_eq!(answers.iter().filter_map(refused).collect::<Vec<_>>(), [Refusal::NameTaken]);
    graces.say(rename("Amazing Grace")).await;
    assert!(matches!(heard(&mut adas).await, RoomEvent::MemberNamed { name, .. } if name.as_str() == "Amazing Grace"));
}

#[tokio::test]
async fn the_list_of_lounges_is_the_accounts() {
    let mut server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let code = open_lounge(&server.site, &ada, "").await;
    assert_eq!(saved(&server.site, &grace).await, Vec::<Value>::new());
    let (mut adas, _) = come(&server.site, &ada, code).await;
    let (mut graces, _) = come(&server.site, &grace, code).await;
    let name = RoomName::parse("Knitting").expect("a name");
    adas.say(ToRoom::NameRoom(NameRoom { name })).await;
    for nonce in 1..=3 {
        adas.say(write(nonce, "purl")).await;
    }
    adas.drain().await;
    graces.say(ToRoom::MarkRead(MarkRead { up_to: MessageNumber(1) })).await;
    graces.drain().await;
    let list = saved(&server.site, &grace).await;
    let [lounge] = &list[..] else { panic!("one lounge was expected: {list:?}") };
    assert_eq!((&lounge["name"], &lounge["code"]), (&"Knitting".into(), &code.to_string().into()));
    assert_eq!(
        (&lounge["last_message"], &lounge["read_up_to"], &lounge["is_owner"]),
        (&3.into(), &1.into(), &false.into())
    );
    let muted = server.site.submit("mute_lounge", &format!("code={code}&muted=true"), &[("cookie", &grace)]).await;
    assert_eq!(muted.status(), StatusCode::OK);
    assert!(!server.site.recent_rooms(&grace).await.contains(&code.to_string()), "it is in one list only");

    // Also when nobody has been there for a while, and over a new start.
    drop((adas, graces));
    let site = server.again(&[]).await;
    let list = saved(&site, &grace).await;
    assert_eq!((&list[0]["muted"], &list[0]["read_up_to"]), (&true.into(), &1.into()));
    let (mut graces, joined) = come(&site, &grace, code).await;
    assert_eq!(joined.room.messages.len(), 3);
    graces.say(ToRoom::Leave).await;
    graces.drain().await;
    assert_eq!(saved(&site, &grace).await, Vec::<Value>::new());
    let (mut adas, joined) = come(&site, &ada, code).await;
    let (_graces, again) = come(&site, &grace, code).await;
    assert_ne!(again.member, joined.member);
    adas.say(ToRoom::RemoveMember(RemoveMember { member: again.member, block_address: false, may_return: true })).await;
    adas.drain().await;
    assert_eq!(saved(&site, &grace).await, Vec::<Value>::new(), "who was sent out has it no more");
    assert_eq!(saved(&site, &ada).await.len(), 1);
}

#[tokio::test]
async fn a_page_that_slept_catches_up_from_its_last_number() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let code = open_lounge(&server.site, &ada, "").await;
    let (mut adas, _) = come(&server.site, &ada, code).await;
    let (graces, as_grace) = come(&server.site, &grace, code).await;
    drop(graces);
    loop {
        if let RoomEvent::MemberConnected { connected: false, .. } = adas.event().await {
            break;
        }
    }
    for nonce in 1..=3 {
        adas.say(write(nonce, "are you there?")).await;
    }
    adas.drain().await;
    let mut graces = server.site.greet(&grace).await;
    graces.send(&resume(code, &as_grace, as_grace.seq)).await;
    let Missed::Events(missed) = graces.resumed().await.missed else { panic!("few events were missed") };
    let written = missed.iter().filter(|event| matches!(event, RoomEvent::MessageSent { .. }));
    assert_eq!(written.count(), 3);
    adas.say(write(4, "welcome back")).await;
    let next = loop {
        if let Some(event @ RoomEvent::MessageSent { .. }) = told(graces.receive().await) {
            break event;
        }
    };
    assert!(matches!(next, RoomEvent::MessageSent { message } if message.number == MessageNumber(4)));
}

#[tokio::test]
async fn the_list_of_lounges_begins_with_the_latest() {
    let server = TestServer::start().await;
    let ada = server.site.sign_in("Ada").await;
    let mut lounges = Vec::new();
    for name in ["First", "Second"] {
        let code = open_lounge(&server.site, &ada, name).await;
        lounges.push(come(&server.site, &ada, code).await.0);
        server.clock.advance(1_000);
    }
    let names = async || {
        let list = saved(&server.site, &ada).await;
        list.iter().map(|lounge| lounge["name"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["Second", "First"]);
    lounges[0].say(write(1, "hello")).await;
    heard(&mut lounges[0]).await;
    assert_eq!(names().await, ["First", "Second"]);
}

#[tokio::test]
async fn a_message_is_by_whoever_is_signed_in_whatever_it_claims() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let code = open_lounge(&server.site, &ada, "").await;
    let (mut adas, as_ada) = come(&server.site, &ada, code).await;
    let (mut graces, as_grace) = come(&server.site, &grace, code).await;
    let claims = format!(r#""author":"{0}","member":"{0}","name":"Ada","number":7"#, as_ada.member);
    let claims = format!(r#"{{"write":{{"nonce":1,"text":"hello",{claims}}}}}"#);
    graces.send_frame(Frame::text(format!(r#"{{"room":{{"room":"{code}","message":{claims}}}}}"#))).await;
    let mut told = String::new();
    let sent = loop {
        let message = adas.receive().await;
        told += &serde_json::to_string(&message).expect("text");
        if let ServerMessage::Room(RoomFrame { message: FromRoom::Event(event), .. }) = message
            && let RoomEvent::MessageSent { message } = event.event
        {
            break message;
        }
    };
    assert_eq!((sent.author, sent.name.as_str(), sent.number), (as_grace.member, "Grace", MessageNumber(1)));
    assert!(told.contains(&as_grace.member.to_string()), "members know each other by their public ids: {told}");
    let (secret, own) = (as_grace.token.to_string(), serde_json::to_string(&as_grace).expect("text"));
    assert!(own.contains(&secret) && !told.contains(&secret), "and nobody knows another one's token");

    let elsewhere = open_lounge(&server.site, &ada, "").await;
    heard(&mut graces).await;
    graces.send(&said_in(elsewhere, write(2, "hello"))).await;
    assert_eq!(graces.refusal().await, Refusal::OutOfOrder, "only who has a place writes there");
}
