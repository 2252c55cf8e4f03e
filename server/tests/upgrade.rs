//! A server starts with the data of an earlier version.

use std::{path::Path, sync::Arc};

use heartogether::{
    id::{ResumeToken, RoomId, Seq},
    limits::Limits,
    protocol::{ClientMessage, ResumeRoom, ResumeRooms},
    refusal::Refusal,
};
use heartogether_server::{
    clock::ManualClock,
    storage::{
        database,
        log::{RoomLog, SqlLog},
    },
};
use serde_json::Value;
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::{
    forgetting::files_with,
    log_contract::created,
    provider::BEGINNING,
    support::{self, Site, eventually, serve},
};

/// The room in the earlier data, and what somebody wrote in it.
const CODE: &str = "75YB3X";
const WORDS: &str = "porcupine";
/// The cookies of the two sessions in the earlier data, in which Ada is a guest and Grace has signed in.
const ADA: &str = "heartogether.sid=eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJoZWFydG9nZXRoZXIvc2Vzc2lvbiIsImlhdCI6MTgwMDAwMDAwMCwiZXhwIjoxODAyNTkyMDAwLCJqdGkiOiIwNjJhYmM0ZDVjYjBjMTZkY2Y0NDcxYzQyZWUxNjcxYiJ9.SHFj-7LgbWcSeDbUx04qVe5X9ukaWaFlu1JGUd4xKIA";
const GRACE: &str = "heartogether.sid=eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJoZWFydG9nZXRoZXIvc2Vzc2lvbiIsImlhdCI6MTgwMDAwMDAwMCwiZXhwIjoxODAyNTkyMDAwLCJqdGkiOiI3MzY0MDE4OGU2ZjQwMmYwMWMwNTZhNmJmYWZmZTA0MyJ9.ANwljZ-hIll0eF7Gbew58xetau6XxJbGKMvTC3Az9SU";

/// Writes the data of a server before migration 10 into a folder.
async fn write_earlier_data(folder: &Path) {
    let options = SqliteConnectOptions::new().filename(folder.join("heartogether.db")).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.expect("a file");
    let script = include_str!("upgrade/before_migration_10.sql");
    sqlx::raw_sql(script).execute(&pool).await.expect("the earlier tables");
    pool.close().await;
    assert_ne!(files_with(folder, WORDS).len(), 0);
    std::fs::write(folder.join("signing-keys.json"), include_str!("upgrade/signing-keys.json")).expect("a file");
}

async fn me(site: &Site, cookie: &str) -> Value {
    site.get("/auth/me", Some(cookie)).await.json().await.expect("JSON")
}

/// Grace's page asks for her place in the room again.
fn resume() -> ClientMessage {
    let token = ResumeToken::from_bits(0xa68e_7227_2ced_0692_58a9_727f_d92d_78ae);
    let room = CODE.parse().expect("a code");
    ClientMessage::ResumeRooms(ResumeRooms { rooms: vec![ResumeRoom { room, token, last_seq: Seq(3) }] })
}

#[tokio::test]
async fn accounts_and_sessions_survive_migration_10_and_rooms_end() {
    let data = TempDir::new().expect("a folder");
    write_earlier_data(data.path()).await;
    let run = serve(&data, &Arc::new(ManualClock::at(BEGINNING)), Limits::default(), &[]).await;
    let site = run.site.clone();

    let (ada, grace) = (me(&site, ADA).await, me(&site, GRACE).await);
    assert_eq!((&ada["name"], &ada["guest"]), (&"Ada".into(), &true.into()));
    assert_eq!((&grace["name"], &grace["email"]), (&"Grace Hopper".into(), &"grace@hear.example".into()));
    assert_eq!(site.get(&format!("/api/rooms/{CODE}"), None).await.status(), 404);
    let mut page = site.greet(GRACE).await;
    page.send(&resume()).await;
    assert_eq!(page.refusal().await, Refusal::RoomNotFound);
    assert!(!site.recent_rooms(GRACE).await.contains(CODE));
    site.create_room(ADA).await;
    eventually(async || files_with(data.path(), WORDS).is_empty()).await;
    run.stop().await;

    let pool = database::open(&data.path().join("heartogether.db")).await.expect("the database");
    let departures: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM departures").fetch_one(&pool).await.expect("a row");
    let accounts: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM accounts").fetch_one(&pool).await.expect("a row");
    assert_eq!((departures, accounts), (0, 2), "the deletion that was under way is finished");
    let log = SqlLog::new(pool, Arc::new(ManualClock::at(BEGINNING)), support::sealer());
    log.create(created(RoomId::from_bits(1), CODE)).await.expect("the code is free");
}
