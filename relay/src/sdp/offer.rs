//! What a listener is offered.

use std::{
    fmt::{self, Display},
    net::SocketAddr,
};

use super::{Extension, OPUS, RED};
use crate::{dtls::Fingerprint, leg::Credentials};

/// Preferences of host candidates: UDP before TCP (RFC 8445, section 5.1.2.1; RFC 6544, section 4.2).
const UDP_PRIORITY: u32 = 126 << 24 | 0xFFFF << 8 | 255;
const TCP_PRIORITY: u32 = 90 << 24 | 0xFFFF << 8 | 255;

/// An offer of one track of sound.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// A number of the session, by chance (RFC 8829, section 5.2.1).
    pub session: u64,
    /// Our end of ICE.
    pub credentials: &'a Credentials,
    /// Our certificate's.
    pub fingerprint: &'a Fingerprint,
    /// Where we listen, the preferred address first.
    pub udp: &'a [SocketAddr],
    /// Where we take connections (RFC 6544).
    pub tcp: &'a [SocketAddr],
    /// What the leg's source is called in packets.
    pub ssrc: u32,
    /// Its canonical name, a word.
    pub name: &'a str,
    /// Whether the host sends redundant sound.
    pub red: bool,
}

impl Display for Offer<'_> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let session = self.session & i64::MAX as u64;
        write!(to, "v=0\r\no=- {session} 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n")?;
        write!(to, "a=group:BUNDLE 0\r\na=ice-lite\r\n")?;
        self.write_media_line(to)?;
        write!(to, "a=mid:0\r\na=sendonly\r\na=rtcp-mux\r\na=rtcp-rsize\r\n")?;
        self.write_transport(to)?;
        for extension in Extension::ALL {
            write!(to, "a=extmap:{} {}\r\n", extension.id(), extension.uri())?;
        }
        self.write_codecs(to)?;
        let Self { ssrc, name, .. } = self;
        write!(to, "a=msid:{name} sound\r\na=ssrc:{ssrc} cname:{name}\r\na=ssrc:{ssrc} msid:{name} sound\r\n")?;
        self.write_candidates(to)
    }
}

impl Offer<'_> {
    fn write_media_line(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.udp.first().map_or(9, SocketAddr::port);
        write!(to, "m=audio {port} UDP/TLS/RTP/SAVPF {OPUS}")?;
        if self.red {
            write!(to, " {RED}")?;
        }
        match self.udp.first() {
            Some(SocketAddr::V4(address)) => write!(to, "\r\nc=IN IP4 {}\r\n", address.ip()),
            Some(SocketAddr::V6(address)) => write!(to, "\r\nc=IN IP6 {}\r\n", address.ip()),
            None => write!(to, "\r\nc=IN IP4 0.0.0.0\r\n"),
        }
    }

    /// The answer says `active`, so that we are the server of DTLS and choose how packets are protected.
    fn write_transport(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { credentials, fingerprint, .. } = self;
        write!(to, "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\n", credentials.ufrag.as_str(), credentials.password)?;
        write!(to, "a=fingerprint:{fingerprint}\r\na=setup:actpass\r\n")
    }

    /// Opus in stereo, and with NACK, which browsers use for sound where it is negotiated.
    fn write_codecs(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "a=rtpmap:{OPUS} opus/48000/2\r\na=rtcp-fb:{OPUS} nack\r\n")?;
        write!(to, "a=fmtp:{OPUS} minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1\r\n")?;
        if self.red {
            write!(to, "a=rtpmap:{RED} red/48000/2\r\na=fmtp:{RED} {OPUS}/{OPUS}\r\n")?;
        }
        Ok(())
    }

    fn write_candidates(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, address) in self.udp.iter().enumerate() {
            let priority = UDP_PRIORITY - ((at as u32) << 8);
            let (foundation, ip, port) = (at + 1, address.ip(), address.port());
            write!(to, "a=candidate:{foundation} 1 udp {priority} {ip} {port} typ host\r\n")?;
        }
        for (at, address) in self.tcp.iter().enumerate() {
            let priority = TCP_PRIORITY - ((at as u32) << 8);
            let (foundation, ip, port) = (self.udp.len() + at + 1, address.ip(), address.port());
            write!(to, "a=candidate:{foundation} 1 tcp {priority} {ip} {port} typ host tcptype passive\r\n")?;
        }
        write!(to, "a=end-of-candidates\r\n")
    }
}
