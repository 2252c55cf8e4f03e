//! The volume of a listener's player, in the form in which the page stores it for the next visit.

use std::{fmt, str::FromStr};

/// A player's volume. A muted player keeps it.
///
/// ```
/// use heartogether_client::Volume;
///
/// let volume = Volume { percent: 80, muted: true };
/// assert_eq!(volume.to_string(), "80 muted");
/// assert_eq!("80 muted".parse(), Ok(volume));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volume {
    /// From 0 to 100.
    pub percent: u32,
    /// Whether it is muted.
    pub muted: bool,
}

/// The text is not a valid [`Volume`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoVolume;

const MUTED: &str = "muted";

impl Volume {
    /// The value of `HTMLMediaElement.volume`.
    pub fn fraction(self) -> f64 {
        f64::from(self.percent.min(100)) / 100.0
    }

    /// Whether nothing can be heard.
    pub const fn is_silent(self) -> bool {
        self.muted || self.percent == 0
    }
}

impl Default for Volume {
    fn default() -> Self {
        Self { percent: 100, muted: false }
    }
}

impl fmt::Display for Volume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.muted {
            true => write!(f, "{} {MUTED}", self.percent),
            false => write!(f, "{}", self.percent),
        }
    }
}

impl FromStr for Volume {
    type Err = NoVolume;

    fn from_str(text: &str) -> Result<Self, NoVolume> {
        let (percent, muted) = match text.split_once(' ') {
            Some((percent, MUTED)) => (percent, true),
            Some(_) => return Err(NoVolume),
            None => (text, false),
        };
        let percent = percent.parse().ok().filter(|percent| *percent <= 100).ok_or(NoVolume)?;
        Ok(Self { percent, muted })
    }
}
