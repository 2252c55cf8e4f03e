//! A picture in a message. Its bytes are elsewhere; the message says where, and how much space it takes.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::id::PictureId;

/// A picture as the server has found it to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Its id, by which members get its bytes.
    pub id: PictureId,
    /// How it is encoded.
    pub format: PictureFormat,
    /// Pixels from left to right, as it is shown.
    pub width: u32,
    /// Pixels from top to bottom, as it is shown.
    pub height: u32,
}

/// How a picture is encoded. Nothing else is accepted: what can hold a script least of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    /// PNG (W3C), animated or not.
    Png,
    /// JPEG (ITU-T T.81).
    Jpeg,
    /// GIF (CompuServe, 89a), animated or not.
    Gif,
    /// WebP (RFC 9649), animated or not.
    Webp,
}

impl PictureFormat {
    /// Every format.
    pub const ALL: &[Self] = &[Self::Png, Self::Jpeg, Self::Gif, Self::Webp];

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        }
    }

    /// Its name, also at the end of names of files.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Gif => "gif",
            Self::Webp => "webp",
        }
    }
}

// Written by hand for the same reason as those of a refusal: every page would load what is derived.
impl Serialize for PictureFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.extension())
    }
}

impl<'de> Deserialize<'de> for PictureFormat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let found = Self::ALL.iter().find(|format| format.extension() == name);
        found.copied().ok_or_else(|| de::Error::custom("no format has this name"))
    }
}
