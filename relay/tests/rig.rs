//! The relay's end of a session, as its edge will drive it.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use heartogether_relay::{
    dtls::Identity,
    forward::{Batch, Publication, RowId, Source, Start, Subscriber},
    leg::{Closed, Credentials, Event, Leg},
    rtcp::Ntp,
    sdp::{Answer, Extension, Offer},
    srtp::Profile,
    ufrag::{Place, Ufrag},
};

use crate::network::Network;

pub(crate) const SSRC: u32 = 0xBEEF_0001;
pub(crate) const SOURCE: Source = Source { ssrc: 0xAAAA_0001, opus: 111, red: Some(63) };
pub(crate) const PASSWORD: &str = "a+password+of+ice+is+longer";
/// What the host calls the level of sound.
const HOSTS_EXTENSIONS: [(Extension, u8); 1] = [(Extension::AudioLevel, 9)];

/// The relay with one leg.
pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    pub(crate) leg: Leg,
    pub(crate) publication: Publication,
    pub(crate) row: Option<RowId>,
    pub(crate) profile: Option<Profile>,
    pub(crate) closed: Option<Closed>,
    pub(crate) repeated: usize,
    pub(crate) credentials: Credentials,
    identity: Identity,
    answer: Option<Answer>,
    batch: Batch,
}

impl Relay {
    pub(crate) fn new(now: Instant, profiles: &[Profile]) -> Self {
        let ufrag = Ufrag::new(Place { shard: 0, slot: 0, epoch: 1 }, [7; 12]);
        let password = PASSWORD.to_owned();
        let credentials = Credentials { ufrag, password };
        let identity = Identity::generate(profiles).expect("a certificate");
        Self {
            address: SocketAddr::from(([192, 0, 2, 1], 3_478)),
            leg: Leg::new(now, credentials.clone(), Box::new(identity.accept())),
            publication: Publication::new(SOURCE),
            row: None,
            profile: None,
            closed: None,
            repeated: 0,
            credentials,
            identity,
            answer: None,
            batch: Batch::new(16),
        }
    }

    pub(crate) fn offer(&self) -> String {
        let (udp, fingerprint) = ([self.address], self.identity.fingerprint());
        let credentials = &self.credentials;
        let offer =
            Offer { session: 1, credentials, fingerprint, udp: &udp, tcp: &[], ssrc: SSRC, name: "relay", red: true };
        offer.to_string()
    }

    pub(crate) fn accept(&mut self, answer: &str) {
        let answer = Answer::parse(answer).unwrap_or_else(|refused| panic!("{refused:?}: {answer}"));
        self.leg.accept(answer.peer.clone());
        self.answer = Some(answer);
    }

    /// Takes a datagram.
    pub(crate) fn take(&mut self, network: &mut Network, from: SocketAddr, mut datagram: Vec<u8>) {
        let reports = self.leg.handle_datagram(network.now, from, &mut datagram);
        if let (Some(reports), Some(row)) = (reports, self.row) {
            self.publication.handle_reports(row, ntp(network.now), reports, &mut self.batch);
            self.repeated += self.batch.len();
        }
        self.flush(network);
    }

    /// Does what is to be done now.
    pub(crate) fn tick(&mut self, network: &mut Network) {
        if self.leg.poll_timeout().is_some_and(|at| at <= network.now) {
            self.leg.handle_timeout(network.now);
        }
        self.flush(network);
    }

    /// Takes the host's packet.
    pub(crate) fn publish(&mut self, network: &mut Network, packet: &[u8]) {
        let mut pass = self.publication.accept(network.now, packet).expect("a packet of the publication");
        assert!(!pass.fill(&mut self.batch));
        self.flush(network);
    }

    /// Sends a report.
    pub(crate) fn report(&mut self, network: &mut Network) {
        let mut sealed = Vec::new();
        let row = self.row.expect("the listener is connected");
        if let Some(to) = self.publication.report(network.now, ntp(network.now), row, &mut sealed) {
            network.send(self.address, to, sealed);
        }
    }

    fn flush(&mut self, network: &mut Network) {
        while let Some(event) = self.leg.poll_event() {
            self.handle(event);
        }
        while let Some(transmit) = self.leg.poll_transmit() {
            network.send(self.address, transmit.to, transmit.datagram);
        }
        for (to, packet) in self.batch.iter() {
            network.send(self.address, to, packet.to_vec());
        }
        self.batch.clear();
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Connected { to, key } => {
                self.profile = Some(key.profile());
                let Some(answer) = &self.answer else { return };
                let extensions = answer.extension_map(&HOSTS_EXTENSIONS);
                let (opus, red) = (answer.opus, answer.red);
                let subscriber = Subscriber { to, key, ssrc: SSRC, opus, red, extensions, name: "relay".to_owned() };
                self.row = Some(self.publication.join(subscriber, Start::new(10_000, 4_000_000_000)));
            }
            Event::Moved { to } => self.publication.redirect(self.row.expect("it is connected"), to),
            Event::Closed(reason) => self.closed = Some(reason),
        }
    }
}

/// The wall clock's time: what it is does not matter.
pub(crate) fn ntp(now: Instant) -> Ntp {
    // Instants cannot be turned into numbers, so it starts when it is asked first.
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let start = *START.get_or_init(|| now);
    Ntp::from_unix(Duration::from_secs(1_000_000_000) + now.saturating_duration_since(start))
}

/// A host's packet: redundant sound, with the level of sound.
pub(crate) fn packet(count: u32) -> Vec<u8> {
    let sequence = count as u16;
    let mut packet = vec![0x90, SOURCE.red.unwrap_or(0)];
    packet.extend(sequence.to_be_bytes());
    packet.extend((count * 960).to_be_bytes());
    packet.extend(SOURCE.ssrc.to_be_bytes());
    packet.extend([0xBE, 0xDE, 0, 1, 0x90, 0x55, 0, 0]);
    packet.extend([0x80 | SOURCE.opus, 0x0F, 0x00, 0x05, SOURCE.opus]);
    packet.extend(b"older");
    packet.extend(payload(sequence));
    packet
}

/// The sound in it.
pub(crate) fn payload(sequence: u16) -> Vec<u8> {
    [&[0x78, 0][..], &sequence.to_be_bytes(), &[0x11; 150]].concat()
}
