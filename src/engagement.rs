//! Reactions and messages.

mod mentions;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    limits::MESSAGE_CHARS,
    refusal::Refusal,
    text::{self, parse_text, text_from_people},
};

pub use mentions::{mention_at, mentions};

/// Defines the reactions together with their emoji.
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
    /// The number of reactions shown at once.
    const QUICK: usize = 5;

    /// The reactions shown at once.
    pub fn quick() -> &'static [Self] {
        &Self::ALL[..Self::QUICK]
    }

    /// The reactions behind "more".
    pub fn more() -> &'static [Self] {
        &Self::ALL[Self::QUICK..]
    }
}

text_from_people!(
    /// A message: 1 to [`MESSAGE_CHARS`] characters in one or more lines, without other control characters and invisible ones. A
    /// room may allow fewer characters, and one line only.
    ///
    /// ```
    /// use heartogether::{engagement::MessageText, refusal::Refusal};
    ///
    /// assert_eq!(MessageText::parse(" - louder\r\n  - please ").unwrap().as_str(), "- louder\n  - please");
    /// assert_eq!(MessageText::parse(&"x".repeat(4_001)), Err(Refusal::MessageTooLong));
    /// ```
    MessageText, Lines, MESSAGE_CHARS, MessageEmpty, MessageTooLong, MessageControlCharacter
);

impl MessageText {
    /// The same words in one line: any run of space is one space.
    ///
    /// ```
    /// # use heartogether::engagement::MessageText;
    /// assert_eq!(MessageText::parse("louder,\n  please").unwrap().in_one_line().as_str(), "louder, please");
    /// ```
    #[must_use]
    pub fn in_one_line(&self) -> Self {
        Self(text::tidy(&self.0))
    }

    /// How many characters this would have in one line.
    pub fn length_in_one_line(input: &str) -> usize {
        text::tidy(input).chars().count()
    }

    /// Stands for the text of a message that has pictures alone.
    pub const fn none() -> Self {
        Self::forgotten()
    }

    /// Whether there are no words: there were none, or they are forgotten.
    pub const fn is_none(&self) -> bool {
        self.is_forgotten()
    }

    /// Reads, with `#[serde(deserialize_with)]`, what a person typed beside pictures, which may be nothing.
    ///
    /// # Errors
    /// Those of [`MessageText::parse`], the empty text apart.
    pub fn read_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match Self::parse(&text) {
            Err(Refusal::MessageEmpty) => Ok(Self::none()),
            read => read.map_err(|refusal| serde::de::Error::custom(refusal.code())),
        }
    }

    /// The number of characters.
    pub fn chars(&self) -> usize {
        self.0.chars().count()
    }
}

/// One emoji, as members put it on messages: one of those that the Unicode Consortium recommends for interchange (UTS #51,
/// `emoji-test.txt`), fully qualified.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Emoji(String);

impl Emoji {
    /// Reads an emoji. An unqualified one, such as a heart without its variation selector, stands for the qualified one.
    ///
    /// ```
    /// use heartogether::{engagement::Emoji, refusal::Refusal};
    ///
    /// assert_eq!(Emoji::parse("❤").unwrap().as_str(), "❤️");
    /// assert_eq!(Emoji::parse("👍👍"), Err(Refusal::EmojiUnknown));
    /// ```
    ///
    /// # Errors
    /// [`Refusal::EmojiUnknown`].
    pub fn parse(input: &str) -> Result<Self, Refusal> {
        emojis::get(input).map(|emoji| Self(emoji.as_str().to_owned())).ok_or(Refusal::EmojiUnknown)
    }

    /// Reads, with `#[serde(deserialize_with)]`, an emoji that a server has stored or tells. Which emoji there are depends on the
    /// version of Unicode that it knew.
    ///
    /// # Errors
    /// If it is no text.
    pub fn told<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }

    /// Its characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Emoji {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::parse(text)
    }
}

impl fmt::Display for Emoji {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Emoji {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_text(deserializer)
    }
}
