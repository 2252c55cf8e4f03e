//! Finding messages by their words.

use std::{fs, path::Path};

use heartogether::{
    id::{AccountId, MessageNumber, RoomId},
    room::{ArchiveChange, Message, Reading},
};
use heartogether_server::{
    search::Query,
    storage::{accounts::Accounts, database, messages::Found},
};

use super::{
    ADA, ALL, GRACE, OTHER, ROOM,
    bench::Bench,
    messages::{edit, message, pin, words},
};

impl Bench {
    async fn say(&self, account: AccountId, number: u64, text: &str) {
        let message = Message { text: Some(words(text)), ..message(number) };
        self.apply(ArchiveChange::Write { account, message }).await;
    }

    async fn look(&self, room: RoomId, reading: Reading, sought: &str, before: u64, limit: usize) -> Found {
        let query = Query::parse(sought).expect("a search");
        self.search.search(room, reading, &query, MessageNumber(before), limit).await.expect("searched")
    }

    /// The numbers of all messages in the room that are found.
    async fn find(&self, sought: &str) -> Vec<u64> {
        let found = self.look(ROOM, Reading::All, sought, u64::MAX, ALL).await;
        assert_eq!(found.more_before, None);
        found.messages.iter().map(|message| message.number.0).collect()
    }
}

pub(super) async fn messages_are_found_by_words_and_by_chinese_characters(bench: Bench) {
    let texts =
        ["The meeting is in Zürich", "we meet at the CAFÉ", "明天在上海图书馆见面", "ｆｕｌｌ width", "上 海 and 海上"];
    for (number, text) in (1..).zip(texts) {
        bench.say(ADA, number, text).await;
    }
    for (sought, numbers) in [
        ("meet", &[2, 1][..]),
        ("MEETING zurich", &[1]),
        ("cafe", &[2]),
        ("上海", &[3]),
        ("图书馆", &[3]),
        ("上海 见面", &[3]),
        ("海", &[5, 3]),
        ("full", &[4]),
        ("eeting", &[]),
        ("北京", &[]),
        // More words than one statement looks for.
        ("we meet at the café we me at th ca caf cafe w a t", &[]),
        ("we meet at the café me th ca caf", &[2]),
    ] {
        assert_eq!(bench.find(sought).await, numbers, "{sought}");
    }
    let mut whole = bench.look(ROOM, Reading::All, "zurich", u64::MAX, ALL).await.messages;
    assert_eq!(whole.pop(), Some(Message { text: Some(words(texts[0])), ..message(1) }));
    assert_eq!(bench.look(OTHER, Reading::All, "meet", u64::MAX, ALL).await, Found::default(), "another room's");
}

pub(super) async fn results_come_page_by_page(bench: Bench) {
    // Every second one is found, and those between have the same pairs of characters.
    for number in 1..=20 {
        bench.say(ADA, number, if number % 2 == 0 { "上海图书馆" } else { "上海图 海图书 图书馆" }).await;
    }
    let (mut pages, mut before) = (Vec::new(), Some(u64::MAX));
    while let Some(from) = before {
        let page = bench.look(ROOM, Reading::All, "上海图书馆", from, 4).await;
        pages.push(page.messages.iter().map(|message| message.number.0).collect::<Vec<_>>());
        before = page.more_before.map(|more| more.0);
        assert!(before.is_none_or(|before| before < from), "each page goes on");
    }
    pages.retain(|page| !page.is_empty());
    assert_eq!(pages.concat(), [20, 18, 16, 14, 12, 10, 8, 6, 4, 2]);
    assert!(pages.iter().all(|page| page.len() <= 4));
}

pub(super) async fn who_reads_their_own_finds_nobody_elses(bench: Bench) {
    bench.say(ADA, 1, "tea").await;
    bench.say(GRACE, 2, "tea").await;
    for (account, number) in [(ADA, 1), (GRACE, 2)] {
        let found = bench.look(ROOM, Reading::Own(account), "tea", u64::MAX, ALL).await.messages;
        assert_eq!(found.iter().map(|message| message.number.0).collect::<Vec<_>>(), [number]);
    }
}

pub(super) async fn what_is_changed_is_found_by_its_new_words(bench: Bench) {
    bench.say(ADA, 1, "green tea").await;
    bench.apply(edit(1, 1, "black coffee")).await;
    bench.apply(pin(1, true)).await;
    for (sought, numbers) in [("tea", &[][..]), ("green", &[]), ("coffee", &[1]), ("black", &[1])] {
        assert_eq!(bench.find(sought).await, numbers, "{sought}");
    }
}

pub(super) async fn what_is_gone_is_not_found(bench: Bench) {
    for number in 1..=6 {
        bench.say(if number < 5 { ADA } else { GRACE }, number, "tea").await;
    }
    bench.apply(ArchiveChange::Delete(MessageNumber(6))).await;
    assert_eq!(bench.find("tea").await, [5, 4, 3, 2, 1], "deleted");
    bench.apply(ArchiveChange::Forget { up_to: MessageNumber(2) }).await;
    assert_eq!(bench.find("tea").await, [5, 4, 3], "dropped by the archive");
    bench.merge(GRACE, ADA).await;
    assert_eq!(bench.find("tea").await, [5, 4, 3], "a guest's messages stay");
    bench.delete_account(ADA).await;
    assert_eq!(bench.find("tea").await, [0; 0], "their author is gone");
    bench.say(ADA, 7, "tea").await;
    assert_eq!(bench.find("tea").await, [0; 0], "and writes nothing any more");
    bench.archive.delete_room(ROOM).await.expect("deleted");
    assert_eq!(bench.find("tea").await, [0; 0]);
}

/// The first server that has an index finds messages without one.
pub(super) async fn messages_of_before_are_indexed(bench: Bench) {
    // More than are indexed at once.
    for number in 1..=120 {
        bench.say(ADA, number, "tea").await;
    }
    let Some(stored) = &bench.stored else { return };
    for statement in ["DELETE FROM message_words", "DELETE FROM word_keys", "UPDATE messages SET indexed = 0"] {
        stored.meddle.execute(statement).await;
    }
    stored.meddle.execute("UPDATE messages SET message = '{}' WHERE number = 3").await;
    assert_eq!(bench.find("tea").await, [0; 0]);
    // One that changes meanwhile is indexed as it is then.
    bench.apply(edit(7, 1, "coffee")).await;
    bench.search.index_earlier().await.expect("indexed");
    let found = bench.look(ROOM, Reading::All, "tea", u64::MAX, 200).await.messages;
    assert_eq!(found.len(), 118);
    assert_eq!(bench.find("coffee").await, [7]);
    bench.search.index_earlier().await.expect("nothing is left to do");
    assert_eq!(bench.find("coffee").await, [7]);
}

/// What stands in the files of a database, with those beside it.
fn bytes_of(folder: &Path) -> Vec<u8> {
    let files = fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path());
    files.flat_map(|file| fs::read(file).expect("its bytes")).collect()
}

/// Neither a word, nor what it is found by, is in the files after its message or its author is gone.
#[tokio::test]
async fn no_word_is_in_the_files_of_sqlite() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let pool = database::open(&folder.path().join("test.db")).await.expect("a database");
    let bench = Bench::on_sqlite(pool.clone()).await;
    bench.say(ADA, 1, "porcupine 刺猬").await;
    bench.say(GRACE, 2, "hedgehog 刺猬").await;
    // Smaller numbers are stored in fewer bytes.
    let select = "SELECT number, word FROM message_words WHERE abs(word / 65536) > 1099511627776";
    let hashes: Vec<(i64, i64)> = sqlx::query_as(select).fetch_all(&pool).await.expect("rows");
    assert!(hashes.len() > 10 && hashes.iter().any(|(number, _)| *number == 2), "{hashes:?}");
    let flush = async || {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&pool).await.expect("written back");
        bytes_of(folder.path())
    };
    let has = |bytes: &[u8], sought: &[u8]| bytes.windows(sought.len()).any(|window| window == sought);
    let there = flush().await;
    for word in ["porcupine", "porc", "hedgehog", "刺猬", "刺"] {
        assert!(!has(&there, word.as_bytes()), "{word} is only hashed");
    }
    // What is looked for in the bytes is found in them while it is there.
    assert!(hashes.iter().all(|(_, word)| has(&there, &word.to_be_bytes())));
    bench.apply(ArchiveChange::Delete(MessageNumber(1))).await;
    bench.stored.as_ref().expect("a database").accounts.delete_account(GRACE).await.expect("deleted");
    bench.archive.delete_account(GRACE).await.expect("deleted");
    let after = flush().await;
    assert!(hashes.iter().all(|(_, word)| !has(&after, &word.to_be_bytes())), "a hash is left");
}
