//! Compound packets for listeners.

use super::{HEAD_BYTES, Ntp, VERSION, kind};

/// The canonical name (RFC 3550, section 6.5.1).
const CNAME: u8 = 1;
/// The most that a description's length can say.
const MOST_NAME_BYTES: usize = 255;

/// What a leg is told about what it was sent (RFC 3550, section 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderReport {
    /// The leg's source.
    pub ssrc: u32,
    /// Now.
    pub ntp: Ntp,
    /// The same moment in the leg's time.
    pub timestamp: u32,
    /// Packets that were sent.
    pub packets: u32,
    /// Bytes of their payloads.
    pub octets: u32,
}

impl SenderReport {
    /// Writes it, and who the source is. A longer name is cut.
    pub fn write(&self, name: &str, into: &mut Vec<u8>) {
        write_head(kind::SENDER_REPORT, 0, 24, into);
        into.extend(self.ssrc.to_be_bytes());
        into.extend(self.ntp.0.to_be_bytes());
        for number in [self.timestamp, self.packets, self.octets] {
            into.extend(number.to_be_bytes());
        }
        write_name(self.ssrc, name, into);
    }
}

/// Writes an empty report, who the source is, and that it ends (RFC 3550, section 6.6).
pub fn write_goodbye(ssrc: u32, name: &str, into: &mut Vec<u8>) {
    write_head(kind::RECEIVER_REPORT, 0, 4, into);
    into.extend(ssrc.to_be_bytes());
    write_name(ssrc, name, into);
    write_head(kind::GOODBYE, 1, 4, into);
    into.extend(ssrc.to_be_bytes());
}

fn write_name(ssrc: u32, name: &str, into: &mut Vec<u8>) {
    let name = &name.as_bytes()[..name.len().min(MOST_NAME_BYTES)];
    // At least one zero ends the list.
    let body = (4 + 2 + name.len() + 1).next_multiple_of(4);
    write_head(kind::DESCRIPTION, 1, body, into);
    let end = into.len() + body;
    into.extend(ssrc.to_be_bytes());
    into.extend([CNAME, name.len() as u8]);
    into.extend(name);
    into.resize(end, 0);
}

fn write_head(kind: u8, count: u8, body_bytes: usize, into: &mut Vec<u8>) {
    let words = ((HEAD_BYTES + body_bytes) / 4 - 1) as u16;
    into.extend([VERSION << 6 | count, kind]);
    into.extend(words.to_be_bytes());
}
