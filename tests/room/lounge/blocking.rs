//! Which members somebody has blocked: the room knows the places of accounts, and nothing of who has blocked whom.

use std::collections::BTreeSet;

use heartogether::{
    id::{AccountId, MemberId},
    refusal::Refusal,
    room::{Command, Event, Policy, RoomCreated},
};

use super::{come, full, policy};
use crate::scenario::*;

fn places(stage: &Stage, accounts: &[AccountId]) -> Vec<MemberId> {
    stage.room.places_of(&accounts.iter().copied().collect::<BTreeSet<_>>())
}

#[test]
fn the_places_of_an_account_are_known_also_when_it_has_left() {
    let (mut stage, members) = full();
    assert_eq!(places(&stage, &[]), []);
    assert_eq!(places(&stage, &[GRACE]), [members[1]]);
    stage.command(2, Command::Leave);
    let again = come(&mut stage, 2, 7).member;
    let mut all = vec![members[1], members[2], again];
    all.sort_unstable();
    assert_eq!(places(&stage, &[GRACE, EDSGER]), all);
}

#[test]
fn the_author_of_a_message_is_known_as_long_as_the_message() {
    let mut stage = Stage::before_creation();
    let policy = Policy { former_members_kept: 0, events_kept: 0, messages_kept: 2, ..policy() };
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    come(&mut stage, 1, 1);
    let grace = come(&mut stage, 2, 2).member;
    stage.command(2, write(1, "hello"));
    stage.command(2, Command::Leave);
    assert_eq!(places(&stage, &[GRACE]), [grace]);
    for nonce in 0..4 {
        stage.command(1, write(nonce, "well"));
    }
    assert_eq!(places(&stage, &[GRACE]), []);
}

#[test]
fn only_a_member_learns_an_account_and_not_their_own() {
    let (mut stage, members) = full();
    let ask = |stage: &Stage, at, member| stage.room.account_beside(connection(at).id, member);
    assert_eq!(ask(&stage, 1, members[2]), Ok(EDSGER));
    assert_eq!(ask(&stage, 1, members[0]), Err(Refusal::NotAllowed));
    assert_eq!(ask(&stage, 1, MemberId::from_bits(7)), Err(Refusal::MemberNotFound));
    assert_eq!(ask(&stage, 9, members[2]), Err(Refusal::NotAMember));
    stage.command(1, Command::StopRoom);
    assert_eq!(ask(&stage, 1, members[2]), Err(Refusal::RoomEnded));
}
