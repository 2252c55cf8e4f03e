//! Tab and microphone together: what goes out, and what happens when one of them comes or goes.

use heartogether::wire::{ClientMessage, Source, StartStream, StreamState};
use heartogether_app::client::{Command, Fader, HostState, Input, Mix, Profile, Route};
use proptest::prelude::*;

use crate::stage::*;
use Source::{Display, Microphone};

fn at(volume_percent: u8, muted: bool) -> Fader {
    Fader { volume_percent, muted }
}

fn mix(display: Option<Fader>, microphone: Option<Fader>) -> Mix {
    let mut mix = Mix::default();
    for (source, fader) in [(Display, display), (Microphone, microphone)] {
        mix.put(source, fader.is_some());
        mix.set(source, fader.unwrap_or_default());
    }
    mix
}

#[test]
fn one_source_at_full_volume_goes_out_untouched_and_anything_else_through_the_mixer() {
    let (full, half, silent, muted) = (at(100, false), at(50, false), at(0, false), at(100, true));
    let table = [
        (None, None, None),
        (Some(full), None, Some(Route::Untouched(Display))),
        (None, Some(full), Some(Route::Untouched(Microphone))),
        (Some(half), None, Some(Route::Mixed)),
        (Some(silent), None, Some(Route::Mixed)),
        (None, Some(muted), Some(Route::Mixed)),
        (Some(full), Some(full), Some(Route::Mixed)),
        (Some(full), Some(muted), Some(Route::Mixed)),
        (Some(silent), Some(full), Some(Route::Mixed)),
    ];
    for (display, microphone, expected) in table {
        assert_eq!(mix(display, microphone).route(), expected, "{display:?} {microphone:?}");
    }
}

#[test]
fn a_fader_falls_from_all_to_nothing() {
    let gains = [100, 50, 10, 0].map(|percent| at(percent, false).gain());
    assert_eq!(gains, [1.0, 0.25, 0.010_000_001, 0.0]);
    assert_eq!(at(255, false).gain(), 1.0);
    assert_eq!(at(100, true).gain(), 0.0);
    assert_eq!(mix(None, Some(at(100, false))).gain(Display), 0.0, "what is not in the mix is not heard");
}

proptest! {
    #[test]
    fn louder_is_louder(quiet in 0..100_u8, step in 1..=100_u8) {
        let loud = quiet.saturating_add(step).min(100);
        prop_assert!(at(quiet, false).gain() < at(loud, false).gain());
    }
}

fn is_about_streams(command: &Command) -> bool {
    matches!(command, Command::Send(_) | Command::OpenOffering(_) | Command::ClosePeer(_) | Command::StopCapture)
}

#[test]
fn a_second_source_joins_and_leaves_without_a_word_to_anybody() {
    let mut page = Page::live(&[GRACE]);
    for (input, route) in [
        (Input::CaptureStarted(Display), Route::Mixed),
        (Input::CaptureStarted(Display), Route::Mixed),
        (Input::SourceRemoved(Microphone), Route::Untouched(Display)),
        (Input::CaptureStarted(Microphone), Route::Mixed),
        (Input::CaptureEnded(Display), Route::Untouched(Microphone)),
    ] {
        let commands = page.take(input.clone());
        assert!(!commands.iter().any(is_about_streams), "{input:?}: {commands:?}");
        assert!(commands.contains(&Command::ApplyMix(page.client.mix())), "{input:?}: {commands:?}");
        assert_eq!(page.client.mix().route(), Some(route), "{input:?}");
        assert_eq!(page.client.host_state(), HostState::Live);
    }
}

#[test]
fn a_source_that_goes_is_released_once_the_others_are_heard() {
    let mut page = Page::live(&[]);
    page.take(Input::CaptureStarted(Display));
    let commands = page.take(Input::CaptureEnded(Microphone));
    let now = page.client.mix();
    assert_eq!(commands, [Command::ApplyMix(now), Command::ReleaseSource(Microphone)]);
}

#[test]
fn the_page_knows_which_source_went_away_by_itself_until_something_is_shared_again() {
    let mut page = Page::live(&[]);
    assert_eq!(page.client.lost_source(), None);
    page.take(Input::CaptureStarted(Display));
    page.take(Input::CaptureEnded(Display));
    assert_eq!(page.client.lost_source(), Some(Display));
    page.take(Input::CaptureEnded(Microphone));
    assert_eq!((page.client.lost_source(), page.client.host_state()), (Some(Microphone), HostState::Interrupted));
    page.take(Input::CaptureStarted(Microphone));
    assert_eq!(page.client.lost_source(), None);
    page.take(Input::CaptureStarted(Display));
    page.take(Input::SourceRemoved(Microphone));
    assert_eq!(page.client.lost_source(), None);
}

#[test]
fn a_microphone_that_was_only_tried_out_is_not_missed() {
    let mut page = Page::hosting(&[]);
    assert_eq!(page.take(Input::CaptureEnded(Microphone)), [Command::ReleaseSource(Microphone)]);
    assert_eq!(page.client.lost_source(), None);
}

#[test]
fn a_pause_holds_while_sources_come_and_go() {
    let mut page = Page::live(&[]);
    page.take(Input::PausePressed);
    page.stream(StreamState::Paused);
    let commands = page.take(Input::CaptureStarted(Display));
    assert!(commands.contains(&Command::SetSending(false)));
    page.take(Input::CaptureEnded(Microphone));
    assert_eq!(page.client.host_state(), HostState::Paused);
    // Whoever shares anew after all was gone wants to be heard.
    page.take(Input::CaptureEnded(Display));
    page.stream(StreamState::Interrupted);
    let commands = page.take(Input::CaptureStarted(Display));
    assert!(commands.contains(&Command::SetSending(true)));
    let start = ClientMessage::StartStream(StartStream { source: Display, paused: false });
    assert_eq!(sent(&commands), [start]);
}

#[test]
fn a_fader_stays_where_it_is_while_its_source_is_away() {
    let mut page = Page::live(&[]);
    page.take(Input::CaptureStarted(Display));
    page.take(Input::FaderMoved { source: Microphone, fader: at(30, true) });
    page.take(Input::SourceRemoved(Microphone));
    page.take(Input::CaptureStarted(Microphone));
    assert_eq!(page.client.mix().fader(Microphone), at(30, true));
}

#[test]
fn a_tab_in_the_mix_makes_it_music() {
    let mut page = Page::live(&[]);
    assert_eq!(page.client.profile(), Profile::Voice);
    assert!(page.take(Input::CaptureStarted(Display)).contains(&Command::ApplyProfile(Profile::Music)));
    assert!(page.take(Input::SourceRemoved(Display)).contains(&Command::ApplyProfile(Profile::Voice)));

    let mut page = Page::live(&[]);
    page.take(Input::ProfileChosen(Profile::Studio));
    page.take(Input::CaptureStarted(Display));
    assert_eq!(page.client.profile(), Profile::Studio, "a choice that carries music stands");

    let mut page = Page::live(&[]);
    page.take(Input::ProfileChosen(Profile::Voice));
    page.take(Input::CaptureStarted(Display));
    assert_eq!(page.client.profile(), Profile::Music, "a choice for talk does not");
    page.take(Input::ProfileChosen(Profile::Voice));
    page.take(Input::CaptureStarted(Display));
    assert_eq!(page.client.profile(), Profile::Voice, "unless it was made for this tab");
}
