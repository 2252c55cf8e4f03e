//! Invalid frames: each is refused with its code, and none causes a panic.

use heartogether::{
    limits::{CANDIDATE_BYTES, CANDIDATES_PER_SIGNAL, FRAME_BYTES, MEDIA_ID_BYTES, ROOMS_PER_CONNECTION},
    protocol::{decode_client, decode_server},
    refusal::Refusal,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const MEMBER: &str = "000000000000000000000000000000b1";

/// Good frames, to be spoiled.
fn good_frames() -> Vec<Value> {
    let room = |message: Value| json!({"type": "room", "room": "ABC234", "message": message});
    let signal = |signal: Value| room(json!({"type": "signal", "to": MEMBER, "signal": signal}));
    vec![
        json!({"type": "hello", "protocol": 2}),
        json!({"type": "ping", "nonce": 1}),
        json!({"type": "resume_rooms", "rooms": []}),
        room(json!({"type": "join", "role": "listener"})),
        room(json!({"type": "publish", "source": "display"})),
        room(json!({"type": "write", "nonce": 1, "text": "hello"})),
        room(json!({"type": "edit", "number": 1, "text": "hello"})),
        room(json!({"type": "delete", "number": 1})),
        signal(json!({"kind": "offer", "negotiation": 1, "sdp": ""})),
        signal(json!({"kind": "closed", "negotiation": 1})),
        signal(json!({"kind": "candidates", "negotiation": 1, "candidates": []})),
    ]
}

#[test]
fn a_frame_that_is_not_a_message_is_malformed() {
    let deep = ["[".repeat(30_000), "{\"type\":".repeat(8_000)];
    let table = [
        ("nothing", ""),
        ("blank", "   "),
        ("no JSON", "hello"),
        ("half of it", r#"{"type":"hello""#),
        ("two in one", r#"{"type":"ping","nonce":1}{"type":"ping","nonce":1}"#),
        ("a number", "1"),
        ("nothing at all", "null"),
        ("an array", "[]"),
        ("no type", "{}"),
        ("a type that is no text", r#"{"type":1}"#),
        ("a type nobody knows", r#"{"type":"destroy_room"}"#),
        ("a type of the other side", r#"{"type":"welcome","protocol":2,"heartbeat_ms":1}"#),
        ("a type in other letters", r#"{"type":"Hello","protocol":2}"#),
        ("a type twice", r#"{"type":"hello","type":"ping","protocol":2,"nonce":1}"#),
        ("a field twice", r#"{"type":"hello","protocol":2,"protocol":2}"#),
        ("a negative number", r#"{"type":"hello","protocol":-1}"#),
        ("a fraction", r#"{"type":"hello","protocol":2.5}"#),
        ("a number too large", r#"{"type":"hello","protocol":4294967296}"#),
        ("a number beyond all", r#"{"type":"hello","protocol":2e999}"#),
        ("a number in quotes", r#"{"type":"hello","protocol":"1"}"#),
        (
            "a place beyond all",
            r#"{"type":"resume_rooms","rooms":[{"room":"ABC234","token":"000000000000000000000000000000b1","last_seq":18446744073709551616}]}"#,
        ),
        ("a code of five", r#"{"type":"room","room":"ABC23","message":{"type":"join","role":"host"}}"#),
        ("a role nobody has", r#"{"type":"room","room":"ABC234","message":{"type":"join","role":"admin"}}"#),
        (
            "a question that is none",
            r#"{"type":"room","room":"ABC234","message":{"type":"join","role":"host","take_over":"yes"}}"#,
        ),
        ("a short token", r#"{"type":"resume_rooms","rooms":[{"room":"ABC234","token":"b1","last_seq":1}]}"#),
        (
            "a token in capitals",
            r#"{"type":"resume_rooms","rooms":[{"room":"ABC234","token":"000000000000000000000000000000B1","last_seq":1}]}"#,
        ),
        (
            "a token with a sign",
            r#"{"type":"resume_rooms","rooms":[{"room":"ABC234","token":"+00000000000000000000000000000b1","last_seq":1}]}"#,
        ),
        ("a source nobody has", r#"{"type":"room","room":"ABC234","message":{"type":"publish","source":"camera"}}"#),
        (
            "a signal nobody knows",
            r#"{"type":"room","room":"ABC234","message":{"type":"signal","to":"000000000000000000000000000000b1","signal":{"kind":"hangup"}}}"#,
        ),
        ("half a surrogate", r#"{"type":"hello","protocol":2,"x":"\ud800"}"#),
        ("arrays too deep", deep[0].as_str()),
        ("objects too deep", deep[1].as_str()),
    ];
    for (what, frame) in table {
        assert_eq!(decode_client(frame), Err(Refusal::FrameMalformed), "{what}");
        if what != "a type of the other side" {
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
            for wrong in [json!(null), json!(true), json!([[]]), json!({}), json!("\u{0}"), json!(-1)] {
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
fn unknown_fields_of_a_newer_client_are_ignored() {
    for mut frame in good_frames() {
        frame["since_the_next_version"] = json!({"deep": [1, 2, 3]});
        assert!(decode_client(&frame.to_string()).is_ok(), "{frame}");
    }
}

#[test]
fn a_frame_of_the_maximum_length_is_accepted_and_a_longer_one_is_not() {
    let padded = |length: usize| {
        let frame = r#"{"type":"ping","nonce":1}"#;
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
        json!({"type": "resume_rooms", "rooms": rooms}).to_string()
    };
    assert!(decode_client(&frame(ROOMS_PER_CONNECTION)).is_ok());
    assert_eq!(decode_client(&frame(ROOMS_PER_CONNECTION + 1)), Err(Refusal::FrameMalformed));
}

#[test]
fn a_signal_with_the_maximum_number_of_candidates_is_accepted_and_a_larger_one_is_not() {
    let frame = |count: usize| {
        let candidates = vec![json!({"candidate": "", "sdp_mid": null, "sdp_m_line_index": null}); count];
        let signal = json!({"kind": "candidates", "negotiation": 1, "candidates": candidates});
        let message = json!({"type": "signal", "to": MEMBER, "signal": signal});
        json!({"type": "room", "room": "ABC234", "message": message}).to_string()
    };
    assert!(decode_client(&frame(CANDIDATES_PER_SIGNAL)).is_ok());
    assert_eq!(decode_client(&frame(CANDIDATES_PER_SIGNAL + 1)), Err(Refusal::FrameMalformed));
}

#[test]
fn a_candidate_of_the_maximum_length_is_accepted_and_a_longer_one_is_not() {
    let frame = |candidate: usize, media_id: usize| {
        let candidate =
            json!({"candidate": "c".repeat(candidate), "sdp_mid": "m".repeat(media_id), "sdp_m_line_index": 0});
        let signal = json!({"kind": "candidates", "negotiation": 1, "candidates": [candidate]});
        let message = json!({"type": "signal", "to": MEMBER, "signal": signal});
        json!({"type": "room", "room": "ABC234", "message": message}).to_string()
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
