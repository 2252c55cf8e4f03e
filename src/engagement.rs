//! Reactions and messages of listeners to the host.

use serde::{Deserialize, Serialize};

use crate::{limits::MESSAGE_CHARS, refusal::Refusal, text::text_from_people};

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
    /// A message to the host: 1 to [`MESSAGE_CHARS`] characters, without control characters and invisible ones.
    ///
    /// ```
    /// use heartogether::{engagement::MessageText, refusal::Refusal};
    ///
    /// assert_eq!(MessageText::parse(" louder, please ").unwrap().as_str(), "louder, please");
    /// assert_eq!(MessageText::parse(&"x".repeat(51)), Err(Refusal::MessageTooLong));
    /// ```
    MessageText, MESSAGE_CHARS, MessageEmpty, MessageTooLong, MessageControlCharacter
);
