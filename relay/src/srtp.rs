//! SRTP and SRTCP (RFC 3711) with `AEAD_AES_128_GCM` (RFC 7714) and `AES_CM_128_HMAC_SHA1_80`: keys are derived, packets are sealed
//! and opened in place. It keeps counters and windows of replays, and draws nothing by chance.

mod counter_mode;
mod derivation;
mod gcm;
mod index;
mod keystream;
mod open;
mod seal;
#[cfg(test)]
mod tests;

pub use index::{ReplayWindow, RollOver};
pub use open::{RtcpOpener, RtpOpener, Unopened};
pub use seal::{RtcpSealer, RtpSealer};

/// How packets are protected. The first one listed is the better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// `SRTP_AEAD_AES_128_GCM` (RFC 7714).
    AeadAes128Gcm,
    /// `SRTP_AES128_CM_HMAC_SHA1_80` (RFC 5764, section 4.1.2), which every browser has.
    Aes128CmHmacSha1_80,
}

impl Profile {
    /// Bytes of a master key.
    pub const KEY_BYTES: usize = 16;

    /// Bytes of a master salt.
    pub const fn salt_bytes(self) -> usize {
        match self {
            Self::AeadAes128Gcm => 12,
            Self::Aes128CmHmacSha1_80 => 14,
        }
    }

    /// Bytes that a sealed packet of RTP is longer than the plain one.
    pub const fn tag_bytes(self) -> usize {
        match self {
            Self::AeadAes128Gcm => gcm::TAG_BYTES,
            Self::Aes128CmHmacSha1_80 => counter_mode::TAG_BYTES,
        }
    }

    /// Bytes that DTLS exports for both directions (RFC 5764, section 4.2).
    pub const fn exported_bytes(self) -> usize {
        2 * (Self::KEY_BYTES + self.salt_bytes())
    }
}

/// A master key with its salt, for one direction.
#[derive(Clone)]
pub struct MasterKey {
    profile: Profile,
    key: [u8; Profile::KEY_BYTES],
    /// One that is shorter ends with zeros (RFC 7714, section 11).
    salt: [u8; 14],
}

impl MasterKey {
    /// A key and a salt as long as the profile says.
    pub fn new(profile: Profile, key: &[u8], salt: &[u8]) -> Option<Self> {
        let key = key.try_into().ok()?;
        if salt.len() != profile.salt_bytes() {
            return None;
        }
        let mut padded = [0; 14];
        padded[..salt.len()].copy_from_slice(salt);
        Some(Self { profile, key, salt: padded })
    }

    /// How it is used.
    pub fn profile(&self) -> Profile {
        self.profile
    }
}

/// The keys of both directions, as a DTLS handshake gives them.
#[derive(Clone)]
pub struct Keys {
    /// What the client of the handshake seals with.
    pub client: MasterKey,
    /// What the server of the handshake seals with.
    pub server: MasterKey,
}

impl Keys {
    /// The label under which DTLS exports them (RFC 5764, section 4.2).
    pub const LABEL: &'static str = "EXTRACTOR-dtls_srtp";

    /// Cuts what was exported: both keys, then both salts. It is as long as [`Profile::exported_bytes`].
    pub fn from_exported(profile: Profile, exported: &[u8]) -> Option<Self> {
        if exported.len() != profile.exported_bytes() {
            return None;
        }
        let (keys, salts) = exported.split_at(2 * Profile::KEY_BYTES);
        let ((client, server), salt) = (keys.split_at(Profile::KEY_BYTES), salts.split_at(profile.salt_bytes()));
        let client = MasterKey::new(profile, client, salt.0)?;
        Some(Self { client, server: MasterKey::new(profile, server, salt.1)? })
    }
}

/// What packets carry, for which each master key has other session keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Rtp,
    Rtcp,
}

/// Where the source stands in a packet of RTP, and in one of RTCP.
fn ssrc_of(packet: &[u8], stream: Stream) -> u32 {
    let at = match stream {
        Stream::Rtp => 8,
        Stream::Rtcp => 4,
    };
    packet.get(at..at + 4).map_or(0, |ssrc| u32::from_be_bytes([ssrc[0], ssrc[1], ssrc[2], ssrc[3]]))
}

/// The fixed header of RTP.
const RTP_HEADER_BYTES: usize = 12;
/// The first packet's header and sender, which stay readable.
const RTCP_HEADER_BYTES: usize = 8;
/// The flag "encrypted" and the index behind a packet of RTCP.
const RTCP_INDEX_BYTES: usize = 4;
const RTCP_ENCRYPTED: u32 = 1 << 31;
