//! Messages that are reported: said until the room has it, and listed for the owner.

use heartogether::{
    protocol::{DismissReports, ReportMessage},
    refusal::Refusal,
    room::{Report, ReportedMessage},
};

use super::*;

const NUMBER: MessageNumber = MessageNumber(1);

fn reported(reason: Option<&str>) -> Input {
    Input::MessageReported { number: NUMBER, reason: reason.map(text) }
}

fn report_message(reason: Option<&str>) -> ToRoom {
    ToRoom::ReportMessage(ReportMessage { number: NUMBER, reason: reason.map(text) })
}

fn report() -> Report {
    Report { member: EDSGER, name: name("Edsger"), reason: None, at: Timestamp::from_millis(5) }
}

#[test]
fn a_report_is_sent_until_the_room_has_it() {
    let mut page = page_of(GRACE, vec![message(1, ADA, "you lot")]);
    assert_eq!(said(&page.take(reported(Some("not kind")))), [report_message(Some("not kind"))]);
    assert_eq!(texts(&page), ["you lot"]);
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), [report_message(Some("not kind"))]);
    page.lose();
    assert_eq!(said(&page.miss(vec![RoomEvent::ReportTaken { number: NUMBER }])), []);
    page.take(reported(None));
    page.refuse(Refusal::TooManyReports);
    assert_eq!(page.client.engagement_notice(), Some(Refusal::TooManyReports));
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), []);
}

#[test]
fn the_owner_sees_what_was_reported_and_dismisses_each() {
    let mut page = page_of(ADA, vec![message(1, GRACE, "you lot"), message(2, GRACE, "all of you")]);
    let is_reported = |number| RoomEvent::MessageReported { number, author: GRACE, report: report() };
    let listed = |page: &Page| page.client.room().map(|room| room.reports.clone()).unwrap_or_default();
    page.learn(is_reported(MessageNumber(2)));
    page.learn(is_reported(NUMBER));
    page.learn(is_reported(NUMBER));
    let both: Vec<_> = [1, 2]
        .map(|number| ReportedMessage { number: MessageNumber(number), author: GRACE, by: vec![report()] })
        .into();
    assert_eq!(listed(&page), both);
    let dismiss = |number| ToRoom::DismissReports(DismissReports { number });
    assert_eq!(said(&page.take(Input::ReportsDismissed(NUMBER))), [dismiss(NUMBER)]);
    let second = MessageNumber(2);
    assert_eq!(said(&page.take(Input::ReportsDismissed(second))), [dismiss(second)]);
    page.lose();
    let done = RoomEvent::ReportsDismissed { numbers: vec![NUMBER] };
    assert_eq!(said(&page.miss(vec![done])), [dismiss(second)], "the other one has got there");
    page.learn(RoomEvent::MessageDeleted { number: second });
    assert_eq!(listed(&page), []);
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), []);
}
