//! What the archive in a SQLite file does beyond the contract.

use heartogether::{
    engagement::MessageText,
    id::MessageNumber,
    room::{ArchiveChange, Message, Reading},
};
use heartogether_server::storage::accounts::Accounts;

use super::{
    ADA, GRACE, ROOM,
    bench::Bench,
    messages::{edit, message, numbers, pin, words, write},
};

#[tokio::test]
async fn sqlite_stores_names_and_messages_only_sealed() {
    let (bench, pool) = Bench::sqlite_with_pool().await;
    bench.write(1..2).await;
    bench.apply(edit(1, 1, "porcupine")).await;
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT message, sealed FROM messages").fetch_all(&pool).await.expect("rows");
    assert!(!rows.is_empty() && !format!("{rows:?}").contains("porcupine") && !format!("{rows:?}").contains("Ada"));
}

/// The account is deleted between the moment in which a message is sealed and the one in which it is written.
#[tokio::test]
async fn sqlite_writes_nothing_that_was_sealed_with_a_key_that_is_gone() {
    let bench = Bench::sqlite().await;
    bench.write(1..2).await;
    let stored = bench.stored.as_ref().expect("a database");
    // The keys at hand are not forgotten.
    stored.accounts.delete_account(ADA).await.expect("deleted");
    bench.archive.delete_account(ADA).await.expect("deleted");
    bench.apply(write(ADA, 3)).await;
    assert_eq!(bench.numbers(Reading::All).await, [0; 0]);
}

#[tokio::test]
async fn changes_that_sqlite_fails_at_are_not_there_and_stand_once_when_they_come_again() {
    let (bench, pool) = Bench::sqlite_with_pool().await;
    bench.write(1..2).await;
    let fail =
        "CREATE TRIGGER fail BEFORE INSERT ON messages WHEN NEW.number = 3 BEGIN SELECT RAISE(ABORT, 'full'); END";
    sqlx::query(fail).execute(&pool).await.expect("a fault");
    let changes =
        [edit(1, 1, "one"), write(GRACE, 2), write(ADA, 3), ArchiveChange::Deliver { up_to: MessageNumber(3) }];
    bench.archive.apply(ROOM, &changes).await.expect_err("the third is not taken");
    assert_eq!(bench.only().await, message(1), "nor is any other");
    sqlx::query("DROP TRIGGER fail").execute(&pool).await.expect("mended");
    bench.archive.apply(ROOM, &changes).await.expect("carried out");
    let delivered = |message| Message { delivered: true, ..message };
    let first = Message { version: 1, text: Some(words("one")), ..message(1) };
    assert_eq!(bench.all(Reading::All).await.messages, [first, message(2), message(3)].map(delivered));
}

#[tokio::test]
async fn sqlite_passes_over_what_it_does_not_understand() {
    let (bench, pool) = Bench::sqlite_with_pool().await;
    bench.write(1..4).await;
    sqlx::query("UPDATE messages SET message = '{}' WHERE number = 2").execute(&pool).await.expect("damaged");
    sqlx::query("UPDATE messages SET sealed = 'x' WHERE number = 3").execute(&pool).await.expect("damaged");
    let page = bench.all(Reading::All).await;
    assert_eq!(numbers(&page), [1, 3]);
    assert_eq!(page.messages[1].text, Some(MessageText::forgotten()), "a placeholder");
    assert_eq!(bench.archive.find(ROOM, MessageNumber(2)).await.expect("looked up"), None);
    bench.apply(pin(2, true)).await;
}
