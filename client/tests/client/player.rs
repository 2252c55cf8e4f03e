//! Who paused a listener's player, and when it continues by itself.

use heartogether_client::{
    Player, PlayerCommand,
    PlayerInput::{self, *},
    PlayerState,
};

/// What the player shows after these inputs, and what its element was told.
fn after(reports_keys: bool, inputs: &[PlayerInput]) -> (PlayerState, Vec<PlayerCommand>) {
    let mut player = Player::new(reports_keys);
    let told = inputs.iter().filter_map(|input| player.step(*input)).collect();
    (player.state(), told)
}

#[test]
fn a_pause_without_a_key_press_counts_as_the_systems_and_ends_when_the_page_is_shown() {
    use PlayerCommand::Play;
    let begin = [StreamAttached, Started, Paused];
    assert_eq!(after(true, &begin), (PlayerState::PausedBySystem, vec![Play]));
    let waking = [begin.as_slice(), &[Woken]].concat();
    assert_eq!(after(true, &waking), (PlayerState::PausedBySystem, vec![Play, Play]), "it may be too early");
    let started = [waking.as_slice(), &[Started]].concat();
    assert_eq!(after(true, &started), (PlayerState::Playing, vec![Play, Play]));
    let tapped = [begin.as_slice(), &[PlayPressed]].concat();
    assert_eq!(after(true, &tapped), (PlayerState::Playing, vec![Play, Play]));
}

#[test]
fn a_pause_that_the_listener_pressed_lasts() {
    let pressed = [StreamAttached, Started, PausePressed, Paused, Woken, StreamAttached, Woken];
    let (state, told) = after(true, &pressed);
    assert_eq!(state, PlayerState::PausedByListener);
    assert_eq!(told, [PlayerCommand::Play, PlayerCommand::Pause, PlayerCommand::Pause]);
    // Also one that is pressed while the system has paused.
    let pressed = [StreamAttached, Started, Paused, PausePressed, Woken];
    assert_eq!(after(true, &pressed).0, PlayerState::PausedByListener);
}

#[test]
fn a_pause_counts_as_the_listeners_if_the_browser_reports_no_keys() {
    let (state, told) = after(false, &[StreamAttached, Started, Paused, Woken]);
    assert_eq!((state, told), (PlayerState::PausedByListener, vec![PlayerCommand::Play]));
}

#[test]
fn a_browser_that_refuses_to_play_waits_for_a_tap() {
    for before in [vec![StreamAttached], vec![StreamAttached, Started, Paused, Woken]] {
        let refused = [before.as_slice(), &[Refused, Woken]].concat();
        let (state, told) = after(true, &refused);
        assert_eq!(state, PlayerState::Blocked, "{before:?}");
        assert_eq!(told.len(), before.iter().filter(|input| matches!(input, StreamAttached | Woken)).count());
        let tapped = [refused.as_slice(), &[PlayPressed, Started]].concat();
        assert_eq!(after(true, &tapped).0, PlayerState::Playing);
    }
    assert_eq!(after(true, &[PausePressed, Refused]).0, PlayerState::PausedByListener);
}
