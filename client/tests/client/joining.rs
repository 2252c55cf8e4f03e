//! Taking a place and resuming it.

use heartogether::{
    id::Seq,
    protocol::{ClientMessage, Hello, Join, PROTOCOL_VERSION, ResumeRoom, ResumeRooms, ToRoom},
    refusal::Refusal,
    role::Role,
    room::StreamState,
};
use heartogether_client::{Ending, HostState, Input, ListenerState, Output, SignalingState, introduction};

use crate::scenario::*;

fn hello() -> ClientMessage {
    ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION })
}

fn join(role: Role, take_over: bool) -> ClientMessage {
    to_room(ToRoom::Join(Join { role, take_over, name: None, returns: false }))
}

fn resume(last_seq: u64) -> ClientMessage {
    let rooms = vec![ResumeRoom { room: code(), token: TOKEN, last_seq: Seq(last_seq) }];
    ClientMessage::ResumeRooms(ResumeRooms { rooms })
}

#[test]
fn a_page_that_starts_opens_a_socket() {
    let mut page = Page::new(Role::Listener, false, 1);
    assert!(page.take(Input::Started).contains(&Output::OpenSocket));
    assert_eq!(page.client.signaling_state(), SignalingState::Connecting);
}

#[test]
fn hello_and_the_request_for_a_place_are_sent_together() {
    for role in [Role::Host, Role::Listener] {
        let mut page = Page::new(role, false, 1);
        page.take(Input::Started);
        assert_eq!(sent(&page.take(Input::SocketOpened)), [hello(), join(role, false)]);
    }
}

#[test]
fn the_early_join_sends_the_same_frames_as_the_page() {
    let mut page = Page::new(Role::Listener, false, 1);
    page.take(Input::Started);
    assert_eq!(sent(&page.take(Input::SocketOpened)), introduction(Role::Listener, code()));

    let mut back = Page::new(Role::Host, true, 1);
    back.take(Input::Started);
    assert_eq!(sent(&back.take(Input::SocketOpened)), introduction(Role::Host, code()));
}

#[test]
fn only_a_host_takes_over_a_place() {
    for (role, takes_over) in [(Role::Host, true), (Role::Listener, false)] {
        let mut page = Page::new(role, true, 1);
        page.take(Input::Started);
        assert_eq!(sent(&page.take(Input::SocketOpened))[1], join(role, takes_over));
    }
}

#[test]
fn a_page_is_attached_once_it_has_its_place() {
    let mut page = Page::new(Role::Listener, false, 1);
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.welcome();
    assert_eq!(page.client.signaling_state(), SignalingState::Connecting);
    page.hear(joined(GRACE, 1, view_of(GRACE, StreamState::Idle)));
    assert_eq!(page.client.signaling_state(), SignalingState::Attached);
    assert_eq!(page.client.room(), Some(&view_of(GRACE, StreamState::Idle)));
}

#[test]
fn after_a_lost_socket_the_place_is_resumed_from_the_last_received_event() {
    let mut page = Page::listening(StreamState::Idle);
    page.lose();
    assert_eq!(page.client.signaling_state(), SignalingState::Reconnecting);
    assert_eq!(sent(&page.reconnect()), [hello(), resume(10)]);
    page.lose();
    page.miss(vec![sends(StreamState::Live)]);
    assert_eq!(page.client.signaling_state(), SignalingState::Attached);
    page.lose();
    assert_eq!(sent(&page.reconnect()), [hello(), resume(11)]);
    page.lose();
    page.miss(Vec::new());
    page.stream(StreamState::Paused);
    page.lose();
    assert_eq!(sent(&page.reconnect()), [hello(), resume(13)]);
    assert_eq!(page.client.room().map(heartogether::room::RoomView::stream), Some(StreamState::Paused));
}

#[test]
fn a_page_that_lost_its_place_joins_again_on_the_same_socket() {
    let mut page = Page::listening(StreamState::Idle);
    page.lose();
    page.reconnect();
    assert_eq!(sent(&page.refuse(Refusal::NotAMember)), [join(Role::Listener, false)]);
    page.hear(joined(EDSGER, 40, view_of(EDSGER, StreamState::Idle)));
    assert_eq!(page.client.signaling_state(), SignalingState::Attached);
    page.lose();
    assert_eq!(sent(&page.reconnect()), [hello(), resume(40)]);
}

#[test]
fn a_page_with_a_final_refusal_shows_the_reason_and_closes_the_socket() {
    for refusal in [
        Refusal::CodeMalformed,
        Refusal::RoomNotFound,
        Refusal::RoomFull,
        Refusal::RoomEnded,
        Refusal::RoomUnreadable,
        Refusal::NotOwner,
        Refusal::HostElsewhere,
        Refusal::SessionReplaced,
        Refusal::NotSignedIn,
        Refusal::VersionUnsupported,
        Refusal::OriginNotAllowed,
    ] {
        let mut page = Page::new(Role::Listener, false, 1);
        page.take(Input::Started);
        page.take(Input::SocketOpened);
        let commands = page.refuse(refusal);
        assert!(commands.contains(&Output::CloseSocket) && commands.contains(&Output::StopCapture), "{refusal:?}");
        assert_eq!(page.client.listener_state(), ListenerState::Refused(refusal));
        assert_eq!(page.client.host_state(), HostState::Refused(refusal));
    }
}

#[test]
fn a_refusal_of_one_message_changes_nothing() {
    for refusal in [
        Refusal::NotAllowed,
        Refusal::MemberNotFound,
        Refusal::StreamNotReady,
        Refusal::OutOfOrder,
        Refusal::TooManyFrames,
        Refusal::FrameMalformed,
        Refusal::TooSlow,
    ] {
        let mut page = Page::hearing(StreamState::Live);
        let commands = page.refuse(refusal);
        assert!(sent(&commands).is_empty() && closed(&commands).is_empty(), "{refusal:?}");
        assert_eq!(page.client.listener_state(), ListenerState::Listening);
        assert_eq!(page.client.signaling_state(), SignalingState::Attached);
    }
}

#[test]
fn a_visitor_can_try_again_after_a_refusal() {
    let mut page = Page::new(Role::Listener, false, 1);
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.refuse(Refusal::RoomFull);
    assert!(page.take(Input::RetryPressed).contains(&Output::OpenSocket));
    assert_eq!(page.client.listener_state(), ListenerState::Connecting);
    assert_eq!(sent(&page.take(Input::SocketOpened)), [hello(), join(Role::Listener, false)]);
}

#[test]
fn a_host_can_take_the_room_over_from_another_tab() {
    let mut page = Page::new(Role::Host, false, 1);
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.refuse(Refusal::HostElsewhere);
    page.take(Input::TakeOverPressed);
    assert_eq!(sent(&page.take(Input::SocketOpened)), [hello(), join(Role::Host, true)]);
}

#[test]
fn a_page_whose_place_was_taken_joins_again_on_request() {
    let mut page = Page::hearing(StreamState::Live);
    page.refuse(Refusal::SessionReplaced);
    page.take(Input::RetryPressed);
    assert_eq!(sent(&page.take(Input::SocketOpened)), [hello(), join(Role::Listener, false)]);

    let mut page = Page::live(&[GRACE]);
    page.refuse(Refusal::SessionReplaced);
    page.take(Input::TakeOverPressed);
    assert_eq!(sent(&page.take(Input::SocketOpened)), [hello(), join(Role::Host, true)]);
}

#[test]
fn a_host_takes_over_once_and_does_not_take_the_room_back_from_a_later_tab() {
    let mut page = Page::new(Role::Host, true, 1);
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.hear(joined(HOST, 10, view(StreamState::Idle, &[])));
    page.lose();
    page.reconnect();
    assert_eq!(sent(&page.refuse(Refusal::NotAMember)), [join(Role::Host, false)]);
}

#[test]
fn a_page_that_is_closed_says_so() {
    let mut page = Page::hearing(StreamState::Live);
    let commands = page.take(Input::Left);
    assert_eq!(sent(&commands), [to_room(ToRoom::Leave)]);
    assert_eq!(closed(&commands), [100]);
    let place = |wanted| commands.iter().position(|command| *command == wanted);
    assert!(place(Output::Send(to_room(ToRoom::Leave))) < place(Output::CloseSocket));
    assert!(place(Output::CloseSocket).is_some());
    let mut page = Page::hearing(StreamState::Live);
    page.lose();
    assert!(sent(&page.take(Input::Left)).is_empty());
}

#[test]
fn a_missing_room_is_shown_as_ended_to_a_returning_member() {
    for mut page in [Page::hearing(StreamState::Live), Page::live(&[GRACE])] {
        page.lose();
        page.reconnect();
        let commands = page.refuse(Refusal::RoomNotFound);
        assert!(commands.contains(&Output::StopCapture) && commands.contains(&Output::CloseSocket));
        assert_eq!(page.client.listener_state(), ListenerState::Ended(Ending::Missed), "nobody says why");
        assert_eq!(page.client.host_state(), HostState::Ended(Ending::Missed));
        assert!(page.client.room().is_none_or(|room| room.ends_at.is_none() && room.started_at().is_none()));
    }
}

#[test]
fn a_room_that_the_server_cannot_open_when_a_member_comes_back_is_not_called_ended() {
    let mut page = Page::hearing(StreamState::Live);
    page.lose();
    page.reconnect();
    page.refuse(Refusal::RoomUnreadable);
    assert_eq!(page.client.listener_state(), ListenerState::Refused(Refusal::RoomUnreadable));
    page.take(Input::RetryPressed);
    assert_eq!(sent(&page.take(Input::SocketOpened)), [hello(), join(Role::Listener, false)]);
}

#[test]
fn a_room_whose_end_was_missed_can_be_entered_again_once_it_is_open() {
    let mut page = Page::live(&[GRACE]);
    page.lose();
    page.reconnect();
    page.refuse(Refusal::RoomEnded);
    page.take(Input::RetryPressed);
    assert_eq!(sent(&page.take(Input::SocketOpened)), [hello(), join(Role::Host, false)]);
    page.hear(joined(HOST, 60, view(StreamState::Idle, &[])));
    assert_eq!(page.client.host_state(), HostState::Idle);
}

#[test]
fn a_room_that_ends_while_a_member_comes_back_has_ended() {
    let mut page = Page::hearing(StreamState::Live);
    page.lose();
    page.reconnect();
    page.refuse(Refusal::RoomEnded);
    assert_eq!(page.client.listener_state(), ListenerState::Ended(Ending::Missed));
}
