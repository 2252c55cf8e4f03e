use proptest::prelude::*;

use super::*;

fn items(packet: &[u8]) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    read(packet, |item| items.push(item));
    items
}

fn receiver_report(blocks: &[[u32; 6]]) -> Vec<u8> {
    let mut packet = vec![0x80 | blocks.len() as u8, kind::RECEIVER_REPORT, 0, 1 + 6 * blocks.len() as u8, 0, 0, 0, 1];
    packet.extend(blocks.iter().flatten().flat_map(|number| number.to_be_bytes()));
    packet
}

#[test]
fn reports_say_how_a_source_is_received() {
    let packet = receiver_report(&[[7, 0x40FF_FFFE, 0x0001_0002, 480, 9, 10], [8, 0, 0, 0, 0, 0]]);
    let expected = ReportBlock {
        ssrc: 7,
        fraction_lost: 64,
        total_lost: -2,
        highest: 0x0001_0002,
        jitter: 480,
        last_report: 9,
        since_last_report: 10,
    };
    let second = ReportBlock { ssrc: 8, ..ReportBlock::default() };
    assert_eq!(items(&packet), [Item::Report(expected), Item::Report(second)]);
}

#[test]
fn what_is_missing_is_listed() {
    let nack = [0x81, 205, 0, 4, 0, 0, 0, 1, 0, 0, 0, 7, 0xFF, 0xFF, 0x80, 0x01, 0, 9, 0, 0];
    let packet = [&receiver_report(&[])[..], &nack].concat();
    let [Item::Nack(nack)] = items(&packet)[..] else { panic!("{:?}", items(&packet)) };
    assert_eq!(nack.ssrc, 7);
    assert_eq!(nack.sequences().collect::<Vec<_>>(), [65_535, 0, 15, 9]);
}

#[test]
fn other_feedback_is_passed_over() {
    let transport_wide = [0x8F, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 0];
    let picture_loss = [0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 7];
    let packet = [&transport_wide[..], &picture_loss, &receiver_report(&[[7, 0, 0, 0, 0, 0]])].concat();
    assert_eq!(items(&packet).len(), 1);
}

#[test]
fn what_we_write_can_be_read() {
    let mut packet = Vec::new();
    let report = SenderReport { ssrc: 7, ntp: Ntp(0x1111_2222_3333_4444), timestamp: 3, packets: 4, octets: 5 };
    report.write("relay", &mut packet);
    let expected = [
        [0x80, 200, 0, 6],
        [0, 0, 0, 7],
        [0x11, 0x11, 0x22, 0x22],
        [0x33, 0x33, 0x44, 0x44],
        [0, 0, 0, 3],
        [0, 0, 0, 4],
        [0, 0, 0, 5],
        [0x81, 202, 0, 3],
        [0, 0, 0, 7],
        [1, 5, b'r', b'e'],
        [b'l', b'a', b'y', 0],
    ];
    assert_eq!(packet, expected.concat());
    assert_eq!(items(&packet), []);
    packet.clear();
    write_goodbye(7, "relay", &mut packet);
    assert_eq!(items(&packet), [Item::Goodbye(7)]);
}

#[test]
fn a_time_has_a_middle() {
    let ntp = Ntp::from_unix(Duration::from_millis(1_500));
    assert_eq!(ntp.0, (2_208_988_801 << 32) + (1 << 31));
    assert_eq!(ntp.middle(), 0x7E81_8000);
    assert_eq!(from_middle(0x0001_8000), Duration::from_millis(1_500));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_passed_over(mut bytes in prop::collection::vec(any::<u8>(), 0..200), kind in 198_u8..208, words in 0_u8..50) {
        if let [first, second, high, low, ..] = &mut bytes[..] {
            (*first, *second, *high, *low) = (*first & 0x3F | 0x80, kind, 0, words);
        }
        read(&bytes, |item| if let Item::Nack(nack) = item {
            assert!(nack.sequences().count() <= bytes.len() / 4 * 17);
        });
    }
}
