//! Events that a room's owner makes up.

use heartogether::{
    id::RoomCode,
    limits::{CUSTOM_NAME_BYTES, CUSTOM_PAYLOAD_BYTES},
    protocol::{CustomEvent, PublishCustom, decode_server},
    refusal::Refusal,
};

fn event(name: &str, payload: &str) -> CustomEvent {
    CustomEvent { name: name.to_owned(), payload: payload.to_owned() }
}

fn code() -> RoomCode {
    "ABC234".parse().expect("a code")
}

#[test]
fn programs_read_what_the_server_writes_and_pages_pass_it_over() {
    for event in [event("slide.changed", "{\"slide\": 7}"), event("over", ""), event("a-b_c", "\u{0}\"ä🎉")] {
        let frame = event.clone().encode(code());
        assert_eq!(CustomEvent::decode(&frame), Ok((code(), event)));
        // Pages of every version read frames like this, and take no notice of those that they do not know.
        assert_eq!(decode_server(&frame), Err(Refusal::FrameMalformed));
    }
    for frame in ["", "{}", r#""heartbeat""#, r#"{"room":{"room":"ABC234","message":{"message_kept":{"nonce":7}}}}"#] {
        assert_eq!(CustomEvent::decode(frame), Err(Refusal::FrameMalformed), "{frame}");
    }
}

#[test]
fn a_request_names_the_room_beside_the_event() {
    let read = |json: &str| serde_json::from_str::<PublishCustom>(json).ok();
    let request = PublishCustom { room: code(), event: event("slide", "7") };
    assert_eq!(read(r#"{"room":"abc-234","name":"slide","payload":"7","later":1}"#), Some(request));
    assert_eq!(read(r#"{"room":"ABC234","payload":"7"}"#), None);
}

#[test]
fn events_have_limits() {
    let longest = event(&"z".repeat(CUSTOM_NAME_BYTES), &"x".repeat(CUSTOM_PAYLOAD_BYTES));
    for fine in [longest, event("0", ""), event("a.b-c_9", "ä")] {
        assert_eq!(fine.check(), Ok(()));
    }
    for name in ["", "A", "a b", "a\n", "ä", &*"z".repeat(CUSTOM_NAME_BYTES + 1)] {
        assert_eq!(event(name, "").check(), Err(Refusal::FrameMalformed), "{name}");
    }
    assert_eq!(event("a", &"x".repeat(CUSTOM_PAYLOAD_BYTES + 1)).check(), Err(Refusal::FrameTooLarge));
}
