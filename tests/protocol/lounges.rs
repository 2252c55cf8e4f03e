//! Changes of an account's list of lounges.

use heartogether::{
    id::{DisplayName, MessageNumber, RoomCode, RoomName, Seq},
    limits::LOUNGES_CHANGED_AT_ONCE,
    protocol::{LoungeNews, LoungeRead, LoungesChanged, decode_server},
    refusal::Refusal,
    time::Timestamp,
};

fn code(number: usize) -> RoomCode {
    let letters = b"ABCDEFGHJKMNPQRSTUVWXYZ";
    let (first, second) = (letters[number / letters.len()], letters[number % letters.len()]);
    format!("{}{}C234", char::from(first), char::from(second)).parse().expect("a code")
}

fn news(number: usize, seq: u64) -> LoungesChanged {
    LoungesChanged::news(LoungeNews {
        room: code(number),
        seq: Seq(seq),
        name: RoomName::parse("Knitting \"🧶\"").ok().filter(|_| number > 0),
        owner_name: DisplayName::parse("Ada").expect("a name"),
        last_message: MessageNumber(seq),
        written_at: Timestamp::from_millis(1_790_000_000_000),
        waiting: 0,
    })
}

fn read(number: usize, up_to: u64) -> LoungesChanged {
    LoungesChanged::read(LoungeRead { room: code(number), up_to: MessageNumber(up_to) })
}

/// These changes, one after the other.
fn added(changes: &[LoungesChanged]) -> LoungesChanged {
    let mut all = LoungesChanged::default();
    changes.iter().for_each(|later| all.add(later.clone()));
    all
}

#[test]
fn pages_of_lounges_read_what_the_server_writes_and_others_pass_it_over() {
    let all = added(&[news(0, 1), news(1, 2), read(2, 3), LoungesChanged::gone(code(3)), LoungesChanged::anew()]);
    for changed in [all, LoungesChanged::anew(), LoungesChanged::default()] {
        let frame = changed.encode();
        assert_eq!(LoungesChanged::decode(&frame), Ok(changed));
        // Pages of every version read frames like this, and take no notice of those that they do not know.
        assert_eq!(decode_server(&frame), Err(Refusal::FrameMalformed));
    }
    for frame in ["", "{}", r#""heartbeat""#, r#"{"welcome":{"protocol":2,"heartbeat_ms":10000}}"#] {
        assert_eq!(LoungesChanged::decode(frame), Err(Refusal::FrameMalformed), "{frame}");
    }
    let later = r#"{"lounges_changed":{"anew":true,"more":[{"later":1}]}}"#;
    assert_eq!(LoungesChanged::decode(later), Ok(LoungesChanged::anew()), "a later version may say more");
}

#[test]
fn of_each_lounge_the_latest_counts() {
    assert_eq!(added(&[news(1, 5), news(2, 1), news(1, 6), news(1, 4)]), added(&[news(1, 6), news(2, 1)]));
    assert_eq!(added(&[read(1, 5), read(1, 7), read(1, 6)]), read(1, 7));
    let gone = LoungesChanged::gone(code(1));
    assert_eq!(added(&[news(1, 5), read(1, 5), gone.clone(), gone.clone()]), gone);
    assert_eq!(added(&[gone.clone(), news(1, 6)]), news(1, 6), "it is there again");
    assert_eq!(added(&[gone.clone(), LoungesChanged::anew()]), LoungesChanged::anew(), "it may be there again");
    let after = added(&[LoungesChanged::anew(), gone]);
    assert_eq!((after.gone, after.anew), (vec![code(1)], true));
}

#[test]
fn too_many_changes_for_a_frame_are_one_change() {
    let full = added(&(0..LOUNGES_CHANGED_AT_ONCE).map(|number| news(number, 1)).collect::<Vec<_>>());
    assert_eq!(full.news.len(), LOUNGES_CHANGED_AT_ONCE);
    assert!(full.is_bounded());
    assert_eq!(added(&[full, read(0, 1)]), LoungesChanged::anew());
}
