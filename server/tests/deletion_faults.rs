//! Deletions of an account while a part of the storage fails.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use heartogether::{id::RoomCode, role::Role};
use heartogether_server::storage::database;
use serde_json::json;
use sqlx::{AssertSqlSafe, SqlitePool};

use crate::{
    browser::{World, led_to},
    forgetting::files_with,
    older_messages::{patient, write_many},
    support::eventually,
};

const GUESTS: [&str; 2] = ["--guests", "host"];

const EMAIL: &str = "feathers@hear.example";

/// Milliseconds after which the server tries again to erase what was deleted.
const NEXT_TRY_MS: u64 = 60_000;
/// Milliseconds after which the server tells the rooms again that an account is deleted.
const NEXT_ROUND_MS: u64 = 60 * 60 * 1000;

/// Makes the log of one room refuse to say that an account is deleted.
async fn break_room(pool: &SqlitePool, code: RoomCode) {
    let trigger = format!(
        "CREATE TRIGGER broken_{code} BEFORE INSERT ON entries WHEN NEW.event LIKE '%account_deleted%' AND NEW.room = \
         (SELECT id FROM rooms WHERE code = '{code}') BEGIN SELECT RAISE(ABORT, 'broken'); END"
    );
    sqlx::query(AssertSqlSafe(trigger)).execute(pool).await.expect("a trigger");
}

async fn mend_room(pool: &SqlitePool, code: RoomCode) {
    sqlx::query(AssertSqlSafe(format!("DROP TRIGGER broken_{code}"))).execute(pool).await.expect("there is one");
}

/// Whether a room's log says that an account is deleted.
async fn is_told(pool: &SqlitePool, code: RoomCode) -> bool {
    let count = "SELECT COUNT(*) FROM entries JOIN rooms ON rooms.id = entries.room \
                 WHERE code = $1 AND event LIKE '%account_deleted%'";
    sqlx::query_scalar::<_, i64>(count).bind(code.to_string()).fetch_one(pool).await.expect("a number") > 0
}

async fn count(pool: &SqlitePool, table: &'static str) -> i64 {
    let count = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    sqlx::query_scalar(count).fetch_one(pool).await.expect("a number")
}

#[tokio::test]
async fn deleted_data_leaves_the_write_ahead_log_after_another_reader_has_ended() {
    let world = World::start().await;
    let person = json!({ "sub": "quetzal", "name": "Quetzalcoatl", "email": EMAIL, "email_verified": true });
    let browser = world.signed_in(person).await;
    let others = database::open(&world.database()).await.expect("the same database");
    let mut reader = others.acquire().await.expect("a connection");
    sqlx::query("BEGIN").execute(&mut *reader).await.expect("a transaction");
    sqlx::query("SELECT * FROM accounts").execute(&mut *reader).await.expect("it reads what is there now");

    assert_eq!(led_to(&browser.post("/auth/delete", "").await), "/");
    assert_ne!(files_with(world.folder(), EMAIL).len(), 0, "the reader still needs the pages as they were");
    sqlx::query("ROLLBACK").execute(&mut *reader).await.expect("the reader ends");
    world.clock.advance(NEXT_TRY_MS);
    eventually(async || files_with(world.folder(), EMAIL).is_empty()).await;
}

#[tokio::test]
async fn a_room_that_cannot_store_a_deletion_stops_neither_the_key_nor_other_rooms() {
    // The rooms are told in the order of their ids: each of them is the broken one once.
    for broken in [0, 1] {
        let world = World::start_under(patient(), &GUESTS).await;
        let pool = database::open(&world.database()).await.expect("the same database");
        let host = world.browser();
        host.guest("Ada").await;
        let mut rooms = [host.create_room().await, host.create_room().await];
        rooms.swap(0, broken);
        let person = json!({ "sub": "quetzal", "name": "Quetzalcoatl", "email": EMAIL, "email_verified": true });
        let browser = world.signed_in(person).await;
        for code in rooms {
            let (mut listener, _) = world.site.join(&browser.cookies(), code, Role::Listener).await;
            write_many(&mut listener, 1..2, "porcupine").await;
        }
        let [broken, other] = rooms;
        break_room(&pool, broken).await;
        let keys = count(&pool, "account_keys").await;
        browser.post("/auth/delete", "").await;

        assert_eq!(count(&pool, "account_keys").await, keys - 1);
        assert_eq!((count(&pool, "identities").await, count(&pool, "messages").await), (0, 0));
        assert!(files_with(world.folder(), EMAIL).is_empty());
        assert_eq!((is_told(&pool, broken).await, is_told(&pool, other).await), (false, true));
        assert_eq!(count(&pool, "departures").await, 1);
        mend_room(&pool, broken).await;
        world.clock.advance(NEXT_ROUND_MS);
        eventually(async || count(&pool, "departures").await == 0).await;
        assert!(is_told(&pool, broken).await);
    }
}

/// What the server logs from now on.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl Logged {
    fn begin() -> Self {
        let logged = Self::default();
        let writer = logged.clone();
        tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).init();
        logged
    }

    /// The lines that name something.
    fn lines(&self, of: &str) -> Vec<String> {
        let written = String::from_utf8(self.0.lock().expect("no poison").clone()).expect("text");
        written.lines().filter(|line| line.contains(of)).map(str::to_owned).collect()
    }
}

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no poison").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_room_that_never_stores_a_deletion_is_told_for_ever_and_logged_once_and_keeps_nothing_readable() {
    const ROUNDS: i64 = 3;
    let logged = Logged::begin();
    let world = World::start_under(patient(), &GUESTS).await;
    let pool = database::open(&world.database()).await.expect("the same database");
    let host = world.browser();
    host.guest("Ada").await;
    let code = host.create_room().await;
    let person = json!({ "sub": "quetzal", "name": "Quetzalcoatl", "email": EMAIL, "email_verified": true });
    let browser = world.signed_in(person).await;
    let (mut listener, _) = world.site.join(&browser.cookies(), code, Role::Listener).await;
    write_many(&mut listener, 1..2, "porcupine").await;
    let id: String = sqlx::query_scalar("SELECT id FROM rooms WHERE code = $1")
        .bind(code.to_string())
        .fetch_one(&pool)
        .await
        .expect("a room");
    break_room(&pool, code).await;
    browser.post("/auth/delete", "").await;
    let note_tries = "CREATE TABLE tries (at INTEGER); CREATE TRIGGER noted BEFORE INSERT ON departures \
                      BEGIN INSERT INTO tries VALUES (1); END";
    sqlx::raw_sql(note_tries).execute(&pool).await.expect("a trigger");
    for round in 1..=ROUNDS {
        world.clock.advance(NEXT_ROUND_MS);
        eventually(async || count(&pool, "tries").await >= round).await;
    }
    assert_eq!(count(&pool, "departures").await, 1, "it is still to be told");
    let lines = logged.lines(&id);
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].contains("WARN") && lines[0].contains("accounts=1"), "{lines:#?}");

    let world = world.again(&GUESTS).await;
    let (_host, joined) = world.site.join(&host.cookies(), code, Role::Host).await;
    let shown = serde_json::to_string(&joined.room).expect("JSON");
    assert!(shown.contains("\"number\":1"), "the message is there: {shown}");
    assert!(!shown.contains("porcupine") && !shown.contains("Quetzalcoatl") && !shown.contains(EMAIL), "{shown}");
}

#[tokio::test]
async fn a_deletion_that_cannot_be_finished_does_not_stop_others() {
    for mended in [0, 1] {
        let world = World::start_under(patient(), &GUESTS).await;
        let pool = database::open(&world.database()).await.expect("the same database");
        let mut rooms = Vec::new();
        for name in ["Ada", "Grace"] {
            let browser = world.browser();
            browser.guest(name).await;
            rooms.push(browser.create_room().await);
            break_room(&pool, rooms[rooms.len() - 1]).await;
            browser.post("/auth/delete", "").await;
        }
        assert_eq!(count(&pool, "departures").await, 2);
        mend_room(&pool, rooms[mended]).await;
        world.clock.advance(NEXT_ROUND_MS);
        eventually(async || count(&pool, "departures").await == 1).await;
    }
}
