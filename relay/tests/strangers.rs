//! Who is not invited changes nothing.

use std::{net::SocketAddr, time::Duration};

use heartogether_relay::{datagram::named_leg, srtp::Profile};

use crate::{check::check, client::Client, network::Network, rig::Relay};

fn stranger() -> SocketAddr {
    SocketAddr::from(([203, 0, 113, 66], 6_666))
}

/// What is sent to the stranger for a datagram.
fn answers(relay: &mut Relay, network: &mut Network, datagram: Vec<u8>) -> Vec<Vec<u8>> {
    relay.take(network, stranger(), datagram);
    let mut answers = Vec::new();
    for _ in 0..50 {
        answers.extend(network.pass().into_iter().map(|(_, _, datagram)| datagram));
        relay.tick(network);
    }
    answers
}

#[test]
fn a_check_names_its_leg_and_a_wrong_password_gets_a_short_no() {
    let mut network = Network::new(0);
    let mut relay = Relay::new(network.now, &[Profile::AeadAes128Gcm]);
    let names = format!("{}:anybody", relay.credentials.ufrag.as_str());
    let guess = check(1, &names, "guessed");
    assert_eq!(named_leg(&guess), Some(relay.credentials.ufrag));
    assert_eq!(named_leg(&check(1, "another:anybody", "guessed")), None);
    let answers = answers(&mut relay, &mut network, guess.clone());
    let [answer] = &answers[..] else { panic!("{answers:?}") };
    assert!(answer.len() <= guess.len() && answer[..2] == [1, 0x11]);
    assert_eq!(relay.leg.address(), None);
}

#[test]
fn handshakes_sound_and_reports_of_strangers_are_not_answered() {
    let mut network = Network::new(0);
    let mut relay = Relay::new(network.now, &[Profile::AeadAes128Gcm]);
    let hello = Client::new(network.now).poll(network.now).remove(0);
    for datagram in
        [hello, crate::rig::packet(1), vec![0x80, 201, 0, 1, 0, 0, 0, 1], vec![], vec![22], vec![255; 1_400]]
    {
        assert_eq!(answers(&mut relay, &mut network, datagram), Vec::<Vec<u8>>::new());
    }
    assert_eq!((relay.row, relay.closed), (None, None));
}

#[test]
fn a_leg_that_nobody_takes_is_forgotten() {
    let mut network = Network::new(0);
    let mut relay = Relay::new(network.now, &[Profile::AeadAes128Gcm]);
    let names = format!("{}:anybody", relay.credentials.ufrag.as_str());
    for number in 0..60 {
        answers(&mut relay, &mut network, check(number, &names, "guessed"));
        network.now += Duration::from_millis(600);
        relay.tick(&mut network);
    }
    assert!(relay.closed.is_some(), "guesses keep nothing alive");
}
