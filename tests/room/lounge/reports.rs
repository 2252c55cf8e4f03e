//! Messages that members report: only the owner learns of it, and decides what becomes of them.

use heartogether::{
    id::{AccountId, MemberId, MessageNumber},
    limits::{REPORT_CHARS, REPORTS_PER_MEMBER},
    refusal::Refusal,
    room::{ArchivedMessage, Audience, Command, Event, Policy, Report, ReportedMessage, RoomCreated, RoomEvent},
};

use super::{come, full, policy};
use crate::scenario::*;

const RUDE: MessageNumber = MessageNumber(1);

fn report(number: MessageNumber, reason: Option<&str>) -> Command {
    Command::ReportMessage { number, reason: reason.map(words), archived: None }
}

fn dismiss(number: MessageNumber) -> Command {
    Command::DismissReports { number }
}

/// The five are there, and the third has written something.
fn rude() -> (Stage, Vec<MemberId>) {
    let (mut stage, members) = full();
    stage.command(3, write(1, "you lot"));
    (stage, members)
}

/// What the owner sees: each message with who has reported it.
fn seen(stage: &Stage, owner: MemberId) -> Vec<(u64, Vec<MemberId>)> {
    let by = |reported: ReportedMessage| reported.by.into_iter().map(|report| report.member).collect();
    stage.view(owner).reports.into_iter().map(|reported| (reported.number.0, by(reported))).collect()
}

#[test]
fn the_owner_alone_learns_of_a_report_and_its_sender_that_it_is_taken() {
    let (mut stage, members) = rude();
    let outcome = stage.command(2, report(RUDE, Some("not\nkind")));
    let told = Report { member: members[1], name: name("Account 2"), reason: Some(words("not kind")), at: stage.now };
    let event = RoomEvent::MessageReported { number: RUDE, author: members[2], report: told.clone() };
    assert_eq!(outcome.events(Audience::Member(members[0])), [&event]);
    assert_eq!(outcome.events(Audience::Member(members[1])), [&RoomEvent::ReportTaken { number: RUDE }]);
    assert!(outcome.everyone_learns().is_empty());
    assert!(outcome.events(Audience::Member(members[2])).is_empty());
    let reported = ReportedMessage { number: RUDE, author: members[2], by: vec![told] };
    assert_eq!(stage.view(members[0]).reports, [reported]);
    assert!(members[1..].iter().all(|member| stage.view(*member).reports.is_empty()));
}

#[test]
fn a_member_counts_once_for_a_message() {
    let (mut stage, members) = rude();
    stage.command(2, report(RUDE, None));
    let outcome = stage.command(2, report(RUDE, Some("really")));
    assert!(outcome.events(Audience::Member(members[0])).is_empty());
    assert_eq!(outcome.events(Audience::Member(members[1])), [&RoomEvent::ReportTaken { number: RUDE }]);
    stage.command(4, report(RUDE, None));
    assert_eq!(seen(&stage, members[0]), [(1, vec![members[1], members[3]])]);
    stage.command(2, Command::Leave);
    let again = come(&mut stage, 2, 7);
    assert_ne!(again.member, members[1]);
    stage.command(7, report(RUDE, None));
    assert_eq!(seen(&stage, members[0]), [(1, vec![members[1], members[3]])], "the same account");
}

#[test]
fn a_report_needs_a_message_of_somebody_else() {
    let (mut stage, _) = rude();
    assert_eq!(stage.command(3, report(RUDE, None)).refusal(3), Refusal::NotAllowed);
    assert_eq!(stage.command(2, report(MessageNumber(2), None)).refusal(2), Refusal::MessageNotFound);
    let long = report(RUDE, Some(&"x".repeat(REPORT_CHARS + 1)));
    assert_eq!(stage.command(2, long).refusal(2), Refusal::MessageTooLong);
    let longest = report(RUDE, Some(&"x".repeat(REPORT_CHARS)));
    assert!(!stage.command(2, longest).events(Audience::Member(HOST)).is_empty());
    stage.command(3, Command::Delete { number: RUDE, archived: None });
    assert_eq!(stage.command(4, report(RUDE, None)).refusal(4), Refusal::MessageNotFound);
}

#[test]
fn a_message_that_only_the_archive_has_can_be_reported() {
    let mut stage = Stage::before_creation();
    let policy = Policy { messages_kept: 1, ..policy() };
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    let members = [1, 2, 3].map(|at| come(&mut stage, at, at).member);
    stage.command(3, write(1, "you lot"));
    for nonce in 0..4 {
        stage.command(1, write(10 + nonce, "well"));
    }
    assert_eq!(stage.command(2, report(RUDE, None)).refusal(2), Refusal::MessageNotFound);
    let (account, author) = (EDSGER, members[2]);
    let known = ArchivedMessage { account, author, version: 0, deleted: false, pinned: false, emoji: 0 };
    let archived = |known| Command::ReportMessage { number: RUDE, reason: None, archived: Some(known) };
    let deleted = ArchivedMessage { deleted: true, ..known };
    assert_eq!(stage.command(2, archived(deleted)).refusal(2), Refusal::MessageNotFound);
    stage.command(2, archived(known));
    assert_eq!(seen(&stage, members[0]), [(1, vec![members[1]])]);
    stage.command(1, Command::Delete { number: RUDE, archived: Some(known) });
    assert!(seen(&stage, members[0]).is_empty());
}

#[test]
fn the_owner_dismisses_what_was_reported_and_nobody_else_can() {
    let (mut stage, members) = rude();
    stage.command(2, report(RUDE, None));
    assert_eq!(stage.command(2, dismiss(RUDE)).refusal(2), Refusal::NotAllowed);
    let outcome = stage.command(1, dismiss(RUDE));
    let dismissed = RoomEvent::ReportsDismissed { numbers: vec![RUDE] };
    assert_eq!(outcome.events(Audience::Member(members[0])), [&dismissed]);
    assert!(outcome.events(Audience::Member(members[1])).is_empty());
    assert!(seen(&stage, members[0]).is_empty());
    assert!(stage.command(1, dismiss(RUDE)).is_silent());
    stage.command(2, report(RUDE, None));
    assert_eq!(seen(&stage, members[0]).len(), 1, "it can be reported again");
}

#[test]
fn the_reports_of_a_deleted_message_vanish() {
    let (mut stage, members) = rude();
    let mut shown = stage.view(members[0]);
    for outcome in
        [stage.command(2, report(RUDE, None)), stage.command(3, Command::Delete { number: RUDE, archived: None })]
    {
        let told = outcome.events(Audience::Member(members[0])).into_iter().chain(outcome.everyone_learns());
        told.for_each(|event| shown.apply(event));
    }
    assert_eq!(shown, stage.view(members[0]));
    assert!(shown.reports.is_empty());
}

#[test]
fn as_many_reports_wait_as_may_and_a_member_has_a_part_of_them() {
    let mut stage = Stage::before_creation();
    let policy = Policy { max_reports: REPORTS_PER_MEMBER + 1, ..policy() };
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    for at in [1, 2, 3, 4] {
        come(&mut stage, at, at);
    }
    for nonce in 0..=REPORTS_PER_MEMBER {
        stage.command(3, write(nonce, "you lot"));
    }
    for number in 1..=REPORTS_PER_MEMBER {
        stage.command(2, report(MessageNumber(number.into()), None));
    }
    let last = MessageNumber(u64::from(REPORTS_PER_MEMBER) + 1);
    assert_eq!(stage.command(2, report(last, None)).refusal(2), Refusal::TooManyReports);
    assert!(!stage.command(4, report(last, None)).events(Audience::Member(HOST)).is_empty());
    assert_eq!(stage.command(1, report(RUDE, None)).refusal(1), Refusal::TooManyReports);
    stage.command(1, dismiss(RUDE));
    assert!(!stage.command(2, report(last, None)).events(Audience::Member(HOST)).is_empty());
}

#[test]
fn the_reports_go_to_the_next_owner() {
    let (mut stage, members) = rude();
    stage.command(2, report(RUDE, None));
    stage.command(4, report(RUDE, Some("not kind")));
    let mut shown = [members[0], members[4]].map(|member| stage.view(member));
    let outcome = stage.command(1, Command::HandOver { member: members[4] });
    for (view, member) in shown.iter_mut().zip([members[0], members[4]]) {
        let told = outcome.everyone_learns().into_iter().chain(outcome.events(Audience::Member(member)));
        told.for_each(|event| view.apply(event));
        assert_eq!(*view, stage.view(member));
    }
    assert!(shown[0].reports.is_empty());
    assert_eq!(seen(&stage, members[4]), [(1, vec![members[1], members[3]])]);
    stage.command(5, dismiss(RUDE));
    assert!(seen(&stage, members[4]).is_empty());
}

#[test]
fn a_deleted_account_has_reported_nothing_and_is_not_reported() {
    let (mut stage, members) = rude();
    stage.command(2, report(RUDE, Some("marmalade")));
    stage.command(4, report(RUDE, None));
    let mut shown = stage.view(members[0]);
    let outcome = stage.append(Event::AccountDeleted { account: AccountId::from_bits(2) });
    outcome.events(Audience::Member(members[0])).into_iter().for_each(|event| shown.apply(event));
    assert_eq!(shown.reports, stage.view(members[0]).reports);
    assert_eq!(seen(&stage, members[0]), [(1, vec![members[3]])]);
    assert!(!format!("{:?}", stage.room).contains("marmalade"));
    let outcome = stage.append(Event::AccountDeleted { account: EDSGER });
    outcome.events(Audience::Member(members[0])).into_iter().for_each(|event| shown.apply(event));
    assert!(shown.reports.is_empty() && seen(&stage, members[0]).is_empty());
}

#[test]
fn what_a_guest_and_their_account_have_both_reported_counts_once() {
    let (mut stage, members) = rude();
    stage.command(2, report(RUDE, None));
    stage.command(4, report(RUDE, None));
    stage.append(Event::AccountMerged { from: AccountId::from_bits(2), to: AccountId::from_bits(4) });
    assert_eq!(seen(&stage, members[0]), [(1, vec![members[3]])]);
    assert_eq!(stage.command(4, report(RUDE, None)).events(Audience::Member(members[0])), [] as [&RoomEvent; 0]);
}

#[test]
fn an_account_is_told_what_the_room_has_of_it_and_nothing_of_others() {
    let (mut stage, members) = rude();
    stage.command(2, report(RUDE, Some("not kind")));
    stage.command(4, report(RUDE, Some("marmalade")));
    let data = stage.room.data_of(GRACE).expect("the room was created");
    assert_eq!(data.places.iter().map(|place| place.member).collect::<Vec<_>>(), [members[1]]);
    let reported: Vec<_> = data.reports.iter().map(|own| (own.message, own.reason.clone())).collect();
    assert_eq!(reported, [(RUDE, Some(words("not kind")))]);
    assert!(!data.is_owner && !data.is_removed);
    let ban = Command::RemoveMember { member: members[1], block_address: false, may_return: false };
    stage.command(1, ban);
    let data = stage.room.data_of(GRACE).expect("the room was created");
    assert!(data.is_removed && data.places.is_empty());
    assert!(stage.room.data_of(OWNER).expect("the room was created").is_owner);
    assert!(
        stage.room.data_of(EDSGER).expect("the room was created").reports.is_empty(),
        "who is reported learns nothing"
    );
}
