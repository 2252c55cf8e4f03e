//! Pages that come back by themselves ask for nothing new.

use super::*;

/// A page that had a place, or waited for one, comes back by itself.
pub(super) fn come_back(stage: &mut Stage, account: AccountId, at: u128) -> Outcome {
    stage.append(Event::JoinRequested(JoinRequested {
        connection: connection(at),
        account,
        name: name("Somebody"),
        email: None,
        has_picture: false,
        kind: AccountKind::Known,
        marks: Marks::default(),
        role: Role::Participant,
        take_over: false,
        returns: true,
        member: MemberId::from_bits(5_000 + at),
        token: ResumeToken::from_bits(6_000 + at),
    }))
}

#[test]
fn who_is_no_member_any_more_does_not_come_in_by_themselves() {
    for asks_first in [true, false] {
        let mut stage = lounge();
        come(&mut stage, 1, 1);
        let member = come(&mut stage, 2, 2).member;
        if asks_first {
            stage.command(1, ASK);
        }
        stage.lose(2);
        assert_eq!(come_back(&mut stage, GRACE, 22).joined(22).member, member);
        stage.lose(22);
        stage.command(1, Command::RemoveMember { member, block_address: false, may_return: true });
        let outcome = come_back(&mut stage, GRACE, 23);
        assert_eq!(outcome.refusal(23), Refusal::NotAMember);
        assert!(outcome.events(Audience::Member(HOST)).is_empty() && waiting(&stage).is_empty());
        assert!(!stage.room.has_place(GRACE));
        assert_eq!(waits(&knock_at(&mut stage, 2, 23), 23), asks_first, "whoever asks may come again");
    }
}

#[test]
fn a_page_that_waits_goes_on_waiting_until_its_request_is_answered() {
    for admit in [true, false] {
        let mut stage = asking();
        knock(&mut stage, 3);
        stage.lose(3);
        let outcome = come_back(&mut stage, EDSGER, 31);
        assert!(waits(&outcome, 31), "{outcome:?}");
        let member = only_one(&stage);
        stage.lose(31);
        stage.command(1, answer(member, admit));
        let outcome = come_back(&mut stage, EDSGER, 32);
        if admit {
            assert_eq!(outcome.joined(32).member, member);
        } else {
            assert_eq!(outcome.refusal(32), Refusal::NotAMember);
        }
        assert!(outcome.events(Audience::Member(HOST)).is_empty(), "the owner is not asked again: {outcome:?}");
        assert!(waiting(&stage).is_empty());
    }
}

#[test]
fn a_request_that_was_withdrawn_elsewhere_does_not_come_back() {
    let mut stage = asking_with(Policy { max_pages: 2, ..policy() });
    knock_at(&mut stage, 3, 31);
    knock_at(&mut stage, 3, 32);
    stage.lose(32);
    stage.command(31, Command::Leave);
    assert_eq!(come_back(&mut stage, EDSGER, 33).refusal(33), Refusal::NotAMember);
    assert!(waiting(&stage).is_empty());
}
