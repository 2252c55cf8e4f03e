//! The settings of each profile, and which profile is used.

use heartogether::room::Source;
use heartogether_client::{Input, Output, Profile};

use crate::scenario::Page;

fn applied(commands: &[Output]) -> Vec<Profile> {
    let applied = commands.iter().filter_map(|command| match command {
        Output::ApplyProfile(profile) => Some(*profile),
        _ => None,
    });
    applied.collect()
}

#[test]
fn a_profile_is_found_by_its_name() {
    for profile in Profile::ALL {
        assert_eq!(Profile::named(profile.name()), Some(profile));
        let codec = profile.codec();
        assert!(codec.min_bitrate_bps <= codec.max_bitrate_bps && codec.max_bitrate_bps <= 510_000);
    }
    assert_eq!(Profile::named("hifi"), None);
}

#[test]
fn a_microphone_uses_voice_and_a_tab_uses_music_unless_the_host_chooses() {
    for (source, expected) in [(Source::Microphone, Profile::Voice), (Source::Display, Profile::Music)] {
        let mut page = Page::hosting(&[]);
        assert_eq!(applied(&page.take(Input::CaptureStarted(source))), [expected]);
        assert_eq!(page.client.profile(), expected);
    }
    let mut page = Page::hosting(&[]);
    page.take(Input::ProfileChosen(Profile::Studio));
    assert_eq!(applied(&page.take(Input::CaptureStarted(Source::Microphone))), [Profile::Studio]);
}

#[test]
fn a_choice_is_applied_once_and_at_once() {
    let mut page = Page::live(&[]);
    let commands = page.take(Input::ProfileChosen(Profile::Music));
    assert_eq!(
        commands,
        [Output::ApplyProfile(Profile::Music), Output::ApplyProcessing(Profile::Music.processing(false))]
    );
    assert_eq!(page.take(Input::ProfileChosen(Profile::Music)), []);
    assert_eq!(page.client.profile(), Profile::Music);
}
