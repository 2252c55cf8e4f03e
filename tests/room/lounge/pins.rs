//! Pinned messages: everybody knows which ones, however old they are.

use heartogether::{
    id::{AccountId, MemberId, MessageNumber},
    refusal::Refusal,
    room::{ArchivedMessage, Audience, Command, Event, Policy, Room, RoomCreated, RoomEvent},
};

use super::{come, policy};
use crate::scenario::*;

const FIRST: MessageNumber = MessageNumber(1);

fn pin(number: u64, pinned: bool) -> Command {
    Command::Pin { number: MessageNumber(number), pinned, archived: None }
}

/// A lounge that keeps two messages and has at most two pins. Its owner and another member have written two each, by turns.
fn spoken() -> (Stage, [MemberId; 2]) {
    let mut stage = Stage::before_creation();
    let policy = Policy { messages_kept: 2, max_pins: 2, ..policy() };
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    let members = [1, 2].map(|at| come(&mut stage, at, at).member);
    for nonce in [1, 2] {
        stage.command(1, write(nonce, "hello"));
        stage.command(2, write(nonce, "hello you"));
    }
    (stage, members)
}

fn pins(stage: &Stage, member: MemberId) -> Vec<u64> {
    stage.view(member).pins.iter().map(|number| number.0).collect()
}

#[test]
fn everybody_knows_what_is_pinned_in_the_order_of_the_messages_though_the_room_has_forgotten_them() {
    let (mut stage, members) = spoken();
    let mut shown = stage.view(members[1]);
    for command in [pin(4, true), pin(2, true), pin(4, false), pin(3, true)] {
        stage.command(1, command).everyone_learns().into_iter().for_each(|event| shown.apply(event));
        assert_eq!(shown.pins, stage.view(members[1]).pins);
    }
    for nonce in 3..9 {
        stage.command(1, write(nonce, "on and on"));
    }
    assert_eq!(members.map(|member| pins(&stage, member)), [vec![2, 3], vec![2, 3]]);
    let (account, author) = (GRACE, members[1]);
    let archived = Some(ArchivedMessage { account, author, version: 0, deleted: false, pinned: true, emoji: 0 });
    stage.command(1, Command::Pin { number: MessageNumber(2), pinned: false, archived });
    assert_eq!(pins(&stage, members[1]), [3]);
}

#[test]
fn what_is_deleted_is_not_pinned_any_more() {
    let (mut stage, members) = spoken();
    stage.command(1, pin(2, true));
    let mut shown = stage.view(members[1]);
    let outcome = stage.command(2, Command::Delete { number: MessageNumber(2), archived: None });
    outcome.everyone_learns().into_iter().for_each(|event| shown.apply(event));
    assert!(pins(&stage, members[0]).is_empty() && shown.pins.is_empty());
}

#[test]
fn as_many_are_pinned_as_may() {
    let (mut stage, members) = spoken();
    stage.command(1, pin(1, true));
    stage.command(1, pin(2, true));
    assert_eq!(stage.command(1, pin(3, true)).refusal(1), Refusal::TooManyPins);
    assert!(stage.command(1, pin(2, true)).is_silent(), "it is pinned");
    stage.command(1, pin(1, false));
    stage.command(1, pin(3, true));
    assert_eq!(pins(&stage, members[0]), [2, 3]);
}

#[test]
fn the_pins_of_a_deleted_account_go_with_its_messages_also_after_a_merge() {
    let (mut stage, members) = spoken();
    stage.command(1, pin(1, true));
    stage.command(1, pin(2, true));
    let mut shown = stage.view(members[0]);
    stage.append(Event::AccountMerged { from: AccountId::from_bits(2), to: AccountId::from_bits(7) });
    let outcome = stage.append(Event::AccountDeleted { account: AccountId::from_bits(7) });
    let unpinned = RoomEvent::MessagePinned { number: MessageNumber(2), pinned: false };
    assert!(outcome.events(Audience::Everyone).contains(&&unpinned));
    shown.apply(&unpinned);
    assert_eq!((pins(&stage, members[0]), shown.pins), (vec![1], vec![FIRST]));
}

#[test]
fn a_snapshot_from_before_there_were_pins_is_read_and_what_is_pinned_there_can_be_pinned_again() {
    let (mut stage, members) = spoken();
    stage.command(1, pin(2, true));
    stage.command(1, pin(4, true));
    let mut stored = serde_json::to_value(&stage.room).expect("a snapshot");
    stored["chat"].as_object_mut().expect("an object").remove("pins").expect("pins");
    stage.room = serde_json::from_value::<Room>(stored).expect("a room");
    assert_eq!(pins(&stage, members[0]), [4], "the room has this one itself");
    stage.command(1, pin(2, true));
    assert_eq!(pins(&stage, members[0]), [2, 4]);
}

#[test]
fn a_room_that_was_lost_goes_on_where_the_archive_is() {
    let (mut stage, members) = spoken();
    stage.command(1, pin(4, true));
    let (written_at, latest) =
        (stage.room.written_at(), [(GRACE, MessageNumber(4)), (AccountId::from_bits(99), MessageNumber(9))]);
    stage.room = stage.room.clone().with_archive(latest);
    assert_eq!(stage.room.last_message(), MessageNumber(9));
    assert_eq!(stage.room.written_at(), written_at, "its time does not begin anew, and has not run out");
    let shown = stage.view(members[1]);
    assert!(shown.messages.is_empty() && shown.has_earlier_messages, "the archive has them, and may have newer ones");
    assert_eq!(shown.pins, [MessageNumber(4)]);
    assert!(stage.room.members().all(|member| !member.is_connected()), "the connections of before are not there");
    come(&mut stage, 2, 4);
    let outcome = stage.command(4, write(7, "still here"));
    assert!(
        matches!(&outcome.everyone_learns()[..], [RoomEvent::MessageSent { message }] if message.number == MessageNumber(10))
    );
    let again: Room = serde_json::from_str(&serde_json::to_string(&stage.room).expect("JSON")).expect("a room");
    assert_eq!(again, stage.room);
}
