//! What members of a lounge report to its owner.

use heartogether::{
    engagement::MessageText,
    id::MessageNumber,
    protocol::{DismissReports, HandOver, ReportMessage, ServerMessage, ToRoom},
    refusal::Refusal,
    room::{Joined, RoomEvent},
};

use super::{come, heard, open_lounge, write};
use crate::older_messages::patient;
use crate::support::{TestServer, told};

/// The messages that the room lists as reported on joining, each with how many have reported it.
fn listed(joined: &Joined) -> Vec<(MessageNumber, usize)> {
    joined.room.reports.iter().map(|reported| (reported.number, reported.by.len())).collect()
}

#[tokio::test]
async fn the_owner_learns_what_was_reported_also_after_a_new_start() {
    let mut server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let linus = server.site.sign_in("Linus").await;
    let code = open_lounge(&server.site, &ada, "").await;
    let (mut adas, _) = come(&server.site, &ada, code).await;
    let (mut graces, as_grace) = come(&server.site, &grace, code).await;
    let (mut linuses, _) = come(&server.site, &linus, code).await;
    linuses.say(write(1, "you lot")).await;
    let number = loop {
        if let RoomEvent::MessageSent { message } = heard(&mut graces).await
            && message.text.as_ref().is_some_and(|text| text.as_str() == "you lot")
        {
            break message.number;
        }
    };
    let reason = MessageText::parse("not kind").ok();
    graces.say(ToRoom::ReportMessage(ReportMessage { number, reason: reason.clone() })).await;
    assert_eq!(heard(&mut graces).await, RoomEvent::ReportTaken { number });
    let report = loop {
        if let RoomEvent::MessageReported { report, .. } = heard(&mut adas).await {
            break report;
        }
    };
    assert_eq!((report.member, &report.reason), (as_grace.member, &reason));
    graces.say(ToRoom::ReportMessage(ReportMessage { number, reason: None })).await;
    assert_eq!(heard(&mut graces).await, RoomEvent::ReportTaken { number }, "it is there");
    let of_author = linuses.drain().await;
    let is_about_reports = |message: &ServerMessage| {
        matches!(told(message.clone()), Some(RoomEvent::MessageReported { .. } | RoomEvent::ReportTaken { .. }))
    };
    assert!(!of_author.iter().any(is_about_reports), "{of_author:?}");
    linuses.say(ToRoom::DismissReports(DismissReports { number })).await;
    assert_eq!(linuses.refusal().await, Refusal::NotAllowed);

    drop((adas, graces, linuses));
    let site = server.again(&[]).await;
    let (mut adas, joined) = come(&site, &ada, code).await;
    assert_eq!(listed(&joined), [(number, 1)]);
    assert_eq!(joined.room.reports[0].by[0].reason, reason);
    let (mut graces, joined) = come(&site, &grace, code).await;
    assert_eq!(listed(&joined), []);
    adas.say(ToRoom::HandOver(HandOver { member: joined.member })).await;
    loop {
        if let RoomEvent::MessageReported { number: told, .. } = heard(&mut graces).await {
            assert_eq!(told, number);
            break;
        }
    }
    graces.say(ToRoom::DismissReports(DismissReports { number })).await;
    graces.drain().await;
    let (_, joined) = come(&site, &grace, code).await;
    assert_eq!(listed(&joined), []);
}

#[tokio::test]
async fn a_message_that_only_the_archive_has_is_reported() {
    let server = TestServer::start_with(patient(), &[]).await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let code = open_lounge(&server.site, &ada, "").await;
    let (mut adas, _) = come(&server.site, &ada, code).await;
    let (mut graces, _) = come(&server.site, &grace, code).await;
    graces.say(write(1, "you lot")).await;
    // Hers is the first one.
    heard(&mut graces).await;
    for nonce in 1..=101 {
        adas.say(write(nonce, "well")).await;
    }
    adas.drain().await;
    let number = MessageNumber(1);
    adas.say(ToRoom::ReportMessage(ReportMessage { number, reason: None })).await;
    // The owner reports it to themselves here, which no page offers.
    loop {
        if let RoomEvent::MessageReported { number: told, .. } = heard(&mut adas).await {
            assert_eq!(told, number);
            break;
        }
    }
    adas.drain().await;
    let unwritten = ReportMessage { number: MessageNumber(9_999), reason: None };
    adas.say(ToRoom::ReportMessage(unwritten)).await;
    assert_eq!(adas.refusal().await, Refusal::MessageNotFound);
}
