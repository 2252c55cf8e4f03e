//! The server's half of a DTLS handshake (RFC 9147's predecessor RFC 6347, with RFC 5764), as the legs need it: datagrams in, datagrams out,
//! and at last the keys of SRTP. Who does the work stands behind [`DtlsServer`].

mod fingerprint;
mod handshake;

use std::time::Instant;

pub use fingerprint::{Fingerprint, Unreadable};
pub use handshake::{Handshake, Identity};

use crate::srtp::{Keys, Profile};

/// What a handshake has come to.
#[derive(Clone)]
pub struct Established {
    /// How packets are protected.
    pub profile: Profile,
    /// The keys of both directions; ours is that of the server.
    pub keys: Keys,
    /// The peer's certificate (DER), which proves nothing until its fingerprint is compared.
    pub certificate: Vec<u8>,
}

/// Why there will be no keys, or no more use of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DtlsFailure {
    /// The peer has said that it goes.
    Closed,
    /// The peer did not answer often enough.
    TimedOut,
    /// The peer has no protection for packets that we have, or no certificate.
    Unsuitable,
    /// The peer sends more than a handshake needs.
    TooMuch,
    /// Our own certificate cannot be made or used.
    Certificate,
}

/// The server's half of a handshake with one peer.
pub trait DtlsServer: Send {
    /// Takes a datagram. One that is not understood changes nothing.
    ///
    /// # Errors
    ///
    /// It is over.
    fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) -> Result<(), DtlsFailure>;

    /// Does what was to be done at a time that has come.
    ///
    /// # Errors
    ///
    /// It is over.
    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsFailure>;

    /// A datagram that is to be sent.
    fn poll_transmit(&mut self) -> Option<Vec<u8>>;

    /// When there is something to do next.
    fn poll_timeout(&self) -> Option<Instant>;

    /// What it has come to, once.
    fn take_established(&mut self) -> Option<Established>;

    /// Says to the peer that we go.
    fn close(&mut self, now: Instant);
}
