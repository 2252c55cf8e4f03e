//! Personal texts are removed before storing and put back after reading.

use heartogether::{
    engagement::MessageText,
    id::DisplayName,
    limits::{MESSAGE_CHARS, NAME_CHARS, ROOM_NAME_CHARS},
    protocol::Write,
    refusal::Refusal,
    room::{Event, PersonalText, Room, RoomView},
};

use crate::scenario::*;

/// A room in which somebody has written, and its owner's view.
fn lively() -> Stage {
    let mut stage = Stage::full_and_live();
    stage.command(2, write(1, "louder, please"));
    stage
}

/// Written and read again, as it is stored or told.
fn again<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).expect("JSON")).expect("the same again")
}

#[test]
fn texts_from_a_wider_limit_are_restored_unchanged() {
    let mut stage = lively();
    let long = |text: &PersonalText<'_>| match text {
        PersonalText::Name(_) => "n".repeat(NAME_CHARS + 1),
        PersonalText::Words(_) => "w".repeat(MESSAGE_CHARS + 1),
        PersonalText::Email(_) => "somebody@hear.example".to_owned(),
        PersonalText::Markup(_) => "<p>h</p>".repeat(64 * 1024 / 8),
        PersonalText::RoomName(_) => "r".repeat(ROOM_NAME_CHARS + 1),
    };
    let (mut names, mut words) = (0, 0);
    stage.room.visit_personal(&mut |_, mut text| {
        let before = long(&text);
        text.restore(&before);
        assert_eq!(text.as_str(), before);
        names += usize::from(matches!(text, PersonalText::Name(_)));
        words += usize::from(matches!(text, PersonalText::Words(_)));
    });
    assert!(names > 3 && words > 1, "{names} names and {words} words");
    assert_eq!(again::<Room>(&stage.room), stage.room);
    let view = stage.view(HOST);
    assert_eq!(again::<RoomView>(&view), view, "pages read it too");
}

#[test]
fn a_forgotten_text_is_a_value_that_nobody_can_type() {
    let mut stage = lively();
    stage.room.visit_personal(&mut |_, mut text| text.forget());
    let view = again::<RoomView>(&stage.view(HOST));
    assert!(view.owner_name.is_forgotten() && view.members.iter().all(|member| member.name.is_forgotten()));
    assert!(view.messages.iter().all(|message| message.text.as_ref().is_some_and(MessageText::is_forgotten)));
    assert!(DisplayName::parse("").is_err() && MessageText::parse("").is_err());
    let typed = |text: &str| serde_json::from_value::<Write>(serde_json::json!({ "nonce": 1, "text": text }));
    assert!(typed("louder, please").is_ok());
    assert_eq!(typed("").expect("no text").check(), Err(Refusal::MessageEmpty), "somebody typed nothing");
    assert!(typed(&"w".repeat(MESSAGE_CHARS + 1)).is_err(), "the limits hold for what is typed");
    let event = Event::RoomCreated(created());
    assert_eq!(again::<Event>(&event), event);
}
