//! GIF (CompuServe, 89a).

use heartogether::room::PictureFormat;

use super::{Clean, take, take_byte, u16_le};

const FRAME: u8 = 0x2c;
const EXTENSION: u8 = 0x21;
const END: u8 = 0x3b;
/// How long a frame is shown, and what is transparent (section 23).
const CONTROL: u8 = 0xf9;
const APPLICATION: u8 = 0xff;
/// The extensions that say how often an animation is shown, with the length of their name before it.
const LOOPS: [&[u8]; 2] = [b"\x0bNETSCAPE2.0\x03\x01", b"\x0bANIMEXTS1.0\x03\x01"];

pub(super) fn clean(bytes: &[u8]) -> Option<Clean> {
    let mut rest = bytes;
    let head = take(&mut rest, 13)?;
    if !head.starts_with(b"GIF87a") && !head.starts_with(b"GIF89a") {
        return None;
    }
    let (mut width, mut height) = (u32::from(u16_le(head, 6)?), u32::from(u16_le(head, 8)?));
    let mut kept = head.to_vec();
    kept.extend_from_slice(take(&mut rest, bytes_of_colours(head[10]))?);
    let mut has_pixels = false;
    loop {
        match take_byte(&mut rest)? {
            FRAME => {
                let frame = take(&mut rest, 9)?;
                let reach = |from, length| Some(u32::from(u16_le(frame, from)?) + u32::from(u16_le(frame, length)?));
                // Browsers make the picture as large as its frames.
                (width, height) = (width.max(reach(0, 4)?), height.max(reach(2, 6)?));
                kept.push(FRAME);
                kept.extend_from_slice(frame);
                kept.extend_from_slice(take(&mut rest, bytes_of_colours(frame[8]))?);
                kept.push(take_byte(&mut rest)?);
                kept.extend_from_slice(take_blocks(&mut rest)?);
                has_pixels = true;
            }
            EXTENSION => {
                let kind = take_byte(&mut rest)?;
                let blocks = take_blocks(&mut rest)?;
                match kind {
                    CONTROL => {
                        kept.extend([EXTENSION, CONTROL]);
                        kept.extend_from_slice(blocks);
                    }
                    APPLICATION if LOOPS.iter().any(|name| blocks.starts_with(name)) => {
                        kept.extend([EXTENSION, APPLICATION]);
                        // The name, and how often, in two bytes.
                        kept.extend_from_slice(blocks.get(..16)?);
                        kept.push(0);
                    }
                    _ => {}
                }
            }
            END => break,
            _ => return None,
        }
    }
    kept.push(END);
    has_pixels.then_some(Clean { format: PictureFormat::Gif, width, height, bytes: kept })
}

/// Bytes of the list of colours that these flags announce (sections 18 and 20).
fn bytes_of_colours(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Takes blocks, each with its length before it, and the empty one at their end.
fn take_blocks<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let mut length = 0_usize;
    loop {
        let block = usize::from(*rest.get(length)?);
        length += block + 1;
        if block == 0 {
            return take(rest, length);
        }
    }
}
