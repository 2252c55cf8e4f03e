// The client's half of a handshake, by another implementation of DTLS.

use std::{sync::Arc, time::Instant};

use dimpl::{Config, Dtls, DtlsCertificate, Output, SrtpProfile, crypto::rust_crypto};

/// The client's end.
pub(crate) struct Client {
    dtls: Dtls,
    pub(crate) certificate: Vec<u8>,
    pub(crate) timeout: Option<Instant>,
    pub(crate) servers_certificate: Vec<u8>,
    pub(crate) exported: Option<(Vec<u8>, SrtpProfile)>,
}

impl Client {
    pub(crate) fn new(now: Instant) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["listener".to_owned()]).expect("a certificate");
        let certificate = made.cert.der().to_vec();
        let private_key = made.signing_key.serialize_der();
        let config = Config::builder().with_crypto_provider(rust_crypto::default_provider());
        let config = Arc::new(config.build().expect("a configuration"));
        let mut dtls = Dtls::new_12(config, DtlsCertificate { certificate: certificate.clone(), private_key }, now);
        dtls.set_active(true);
        dtls.handle_timeout(now).expect("a start");
        Self { dtls, certificate, timeout: None, servers_certificate: Vec::new(), exported: None }
    }

    pub(crate) fn handle(&mut self, datagram: &[u8]) {
        self.dtls.handle_packet(datagram).expect("a datagram of the handshake");
    }

    /// What it sends now.
    pub(crate) fn poll(&mut self, now: Instant) -> Vec<Vec<u8>> {
        if self.timeout.is_some_and(|at| at <= now) {
            self.dtls.handle_timeout(now).expect("it goes on");
        }
        let (mut room, mut datagrams) = (vec![0; 2_048], Vec::new());
        loop {
            match self.dtls.poll_output(&mut room) {
                Output::Packet(datagram) => datagrams.push(datagram.to_vec()),
                Output::PeerCert(certificate) => self.servers_certificate = certificate.to_vec(),
                Output::KeyingMaterial(material, profile) => self.exported = Some((material.to_vec(), profile)),
                Output::Timeout(at) => {
                    self.timeout = Some(at);
                    return datagrams;
                }
                _ => {}
            }
        }
    }
}
