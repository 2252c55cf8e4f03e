//! What is drawn and told of measurements.

use heartogether_client::{
    adaptation::Tuning,
    statistics::{
        CandidateKind, Path, PeerStatistics, REMEMBERED, Transport,
        history::{History, Measure},
        report,
    },
};

use crate::scenario::*;

fn measured(bitrate_bps: u32, loss_permille: u32) -> PeerStatistics {
    PeerStatistics { bitrate_bps, loss_permille: Some(loss_permille), ..PeerStatistics::default() }
}

#[test]
fn a_line_begins_at_the_right_and_scales_to_its_highest_point() {
    let mut history = History::default();
    for bitrate_bps in [0, 32_000, 64_000] {
        history.remember(&[(GRACE, measured(bitrate_bps, 0))]);
    }
    assert_eq!(history.points(GRACE, Measure::Bitrate), "57,20 58,10 59,0");
    assert_eq!(history.points(EDSGER, Measure::Bitrate), "");
}

#[test]
fn little_loss_stays_low() {
    let mut history = History::default();
    history.remember(&[(GRACE, measured(0, 10))]);
    assert_eq!(history.points(GRACE, Measure::Loss), "59,18");
    history.remember(&[(GRACE, measured(0, 1_000))]);
    assert_eq!(history.points(GRACE, Measure::Loss), "58,20 59,0");
}

#[test]
fn two_minutes_are_remembered_and_only_of_those_who_are_there() {
    let mut history = History::default();
    for round in 0..REMEMBERED + 20 {
        history.remember(&[(GRACE, measured(round as u32, 0)), (EDSGER, measured(1, 0))]);
    }
    assert_eq!(history.points(GRACE, Measure::Bitrate).split(' ').count(), REMEMBERED);
    history.remember(&[(EDSGER, measured(1, 0))]);
    assert_eq!(history.points(GRACE, Measure::Bitrate), "");
    assert_eq!(history.points(EDSGER, Measure::Bitrate).split(' ').count(), REMEMBERED);
}

#[test]
fn a_report_says_what_is_known_and_nothing_else() {
    let path = Path { local: CandidateKind::Relayed, remote: CandidateKind::PeerReflexive, transport: Transport::Tls };
    let known = PeerStatistics {
        path: Some(path),
        round_trip_ms: Some(40),
        tuning: Some(Tuning { bitrate_bps: 64_000, redundancy: true }),
        ..measured(131_499, 12)
    };
    let expected = "Path: relayed, relay to prflx over TLS\nRound trip: 40 ms\nLoss: 1.2 %\n\
                    Bitrate: 131 kbit/s, at most 64 kbit/s sent twice\n";
    assert_eq!(report::text(&known), expected);
    assert_eq!(report::text(&PeerStatistics::default()), "Bitrate: 0 kbit/s\n");
}
