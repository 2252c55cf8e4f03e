use proptest::prelude::*;

use super::*;

const HEADER: Header =
    Header { marker: true, payload_type: 111, sequence: 0x1234, timestamp: 0x5678_9ABC, ssrc: 0xDEF0_1234 };

fn map(pairs: &[(u8, u8)]) -> ExtensionMap {
    let mut map = ExtensionMap::default();
    for (source, leg) in pairs {
        map.pass(*source, *leg);
    }
    map
}

fn elements<'a>(of: &[(u8, &'a [u8])]) -> Elements<'a> {
    let mut elements = Elements::default();
    for (id, data) in of {
        elements.push(Element { id: *id, data });
    }
    elements
}

/// A redundant payload with these earlier blocks.
fn redundant(earlier: &[(u16, &[u8])], primary: &[u8]) -> Vec<u8> {
    let mut payload = Vec::new();
    for (offset, data) in earlier {
        let bits = u32::from(*offset) << 10 | data.len() as u32;
        payload.extend([0x80 | 111, (bits >> 16) as u8, (bits >> 8) as u8, bits as u8]);
    }
    payload.push(111);
    for (_, data) in earlier {
        payload.extend(*data);
    }
    payload.extend(primary);
    payload
}

#[test]
fn a_packet_is_read() {
    let contributors = [0, 0, 0, 1, 0, 0, 0, 2];
    let extension = [0xBE, 0xDE, 0, 2, 0x10, 0x7F, 0, 0x32, 1, 2, 3, 0];
    let head = [0xB2, 0x80 | 96, 0x12, 0x34, 0, 0, 0, 9, 0, 0, 0, 8];
    let datagram = [&head[..], &contributors, &extension, b"payload", &[0, 0, 3]].concat();
    let packet = Packet::parse(&datagram).expect("a packet");
    assert_eq!((packet.marker, packet.payload_type, packet.sequence), (true, 96, 0x1234));
    assert_eq!((packet.timestamp, packet.ssrc, packet.contributors), (9, 8, &contributors[..]));
    assert_eq!(packet.payload, b"payload");
    assert_eq!(packet.elements(), elements(&[(1, &[0x7F]), (3, &[1, 2, 3])]));
    assert_eq!(packet.header_bytes, 32);
}

#[test]
fn two_byte_elements_are_read() {
    let extension = [0x10, 0x05, 0, 2, 20, 0, 0, 3, 2, 8, 9, 0];
    assert_eq!(Elements::parse(&extension), elements(&[(20, &[]), (3, &[8, 9])]));
}

#[test]
fn an_element_that_ends_behind_the_extension_is_left_out() {
    assert_eq!(Elements::parse(&[0xBE, 0xDE, 0, 1, 0x10, 0x7F, 0x2F, 1]), elements(&[(1, &[0x7F])]));
    assert_eq!(Elements::parse(&[0x10, 0, 0, 1, 1, 9, 0, 0]), Elements::default());
}

#[test]
fn what_is_none_is_refused() {
    assert_eq!(Packet::parse(&[]), Err(Malformed::Length));
    assert_eq!(Packet::parse(&[0x40; 20]), Err(Malformed::Version));
    assert_eq!(Packet::parse(&[0x80; 11]), Err(Malformed::Length));
    assert_eq!(Packet::parse(&[0x90; 20]), Err(Malformed::Length), "its extension is long");
    assert_eq!(Packet::parse(&[[0xA0; 12], [9; 12]].concat()[..15]), Err(Malformed::Padding));
    assert_eq!(Packet::parse(&[[0xA0; 12], [0; 12]].concat()), Err(Malformed::Padding));
    assert_eq!(Packet::parse(&vec![0x80; MOST_BYTES + 1]), Err(Malformed::Length));
}

#[test]
fn a_leg_gets_the_elements_it_knows_under_its_ids() {
    let (mut room, source) = ([0xFF; 64], elements(&[(1, &[0x7F]), (2, b"gone"), (3, &[1, 2, 3])]));
    let length = HEADER.write(&source, &map(&[(1, 5), (3, 14)]), &mut room).expect("there is room");
    let packet = Packet::parse(&room[..length]).expect("a packet");
    assert_eq!(packet.elements(), elements(&[(5, &[0x7F]), (14, &[1, 2, 3])]));
    assert_eq!((packet.marker, packet.payload_type, packet.sequence), (true, 111, 0x1234));
    assert_eq!((packet.timestamp, packet.ssrc), (0x5678_9ABC, 0xDEF0_1234));
}

#[test]
fn a_leg_that_knows_no_element_gets_no_extension() {
    let mut room = [0xFF; 64];
    let long = [0; 17];
    let source = elements(&[(2, b"gone"), (3, &long), (4, b"")]);
    let length = HEADER.write(&source, &map(&[(3, 1), (4, 2), (15, 3), (5, 15)]), &mut room);
    assert_eq!((length, room[0]), (Some(HEADER_BYTES), 0x80));
}

#[test]
fn without_room_nothing_is_written() {
    let source = elements(&[(1, &[0x7F])]);
    for room in [11, 12, 14, 17, 19] {
        assert_eq!(HEADER.write(&source, &map(&[(1, 1)]), &mut vec![0; room]), None);
    }
    assert_eq!(HEADER.write(&source, &map(&[(1, 1)]), &mut [0; 20]), Some(20));
}

#[test]
fn redundant_blocks_are_told_apart() {
    let payload = redundant(&[(1_920, b"oldest"), (960, b"older")], b"primary");
    let red = Red::parse(&payload).expect("redundant");
    let blocks: Vec<_> = red.redundant().map(|block| (block.payload_type, block.offset, block.data)).collect();
    assert_eq!(blocks, [(111, 1_920, &b"oldest"[..]), (111, 960, &b"older"[..])]);
    assert_eq!(red.primary(), Block { payload_type: 111, offset: 0, data: b"primary" });
    assert_eq!(&payload[red.primary_start()..], b"primary");
}

#[test]
fn a_primary_block_may_stand_alone() {
    let payload = redundant(&[], b"primary");
    let red = Red::parse(&payload).expect("redundant");
    assert_eq!((red.redundant().count(), red.primary().data), (0, &b"primary"[..]));
}

#[test]
fn blocks_get_another_payload_type() {
    let payload = redundant(&[(960, b"older")], b"primary");
    let mut copy = payload.clone();
    Red::parse(&payload).expect("redundant").rename(&mut copy, 96);
    let renamed = Red::parse(&copy).expect("redundant");
    assert_eq!(renamed.primary(), Block { payload_type: 96, offset: 0, data: b"primary" });
    assert!(renamed.redundant().all(|block| block.payload_type == 96 && block.data == b"older"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..200), is_rtp: bool, map in prop::array::uniform16(0_u8..16)) {
        if let (true, Some(first)) = (is_rtp, bytes.first_mut()) {
            *first = *first & 0x3F | 0x80;
        }
        let Ok(packet) = Packet::parse(&bytes) else { return Ok(()) };
        let mut ids = ExtensionMap::default();
        map.iter().enumerate().for_each(|(source, leg)| ids.pass(source as u8, *leg));
        let mut room = [0; 400];
        let length = HEADER.write(&packet.elements(), &ids, &mut room).expect("there is room");
        prop_assert_eq!(header_bytes(&room[..length]), Ok(length));
        if let Some(red) = Red::parse(packet.payload) {
            prop_assert!(red.primary_start() <= packet.payload.len());
            prop_assert_eq!(red.redundant().map(|block| block.data.len()).sum::<usize>() + red.primary().data.len() + 1,
                packet.payload.len() - 4 * red.redundant().count());
        }
    }
}
