//! What becomes of who waits when accounts are removed, merged or deleted, and when the lounge ends.

use heartogether::{
    id::{AddressMark, BrowserMark},
    room::EndReason,
};

use super::*;

const LINUS: AccountId = AccountId::from_bits(5);

pub(super) fn knock_from(stage: &mut Stage, at: u128, browser: u128, address: u128) -> Outcome {
    let (browser, address) = (BrowserMark::from_bits(browser), AddressMark::from_bits(address));
    stage.append(Event::JoinRequested(JoinRequested {
        connection: connection(at),
        account: AccountId::from_bits(at),
        name: name(&format!("Account {at}")),
        email: None,
        has_picture: false,
        kind: AccountKind::Known,
        marks: Marks { browser: Some(browser), address: Some(address), name: None },
        role: Role::Participant,
        take_over: false,
        returns: false,
        member: MemberId::from_bits(5_000 + at),
        token: ResumeToken::from_bits(6_000 + at),
    }))
}

fn remove(member: MemberId, block_address: bool) -> Command {
    Command::RemoveMember { member, block_address, may_return: false }
}

#[test]
fn who_is_removed_cannot_ask_and_who_waits_can_be_removed() {
    let mut stage = asking();
    knock_from(&mut stage, 3, 3, 30);
    knock_from(&mut stage, 4, 4, 30);
    let [first, second] = [0, 1].map(|place| waiting(&stage)[place].member);
    let outcome = stage.command(1, remove(first, true));
    let closed = [closed_at(3, Refusal::Removed), closed_at(4, Refusal::Removed)];
    assert_eq!(outcome.closed(), closed, "one address");
    let answered = RoomEvent::JoinAnswered { members: vec![first, second] };
    assert_eq!(outcome.events(Audience::Member(HOST)), [&answered]);
    assert_eq!(knock_from(&mut stage, 3, 33, 33).refusal(3), Refusal::Removed);
    assert_eq!(knock_from(&mut stage, 6, 3, 60).refusal(6), Refusal::Removed, "the same browser");
    assert!(waits(&knock_from(&mut stage, 7, 7, 70), 7));
}

#[test]
fn who_was_declined_can_be_removed_for_good() {
    let mut stage = asking();
    knock(&mut stage, 3);
    let member = only_one(&stage);
    stage.command(1, answer(member, false));
    stage.command(1, remove(member, false));
    assert_eq!(knock(&mut stage, 3).refusal(3), Refusal::Removed);
}

#[test]
fn who_is_banned_from_the_server_waits_no_more() {
    let mut stage = asking();
    knock(&mut stage, 3);
    let outcome = stage.append(Event::AccountBanned { account: EDSGER });
    assert_eq!(outcome.closed(), [closed_at(3, Refusal::Removed)]);
    assert!(waiting(&stage).is_empty());
}

#[test]
fn who_was_let_in_and_removed_has_to_stay_out() {
    let mut stage = asking();
    knock(&mut stage, 3);
    let member = only_one(&stage);
    stage.command(1, answer(member, true));
    stage.command(1, remove(member, false));
    assert_eq!(knock(&mut stage, 3).refusal(3), Refusal::Removed);
}

fn merge(stage: &mut Stage, from: AccountId, to: AccountId) -> Outcome {
    stage.append(Event::AccountMerged { from, to })
}

#[test]
fn a_guest_who_signs_in_goes_on_waiting() {
    let mut stage = asking();
    knock(&mut stage, 3);
    let asked = waiting(&stage);
    assert!(merge(&mut stage, EDSGER, LINUS).is_silent());
    assert_eq!(waiting(&stage), asked);
    stage.command(1, answer(asked[0].member, true));
    assert_eq!(come(&mut stage, 5, 5).member, asked[0].member);
}

#[test]
fn a_guest_who_signs_in_as_a_member_or_as_somebody_who_waits_does_not_wait_twice() {
    for (from, to, left) in [(EDSGER, GRACE, 0), (GRACE, EDSGER, 0), (EDSGER, LINUS, 1), (LINUS, EDSGER, 1)] {
        let mut stage = asking();
        knock(&mut stage, 3);
        knock(&mut stage, 5);
        stage.command(1, answer(waiting(&stage)[usize::from(left == 0)].member, left == 0));
        if left == 1 {
            knock(&mut stage, 3);
            let outcome = merge(&mut stage, from, to);
            assert_eq!(outcome.closed(), [closed_at(3, Refusal::SessionReplaced)], "the later one");
        } else {
            let outcome = merge(&mut stage, from, to);
            assert!(outcome.closed().contains(&closed_at(3, Refusal::SessionReplaced)), "{outcome:?}");
        }
        assert_eq!(waiting(&stage).len(), left);
    }
}

/// Edsger was let in and has left. Linus waits.
fn admitted_and_waiting() -> Stage {
    let mut stage = asking();
    knock(&mut stage, 3);
    stage.command(1, answer(only_one(&stage), true));
    come(&mut stage, 3, 3);
    stage.command(3, Command::Leave);
    knock(&mut stage, 5);
    stage
}

#[test]
fn who_signs_in_and_was_let_in_before_waits_no_more() {
    for (from, to) in [(EDSGER, LINUS), (LINUS, EDSGER)] {
        let mut stage = admitted_and_waiting();
        let member = only_one(&stage);
        let outcome = merge(&mut stage, from, to);
        assert_eq!(outcome.closed(), [closed_at(5, Refusal::SessionReplaced)]);
        assert_eq!(outcome.events(Audience::Member(HOST)), [&RoomEvent::JoinAnswered { members: vec![member] }]);
        assert!(waiting(&stage).is_empty());
        let data = stage.room.data_of(to).expect("data");
        assert_eq!((data.waiting, data.is_admitted), (None, true));
        stage.ask(to, Role::Participant, 55, false).joined(55);
        assert!(waiting(&stage).is_empty());
    }
}

/// No history leads there. What was stored may be of another version.
#[test]
fn whoever_gets_a_place_waits_no_more_even_if_they_should_not_have_waited() {
    let mut stage = admitted_and_waiting();
    knock_at(&mut stage, 5, 56);
    let mut written = serde_json::to_value(&stage.room).expect("a room is written");
    written["roster"]["admission"]["admitted"] = serde_json::to_value([LINUS]).expect("accounts are written");
    stage.room = serde_json::from_value(written).expect("a room is read");
    let member = only_one(&stage);
    let outcome = knock(&mut stage, 5);
    outcome.joined(5);
    assert_eq!(outcome.events(Audience::Member(HOST)), [&RoomEvent::JoinAnswered { members: vec![member] }]);
    assert!(admits(&outcome, 56), "the other page takes the place, too");
    assert!(waiting(&stage).is_empty());
}

#[test]
fn few_wait_from_one_address_or_with_one_browser() {
    let mut stage = asking();
    let few = u128::from(policy().max_waiting_per_address);
    assert_eq!(few, u128::from(WAITING_PER_ADDRESS));
    for at in 0..few {
        assert!(waits(&knock_from(&mut stage, 100 + at, 100 + at, 30), 100 + at));
        assert!(waits(&knock_from(&mut stage, 200 + at, 40, 200 + at), 200 + at));
    }
    for (at, browser, address) in [(300, 300, 30), (301, 40, 301)] {
        assert_eq!(knock_from(&mut stage, at, browser, address).refusal(at), Refusal::TooManyWaiting);
    }
    assert!(waits(&knock_from(&mut stage, 100, 100, 30), 100), "who waits already is no one more");
    assert!(waits(&knock_from(&mut stage, 302, 302, 302), 302), "others can still ask");
    stage.command(1, answer(waiting(&stage)[0].member, false));
    assert!(waits(&knock_from(&mut stage, 303, 303, 30), 303));
}

#[test]
fn as_many_wait_from_the_owners_address_as_from_all_others() {
    let mut stage = asking();
    stage.lose(1);
    knock_from(&mut stage, 1, 1, 30).joined(1);
    for at in 100..120 {
        assert!(waits(&knock_from(&mut stage, at, at, 30), at));
    }
}

#[test]
fn a_guest_who_was_removed_takes_the_request_along() {
    let mut stage = asking();
    let member = stage.room.member_at(connection(2).id).expect("Grace is there").id;
    stage.command(1, remove(member, false));
    knock(&mut stage, 3);
    assert_eq!(merge(&mut stage, GRACE, EDSGER).closed(), [closed_at(3, Refusal::Removed)]);
    assert!(waiting(&stage).is_empty());
}

#[test]
fn nothing_is_kept_of_a_deleted_account_that_has_asked() {
    for declines_first in [false, true] {
        let mut stage = asking();
        knock_as(&mut stage, 3, "Edsger W.", 8);
        let member = only_one(&stage);
        if declines_first {
            stage.command(1, answer(member, false));
        }
        let outcome = stage.append(Event::AccountDeleted { account: EDSGER });
        let closed: Vec<_> = if declines_first { vec![] } else { vec![closed_at(3, Refusal::NotSignedIn)] };
        assert_eq!(outcome.closed(), closed);
        assert!(waiting(&stage).is_empty());
        let written = serde_json::to_string(&stage.room).expect("a room is written");
        assert!(!written.contains("Edsger W."), "{written}");
    }
}

#[test]
fn the_name_of_who_waits_belongs_to_their_account() {
    let mut stage = asking();
    knock_as(&mut stage, 3, "Edsger W.", 8);
    let mut found = Vec::new();
    stage.room.visit_personal(&mut |account, text| {
        if text.as_str() == "Edsger W." {
            found.push(account);
        }
    });
    assert_eq!(found, [Some(EDSGER); 2], "the request, and the event that the owner was told");
}

#[test]
fn whoever_waits_learns_that_the_lounge_has_ended() {
    let mut stage = asking();
    knock(&mut stage, 3);
    let outcome = stage.command(1, Command::StopRoom);
    assert_eq!(outcome.closed(), [closed_at(3, Refusal::RoomEnded)]);
    assert!(outcome.events(Audience::Member(HOST)).is_empty(), "the owner was told that the room has ended");
    assert!(outcome.everyone_learns().contains(&&RoomEvent::RoomEnded { reason: EndReason::Stopped }));
    stage.append(reopening(OWNER));
    assert!(waiting(&stage).is_empty() && stage.view(HOST).asks_first);
}

#[test]
fn an_account_finds_its_request_among_its_data() {
    let mut stage = asking();
    knock(&mut stage, 3);
    let asked = waiting(&stage);
    let data = |stage: &Stage| stage.room.data_of(EDSGER).expect("data");
    assert_eq!((data(&stage).waiting, data(&stage).is_admitted), (Some(asked[0].clone()), false));
    stage.command(1, answer(asked[0].member, true));
    assert_eq!((data(&stage).waiting, data(&stage).is_admitted), (None, true));
}

#[test]
fn a_program_of_who_waits_writes_nothing() {
    let mut stage = asking();
    knock(&mut stage, 3);
    let event = Event::CommandedByProgram { account: EDSGER, command: write(1, "let me in") };
    assert_eq!(stage.room.foresee(&event, stage.now), Err(Refusal::NotAMember));
    assert!(stage.append(event).is_silent());
}
