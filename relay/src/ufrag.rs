//! Our user fragments of ICE (RFC 8839, section 5.4): they say who owns a listener's leg, so that its first packet finds its owner
//! without a table that all cores share. The rest of them is random.

use std::fmt;

/// Which leg a user fragment belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The core that owns the leg.
    pub shard: u8,
    /// Where the core keeps it.
    pub slot: u32,
    /// Which of the legs that were kept there one after the other. What is late for an earlier one does not reach a later one.
    pub epoch: u16,
}

/// A user fragment: a place, and 96 random bits by which a stranger is told from who was invited.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ufrag([u8; Ufrag::BYTES]);

/// Why something is none of our user fragments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotOurs {
    /// It has another length than ours.
    Length,
    /// It has a character that ICE does not allow (`ice-char`).
    Character,
}

/// The characters that ICE allows, which are those of base64 (RFC 8839, section 5.4).
const CHARACTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

impl Ufrag {
    /// How long one is: 144 bits, six in a character.
    pub const BYTES: usize = 24;
    /// Slots end here.
    pub const SLOTS: u32 = 1 << 24;

    /// Names a place. Of its slot the lower 24 bits count.
    pub fn new(place: Place, random: [u8; 12]) -> Self {
        let ([_, a, b, c], [d, e]) = (place.slot.to_be_bytes(), place.epoch.to_be_bytes());
        let mut packed = [0; 18];
        packed[..6].copy_from_slice(&[place.shard, a, b, c, d, e]);
        packed[6..].copy_from_slice(&random);
        let mut text = [0; Self::BYTES];
        for (three, four) in packed.chunks_exact(3).zip(text.chunks_exact_mut(4)) {
            let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
            for (at, character) in four.iter_mut().enumerate() {
                *character = CHARACTERS[(bits >> (18 - 6 * at)) as usize & 63];
            }
        }
        Self(text)
    }

    /// Reads one.
    ///
    /// # Errors
    ///
    /// It cannot be one of ours.
    pub fn parse(text: &[u8]) -> Result<Self, NotOurs> {
        let text: [u8; Self::BYTES] = text.try_into().map_err(|_| NotOurs::Length)?;
        if text.iter().any(|character| value(*character).is_none()) {
            return Err(NotOurs::Character);
        }
        Ok(Self(text))
    }

    /// Who owns the leg.
    pub fn place(&self) -> Place {
        let mut packed = [0; 6];
        for (four, three) in self.0.chunks_exact(4).zip(packed.chunks_exact_mut(3)) {
            let bits = four.iter().fold(0, |bits, character| bits << 6 | value(*character).unwrap_or_default());
            three.copy_from_slice(&bits.to_be_bytes()[1..]);
        }
        let [shard, a, b, c, d, e] = packed;
        Place { shard, slot: u32::from_be_bytes([0, a, b, c]), epoch: u16::from_be_bytes([d, e]) }
    }

    /// As it stands in a description.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("its characters are ASCII")
    }
}

impl fmt::Debug for Ufrag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Ufrag({:?})", self.place())
    }
}

/// The six bits that a character stands for.
fn value(character: u8) -> Option<u32> {
    let value = match character {
        b'A'..=b'Z' => character - b'A',
        b'a'..=b'z' => character - b'a' + 26,
        b'0'..=b'9' => character - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_ours_is_refused() {
        assert_eq!(Ufrag::parse(b"short"), Err(NotOurs::Length));
        assert_eq!(Ufrag::parse(b"0123456789abcdef01234567:"), Err(NotOurs::Length));
        assert_eq!(Ufrag::parse(b"0123456789abcdef0123456:"), Err(NotOurs::Character));
    }

    #[test]
    fn what_is_printed_does_not_tell_the_random_part() {
        let place = Place { shard: 1, slot: 2, epoch: 3 };
        assert_eq!(format!("{:?}", Ufrag::new(place, [9; 12])), format!("Ufrag({place:?})"));
    }

    proptest! {
        #[test]
        fn a_place_is_found_again(shard: u8, slot in 0..Ufrag::SLOTS, epoch: u16, random: [u8; 12]) {
            let place = Place { shard, slot, epoch };
            let ufrag = Ufrag::new(place, random);
            prop_assert_eq!(Ufrag::parse(ufrag.as_str().as_bytes()), Ok(ufrag));
            prop_assert_eq!(ufrag.place(), place);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = Ufrag::parse(&bytes).map(|ufrag| ufrag.place());
        }
    }
}
