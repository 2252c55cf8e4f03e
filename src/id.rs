//! Ids and names. A value of these types is always valid and needs no further check.
//!
//! This module draws no random numbers: the server passes the random bits in.

mod input;
mod looks;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    limits::{CODE_INPUT_CHARS, NAME_CHARS, ROOM_NAME_CHARS},
    refusal::Refusal,
    text::{parse_text, text_from_people},
};

/// Defines an opaque 128-bit id, written as 32 lower-case hexadecimal digits.
macro_rules! opaque_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// Makes the id from 128 random bits.
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = Refusal;

            fn from_str(text: &str) -> Result<Self, Refusal> {
                let digits = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                let bits = digits.then(|| u128::from_str_radix(text, 16).ok()).flatten();
                bits.map(Self).ok_or(Refusal::FrameMalformed)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                parse_text(deserializer)
            }
        }
    };
}

/// Defines `Debug` as the id's digits.
macro_rules! plain_debug {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    )*};
}

opaque_id!(
    /// A person who has signed in, or a guest.
    AccountId
);
opaque_id!(
    /// A room. The id is never used again, unlike the [`RoomCode`].
    RoomId
);
opaque_id!(
    /// An account's place in one room.
    MemberId
);
opaque_id!(
    /// What one member sends to others.
    PublicationId
);
opaque_id!(
    /// One WebSocket connection.
    ConnectionId
);
opaque_id!(
    /// One run of one server process.
    NodeId
);
opaque_id!(
    /// The secret with which a page resumes its membership on a new connection. `Debug` does not show it.
    ResumeToken
);
opaque_id!(
    /// A picture. Who does not know the id cannot guess it.
    PictureId
);
opaque_id!(
    /// A room's hash of a browser. The hashes of two rooms cannot be compared.
    BrowserMark
);
opaque_id!(
    /// A room's hash of a network address. The hashes of two rooms cannot be compared.
    AddressMark
);
opaque_id!(
    /// A room's hash of what a name looks like. The hashes of two rooms cannot be compared.
    NameMark
);
plain_debug!(
    AccountId,
    RoomId,
    MemberId,
    PublicationId,
    ConnectionId,
    NodeId,
    PictureId,
    BrowserMark,
    AddressMark,
    NameMark
);

impl fmt::Debug for ResumeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResumeToken(…)")
    }
}

/// The number of an entry in a room's log. The first is 1; 0 means before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The next number.
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// The number of a message in its room. The first is 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageNumber(pub u64);

impl MessageNumber {
    /// The number after this one.
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// One attempt to make a peer connection. The offering end draws the id. An answer or candidate with another id is out
/// of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NegotiationId(pub u32);

/// The six-character code of a room.
///
/// ```
/// use heartogether::{id::RoomCode, refusal::Refusal};
///
/// assert_eq!(RoomCode::parse(" abc-234 ").unwrap().to_string(), "ABC234");
/// assert_eq!(RoomCode::parse("ABC10O"), Err(Refusal::CodeMalformed));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomCode([u8; RoomCode::LENGTH]);

impl RoomCode {
    /// Characters in a code.
    pub const LENGTH: usize = 6;
    /// The characters of a code, without I, L, O, 0 and 1, which people confuse.
    pub const ALPHABET: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";

    /// Reads a code from a frame or a URL. Lower case, spaces and hyphens are allowed. For text that people paste into
    /// the code field use [`RoomCode::find_in`].
    ///
    /// # Errors
    /// [`Refusal::CodeMalformed`] for more than [`CODE_INPUT_CHARS`] characters, another length or a foreign character.
    pub fn parse(input: &str) -> Result<Self, Refusal> {
        if input.chars().count() > CODE_INPUT_CHARS {
            return Err(Refusal::CodeMalformed);
        }
        let kept = input.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase());
        let letters = kept.map(|c| u8::try_from(c).ok().filter(|b| Self::ALPHABET.contains(b)));
        let letters: Vec<u8> = letters.collect::<Option<_>>().ok_or(Refusal::CodeMalformed)?;
        letters.try_into().map(Self).map_err(|_| Refusal::CodeMalformed)
    }

    /// Draws a code, every one equally likely, from a source of random bytes.
    pub fn draw(mut random_byte: impl FnMut() -> u8) -> Self {
        let mut letter = || loop {
            if let Some(letter) = Self::ALPHABET.get(usize::from(random_byte() & 31)) {
                return *letter;
            }
        };
        Self(std::array::from_fn(|_| letter()))
    }
}

impl FromStr for RoomCode {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::parse(text)
    }
}

impl fmt::Display for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

impl fmt::Debug for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RoomCode({self})")
    }
}

impl Serialize for RoomCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RoomCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_text(deserializer)
    }
}

text_from_people!(
    /// What a person is called: 1 to [`NAME_CHARS`] characters, none of which is a control character or invisible.
    ///
    /// ```
    /// use heartogether::{id::DisplayName, refusal::Refusal};
    ///
    /// assert_eq!(DisplayName::parse(" Ada\u{202e}  Lovelace\u{200b}").unwrap().as_str(), "Ada Lovelace");
    /// assert_eq!(DisplayName::parse("\u{200b}"), Err(Refusal::NameEmpty));
    /// ```
    DisplayName, Line, NAME_CHARS, NameEmpty, NameTooLong, NameControlCharacter
);

text_from_people!(
    /// What a room is called: 1 to [`ROOM_NAME_CHARS`] characters, none of which is a control character or invisible.
    RoomName, Line, ROOM_NAME_CHARS, RoomNameEmpty, RoomNameTooLong, RoomNameControlCharacter
);
