//! Names and messages as values: what stands in their place once they are forgotten.

use heartogether::{engagement::MessageText, id::DisplayName};

use super::Value;
use crate::text::forgotten;

impl From<&DisplayName> for Value {
    fn from(name: &DisplayName) -> Self {
        match name.is_forgotten() {
            true => forgotten::NAME.into(),
            false => Self::Text(name.to_string()),
        }
    }
}

impl From<&MessageText> for Value {
    fn from(words: &MessageText) -> Self {
        match words.is_forgotten() {
            true => forgotten::WORDS.into(),
            false => Self::Text(words.to_string()),
        }
    }
}
