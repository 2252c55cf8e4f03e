use super::*;

/// What one leg hears of packets.
fn hear(publication: &mut Publication, listener: &mut Listener, now: Instant, datagram: &[u8]) -> Heard {
    let sent = send(publication, now, datagram);
    listener.hear(&sent[0].1)
}

#[test]
fn a_leg_that_joins_late_starts_with_its_own_numbers() {
    let now = start();
    let mut publication = Publication::new(SOURCE);
    publication.join(subscriber(1), Start::new(0, 0));
    send(&mut publication, now, &opus(50_000));
    publication.join(subscriber(2), Start::new(7, 70_000));
    let mut listener = Listener::new(2);
    let mut heard = Vec::new();
    for sequence in [50_002, 50_001, 50_003] {
        let sent = send(&mut publication, now, &opus(sequence));
        heard.extend(sent.get(1).map(|(_, sealed)| listener.hear(sealed)).map(|heard| (heard.index, heard.timestamp)));
    }
    assert_eq!(heard, [(7, 70_000), (8, 70_960)], "what came before its first packet is left out");
}

#[test]
fn a_late_packet_keeps_its_place() {
    let now = start();
    let mut publication = Publication::new(SOURCE);
    publication.join(subscriber(1), Start::new(100, 0));
    let mut listener = Listener::new(1);
    let indices =
        [65_534, 0, 65_535, 1].map(|sequence| hear(&mut publication, &mut listener, now, &opus(sequence)).index);
    assert_eq!(indices, [100, 102, 101, 103]);
}

#[test]
fn numbers_and_times_go_on_when_the_host_comes_back() {
    let now = start();
    let mut publication = Publication::new(SOURCE);
    publication.join(subscriber(1), Start::new(100, 0));
    let mut listener = Listener::new(1);
    hear(&mut publication, &mut listener, now, &opus(9));
    let last = hear(&mut publication, &mut listener, now + Duration::from_millis(20), &opus(10));
    let back = Source { ssrc: 0xCCCC_0001, opus: 96, red: None };
    publication.follow(back);
    let late = publication.accept(now, &opus(11)).map(|_| ());
    assert_eq!(late, Err(Refused::Foreign), "the earlier source is over");
    let later = now + Duration::from_millis(1_020);
    let first = packet(back, 96, 60_000, 4_000_000_000, b"again");
    let heard = hear(&mut publication, &mut listener, later, &first);
    assert_eq!((heard.index, heard.timestamp), (last.index + 1, last.timestamp + 48_000));
    assert_eq!((heard.payload_type, &heard.payload[..]), (111, &b"again"[..]));
    let second = packet(back, 96, 60_001, 4_000_000_960, b"again");
    let heard = hear(&mut publication, &mut listener, later, &second);
    assert_eq!((heard.index, heard.timestamp), (last.index + 2, last.timestamp + 48_960));
}

#[test]
fn numbers_and_times_go_on_in_another_publication() {
    let now = start();
    let mut publication = Publication::new(SOURCE);
    let id = publication.join(subscriber(1), Start::new(100, 0));
    let mut listener = Listener::new(1);
    let last = hear(&mut publication, &mut listener, now, &opus(10));
    let departed = publication.leave(now, id).expect("it was there");
    let other = Source { ssrc: 0xDDDD_0001, opus: 111, red: None };
    let mut second = Publication::new(other);
    send(&mut second, now, &packet(other, 111, 3, 77, b"other"));
    second.admit(departed);
    let later = now + Duration::from_millis(500);
    let heard = hear(&mut second, &mut listener, later, &packet(other, 111, 4, 1_037, b"other"));
    assert_eq!((heard.index, heard.timestamp), (last.index + 1, last.timestamp + 24_000));
}

#[test]
fn what_came_before_is_refused() {
    let now = start();
    let mut publication = Publication::new(SOURCE);
    publication.join(subscriber(1), Start::new(0, 0));
    for sequence in [1_000, 1_001, 1_300] {
        send(&mut publication, now, &opus(sequence));
    }
    let mut accept = |datagram: &[u8]| publication.accept(now, datagram).map(|_| ()).err();
    assert_eq!(accept(&opus(1_300)), Some(Refused::Repeated));
    assert_eq!(accept(&opus(1_002)), Some(Refused::Repeated), "it is too old to know");
    assert_eq!(accept(&opus(999)), Some(Refused::Repeated), "it was before the first one");
    assert_eq!(accept(&opus(1_200)), None);
}

#[test]
fn what_is_foreign_is_refused() {
    let mut publication = Publication::new(SOURCE);
    let mut accept = |datagram: &[u8]| publication.accept(start(), datagram).map(|_| ()).err();
    assert_eq!(accept(&packet(Source { ssrc: 1, ..SOURCE }, 111, 1, 0, b"")), Some(Refused::Foreign));
    assert_eq!(accept(&packet(SOURCE, 0, 1, 0, b"")), Some(Refused::PayloadType));
    assert_eq!(accept(&packet(SOURCE, 63, 1, 0, &[0x80, 0])), Some(Refused::PayloadType), "its redundancy is damaged");
    assert_eq!(accept(&packet(SOURCE, 63, 1, 0, &[96])), Some(Refused::PayloadType), "its blocks are of another codec");
    assert_eq!(accept(b"RTP"), Some(Refused::Malformed(crate::rtp::Malformed::Version)));
}
