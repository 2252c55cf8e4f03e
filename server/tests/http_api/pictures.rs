//! Pictures in messages that programs write and read.

use heartogether::{refusal::Refusal, role::Role, room::RoomEvent};
use reqwest::StatusCode;
use serde_json::json;

use super::{ALL, make_token, patient, program::Program, refused};
use crate::{
    lounges::open_lounge,
    pictures::{png, uploaded},
    support::TestServer,
};

#[tokio::test]
async fn a_program_shows_pictures_and_sees_those_of_others() {
    let server = TestServer::start_with(patient(), &[]).await;
    let site = &server.site;
    let (ada, grace) = (site.sign_in("Ada").await, site.sign_in("Grace").await);
    let room = open_lounge(site, &ada, "").await;
    let (mut graces, _) = site.join(&grace, room, Role::Participant).await;
    let code = room.to_string();
    let robot = Program::new(site, Some(make_token(site, &ada, ALL).await)).await;

    let (status, first) = robot.upload(&code, png(300, 200, 100)).await;
    assert_eq!((status, &first["format"], &first["width"]), (StatusCode::CREATED, &"png".into(), &300.into()));
    let (_, second) = robot.upload(&code, png(20, 30, 100)).await;
    // Without words, and with some.
    let sent = robot.send(&code, &json!({ "nonce": 1, "pictures": [first, second] })).await;
    assert_eq!(sent, (StatusCode::CREATED, json!({ "number": 1 })));
    let shown = loop {
        if let RoomEvent::MessageSent { message } = graces.event().await {
            break message.pictures.iter().map(|picture| picture.id.to_string()).collect::<Vec<_>>();
        }
    };
    assert_eq!(json!(shown), json!([first["id"], second["id"]]));
    // Sent again, it is the same message, whose pictures are taken.
    let again = robot.send(&code, &json!({ "nonce": 1, "pictures": [first, second] })).await;
    assert_eq!(again, (StatusCode::OK, json!({ "number": 1 })));
    let graces_program = Program::new(site, Some(make_token(site, &grace, ALL).await)).await;
    let (_, third) = graces_program.upload(&code, png(10, 10, 100)).await;
    let sent = graces_program.send(&code, &json!({ "nonce": 1, "text": "look", "pictures": [third] })).await;
    assert_eq!(sent.1, json!({ "number": 2 }));

    let (_, page) = robot.read(&code, "").await;
    assert_eq!((&page["messages"][0]["pictures"], &page["messages"][0]["text"]), (&json!([first, second]), &"".into()));
    assert_eq!((&page["messages"][1]["pictures"], &page["messages"][1]["text"]), (&json!([third]), &"look".into()));
    let picture = robot.picture(&code, &third).await;
    assert_eq!(
        (picture.status(), &picture.headers()["content-type"]),
        (StatusCode::OK, &"image/png".parse().expect("it"))
    );
    assert!(picture.bytes().await.expect("bytes").starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn pictures_that_a_program_may_not_show_or_see_are_refused() {
    let server = TestServer::start_with(patient(), &[]).await;
    let site = &server.site;
    let (ada, grace) = (site.sign_in("Ada").await, site.sign_in("Grace").await);
    let room = open_lounge(site, &ada, "").await;
    let code = room.to_string();
    site.join(&grace, room, Role::Participant).await;
    let robot = Program::new(site, Some(make_token(site, &ada, ALL).await)).await;
    let (_, own) = robot.upload(&code, png(300, 200, 100)).await;
    let graces = json!(uploaded(site, room, &grace).await);
    let larger = {
        let mut larger = own.clone();
        larger["width"] = 9_000.into();
        larger
    };
    for (pictures, refusal) in [
        (json!([graces]), (404, Refusal::PictureNotFound)),
        (json!([larger]), (404, Refusal::PictureNotFound)),
        (json!([own, own]), (404, Refusal::PictureNotFound)),
        (json!([{ "id": "none" }]), (400, Refusal::FrameMalformed)),
        (json!(vec![&own; 10]), (400, Refusal::TooManyPictures)),
        (json!([]), (400, Refusal::MessageEmpty)),
    ] {
        let answer = robot.send(&code, &json!({ "nonce": 1, "pictures": pictures })).await;
        assert_eq!(refused(&answer), (refusal.0, refusal.1.code()), "{pictures}");
    }
    assert_eq!(refused(&robot.upload(&code, b"words".to_vec()).await), (415, Refusal::PictureUnreadable.code()));

    let sent = robot.send(&code, &json!({ "nonce": 1, "pictures": [own] })).await;
    assert_eq!(sent.0, StatusCode::CREATED);
    for (scopes, may_upload, may_see) in
        [("read_messages", false, true), ("send_messages", true, false), ("read_rooms", false, false)]
    {
        let limited = Program::new(site, Some(make_token(site, &ada, scopes).await)).await;
        assert_eq!(limited.upload(&code, png(3, 2, 100)).await.0.is_success(), may_upload, "{scopes}");
        assert_eq!(limited.picture(&code, &own).await.status().is_success(), may_see, "{scopes}");
    }
    let stranger = site.sign_in("Mallory").await;
    let stranger = Program::new(site, Some(make_token(site, &stranger, ALL).await)).await;
    assert_eq!(refused(&stranger.upload(&code, png(3, 2, 100)).await), (403, Refusal::NotAllowed.code()));
    assert_eq!(stranger.picture(&code, &own).await.status(), StatusCode::FORBIDDEN);
}
