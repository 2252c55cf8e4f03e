//! A guest signs in as somebody who has an account already; an account is deleted.

use heartogether::{
    refusal::Refusal,
    role::Role,
    room::{Audience, Command, Effect, Event},
    wire::{EndReason, RoomEvent, StreamState},
};

use crate::stage::*;

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
    stage.command(1, Command::RemoveListener { member: FIRST_LISTENER });
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
