//! A server whose database is PostgreSQL.

mod faults;
mod tls;

use std::{
    fs::File,
    process::{Output, Stdio},
};

use heartogether::{
    engagement::MessageText,
    protocol::{ToRoom, Write},
    room::RoomEvent,
};
use reqwest::StatusCode;
use tempfile::TempDir;

use crate::support::{PASSWORD, PostgresDatabase, PostgresServer, Process, resume};

/// A server on this database.
fn start(data: &TempDir, url: &str) -> Process {
    Process::start(data.path(), &["--database-url", url])
}

/// A server on this database that does not start.
fn start_in_vain(data: &TempDir, flags: &[&str]) -> String {
    let mut command = Process::command(data.path(), "info");
    let Output { status, stderr, .. } = command.args(["--port", "0"]).args(flags).output().expect("a process");
    assert!(!status.success());
    let told = String::from_utf8(stderr).expect("text");
    assert!(!told.contains(PASSWORD), "{told}");
    told
}

#[tokio::test]
async fn accounts_rooms_and_messages_are_there_after_a_kill_and_no_file_is_made() {
    let (data, kept) = (TempDir::new().expect("a folder"), PostgresDatabase::create().await);
    let before = start(&data, &kept.url);
    let mut pair = before.site.pair().await;
    let text = MessageText::parse("louder, please").expect("a message");
    pair.listener
        .say(ToRoom::Write(Write { nonce: 1, text: text.clone(), pictures: Vec::new(), reply_to: None }))
        .await;
    assert!(matches!(pair.host.event().await, RoomEvent::MessageSent { .. }));
    drop(before);
    assert!(!data.path().join("heartogether.db").exists());

    let after = start(&data, &kept.url);
    for (connection, cookie, joined) in
        [(&mut pair.host, &pair.ada, &pair.as_host), (&mut pair.listener, &pair.grace, &pair.as_listener)]
    {
        *connection = after.site.greet(cookie).await;
        connection.send(&resume(pair.code, joined, joined.seq)).await;
        connection.resumed().await;
    }
    let summary = after.site.get(&format!("/api/rooms/{}", pair.code), Some(&pair.ada)).await;
    assert_eq!(summary.status(), StatusCode::OK);
    assert!(after.terminate().success());
}

#[tokio::test]
async fn only_one_server_uses_a_database() {
    let kept = PostgresDatabase::create().await;
    let folders = [(); 2].map(|()| TempDir::new().expect("a folder"));
    let first = start(&folders[0], &kept.url);
    let told = start_in_vain(&folders[1], &["--database-url", &kept.url, "--data-lock-wait-ms", "0"]);
    assert!(told.contains("another server uses the database"), "{told}");
    assert!(first.terminate().success());
    assert!(start(&folders[1], &kept.url).terminate().success());
}

#[tokio::test]
async fn a_password_is_in_no_log_and_in_no_error() {
    let (data, server) = (TempDir::new().expect("a folder"), PostgresServer::start());
    let path = data.path().join("log");
    let log = File::create(&path).expect("a file");
    let process = Process::start_with(data.path(), &["--database-url", &server.url()], "trace", Stdio::from(log));
    process.site.pair().await;
    assert!(process.terminate().success());
    let log = std::fs::read_to_string(&path).expect("the log");
    assert!(log.contains(&format!("postgres://127.0.0.1:{}/postgres", server.port)) && !log.contains(PASSWORD));

    let wrong = server.url().replace(PASSWORD, "porcupine-no-more");
    assert!(start_in_vain(&data, &["--database-url", &wrong]).contains("password authentication failed"));
    let nowhere = format!("{}-nowhere", server.url());
    assert!(start_in_vain(&data, &["--database-url", &nowhere]).contains("does not exist"));
    let unclear = format!("{}?passwort={PASSWORD}", server.url());
    assert!(start_in_vain(&data, &["--database-url", &unclear]).contains("DATABASE_URL"));
}
