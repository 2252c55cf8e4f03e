//! What a datagram on the one port is (RFC 7983; RFC 5761, section 4), and whose, if it says so.

use crate::{stun::Request, ufrag::Ufrag};

/// The protocol of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A check of ICE.
    Stun,
    /// A part of a handshake.
    Dtls,
    /// Sound.
    Rtp,
    /// Reports on sound.
    Rtcp,
    /// Something that is not for us.
    Unknown,
}

impl Kind {
    /// By the first two bytes.
    pub fn of(datagram: &[u8]) -> Self {
        match datagram {
            [0..=3, ..] => Self::Stun,
            [20..=63, ..] => Self::Dtls,
            [128..=191, 192..=223, ..] => Self::Rtcp,
            [128..=191, _, ..] => Self::Rtp,
            _ => Self::Unknown,
        }
    }
}

/// The user fragment of ours that a check of ICE names, by which its leg is found. It is not proven. All other datagrams are found by the
/// address that they come from.
pub fn named_leg(datagram: &[u8]) -> Option<Ufrag> {
    let (ours, _) = Request::parse(datagram).ok()?.user_fragments()?;
    Ufrag::parse(ours).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_share_a_port() {
        let kinds = [[0, 1], [22, 254], [0x80, 111], [0x80, 0x80 | 111], [0x81, 201], [64, 0], [255, 0]]
            .map(|start| Kind::of(&start));
        assert_eq!(kinds, [Kind::Stun, Kind::Dtls, Kind::Rtp, Kind::Rtp, Kind::Rtcp, Kind::Unknown, Kind::Unknown]);
        assert_eq!((Kind::of(&[]), Kind::of(&[0x80])), (Kind::Unknown, Kind::Unknown));
    }
}
