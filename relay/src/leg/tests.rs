use std::sync::{Arc, Mutex};

use super::*;
use crate::{
    rtcp,
    srtp::{Keys, Profile, RtcpSealer},
    stun::tests::numbered_request,
    ufrag::{Place, Ufrag},
};

const PASSWORD: &str = "abcdefghijklmnopqrstuvwx";
const USERNAME: u16 = 0x0006;
const USE_CANDIDATE: u16 = 0x0025;
const CONTROLLED: u16 = 0x8029;

/// A handshake that is done with the first datagram that says so.
#[derive(Clone, Default)]
struct FakeDtls {
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
    is_done: bool,
}

fn keys() -> Keys {
    let profile = Profile::AeadAes128Gcm;
    Keys::from_exported(profile, &vec![5; profile.exported_bytes()]).expect("it is long enough")
}

impl DtlsServer for FakeDtls {
    fn handle_datagram(&mut self, _: Instant, datagram: &[u8]) -> Result<(), DtlsFailure> {
        self.heard.lock().expect("nobody panics").push(datagram.to_vec());
        self.is_done |= datagram == [22, 1];
        if datagram == [21, 0] { Err(DtlsFailure::Closed) } else { Ok(()) }
    }

    fn handle_timeout(&mut self, _: Instant) -> Result<(), DtlsFailure> {
        Ok(())
    }

    fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.heard.lock().expect("nobody panics").pop()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        None
    }

    fn take_established(&mut self) -> Option<Established> {
        let established =
            Established { profile: Profile::AeadAes128Gcm, keys: keys(), certificate: b"theirs".to_vec() };
        std::mem::take(&mut self.is_done).then_some(established)
    }

    fn close(&mut self, _: Instant) {}
}

struct Bench {
    now: Instant,
    leg: Leg,
    ufrag: Ufrag,
    requests: u8,
}

/// An instant to count from: there is no other way to make one.
#[expect(clippy::disallowed_methods, reason = "an instant to start from")]
fn start() -> Instant {
    Instant::now()
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], port))
}

fn peer() -> Peer {
    Peer { ufrag: "theirs".to_owned(), fingerprint: Fingerprint::of(b"theirs") }
}

impl Bench {
    fn new() -> Self {
        let now = start();
        let ufrag = Ufrag::new(Place { shard: 0, slot: 1, epoch: 2 }, [3; 12]);
        let credentials = Credentials { ufrag, password: PASSWORD.to_owned() };
        Self { now, leg: Leg::new(now, credentials, Box::new(FakeDtls::default())), ufrag, requests: 0 }
    }

    /// One whose peer is connected at port 1.
    fn connected() -> Self {
        let mut bench = Self::new();
        bench.leg.accept(peer());
        bench.check(1, true);
        bench.send(1, &[22, 1]);
        assert!(matches!(bench.leg.poll_event(), Some(Event::Connected { .. })));
        while bench.leg.poll_transmit().is_some() {}
        bench
    }

    fn request(&mut self, name: &str, attributes: &[u16], password: &str) -> Vec<u8> {
        self.requests += 1;
        let name = format!("{}:{name}", self.ufrag.as_str());
        let mut all = vec![(USERNAME, name.as_bytes())];
        all.extend(attributes.iter().map(|kind| (*kind, if *kind == CONTROLLED { &[0; 8][..] } else { &[] })));
        numbered_request(self.requests, &all, Some(password.as_bytes()))
    }

    /// A valid request from a port, and whether it is answered with success.
    fn check(&mut self, port: u16, nominates: bool) -> bool {
        let attributes = if nominates { &[USE_CANDIDATE][..] } else { &[] };
        let request = self.request("theirs", attributes, PASSWORD);
        self.send(port, &request);
        let answer = self.leg.poll_transmit();
        answer.is_some_and(|answer| answer.to == address(port) && answer.datagram[..2] == [1, 1])
    }

    fn send(&mut self, port: u16, datagram: &[u8]) -> Option<Vec<u8>> {
        self.leg.handle_datagram(self.now, address(port), &mut datagram.to_vec()).map(<[u8]>::to_vec)
    }

    fn event(&mut self) -> String {
        match self.leg.poll_event() {
            Some(Event::Connected { to, .. }) => format!("connected {}", to.port()),
            Some(Event::Moved { to }) => format!("moved {}", to.port()),
            Some(Event::Closed(reason)) => format!("closed {reason:?}"),
            None => String::new(),
        }
    }
}

#[test]
fn a_peer_connects() {
    let mut bench = Bench::new();
    bench.leg.accept(peer());
    assert!(bench.check(1, true));
    bench.send(1, &[22, 0]);
    assert_eq!(bench.leg.poll_transmit(), Some(Transmit { to: address(1), datagram: vec![22, 0] }));
    assert_eq!(bench.event(), "");
    bench.send(1, &[22, 1]);
    assert_eq!(bench.event(), "connected 1");
}

#[test]
fn a_peer_may_be_faster_than_its_answer() {
    let mut bench = Bench::new();
    assert!(bench.check(1, false), "any name will do, the password is known to the peer alone");
    bench.send(1, &[22, 1]);
    assert_eq!(bench.event(), "");
    bench.leg.accept(peer());
    assert_eq!(bench.event(), "connected 1");
}

#[test]
fn another_certificate_ends_the_leg() {
    let mut bench = Bench::new();
    bench.leg.accept(Peer { fingerprint: Fingerprint::of(b"another"), ..peer() });
    bench.check(1, true);
    bench.send(1, &[22, 1]);
    assert_eq!(bench.event(), "closed WrongCertificate");
    assert!(!bench.check(1, true), "nothing is answered any more");
}

#[test]
fn strangers_are_told_no_and_change_nothing() {
    let mut bench = Bench::connected();
    let code = |bench: &mut Bench, request: &[u8]| {
        bench.send(66, request);
        bench
            .leg
            .poll_transmit()
            .map(|answer| (answer.datagram.len() <= request.len(), answer.datagram[26], answer.datagram[27]))
    };
    let wrong_password = bench.request("theirs", &[USE_CANDIDATE], "another");
    assert_eq!(code(&mut bench, &wrong_password), Some((true, 4, 1)));
    let wrong_name = bench.request("another", &[USE_CANDIDATE], PASSWORD);
    assert_eq!(code(&mut bench, &wrong_name), Some((true, 4, 1)));
    let wrong_role = bench.request("theirs", &[CONTROLLED, USE_CANDIDATE], PASSWORD);
    assert_eq!(code(&mut bench, &wrong_role), Some((true, 4, 87)));
    let unknown = bench.request("theirs", &[0x7777, USE_CANDIDATE], PASSWORD);
    assert_eq!(code(&mut bench, &unknown), Some((true, 4, 20)));
    let name = format!("{}:theirs", bench.ufrag.as_str());
    let unsigned = numbered_request(99, &[(USERNAME, name.as_bytes())], None);
    assert_eq!(code(&mut bench, &unsigned), Some((true, 4, 0)));
    bench.send(66, &[22, 9]);
    assert_eq!(bench.leg.poll_transmit(), None, "DTLS is for addresses that are known");
    assert_eq!((bench.event(), bench.leg.address()), (String::new(), Some(address(1))));
}

#[test]
fn a_leg_moves_by_nomination_alone() {
    let mut bench = Bench::connected();
    assert!(bench.check(2, false));
    assert_eq!(bench.event(), "");
    assert!(bench.check(2, true));
    assert_eq!(bench.event(), "moved 2");
    assert!(bench.check(2, true));
    assert_eq!(bench.event(), "", "it is there already");
}

#[test]
fn a_repeated_nomination_from_elsewhere_moves_nothing() {
    let mut bench = Bench::connected();
    let request = bench.request("theirs", &[USE_CANDIDATE], PASSWORD);
    bench.send(2, &request);
    assert_eq!(bench.event(), "moved 2");
    bench.send(66, &request);
    assert_eq!((bench.event(), bench.leg.address()), (String::new(), Some(address(2))));
}

#[test]
fn a_silent_peer_is_forgotten() {
    let mut bench = Bench::connected();
    bench.now += Duration::from_secs(20);
    bench.check(1, false);
    assert_eq!(bench.leg.poll_timeout(), Some(bench.now + CONSENT));
    bench.leg.handle_timeout(bench.now + CONSENT - Duration::from_millis(1));
    assert_eq!(bench.event(), "");
    bench.leg.handle_timeout(bench.now + CONSENT);
    assert_eq!((bench.event(), bench.leg.poll_timeout()), ("closed Silent".to_owned(), None));
}

#[test]
fn reports_are_opened_from_known_addresses_alone() {
    let mut bench = Bench::connected();
    let mut sealer = RtcpSealer::new(&keys().client);
    let mut report = || {
        let mut packet = Vec::new();
        rtcp::write_goodbye(7, "listener", &mut packet);
        assert!(sealer.seal(&mut packet));
        packet
    };
    assert!(bench.send(1, &report()).is_some());
    assert!(bench.send(66, &report()).is_none());
    let twice = report();
    assert!(bench.send(1, &twice).is_some() && bench.send(1, &twice).is_none());
}

#[test]
fn a_peer_that_goes_ends_the_leg() {
    let mut bench = Bench::connected();
    bench.send(1, &[21, 0]);
    assert_eq!(bench.event(), "closed Dtls(Closed)");
    bench.leg.dismiss(bench.now);
    assert_eq!(bench.event(), "", "it ends once");
}
