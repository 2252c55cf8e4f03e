//! What goes out.

use super::{
    MasterKey, Profile, RTCP_ENCRYPTED, RTCP_HEADER_BYTES, RTCP_INDEX_BYTES, RTP_HEADER_BYTES, Stream,
    counter_mode::CounterMode, gcm::Gcm, ssrc_of,
};

/// The session keys of one direction, for either profile.
#[derive(Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "the keys stand in the rows of a table, and all rows have the same protection"
)]
pub(super) enum Cipher {
    Gcm(Gcm),
    CounterMode(CounterMode),
}

impl Cipher {
    pub(super) fn new(master: &MasterKey, stream: Stream) -> Self {
        match master.profile() {
            Profile::AeadAes128Gcm => Self::Gcm(Gcm::new(master, stream)),
            Profile::Aes128CmHmacSha1_80 => Self::CounterMode(CounterMode::new(master, stream)),
        }
    }

    pub(super) fn profile(&self) -> Profile {
        match self {
            Self::Gcm(_) => Profile::AeadAes128Gcm,
            Self::CounterMode(_) => Profile::Aes128CmHmacSha1_80,
        }
    }
}

/// Seals packets of RTP. It keeps no count: the caller says the index of each packet.
#[derive(Clone)]
pub struct RtpSealer(Cipher);

impl RtpSealer {
    /// With the session keys of a master key.
    pub fn new(master: &MasterKey) -> Self {
        Self(Cipher::new(master, Stream::Rtp))
    }

    #[cfg(test)]
    pub(super) fn with(cipher: Cipher) -> Self {
        Self(cipher)
    }

    /// How it protects.
    pub fn profile(&self) -> Profile {
        self.0.profile()
    }

    /// Bytes that a packet becomes longer.
    pub fn tag_bytes(&self) -> usize {
        self.profile().tag_bytes()
    }

    /// Seals a packet whose header has so many bytes. Its last [`tag_bytes`](Self::tag_bytes) are room for the tag. The index is the
    /// sequence number with the count of its roll-overs before it, and must never come twice with another content.
    ///
    /// Returns false, and leaves the packet as it is, where the sizes are none of a packet.
    pub fn seal(&self, packet: &mut [u8], header_bytes: usize, index: u64) -> bool {
        let end = packet.len().saturating_sub(self.tag_bytes());
        if header_bytes < RTP_HEADER_BYTES || header_bytes > end {
            return false;
        }
        let ssrc = ssrc_of(packet, Stream::Rtp);
        let (content, tag) = packet.split_at_mut(end);
        match &self.0 {
            Cipher::Gcm(gcm) => {
                let (header, text) = content.split_at_mut(header_bytes);
                tag.copy_from_slice(&gcm.seal(ssrc, index, header, text));
            }
            Cipher::CounterMode(keys) => {
                keys.apply(ssrc, index, &mut content[header_bytes..]);
                tag.copy_from_slice(&keys.tag(content, &roll_overs(index)));
            }
        }
        true
    }
}

/// The count of roll-overs, as it is authenticated.
pub(super) fn roll_overs(index: u64) -> [u8; 4] {
    ((index >> 16) as u32).to_be_bytes()
}

/// Seals packets of RTCP, and counts them.
#[derive(Clone)]
pub struct RtcpSealer {
    cipher: Cipher,
    index: u32,
}

impl RtcpSealer {
    /// With the session keys of a master key.
    pub fn new(master: &MasterKey) -> Self {
        Self { cipher: Cipher::new(master, Stream::Rtcp), index: 0 }
    }

    #[cfg(test)]
    pub(super) fn with(cipher: Cipher, index: u32) -> Self {
        Self { cipher, index }
    }

    /// Seals a compound packet, which becomes longer.
    ///
    /// Returns false, and leaves the packet as it is, if it is none, or if all indices are used (RFC 3711, section 9.2).
    pub fn seal(&mut self, packet: &mut Vec<u8>) -> bool {
        if packet.len() < RTCP_HEADER_BYTES || self.index + 1 >= RTCP_ENCRYPTED {
            return false;
        }
        self.index += 1;
        let ssrc = ssrc_of(packet, Stream::Rtcp);
        let trailer: [u8; RTCP_INDEX_BYTES] = (RTCP_ENCRYPTED | self.index).to_be_bytes();
        match &self.cipher {
            Cipher::Gcm(gcm) => {
                let (header, text) = packet.split_at_mut(RTCP_HEADER_BYTES);
                let mut readable = [0; RTCP_HEADER_BYTES + RTCP_INDEX_BYTES];
                readable[..RTCP_HEADER_BYTES].copy_from_slice(header);
                readable[RTCP_HEADER_BYTES..].copy_from_slice(&trailer);
                let tag = gcm.seal(ssrc, self.index.into(), &readable, text);
                packet.extend(tag);
                packet.extend(trailer);
            }
            Cipher::CounterMode(keys) => {
                keys.apply(ssrc, self.index.into(), &mut packet[RTCP_HEADER_BYTES..]);
                packet.extend(trailer);
                let tag = keys.tag(packet, &[]);
                packet.extend(tag);
            }
        }
        true
    }
}
