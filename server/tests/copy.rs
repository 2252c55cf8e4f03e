//! `heartogether-server copy` moves an installation to another database.

use std::{
    path::Path,
    process::{Command, Output},
};

use heartogether::{
    engagement::MessageText,
    protocol::{ToRoom, Write},
    role::Role,
    room::RoomEvent,
};
use heartogether_server::storage::database;
use reqwest::StatusCode;
use sqlx::{AssertSqlSafe, SqlitePool};
use tempfile::TempDir;

use crate::support::{Pair, PostgresDatabase, Process, resume};

fn copy(from: &str, to: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heartogether-server"));
    command.args(["copy", "--from", from, "--to", to]).output().expect("a process")
}

/// Returns how many rows of each table were copied.
fn copied(from: &str, to: &str) -> String {
    let Output { status, stdout, stderr } = copy(from, to);
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).expect("text")
}

fn refused(from: &str, to: &str) -> String {
    let Output { status, stderr, .. } = copy(from, to);
    assert!(!status.success());
    String::from_utf8(stderr).expect("text")
}

fn sqlite(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

fn file_in(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join("heartogether.db")
}

/// Every row of every table, with the type of each value.
async fn rows(path: &Path) -> Vec<String> {
    let pool = database::open(path).await.expect("a database");
    let mut all = Vec::new();
    for (table, columns) in columns(&pool).await {
        let quoted = columns.iter().map(|column| format!("quote({column})")).collect::<Vec<_>>().join(" || ', ' || ");
        let select = format!("SELECT '{table}: ' || {quoted} FROM {table} ORDER BY 1");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(select)).fetch_all(&pool).await.expect("rows");
        assert!(!rows.is_empty(), "there is nothing in {table} that could be lost");
        all.extend(rows);
    }
    pool.close().await;
    all
}

async fn columns(pool: &SqlitePool) -> Vec<(String, Vec<String>)> {
    let tables =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '!_sqlx%' ESCAPE '!' ORDER BY name";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(pool).await.expect("names");
    let mut all = Vec::new();
    for table in tables {
        let select = "SELECT name FROM pragma_table_info($1)";
        let names = sqlx::query_scalar(select).bind(&table).fetch_all(pool).await.expect("names");
        all.push((table, names));
    }
    all
}

/// What a server with a provider, ended sign-ins, recorded departures and several nodes has beside what this test's server writes.
const MORE: &str = "
    INSERT INTO accounts (id, name, created_at, provider, email, picture_type, picture, seen_at, email_shown)
        VALUES ('a1', 'Zoë \"Z\" 鳥 🦉', 1, 'test', 'zoe@hear.example', 'image/png', 'iVBORw==', 9223372036854775807, 1),
               ('a2', 'o''Neil', 0, NULL, NULL, NULL, NULL, 0, NULL);
    INSERT INTO identities (issuer, subject, account) VALUES ('https://login.example', 'B', 'a1'), ('https://login.example', 'a', 'a2');
    INSERT INTO spent (token_hash, expires_at) VALUES ('h1', 5), ('H2', 6);
    INSERT INTO visits (account, room, at) VALUES ('a1', 'r1', 7);
    INSERT INTO memberships (account, room, since, read_up_to, muted) VALUES ('a1', 'r1', 8, 9223372036854775806, 1);
    INSERT INTO blocks (account, blocked, since) VALUES ('a1', 'a2', 9);
    INSERT INTO departures (account, successor) VALUES ('a3', NULL), ('a4', 'a1');
    INSERT INTO epochs (room, epoch) VALUES ('r1', 3);
    INSERT INTO pictures (id, room, account, format, width, height, bytes, uploaded_at, message, deleted)
        VALUES ('p1', 'r1', 'a1', 'webp', 2560, 1440, 9223372036854775807, 9, 450, 0);
    INSERT INTO account_keys (account, owner, sealing_key) VALUES ('a4', 'a1', 'AAAA');
    INSERT INTO snapshots (room, seq, version, state, sealed) SELECT id, 1, 9, '{}', '' FROM rooms;
    INSERT INTO room_copies (room, epoch, seq, version, state, sealed) SELECT id, 2, 1, 9, '{\"b\":2}', '-' FROM rooms;
    INSERT INTO program_tokens (token_hash, account, label, scopes, created_at, used_at)
        VALUES ('t1', 'a1', 'Ein Roboter', 'read_rooms send_messages', 10, NULL), ('t2', 'a1', '机器人', '', 11, 12);
    INSERT INTO orders (id, at, by_whom, deed, target, done_at, outcome)
        VALUES (9223372036854775807, 13, 'root', 'rooms list', '', 13, 'shown'), (1, 14, 'root', 'other', 'x', 15, '');
    INSERT INTO bans (account, issuer, subject, at) VALUES ('a5', '', '', 16), ('a5', 'https://login.example', 'c', 16);
    INSERT INTO probes (id, count) VALUES (1, 1) ON CONFLICT (id) DO NOTHING;
    WITH RECURSIVE numbers (number) AS (VALUES (1) UNION ALL SELECT number + 1 FROM numbers WHERE number < 450)
        INSERT INTO messages (room, number, account, sealed_by, nonce, sent_at, delivered, message, sealed)
        SELECT 'r' || (number % 3), number, 'a1', 'a4', 4294967295, number, number % 2, '{\"n\":' || number || '}', '- -' FROM numbers;
";

/// Members are where they were, and what they wrote is there.
async fn is_all_there(server: &Process, pair: &mut Pair) {
    let mut host = server.site.greet(&pair.ada).await;
    host.send(&resume(pair.code, &pair.as_host, pair.as_host.seq)).await;
    host.resumed().await;
    let (_page, joined) = server.site.join(&pair.grace, pair.code, Role::Listener).await;
    let written: Vec<_> = joined.room.messages.iter().filter_map(|message| message.text.as_ref()).collect();
    assert_eq!(written, [&text()]);
    let visits = server.site.recent_rooms(&pair.ada).await;
    assert!(visits.contains(&pair.code.to_string()), "{visits}");
    assert_eq!(server.site.get("/auth/me", Some(&pair.grace)).await.status(), StatusCode::OK);
}

fn text() -> MessageText {
    MessageText::parse("louder, please").expect("a message")
}

#[tokio::test]
async fn an_installation_moves_to_postgres_and_back_and_loses_nothing() {
    let (data, kept) = (TempDir::new().expect("a folder"), PostgresDatabase::create().await);
    let before = Process::start(data.path(), &[]);
    let mut pair = before.site.pair().await;
    pair.listener.say(ToRoom::Write(Write { nonce: 1, text: text(), pictures: Vec::new(), reply_to: None })).await;
    assert!(matches!(pair.host.event().await, RoomEvent::MessageSent { .. }));
    assert!(before.terminate().success());
    let file = file_in(&data);
    let pool = database::open(&file).await.expect("the database");
    sqlx::raw_sql(MORE).execute(&pool).await.expect("more rows");
    pool.close().await;
    let expected = rows(&file).await;

    let told = copied(&sqlite(&file), &kept.url);
    assert!(told.contains("messages: 45"), "{told}");
    let back = data.path().join("back.db");
    assert_eq!(copied(&kept.url, &sqlite(&back)), told);
    assert_eq!(rows(&back).await, expected);
    assert_eq!(rows(&file).await, expected, "the source is as it was");

    let in_postgres = Process::start(data.path(), &["--database-url", &kept.url]);
    is_all_there(&in_postgres, &mut pair).await;
    assert!(in_postgres.terminate().success());

    std::fs::remove_file(&file).expect("removed");
    copied(&kept.url, &sqlite(&file));
    let in_sqlite = Process::start(data.path(), &[]);
    is_all_there(&in_sqlite, &mut pair).await;
    assert!(in_sqlite.terminate().success());
}

#[tokio::test]
async fn nothing_is_copied_while_a_server_uses_either_database() {
    let (data, kept) = (TempDir::new().expect("a folder"), PostgresDatabase::create().await);
    let (file, elsewhere) = (sqlite(&file_in(&data)), sqlite(&data.path().join("elsewhere/new.db")));
    std::fs::create_dir(data.path().join("elsewhere")).expect("a folder");
    let server = Process::start(data.path(), &[]);
    assert!(refused(&file, &kept.url).contains("a server uses"));
    assert!(server.terminate().success());
    copied(&file, &kept.url);
    let other = TempDir::new().expect("a folder");
    let server = Process::start(other.path(), &["--database-url", &kept.url]);
    assert!(refused(&kept.url, &elsewhere).contains("a server uses"));
    assert!(server.terminate().success());
    copied(&kept.url, &elsewhere);
}

#[tokio::test]
async fn a_copy_that_cannot_be_whole_is_refused_and_leaves_the_target_empty() {
    let (data, kept) = (TempDir::new().expect("a folder"), PostgresDatabase::create().await);
    let (file, new) = (file_in(&data), data.path().join("new.db"));
    assert!(refused(&sqlite(&file), &kept.url).contains("there is no database"));
    assert!(!file.exists());
    let pool = database::open(&file).await.expect("a database");
    let damage = "INSERT INTO spent (token_hash, expires_at) VALUES ('whole', 1), (x'00ff', 2)";
    sqlx::query(damage).execute(&pool).await.expect("a row");
    let told = refused(&sqlite(&file), &kept.url);
    assert!(told.contains("the table spent cannot be copied"), "{told}");
    sqlx::query("DELETE FROM spent WHERE expires_at = 2").execute(&pool).await.expect("mended");
    copied(&sqlite(&file), &kept.url);
    let told = refused(&sqlite(&file), &kept.url);
    assert!(told.contains("the target is not empty") && told.contains("spent"), "{told}");
    sqlx::query("DELETE FROM _sqlx_migrations WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)")
        .execute(&pool)
        .await
        .expect("an older version");
    let told = refused(&sqlite(&file), &sqlite(&new));
    assert!(told.contains("another version"), "{told}");
    assert!(refused("mysql:hush", &sqlite(&new)).contains("--from"));
    let told = refused(&sqlite(&file), "postgres://ada:hush@127.0.0.1/hear?pasword=hush");
    assert!(told.contains("--to") && !told.contains("hush"), "{told}");
}
