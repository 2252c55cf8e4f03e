//! RTP (RFC 3550): a packet is read once, without allocation, and written again for each leg with its own header.

mod extension;
mod red;
#[cfg(test)]
mod tests;

pub use extension::{Element, Elements, ExtensionMap, MOST_ELEMENTS};
pub use red::{Block, Red};

/// Bytes of the header that every packet has.
pub const HEADER_BYTES: usize = 12;
/// Bytes of the largest packet that is taken: what Ethernet carries over IPv4, without the longest tag. Browsers stay under 1,200.
pub const MOST_BYTES: usize = 1_472 - 16;

const VERSION: u8 = 2;
const EXTENSION_FLAG: u8 = 0x10;
const PADDING_FLAG: u8 = 0x20;
const MARKER_FLAG: u8 = 0x80;

/// Why a datagram is no packet of RTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// It is shorter than its header says, or too long.
    Length,
    /// It is of another version.
    Version,
    /// Its padding is longer than its payload.
    Padding,
}

/// A packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The start of a talk spurt, for sound (RFC 3551, section 4.1).
    pub marker: bool,
    /// What the payload is, by the session's description.
    pub payload_type: u8,
    /// Which packet of its source this is.
    pub sequence: u16,
    /// When it was sampled, in units of its codec's clock.
    pub timestamp: u32,
    /// Where it comes from.
    pub ssrc: u32,
    /// Who contributed to it, four bytes each.
    pub contributors: &'a [u8],
    /// Its header extension with the head of four bytes; empty, if it has none.
    pub extension_bytes: &'a [u8],
    /// The payload, without padding.
    pub payload: &'a [u8],
    /// Where the payload starts. Before it nothing is encrypted (RFC 3711, section 3.1).
    pub header_bytes: usize,
}

/// Where the payload of a packet starts, which may still be sealed.
///
/// # Errors
///
/// It is no packet of RTP.
pub fn header_bytes(datagram: &[u8]) -> Result<usize, Malformed> {
    let first = datagram.first().copied().ok_or(Malformed::Length)?;
    if first >> 6 != VERSION {
        return Err(Malformed::Version);
    }
    let mut end = HEADER_BYTES + 4 * usize::from(first & 0x0F);
    if first & EXTENSION_FLAG != 0 {
        let words = datagram.get(end + 2..end + 4).ok_or(Malformed::Length)?;
        end += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    }
    if end > datagram.len() { Err(Malformed::Length) } else { Ok(end) }
}

impl<'a> Packet<'a> {
    /// Reads a packet that is not sealed.
    ///
    /// # Errors
    ///
    /// It is no packet of RTP.
    pub fn parse(datagram: &'a [u8]) -> Result<Self, Malformed> {
        let start = header_bytes(datagram)?;
        if datagram.len() > MOST_BYTES {
            return Err(Malformed::Length);
        }
        let (header, mut payload) = datagram.split_at(start);
        let contributors_end = HEADER_BYTES + 4 * usize::from(header[0] & 0x0F);
        if header[0] & PADDING_FLAG != 0 {
            let padding = usize::from(payload.last().copied().unwrap_or(0));
            let end = payload.len().checked_sub(padding).filter(|_| padding > 0).ok_or(Malformed::Padding)?;
            payload = &payload[..end];
        }
        Ok(Self {
            marker: header[1] & MARKER_FLAG != 0,
            payload_type: header[1] & !MARKER_FLAG,
            sequence: u16::from_be_bytes([header[2], header[3]]),
            timestamp: u32::from_be_bytes([header[4], header[5], header[6], header[7]]),
            ssrc: u32::from_be_bytes([header[8], header[9], header[10], header[11]]),
            contributors: &header[HEADER_BYTES..contributors_end],
            extension_bytes: &header[contributors_end..],
            payload,
            header_bytes: start,
        })
    }

    /// The elements of its header extension.
    pub fn elements(&self) -> Elements<'a> {
        Elements::parse(self.extension_bytes)
    }
}

/// The header that a leg gets, without contributors and padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The start of a talk spurt.
    pub marker: bool,
    /// The leg's number for the codec.
    pub payload_type: u8,
    /// The leg's count.
    pub sequence: u16,
    /// The leg's time.
    pub timestamp: u32,
    /// What the leg's source is called.
    pub ssrc: u32,
}

impl Header {
    /// Writes it with the elements that the leg knows, and says how long it is. Nothing is written where there is no room for it.
    pub fn write(&self, elements: &Elements<'_>, map: &ExtensionMap, into: &mut [u8]) -> Option<usize> {
        let fixed = into.get_mut(..HEADER_BYTES)?;
        fixed[0] = VERSION << 6;
        fixed[1] = self.payload_type | if self.marker { MARKER_FLAG } else { 0 };
        fixed[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        fixed[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        fixed[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        let extension_bytes = map.write(elements, &mut into[HEADER_BYTES..])?;
        if extension_bytes > 0 {
            into[0] |= EXTENSION_FLAG;
        }
        Some(HEADER_BYTES + extension_bytes)
    }
}
