//! What the difference between two readings of the browser's counters says.

use heartogether_client::statistics::{CandidateKind, Path, PeerStatistics, Reading, Transport};

/// What a listener's browser counts after a second of a stream at 64 kbit/s.
fn heard() -> Reading {
    Reading {
        at_ms: 1_000.0,
        bytes: 8_000.0,
        packets: 50.0,
        samples: 48_000.0,
        buffered: 48_000.0,
        buffered_s: 1_920.0,
        played: 48_000.0,
        playout_s: 480.0,
        ..Reading::default()
    }
}

/// Two seconds later; of 100 packets 5 were lost.
fn later() -> Reading {
    Reading {
        at_ms: 3_000.0,
        bytes: 24_000.0,
        packets: 145.0,
        lost: 5.0,
        samples: 144_000.0,
        concealed: 960.0,
        buffered: 144_000.0,
        buffered_s: 1_920.0 + 96_000.0 * 0.06,
        played: 144_000.0,
        playout_s: 480.0 + 96_000.0 * 0.03,
        round_trip_s: Some(0.05),
        jitter_s: Some(0.004),
        ..Reading::default()
    }
}

#[test]
fn counters_are_shown_as_differences() {
    let told = PeerStatistics::between(Some(&heard()), &later());
    assert_eq!(told.bitrate_bps, 64_000);
    assert_eq!(told.loss_permille, Some(50));
    assert_eq!(told.concealed_permille, Some(10));
    assert_eq!(told.buffer_ms, Some(60));
    assert_eq!((told.round_trip_ms, told.jitter_ms), (Some(50), Some(4)));
}

#[test]
fn a_listeners_delay_is_the_sum_of_path_buffer_and_playout() {
    let told = PeerStatistics::between(Some(&heard()), &later());
    assert_eq!(told.behind_ms, Some(20 + 25 + 60 + 30));
    let short = Reading { packets: heard().packets + 190.0, ..later() };
    assert_eq!(PeerStatistics::between(Some(&heard()), &short).behind_ms, Some(10 + 25 + 60 + 30));
}

#[test]
fn the_first_reading_gives_only_values_without_a_difference() {
    let told = PeerStatistics::between(None, &later());
    assert_eq!((told.bitrate_bps, told.loss_permille, told.behind_ms), (0, None, None));
    assert_eq!(told.round_trip_ms, Some(50));
}

#[test]
fn reset_counters_give_no_difference() {
    let told = PeerStatistics::between(Some(&later()), &Reading { at_ms: 5_000.0, ..heard() });
    assert_eq!((told.bitrate_bps, told.loss_permille), (0, None));
}

#[test]
fn a_host_believes_the_listeners_report_of_loss_and_knows_when_it_is_new() {
    let reported = |at_ms, reported_at_ms| Reading {
        at_ms,
        reported_at_ms,
        reported_loss: Some(0.125),
        bytes: at_ms,
        ..Reading::default()
    };
    let told = PeerStatistics::between(Some(&reported(1_000.0, 500.0)), &reported(3_000.0, 2_500.0));
    assert_eq!((told.loss_permille, told.is_news), (Some(125), true));
    let told = PeerStatistics::between(Some(&reported(3_000.0, 2_500.0)), &reported(5_000.0, 2_500.0));
    assert_eq!((told.loss_permille, told.is_news), (Some(125), false));
}

#[test]
fn invalid_numbers_do_no_harm() {
    let odd = Reading { at_ms: f64::NAN, bytes: f64::INFINITY, round_trip_s: Some(-1.0), ..later() };
    let told = PeerStatistics::between(Some(&heard()), &odd);
    assert_eq!((told.round_trip_ms, told.bitrate_bps), (Some(0), 0));
}

#[test]
fn a_path_is_relayed_when_either_end_is() {
    use CandidateKind::{Host, PeerReflexive, Relayed, ServerReflexive};
    for (local, remote, is_relayed) in
        [(Host, Host, false), (ServerReflexive, PeerReflexive, false), (Relayed, Host, true), (Host, Relayed, true)]
    {
        assert_eq!(Path { local, remote, transport: Transport::Udp }.is_relayed(), is_relayed);
    }
    for kind in [Host, PeerReflexive, Relayed, ServerReflexive] {
        assert_eq!(CandidateKind::parse(kind.name()), Some(kind));
    }
}
