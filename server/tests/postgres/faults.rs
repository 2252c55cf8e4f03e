//! PostgreSQL is away, stands still, is full or only reads. Requests that need it fail within seconds and say why, and everything
//! works again as soon as it does.

use std::time::Duration;

use heartogether::{
    engagement::Reaction,
    protocol::{React, ToRoom},
    refusal::Refusal,
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;

use super::start;
use crate::{
    storage::{SmallDisk, readiness, try_to_create, until_refused},
    support::{Pair, PostgresServer, Process, Site, eventually, free_port},
};

/// How long a request may wait for a database that does not answer: for a connection, or for the answer to one statement, and a
/// little more on a busy machine.
const SECONDS: Duration = Duration::from_secs(12);

async fn until_ready(site: &Site) {
    eventually(async || readiness(site).await.0 == StatusCode::OK).await;
}

async fn until_down(site: &Site) {
    eventually(async || readiness(site).await.0 == StatusCode::SERVICE_UNAVAILABLE).await;
    let (_, told) = readiness(site).await;
    assert_eq!(told, json!({ "ready": false, "parts": { "rooms": "ok", "storage": "down" } }));
    assert_eq!(site.get("/api/health", None).await.status(), StatusCode::OK, "a restart would help nobody");
}

/// A request fails in time, and says why.
async fn is_refused(site: &Site, cookie: &str) {
    let refused = timeout(SECONDS, try_to_create(site, cookie)).await.expect("an answer in time");
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.text().await.expect("text").contains("storage_unavailable"));
}

async fn name_of(site: &Site, cookie: &str) -> Value {
    let answer = site.get("/auth/me", Some(cookie)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json::<Value>().await.expect("JSON")["name"].clone()
}

/// A member writes to the room while it cannot be stored.
async fn is_told(pair: &mut Pair) {
    pair.listener.say(ToRoom::React(React { reaction: Reaction::Fire })).await;
    assert_eq!(pair.listener.refusal().await, Refusal::StorageUnavailable);
}

async fn works(site: &Site, pair: &mut Pair) {
    until_ready(site).await;
    site.create_room(&pair.ada).await;
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn a_server_that_starts_before_its_database_is_ready_with_it() {
    let (data, mut database) = (TempDir::new().expect("a folder"), PostgresServer::prepare());
    let site = Site { authority: format!("127.0.0.1:{}", free_port()) };
    let (_, port) = site.authority.split_once(':').expect("a port");
    let mut command = Process::command(data.path(), "warn");
    command.args(["--port", port, "--host", "127.0.0.1", "--database-url", &database.url()]);
    let starting = Process::begin(command);
    eventually(async || tokio::net::TcpStream::connect(&site.authority).await.is_ok()).await;
    let down = json!({ "ready": false, "parts": { "rooms": "starting", "storage": "down" } });
    eventually(async || readiness(&site).await == (StatusCode::SERVICE_UNAVAILABLE, down.clone())).await;
    assert_eq!(site.get("/api/health", None).await.status(), StatusCode::OK);
    database.run();
    let server = tokio::task::spawn_blocking(|| starting.ready()).await.expect("a server");
    works(&site, &mut site.pair().await).await;
    drop(server);
}

#[tokio::test]
async fn while_the_database_is_away_requests_say_so_and_it_is_found_again() {
    let (data, mut database) = (TempDir::new().expect("a folder"), PostgresServer::start());
    let server = start(&data, &database.url());
    let site = &server.site;
    let mut pair = site.pair().await;
    for _ in 0..2 {
        database.stop();
        until_down(site).await;
        is_refused(site, &pair.ada).await;
        assert_eq!(name_of(site, &pair.ada).await, "Ada", "whose session it is was known a moment ago");
        assert_eq!(site.get("/auth/me", Some("heartogether.sid=unknown")).await.status(), StatusCode::UNAUTHORIZED);
        is_told(&mut pair).await;
        database.run();
        works(site, &mut pair).await;
    }
}

#[tokio::test]
async fn while_the_database_stands_still_requests_say_so_and_it_is_found_again() {
    let (data, database) = (TempDir::new().expect("a folder"), PostgresServer::start());
    let server = start(&data, &database.url());
    let site = &server.site;
    let mut pair = site.pair().await;
    database.freeze();
    until_down(site).await;
    is_refused(site, &pair.ada).await;
    assert_eq!(name_of(site, &pair.grace).await, "Grace");
    is_told(&mut pair).await;
    database.thaw();
    works(site, &mut pair).await;
}

#[tokio::test]
async fn while_the_database_only_reads_rooms_can_be_read_and_writes_say_so() {
    let (data, database) = (TempDir::new().expect("a folder"), PostgresServer::start());
    let server = start(&data, &database.url());
    let site = &server.site;
    let mut pair = site.pair().await;
    database.execute("ALTER DATABASE postgres SET default_transaction_read_only = on").await;
    let end_others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                      WHERE application_name LIKE 'heartogether%' AND pid <> pg_backend_pid()";
    database.execute(end_others).await;
    until_down(site).await;
    is_refused(site, &pair.ada).await;
    let summary = site.get(&format!("/api/rooms/{}", pair.code), Some(&pair.ada)).await;
    assert_eq!(summary.status(), StatusCode::OK);
    is_told(&mut pair).await;
    // The connections of the server stay as they are, and those that only read go on to do so.
    database.execute("ALTER DATABASE postgres RESET default_transaction_read_only").await;
    works(site, &mut pair).await;
}

#[tokio::test]
async fn once_a_full_disk_of_the_database_has_space_everything_works_again() {
    let Some(disk) = SmallDisk::mount(96 * 1024) else { return };
    let (data, mut database) = (TempDir::new().expect("a folder"), PostgresServer::prepare_in(disk.path()));
    database.run();
    let many = ["--rate-limit-requests", "100000", "--max-rooms-per-address", "100000"];
    let url = database.url();
    let server = Process::start(data.path(), &[&["--database-url", &url], &many[..]].concat());
    let mut pair = server.site.pair().await;
    disk.fill();
    until_refused(&server.site, &pair.ada).await;
    assert_eq!(name_of(&server.site, &pair.ada).await, "Ada");
    disk.empty();
    works(&server.site, &mut pair).await;
    drop((server, database));
}
