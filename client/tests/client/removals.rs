//! Removals by the host, and the end that they and others come to.

use heartogether::{
    id::MemberId,
    protocol::{ClientMessage, RemoveMember, ToRoom},
    refusal::Refusal,
    room::{EndReason, RoomEvent, StreamState},
};
use heartogether_client::{Input, Output, Timer};

use crate::scenario::*;

fn removal(member: MemberId) -> ClientMessage {
    to_room(ToRoom::RemoveMember(RemoveMember { member, block_address: false, may_return: false }))
}

#[test]
fn a_removal_can_be_taken_back_for_five_seconds() {
    let mut page = Page::live(&[GRACE]);
    let commands = page.take(Input::RemovePressed(GRACE));
    assert_eq!(commands, [Output::StartTimer { timer: Timer::Removal(GRACE), after_ms: 5_000 }]);
    assert!(page.client.is_removing(GRACE));
    assert_eq!(page.take(Input::UndoPressed(GRACE)), [Output::StopTimer(Timer::Removal(GRACE))]);
    assert!(!page.client.is_removing(GRACE));
    assert!(sent(&page.fire(Timer::Removal(GRACE))).is_empty());
}

#[test]
fn the_end_of_the_room_ends_a_removal() {
    let mut page = Page::live(&[GRACE]);
    page.take(Input::RemovePressed(GRACE));
    let commands = page.learn(RoomEvent::RoomEnded { reason: EndReason::Stopped });
    assert!(commands.contains(&Output::StopTimer(Timer::Removal(GRACE))));
    assert!(!page.client.is_removing(GRACE));
    assert!(sent(&page.take(Input::Left)).is_empty(), "nobody is removed from the next one");
}

#[test]
fn a_removal_is_carried_out_and_the_sound_to_them_ends() {
    let mut page = Page::live(&[GRACE]);
    page.take(Input::RemovePressed(GRACE));
    assert_eq!(sent(&page.fire(Timer::Removal(GRACE))), [removal(GRACE)]);
    assert_eq!(closed(&page.learn_all(leaves(GRACE))), [100]);
    page.lose();
    assert!(!sent(&page.miss(vec![])).contains(&removal(GRACE)), "it has happened");
}

#[test]
fn a_removal_that_is_due_while_the_connection_is_away_is_asked_for_when_it_is_back() {
    let mut page = Page::live(&[GRACE]);
    page.take(Input::RemovePressed(GRACE));
    page.lose();
    assert!(sent(&page.fire(Timer::Removal(GRACE))).is_empty());
    assert!(sent(&page.miss(vec![])).contains(&removal(GRACE)));
}

#[test]
fn who_leaves_while_being_removed_is_kept_out_all_the_same() {
    let mut page = Page::live(&[GRACE]);
    page.take(Input::RemovePressed(GRACE));
    page.learn_all(leaves(GRACE));
    assert_eq!(sent(&page.fire(Timer::Removal(GRACE))), [removal(GRACE)]);
}

#[test]
fn everybody_at_the_address_goes_too_where_the_host_chooses_so_in_time() {
    let block = Input::AddressBlockPressed(GRACE);
    for (presses, block_address) in [(1, true), (2, false)] {
        let mut page = Page::live(&[GRACE]);
        assert_eq!(page.take(block.clone()), [], "nobody is being removed");
        page.take(Input::RemovePressed(GRACE));
        for _ in 0..presses {
            let commands = page.take(block.clone());
            assert_eq!(commands, [Output::StartTimer { timer: Timer::Removal(GRACE), after_ms: 5_000 }]);
        }
        assert_eq!(page.client.is_blocking_address(GRACE), block_address);
        let removal = to_room(ToRoom::RemoveMember(RemoveMember { member: GRACE, block_address, may_return: false }));
        assert_eq!(sent(&page.fire(Timer::Removal(GRACE))), [removal]);
        assert_eq!(page.take(block.clone()), [], "it is too late");
    }
}

#[test]
fn a_page_that_goes_away_takes_nothing_back() {
    for last in [Input::Hidden, Input::Left] {
        let mut page = Page::live(&[GRACE]);
        page.take(Input::RemovePressed(GRACE));
        assert!(sent(&page.take(last)).contains(&removal(GRACE)));
    }
}

#[test]
fn a_removed_listener_is_told_so_and_does_not_come_back_by_itself() {
    let mut page = Page::hearing(StreamState::Live);
    let commands = page.refuse(Refusal::Removed);
    assert_eq!(closed(&commands), [100]);
    assert_eq!(page.client.listener_state().name(), "refused");
    page.lose();
    assert!(page.fire(Timer::Reconnect).is_empty());
}

#[test]
fn a_host_whose_room_is_open_again_begins_anew() {
    let mut page = Page::live(&[GRACE]);
    page.learn(RoomEvent::RoomEnded { reason: EndReason::Stopped });
    assert_eq!(page.client.host_state().name(), "ended");
    page.take(Input::RetryPressed);
    assert!(matches!(introduced(&page.take(Input::SocketOpened))[..], [ToRoom::Join(_)]));
    page.hear(joined(HOST, 20, view(StreamState::Idle, &[])));
    assert_eq!(page.client.host_state().name(), "idle");
}
