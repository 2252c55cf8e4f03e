//! What it costs to take a listener, and to keep one.

use std::{
    net::SocketAddr,
    ops::Range,
    time::{Duration, Instant},
};

use heartogether_relay::{
    dtls::{Fingerprint, Identity},
    leg::{Credentials, Event, Leg, Peer},
    srtp::Profile,
    ufrag::{Place, Ufrag},
};

use super::machine::{median, processor_time, resident_bytes};
use crate::{check::check, client::Client};

const LEGS: u32 = 500;
const PASSWORD: &str = "a+password+of+ice+is+longer";

pub(crate) fn measure() {
    let identity = Identity::generate(&[Profile::AeadAes128Gcm, Profile::Aes128CmHmacSha1_80]).expect("a certificate");
    // Clients need memory too. What one of them has had, the next one gets.
    let few = connect_all(&identity, 0..20);
    let before = resident_bytes();
    let (legs, times) = connect_all(&identity, 20..20 + LEGS);
    let memory = (resident_bytes() - before) / u64::from(LEGS);
    let time = median(times);
    println!("\n{LEGS} listeners, from the first check to the keys, the client's work left out:\n");
    println!("| a listener | a second on a core | memory of a leg |\n| --- | --- | --- |");
    println!("| {:.0} µs | {:.0} | {memory} B |", time / 1_000.0, 1e9 / time);
    drop((few, legs));
}

/// Connected legs, and nanoseconds of the processor for each.
fn connect_all(identity: &Identity, slots: Range<u32>) -> (Vec<Leg>, Vec<f64>) {
    slots.map(|slot| connect(identity, slot)).unzip()
}

fn connect(identity: &Identity, slot: u32) -> (Leg, f64) {
    let now = Instant::now();
    let mut spent = Duration::ZERO;
    let from = SocketAddr::from(([192, 0, 2, 1], 1_000));
    let mut client = Client::new(now);
    let ufrag = Ufrag::new(Place { shard: 0, slot, epoch: 0 }, [1; 12]);
    let check = check(1, &format!("{}:theirs", ufrag.as_str()), PASSWORD);
    let peer = Peer { ufrag: "theirs".to_owned(), fingerprint: Fingerprint::of(&client.certificate) };
    let credentials = Credentials { ufrag, password: PASSWORD.to_owned() };
    let start = processor_time();
    let mut leg = Leg::new(now, credentials, Box::new(identity.accept()));
    leg.accept(peer);
    leg.handle_datagram(now, from, &mut check.clone());
    assert!(leg.poll_transmit().is_some(), "it is answered");
    spent += processor_time() - start;
    for _ in 0..20 {
        let datagrams = client.poll(now);
        let start = processor_time();
        for mut datagram in datagrams {
            leg.handle_datagram(now, from, &mut datagram);
        }
        let answers: Vec<_> = std::iter::from_fn(|| leg.poll_transmit()).collect();
        let event = leg.poll_event();
        spent += processor_time() - start;
        answers.iter().for_each(|answer| client.handle(&answer.datagram));
        if matches!(event, Some(Event::Connected { .. })) {
            client.poll(now);
            assert!(client.exported.is_some() && identity.fingerprint().is_of(&client.servers_certificate));
            return (leg, spent.as_nanos() as f64);
        }
    }
    panic!("not connected, and the client waits for {:?}", client.timeout);
}
