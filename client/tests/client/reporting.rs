//! How measurements are drawn.

use heartogether_client::statistics::{
    PeerStatistics, REMEMBERED,
    history::{History, Measure},
};

use crate::scenario::*;

fn measured(bitrate_bps: u32, loss_permille: u32) -> PeerStatistics {
    PeerStatistics { bitrate_bps, loss_permille: Some(loss_permille), ..PeerStatistics::default() }
}

#[test]
fn a_chart_begins_at_the_right_and_scales_to_its_highest_point() {
    let mut history = History::default();
    for bitrate_bps in [0, 32_000, 64_000] {
        history.remember(&[(GRACE, measured(bitrate_bps, 0))]);
    }
    assert_eq!(history.points(GRACE, Measure::Bitrate), "57,20 58,10 59,0");
    assert_eq!(history.points(EDSGER, Measure::Bitrate), "");
}

#[test]
fn a_small_loss_is_drawn_low() {
    let mut history = History::default();
    history.remember(&[(GRACE, measured(0, 10))]);
    assert_eq!(history.points(GRACE, Measure::Loss), "59,18");
    history.remember(&[(GRACE, measured(0, 1_000))]);
    assert_eq!(history.points(GRACE, Measure::Loss), "58,20 59,0");
}

#[test]
fn the_history_holds_two_minutes_of_present_members() {
    let mut history = History::default();
    for round in 0..REMEMBERED + 20 {
        history.remember(&[(GRACE, measured(round as u32, 0)), (EDSGER, measured(1, 0))]);
    }
    assert_eq!(history.points(GRACE, Measure::Bitrate).split(' ').count(), REMEMBERED);
    history.remember(&[(EDSGER, measured(1, 0))]);
    assert_eq!(history.points(GRACE, Measure::Bitrate), "");
    assert_eq!(history.points(EDSGER, Measure::Bitrate).split(' ').count(), REMEMBERED);
}
