//! How much is sent, for recorded series of measurements of two seconds each.

use heartogether::id::MemberId;
use heartogether_client::{
    Input, Output, PeerState, Profile,
    adaptation::{Adaptation, Network, Packets, Tuning},
    statistics::{PeerStatistics, Reading},
};

use crate::scenario::*;

const EVERY_MS: u32 = 2_000;

/// One measurement: loss in permille, round trip in milliseconds, capacity in kbit/s. What is sent goes through.
#[derive(Clone, Copy)]
struct Measured(u32, u32, u32);

const FINE: Measured = Measured(0, 40, 2_000);

/// What is sent after each measurement.
fn tunings(adaptation: &mut Adaptation, series: &[Measured]) -> Vec<Tuning> {
    let mut adjust = |Measured(loss, round_trip_ms, available_kbps): &Measured| {
        let sent = adaptation.tuning();
        let measured = PeerStatistics {
            loss_permille: Some(*loss),
            is_news: true,
            round_trip_ms: Some(*round_trip_ms),
            available_bps: Some(available_kbps * 1_000),
            bitrate_bps: sent.bitrate_bps * if sent.packets.redundancy { 2 } else { 1 },
            ..PeerStatistics::default()
        };
        adaptation.adjust(&measured, EVERY_MS)
    };
    series.iter().map(&mut adjust).collect()
}

/// The kbit/s and the redundancy after each measurement.
fn play(adaptation: &mut Adaptation, series: &[Measured]) -> Vec<(u32, bool)> {
    let sent = tunings(adaptation, series).into_iter();
    sent.map(|tuning| (tuning.bitrate_bps / 1_000, tuning.packets.redundancy)).collect()
}

/// The milliseconds of sound in a packet after each measurement.
fn lengths(adaptation: &mut Adaptation, series: &[Measured]) -> Vec<u8> {
    tunings(adaptation, series).into_iter().map(|tuning| tuning.packets.length_ms).collect()
}

fn kbps(adaptation: &mut Adaptation, series: &[Measured]) -> Vec<u32> {
    play(adaptation, series).into_iter().map(|(kbps, _)| kbps).collect()
}

fn voice() -> Adaptation {
    Adaptation::new(Profile::Voice, Network::Best)
}

#[test]
fn the_first_bitrate_follows_the_browsers_network_information() {
    let cases = [("slow-2g", None, 20), ("2g", Some(9_000), 20), ("3g", None, 28), ("4g", Some(1_400), 42)];
    let best = [("4g", Some(2_500), 64), ("4g", None, 64), ("", None, 64), ("5g", Some(1), 64)];
    for (effective_type, downlink_kbps, expected) in cases.into_iter().chain(best) {
        let network = Network::parse(effective_type, downlink_kbps);
        assert_eq!(network.guess_bps(Profile::Voice), expected * 1_000, "{effective_type} {downlink_kbps:?}");
    }
    assert_eq!(Network::Slow.guess_bps(Profile::Music), 80_000);
    assert_eq!(Network::Best.guess_bps(Profile::Music), 256_000);
    assert_eq!(Network::Slow.guess_bps(Profile::Studio), 510_000);
}

#[test]
fn a_path_without_losses_keeps_its_bitrate() {
    assert_eq!(play(&mut voice(), &[FINE; 30]), vec![(64, false); 30]);
}

#[test]
fn heavy_loss_lowers_the_bitrate_at_once_down_to_the_profiles_minimum() {
    let sent = kbps(&mut voice(), &[Measured(300, 40, 2_000); 12]);
    assert!(sent[0] < 64 && sent.is_sorted_by(|before, after| before >= after), "{sent:?}");
    assert_eq!(sent[11], 20);
    assert_eq!(
        *kbps(&mut Adaptation::new(Profile::Music, Network::Best), &[Measured(300, 40, 0); 12])
            .last()
            .expect("a series"),
        64
    );
}

#[test]
fn a_report_that_is_read_several_times_counts_once() {
    let mut adaptation = voice();
    let report = PeerStatistics { loss_permille: Some(200), is_news: true, ..PeerStatistics::default() };
    let after = adaptation.adjust(&report, EVERY_MS);
    assert_eq!(adaptation.adjust(&PeerStatistics { is_news: false, ..report }, EVERY_MS), after);
}

#[test]
fn light_loss_adds_redundancy_and_does_not_lower_the_bitrate() {
    assert_eq!(play(&mut voice(), &[Measured(50, 40, 2_000); 10]), vec![(64, true); 10]);
}

#[test]
fn redundancy_lasts_until_half_a_minute_without_loss() {
    let mut adaptation = voice();
    play(&mut adaptation, &[Measured(30, 40, 2_000)]);
    let sent = play(&mut adaptation, &[FINE; 16]);
    assert_eq!(sent.iter().filter(|(_, redundancy)| *redundancy).count(), 14);
    assert_eq!(sent.last(), Some(&(64, false)));
}

#[test]
fn less_bandwidth_lowers_the_bitrate_at_once() {
    let sent = kbps(&mut voice(), &[FINE, Measured(0, 60, 60)]);
    assert_eq!(sent, [64, 32]);
}

#[test]
fn the_estimate_of_an_almost_unused_path_does_not_lower_the_bitrate() {
    let mut adaptation = voice();
    let silence = PeerStatistics { available_bps: Some(40_000), bitrate_bps: 2_000, ..PeerStatistics::default() };
    assert_eq!(adaptation.adjust(&silence, EVERY_MS).bitrate_bps, 64_000);
}

#[test]
fn queueing_packets_lower_the_bitrate_at_once() {
    let sent = kbps(&mut voice(), &[FINE, Measured(0, 200, 2_000), Measured(0, 400, 2_000)]);
    assert_eq!(sent, [64, 64, 54]);
}

#[test]
fn the_bitrate_rises_every_ten_seconds_without_trouble() {
    let mut adaptation = Adaptation::new(Profile::Voice, Network::Slow);
    let sent = kbps(&mut adaptation, &[FINE; 20]);
    assert_eq!(sent[..4], [20; 4]);
    assert_eq!(sent[4..9], [30; 5]);
    assert_eq!(sent[9..14], [45; 5]);
    assert_eq!(sent[14..], [64; 6]);
}

#[test]
fn trouble_restarts_the_wait() {
    let mut adaptation = Adaptation::new(Profile::Voice, Network::Slow);
    let mut series = [FINE; 9];
    series[3] = Measured(40, 40, 2_000);
    assert_eq!(kbps(&mut adaptation, &series), [20, 20, 20, 20, 20, 20, 20, 20, 30]);
}

#[test]
fn the_bitrate_stays_below_the_estimated_bandwidth() {
    let mut adaptation = Adaptation::new(Profile::Voice, Network::Slow);
    let sent = kbps(&mut adaptation, &[Measured(0, 40, 50); 15]);
    assert_eq!(*sent.last().expect("a series"), 23);
}

#[test]
fn a_good_line_is_always_fully_used() {
    let mut adaptation = Adaptation::new(Profile::Studio, Network::Slow);
    assert!(kbps(&mut adaptation, &[Measured(300, 900, 100); 10]).iter().all(|kbps| *kbps == 510));
}

#[test]
fn a_new_profile_keeps_the_relative_bitrate() {
    let mut adaptation = Adaptation::new(Profile::Voice, Network::Good);
    adaptation.set_profile(Profile::Music);
    assert_eq!(adaptation.tuning().bitrate_bps, 168_000);
    adaptation.set_profile(Profile::Voice);
    assert_eq!(adaptation.tuning().bitrate_bps, 42_000);
}

#[test]
fn voice_goes_in_short_packets_over_a_good_line_from_the_start() {
    assert_eq!(voice().tuning().packets, Packets { redundancy: false, length_ms: 10 });
    assert_eq!(lengths(&mut voice(), &[FINE; 30]), [10; 30]);
    for network in [Network::Slow, Network::Fair, Network::Good] {
        assert_eq!(Adaptation::new(Profile::Voice, network).tuning().packets, Packets::USUAL, "{network:?}");
    }
}

#[test]
fn voice_goes_in_short_packets_after_ten_seconds_without_trouble() {
    let sent = lengths(&mut Adaptation::new(Profile::Voice, Network::Good), &[FINE; 8]);
    assert_eq!(sent, [20, 20, 20, 20, 10, 10, 10, 10]);
}

#[test]
fn music_goes_in_long_packets() {
    for profile in [Profile::Music, Profile::Studio] {
        assert_eq!(lengths(&mut Adaptation::new(profile, Network::Best), &[FINE; 30]), [20; 30]);
    }
}

#[test]
fn loss_a_queue_and_a_thin_uplink_make_packets_long_at_once() {
    for trouble in [Measured(10, 40, 2_000), Measured(0, 400, 2_000), Measured(0, 40, 100)] {
        assert_eq!(lengths(&mut voice(), &[FINE, trouble]), [10, 20], "{} permille lost", trouble.0);
    }
}

#[test]
fn each_return_to_long_packets_doubles_the_wait_for_short_ones() {
    let mut adaptation = voice();
    lengths(&mut adaptation, &[FINE]);
    let queue = Measured(0, 400, 2_000);
    let mut wait = || {
        lengths(&mut adaptation, &[queue]);
        let sent = lengths(&mut adaptation, &[FINE; 400]);
        sent.iter().position(|length_ms| *length_ms == 10).map(|reports| (reports as u32 + 1) * EVERY_MS / 1_000)
    };
    assert_eq!([(); 7].map(|()| wait()), [30, 60, 120, 240, 480, 600, 600].map(Some));
}

#[test]
fn packets_stay_long_on_a_path_that_cannot_carry_their_headers() {
    let sent = lengths(&mut Adaptation::new(Profile::Voice, Network::Slow), &[Measured(0, 40, 60); 30]);
    assert_eq!(sent, [20; 30]);
}

#[test]
fn a_crowd_gets_long_packets() {
    let listeners: Vec<_> = (10..19).map(MemberId::from_bits).collect();
    let mut page = Page::live(&listeners[..8]);
    page.change(100, PeerState::Connected);
    let mut at_ms = 1_000.0;
    let mut told = |page: &mut Page| {
        at_ms += 2_000.0;
        measured(page, 100, at_ms, 0.0).iter().find_map(|output| match output {
            Output::Tune { tuning, .. } => Some(tuning.packets.length_ms),
            _ => None,
        })
    };
    assert_eq!(told(&mut page), None, "eight have short ones from the start");
    page.learn_all(comes(listeners[8]));
    assert_eq!(told(&mut page), Some(20));
    assert_eq!(told(&mut page), None);
    page.learn_all(leaves(listeners[8]));
    page.learn_all(leaves(listeners[7]));
    assert_eq!(told(&mut page), None, "one who comes and goes changes nothing");
    page.learn_all(leaves(listeners[6]));
    assert_eq!(told(&mut page), Some(10));
}

#[test]
fn an_estimate_of_a_path_that_little_is_sent_over_does_not_change_the_length() {
    let mut adaptation = voice();
    for bitrate_bps in [0, 60_000, 20_000, 64_000].into_iter().cycle().take(60) {
        for available_bps in [108_000, 115_000] {
            let measured = PeerStatistics {
                loss_permille: Some(0),
                available_bps: Some(available_bps.max(bitrate_bps + 48_000)),
                bitrate_bps,
                ..PeerStatistics::default()
            };
            assert_eq!(adaptation.adjust(&measured, EVERY_MS).packets.length_ms, 10, "{bitrate_bps} {available_bps}");
        }
    }
}

fn tuned(commands: &[Output]) -> Vec<(u32, u32, bool)> {
    let tuned = commands.iter().filter_map(|command| match command {
        Output::Tune { negotiation, tuning } => Some((negotiation.id.0, tuning.bitrate_bps, tuning.packets.redundancy)),
        _ => None,
    });
    tuned.collect()
}

fn measured(page: &mut Page, negotiation: u32, at_ms: f64, loss: f64) -> Vec<Output> {
    let reading =
        Reading { at_ms, reported_at_ms: at_ms, reported_loss: Some(loss), bytes: at_ms, ..Reading::default() };
    page.take(Input::Measured { negotiation: page.negotiation(negotiation), reading })
}

#[test]
fn a_host_tunes_each_listener_apart() {
    let mut page = Page::hosting(&[GRACE, EDSGER]);
    page.take(Input::NetworkGuessed(Network::Good));
    let commands = page.take(Input::CaptureStarted(heartogether::room::Source::Microphone));
    assert_eq!(tuned(&commands), [(100, 42_000, false), (101, 42_000, false)]);
    for negotiation in [100, 101] {
        page.change(negotiation, PeerState::Connected);
        assert!(tuned(&measured(&mut page, negotiation, 1_000.0, 0.0)).is_empty());
    }
    assert_eq!(tuned(&measured(&mut page, 100, 3_000.0, 0.2)), [(100, 37_800, true)]);
    assert!(tuned(&measured(&mut page, 101, 3_000.0, 0.0)).is_empty());
    let told = page.client.statistics();
    let tuning = |number: usize| told[number].1.tuning.map(|tuning| tuning.bitrate_bps);
    assert_eq!((told[0].0, tuning(0)), (GRACE, Some(37_800)));
    assert_eq!((told[1].0, tuning(1)), (EDSGER, Some(42_000)));
}

#[test]
fn another_profile_is_sent_at_once() {
    let mut page = Page::live(&[GRACE]);
    assert_eq!(tuned(&page.take(Input::ProfileChosen(Profile::Music))), [(100, 256_000, false)]);
}

#[test]
fn a_listener_does_not_adapt_anything() {
    let mut page = Page::hearing(heartogether::room::StreamState::Live);
    measured(&mut page, 100, 1_000.0, 0.2);
    assert!(tuned(&measured(&mut page, 100, 3_000.0, 0.2)).is_empty());
    assert_eq!(page.client.statistics()[0].1.loss_permille, Some(200));
}
