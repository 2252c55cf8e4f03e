//! A listener's leg: ICE without checks of our own (RFC 8445, section 2.5), then DTLS as its server, then the reports that the listener
//! sends. It keeps the state of one peer. It decides about addresses and time; sockets and clocks are its owner's.

mod ice;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    net::SocketAddr,
    time::{Duration, Instant},
};

pub use ice::{Credentials, IceLite, Judgement};

use crate::{
    datagram::Kind,
    dtls::{DtlsFailure, DtlsServer, Established, Fingerprint},
    srtp::{MasterKey, RtcpOpener},
    stun::Request,
};

/// So long after its last request a peer is forgotten (RFC 7675, section 5.1).
pub const CONSENT: Duration = Duration::from_secs(30);

/// What a peer's answer says of its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its user fragment.
    pub ufrag: String,
    /// Its certificate's fingerprint.
    pub fingerprint: Fingerprint,
}

/// A datagram to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// Where it goes.
    pub to: SocketAddr,
    /// What it is.
    pub datagram: Vec<u8>,
}

/// What a leg tells its owner.
#[derive(Clone)]
pub enum Event {
    /// Packets can be sent, sealed with this key.
    Connected {
        /// Where they go.
        to: SocketAddr,
        /// What they are sealed with.
        key: MasterKey,
    },
    /// Packets go to another address from now on.
    Moved {
        /// Where they go.
        to: SocketAddr,
    },
    /// It is over. Nothing follows.
    Closed(Closed),
}

/// Why a leg is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The peer was not heard of for too long.
    Silent,
    /// The peer's certificate is not the one that its answer named.
    WrongCertificate,
    /// The handshake failed, or the peer has ended it.
    Dtls(DtlsFailure),
    /// Its owner has ended it.
    Dismissed,
}

/// How far a leg is.
enum Phase {
    /// The peer's address is unknown, or the handshake runs.
    Connecting,
    /// The handshake is done, and the answer with the fingerprint is missing.
    Unproven(Box<Established>),
    /// Packets flow.
    Connected(Box<RtcpOpener>),
    Closed,
}

/// A listener's leg.
pub struct Leg {
    ice: IceLite,
    dtls: Box<dyn DtlsServer>,
    fingerprint: Option<Fingerprint>,
    phase: Phase,
    /// Where packets go.
    address: Option<SocketAddr>,
    heard_at: Instant,
    transmits: VecDeque<Transmit>,
    events: VecDeque<Event>,
}

impl Leg {
    /// A leg whose offer is under way.
    pub fn new(now: Instant, ours: Credentials, dtls: Box<dyn DtlsServer>) -> Self {
        Self {
            ice: IceLite::new(ours),
            dtls,
            fingerprint: None,
            phase: Phase::Connecting,
            address: None,
            heard_at: now,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Takes the peer's answer. Its packets may have come earlier. A leg has one answer; another one changes nothing.
    pub fn accept(&mut self, peer: Peer) {
        if self.fingerprint.is_none() {
            self.ice.expect(peer.ufrag);
            self.fingerprint = Some(peer.fingerprint);
            self.prove();
        }
    }

    /// Takes a datagram, which it may decrypt in place. What is returned is a compound packet of RTCP from the connected peer.
    pub fn handle_datagram<'d>(&mut self, now: Instant, from: SocketAddr, datagram: &'d mut [u8]) -> Option<&'d [u8]> {
        if matches!(self.phase, Phase::Closed) {
            return None;
        }
        match Kind::of(datagram) {
            Kind::Stun => self.handle_request(now, from, datagram),
            Kind::Dtls => self.handle_dtls(now, from, datagram),
            Kind::Rtcp => return self.handle_rtcp(from, datagram),
            Kind::Rtp | Kind::Unknown => {}
        }
        None
    }

    fn handle_request(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) {
        let Ok(request) = Request::parse(datagram) else { return };
        let Judgement { answer, is_valid, nominates } = self.ice.judge(&request, from);
        if let Some(answer) = answer {
            self.transmits.push_back(Transmit { to: from, datagram: answer.bytes().to_vec() });
        }
        if is_valid {
            self.heard_at = now;
        }
        if nominates && self.address != Some(from) {
            self.address = Some(from);
            if matches!(self.phase, Phase::Connected(_)) {
                self.events.push_back(Event::Moved { to: from });
            }
        }
    }

    fn handle_dtls(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) {
        if !self.ice.is_valid(from) {
            return;
        }
        // A browser starts before it has nominated an address.
        self.address.get_or_insert(from);
        if let Err(failure) = self.dtls.handle_datagram(now, datagram) {
            return self.close(Closed::Dtls(failure));
        }
        if let Some(established) = self.dtls.take_established() {
            self.phase = Phase::Unproven(Box::new(established));
        }
        self.drain();
        self.prove();
    }

    fn handle_rtcp<'d>(&mut self, from: SocketAddr, datagram: &'d mut [u8]) -> Option<&'d [u8]> {
        let Phase::Connected(opener) = &mut self.phase else { return None };
        if !self.ice.is_valid(from) {
            return None;
        }
        opener.open(datagram).ok()
    }

    /// Compares the certificate with the fingerprint, as soon as both are there.
    fn prove(&mut self) {
        let (Phase::Unproven(established), Some(fingerprint), Some(to)) =
            (&self.phase, &self.fingerprint, self.address)
        else {
            return;
        };
        if !fingerprint.is_of(&established.certificate) {
            return self.close(Closed::WrongCertificate);
        }
        let key = established.keys.server.clone();
        let opener = RtcpOpener::new(&established.keys.client);
        self.phase = Phase::Connected(Box::new(opener));
        self.events.push_back(Event::Connected { to, key });
    }

    /// Does what was to be done at a time that has come.
    pub fn handle_timeout(&mut self, now: Instant) {
        match self.phase {
            Phase::Closed => return,
            _ if now >= self.heard_at + CONSENT => return self.close(Closed::Silent),
            _ => {}
        }
        match self.dtls.handle_timeout(now) {
            Ok(()) => self.drain(),
            Err(failure) => self.close(Closed::Dtls(failure)),
        }
    }

    /// When there is something to do next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match self.phase {
            Phase::Closed => None,
            _ => self.dtls.poll_timeout().into_iter().chain([self.heard_at + CONSENT]).min(),
        }
    }

    /// A datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// Something to know.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Ends it, and tells the peer.
    pub fn dismiss(&mut self, now: Instant) {
        self.dtls.close(now);
        self.drain();
        self.close(Closed::Dismissed);
    }

    /// Where packets go.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    fn close(&mut self, reason: Closed) {
        if !matches!(self.phase, Phase::Closed) {
            self.phase = Phase::Closed;
            self.events.push_back(Event::Closed(reason));
        }
    }

    fn drain(&mut self) {
        while let Some(datagram) = self.dtls.poll_transmit() {
            if let Some(to) = self.address {
                self.transmits.push_back(Transmit { to, datagram });
            }
        }
    }
}
