//! The handshake with another implementation of DTLS, which prefers counter mode, as browsers do.

use std::time::Duration;

use dimpl::SrtpProfile;
use heartogether_relay::{
    dtls::{DtlsFailure, DtlsServer, Established, Fingerprint, Handshake, Identity},
    srtp::Profile,
};

use crate::{client::Client, network::Network};

/// Lets both shake hands over a network, for a minute at most.
fn shake(network: &mut Network, client: &mut Client, server: &mut Handshake) -> Option<Established> {
    let [ours, theirs] = [1, 2].map(|port| ([192, 0, 2, 1], port).into());
    for _ in 0..60_000 {
        for (_, to, datagram) in network.pass() {
            if to == ours {
                server.handle_datagram(network.now, &datagram).expect("it goes on");
            } else {
                client.handle(&datagram);
            }
        }
        server.handle_timeout(network.now).expect("it goes on");
        while let Some(datagram) = server.poll_transmit() {
            network.send(ours, theirs, datagram);
        }
        for datagram in client.poll(network.now) {
            network.send(theirs, ours, datagram);
        }
        if client.exported.is_some()
            && let Some(established) = server.take_established()
        {
            return Some(established);
        }
    }
    None
}

#[test]
fn the_better_protection_is_taken_where_both_have_it() {
    let identity = Identity::generate(&[Profile::AeadAes128Gcm, Profile::Aes128CmHmacSha1_80]).expect("a certificate");
    let mut network = Network::new(0);
    let (mut client, mut server) = (Client::new(network.now), identity.accept());
    let established = shake(&mut network, &mut client, &mut server).expect("keys");
    let (exported, profile) = client.exported.expect("keys");
    assert_eq!((established.profile, profile), (Profile::AeadAes128Gcm, SrtpProfile::AEAD_AES_128_GCM));
    assert_eq!(exported.len(), Profile::AeadAes128Gcm.exported_bytes());
    assert_eq!(established.certificate, client.certificate);
    assert!(identity.fingerprint().is_of(&client.servers_certificate));
    assert!(Fingerprint::of(&client.certificate).is_of(&established.certificate));
}

#[test]
fn the_second_best_protection_is_taken_if_need_be() {
    let identity = Identity::generate(&[Profile::Aes128CmHmacSha1_80]).expect("a certificate");
    let mut network = Network::new(0);
    let (mut client, mut server) = (Client::new(network.now), identity.accept());
    let established = shake(&mut network, &mut client, &mut server).expect("keys");
    let (_, profile) = client.exported.expect("keys");
    assert_eq!((established.profile, profile), (Profile::Aes128CmHmacSha1_80, SrtpProfile::AES128_CM_SHA1_80));
}

#[test]
fn hands_are_shaken_through_loss() {
    let identity = Identity::generate(&[Profile::AeadAes128Gcm]).expect("a certificate");
    for lost_of_100 in [5, 10, 20] {
        let mut network = Network::new(lost_of_100);
        let (mut client, mut server) = (Client::new(network.now), identity.accept());
        assert!(shake(&mut network, &mut client, &mut server).is_some(), "{lost_of_100} of 100 are lost");
    }
}

/// Whether a datagram that is cut here ends with a whole record, which is one that somebody may have sent.
fn ends_whole(datagram: &[u8], end: usize) -> bool {
    let mut at = 0;
    while at < end {
        let Some(head) = datagram.get(at..at + 13) else { return false };
        at += 13 + usize::from(u16::from_be_bytes([head[11], head[12]]));
    }
    at == end
}

#[test]
fn what_is_broken_or_forged_does_not_disturb_a_handshake() {
    let identity = Identity::generate(&[Profile::AeadAes128Gcm]).expect("a certificate");
    let network = Network::new(0);
    let (now, mut client, mut server) = (network.now, Client::new(network.now), identity.accept());
    let mut established = None;
    for _ in 0..20 {
        for datagram in client.poll(now) {
            for end in (0..datagram.len()).step_by(7).filter(|end| !ends_whole(&datagram, *end)) {
                let mut broken = datagram[..end].to_vec();
                assert_eq!(server.handle_datagram(now, &broken), Ok(()));
                if let Some(byte) = broken.last_mut() {
                    *byte ^= 0x55;
                }
                assert_eq!(server.handle_datagram(now, &broken), Ok(()));
            }
            // In the clear: "close notify", and a fatal failure.
            for (level, description) in [(1, 0), (2, 40)] {
                let alert = [21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, level, description];
                assert_eq!(server.handle_datagram(now, &alert), Ok(()));
            }
            server.handle_datagram(now, &datagram).expect("it goes on");
        }
        while let Some(datagram) = server.poll_transmit() {
            assert_ne!(datagram[0], 21, "no alert is sent");
            client.handle(&datagram);
        }
        established = established.or_else(|| server.take_established());
    }
    assert!(established.is_some() && client.exported.is_some());
}

#[test]
fn no_address_is_sent_more_than_it_has_asked_for_before_it_is_proven() {
    let identity = Identity::generate(&[Profile::AeadAes128Gcm]).expect("a certificate");
    let network = Network::new(0);
    let (mut client, mut server) = (Client::new(network.now), identity.accept());
    let hello = client.poll(network.now);
    let asked: usize = hello.iter().map(Vec::len).sum();
    for datagram in &hello {
        server.handle_datagram(network.now, datagram).expect("it goes on");
    }
    let mut now = network.now;
    for _ in 0..7 {
        now += Duration::from_secs(3);
        server.handle_timeout(now).expect("it goes on");
    }
    let answered: usize = std::iter::from_fn(|| server.poll_transmit()).map(|datagram| datagram.len()).sum();
    assert!(answered > 0 && answered <= asked, "{answered} bytes for {asked}");
    now += Duration::from_secs(3);
    assert_eq!(server.handle_timeout(now), Err(DtlsFailure::TimedOut));
}

#[test]
fn a_peer_cannot_fill_our_memory() {
    let identity = Identity::generate(&[Profile::AeadAes128Gcm]).expect("a certificate");
    let network = Network::new(0);
    let mut server = identity.accept();
    // Parts of messages that never become whole.
    let part = |number: u16| {
        let mut record = vec![22, 254, 253, 0, 0, 0, 0, 0, 0];
        record.extend(number.to_be_bytes());
        record.extend(512_u16.to_be_bytes());
        record.extend([1, 0, 100, 0]);
        record.extend(number.to_be_bytes());
        record.extend([0, 0, 9, 0, 1, 244]);
        record.resize(13 + 512, 7);
        record
    };
    let outcome = (0..1_000).try_for_each(|number| server.handle_datagram(network.now, &part(number)));
    assert_eq!(outcome, Err(DtlsFailure::TooMuch));
}
