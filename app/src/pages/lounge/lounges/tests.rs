use heartogether::{
    id::{DisplayName, RoomCode, RoomName, Seq},
    protocol::{LoungeNews, LoungeRead},
};

use super::*;

fn code(number: u8) -> RoomCode {
    format!("ABC23{number}").parse().expect("a code")
}

fn ada() -> DisplayName {
    DisplayName::parse("Ada").expect("a name")
}

/// A lounge with ten messages, of which the visitor has seen five, after twenty entries.
fn saved(number: u8) -> SavedLounge {
    SavedLounge {
        code: code(number),
        name: None,
        owner_name: ada(),
        is_owner: false,
        last_message: MessageNumber(10),
        written_at: Timestamp::from_millis(1_000 - u64::from(number)),
        seq: Seq(20),
        read_up_to: MessageNumber(5),
        muted: false,
        waiting: 0,
    }
}

fn news(number: u8, seq: u64, name: &str, last_message: u64) -> LoungeNews {
    LoungeNews {
        room: code(number),
        seq: Seq(seq),
        name: RoomName::parse(name).ok(),
        owner_name: ada(),
        last_message: MessageNumber(last_message),
        written_at: Timestamp::from_millis(2_000),
        waiting: 0,
    }
}

/// The codes, names and numbers of what is new, after a change.
fn after(changed: &LoungesChanged) -> Vec<(RoomCode, Option<String>, u64)> {
    let mut list = vec![saved(2), saved(3), saved(4)];
    take_in(&mut list, changed);
    sort(&mut list);
    list.iter().map(|row| (row.code, row.name.as_ref().map(ToString::to_string), row.unread())).collect()
}

#[test]
fn a_lounge_with_news_comes_first_with_its_name_and_its_count() {
    let changed = LoungesChanged::news(news(4, 21, "Kitchen", 12));
    let kitchen = (code(4), Some("Kitchen".to_owned()), 7);
    assert_eq!(after(&changed), [kitchen, (code(2), None, 5), (code(3), None, 5)]);
}

#[test]
fn older_news_than_the_list_change_nothing() {
    let unchanged = [(code(2), None, 5), (code(3), None, 5), (code(4), None, 5)];
    assert_eq!(after(&LoungesChanged::news(news(4, 19, "Kitchen", 9))), unchanged);
    let of_another = LoungesChanged::news(news(7, 21, "Kitchen", 9));
    assert_eq!(after(&of_another), unchanged, "a lounge that is not in the list stays out of it");
    let read = |up_to| LoungesChanged::read(LoungeRead { room: code(3), up_to: MessageNumber(up_to) });
    assert_eq!(after(&read(4)), unchanged, "what was seen stays seen");
    assert_eq!(after(&read(8))[1], (code(3), None, 2));
}

#[test]
fn a_lounge_that_is_gone_is_gone() {
    assert_eq!(after(&LoungesChanged::gone(code(2))), [(code(3), None, 5), (code(4), None, 5)]);
}

#[test]
fn the_owner_sees_how_many_ask_to_come_in() {
    let mut list = vec![saved(2), SavedLounge { waiting: 1, ..saved(3) }];
    let told = |waiting, seq| LoungesChanged::news(LoungeNews { waiting, ..news(2, seq, "Kitchen", 10) });
    let counts = |list: &[SavedLounge]| list.iter().map(|row| row.waiting).collect::<Vec<_>>();
    take_in(&mut list, &told(2, 21));
    assert_eq!(counts(&list), [2, 1]);
    take_in(&mut list, &told(3, 20));
    assert_eq!(counts(&list), [2, 1], "what is older changes nothing");
    take_in(&mut list, &told(0, 22));
    assert_eq!(counts(&list), [0, 1]);
}
