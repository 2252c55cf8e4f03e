//! Measurements of a microphone, and what follows from them.

use heartogether_client::{MicrophoneReading as Reading, MicrophoneState as State, MicrophoneWatch, SourceEnergy};

fn counted(energy: f64, duration_s: f64) -> Reading {
    Reading::Counted(SourceEnergy { energy, duration_s })
}

#[test]
fn only_changes_are_reported() {
    let mut watch = MicrophoneWatch::default();
    assert_eq!(watch.read(false, Reading::Peak(0.2)), None, "it sounds until something else is known");
    assert_eq!(watch.read(false, Reading::Peak(0.0)), Some(State::Silent));
    assert_eq!(watch.read(false, Reading::Peak(0.0)), None);
    assert_eq!(watch.read(false, Reading::Peak(0.001)), Some(State::Sounding));
}

#[test]
fn a_sample_that_rounds_to_zero_is_silence() {
    assert_eq!(MicrophoneWatch::default().read(false, Reading::Peak(0.4 / 32_768.0)), Some(State::Silent));
    assert_eq!(MicrophoneWatch::default().read(false, Reading::Peak(0.6 / 32_768.0)), None);
}

#[test]
fn a_muted_microphone_is_muted_whatever_is_measured() {
    let mut watch = MicrophoneWatch::default();
    assert_eq!(watch.read(true, Reading::MuteChanged), Some(State::Muted));
    assert_eq!(watch.read(true, Reading::Peak(0.5)), None);
    assert_eq!(watch.state(), State::Muted);
    assert_eq!(watch.read(false, Reading::MuteChanged), Some(State::Sounding));
}

#[test]
fn the_end_of_a_mute_is_not_the_end_of_a_silence() {
    let mut watch = MicrophoneWatch::default();
    watch.read(false, Reading::Peak(0.0));
    assert_eq!(watch.read(false, Reading::MuteChanged), None);
    assert_eq!(watch.state(), State::Silent);
}

#[test]
fn energy_that_does_not_grow_while_time_passes_is_silence() {
    let mut watch = MicrophoneWatch::default();
    assert_eq!(watch.read(false, counted(1.0, 1.0)), None, "there is nothing to compare with");
    assert_eq!(watch.read(false, counted(1.0, 1.0)), None, "no time has passed");
    assert_eq!(watch.read(false, counted(1.0, 1.5)), Some(State::Silent));
    assert_eq!(watch.read(false, counted(1.1, 2.0)), Some(State::Sounding));
}
