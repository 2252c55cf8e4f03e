//! Pictures as programs write them, with what they hide, and what is none.

use super::*;

/// What nobody needs to see: it must be in no cleaned picture.
const SECRET: &[u8] = b"taken at home";
/// A file of another kind behind the end.
const BEHIND: &[u8] = b"PK\x03\x04 <script>alert(1)</script>";

fn png_chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a length").to_be_bytes();
    [&length, &kind[..], content, &[0; 4]].concat()
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        png_chunk(b"IHDR", &header),
        png_chunk(b"tEXt", SECRET),
        png_chunk(b"eXIf", SECRET),
        png_chunk(b"iCCP", b"colours"),
        png_chunk(b"IDAT", b"pixels"),
        png_chunk(b"IEND", b""),
        BEHIND.to_vec(),
    ]
    .concat()
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).expect("a length").to_be_bytes();
    [&[0xff, marker], &length[..], content].concat()
}

/// The notes of a camera: which side is up, and a secret.
fn exif(orientation: u8) -> Vec<u8> {
    let entry = [0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0];
    [b"Exif\0\0II*\0\x08\0\0\0\x01\0", &entry[..], &[0; 4], SECRET].concat()
}

fn jpeg(width: u16, height: u16, orientation: u8) -> Vec<u8> {
    let size = [&[8][..], &height.to_be_bytes(), &width.to_be_bytes(), &[1, 1, 0x11, 0]].concat();
    [
        vec![0xff, 0xd8],
        segment(0xe0, &[b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01", SECRET].concat()),
        segment(0xe1, &exif(orientation)),
        segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET].concat()),
        segment(0xed, SECRET),
        segment(0xfe, SECRET),
        segment(0xe2, b"ICC_PROFILE\0\x01\x01colours"),
        segment(0xdb, &[0; 65]),
        vec![0xff],
        segment(0xc2, &size),
        segment(0xda, &[1, 1, 0, 0, 0, 0]),
        b"first\xff\0\xff\xd0pixels".to_vec(),
        // Between the scans of a picture that comes in several.
        segment(0xfe, SECRET),
        segment(0xda, &[1, 1, 0, 0, 0, 0]),
        b"more pixels".to_vec(),
        vec![0xff, 0xd9],
        BEHIND.to_vec(),
    ]
    .concat()
}

fn blocks(content: &[u8]) -> Vec<u8> {
    [&[u8::try_from(content.len()).expect("a length")], content, &[0]].concat()
}

fn gif(width: u16, height: u16) -> Vec<u8> {
    let extension = |kind: u8, content: &[u8]| [&[0x21, kind], content].concat();
    let frame =
        [&[0x2c, 0, 0, 0, 0][..], &width.to_le_bytes(), &height.to_le_bytes(), &[0x80, 1, 2, 3, 4, 5, 6, 2]].concat();
    [
        b"GIF89a".to_vec(),
        width.to_le_bytes().to_vec(),
        height.to_le_bytes().to_vec(),
        vec![0x80, 0, 0, 0, 0, 0, 255, 255, 255],
        extension(0xff, &[b"\x0bNETSCAPE2.0".to_vec(), vec![3, 1, 7, 0], blocks(SECRET)].concat()),
        extension(0xff, &[b"\x0bXMP DataXMP".to_vec(), blocks(SECRET)].concat()),
        extension(0xfe, &blocks(SECRET)),
        extension(0xf9, &blocks(&[4, 10, 0, 0])),
        frame,
        blocks(b"pixels"),
        vec![0x3b],
        BEHIND.to_vec(),
    ]
    .concat()
}

fn webp_chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a length").to_le_bytes();
    [&kind[..], &length, content, &vec![0; content.len() % 2]].concat()
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let content = [b"WEBP".to_vec(), chunks.concat()].concat();
    let length = u32::try_from(content.len()).expect("a length").to_le_bytes();
    [b"RIFF", &length[..], &content, BEHIND].concat()
}

fn lossless(width: u32, height: u32) -> Vec<u8> {
    let bits = (width - 1) | (height - 1) << 14;
    [&[0x2f], &bits.to_le_bytes()[..], b"pixels"].concat()
}

fn webp_header(flags: u8, width: u32, height: u32) -> Vec<u8> {
    let length = |length: u32| (length - 1).to_le_bytes()[..3].to_vec();
    webp_chunk(b"VP8X", &[vec![flags, 0, 0, 0], length(width), length(height)].concat())
}

fn webp(width: u32, height: u32) -> Vec<u8> {
    riff(&[
        webp_header(0x2c, width, height),
        webp_chunk(b"ICCP", b"colours"),
        webp_chunk(b"VP8L", &lossless(width, height)),
        webp_chunk(b"EXIF", SECRET),
        webp_chunk(b"XMP ", SECRET),
        webp_chunk(b"odd ", SECRET),
    ])
}

fn moving_webp(width: u32, height: u32) -> Vec<u8> {
    let frame = [vec![0; 16], webp_chunk(b"VP8L", &lossless(width, height)), webp_chunk(b"odd ", SECRET)].concat();
    riff(&[webp_header(2, width, height), webp_chunk(b"ANIM", &[0; 6]), webp_chunk(b"ANMF", &frame)])
}

fn samples() -> Vec<(PictureFormat, Vec<u8>)> {
    use PictureFormat::{Gif, Jpeg, Png, Webp};
    let key_frame =
        [&[0, 0, 0, 0x9d, 0x01, 0x2a][..], &300_u16.to_le_bytes(), &200_u16.to_le_bytes(), b"pixels"].concat();
    vec![
        (Png, png(300, 200)),
        (Jpeg, jpeg(300, 200, 1)),
        (Gif, gif(300, 200)),
        (Webp, webp(300, 200)),
        (Webp, moving_webp(300, 200)),
        (Webp, riff(&[webp_chunk(b"VP8 ", &key_frame)])),
    ]
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_picture_is_what_its_bytes_say_and_keeps_its_pixels_alone() {
    for (format, bytes) in samples() {
        let cleaned = clean(&bytes).expect("a picture");
        assert_eq!((cleaned.format, cleaned.width, cleaned.height), (format, 300, 200));
        assert!(holds(&cleaned.bytes, b"pixels"), "{format:?}");
        assert_eq!(holds(&cleaned.bytes, b"colours"), holds(&bytes, b"colours"), "{format:?} looks the same");
        for hidden in [SECRET, b"script", b"PK"] {
            assert!(!holds(&cleaned.bytes, hidden), "{format:?} holds {hidden:?}");
        }
        assert_eq!(clean(&cleaned.bytes), Ok(cleaned), "cleaning it again changes nothing");
    }
}

#[test]
fn a_picture_that_is_not_whole_is_none() {
    for (format, bytes) in samples() {
        let whole = clean(&bytes).expect("a picture").bytes;
        for length in 0..whole.len() {
            assert_eq!(clean(&whole[..length]), Err(Refusal::PictureUnreadable), "{format:?} cut at {length}");
        }
    }
}

#[test]
fn what_is_no_picture_is_refused_whatever_it_begins_with() {
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    let in_front = |bytes: Vec<u8>| [b"<html>".to_vec(), bytes].concat();
    let two_headers = |bytes: Vec<u8>, header: &[u8]| {
        let place = bytes.windows(header.len()).position(|window| window == header).expect("a header");
        [&bytes[..place], header, &bytes[place..]].concat()
    };
    let size = segment(0xc2, &[8, 0, 200, 1, 44, 1, 1, 0x11, 0]);
    for none in [
        Vec::new(),
        svg.to_vec(),
        b"<!doctype html><title>GIF89a</title>".to_vec(),
        b"GIF89a/*".to_vec(),
        b"\0\0\0 ftypavif".to_vec(),
        in_front(png(3, 2)),
        in_front(jpeg(3, 2, 1)),
        two_headers(jpeg(300, 200, 1), &size),
        // The header and the pixels say different things.
        riff(&[webp_header(0, 30, 20), webp_chunk(b"VP8L", &lossless(300, 200))]),
        riff(&[webp_header(0, 30, 20)]),
        png(0, 20),
        jpeg(30, 0, 1),
    ] {
        assert_eq!(clean(&none), Err(Refusal::PictureUnreadable), "{:?}", String::from_utf8_lossy(&none));
    }
}

#[test]
fn a_small_file_with_many_pixels_is_too_large() {
    for bytes in [
        png(50_000, 50_000),
        png(u32::MAX, u32::MAX),
        jpeg(65_000, 65_000, 1),
        gif(65_000, 65_000),
        webp(16_000, 16_000),
    ] {
        assert_eq!(clean(&bytes), Err(Refusal::PictureTooLarge));
    }
    assert!(clean(&png(8_000, 5_000)).is_ok(), "40 megapixels");
}

#[test]
fn a_photograph_stays_the_right_way_up() {
    for (orientation, size) in [(1, (300, 200)), (3, (300, 200)), (6, (200, 300)), (8, (200, 300)), (9, (300, 200))] {
        let cleaned = clean(&jpeg(300, 200, orientation)).expect("a picture");
        assert_eq!((cleaned.width, cleaned.height), size, "{orientation}");
        let noted = holds(&cleaned.bytes, &[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation]);
        assert_eq!(noted, (2..=8).contains(&orientation), "{orientation}");
    }
}

#[test]
fn an_animation_goes_on_as_often_as_it_did() {
    let cleaned = clean(&gif(3, 2)).expect("a picture");
    assert!(holds(&cleaned.bytes, b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x07\x00\x00\x21\xf9"));
}

#[test]
fn a_spoiled_picture_is_refused_or_cleaned() {
    for (format, bytes) in samples() {
        for place in 0..bytes.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff, bytes[place].wrapping_add(1), bytes[place] ^ 0x20] {
                let mut spoiled = bytes.clone();
                spoiled[place] = value;
                let Ok(cleaned) = clean(&spoiled) else { continue };
                assert_eq!(clean(&cleaned.bytes), Ok(cleaned), "{format:?} with {value:#x} at {place}");
            }
        }
    }
}
