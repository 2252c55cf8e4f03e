//! What every archive of messages does.

mod bench;
mod messages;
mod nodes;
mod search;
mod sqlite;

use heartogether::{
    id::{AccountId, MemberId, MessageNumber, PictureId, RoomId},
    room::{ArchiveChange, ArchivedMessage, Message, Messages, Picture, PictureFormat, Reading},
    time::Timestamp,
};
use heartogether_server::storage::messages::NONCE_KEPT_MS;

use bench::Bench;
pub(crate) use messages::write;
use messages::{edit, message, numbers, pin, words};
use nodes::a_node_that_is_behind_undoes_nothing;
use search::{
    messages_are_found_by_words_and_by_chinese_characters, messages_of_before_are_indexed, results_come_page_by_page,
    what_is_changed_is_found_by_its_new_words, what_is_gone_is_not_found, who_reads_their_own_finds_nobody_elses,
};

const ROOM: RoomId = RoomId::from_bits(1);
const OTHER: RoomId = RoomId::from_bits(2);
const ADA: AccountId = AccountId::from_bits(1);
const GRACE: AccountId = AccountId::from_bits(2);
const NOW: Timestamp = Timestamp::from_millis(1_000);
/// As many as there are.
const ALL: usize = 100;

/// Runs each of these against every implementation.
macro_rules! contract {
    ($($name:ident)*) => {$(
        mod $name {
            use super::Bench;

            #[tokio::test]
            async fn in_memory() {
                super::$name(Bench::memory()).await;
            }

            #[tokio::test]
            async fn in_sqlite() {
                super::$name(Bench::sqlite().await).await;
            }

            #[tokio::test]
            async fn in_postgres() {
                super::$name(Bench::postgres().await).await;
            }
        }
    )*};
}

contract! {
    what_is_written_is_read_as_it_was
    what_is_written_twice_stands_once
    older_messages_come_page_by_page
    who_reads_their_own_reads_nobody_elses
    messages_are_read_by_their_numbers
    a_message_is_found_with_what_a_change_depends_on
    a_nonce_is_known_to_its_author_in_its_room_for_a_day
    an_edit_counts_once_and_an_older_one_not_at_all
    what_is_deleted_has_no_words_any_more
    a_pin_is_set_and_taken_away
    a_picture_is_removed_and_the_others_stay
    a_delivered_message_stays_delivered
    messages_that_the_archive_drops_cannot_be_read
    a_change_of_what_is_not_there_changes_nothing
    changes_that_come_again_end_where_they_ended
    changes_at_once_end_where_they_end_one_by_one
    what_a_guest_wrote_is_the_accounts_then_and_late_words_too
    nothing_of_a_deleted_account_is_there_or_written_again
    nothing_is_stored_of_a_room_that_has_ended
    the_rooms_whose_messages_are_there_are_known
    a_node_that_is_behind_undoes_nothing
    messages_are_found_by_words_and_by_chinese_characters
    results_come_page_by_page
    who_reads_their_own_finds_nobody_elses
    what_is_changed_is_found_by_its_new_words
    what_is_gone_is_not_found
    messages_of_before_are_indexed
}

async fn what_is_written_is_read_as_it_was(bench: Bench) {
    bench.write(1..3).await;
    let before = MessageNumber(u64::MAX);
    let written = Messages { before, messages: vec![message(1), message(2)], has_earlier: false };
    assert_eq!(bench.all(Reading::All).await, written);
    let empty = bench.archive.before(OTHER, Reading::All, before, ALL).await.expect("read");
    assert_eq!(empty, Messages { before, ..Messages::default() });
}

async fn what_is_written_twice_stands_once(bench: Bench) {
    bench.write(1..2).await;
    let again = Message { text: Some(words("something else")), ..message(1) };
    bench.apply(ArchiveChange::Write { account: GRACE, message: again }).await;
    assert_eq!(bench.only().await, message(1));
    assert_eq!(bench.archive.find(ROOM, MessageNumber(1)).await.expect("found").expect("a message").account, ADA);
}

async fn older_messages_come_page_by_page(bench: Bench) {
    bench.write(1..8).await;
    let mut pages = Vec::new();
    let mut before = MessageNumber(7);
    loop {
        let page = bench.archive.before(ROOM, Reading::All, before, 2).await.expect("read");
        before = page.messages.first().expect("a message").number;
        pages.push((numbers(&page), page.has_earlier));
        if !page.has_earlier {
            break;
        }
    }
    assert_eq!(pages, [(vec![5, 6], true), (vec![3, 4], true), (vec![1, 2], false)]);
    let before = MessageNumber(1);
    let none = bench.archive.before(ROOM, Reading::All, before, 2).await.expect("read");
    assert_eq!(none, Messages { before, ..Messages::default() });
}

async fn who_reads_their_own_reads_nobody_elses(bench: Bench) {
    bench.write(1..8).await;
    assert_eq!(bench.numbers(Reading::Own(ADA)).await, [1, 3, 5, 7]);
    assert_eq!(bench.numbers(Reading::Own(GRACE)).await, [2, 4, 6]);
    let page = bench.archive.before(ROOM, Reading::Own(GRACE), MessageNumber(6), 1).await.expect("read");
    assert_eq!((numbers(&page), page.has_earlier), (vec![4], true));
    let page = bench.archive.before(ROOM, Reading::Own(GRACE), MessageNumber(4), 1).await.expect("read");
    assert_eq!((numbers(&page), page.has_earlier), (vec![2], false), "what Ada wrote earlier does not count");
}

async fn messages_are_read_by_their_numbers(bench: Bench) {
    bench.write(1..30).await;
    let wanted: Vec<_> = [29, 7, 7, 40].into_iter().chain(10..22).map(MessageNumber).collect();
    let read = bench.archive.at(ROOM, &wanted).await.expect("read");
    let expected: Vec<_> = [7].into_iter().chain(10..22).chain([29]).map(message).collect();
    assert_eq!(read, expected);
    assert_eq!(bench.archive.at(OTHER, &wanted).await.expect("read"), []);
    assert_eq!(bench.archive.at(ROOM, &[]).await.expect("read"), []);
}

async fn a_message_is_found_with_what_a_change_depends_on(bench: Bench) {
    bench.write(1..3).await;
    bench.apply(edit(2, 3, "softer")).await;
    bench.apply(pin(2, true)).await;
    bench.apply(ArchiveChange::Delete(MessageNumber(1))).await;
    let author = MemberId::from_bits(3);
    let found = async |number| bench.archive.find(ROOM, MessageNumber(number)).await.expect("looked up");
    let first = ArchivedMessage { account: ADA, author, version: 0, deleted: true, pinned: false, emoji: 0 };
    let second = ArchivedMessage { account: GRACE, author, version: 3, deleted: false, pinned: true, emoji: 0 };
    assert_eq!((found(1).await, found(2).await, found(3).await), (Some(first), Some(second), None));
    assert_eq!(bench.archive.find(OTHER, MessageNumber(1)).await.expect("looked up"), None);
}

async fn a_picture_is_removed_and_the_others_stay(bench: Bench) {
    let picture = |id| Picture { id: PictureId::from_bits(id), format: PictureFormat::Png, width: 3, height: 2 };
    let shown = Message { pictures: vec![picture(1), picture(2)], ..message(1) };
    bench.apply(ArchiveChange::Write { account: ADA, message: shown.clone() }).await;
    let remove = |number, id| ArchiveChange::RemovePicture { number: MessageNumber(number), picture: picture(id).id };
    bench.apply(remove(2, 1)).await;
    bench.apply(remove(1, 3)).await;
    assert_eq!(bench.only().await, shown, "another message, and another picture");
    let left = Message { pictures: vec![picture(2)], ..shown };
    for _ in 0..2 {
        bench.apply(remove(1, 1)).await;
        assert_eq!(bench.only().await, left);
    }
}

async fn a_nonce_is_known_to_its_author_in_its_room_for_a_day(bench: Bench) {
    bench.write(1..2).await;
    let Message { nonce, sent_at, .. } = message(1);
    let holds = async |room, account, nonce, at: Timestamp| {
        let since = Timestamp::from_millis(at.as_millis().saturating_sub(NONCE_KEPT_MS));
        bench.archive.find_nonce(room, account, nonce, since).await.expect("looked up").is_some()
    };
    assert!(holds(ROOM, ADA, nonce, sent_at).await);
    assert!(holds(ROOM, ADA, nonce, sent_at.after_ms(NONCE_KEPT_MS)).await);
    assert!(!holds(ROOM, ADA, nonce, sent_at.after_ms(NONCE_KEPT_MS + 1)).await, "a day is over");
    for (room, account, nonce) in [(OTHER, ADA, nonce), (ROOM, GRACE, nonce), (ROOM, ADA, nonce + 1)] {
        assert!(!holds(room, account, nonce, sent_at).await);
    }
    bench.apply(ArchiveChange::Delete(MessageNumber(1))).await;
    assert!(holds(ROOM, ADA, nonce, sent_at).await, "what was deleted is not written again either");
}

async fn an_edit_counts_once_and_an_older_one_not_at_all(bench: Bench) {
    bench.write(1..2).await;
    for (version, text) in [(1, "one"), (3, "three"), (3, "three again"), (2, "two")] {
        bench.apply(edit(1, version, text)).await;
    }
    assert_eq!(bench.only().await, Message { version: 3, text: Some(words("three")), ..message(1) });
}

async fn what_is_deleted_has_no_words_any_more(bench: Bench) {
    bench.write(1..2).await;
    bench.apply(ArchiveChange::Delete(MessageNumber(1))).await;
    assert_eq!(bench.only().await, Message { text: None, ..message(1) });
    bench.apply(edit(1, 1, "back again")).await;
    assert_eq!(bench.only().await.text, None, "an edit brings nothing back");
}

async fn a_pin_is_set_and_taken_away(bench: Bench) {
    bench.write(1..2).await;
    for pinned in [true, true, false] {
        bench.apply(pin(1, pinned)).await;
        assert_eq!(bench.only().await, Message { pinned, ..message(1) });
    }
}

async fn a_delivered_message_stays_delivered(bench: Bench) {
    bench.write(1..4).await;
    bench.apply(ArchiveChange::Deliver { up_to: MessageNumber(2) }).await;
    bench.apply(pin(1, true)).await;
    let delivered = async || {
        let page = bench.all(Reading::All).await;
        page.messages.into_iter().map(|message| message.delivered).collect::<Vec<_>>()
    };
    assert_eq!(delivered().await, [true, true, false]);
    bench.apply(ArchiveChange::Deliver { up_to: MessageNumber(1) }).await;
    assert_eq!(delivered().await, [true, true, false]);
    let shown = Message { delivered: true, ..message(9) };
    bench.apply(ArchiveChange::Write { account: ADA, message: shown }).await;
    assert_eq!(delivered().await, [true, true, false, true], "what is written as delivered is");
}

async fn messages_that_the_archive_drops_cannot_be_read(bench: Bench) {
    bench.write(1..6).await;
    bench.archive.apply(OTHER, &[write(ADA, 1)]).await.expect("carried out");
    bench.apply(ArchiveChange::Forget { up_to: MessageNumber(3) }).await;
    assert_eq!(bench.numbers(Reading::All).await, [4, 5]);
    assert!(bench.archive.find(OTHER, MessageNumber(1)).await.expect("looked up").is_some(), "another room's stay");
}

async fn a_change_of_what_is_not_there_changes_nothing(bench: Bench) {
    bench.write(2..3).await;
    for change in [edit(1, 1, "nothing"), pin(1, true), ArchiveChange::Delete(MessageNumber(1))] {
        bench.archive.apply(ROOM, std::slice::from_ref(&change)).await.expect("carried out");
        bench.archive.apply(OTHER, &[change]).await.expect("carried out");
    }
    assert_eq!(bench.only().await, message(2));
}

/// A run that takes a room up again orders what the one before it may have carried out.
async fn changes_that_come_again_end_where_they_ended(bench: Bench) {
    let changes = [
        write(ADA, 1),
        write(GRACE, 2),
        edit(1, 1, "one"),
        pin(2, true),
        ArchiveChange::Deliver { up_to: MessageNumber(2) },
        edit(1, 2, "two"),
        pin(2, false),
        write(ADA, 3),
        ArchiveChange::Delete(MessageNumber(3)),
        write(ADA, 4),
    ];
    bench.archive.apply(ROOM, &changes).await.expect("carried out");
    let expected = bench.all(Reading::All).await;
    let [one, two, three, four] = &expected.messages[..] else { panic!("four messages: {expected:?}") };
    assert_eq!((one.text.as_ref(), two.pinned, &three.text), (Some(&words("two")), false, &None));
    assert_eq!((one.delivered, four.delivered), (true, false));
    for from in 0..changes.len() {
        bench.archive.apply(ROOM, &changes[from..]).await.expect("carried out");
        assert_eq!(bench.all(Reading::All).await, expected, "again from {from} on");
    }
}

/// Every sequence of three changes, of which the last two are about what the first one may have written.
async fn changes_at_once_end_where_they_end_one_by_one(bench: Bench) {
    let number = MessageNumber(1);
    let known = [
        write(ADA, 1),
        write(GRACE, 2),
        edit(1, 1, "one"),
        edit(1, 2, "two"),
        pin(1, true),
        ArchiveChange::Delete(number),
        ArchiveChange::Deliver { up_to: number },
        ArchiveChange::Forget { up_to: number },
    ];
    let mut rooms = 1_000_u128..;
    let mut room = || RoomId::from_bits(rooms.next().expect("another room"));
    for indices in 0..known.len().pow(3) {
        let at = |place: u32| known[indices / known.len().pow(place) % known.len()].clone();
        let changes = [at(0), at(1), at(2)];
        let (at_once, one_by_one) = (room(), room());
        bench.archive.apply(at_once, &changes).await.expect("carried out");
        for change in &changes {
            bench.archive.apply(one_by_one, std::slice::from_ref(change)).await.expect("carried out");
        }
        let read = async |room| bench.archive.before(room, Reading::All, MessageNumber(u64::MAX), ALL).await;
        assert_eq!(read(at_once).await.expect("read"), read(one_by_one).await.expect("read"), "{changes:?}");
    }
}

async fn what_a_guest_wrote_is_the_accounts_then_and_late_words_too(bench: Bench) {
    bench.write(1..4).await;
    bench.merge(GRACE, ADA).await;
    assert_eq!(bench.numbers(Reading::Own(ADA)).await, [1, 2, 3]);
    assert_eq!(bench.archive.find(ROOM, MessageNumber(2)).await.expect("found").expect("a message").account, ADA);
    // A room may have waited with it until now.
    bench.apply(write(GRACE, 4)).await;
    bench.apply(edit(2, 1, "softer")).await;
    assert_eq!(bench.numbers(Reading::Own(ADA)).await, [1, 2, 3, 4]);
    assert_eq!(bench.numbers(Reading::Own(GRACE)).await, [0; 0]);
    let [_, second, _, fourth] = bench.all(Reading::All).await.messages.try_into().expect("four messages");
    assert_eq!((second.text, fourth), (Some(words("softer")), message(4)), "and all of it can be read");
    let Message { nonce, .. } = message(4);
    let found = bench.archive.find_nonce(ROOM, ADA, nonce, NOW).await.expect("looked up");
    assert_eq!(found, Some(MessageNumber(4)));

    bench.delete_account(ADA).await;
    assert_eq!(bench.numbers(Reading::All).await, [0; 0]);
    bench.apply(write(GRACE, 5)).await;
    assert_eq!(bench.numbers(Reading::All).await, [0; 0], "the guest went with the account");
}

async fn nothing_of_a_deleted_account_is_there_or_written_again(bench: Bench) {
    bench.write(1..4).await;
    bench.archive.apply(OTHER, &[write(ADA, 1)]).await.expect("carried out");
    bench.delete_account(ADA).await;
    assert_eq!(bench.numbers(Reading::All).await, [2]);
    assert_eq!(bench.archive.find(OTHER, MessageNumber(1)).await.expect("looked up"), None);
    // A room may have waited with it until now, and a replay brings it again.
    for change in [write(ADA, 1), edit(1, 1, "still here"), write(ADA, 5)] {
        bench.apply(change).await;
    }
    assert_eq!(bench.only().await, message(2));
}

async fn nothing_is_stored_of_a_room_that_has_ended(bench: Bench) {
    bench.write(1..4).await;
    bench.archive.apply(OTHER, &[write(ADA, 1)]).await.expect("carried out");
    bench.archive.delete_room(ROOM).await.expect("deleted");
    assert_eq!(bench.numbers(Reading::All).await, [0; 0]);
    assert!(bench.archive.find(OTHER, MessageNumber(1)).await.expect("looked up").is_some());
}

async fn the_rooms_whose_messages_are_there_are_known(bench: Bench) {
    assert_eq!(bench.archive.rooms().await.expect("listed"), []);
    bench.write(1..3).await;
    bench.archive.apply(OTHER, &[write(ADA, 1)]).await.expect("carried out");
    let mut rooms = bench.archive.rooms().await.expect("listed");
    rooms.sort();
    assert_eq!(rooms, [ROOM, OTHER]);
    bench.archive.delete_room(OTHER).await.expect("deleted");
    assert_eq!(bench.archive.rooms().await.expect("listed"), [ROOM]);
}
