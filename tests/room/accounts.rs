//! A guest signs in as somebody who has an account already; an account is deleted.

use heartogether::{
    id::{AccountId, Seq},
    protocol::{EndReason, RoomEvent, StreamState},
    refusal::Refusal,
    role::Role,
    room::{Audience, Command, Effect, Entry, Event, JoinRequested, Policy, RoomCreated, redact},
};

use crate::scenario::*;

/// More than a room remembers of those who left.
const CROWD: u128 = heartogether::limits::FORMER_LISTENERS as u128 + 10;

const STOPPED: RoomEvent = RoomEvent::RoomEnded { reason: EndReason::Stopped };

fn merge(stage: &mut Stage, from: heartogether::id::AccountId, to: heartogether::id::AccountId) -> Outcome {
    stage.append(Event::AccountMerged { from, to })
}

#[test]
fn a_guests_room_belongs_to_the_account_and_nobody_notices() {
    let mut stage = Stage::full_and_live();
    let outcome = merge(&mut stage, OWNER, BARBARA);
    assert!(outcome.is_silent(), "{outcome:?}");
    assert_eq!(stage.room.owner(), Some(BARBARA));
    assert_eq!(stage.stream(), StreamState::Live);
    stage.command(1, Command::PauseStream);
    assert_eq!(stage.stream(), StreamState::Paused);
    assert_eq!(stage.ask_to_host(OWNER, 7).refusal(7), Refusal::NotOwner);
    assert_eq!(stage.ask(BARBARA, Role::Host, 8, true).joined(8).member, HOST);
}

#[test]
fn a_place_is_resumed_by_the_account() {
    let mut stage = Stage::full_and_live();
    let joined = stage.listener(GRACE, 4);
    stage.lose(4);
    merge(&mut stage, GRACE, BARBARA);
    assert_eq!(stage.resume(GRACE, joined.token, joined.seq, 5).refusal(5), Refusal::NotAMember);
    stage.resume(BARBARA, joined.token, joined.seq, 6).resumed(6);
}

#[test]
fn an_account_that_listens_already_keeps_its_own_place() {
    let mut stage = Stage::full_and_live();
    let outcome = merge(&mut stage, GRACE, EDSGER);
    assert_eq!(outcome.host_learns(), [&RoomEvent::ListenerLeft { member: FIRST_LISTENER }]);
    assert_eq!(outcome.closed(), [(connection(2).id, Refusal::SessionReplaced)]);
    assert_eq!(stage.room.listener_count(), 1);
}

#[test]
fn whoever_was_removed_stays_out_after_signing_in() {
    let mut stage = Stage::full_and_live();
    stage.command(1, Command::RemoveListener { member: FIRST_LISTENER, block_address: false });
    merge(&mut stage, GRACE, BARBARA);
    assert_eq!(stage.ask_to_listen(BARBARA, 5).refusal(5), Refusal::Removed);
}

#[test]
fn what_a_guest_wrote_is_the_accounts() {
    let mut stage = Stage::full_and_live();
    stage.command(2, write(1, "louder, please"));
    merge(&mut stage, GRACE, BARBARA);
    let seen = stage.ask_to_listen(BARBARA, 5).joined(5);
    assert_eq!(seen.room.messages.len(), 1);
}

#[test]
fn a_deleted_owners_room_ends_for_good() {
    let mut stage = Stage::full_and_live();
    let outcome = stage.append(Event::AccountDeleted { account: OWNER });
    assert_eq!(outcome.events(Audience::Everyone), [&STOPPED]);
    assert!(outcome.0.contains(&Effect::CloseRoom));
    assert_eq!(stage.room.reopenable_until(), None);
    assert!(stage.append(Event::AccountDeleted { account: OWNER }).is_silent());
}

#[test]
fn a_deleted_listener_leaves_and_what_they_wrote_goes_too() {
    let mut stage = Stage::full_and_live();
    stage.command(2, write(1, "louder, please"));
    stage.command(3, write(1, "softer, please"));
    let outcome = stage.append(Event::AccountDeleted { account: GRACE });
    assert_eq!(outcome.host_learns(), [&RoomEvent::ListenerLeft { member: FIRST_LISTENER }]);
    assert_eq!(outcome.closed(), [(connection(2).id, Refusal::NotSignedIn)]);
    let left: Vec<_> = stage.view(HOST).messages.iter().map(|message| message.text.as_str().to_owned()).collect();
    assert_eq!(left, ["softer, please"]);
    assert_eq!(stage.stream(), StreamState::Live);
}

#[test]
fn nothing_that_a_deleted_listener_was_or_wrote_stays_in_the_room() {
    let mut stage = Stage::open();
    let host = stage.host(1);
    stage.ask_called(name("Grace Hopper"), GRACE, Role::Listener, 2, false);
    stage.command(2, write(1, "louder, please"));
    stage.command(2, FIRE);
    stage.command(2, Command::Leave);
    stage.lose(1);
    stage.append(Event::AccountDeleted { account: GRACE });
    let kept = serde_json::to_string(&stage.room).expect("a room is written");
    assert!(!kept.contains("Grace") && !kept.contains("louder"), "{kept}");
    let missed = format!("{:?}", stage.resume(OWNER, host.token, host.seq, 3).resumed(3));
    assert!(missed.contains("ListenerLeft") && !missed.contains("Reacted"), "{missed}");
}

#[test]
fn whoever_spoke_last_is_known_when_a_crowd_leaves_at_once() {
    let mut stage = Stage::before_creation();
    let policy = Policy { max_listeners: u32::MAX, ..created().policy };
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    stage.host(1);
    stage.listener(GRACE, 2);
    for number in 100..100 + CROWD {
        stage.listener(AccountId::from_bits(number), number);
    }
    stage.command(2, write(1, "louder, please"));
    stage.command(1, Command::StopRoom);
    stage.append(reopening(OWNER));
    assert_eq!(stage.room.listener_count(), 0);
    stage.append(Event::AccountDeleted { account: GRACE });
    let kept = serde_json::to_string(&stage.room).expect("a room is written");
    assert!(!kept.contains("louder"), "{kept}");
}

#[test]
fn a_log_is_rid_of_who_somebody_was_and_what_they_wrote_as_a_guest_too() {
    let asks = |at: u128, account, called: &str, email: Option<&str>| {
        Event::JoinRequested(JoinRequested {
            marks: heartogether::room::Marks::default(),
            connection: connection(at),
            account,
            name: name(called),
            email: email.map(str::to_owned),
            kind: heartogether::role::Kind::Known,
            role: Role::Listener,
            take_over: false,
            member: heartogether::id::MemberId::from_bits(at),
            token: heartogether::id::ResumeToken::from_bits(at),
        })
    };
    let says = |at, text| Event::Commanded { connection: connection(at).id, command: write(1, text) };
    let events = [
        Event::RoomCreated(created()),
        asks(2, GRACE, "A guest", None),
        says(2, "a guest's words"),
        asks(3, EDSGER, "Edsger", Some("edsger@hear.example")),
        says(3, "somebody else's words"),
        Event::AccountMerged { from: GRACE, to: BARBARA },
        asks(4, BARBARA, "Barbara Liskov", Some("barbara@hear.example")),
        says(4, "her words"),
    ];
    let entries: Vec<_> =
        (1..).zip(events).map(|(seq, event)| Entry { seq: Seq(seq), at: Stage::open().now, event }).collect();
    let redacted = redact(entries.iter(), BARBARA);
    assert_eq!(redacted.iter().map(|entry| entry.seq.0).collect::<Vec<_>>(), [2, 3, 7, 8]);
    let left = serde_json::to_string(&redacted).expect("entries are written");
    for gone in ["A guest", "words", "Barbara", "hear.example"] {
        assert!(!left.contains(gone), "{gone}: {left}");
    }
    assert!(redact(redacted.iter(), BARBARA).is_empty());
}
