//! The owner is asked before somebody comes in: the page of who waits, and the owner's.

use heartogether::{
    protocol::{AnswerJoin, AskFirst, FromRoom, Join},
    refusal::Refusal,
    room::{Source, Waiting},
};
use heartogether_client::{ListenerState, Output, SignalingState};

use super::*;

const JOIN: ToRoom = ToRoom::Join(Join { role: Role::Participant, take_over: false, name: None, returns: false });

/// What a page says that comes back by itself.
const RETURN: ToRoom = ToRoom::Join(Join { role: Role::Participant, take_over: false, name: None, returns: true });

/// Grace's page, which was told to wait.
fn waiting_page() -> Page {
    let mut page = new_page();
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.welcome();
    page.hear(from_room(FromRoom::Waiting));
    page
}

#[test]
fn a_page_waits_and_goes_in_by_itself_when_it_is_let_in() {
    let mut page = waiting_page();
    assert!(page.client.waits());
    assert_eq!(page.client.listener_state(), ListenerState::Connecting);
    assert_eq!(said(&page.hear(from_room(FromRoom::Admitted))), [RETURN]);
    page.hear(joined(GRACE, 10, lounge(Vec::new())));
    assert!(!page.client.waits());
    assert_eq!(page.client.own_member(), Some(GRACE));
}

#[test]
fn a_page_that_lost_the_connection_asks_again_and_goes_on_waiting() {
    let mut page = waiting_page();
    page.lose();
    assert!(page.client.waits());
    page.take(Input::Woken);
    assert_eq!(introduced(&page.take(Input::SocketOpened)), [RETURN]);
    page.hear(from_room(FromRoom::Waiting));
    assert!(page.client.waits());
    assert_eq!(page.client.signaling_state(), SignalingState::Connecting);
}

#[test]
fn a_page_whose_request_is_gone_learns_it_and_asks_again_when_the_visitor_wants_it() {
    for refusal in [Refusal::Declined, Refusal::NotAMember] {
        let mut page = waiting_page();
        page.lose();
        page.take(Input::Woken);
        assert_eq!(introduced(&page.take(Input::SocketOpened)), [RETURN]);
        assert!(page.refuse(refusal).contains(&Output::CloseSocket));
        assert_eq!(page.client.listener_state(), ListenerState::Refused(refusal));
        page.take(Input::RetryPressed);
        assert_eq!(introduced(&page.take(Input::SocketOpened)), [JOIN]);
    }
}

#[test]
fn storage_that_works_again_is_no_trouble_any_more() {
    let mut page = new_page();
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.refuse(Refusal::StorageUnavailable);
    assert_eq!(page.client.trouble(), Some(Refusal::StorageUnavailable));
    page.take(Input::Woken);
    page.take(Input::SocketOpened);
    page.hear(from_room(FromRoom::Waiting));
    assert_eq!(page.client.trouble(), None);
}

#[test]
fn a_page_that_is_let_in_and_loses_the_place_at_once_asks_for_nothing_new() {
    let mut page = waiting_page();
    assert_eq!(said(&page.hear(from_room(FromRoom::Admitted))), [RETURN]);
    page.lose();
    page.take(Input::Woken);
    assert_eq!(introduced(&page.take(Input::SocketOpened)), [RETURN]);
}

#[test]
fn a_page_of_a_member_who_waits_again_shows_the_room_no_more() {
    let mut page = page_of(GRACE, vec![message(1, ADA, "hello")]);
    page.take(Input::CaptureStarted(Source::Microphone));
    page.lose();
    page.reconnect();
    page.refuse(Refusal::NotAMember);
    let commands = page.hear(from_room(FromRoom::Waiting));
    assert!(commands.contains(&Output::StopCapture));
    assert!(page.client.waits());
    assert_eq!(page.client.room(), None);
    assert_eq!(page.client.own_member(), None);
}

#[test]
fn who_is_declined_learns_it_and_does_not_come_back_by_itself() {
    for refusal in [Refusal::Declined, Refusal::Removed, Refusal::RoomEnded, Refusal::LeftElsewhere] {
        let mut page = waiting_page();
        assert!(page.refuse(refusal).contains(&Output::CloseSocket));
        assert_eq!(page.client.listener_state(), ListenerState::Refused(refusal));
        assert!(!page.client.waits());
    }
    let mut page = new_page();
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.refuse(Refusal::TooManyWaiting);
    assert_eq!(page.client.listener_state(), ListenerState::Refused(Refusal::TooManyWaiting));
}

#[test]
fn who_waits_can_give_up() {
    let mut page = waiting_page();
    let commands = page.take(Input::MembershipEnded);
    assert_eq!(said(&commands), [ToRoom::Leave]);
    assert!(commands.contains(&Output::CloseSocket));
    assert!(!page.client.waits());
}

#[test]
fn who_gives_up_while_the_connection_is_lost_gives_up_when_it_is_back() {
    let mut page = waiting_page();
    page.lose();
    assert_eq!(said(&page.take(Input::MembershipEnded)), []);
    page.take(Input::Woken);
    assert_eq!(introduced(&page.take(Input::SocketOpened)), [RETURN]);
    assert_eq!(said(&page.hear(from_room(FromRoom::Waiting))), [ToRoom::Leave]);
}

#[test]
fn a_request_that_is_on_its_way_is_withdrawn_once_the_room_has_answered() {
    let asked = || {
        let mut page = new_page();
        page.take(Input::Started);
        assert_eq!(introduced(&page.take(Input::SocketOpened)), [JOIN]);
        // The server drops what comes after a request that it still carries out, if the connection closes.
        assert_eq!(page.take(Input::MembershipEnded), []);
        page
    };
    for answer in [from_room(FromRoom::Waiting), joined(GRACE, 10, lounge(Vec::new()))] {
        let mut page = asked();
        let commands = page.hear(answer);
        assert_eq!(said(&commands), [ToRoom::Leave]);
        assert!(commands.contains(&Output::CloseSocket));
        assert!(!page.client.waits());
    }
    let mut page = asked();
    assert!(page.refuse(Refusal::RoomFull).contains(&Output::CloseSocket), "there is nothing to withdraw");
}

#[test]
fn who_gives_up_on_a_new_connection_waits_for_its_answer() {
    let mut page = waiting_page();
    page.lose();
    page.take(Input::Woken);
    page.take(Input::SocketOpened);
    assert_eq!(page.take(Input::MembershipEnded), []);
    assert_eq!(said(&page.hear(from_room(FromRoom::Waiting))), [ToRoom::Leave]);
}

#[test]
fn who_closes_the_page_goes_on_waiting() {
    let mut page = waiting_page();
    assert_eq!(said(&page.take(Input::Left)), []);
}

#[test]
fn the_owner_is_asked_first_or_not_as_they_choose() {
    let mut page = page_of(ADA, Vec::new());
    let ask = |on| ToRoom::AskFirst(AskFirst { on });
    assert_eq!(said(&page.take(Input::AskFirstChosen(false))), [], "it is so");
    assert_eq!(said(&page.take(Input::AskFirstChosen(true))), [ask(true)]);
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), [ask(true)], "it is asked until it is done");
    page.learn(RoomEvent::AskFirstChanged { on: true });
    assert!(page.client.room().is_some_and(|room| room.asks_first));
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), []);
}

#[test]
fn the_owner_sees_who_waits_and_answers_each() {
    let asks = |member| Waiting { member, name: name("Somebody"), at: Timestamp::from_millis(5) };
    let [first, second] = [40, 41].map(MemberId::from_bits);
    let mut page = page_of(ADA, Vec::new());
    let listed = |page: &Page| page.client.room().map(|room| room.waiting.clone()).unwrap_or_default();
    page.learn(RoomEvent::JoinAsked { waiting: asks(first) });
    page.learn(RoomEvent::JoinAsked { waiting: asks(second) });
    page.learn(RoomEvent::JoinAsked { waiting: asks(first) });
    assert_eq!(listed(&page), [asks(first), asks(second)]);
    let answer = |member, admit| ToRoom::AnswerJoin(AnswerJoin { member, admit });
    let press = |member, admit| Input::JoinAnswered { member, admit };
    assert_eq!(said(&page.take(press(first, true))), [answer(first, true)]);
    page.refuse(Refusal::RoomFull);
    assert_eq!(page.client.refused_answer(), Some((first, Refusal::RoomFull)));
    assert_eq!(page.client.engagement_notice(), None, "it is about no message");
    assert_eq!(page.client.own_member(), Some(ADA), "the owner stays");
    assert_eq!(said(&page.take(press(second, false))), [answer(second, false)]);
    assert_eq!(page.client.refused_answer(), None);
    page.learn(RoomEvent::JoinAnswered { members: vec![second] });
    assert_eq!(listed(&page), [asks(first)]);
    assert_eq!(said(&page.take(press(second, true))), [], "it is answered");
}
