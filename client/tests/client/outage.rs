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
fn a_host_who_is_back_keeps_what_is_connected_and_offers_the_rest_anew() {
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
fn a_host_who_is_told_of_a_listener_again_keeps_what_is_connected() {
    let mut page = half_connected();
    page.lose();
    let commands = page.miss([comes(GRACE), comes(EDSGER)].concat());
    assert_eq!((closed(&commands), offered(&commands)), (vec![101], vec![102]));
}

#[test]
fn a_host_who_is_back_offers_to_those_who_came_meanwhile_once() {
    let mut page = Page::live(&[]);
    page.lose();
    let commands = page.miss([comes(GRACE), comes(EDSGER)].concat());
    assert_eq!((closed(&commands), offered(&commands)), (vec![], vec![100, 101]));
}

#[test]
fn a_host_who_is_back_closes_the_peer_connections_of_those_who_left_meanwhile() {
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
fn a_host_does_not_offer_to_one_who_came_and_left_meanwhile() {
    let mut page = Page::live(&[]);
    page.lose();
    let commands = page.miss([comes(GRACE), leaves(GRACE)].concat());
    assert!(offered(&commands).is_empty());
}

#[test]
fn a_listener_who_is_back_keeps_what_is_connected() {
    let mut page = Page::hearing(StreamState::Live);
    page.lose();
    let commands = page.miss(Vec::new());
    assert!(closed(&commands).is_empty());
    assert_eq!(timer(&commands, Timer::OfferRequest), None);
}

#[test]
fn a_listener_who_is_back_gives_up_what_was_being_negotiated_and_asks_anew() {
    let mut page = Page::listening(StreamState::Live);
    page.signal(HOST, offer(100));
    page.lose();
    let commands = page.miss(Vec::new());
    assert_eq!(closed(&commands), [100]);
    assert_eq!(timer(&commands, Timer::OfferRequest), Some(1_200));
}

#[test]
fn a_listener_who_asked_in_vain_while_away_asks_again_once_back() {
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
fn a_listener_in_a_new_place_hears_on_until_the_new_peer_connection_connects() {
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
fn sound_goes_on_for_a_while_to_a_listener_whose_signaling_stays_away() {
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
fn a_host_whose_page_goes_away_tells_everybody_that_there_is_no_more_sound() {
    let mut page = Page::live(&[GRACE]);
    page.change(100, PeerState::Connected);
    let commands = page.take(Input::Hidden);
    assert_eq!((sent(&commands), closed(&commands)), (vec![say(GRACE, hung_up(100))], vec![100]));
}

#[test]
fn what_the_server_cannot_store_is_told_until_it_has_stored_something() {
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
fn a_full_disk_is_told_while_a_place_is_asked_for_again_and_a_lost_network_in_its_place() {
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
