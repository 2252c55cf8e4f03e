//! Sessions from the offer to the sound.

use std::time::Duration;

use heartogether_relay::{
    leg::{CONSENT, Closed},
    srtp::Profile,
};
use rtc::dtls::extension::extension_use_srtp::SrtpProtectionProfile;

use crate::{
    listener::{Listener, pass},
    network::Network,
    rig::{Relay, packet, payload},
};

const BOTH: [Profile; 2] = [Profile::AeadAes128Gcm, Profile::Aes128CmHmacSha1_80];
const FRAME: Duration = Duration::from_millis(20);

/// As browsers list them.
fn counter_mode_first() -> Vec<SrtpProtectionProfile> {
    vec![SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80, SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm]
}

/// A connected session.
fn connected(lost_of_100: u64, profiles: &[Profile], theirs: Vec<SrtpProtectionProfile>) -> (Network, Relay, Listener) {
    let mut network = Network::new(lost_of_100);
    let mut relay = Relay::new(network.now, profiles);
    let mut listener = Listener::new(network.now, theirs);
    let answer = listener.answer(network.now, &relay.offer());
    relay.accept(&answer);
    for _ in 0..1_500 {
        pass(&mut network, &mut relay, &mut listener, Duration::from_millis(10));
        if listener.is_connected && relay.row.is_some() {
            return (network, relay, listener);
        }
    }
    panic!("not connected: relay {:?}, closed {:?}, listener {}", relay.row, relay.closed, listener.is_connected);
}

/// Sends so many packets, 20 ms apart.
fn play(network: &mut Network, relay: &mut Relay, listener: &mut Listener, sequences: std::ops::Range<u32>) {
    for sequence in sequences {
        relay.publish(network, &packet(sequence));
        pass(network, relay, listener, FRAME);
    }
}

#[test]
fn a_listener_hears_all_of_it_in_gcm_though_it_would_rather_have_counter_mode() {
    let (mut network, mut relay, mut listener) = connected(0, &BOTH, counter_mode_first());
    assert_eq!(relay.profile, Some(Profile::AeadAes128Gcm));
    // The host's numbers roll over.
    play(&mut network, &mut relay, &mut listener, 65_480..65_600);
    assert_eq!(listener.heard.len(), 120);
    for (at, heard) in listener.heard.iter().enumerate() {
        let at = at as u16;
        assert_eq!(heard.sequence, 10_000 + at);
        assert_eq!(heard.timestamp, 4_000_000_000_u32.wrapping_add(u32::from(at) * 960));
        assert_eq!(
            (heard.payload_type, &heard.payload),
            (111, &payload(65_480_u16.wrapping_add(at))),
            "the primary block alone"
        );
        assert_eq!(heard.extensions.len(), 1, "the level of sound");
    }
}

#[test]
fn a_listener_without_gcm_hears_it_too() {
    let theirs = vec![SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80];
    let (mut network, mut relay, mut listener) = connected(0, &BOTH, theirs);
    assert_eq!(relay.profile, Some(Profile::Aes128CmHmacSha1_80));
    play(&mut network, &mut relay, &mut listener, 0..50);
    let payloads: Vec<_> = listener.heard.iter().map(|heard| heard.payload.clone()).collect();
    assert_eq!(payloads, (0..50).map(payload).collect::<Vec<_>>());
}

#[test]
fn what_a_network_loses_is_asked_for_and_sent_again() {
    for lost_of_100 in [5, 10, 20] {
        let (mut network, mut relay, mut listener) = connected(lost_of_100, &BOTH, counter_mode_first());
        play(&mut network, &mut relay, &mut listener, 0..500);
        pass(&mut network, &mut relay, &mut listener, Duration::from_secs(1));
        let heard = listener.in_order();
        assert!(relay.repeated > 0);
        let lost_in_the_end = 500 - heard.len();
        assert!(lost_in_the_end * 100 < 500 * lost_of_100 as usize / 2, "{lost_in_the_end} with {lost_of_100} of 100");
        let in_order =
            heard.windows(2).all(|pair| pair[0].sequence < pair[1].sequence && pair[0].timestamp < pair[1].timestamp);
        assert!(in_order);
    }
}

#[test]
fn reports_go_both_ways() {
    let (mut network, mut relay, mut listener) = connected(0, &BOTH, counter_mode_first());
    play(&mut network, &mut relay, &mut listener, 0..25);
    relay.report(&mut network);
    play(&mut network, &mut relay, &mut listener, 25..150);
    let row = relay.row.expect("a row");
    let reception = relay.publication.reception(row).expect("a report");
    assert_eq!((reception.fraction_lost, reception.total_lost), (0, 0));
    let round_trip = reception.round_trip.expect("it had a sender report").as_millis();
    assert!((25..45).contains(&round_trip), "{round_trip} ms");
}

#[test]
fn who_is_not_heard_of_for_half_a_minute_is_forgotten() {
    let (mut network, mut relay, mut listener) = connected(0, &BOTH, counter_mode_first());
    pass(&mut network, &mut relay, &mut listener, Duration::from_secs(40));
    assert_eq!(relay.closed, None, "a listener goes on checking");
    network.now += CONSENT;
    relay.tick(&mut network);
    assert_eq!(relay.closed, Some(Closed::Silent));
}

#[test]
fn a_listener_that_has_another_certificate_than_it_said_hears_nothing() {
    let mut network = Network::new(0);
    let mut relay = Relay::new(network.now, &BOTH);
    let mut listener = Listener::new(network.now, counter_mode_first());
    let answer = listener.answer(network.now, &relay.offer());
    let at = answer.find("a=fingerprint:sha-256 ").expect("a fingerprint") + "a=fingerprint:sha-256 ".len();
    let other = if answer[at..].starts_with("00") { "11" } else { "00" };
    relay.accept(&[&answer[..at], other, &answer[at + 2..]].concat());
    pass(&mut network, &mut relay, &mut listener, Duration::from_secs(5));
    assert_eq!((relay.closed, relay.row), (Some(Closed::WrongCertificate), None));
}
