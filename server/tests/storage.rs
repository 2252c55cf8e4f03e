//! The storage fails for a while, because the disk is full or another program locks the database. Requests that need
//! storage are refused with this reason, and everything works again as soon as the storage does.

use std::{collections::BTreeSet, path::Path, process::Command};

use heartogether::{protocol::ToRoom, refusal::Refusal, role::Role};
use heartogether_server::storage::database;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Pair, Process, Site, TestServer, eventually, join, resume};

pub(crate) async fn readiness(site: &Site) -> (StatusCode, Value) {
    let answer = site.get("/api/ready", None).await;
    (answer.status(), answer.json().await.expect("JSON"))
}

pub(crate) async fn try_to_create(site: &Site, cookie: &str) -> Response {
    site.submit("create_room", "", &[("cookie", cookie), ("accept", "application/json")]).await
}

#[tokio::test]
async fn while_the_storage_fails_requests_are_refused_with_that_reason() {
    let server = TestServer::start().await;
    let site = &server.site;
    let mut pair = site.pair().await;
    assert_eq!(
        readiness(site).await,
        (StatusCode::OK, json!({ "ready": true, "parts": { "rooms": "ok", "storage": "ok" } }))
    );

    let others = database::open(&server.database()).await.expect("the same database");
    let mut locked = others.acquire().await.expect("a connection");
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *locked).await.expect("nobody else can write now");
    eventually(async || readiness(site).await.0 == StatusCode::SERVICE_UNAVAILABLE).await;
    let (_, told) = readiness(site).await;
    assert_eq!(told, json!({ "ready": false, "parts": { "rooms": "ok", "storage": "down" } }));
    assert_eq!(site.get("/api/health", None).await.status(), StatusCode::OK, "a restart would help nobody");
    let refused = try_to_create(site, &pair.ada).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.text().await.expect("text").contains("storage_unavailable"));
    let refused = site.submit("sign_in_as_guest", "name=Linus", &[("accept", "application/json")]).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.text().await.expect("text").contains("storage_unavailable"));
    let linus = pair.grace.clone();
    let mut newcomer = site.greet(&linus).await;
    newcomer.send(&join(pair.code, Role::Listener)).await;
    assert_eq!(newcomer.refusal().await, Refusal::StorageUnavailable);

    sqlx::query("ROLLBACK").execute(&mut *locked).await.expect("unlocked");
    eventually(async || readiness(site).await.0 == StatusCode::OK).await;
    site.create_room(&pair.ada).await;
    pair.is_undisturbed().await;
}

#[tokio::test]
pub(crate) async fn readiness_writes_once_a_second_for_all_callers() {
    let server = TestServer::start().await;
    let database = database::open(&server.database()).await.expect("the same database");
    let asked = (0..200).map(|_| readiness(&server.site));
    let answers: BTreeSet<_> = futures::future::join_all(asked).await.into_iter().map(|(status, _)| status).collect();
    assert_eq!(answers, BTreeSet::from([StatusCode::OK]));
    let count: i64 = sqlx::query_scalar("SELECT count FROM probes").fetch_one(&database).await.expect("a row");
    assert!((1..=20).contains(&count), "{count} rows were written for 200 questions");
}

/// A file system of its own, as large as this. `None`, and the reason, where it cannot be mounted.
pub(crate) struct SmallDisk(TempDir);

impl SmallDisk {
    pub(crate) fn mount(kib: u32) -> Option<Self> {
        let folder = TempDir::new().expect("a folder");
        let size = format!("size={kib}k");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(folder)),
            Ok(output) => {
                eprintln!("left out: no file system can be mounted here: {}", String::from_utf8_lossy(&output.stderr));
                None
            }
            Err(error) => {
                eprintln!("left out: there is no mount: {error}");
                None
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes all the place that is left.
    pub(crate) fn fill(&self) {
        let mut file = std::fs::File::create(self.path().join("filler")).expect("a file");
        let piece = [7; 1024];
        while std::io::Write::write_all(&mut file, &piece).is_ok() {}
    }

    pub(crate) fn empty(&self) {
        std::fs::remove_file(self.path().join("filler")).expect("there is a file");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

/// Tries until the disk takes no more.
pub(crate) async fn until_refused(site: &Site, cookie: &str) {
    eventually(async || {
        let answer = try_to_create(site, cookie).await;
        answer.text().await.expect("text").contains("storage_unavailable")
    })
    .await;
}

const MANY: [&str; 4] = ["--rate-limit-requests", "100000", "--max-rooms-per-address", "100000"];

#[tokio::test]
async fn everything_works_again_once_a_full_disk_has_space() {
    let Some(disk) = SmallDisk::mount(3_072) else { return };
    let server = Process::start(disk.path(), &MANY);
    let mut pair = server.site.pair().await;
    disk.fill();
    until_refused(&server.site, &pair.ada).await;
    let mut host = server.site.greet(&pair.ada).await;
    host.send(&resume(pair.code, &pair.as_host, pair.as_host.seq)).await;
    assert_eq!(host.refusal().await, Refusal::StorageUnavailable);
    disk.empty();
    server.site.create_room(&pair.ada).await;
    host.send(&resume(pair.code, &pair.as_host, pair.as_host.seq)).await;
    host.resumed().await;
    pair.host = host;
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn a_server_that_starts_on_a_full_disk_knows_its_rooms() {
    let Some(disk) = SmallDisk::mount(3_072) else { return };
    for is_killed in [true, false] {
        let server = Process::start(disk.path(), &MANY);
        let Pair { code, ada, as_host, .. } = server.site.pair().await;
        match is_killed {
            true => drop(server),
            false => assert!(server.terminate().success()),
        }
        disk.fill();
        let again = Process::start(disk.path(), &MANY);
        let summary = again.site.get(&format!("/api/rooms/{code}"), Some(&ada)).await;
        assert_eq!(summary.status(), StatusCode::OK, "killed: {is_killed}");
        assert_eq!(again.site.get(&format!("/host/{code}"), Some(&ada)).await.status(), StatusCode::OK);
        until_refused(&again.site, &ada).await;
        disk.empty();
        let mut host = again.site.greet(&ada).await;
        host.send(&resume(code, &as_host, as_host.seq)).await;
        host.resumed().await;
        host.say(ToRoom::Stop).await;
    }
}
