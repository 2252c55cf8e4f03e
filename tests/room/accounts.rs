//! A guest signs in to an existing account, and an account is deleted.

use heartogether::{
    id::AccountId,
    refusal::Refusal,
    role::Role,
    room::{Audience, Command, Effect, EndReason, Event, Policy, RoomCreated, RoomEvent, StreamState},
};

use crate::scenario::*;

/// More than a room remembers of those who left.
const CROWD: u128 = 266;

const STOPPED: RoomEvent = RoomEvent::RoomEnded { reason: EndReason::Stopped };

fn merge(stage: &mut Stage, from: heartogether::id::AccountId, to: heartogether::id::AccountId) -> Outcome {
    stage.append(Event::AccountMerged { from, to })
}

#[test]
fn a_guests_room_passes_to_the_account_without_an_event() {
    let mut stage = Stage::full_and_live();
    let outcome = merge(&mut stage, OWNER, BARBARA);
    assert!(outcome.is_silent(), "{outcome:?}");
    assert_eq!(stage.room.owner(), Some(BARBARA));
    assert_eq!(stage.stream(), StreamState::Live);
    stage.command(1, Command::Pause);
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
    assert_eq!(outcome.host_learns(), [&RoomEvent::MemberLeft { member: FIRST_LISTENER }]);
    assert_eq!(outcome.closed(), [(connection(2).id, Refusal::SessionReplaced)]);
    assert_eq!(stage.room.audience_count(), 1);
}

#[test]
fn a_removed_guest_stays_out_after_signing_in() {
    let mut stage = Stage::full_and_live();
    stage.command(1, Command::RemoveMember { member: FIRST_LISTENER, block_address: false, may_return: false });
    merge(&mut stage, GRACE, BARBARA);
    assert_eq!(stage.ask_to_listen(BARBARA, 5).refusal(5), Refusal::Removed);
}

#[test]
fn a_guests_messages_belong_to_the_account() {
    let mut stage = Stage::full_and_live();
    stage.command(2, write(1, "louder, please"));
    merge(&mut stage, GRACE, BARBARA);
    let seen = stage.ask_to_listen(BARBARA, 5).joined(5);
    assert_eq!(seen.room.messages.len(), 1);
}

#[test]
fn the_room_of_a_deleted_owner_ends_permanently() {
    let mut stage = Stage::full_and_live();
    let outcome = stage.append(Event::AccountDeleted { account: OWNER });
    assert_eq!(outcome.events(Audience::Everyone), [&STOPPED]);
    assert!(outcome.0.contains(&Effect::CloseRoom));
    assert_eq!(stage.room.reopenable_until(), None);
    assert!(stage.append(Event::AccountDeleted { account: OWNER }).is_silent());
}

#[test]
fn a_deleted_listener_leaves_with_their_messages() {
    let mut stage = Stage::full_and_live();
    stage.command(2, write(1, "louder, please"));
    stage.command(3, write(1, "softer, please"));
    let outcome = stage.append(Event::AccountDeleted { account: GRACE });
    assert_eq!(outcome.host_learns(), [&RoomEvent::MemberLeft { member: FIRST_LISTENER }]);
    assert_eq!(outcome.closed(), [(connection(2).id, Refusal::NotSignedIn)]);
    let left: Vec<_> =
        stage.view(HOST).messages.iter().map(|message| message.text.as_ref().map(ToString::to_string)).collect();
    assert_eq!(left, [Some("softer, please".to_owned())]);
    assert_eq!(stage.stream(), StreamState::Live);
}

#[test]
fn no_data_of_a_deleted_listener_stays_in_the_room() {
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
    assert!(missed.contains("MemberLeft") && !missed.contains("Reacted"), "{missed}");
}

#[test]
fn the_last_author_is_known_when_a_crowd_leaves_at_once() {
    let mut stage = Stage::before_creation();
    let policy = Policy { max_members: u32::MAX, ..created().policy };
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    stage.host(1);
    stage.listener(GRACE, 2);
    for number in 100..100 + CROWD {
        stage.listener(AccountId::from_bits(number), number);
    }
    stage.command(2, write(1, "louder, please"));
    stage.command(1, Command::StopRoom);
    stage.append(reopening(OWNER));
    assert_eq!(stage.room.audience_count(), 0);
    stage.append(Event::AccountDeleted { account: GRACE });
    let kept = serde_json::to_string(&stage.room).expect("a room is written");
    assert!(!kept.contains("louder"), "{kept}");
}

#[test]
fn no_data_of_a_deleted_owner_stays_in_the_room() {
    let mut stage = Stage::open();
    stage.host(1);
    stage.append(Event::AccountDeleted { account: OWNER });
    let kept = serde_json::to_string(&stage.room).expect("a room is written");
    assert!(!kept.contains("Ada"), "{kept}");
}
