//! JSON (RFC 8259) as our own server writes it and pages answer it. Everybody who listens waits for this code, so it is small: it
//! does not say what is wrong, and all that does not depend on a type is compiled once, not once for each type.
//!
//! What `serde` can do beyond the types of the protocol is refused, as it is read and as it is written: values of any type, negative
//! numbers, fractions, bytes, single characters.

mod reading;
mod text;
mod writing;

use std::fmt;

use serde::{
    Serialize,
    de::{self, DeserializeOwned},
    ser,
};

use text::Text;
use writing::Written;

/// Reads a whole text. A character beyond U+FFFF is read as itself. Escaped as a pair of surrogates (section 7), it is refused.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unfit> {
    let mut text = Text::new(text);
    let read = T::deserialize(&mut text)?;
    if text.peek().is_none() { Ok(read) } else { Err(Unfit) }
}

/// Writes a value.
pub(crate) fn write(value: &impl Serialize) -> Result<String, Unfit> {
    let mut written = Written::default();
    value.serialize(&mut written)?;
    Ok(written.0)
}

/// The text is not what was asked for, or the value is none of the protocol.
#[derive(Debug)]
pub(crate) struct Unfit;

impl fmt::Display for Unfit {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Unfit {}

impl de::Error for Unfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl ser::Error for Unfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}
