//! `docs/protocol.md` matches the code: the decoders read its examples, and nothing is missing in it.

use std::{collections::BTreeSet, fs};

use heartogether::{
    limits::{
        CANDIDATE_BYTES, CANDIDATES_PER_SIGNAL, CUSTOM_NAME_BYTES, CUSTOM_PAYLOAD_BYTES, FRAME_BYTES,
        FRAMES_PER_MESSAGE, LOUNGES_CHANGED_AT_ONCE, Limits,
    },
    protocol::*,
    refusal::Refusal,
    room::{EndReason, Missed, Policy, RoomEvent, Source, StreamState},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::variants::{named, tag_of, tags_at};

const CLIENT: &str = "What a client says";
const SERVER: &str = "What the server says";
const EVENTS: &str = "Events of an owner's own";
const LISTS: &str = "The list of lounges";

/// An example, with the chapter and the section it stands in.
struct Example {
    chapter: String,
    section: String,
    text: String,
}

fn document() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/protocol.md");
    fs::read_to_string(path).expect("docs/protocol.md is there")
}

/// The fenced `json` blocks.
fn examples(document: &str) -> Vec<Example> {
    let (mut chapter, mut section) = (String::new(), String::new());
    let (mut examples, mut fenced): (Vec<Example>, Option<String>) = (Vec::new(), None);
    for line in document.lines() {
        match &mut fenced {
            Some(text) if line == "```" => {
                let (chapter, section, text) = (chapter.clone(), section.clone(), std::mem::take(text));
                examples.push(Example { chapter, section, text });
                fenced = None;
            }
            Some(text) => *text += line,
            None if line == "```json" => fenced = Some(String::new()),
            None => {
                if let Some(title) = line.strip_prefix("## ") {
                    (chapter, section) = (title.to_owned(), String::new());
                } else if let Some(title) = line.strip_prefix("### ") {
                    section = title.trim_matches('`').to_owned();
                }
            }
        }
    }
    assert!(fenced.is_none(), "a fence is left open");
    examples
}

/// What a frame is called: what is about a room goes by the message in it.
fn name_of(frame: &Value) -> String {
    tag_of(frame.pointer("/room/message").unwrap_or(frame))
}

/// The names of frames, those that are about a room by what is in them.
fn names<Frame: DeserializeOwned, InRoom: DeserializeOwned>() -> BTreeSet<String> {
    let mut names = named::<Frame>();
    assert!(names.remove("room"), "what is about a room stands in its own frame");
    names.extend(named::<InRoom>());
    names
}

/// The examples of a chapter.
fn shown(chapter: &str) -> Vec<(String, Value)> {
    let examples = examples(&document()).into_iter().filter(|example| example.chapter == chapter);
    let values = examples.map(|example| {
        let value = serde_json::from_str(&example.text).unwrap_or_else(|error| panic!("{error}: {}", example.text));
        (example.section, value)
    });
    values.collect()
}

#[test]
fn every_example_is_a_complete_message() {
    for example in examples(&document()) {
        let Example { chapter, section, text } = example;
        let written = match chapter.as_str() {
            CLIENT => decode_client(&text).map(|message| encode(&message)),
            SERVER => decode_server(&text).map(|message| encode(&message)),
            EVENTS => CustomEvent::decode(&text).map(|(room, event)| event.encode(room)),
            LISTS => LoungesChanged::decode(&text).map(|changed| changed.encode()),
            other => panic!("an example in the chapter {other:?} is nobody's: {text}"),
        };
        let written = written.unwrap_or_else(|refusal| panic!("{}: {text}", refusal.code()));
        let value = |text: &str| serde_json::from_str::<Value>(text).expect("a frame is JSON");
        assert_eq!(value(&text), value(&written), "the example has a field too many or too few");
        assert_eq!(name_of(&value(&text)), section, "the example stands in another's section");
    }
}

#[test]
fn every_message_every_signal_and_every_event_has_an_example() {
    let client = shown(CLIENT);
    let server = shown(SERVER);
    let sections = |examples: &[(String, Value)]| examples.iter().map(|(section, _)| section.clone()).collect();
    let client_names: BTreeSet<String> = sections(&client);
    let server_names: BTreeSet<String> = sections(&server);
    assert_eq!(client_names, names::<ClientMessage, ToRoom>());
    assert_eq!(server_names, names::<ServerMessage, FromRoom>());

    let values = |examples: &[(String, Value)]| examples.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>();
    let (client, server) = (values(&client), values(&server));
    assert_eq!(tags_at("/room/message/signal/signal", &client), named::<Signal>());
    assert_eq!(tags_at("/room/message/event/event", &server), named::<RoomEvent>());
    assert_eq!(tags_at("/room/message/resumed/missed", &server), named::<Missed>());
}

#[test]
fn every_refusal_has_its_row() {
    let document = document();
    let (_, chapter) = document.split_once("\n## Refusals\n").expect("there is a chapter of refusals");
    let chapter = chapter.split("\n## ").next().unwrap_or_default();
    let rows = chapter.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let rows: BTreeSet<_> = rows.filter(|(_, meaning)| meaning.len() > 10).map(|(code, _)| code).collect();
    assert_eq!(rows, Refusal::ALL.iter().map(|refusal| refusal.code()).collect());
}

#[test]
fn the_values_that_a_field_can_have_are_named() {
    let document = document();
    let names = [named::<heartogether::role::Role>(), named::<Source>(), named::<StreamState>(), named::<EndReason>()];
    for name in names.iter().flatten() {
        assert!(document.contains(&format!("`{name}`")), "{name} is not explained");
    }
}

#[test]
fn the_numbers_are_those_of_the_code() {
    let document = document();
    let limits = Limits::default();
    for (what, said) in [
        ("version", format!("version is `{PROTOCOL_VERSION}`")),
        ("frame", format!("{} KiB", FRAME_BYTES / 1024)),
        ("candidates", format!("{CANDIDATES_PER_SIGNAL} candidates")),
        ("candidate", format!("{CANDIDATE_BYTES} bytes")),
        ("fragments", format!("{FRAMES_PER_MESSAGE} frames")),
        ("signals", format!("{} KiB a second", limits.signal_bytes_per_second / 1024)),
        ("signals at once", format!("{} KiB at once", limits.signal_bytes_burst / 1024)),
        ("events", format!("{} events", Policy::broadcast(&limits).events_kept)),
        ("a lounge's events", format!("a lounge {}", Policy::lounge(&limits).events_kept)),
        ("rate", format!("{} frames a second", limits.frames_per_second)),
        ("burst", format!("{} at once", limits.frames_burst)),
        ("hello", format!("hello within {} s", limits.hello_ms / 1000)),
        ("heartbeat", format!("every {} s", limits.heartbeat_ms / 1000)),
        ("silence", format!("{} s of silence", limits.silence_ms / 1000)),
        ("custom names", format!("1 to {CUSTOM_NAME_BYTES} lower-case")),
        ("custom payloads", format!("at most {} KiB of text", CUSTOM_PAYLOAD_BYTES / 1024)),
        ("custom rate", format!("{} events a second", limits.custom_events_per_second)),
        ("changes of a list", format!("{LOUNGES_CHANGED_AT_ONCE} changes")),
        ("outbox", format!("{} frames wait", limits.send_queue_frames)),
        ("listener's grace", format!("{} s (listener)", limits.listener_grace_ms / 1000)),
        ("host's grace", format!("{} min (host)", limits.host_grace_ms / 60_000)),
        ("idle", format!("{} min", limits.room_idle_ms / 60_000)),
        ("absent", format!("{} h", limits.room_host_absent_ms / 3_600_000)),
    ] {
        assert!(document.contains(&said), "{what}: {said:?} is not in the document");
    }
}
