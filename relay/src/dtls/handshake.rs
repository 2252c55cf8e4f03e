//! [`DtlsServer`] with `rtc-dtls`, whose cryptography is ring's. Of that library three things are not as a relay needs them, and are
//! mended here: the client's order of protections decides instead of ours, what is forged in the clear can end a handshake, and what
//! a peer sends is kept up to two megabytes.

use std::{
    collections::VecDeque,
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::BytesMut;
use rtc_dtls::{
    config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType, HandshakeConfig},
    crypto::Certificate,
    crypto_provider::{RTCCryptoProvider, providers::RingProvider},
    endpoint::{Endpoint, EndpointEvent},
    extension::extension_use_srtp::SrtpProtectionProfile,
};
use rtc_shared::{TransportProtocol, error::Error};

use super::{DtlsFailure, DtlsServer, Established, Fingerprint};
use crate::srtp::{Keys, Profile};

/// Each handshake has one peer, which the library knows by this address. Where its datagrams go is up to the leg.
const PEER: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 1));
/// What is sent without being answered is sent again after this time, then after twice that time, and so on.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// Waits in a row after which the peer is taken for gone. The library gives up after as many.
const MOST_WAITS: u32 = 7;
/// What a peer may send in all. A handshake has 2 to 4 kB, and parts of it may come several times.
const MOST_BYTES: usize = 64 * 1024;
const MOST_BYTES_AT_ONCE: usize = 2_048;

/// The head of a record: its kind, version, epoch, number and length (RFC 6347, section 4.1).
const RECORD_HEAD_BYTES: usize = 13;
const ALERT: u8 = 21;

/// Our certificate, and how we protect packets, the preferred way first. One serves all legs.
#[derive(Clone)]
pub struct Identity {
    configs: Vec<Arc<HandshakeConfig>>,
    fingerprint: Fingerprint,
}

impl Identity {
    /// Makes a key and a certificate that it signs itself. Their chance is the operating system's.
    ///
    /// # Errors
    ///
    /// There is no profile, or no chance.
    pub fn generate(profiles: &[Profile]) -> Result<Self, DtlsFailure> {
        let provider: Arc<dyn RTCCryptoProvider> = Arc::new(RingProvider::new());
        let certificate = Certificate::generate_self_signed(vec!["relay".to_owned()], provider.crypto())
            .map_err(|_| DtlsFailure::Certificate)?;
        let fingerprint = certificate.certificate.first().map(|certificate| Fingerprint::of(certificate));
        let config = |profile: &Profile| config(&provider, &certificate, *profile);
        let configs: Vec<_> = profiles.iter().map(config).collect::<Result<_, _>>()?;
        match fingerprint {
            Some(fingerprint) if !configs.is_empty() => Ok(Self { configs, fingerprint }),
            _ => Err(DtlsFailure::Certificate),
        }
    }

    /// The certificate's fingerprint, for descriptions.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// The server's half of a handshake.
    pub fn accept(&self) -> Handshake {
        Handshake {
            endpoint: endpoint(&self.configs[0]),
            identity: self.clone(),
            profile: 0,
            hello: Vec::new(),
            is_answered: false,
            bytes: 0,
            waits: 0,
            transmits: VecDeque::new(),
            established: None,
            is_established: false,
        }
    }
}

/// A handshake with one protection: the library takes the first one of the client's that we have, so we have one at a time.
fn config(
    provider: &Arc<dyn RTCCryptoProvider>,
    certificate: &Certificate,
    profile: Profile,
) -> Result<Arc<HandshakeConfig>, DtlsFailure> {
    let profile = match profile {
        Profile::AeadAes128Gcm => SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
        Profile::Aes128CmHmacSha1_80 => SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
    };
    let config = ConfigBuilder::default()
        .with_crypto_provider(Arc::clone(provider))
        .with_certificates(vec![certificate.clone()])
        .with_srtp_protection_profiles(vec![profile])
        .with_client_auth(ClientAuthType::RequireAnyClientCert)
        .with_extended_master_secret(ExtendedMasterSecretType::Require)
        // Who signed a certificate does not matter: its fingerprint came with the description.
        .with_insecure_skip_verify(true)
        .with_flight_interval(FIRST_WAIT)
        .build(false, None);
    config.map(Arc::new).map_err(|_| DtlsFailure::Certificate)
}

fn endpoint(config: &Arc<HandshakeConfig>) -> Endpoint {
    Endpoint::new(PEER, TransportProtocol::UDP, Some(Arc::clone(config)))
}

/// The server's half of a handshake with one peer.
pub struct Handshake {
    identity: Identity,
    endpoint: Endpoint,
    /// Which of our profiles is tried.
    profile: usize,
    /// What came before the first answer, for the next profile.
    hello: Vec<Vec<u8>>,
    is_answered: bool,
    /// What came in all.
    bytes: usize,
    /// Waits since something was answered.
    waits: u32,
    transmits: VecDeque<Vec<u8>>,
    established: Option<Established>,
    is_established: bool,
}

impl Handshake {
    fn read(&mut self, now: Instant, datagram: &[u8]) -> Result<(), DtlsFailure> {
        match self.endpoint.read(now, PEER, None, BytesMut::from(datagram)) {
            Ok(events) => {
                self.drain();
                events.into_iter().try_for_each(|event| self.handle(&event))
            }
            Err(Error::ErrServerNoMatchingSrtpProfile) => self.try_next_profile(now),
            // Anybody can send what is not understood, so nothing comes of it, and no alert tells the peer of it.
            Err(_) => {
                self.drain();
                Ok(())
            }
        }
    }

    fn handle(&mut self, event: &EndpointEvent) -> Result<(), DtlsFailure> {
        match event {
            EndpointEvent::HandshakeComplete => {
                self.established = Some(self.export()?);
                self.is_established = true;
                Ok(())
            }
            // An alert in the clear was left out, so this one is the peer's.
            EndpointEvent::PeerClosed => Err(DtlsFailure::Closed),
            _ => Ok(()),
        }
    }

    fn export(&self) -> Result<Established, DtlsFailure> {
        let state = self.endpoint.get_connection_state(PEER).ok_or(DtlsFailure::Unsuitable)?;
        let profile = match state.srtp_protection_profile() {
            SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm => Profile::AeadAes128Gcm,
            SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80 => Profile::Aes128CmHmacSha1_80,
            _ => return Err(DtlsFailure::Unsuitable),
        };
        let exported = state.export_keying_material(Keys::LABEL, &[], profile.exported_bytes());
        let keys = exported.ok().and_then(|exported| Keys::from_exported(profile, exported.as_ref()));
        let certificate = state.peer_certificates.first().cloned();
        match (keys, certificate) {
            (Some(keys), Some(certificate)) => Ok(Established { profile, keys, certificate }),
            _ => Err(DtlsFailure::Unsuitable),
        }
    }

    /// The client does not have what we like best. It is heard again by a server that likes the next one.
    fn try_next_profile(&mut self, now: Instant) -> Result<(), DtlsFailure> {
        self.profile += 1;
        let config = self.identity.configs.get(self.profile).ok_or(DtlsFailure::Unsuitable)?;
        self.endpoint = endpoint(config);
        let hello = self.hello.clone();
        hello.iter().try_for_each(|datagram| self.read(now, datagram))
    }

    /// Takes over what the library sends, but for alerts in the clear.
    fn drain(&mut self) {
        while let Some(transmit) = self.endpoint.poll_transmit() {
            if has_plain_alert(&transmit.message) {
                continue;
            }
            self.waits = 0;
            self.is_answered = true;
            self.hello = Vec::new();
            self.transmits.push_back(transmit.message.to_vec());
        }
    }

    /// How much longer than the library we wait.
    fn patience(&self) -> Duration {
        (FIRST_WAIT * 2_u32.pow(self.waits.min(MOST_WAITS))).min(LONGEST_WAIT) - FIRST_WAIT
    }
}

impl DtlsServer for Handshake {
    fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) -> Result<(), DtlsFailure> {
        if datagram.len() > MOST_BYTES_AT_ONCE || has_plain_alert(datagram) {
            return Ok(());
        }
        self.bytes += datagram.len();
        if self.bytes > MOST_BYTES {
            // Who is connected needs no more of it, and loses nothing.
            return if self.is_established { Ok(()) } else { Err(DtlsFailure::TooMuch) };
        }
        if !self.is_answered {
            self.hello.push(datagram.to_vec());
        }
        self.read(now, datagram)
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsFailure> {
        if self.is_established || self.poll_timeout().is_none_or(|at| now < at) {
            return Ok(());
        }
        let waits = self.waits + 1;
        if waits > MOST_WAITS || self.endpoint.handle_timeout(PEER, now).is_err() {
            return Err(DtlsFailure::TimedOut);
        }
        self.drain();
        self.waits = waits;
        Ok(())
    }

    fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmits.pop_front()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.endpoint.poll_timeout(&PEER).map(|at| at + self.patience())
    }

    fn take_established(&mut self) -> Option<Established> {
        self.established.take()
    }

    fn close(&mut self, now: Instant) {
        if self.is_established && self.endpoint.close(now).is_ok() {
            self.drain();
        }
    }
}

/// Whether a datagram has an alert that nobody sealed.
fn has_plain_alert(mut datagram: &[u8]) -> bool {
    while let Some((head, rest)) = datagram.split_at_checked(RECORD_HEAD_BYTES) {
        if head[0] == ALERT && head[3..5] == [0, 0] {
            return true;
        }
        let length = usize::from(u16::from_be_bytes([head[11], head[12]]));
        datagram = rest.get(length..).unwrap_or_default();
    }
    false
}
