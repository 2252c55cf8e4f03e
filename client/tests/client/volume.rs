//! The volume that a listener's page stores.

use heartogether_client::{NoVolume, Volume};

#[test]
fn every_volume_is_read_as_it_was_written() {
    for muted in [false, true] {
        for percent in 0..=100 {
            let volume = Volume { percent, muted };
            assert_eq!(volume.to_string().parse(), Ok(volume));
        }
    }
}

#[test]
fn invalid_stored_values_are_not_read_as_a_volume() {
    for text in ["", " ", "muted", "101", "-1", "256", "80%", "0.8", "80 quiet", "80 muted ", "NaN", "\u{0}"] {
        assert_eq!(text.parse::<Volume>(), Err(NoVolume), "{text:?}");
    }
}

#[test]
fn the_players_volume_is_between_zero_and_one() {
    let fraction = |percent| Volume { percent, muted: false }.fraction();
    assert_eq!((fraction(0), fraction(50), fraction(100), fraction(255)), (0.0, 0.5, 1.0, 1.0));
    assert!(Volume { percent: 0, muted: false }.is_silent() && Volume { percent: 80, muted: true }.is_silent());
    assert!(!Volume::default().is_silent());
}
