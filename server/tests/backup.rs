//! Backups that are made while the server runs, and restored, with the commands of docs/operating.md.

use std::{env, fs, path::Path, process::Command};

use heartogether::{
    id::RoomCode,
    role::Role,
    room::{Picture, RoomEvent},
};
use reqwest::StatusCode;
use tempfile::TempDir;

use crate::{
    lounges::open_lounge,
    pictures::{show, uploaded},
    support::{Pair, PostgresDatabase, Process, Site, postgres_programs, resume},
};

const GUIDE: &str = include_str!("../../docs/operating.md");
/// What a test has done already, and the database that it has made.
pub(crate) const CREATE: &str = "sudo -u postgres createdb --owner=heartogether heartogether_restored";
const RESTORED: &str = "postgres://heartogether@HOST/heartogether_restored";

/// Where the commands of the guide find what they name.
pub(crate) struct Places<'a> {
    /// `DATA_DIR`.
    pub(crate) data: &'a Path,
    /// `DATABASE_URL`, or the empty database that a dump is read into.
    pub(crate) database: &'a str,
    /// `/backup`.
    pub(crate) backup: &'a Path,
    /// Whether there is no `JWT_SECRET`, so that `signing-keys.json` is copied.
    pub(crate) has_keys: bool,
}

impl Places<'_> {
    /// Carries out the commands of the guide that begin so.
    pub(crate) fn follow(&self, beginning: &str) {
        let blocks = GUIDE.split("```sh\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0));
        let blocks: Vec<_> = blocks.filter(|block| block.starts_with(beginning)).collect();
        let [commands] = blocks[..] else { panic!("{} times: {beginning}", blocks.len()) };
        let is_meant = |line: &&str| {
            *line != CREATE && (self.has_keys || !line.starts_with("cp ") || !line.contains("signing-keys"))
        };
        let commands =
            commands.lines().filter(is_meant).collect::<Vec<_>>().join("\n").replace(RESTORED, self.database);
        let commands = commands.replace("/backup", self.backup.to_str().expect("a path in UTF-8"));
        let found = env::split_paths(&env::var_os("PATH").expect("programs")).collect::<Vec<_>>();
        let path = env::join_paths([postgres_programs().to_owned()].into_iter().chain(found)).expect("folders");
        let mut shell = Command::new("sh");
        shell.args(["-euc", &commands]).env("PATH", path).env("DATA_DIR", self.data).env("DATABASE_URL", self.database);
        let done = shell.output().expect("a shell");
        assert!(done.status.success(), "{commands}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

/// A lounge of somebody's, with a message that is a picture.
pub(crate) async fn shown(site: &Site, cookie: &str) -> (RoomCode, Picture) {
    let code = open_lounge(site, cookie, "").await;
    let (mut connection, _) = site.join(cookie, code, Role::Participant).await;
    let picture = uploaded(site, code, cookie).await;
    connection.say(show(1, &[picture])).await;
    while !matches!(connection.event().await, RoomEvent::MessageSent { .. }) {}
    (code, picture)
}

/// What asking for a picture is answered with.
pub(crate) async fn look_at(site: &Site, cookie: &str, (code, picture): &(RoomCode, Picture)) -> StatusCode {
    site.get(&format!("/pictures/{code}/{}", picture.id), Some(cookie)).await.status()
}

/// Members return to their room.
async fn is_restored(server: &Process, pair: &mut Pair) {
    for (connection, cookie, joined) in
        [(&mut pair.host, &pair.ada, &pair.as_host), (&mut pair.listener, &pair.grace, &pair.as_listener)]
    {
        *connection = server.site.greet(cookie).await;
        connection.send(&resume(pair.code, joined, joined.seq)).await;
        connection.resumed().await;
    }
    pair.host.drain().await;
    pair.listener.drain().await;
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn a_backup_of_a_file_brings_everybody_and_every_picture_back() {
    let [data, backup] = [(); 2].map(|()| TempDir::new().expect("a folder"));
    let places = Places { data: data.path(), database: "", backup: backup.path(), has_keys: true };
    let server = Process::start(data.path(), &[]);
    let mut pair = server.site.pair().await;
    let picture = shown(&server.site, &pair.ada).await;
    places.follow("sqlite3 ");
    let later = server.site.create_room(&pair.ada).await;
    drop(server);

    let wal = data.path().join("heartogether.db-wal");
    assert!(wal.metadata().expect("a write-ahead log").len() > 0, "which must not come back");
    for lost in ["pictures", "signing-keys.json"] {
        fs::rename(data.path().join(lost), backup.path().join(format!("{lost}.lost"))).expect("lost");
    }
    places.follow("rm -f \"$DATA_DIR\"");
    let server = Process::start(data.path(), &[]);
    is_restored(&server, &mut pair).await;
    assert_eq!(look_at(&server.site, &pair.ada, &picture).await, StatusCode::OK);
    let missing = server.site.get(&format!("/api/rooms/{later}"), Some(&pair.ada)).await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND, "it is as it was then");
}

#[tokio::test]
async fn a_backup_of_postgres_brings_everybody_and_every_picture_back() {
    let [data, backup, other] = [(); 3].map(|()| TempDir::new().expect("a folder"));
    let kept = PostgresDatabase::create().await;
    let server = Process::start(data.path(), &["--database-url", &kept.url]);
    let mut pair = server.site.pair().await;
    let picture = shown(&server.site, &pair.ada).await;
    Places { data: data.path(), database: &kept.url, backup: backup.path(), has_keys: true }.follow("pg_dump ");
    let later = server.site.create_room(&pair.ada).await;
    drop(server);

    let restored = PostgresDatabase::create().await;
    Places { data: other.path(), database: &restored.url, backup: backup.path(), has_keys: true }.follow(CREATE);
    let server = Process::start(other.path(), &["--database-url", &restored.url]);
    is_restored(&server, &mut pair).await;
    assert_eq!(look_at(&server.site, &pair.ada, &picture).await, StatusCode::OK);
    let missing = server.site.get(&format!("/api/rooms/{later}"), Some(&pair.ada)).await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND, "it is as it was then");
}
