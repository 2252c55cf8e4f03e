//! JPEG (ITU-T T.81, JFIF in T.871). Of what a camera has noted (Exif 2.3), only which side is up is kept.

use heartogether::room::PictureFormat;

use super::{Clean, take, take_byte, u16_be, u16_le, u32_be, u32_le};

const PREFIX: u8 = 0xff;
const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const JFIF: u8 = 0xe0;
const EXIF: u8 = 0xe1;
const EXIF_NAME: &[u8] = b"Exif\0\0";
/// Which side is up (Exif 2.3, section 4.6.4).
const ORIENTATION: u16 = 0x0112;
/// From here on width and height are exchanged.
const TURNED: u8 = 5;

pub(super) fn clean(bytes: &[u8]) -> Option<Clean> {
    let mut rest = bytes.strip_prefix(&[PREFIX, START])?;
    let mut kept = vec![PREFIX, START];
    let (mut size, mut orientation, mut has_pixels) = (None, 1, false);
    loop {
        let marker = take_marker(&mut rest)?;
        if marker == END {
            kept.extend([PREFIX, END]);
            break;
        }
        let length = u16_be(rest, 0)?.into();
        let segment = take(&mut rest, length)?;
        let content = segment.get(2..)?;
        match marker {
            // A second header would be another picture than the first one.
            _ if is_header(marker) && size.is_some() => return None,
            _ if is_header(marker) => size = Some((u16_be(content, 3)?, u16_be(content, 1)?)),
            EXIF if orientation == 1 => orientation = orientation_of(content).unwrap_or(1),
            _ => {}
        }
        match marker {
            EXIF if orientation > 1 && content.starts_with(EXIF_NAME) => kept.extend(orientation_alone(orientation)),
            // Without the small picture that may be in it.
            JFIF if content.starts_with(b"JFIF\0") => {
                kept.extend([PREFIX, JFIF, 0, 16]);
                kept.extend_from_slice(content.get(..12)?);
                kept.extend([0, 0]);
            }
            _ if is_needed(marker, content) => {
                kept.extend([PREFIX, marker]);
                kept.extend_from_slice(segment);
            }
            _ => {}
        }
        if marker == SCAN {
            let length = length_of_scan(rest)?;
            kept.extend_from_slice(take(&mut rest, length)?);
            has_pixels = true;
        }
    }
    let (width, height) = size.filter(|_| has_pixels)?;
    let (width, height) = if orientation < TURNED { (width, height) } else { (height, width) };
    Some(Clean { format: PictureFormat::Jpeg, width: width.into(), height: height.into(), bytes: kept })
}

/// Takes a marker with the bytes that may fill the space before it.
fn take_marker(rest: &mut &[u8]) -> Option<u8> {
    if take_byte(rest)? != PREFIX {
        return None;
    }
    loop {
        match take_byte(rest)? {
            PREFIX => {}
            marker => return Some(marker),
        }
    }
}

/// Whether a segment says how large the picture is: all of SOF, without DHT, JPG and DAC between them.
const fn is_header(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

/// Whether the picture would look otherwise without a segment: tables, intervals, pixels, colour profile and Adobe's kind of colours.
fn is_needed(marker: u8, content: &[u8]) -> bool {
    match marker {
        0xe2 => content.starts_with(b"ICC_PROFILE\0"),
        0xee => content.starts_with(b"Adobe"),
        0xc4 | 0xcc | 0xdb | 0xdd | SCAN => true,
        _ => is_header(marker),
    }
}

/// Bytes of pixels up to the next marker. Within pixels, a prefix is followed by zero or by a restart (section B.1.1).
fn length_of_scan(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| pair[0] == PREFIX && !matches!(pair[1], 0 | PREFIX | 0xd0..=0xd7))
}

/// Which side is up, if that is noted: 1 to 8.
fn orientation_of(content: &[u8]) -> Option<u8> {
    let noted = content.strip_prefix(EXIF_NAME)?;
    let is_big = match noted.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let short = |at| if is_big { u16_be(noted, at) } else { u16_le(noted, at) };
    let long = |at| if is_big { u32_be(noted, at) } else { u32_le(noted, at) };
    let list = usize::try_from(long(4)?).ok()?;
    let entries = (0..usize::from(short(list)?)).map(|entry| list.saturating_add(2 + entry * 12));
    let found = entries.take_while(|at| short(*at).is_some()).find(|at| short(*at) == Some(ORIENTATION))?;
    short(found + 8).and_then(|value| u8::try_from(value).ok()).filter(|value| (1..=8).contains(value))
}

/// A segment that says which side is up, and nothing else.
fn orientation_alone(orientation: u8) -> Vec<u8> {
    let mut segment = vec![PREFIX, EXIF, 0, 34];
    segment.extend_from_slice(EXIF_NAME);
    // One entry: a short number, once.
    segment.extend_from_slice(b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
    segment.extend([orientation, 0, 0, 0, 0, 0, 0]);
    segment
}
