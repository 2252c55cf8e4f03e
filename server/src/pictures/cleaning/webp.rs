//! WebP (RFC 9649).

use heartogether::room::PictureFormat;

use super::{Clean, take, u16_le, u32_le};

/// In the flags of the header: that there are notes of a camera, and other notes (section 2.7).
const NOTES: u8 = 0x08 | 0x04;
/// Bytes of a frame before its own chunks (section 2.7.1.1).
const FRAME_HEAD: usize = 16;

/// Chunks at most, so that a list of empty ones does not take many times the memory of the file.
const MOST_CHUNKS: usize = 1 << 16;

type Size = (u32, u32);

pub(super) fn clean(bytes: &[u8]) -> Option<Clean> {
    let head = bytes.get(..12)?;
    if !head.starts_with(b"RIFF") || !head.ends_with(b"WEBP") {
        return None;
    }
    let length = usize::try_from(u32_le(head, 4)?).ok()?;
    let content = bytes.get(12..length.checked_add(8)?)?;
    let mut kept = b"WEBP".to_vec();
    let (mut canvas, mut still, mut has_pixels) = (None, None, false);
    for (kind, content) in chunks(content)? {
        match kind {
            b"VP8X" if canvas.is_none() && still.is_none() => {
                canvas = Some((u24(content, 4)? + 1, u24(content, 7)? + 1));
                let mut header = content.to_vec();
                *header.first_mut()? &= !NOTES;
                push_chunk(&mut kept, kind, &header)?;
            }
            b"VP8 " | b"VP8L" if still.is_none() => {
                still = Some(size_of(kind, content)?);
                has_pixels = true;
                push_chunk(&mut kept, kind, content)?;
            }
            b"ICCP" | b"ANIM" | b"ALPH" => push_chunk(&mut kept, kind, content)?,
            b"ANMF" => {
                push_chunk(&mut kept, kind, &clean_frame(content)?)?;
                has_pixels = true;
            }
            // A second picture, or a header too late.
            b"VP8X" | b"VP8 " | b"VP8L" => return None,
            _ => {}
        }
    }
    let is_one_size = canvas.zip(still).is_none_or(|(canvas, still)| canvas == still);
    let (width, height) = canvas.or(still).filter(|_| has_pixels && is_one_size)?;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend(u32::try_from(kept.len()).ok()?.to_le_bytes());
    bytes.extend(kept);
    Some(Clean { format: PictureFormat::Webp, width, height, bytes })
}

/// A frame of an animation with its pixels alone.
fn clean_frame(content: &[u8]) -> Option<Vec<u8>> {
    let mut rest = content;
    let mut kept = take(&mut rest, FRAME_HEAD)?.to_vec();
    for (kind, content) in chunks(rest)? {
        if matches!(kind, b"ALPH" | b"VP8 " | b"VP8L") {
            push_chunk(&mut kept, kind, content)?;
        }
    }
    Some(kept)
}

/// Its kind, and its content.
type Chunk<'a> = (&'a [u8; 4], &'a [u8]);

/// The chunks up to the end (section 2.3). `None` if one of them is not whole, or there are too many.
fn chunks(mut rest: &[u8]) -> Option<Vec<Chunk<'_>>> {
    let mut chunks = Vec::new();
    while !rest.is_empty() {
        if chunks.len() == MOST_CHUNKS {
            return None;
        }
        let head = take(&mut rest, 8)?;
        let length = usize::try_from(u32_le(head, 4)?).ok()?;
        chunks.push((head.first_chunk()?, take(&mut rest, length)?));
        // The byte that makes the length even may be missing at the end.
        let filled = (length % 2).min(rest.len());
        take(&mut rest, filled)?;
    }
    Some(chunks)
}

fn push_chunk(kept: &mut Vec<u8>, kind: &[u8; 4], content: &[u8]) -> Option<()> {
    kept.extend_from_slice(kind);
    kept.extend(u32::try_from(content.len()).ok()?.to_le_bytes());
    kept.extend_from_slice(content);
    kept.extend(std::iter::repeat_n(0, content.len() % 2));
    Some(())
}

/// How large a picture without a header is: of a key frame (RFC 6386, section 9.1), or without loss (section 3.4).
fn size_of(kind: &[u8; 4], content: &[u8]) -> Option<Size> {
    if kind == b"VP8 " {
        let starts = content.get(3..6)? == [0x9d, 0x01, 0x2a];
        let length = |at| Some(u32::from(u16_le(content, at)? & 0x3fff));
        return Some((length(6)?, length(8)?)).filter(|_| starts);
    }
    let starts = content.first() == Some(&0x2f);
    let bits = u32_le(content, 1).filter(|_| starts)?;
    Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
}

fn u24(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 3)?;
    Some(u32::from(bytes[0]) | u32::from(bytes[1]) << 8 | u32::from(bytes[2]) << 16)
}
