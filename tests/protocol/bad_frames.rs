//! Invalid frames: each is refused with its code, and none causes a panic.

use heartogether::{
    id::RoomCode,
    limits::{CANDIDATE_BYTES, CANDIDATES_PER_SIGNAL, FRAME_BYTES, MEDIA_ID_BYTES, ROOMS_PER_CONNECTION},
    protocol::{ClientMessage, ServerMessage, ToRoom, decode_client, decode_server},
    refusal::Refusal,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const MEMBER: &str = "000000000000000000000000000000b1";

fn code() -> RoomCode {
    "ABC234".parse().expect("a code of the tests")
}

/// Good frames, to be spoiled.
fn good_frames() -> Vec<Value> {
    let room = |message: Value| json!({"room": {"room": "ABC234", "message": message}});
    let signal = |signal: Value| room(json!({"signal": {"to": MEMBER, "signal": signal}}));
    vec![
        json!({"hello": {"protocol": 2}}),
        json!({"ping": {"nonce": 1}}),
        json!({"resume_rooms": {"rooms": []}}),
        room(json!({"join": {"role": "listener"}})),
        room(json!({"publish": {"source": "display"}})),
        room(json!({"write": {"nonce": 1, "text": "hello"}})),
        room(json!({"edit": {"number": 1, "text": "hello"}})),
        room(json!({"delete": {"number": 1}})),
        signal(json!({"offer": {"negotiation": 1, "sdp": ""}})),
        signal(json!({"closed": {"negotiation": 1}})),
        signal(json!({"candidates": {"negotiation": 1, "candidates": []}})),
    ]
}

/// Frames that are no messages, each with what is wrong with it.
const MALFORMED: &[(&str, &str)] = &[
    ("nothing", ""),
    ("blank", "   "),
    ("no JSON", "hello"),
    ("half of it", r#"{"hello":{"protocol":2"#),
    ("two in one", r#"{"ping":{"nonce":1}}{"ping":{"nonce":1}}"#),
    ("a number", "1"),
    ("nothing at all", "null"),
    ("an array", "[]"),
    ("a tag without fields", r#""hello""#),
    ("no tag", "{}"),
    ("a tag among the fields", r#"{"type":"hello","protocol":2}"#),
    ("a tag in a list", r#"["hello",{"protocol":2}]"#),
    ("a number under a tag", r#"{"hello":2}"#),
    ("null under a tag", r#"{"hello":null}"#),
    ("no fields under a tag", r#"{"hello":{}}"#),
    ("a tag nobody knows", r#"{"destroy_room":{}}"#),
    ("a tag nobody knows, alone", r#""destroy_room""#),
    ("a tag of the other side", r#"{"welcome":{"protocol":2,"heartbeat_ms":1}}"#),
    ("a tag in other letters", r#"{"Hello":{"protocol":2}}"#),
    ("a tag twice", r#"{"hello":{"protocol":2},"hello":{"protocol":2}}"#),
    ("two tags", r#"{"hello":{"protocol":2},"ping":{"nonce":1}}"#),
    ("a tag beside one nobody knows", r#"{"hello":{"protocol":2},"x":1}"#),
    ("a field twice", r#"{"hello":{"protocol":2,"protocol":2}}"#),
    ("a negative number", r#"{"hello":{"protocol":-1}}"#),
    ("a fraction", r#"{"hello":{"protocol":2.5}}"#),
    ("a number too large", r#"{"hello":{"protocol":4294967296}}"#),
    ("a number beyond all", r#"{"hello":{"protocol":2e999}}"#),
    ("a number in quotes", r#"{"hello":{"protocol":"1"}}"#),
    (
        "a place beyond all",
        r#"{"resume_rooms":{"rooms":[{"room":"ABC234","token":"000000000000000000000000000000b1","last_seq":18446744073709551616}]}}"#,
    ),
    ("a code of five", r#"{"room":{"room":"ABC23","message":{"join":{"role":"host"}}}}"#),
    ("a role nobody has", r#"{"room":{"room":"ABC234","message":{"join":{"role":"admin"}}}}"#),
    ("a question that is none", r#"{"room":{"room":"ABC234","message":{"join":{"role":"host","take_over":"yes"}}}}"#),
    ("a short token", r#"{"resume_rooms":{"rooms":[{"room":"ABC234","token":"b1","last_seq":1}]}}"#),
    (
        "a token in capitals",
        r#"{"resume_rooms":{"rooms":[{"room":"ABC234","token":"000000000000000000000000000000B1","last_seq":1}]}}"#,
    ),
    (
        "a token with a sign",
        r#"{"resume_rooms":{"rooms":[{"room":"ABC234","token":"+00000000000000000000000000000b1","last_seq":1}]}}"#,
    ),
    ("a source nobody has", r#"{"room":{"room":"ABC234","message":{"publish":{"source":"camera"}}}}"#),
    (
        "a signal nobody knows",
        r#"{"room":{"room":"ABC234","message":{"signal":{"to":"000000000000000000000000000000b1","signal":{"hangup":{}}}}}}"#,
    ),
    ("half a surrogate", r#"{"room":{"room":"ABC234","message":{"write":{"nonce":1,"text":"\ud800"}}}}"#),
];

#[test]
fn a_frame_that_is_not_a_message_is_malformed() {
    let deep = ["[".repeat(30_000), "{\"room\":".repeat(8_000)];
    let deep = [("arrays too deep", deep[0].as_str()), ("objects too deep", deep[1].as_str())];
    for (what, frame) in MALFORMED.iter().copied().chain(deep) {
        assert_eq!(decode_client(frame), Err(Refusal::FrameMalformed), "{what}");
        if what != "a tag of the other side" {
            assert_eq!(decode_server(frame), Err(Refusal::FrameMalformed), "{what}, from the server");
        }
    }
}

#[test]
fn a_frame_with_a_field_missing_or_of_another_type_is_malformed() {
    fn spoil(value: &Value, spoiled: &mut Vec<Value>, rebuild: &dyn Fn(Value) -> Value) {
        let Value::Object(fields) = value else { return };
        for (name, field) in fields {
            let mut without = fields.clone();
            without.remove(name);
            spoiled.push(rebuild(Value::Object(without)));
            for wrong in [json!(null), json!(true), json!([[[]]]), json!({}), json!("\u{0}"), json!(-1)] {
                let mut changed = fields.clone();
                changed.insert(name.clone(), wrong);
                // An SDP is any text; what is in it is between the browsers.
                if name != "sdp" || !changed[name].is_string() {
                    spoiled.push(rebuild(Value::Object(changed)));
                }
            }
            let within = |inner| {
                let mut changed = fields.clone();
                changed.insert(name.clone(), inner);
                rebuild(Value::Object(changed))
            };
            spoil(field, spoiled, &within);
        }
    }
    for good in good_frames() {
        assert!(decode_client(&good.to_string()).is_ok(), "{good}");
        let mut spoiled = Vec::new();
        spoil(&good, &mut spoiled, &|value| value);
        assert!(spoiled.len() > 8, "{good}");
        for bad in spoiled {
            assert_eq!(decode_client(&bad.to_string()), Err(Refusal::FrameMalformed), "{bad}");
        }
    }
}

#[test]
fn a_message_without_fields_is_its_name_alone() {
    let room = |message: &str| format!(r#"{{"room":{{"room":"ABC234","message":{message}}}}}"#);
    // JSON has no other word for nothing than null.
    for good in [r#""leave""#, r#"{"leave":null}"#] {
        assert_eq!(decode_client(&room(good)), Ok(ClientMessage::to_room(code(), ToRoom::Leave)), "{good}");
    }
    for bad in [
        r#"{"leave":{}}"#,
        r#"{"leave":[]}"#,
        r#"{"leave":{"now":true}}"#,
        r#"{"leave":1}"#,
        r#"{"leave":true}"#,
        r#"{"leave":"leave"}"#,
        r#"{"leave":null,"stop":null}"#,
        r#"{"leave":null,"leave":null}"#,
        r#"{"type":"leave"}"#,
        r#"["leave"]"#,
        r#""Leave""#,
        r#""join""#,
        "leave",
        "null",
        "0",
        "{}",
    ] {
        assert_eq!(decode_client(&room(bad)), Err(Refusal::FrameMalformed), "{bad}");
    }
    assert_eq!(decode_server(r#""heartbeat""#), Ok(ServerMessage::Heartbeat));
    for bad in [r#"{"heartbeat":{}}"#, r#"{"heartbeat":1}"#, r#"{"heartbeat":null,"pong":{"nonce":1}}"#, r#""pong""#] {
        assert_eq!(decode_server(bad), Err(Refusal::FrameMalformed), "{bad}");
    }
}

#[test]
fn unknown_fields_of_a_newer_client_are_ignored_and_a_second_name_is_not() {
    /// Adds a key to the objects at every second depth: an object with a message's name, then one with its fields.
    fn grow(value: &mut Value, is_grown: bool) {
        let Value::Object(fields) = value else { return };
        fields.values_mut().for_each(|field| grow(field, !is_grown));
        if is_grown {
            fields.insert("since_the_next_version".to_owned(), json!({"deep": [1, 2, 3]}));
        }
    }
    for good in good_frames() {
        let (mut with_fields, mut with_names) = (good.clone(), good);
        grow(&mut with_fields, false);
        assert!(decode_client(&with_fields.to_string()).is_ok(), "{with_fields}");
        grow(&mut with_names, true);
        assert_eq!(decode_client(&with_names.to_string()), Err(Refusal::FrameMalformed), "{with_names}");
    }
}

#[test]
fn a_frame_of_the_maximum_length_is_accepted_and_a_longer_one_is_not() {
    let padded = |length: usize| {
        let frame = r#"{"ping":{"nonce":1}}"#;
        frame.to_owned() + &" ".repeat(length - frame.len())
    };
    assert!(decode_client(&padded(FRAME_BYTES)).is_ok());
    assert_eq!(decode_client(&padded(FRAME_BYTES + 1)), Err(Refusal::FrameTooLarge));
    // Bytes are counted, not characters, and before anything is read.
    let hearts = "\u{2764}".repeat(FRAME_BYTES / 3 + 1);
    assert_eq!(decode_client(&hearts), Err(Refusal::FrameTooLarge));
    assert_eq!(decode_client(&"[".repeat(FRAME_BYTES + 1)), Err(Refusal::FrameTooLarge));
}

#[test]
fn the_maximum_number_of_places_is_resumed_and_no_more() {
    let frame = |count: usize| {
        let rooms = vec![json!({"room": "ABC234", "token": MEMBER, "last_seq": 1}); count];
        json!({"resume_rooms": {"rooms": rooms}}).to_string()
    };
    assert!(decode_client(&frame(ROOMS_PER_CONNECTION)).is_ok());
    assert_eq!(decode_client(&frame(ROOMS_PER_CONNECTION + 1)), Err(Refusal::FrameMalformed));
}

#[test]
fn a_signal_with_the_maximum_number_of_candidates_is_accepted_and_a_larger_one_is_not() {
    let frame = |count: usize| {
        let candidates = vec![json!({"candidate": "", "sdp_mid": null, "sdp_m_line_index": null}); count];
        let signal = json!({"candidates": {"negotiation": 1, "candidates": candidates}});
        let message = json!({"signal": {"to": MEMBER, "signal": signal}});
        json!({"room": {"room": "ABC234", "message": message}}).to_string()
    };
    assert!(decode_client(&frame(CANDIDATES_PER_SIGNAL)).is_ok());
    assert_eq!(decode_client(&frame(CANDIDATES_PER_SIGNAL + 1)), Err(Refusal::FrameMalformed));
}

#[test]
fn a_candidate_of_the_maximum_length_is_accepted_and_a_longer_one_is_not() {
    let frame = |candidate: usize, media_id: usize| {
        let candidate =
            json!({"candidate": "c".repeat(candidate), "sdp_mid": "m".repeat(media_id), "sdp_m_line_index": 0});
        let signal = json!({"candidates": {"negotiation": 1, "candidates": [candidate]}});
        let message = json!({"signal": {"to": MEMBER, "signal": signal}});
        json!({"room": {"room": "ABC234", "message": message}}).to_string()
    };
    assert!(decode_client(&frame(CANDIDATE_BYTES, MEDIA_ID_BYTES)).is_ok());
    for (candidate, media_id) in [(CANDIDATE_BYTES + 1, 1), (1, MEDIA_ID_BYTES + 1)] {
        assert_eq!(decode_client(&frame(candidate, media_id)), Err(Refusal::FrameMalformed));
    }
}

proptest! {
    #[test]
    fn no_text_makes_a_decoder_panic(text in any::<String>()) {
        let _ = (decode_client(&text), decode_server(&text));
    }

    #[test]
    fn a_good_frame_with_any_byte_changed_is_read_or_refused(
        frame in prop::sample::select(good_frames()),
        at in any::<prop::sample::Index>(),
        with in any::<u8>(),
    ) {
        let mut bytes = frame.to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = with;
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let refused = decode_client(text).err();
            prop_assert!(matches!(refused, None | Some(Refusal::FrameMalformed)));
        }
    }
}
