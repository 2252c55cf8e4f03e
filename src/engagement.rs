//! What listeners tell the host: reactions and messages.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};

use crate::{id::parse_text, limits::MESSAGE_CHARS, refusal::Refusal};

/// Defines the reactions with their emoji, so that neither can be forgotten.
macro_rules! reactions {
    ($($name:ident $emoji:literal $word:literal;)*) => {
        /// One of the emoji a listener can send. Nothing else is accepted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Reaction {
            $(#[doc = $word] #[serde(rename = $emoji)] $name,)*
        }

        impl Reaction {
            /// Every reaction, the quick ones first.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The emoji, which is its name on the wire too.
            pub const fn emoji(self) -> &'static str {
                match self { $(Self::$name => $emoji,)* }
            }
        }
    };
}

reactions! {
    Heart "❤️" "Love.";
    ThumbsUp "👍" "Yes.";
    ThumbsDown "👎" "No.";
    Crying "😭" "Tears.";
    HeartEyes "😍" "In love with it.";
    Applause "👏" "Applause.";
    Fire "🔥" "Fire.";
    Party "🎉" "A party.";
    Astonished "😮" "Astonished.";
    Thanks "🙏" "Thanks.";
    Laughing "😂" "Tears of laughter.";
    MindBlown "🤯" "Mind blown.";
    Hundred "💯" "A hundred points.";
}

impl Reaction {
    /// How many stand in reach at once.
    const QUICK: usize = 5;

    /// Those that stand in reach at once.
    pub fn quick() -> &'static [Self] {
        &Self::ALL[..Self::QUICK]
    }

    /// Those behind "more".
    pub fn more() -> &'static [Self] {
        &Self::ALL[Self::QUICK..]
    }
}

/// What a listener writes to the host: 1 to [`MESSAGE_CHARS`] characters, trimmed, no control characters.
///
/// ```
/// use heartogether::{engagement::MessageText, refusal::Refusal};
///
/// assert_eq!(MessageText::parse(" louder, please ").unwrap().as_str(), "louder, please");
/// assert_eq!(MessageText::parse(&"x".repeat(51)), Err(Refusal::MessageTooLong));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct MessageText(String);

impl MessageText {
    /// Checks what a person typed.
    ///
    /// # Errors
    /// [`Refusal::MessageEmpty`], [`Refusal::MessageTooLong`] or [`Refusal::MessageControlCharacter`].
    pub fn parse(input: &str) -> Result<Self, Refusal> {
        let text = input.trim();
        match text.chars().count() {
            0 => Err(Refusal::MessageEmpty),
            _ if text.chars().any(char::is_control) => Err(Refusal::MessageControlCharacter),
            length if length > MESSAGE_CHARS => Err(Refusal::MessageTooLong),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MessageText {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::parse(text)
    }
}

impl fmt::Display for MessageText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for MessageText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_text(deserializer)
    }
}
