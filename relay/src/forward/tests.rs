mod feedback;
mod sources;

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use proptest::prelude::*;

use super::*;
use crate::{
    rtp::ExtensionMap,
    srtp::{MasterKey, Profile, RtpOpener},
};

const SOURCE: Source = Source { ssrc: 0xAAAA_0001, opus: 111, red: Some(63) };
const PROFILES: [Profile; 2] = [Profile::AeadAes128Gcm, Profile::Aes128CmHmacSha1_80];

/// An instant to count from: there is no other way to make one.
#[expect(clippy::disallowed_methods, reason = "an instant to start from")]
fn start() -> Instant {
    Instant::now()
}

fn key(profile: Profile, seed: u8) -> MasterKey {
    MasterKey::new(profile, &[seed; 16], &vec![seed; profile.salt_bytes()]).expect("a key and a salt")
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], port))
}

fn subscriber(seed: u8) -> Subscriber {
    Subscriber {
        to: address(seed.into()),
        key: key(Profile::AeadAes128Gcm, seed),
        ssrc: 0xBBBB_0000 + u32::from(seed),
        opus: 111,
        red: Some(63),
        extensions: ExtensionMap::default(),
        name: "relay".to_owned(),
    }
}

/// A packet with a level of sound as its extension.
fn packet(source: Source, payload_type: u8, sequence: u16, timestamp: u32, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x90, payload_type];
    packet.extend(sequence.to_be_bytes());
    packet.extend(timestamp.to_be_bytes());
    packet.extend(source.ssrc.to_be_bytes());
    packet.extend([0xBE, 0xDE, 0, 1, 0x10, 0x55, 0, 0]);
    packet.extend(payload);
    packet
}

fn opus(sequence: u16) -> Vec<u8> {
    packet(SOURCE, SOURCE.opus, sequence, u32::from(sequence) * 960, b"sound")
}

/// Redundant sound with one earlier block.
fn red(sequence: u16) -> Vec<u8> {
    let payload = [&[0x80 | SOURCE.opus, 0x0F, 0x00, 0x05, SOURCE.opus][..], b"older", b"sound"].concat();
    packet(SOURCE, 63, sequence, u32::from(sequence) * 960, &payload)
}

/// What goes out for a packet.
fn send(publication: &mut Publication, now: Instant, datagram: &[u8]) -> Vec<(SocketAddr, Vec<u8>)> {
    let (mut batch, mut sent) = (Batch::new(4), Vec::new());
    let mut pass = publication.accept(now, datagram).expect("a packet of the publication");
    loop {
        let is_more = pass.fill(&mut batch);
        sent.extend(batch.iter().map(|(to, packet)| (to, packet.to_vec())));
        batch.clear();
        if !is_more {
            return sent;
        }
    }
}

/// A listener's end.
struct Listener(RtpOpener);

/// What a listener hears.
#[derive(Debug, PartialEq, Eq)]
struct Heard {
    index: u64,
    timestamp: u32,
    payload_type: u8,
    payload: Vec<u8>,
    elements: Vec<(u8, Vec<u8>)>,
}

impl Listener {
    fn new(seed: u8) -> Self {
        Self(RtpOpener::new(&key(Profile::AeadAes128Gcm, seed)))
    }

    fn hear(&mut self, sealed: &[u8]) -> Heard {
        let mut sealed = sealed.to_vec();
        let header_bytes = crate::rtp::header_bytes(&sealed).expect("a packet");
        let (plain, index) = self.0.open(&mut sealed, header_bytes).expect("it is authentic");
        let packet = Packet::parse(plain).expect("a packet");
        let elements = packet.elements().iter().map(|element| (element.id, element.data.to_vec())).collect();
        let (timestamp, payload_type) = (packet.timestamp, packet.payload_type);
        Heard { index, timestamp, payload_type, payload: packet.payload.to_vec(), elements }
    }
}

#[test]
fn each_leg_has_its_own_header_and_key() {
    for profile in PROFILES {
        let mut publication = Publication::new(SOURCE);
        let mut extensions = ExtensionMap::default();
        extensions.pass(1, 7);
        for seed in 1..=3 {
            let subscriber = Subscriber { key: key(profile, seed), extensions, opus: 96, ..subscriber(seed) };
            publication.join(subscriber, Start::new(100 * u16::from(seed), 1_000_000));
        }
        let sent = send(&mut publication, start(), &opus(40_000));
        assert_eq!(sent.len(), 3);
        for (seed, (to, sealed)) in (1..=3).zip(&sent) {
            assert_eq!(*to, address(u16::from(seed)));
            assert_eq!(Packet::parse(sealed).expect("a packet").ssrc, 0xBBBB_0000 + u32::from(seed));
            let heard = Listener(RtpOpener::new(&key(profile, seed))).hear(sealed);
            let elements = vec![(7, vec![0x55])];
            let index = 100 * u64::from(seed);
            let expected =
                Heard { index, timestamp: 1_000_000, payload_type: 96, payload: b"sound".to_vec(), elements };
            assert_eq!(heard, expected);
        }
    }
}

#[test]
fn a_batch_that_is_full_is_filled_again() {
    let mut publication = Publication::new(SOURCE);
    for seed in 1..=200 {
        publication.join(subscriber(seed), Start::new(0, 0));
    }
    let sent = send(&mut publication, start(), &opus(1));
    let expected: Vec<_> = (1..=200).map(address).collect();
    assert_eq!(sent.iter().map(|(to, _)| *to).collect::<Vec<_>>(), expected);
}

#[test]
fn the_largest_packet_goes_out_in_one_frame_of_ethernet() {
    let mut publication = Publication::new(SOURCE);
    for seed in 1..=3 {
        publication.join(subscriber(seed), Start::new(0, 0));
    }
    let payload = vec![7; crate::rtp::MOST_BYTES - packet(SOURCE, 111, 1, 0, b"").len()];
    let sent = send(&mut publication, start(), &packet(SOURCE, 111, 1, 0, &payload));
    // 1,500 bytes without the headers of IPv4 and UDP.
    assert!(sent.len() == 3 && sent.iter().all(|(_, sealed)| sealed.len() <= 1_472));
    let larger = packet(SOURCE, 111, 2, 0, &[&payload[..], b"1"].concat());
    assert!(publication.accept(start(), &larger).is_err());
}

#[test]
fn a_leg_without_redundancy_gets_the_primary_block_alone() {
    let mut publication = Publication::new(SOURCE);
    publication.join(subscriber(1), Start::new(0, 0));
    publication.join(Subscriber { red: None, ..subscriber(2) }, Start::new(0, 0));
    publication.join(Subscriber { red: Some(120), opus: 96, ..subscriber(3) }, Start::new(0, 0));
    let sent = send(&mut publication, start(), &red(1));
    let heard: Vec<_> = (1..=3).zip(&sent).map(|(seed, (_, sealed))| Listener::new(seed).hear(sealed)).collect();
    let whole = Packet::parse(&red(1)).expect("a packet").payload.to_vec();
    assert_eq!((heard[0].payload_type, &heard[0].payload), (63, &whole));
    assert_eq!((heard[1].payload_type, &heard[1].payload[..]), (111, &b"sound"[..]));
    let renamed = [&[0x80 | 96, 0x0F, 0x00, 0x05, 96][..], b"oldersound"].concat();
    assert_eq!((heard[2].payload_type, &heard[2].payload), (120, &renamed));
    let plain = send(&mut publication, start(), &opus(2));
    let heard = Listener::new(1).hear(&plain[0].1);
    assert_eq!((heard.payload_type, &heard.payload[..]), (111, &b"sound"[..]), "sound that is not redundant");
}

#[test]
fn numbers_roll_over_for_each_leg() {
    let now = start();
    let mut publication = Publication::new(SOURCE);
    publication.join(subscriber(1), Start::new(0x7FFF, 0));
    let mut listener = Listener::new(1);
    for count in 0..140_000_u64 {
        let sent = send(&mut publication, now, &opus((count + 65_000) as u16));
        if count % 500 < 2 || count % 65_536 > 65_500 {
            assert_eq!(listener.hear(&sent[0].1).index, 0x7FFF + count);
        }
    }
}

#[test]
fn who_has_left_gets_nothing() {
    let now = start();
    let mut publication = Publication::new(SOURCE);
    let ids: Vec<_> = (1..=4).map(|seed| publication.join(subscriber(seed), Start::new(0, 0))).collect();
    assert!(publication.leave(now, ids[0]).is_some() && publication.leave(now, ids[0]).is_none());
    publication.redirect(ids[3], address(4_000));
    let later = publication.join(subscriber(5), Start::new(0, 0));
    assert_ne!(later, ids[0], "an id is not used again");
    publication.redirect(ids[0], address(6_666));
    let sent = send(&mut publication, now, &opus(1));
    assert_eq!(sent.iter().map(|(to, _)| to.port()).collect::<Vec<_>>(), [4_000, 2, 3, 5]);
    assert_eq!(publication.len(), 4);
}

#[test]
fn a_leg_that_ends_is_told() {
    let now = start();
    let mut publication = Publication::new(SOURCE);
    let id = publication.join(subscriber(1), Start::new(0, 0));
    let mut sealed = Vec::new();
    let to = publication.leave(now, id).and_then(|departed| departed.goodbye(&mut sealed));
    assert_eq!(to, Some(address(1)));
    let mut opener = crate::srtp::RtcpOpener::new(&key(Profile::AeadAes128Gcm, 1));
    let mut items = 0;
    rtcp::read(opener.open(&mut sealed).expect("it is authentic"), |item| {
        assert_eq!(item, Item::Goodbye(0xBBBB_0001));
        items += 1;
    });
    assert_eq!(items, 1);
}

proptest! {
    #[test]
    fn any_packets_go_out_or_are_refused(datagrams in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 1..20)) {
        let mut publication = Publication::new(SOURCE);
        publication.join(Subscriber { red: None, ..subscriber(1) }, Start::new(0, 0));
        publication.join(subscriber(2), Start::new(0, 0));
        for mut datagram in datagrams {
            if datagram.len() >= 12 {
                datagram[0] = datagram[0] & 0x3F | 0x80;
                datagram[1] = if datagram[1] & 1 == 0 { 63 } else { 111 };
                datagram[8..12].copy_from_slice(&SOURCE.ssrc.to_be_bytes());
            }
            if let Ok(mut pass) = publication.accept(start(), &datagram) {
                let mut batch = Batch::new(1);
                while pass.fill(&mut batch) {
                    batch.clear();
                }
            }
        }
    }
}
