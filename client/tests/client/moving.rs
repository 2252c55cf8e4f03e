//! Moving to another server, because the one that the page was connected to stops.

use heartogether::{
    engagement::Reaction,
    protocol::{React, ServerMessage, ToRoom},
    refusal::Refusal,
    room::StreamState,
};
use heartogether_client::{Input, SignalingState, Timer};

use crate::scenario::*;

#[test]
fn a_page_that_is_sent_to_another_server_shows_it_only_if_it_does_not_get_there() {
    let mut page = Page::listening(StreamState::Live);
    let state = |page: &Page| page.client.signaling_state();
    page.take(Input::ServerGoingAway);
    assert_eq!(state(&page), SignalingState::Attached);
    page.reconnect();
    assert_eq!(state(&page), SignalingState::Attached, "it asks for its place");
    page.lose();
    assert_eq!(state(&page), SignalingState::Reconnecting);
    page.miss(Vec::new());
    assert_eq!(state(&page), SignalingState::Attached);
    // The way to the next one fails, nothing is heard from it, or it takes long. It is not cut off for taking long.
    for failure in [Input::SocketClosed, Input::TimerFired(Timer::Silence), Input::TimerFired(Timer::Move)] {
        page.hear(ServerMessage::Heartbeat);
        assert_eq!(timer(&page.take(Input::ServerGoingAway), Timer::Move), Some(3_000));
        assert_eq!(timer(&page.fire(Timer::Reconnect), Timer::Silence), Some(15_000));
        assert_eq!(state(&page), SignalingState::Attached);
        let commands = page.take(failure.clone());
        assert_eq!(state(&page), SignalingState::Reconnecting);
        assert_eq!(commands.is_empty(), failure == Input::TimerFired(Timer::Move));
        page.miss(Vec::new());
    }
    // The socket opens in time, but the room does not give the place.
    page.hear(ServerMessage::Heartbeat);
    page.take(Input::ServerGoingAway);
    page.fire(Timer::Reconnect);
    page.take(Input::SocketOpened);
    page.welcome();
    assert_eq!(state(&page), SignalingState::Attached);
    assert!(page.fire(Timer::Move).is_empty());
    assert_eq!(state(&page), SignalingState::Reconnecting);
    // A connection that is lost is shown.
    page.hear(ServerMessage::Heartbeat);
    page.lose();
    assert_eq!(state(&page), SignalingState::Reconnecting);
}

#[test]
fn a_reaction_during_a_short_move_to_another_server_is_sent_after_it() {
    let moves_on = |how: Option<[Input; 2]>| {
        let mut page = Page::hearing(StreamState::Live);
        page.take(Input::ServerGoingAway);
        assert!(page.take(Input::ReactionPressed(Reaction::Heart)).is_empty());
        assert!(page.take(Input::ReactionPressed(Reaction::Fire)).is_empty());
        how.into_iter().flatten().for_each(|how| drop(page.take(how)));
        let reacted = to_room(ToRoom::React(React { reaction: Reaction::Fire }));
        (sent(&page.miss(Vec::new())).contains(&reacted), page.client.chosen_reaction())
    };
    assert_eq!(moves_on(None), (true, Some(Reaction::Fire)), "the latest one");
    for how in [Input::SocketClosed, Input::TimerFired(Timer::Move), Input::TimerFired(Timer::Silence)] {
        assert_eq!(moves_on(Some([Input::TimerFired(Timer::Reconnect), how])), (false, None), "its moment has passed");
    }
    let mut page = Page::hearing(StreamState::Live);
    page.take(Input::ServerGoingAway);
    page.take(Input::ReactionPressed(Reaction::Heart));
    page.reconnect();
    page.refuse(Refusal::RoomUnreadable);
    page.take(Input::RetryPressed);
    page.take(Input::SocketOpened);
    page.welcome();
    page.hear(joined(GRACE, 1, view_of(GRACE, StreamState::Live)));
    assert_eq!(page.client.chosen_reaction(), None, "nor is it sent when the page is in the room again later");
}

#[test]
fn a_page_that_tries_again_believes_servers_that_send_it_away_as_at_first() {
    let mut page = Page::listening(StreamState::Live);
    for _ in 0..4 {
        page.take(Input::ServerGoingAway);
        page.miss(Vec::new());
    }
    page.refuse(Refusal::RoomUnreadable);
    page.take(Input::RetryPressed);
    page.take(Input::SocketOpened);
    page.welcome();
    page.hear(joined(GRACE, 1, view_of(GRACE, StreamState::Live)));
    page.take(Input::ServerGoingAway);
    assert_eq!(page.client.signaling_state(), SignalingState::Attached);
}
