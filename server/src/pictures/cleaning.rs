//! Reads what somebody has uploaded, and keeps of it only what is needed to see a picture: what the camera noted, comments, other
//! files behind the end and everything unknown is left out. No pixel is decoded, so a small file cannot become a large amount of
//! memory.

mod gif;
mod jpeg;
mod png;
mod webp;

use heartogether::{limits::PICTURE_PIXELS, refusal::Refusal, room::PictureFormat};

/// A picture without what nobody needs to see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clean {
    pub(crate) format: PictureFormat,
    /// Pixels, as it is shown.
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bytes: Vec<u8>,
}

/// Reads a picture by what it is, whatever it is said to be.
///
/// # Errors
/// [`Refusal::PictureUnreadable`] for everything that is no whole PNG, JPEG, GIF or WebP, [`Refusal::PictureTooLarge`] for one with
/// more than [`PICTURE_PIXELS`].
pub(crate) fn clean(bytes: &[u8]) -> Result<Clean, Refusal> {
    let read = [png::clean, jpeg::clean, gif::clean, webp::clean];
    let clean = read.into_iter().find_map(|read| read(bytes)).ok_or(Refusal::PictureUnreadable)?;
    match u64::from(clean.width) * u64::from(clean.height) {
        0 => Err(Refusal::PictureUnreadable),
        1..=PICTURE_PIXELS => Ok(clean),
        _ => Err(Refusal::PictureTooLarge),
    }
}

/// Takes so many bytes from the front.
fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

/// Takes one byte from the front.
fn take_byte(rest: &mut &[u8]) -> Option<u8> {
    let (byte, after) = rest.split_first()?;
    *rest = after;
    Some(*byte)
}

/// The two bytes at a place, the more significant one first.
fn u16_be(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))
}

/// The two bytes at a place, the less significant one first.
fn u16_le(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

/// The four bytes at a place, the most significant one first.
fn u32_be(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

/// The four bytes at a place, the least significant one first.
fn u32_le(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests;
