use super::*;
use crate::srtp::RtcpOpener;

fn nack(ssrc: u32, sequences: &[u16]) -> Vec<u8> {
    let mut packet = vec![0x81, 205, 0, 2 + sequences.len() as u8, 0, 0, 0, 1];
    packet.extend(ssrc.to_be_bytes());
    packet.extend(sequences.iter().flat_map(|sequence| [sequence.to_be_bytes(), [0, 0]].concat()));
    packet
}

/// What goes out again.
fn repeated(publication: &mut Publication, id: RowId, sequences: &[u16]) -> Vec<Vec<u8>> {
    let mut batch = Batch::new(64);
    publication.handle_reports(id, Ntp::default(), &nack(0xBBBB_0001, sequences), &mut batch);
    batch.iter().map(|(_, sealed)| sealed.to_vec()).collect()
}

/// A publication with one leg that has had so many packets; its numbers begin with 100.
fn publication(packets: u16) -> (Publication, RowId, Vec<Vec<u8>>) {
    let mut publication = Publication::new(SOURCE);
    let id = publication.join(subscriber(1), Start::new(100, 0));
    let now = start();
    let sent = (0..packets).map(|packet| send(&mut publication, now, &red(1_000 + packet)).remove(0).1).collect();
    (publication, id, sent)
}

#[test]
fn what_is_missing_is_sent_again_as_it_was() {
    let (mut publication, id, sent) = publication(10);
    assert_eq!(repeated(&mut publication, id, &[103, 108]), [sent[3].clone(), sent[8].clone()]);
}

#[test]
fn what_a_leg_never_had_is_not_sent_to_it() {
    let (mut publication, id, _) = publication(10);
    assert!(repeated(&mut publication, id, &[99, 110, 5_000]).is_empty());
    let later = publication.join(subscriber(2), Start::new(100, 0));
    assert!(repeated(&mut publication, later, &[100, 101]).is_empty(), "nothing was sent to it");
    let mut batch = Batch::new(64);
    publication.handle_reports(id, Ntp::default(), &nack(7, &[103]), &mut batch);
    assert!(batch.is_empty(), "another source");
}

#[test]
fn what_is_too_old_is_not_sent_again() {
    let (mut publication, id, _) = publication(400);
    assert!(repeated(&mut publication, id, &[100, 243]).is_empty());
    assert_eq!(repeated(&mut publication, id, &[244, 499]).len(), 2);
}

#[test]
fn a_leg_gets_a_share_of_the_stream_again_and_no_more() {
    let (mut publication, id, _) = publication(200);
    let all: Vec<u16> = (200..300).collect();
    assert_eq!(repeated(&mut publication, id, &all).len(), 32, "what it has saved");
    assert!(repeated(&mut publication, id, &all).is_empty());
    for packet in 0..40 {
        send(&mut publication, start(), &red(1_200 + packet));
    }
    assert_eq!(repeated(&mut publication, id, &all).len(), 10, "a quarter of what came since");
}

#[test]
fn sender_reports_count_and_tell_the_time() {
    let now = start();
    let mut publication = Publication::new(SOURCE);
    let id = publication.join(subscriber(1), Start::new(100, 5_000));
    let mut sealed = Vec::new();
    assert_eq!(publication.report(now, Ntp(1), id, &mut sealed), None, "there is nothing to report");
    send(&mut publication, now, &opus(1));
    send(&mut publication, now + Duration::from_millis(20), &opus(2));
    let (later, ntp) = (now + Duration::from_secs(1), Ntp(0x0102_0304_0506_0708));
    assert_eq!(publication.report(later, ntp, id, &mut sealed), Some(address(1)));
    let mut opener = RtcpOpener::new(&key(Profile::AeadAes128Gcm, 1));
    let plain = opener.open(&mut sealed).expect("it is authentic");
    let numbers: Vec<_> = plain[4..28].chunks(4).map(|four| four.to_vec()).collect();
    let timestamp = (5_000_u32 + 48_000).to_be_bytes().to_vec();
    let expected =
        [vec![0xBB, 0xBB, 0, 1], vec![1, 2, 3, 4], vec![5, 6, 7, 8], timestamp, vec![0, 0, 0, 2], vec![0, 0, 0, 10]];
    assert_eq!(numbers, expected);
}

#[test]
fn reports_become_figures() {
    let (mut publication, id, _) = publication(3);
    assert_eq!(publication.reception(id), None);
    let block = |ssrc: u32| {
        [&ssrc.to_be_bytes()[..], &[64, 0, 0, 9, 0, 0, 0, 102, 0, 0, 1, 0xE0, 0, 1, 0, 0, 0, 0, 0x80, 0]].concat()
    };
    let report = [&[0x82, 201, 0, 13, 0, 0, 0, 1][..], &block(0xBBBB_0001), &block(7)].concat();
    publication.handle_reports(id, Ntp(2 << 32), &report, &mut Batch::new(1));
    let expected = Reception {
        fraction_lost: 64,
        total_lost: 9,
        jitter: Duration::from_millis(10),
        round_trip: Some(Duration::from_millis(500)),
    };
    assert_eq!(publication.reception(id), Some(expected));
}
