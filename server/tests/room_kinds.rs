//! Rooms are broadcasts: no message and no form can create a lounge.

use heartogether::{
    protocol::{FromRoom, RoomFrame, ServerMessage},
    refusal::Refusal,
    role::Role,
};
use reqwest::header;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{TestServer, join};

#[tokio::test]
async fn a_frame_that_asks_for_a_lounge_is_refused() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let mallory = server.site.sign_in("Mallory").await;
    let policy = r#""policy":{"kind":"lounge"}"#;
    let code = pair.code;
    let in_room = |message: String| format!(r#"{{"room":{{"room":"{code}","message":{message}}}}}"#);
    let frames = [
        r#"{"create_room":{"kind":"lounge"}}"#.to_owned(),
        format!(r#"{{"room_created":{{{policy}}}}}"#),
        in_room(r#"{"create_room":{"kind":"lounge"}}"#.to_owned()),
        in_room(format!(r#"{{"room_created":{{{policy}}}}}"#)),
        in_room(r#"{"join":{"role":"lounge"}}"#.to_owned()),
    ];
    for frame in frames {
        let mut connection = server.site.greet(&mallory).await;
        connection.send_frame(Message::text(&frame)).await;
        assert_eq!(connection.last_words().await, (Refusal::FrameMalformed, 1008), "{frame}");
    }
    pair.is_undisturbed().await;
    let mut connection = server.site.greet(&mallory).await;
    connection.send_frame(Message::text(in_room(r#"{"join":{"role":"listener"}}"#.to_owned()))).await;
    let answer = connection.receive().await;
    assert!(
        matches!(&answer, ServerMessage::Room(RoomFrame { message: FromRoom::Joined(_), .. })),
        "the same frame with a role is taken: {answer:?}"
    );
}

#[tokio::test]
async fn a_form_that_asks_for_a_lounge_creates_a_broadcast() {
    let server = TestServer::start().await;
    let ada = server.site.sign_in("Ada").await;
    for form in ["kind=lounge", "policy[kind]=lounge", "policy%5Bkind%5D=lounge"] {
        let response = server.site.submit("create_room", form, &[("cookie", &ada)]).await;
        let path = response.headers().get(header::LOCATION).expect("a way to the room").to_str().expect("a path");
        let code = path.strip_prefix("/host/").expect("the host's page").parse().expect("a code");
        let mut connection = server.site.greet(&ada).await;
        connection.send(&join(code, Role::Participant)).await;
        assert_eq!(connection.refusal().await, Refusal::NotAllowed, "{form}");
        connection.send(&join(code, Role::Host)).await;
        connection.joined().await;
    }
}
