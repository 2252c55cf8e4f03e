//! What happens to peer connections when signaling is lost and comes back.

use heartogether::{
    protocol::{ServerMessage, ToRoom},
    refusal::Refusal,
    role::Role,
    room::{Missed, Source, StreamState},
};
use heartogether_client::{Input, PeerState, Timer};

use crate::scenario::*;

/// A host whose sound reaches Grace over 100, while 101 with Edsger is still being negotiated.
fn half_connected() -> Page {
    let mut page = Page::live(&[GRACE, EDSGER]);
    page.change(100, PeerState::Connected);
    page
}

#[test]
fn losing_signaling_closes_no_peer_connection() {
    for mut page in [half_connected(), Page::hearing(StreamState::Live)] {
        assert!(closed(&page.lose()).is_empty());
        assert!(closed(&page.reconnect()).is_empty());
    }
}

#[test]
fn a_returning_host_keeps_working_connections_and_offers_the_others_again() {
    for settled in [PeerState::Connected, PeerState::Disconnected] {
        for missed in [Missed::Events(Vec::new()), Missed::Room(view(StreamState::Live, &[GRACE, EDSGER]))] {
            let mut page = half_connected();
            page.change(100, settled);
            page.lose();
            let commands = page.resume(missed);
            assert_eq!((closed(&commands), offered(&commands)), (vec![101], vec![102]), "{settled:?}");
            assert_eq!(page.client.peer_state(GRACE), Some(settled));
        }
    }
}

#[test]
fn a_repeated_event_about_a_listener_keeps_the_connection() {
    let mut page = half_connected();
    page.lose();
    let commands = page.miss([comes(GRACE), comes(EDSGER)].concat());
    assert_eq!((closed(&commands), offered(&commands)), (vec![101], vec![102]));
}

#[test]
fn a_returning_host_offers_once_to_listeners_who_came_meanwhile() {
    let mut page = Page::live(&[]);
    page.lose();
    let commands = page.miss([comes(GRACE), comes(EDSGER)].concat());
    assert_eq!((closed(&commands), offered(&commands)), (vec![], vec![100, 101]));
}

#[test]
fn a_returning_host_closes_the_connections_of_listeners_who_left_meanwhile() {
    let missed = [Missed::Events(leaves(GRACE)), Missed::Room(view(StreamState::Live, &[EDSGER]))];
    for missed in missed {
        let mut page = half_connected();
        page.change(101, PeerState::Connected);
        page.lose();
        let commands = page.resume(missed);
        assert_eq!((closed(&commands), offered(&commands)), (vec![100], vec![]));
    }
}

#[test]
fn a_returning_host_does_not_offer_to_a_listener_who_came_and_left_meanwhile() {
    let mut page = Page::live(&[]);
    page.lose();
    let commands = page.miss([comes(GRACE), leaves(GRACE)].concat());
    assert!(offered(&commands).is_empty());
}

#[test]
fn a_returning_listener_keeps_a_working_connection() {
    let mut page = Page::hearing(StreamState::Live);
    page.lose();
    let commands = page.miss(Vec::new());
    assert!(closed(&commands).is_empty());
    assert_eq!(timer(&commands, Timer::OfferRequest), None);
}

#[test]
fn a_returning_listener_gives_up_an_unfinished_negotiation_and_requests_again() {
    let mut page = Page::listening(StreamState::Live);
    page.signal(HOST, offer(100));
    page.lose();
    let commands = page.miss(Vec::new());
    assert_eq!(closed(&commands), [100]);
    assert_eq!(timer(&commands, Timer::OfferRequest), Some(1_200));
}

#[test]
fn a_returning_listener_repeats_a_request_that_could_not_be_sent() {
    let mut page = Page::listening(StreamState::Live);
    page.signal(HOST, offer(100));
    page.lose();
    page.change(100, PeerState::Failed);
    for _ in 0..20 {
        assert!(sent(&page.fire(Timer::OfferRequest)).is_empty());
    }
    assert_eq!(timer(&page.miss(Vec::new()), Timer::OfferRequest), Some(1_200));
    assert_eq!(sent(&page.fire(Timer::OfferRequest)).len(), 1);
}

#[test]
fn a_listener_in_a_new_place_hears_the_old_connection_until_the_new_one_connects() {
    let mut page = Page::hearing(StreamState::Live);
    page.lose();
    page.reconnect();
    page.refuse(Refusal::NotAMember);
    let commands = page.hear(joined(EDSGER, 50, view_of(EDSGER, StreamState::Live)));
    assert!(closed(&commands).is_empty());
    assert!(closed(&page.signal(HOST, offer(101))).is_empty());
    page.accept(101);
    assert_eq!(closed(&page.change(101, PeerState::Connected)), [100]);
}

#[test]
fn sound_continues_for_a_minute_for_a_listener_without_signaling() {
    let mut page = Page::live(&[GRACE]);
    page.change(100, PeerState::Connected);
    page.learn(connected(GRACE, false));
    let commands = page.learn_all(leaves(GRACE));
    assert_eq!((closed(&commands), timer(&commands, Timer::Linger(GRACE))), (vec![], Some(60_000)));
    page.lose();
    assert!(closed(&page.miss(Vec::new())).is_empty(), "the host's own outage changes nothing");
    assert_eq!(offered(&page.learn_all(comes(EDSGER))), [101]);
    assert_eq!(closed(&page.fire(Timer::Linger(GRACE))), [100]);
}

#[test]
fn sound_ends_at_once_for_a_listener_who_leaves_or_is_removed() {
    let mut page = Page::live(&[GRACE]);
    page.change(100, PeerState::Connected);
    assert_eq!(closed(&page.learn_all(leaves(GRACE))), [100]);

    let mut page = Page::live(&[GRACE]);
    page.change(100, PeerState::Connected);
    page.learn(connected(GRACE, false));
    page.take(Input::RemovePressed(GRACE));
    page.fire(Timer::Removal(GRACE));
    assert_eq!(closed(&page.learn_all(leaves(GRACE))), [100]);
}

#[test]
fn a_host_who_closes_the_page_closes_all_connections() {
    let mut page = Page::live(&[GRACE]);
    page.change(100, PeerState::Connected);
    let commands = page.take(Input::Hidden);
    assert_eq!((sent(&commands), closed(&commands)), (vec![say(GRACE, hung_up(100))], vec![100]));
}

#[test]
fn a_storage_fault_is_shown_until_the_server_stores_something() {
    let full = Some(Refusal::StorageUnavailable);
    let mut page = Page::hosting(&[GRACE]);
    page.take(Input::CaptureStarted(Source::Microphone));
    for _ in 0..3 {
        page.refuse(Refusal::StorageUnavailable);
        let commands = page.fire(Timer::Storage);
        assert!(matches!(said(&commands)[..], [ToRoom::Publish(_)]));
        assert_eq!(page.client.trouble(), full, "nothing has been stored yet");
        assert!(timer(&commands, Timer::Storage).is_some(), "an answer may be lost");
    }
    page.hear(ServerMessage::Heartbeat);
    assert_eq!(page.client.trouble(), full, "a heartbeat stores nothing");
    page.stream(StreamState::Live);
    assert_eq!(page.client.trouble(), None);
}

#[test]
fn a_request_that_is_no_longer_wanted_shows_no_storage_fault() {
    let mut page = Page::hearing(StreamState::Live);
    page.refuse(Refusal::StorageUnavailable);
    let commands = page.fire(Timer::Storage);
    assert_eq!((sent(&commands), timer(&commands, Timer::Storage)), (vec![], None));
    assert_eq!(page.client.trouble(), None);
}

#[test]
fn a_full_disk_is_shown_while_joining_again_and_then_a_lost_network() {
    for role in [Role::Host, Role::Listener] {
        let mut page = Page::new(role, false, 1);
        page.take(Input::Started);
        for _ in 0..3 {
            page.take(Input::SocketOpened);
            page.welcome();
            page.refuse(Refusal::StorageUnavailable);
            page.fire(Timer::Reconnect);
            assert_eq!(page.client.trouble(), Some(Refusal::StorageUnavailable));
        }
        page.take(Input::SocketClosed);
        assert_eq!(page.client.trouble(), None, "the server says nothing now");
    }
}
