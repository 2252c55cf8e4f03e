//! What comes in.

use super::{
    MasterKey, RTCP_ENCRYPTED, RTCP_HEADER_BYTES, RTCP_INDEX_BYTES, RTP_HEADER_BYTES, ReplayWindow, RollOver, Stream,
    counter_mode, gcm,
    seal::{Cipher, roll_overs},
    ssrc_of,
};

/// Sources of RTCP whose replays are told apart. Browsers have one for each track that they receive, and a listener has one track.
const MOST_SOURCES: usize = 8;

/// Why a packet is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unopened {
    /// It is too short to be one, or not encrypted.
    Malformed,
    /// It came before, or is so old that nobody knows.
    Replayed,
    /// It was not sealed with this key.
    Forged,
    /// There are too many sources already.
    TooManySources,
}

/// Opens the packets of one source of RTP.
#[derive(Clone)]
pub struct RtpOpener {
    cipher: Cipher,
    roll_over: RollOver,
    window: ReplayWindow,
}

impl RtpOpener {
    /// With the session keys of a master key.
    pub fn new(master: &MasterKey) -> Self {
        Self::with(Cipher::new(master, Stream::Rtp))
    }

    pub(super) fn with(cipher: Cipher) -> Self {
        Self { cipher, roll_over: RollOver::default(), window: ReplayWindow::default() }
    }

    /// Opens a packet whose header has so many bytes. What is returned is the packet without its tag, and its index.
    ///
    /// # Errors
    ///
    /// It is not authentic, or it came before. Its payload is garbage then.
    pub fn open<'p>(&mut self, packet: &'p mut [u8], header_bytes: usize) -> Result<(&'p [u8], u64), Unopened> {
        let tag_bytes = self.cipher.profile().tag_bytes();
        let end = packet.len().checked_sub(tag_bytes).ok_or(Unopened::Malformed)?;
        if header_bytes < RTP_HEADER_BYTES || header_bytes > end {
            return Err(Unopened::Malformed);
        }
        let index = self.roll_over.estimate(u16::from_be_bytes([packet[2], packet[3]]));
        if self.window.has(index) {
            return Err(Unopened::Replayed);
        }
        let ssrc = ssrc_of(packet, Stream::Rtp);
        let is_authentic = match &self.cipher {
            Cipher::Gcm(gcm) => {
                let (header, text_and_tag) = packet.split_at_mut(header_bytes);
                gcm.open(ssrc, index, header, text_and_tag)
            }
            Cipher::CounterMode(keys) => {
                let (content, tag) = packet.split_at_mut(end);
                let is_authentic = keys.is_tag(content, &roll_overs(index), tag);
                if is_authentic {
                    keys.apply(ssrc, index, &mut content[header_bytes..]);
                }
                is_authentic
            }
        };
        if !is_authentic {
            return Err(Unopened::Forged);
        }
        self.roll_over.take(index);
        self.window.insert(index);
        Ok((&packet[..end], index))
    }
}

/// Opens packets of RTCP, of a few sources.
#[derive(Clone)]
pub struct RtcpOpener {
    cipher: Cipher,
    windows: Vec<(u32, ReplayWindow)>,
}

impl RtcpOpener {
    /// With the session keys of a master key.
    pub fn new(master: &MasterKey) -> Self {
        Self::with(Cipher::new(master, Stream::Rtcp))
    }

    pub(super) fn with(cipher: Cipher) -> Self {
        Self { cipher, windows: Vec::new() }
    }

    /// Opens a compound packet in place.
    ///
    /// # Errors
    ///
    /// It is not authentic, or it came before. It is garbage then.
    pub fn open<'p>(&mut self, packet: &'p mut [u8]) -> Result<&'p [u8], Unopened> {
        let behind = match &self.cipher {
            Cipher::Gcm(_) => gcm::TAG_BYTES + RTCP_INDEX_BYTES,
            Cipher::CounterMode(_) => RTCP_INDEX_BYTES + counter_mode::TAG_BYTES,
        };
        let end = packet.len().checked_sub(behind).ok_or(Unopened::Malformed)?;
        if end < RTCP_HEADER_BYTES {
            return Err(Unopened::Malformed);
        }
        let at = match &self.cipher {
            Cipher::Gcm(_) => packet.len() - RTCP_INDEX_BYTES,
            Cipher::CounterMode(_) => end,
        };
        let trailer = [packet[at], packet[at + 1], packet[at + 2], packet[at + 3]];
        let trailer_bits = u32::from_be_bytes(trailer);
        if trailer_bits & RTCP_ENCRYPTED == 0 {
            return Err(Unopened::Malformed);
        }
        let (ssrc, index) = (ssrc_of(packet, Stream::Rtcp), u64::from(trailer_bits & !RTCP_ENCRYPTED));
        let known = self.windows.iter().position(|(of, _)| *of == ssrc);
        match known {
            Some(known) if self.windows[known].1.has(index) => return Err(Unopened::Replayed),
            None if self.windows.len() >= MOST_SOURCES => return Err(Unopened::TooManySources),
            _ => {}
        }
        if !self.decrypt(packet, end, trailer, ssrc, index) {
            return Err(Unopened::Forged);
        }
        let known = known.unwrap_or_else(|| {
            self.windows.push((ssrc, ReplayWindow::default()));
            self.windows.len() - 1
        });
        self.windows[known].1.insert(index);
        Ok(&packet[..end])
    }

    fn decrypt(&self, packet: &mut [u8], end: usize, trailer: [u8; 4], ssrc: u32, index: u64) -> bool {
        match &self.cipher {
            Cipher::Gcm(gcm) => {
                let (header, rest) = packet.split_at_mut(RTCP_HEADER_BYTES);
                let mut readable = [0; RTCP_HEADER_BYTES + RTCP_INDEX_BYTES];
                readable[..RTCP_HEADER_BYTES].copy_from_slice(header);
                readable[RTCP_HEADER_BYTES..].copy_from_slice(&trailer);
                let text_and_tag = end - RTCP_HEADER_BYTES + gcm::TAG_BYTES;
                gcm.open(ssrc, index, &readable, &mut rest[..text_and_tag])
            }
            Cipher::CounterMode(keys) => {
                let (content, tag) = packet.split_at_mut(end + RTCP_INDEX_BYTES);
                let is_authentic = keys.is_tag(content, &[], tag);
                if is_authentic {
                    keys.apply(ssrc, index, &mut content[RTCP_HEADER_BYTES..end]);
                }
                is_authentic
            }
        }
    }
}
