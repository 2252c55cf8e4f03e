//! PNG (W3C Recommendation, third edition).

use heartogether::room::PictureFormat;

use super::{Clean, take, u32_be};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The chunks that say how the picture looks (sections 11.2 and 11.3): its pixels, transparency, colours and animation.
const KEPT: [&[u8]; 14] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"acTL",
    b"fcTL", b"fdAT",
];

pub(super) fn clean(bytes: &[u8]) -> Option<Clean> {
    let mut rest = bytes.strip_prefix(SIGNATURE)?;
    let mut kept = SIGNATURE.to_vec();
    let (mut size, mut has_pixels) = (None, false);
    loop {
        let length = usize::try_from(u32_be(rest, 0)?).ok()?;
        // Its length, its kind, its content and its checksum.
        let chunk = take(&mut rest, length.checked_add(12)?)?;
        let kind = chunk.get(4..8)?;
        match (kind, size) {
            (b"IHDR", None) => size = Some((u32_be(chunk, 8)?, u32_be(chunk, 12)?)),
            // The header comes first, and once.
            (b"IHDR", Some(_)) | (_, None) => return None,
            _ => {}
        }
        has_pixels |= kind == b"IDAT";
        if KEPT.contains(&kind) {
            kept.extend_from_slice(chunk);
        }
        if kind == b"IEND" {
            let (width, height) = size.filter(|_| has_pixels)?;
            return Some(Clean { format: PictureFormat::Png, width, height, bytes: kept });
        }
    }
}
