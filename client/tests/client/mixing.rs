//! Tab and microphone together: which sound is sent, and what happens when one of them starts or stops.

use heartogether::protocol::{Publish, ToRoom};
use heartogether::room::{Source, StreamState};
use heartogether_client::{Fader, HostState, Input, Mix, Output, Processing, Profile, Route, Timer};
use proptest::prelude::*;

use crate::scenario::*;
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
fn one_source_at_full_volume_is_sent_unchanged_and_anything_else_through_the_mixer() {
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
fn a_fader_goes_from_full_volume_to_zero() {
    let gains = [100, 50, 10, 0].map(|percent| at(percent, false).gain());
    assert_eq!(gains, [1.0, 0.25, 0.010_000_001, 0.0]);
    assert_eq!(at(255, false).gain(), 1.0);
    assert_eq!(at(100, true).gain(), 0.0);
    assert_eq!(mix(None, Some(at(100, false))).gain(Display), 0.0, "what is not in the mix is not heard");
}

proptest! {
    #[test]
    fn a_higher_fader_is_louder(quiet in 0..100_u8, step in 1..=100_u8) {
        let loud = quiet.saturating_add(step).min(100);
        prop_assert!(at(quiet, false).gain() < at(loud, false).gain());
    }
}

fn is_about_streams(command: &Output) -> bool {
    matches!(command, Output::Send(_) | Output::OpenOffering { .. } | Output::ClosePeer(_) | Output::StopCapture)
}

#[test]
fn a_second_source_starts_and_stops_without_signals() {
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
        assert!(commands.contains(&Output::ApplyMix(page.client.mix())), "{input:?}: {commands:?}");
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
    assert_eq!(commands, [Output::ApplyMix(now), Output::ReleaseSource(Microphone)]);
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
fn the_end_of_a_tested_microphone_is_not_reported() {
    let mut page = Page::hosting(&[]);
    assert_eq!(page.take(Input::CaptureEnded(Microphone)), [Output::ReleaseSource(Microphone)]);
    assert_eq!(page.client.lost_source(), None);
}

#[test]
fn a_pause_holds_while_sources_come_and_go() {
    let mut page = Page::live(&[]);
    page.take(Input::PausePressed);
    page.stream(StreamState::Paused);
    let commands = page.take(Input::CaptureStarted(Display));
    assert!(commands.contains(&Output::SetSending(false)));
    page.take(Input::CaptureEnded(Microphone));
    assert_eq!(page.client.host_state(), HostState::Paused);
    // Whoever shares anew after all was gone wants to be heard.
    page.take(Input::CaptureEnded(Display));
    page.stream(StreamState::Interrupted);
    let commands = page.take(Input::CaptureStarted(Display));
    assert!(commands.contains(&Output::SetSending(true)));
    let start = to_room(ToRoom::Publish(Publish { source: Display, paused: false }));
    assert_eq!(sent(&commands), [start]);
}

#[test]
fn while_the_mixer_is_stopped_the_loudest_source_is_sent_without_it() {
    let (full, half, silent, muted) = (at(100, false), at(50, false), at(0, false), at(100, true));
    let table = [
        (Some(full), None, Some(Route::Untouched(Display))),
        (Some(half), None, Some(Route::Untouched(Display))),
        (Some(full), Some(full), Some(Route::Untouched(Display))),
        (Some(half), Some(full), Some(Route::Untouched(Microphone))),
        (Some(full), Some(muted), Some(Route::Untouched(Display))),
        (Some(silent), Some(half), Some(Route::Untouched(Microphone))),
        (None, Some(muted), Some(Route::Mixed)),
        (Some(silent), Some(muted), Some(Route::Mixed)),
        (None, None, None),
    ];
    for (display, microphone, expected) in table {
        let mut mix = mix(display, microphone);
        mix.stall(true);
        assert_eq!(mix.route(), expected, "{display:?} {microphone:?}");
    }
}

#[test]
fn a_mixer_that_the_browser_stops_is_resumed_and_given_a_moment() {
    let mut page = Page::live(&[GRACE]);
    page.take(Input::CaptureStarted(Display));
    let commands = page.take(Input::MixerRuns(false));
    assert!(commands.contains(&Output::WakeMixer));
    let patience_ms = timer(&commands, Timer::Mixer).expect("it is not waited for in vain");
    assert!(patience_ms <= 1_500, "silence that long is within the budget");
    assert_eq!(page.client.mix().route(), Some(Route::Mixed));

    let commands = page.take(Input::MixerRuns(true));
    assert_eq!(commands, [Output::StopTimer(Timer::Mixer)]);
    assert_eq!(page.fire(Timer::Mixer), []);

    page.take(Input::MixerRuns(false));
    let commands = page.fire(Timer::Mixer);
    assert_eq!(commands, [Output::ApplyMix(page.client.mix())]);
    assert_eq!(page.client.mix().substitute(), Some(Display));
    assert_eq!(page.client.mix().route(), Some(Route::Untouched(Display)));
    assert!(page.take(Input::Woken).contains(&Output::WakeMixer));

    let commands = page.take(Input::MixerRuns(true));
    assert!(commands.contains(&Output::ApplyMix(page.client.mix())));
    assert_eq!((page.client.mix().substitute(), page.client.mix().route()), (None, Some(Route::Mixed)));
}

#[test]
fn an_unused_mixer_may_stay_stopped_until_it_is_needed() {
    let mut page = Page::live(&[]);
    assert_eq!(page.take(Input::MixerRuns(false)), []);
    let commands = page.take(Input::FaderMoved { source: Microphone, fader: at(40, false) });
    assert!(commands.contains(&Output::WakeMixer) && timer(&commands, Timer::Mixer).is_some());
    // A fader that goes on moving does not put it off.
    let commands = page.take(Input::FaderMoved { source: Microphone, fader: at(30, false) });
    assert_eq!(timer(&commands, Timer::Mixer), None);
    page.fire(Timer::Mixer);
    assert_eq!(page.client.mix().route(), Some(Route::Untouched(Microphone)));
}

#[test]
fn a_fader_keeps_its_position_while_its_source_is_missing() {
    let mut page = Page::live(&[]);
    page.take(Input::CaptureStarted(Display));
    page.take(Input::FaderMoved { source: Microphone, fader: at(30, true) });
    page.take(Input::SourceRemoved(Microphone));
    page.take(Input::CaptureStarted(Microphone));
    assert_eq!(page.client.mix().fader(Microphone), at(30, true));
}

#[test]
fn a_microphone_beside_a_tab_uses_echo_cancellation_unless_the_host_uses_headphones() {
    let raw = Processing::default();
    let without_echo = Processing { echo_cancellation: true, ..raw };
    for profile in [Profile::Music, Profile::Studio] {
        let mut page = Page::live(&[]);
        page.take(Input::ProfileChosen(profile));
        assert_eq!(page.client.processing(), raw, "nothing sounds that it could hear");
        let commands = page.take(Input::CaptureStarted(Display));
        assert!(commands.contains(&Output::ApplyProcessing(without_echo)), "{profile:?}: {commands:?}");
        assert_eq!(page.take(Input::HeadphonesChosen(true)), [Output::ApplyProcessing(raw)]);
        assert!(page.client.wears_headphones());
        assert_eq!(page.take(Input::HeadphonesChosen(true)), []);
        assert_eq!(page.take(Input::HeadphonesChosen(false)), [Output::ApplyProcessing(without_echo)]);
        let commands = page.take(Input::SourceRemoved(Display));
        assert!(commands.contains(&Output::ApplyProcessing(raw)), "{profile:?}: {commands:?}");
    }
    // Talk never has an echo, and a microphone that is opened beside a tab is opened that way.
    let mut page = Page::hosting(&[]);
    assert!(page.client.processing().echo_cancellation);
    page.take(Input::CaptureStarted(Display));
    assert_eq!((page.client.profile(), page.client.processing()), (Profile::Music, without_echo));
    page.take(Input::ProfileChosen(Profile::Voice));
    page.take(Input::HeadphonesChosen(true));
    assert_eq!(page.client.processing(), Profile::Voice.processing(false));
    assert!(page.client.processing().echo_cancellation);
}

#[test]
fn a_mix_with_a_tab_uses_the_music_profile() {
    let mut page = Page::live(&[]);
    assert_eq!(page.client.profile(), Profile::Voice);
    assert!(page.take(Input::CaptureStarted(Display)).contains(&Output::ApplyProfile(Profile::Music)));
    assert!(page.take(Input::SourceRemoved(Display)).contains(&Output::ApplyProfile(Profile::Voice)));

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
