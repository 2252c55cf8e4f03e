//! Backups that are made while the server runs, and restored on another one, as docs/operating.md says.

use std::{fs, path::Path, process::Command};

use tempfile::TempDir;

use crate::support::{Pair, PostgresDatabase, Process, postgres_programs, resume};

const KEYS: &str = "signing-keys.json";

fn carry_out(command: &mut Command) {
    let done = command.output().expect("a program that ./dev installs");
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
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
async fn a_backup_of_a_file_brings_everybody_back() {
    let [data, backup, restored] = [(); 3].map(|()| TempDir::new().expect("a folder"));
    let server = Process::start(data.path(), &[]);
    let mut pair = server.site.pair().await;
    let name = "heartogether.db";
    let copied = backup.path().join(name);
    let order = format!(".backup '{}'", copied.display());
    carry_out(Command::new("sqlite3").arg(data.path().join(name)).arg(order));
    fs::copy(data.path().join(KEYS), backup.path().join(KEYS)).expect("copied");
    let later = server.site.create_room(&pair.ada).await;
    drop(server);

    for file in [name, KEYS] {
        fs::copy(backup.path().join(file), restored.path().join(file)).expect("copied");
    }
    let server = Process::start(restored.path(), &[]);
    is_restored(&server, &mut pair).await;
    let missing = server.site.get(&format!("/api/rooms/{later}"), Some(&pair.ada)).await;
    assert_eq!(missing.status(), 404, "it is as it was then");
}

#[tokio::test]
async fn a_backup_of_postgres_brings_everybody_back() {
    let [data, backup, other] = [(); 3].map(|()| TempDir::new().expect("a folder"));
    let kept = PostgresDatabase::create().await;
    let server = Process::start(data.path(), &["--database-url", &kept.url]);
    let mut pair = server.site.pair().await;
    let dump = backup.path().join("heartogether.dump");
    let program = |name: &str| Command::new(postgres_programs().join(name));
    carry_out(program("pg_dump").arg("--format=custom").arg(option("--file", &dump)).arg(&kept.url));
    fs::copy(data.path().join(KEYS), other.path().join(KEYS)).expect("copied");
    let later = server.site.create_room(&pair.ada).await;
    drop(server);

    let restored = PostgresDatabase::create().await;
    let to = format!("--dbname={}", restored.url);
    carry_out(program("pg_restore").args(["--no-owner", "--exit-on-error", &to]).arg(&dump));
    let server = Process::start(other.path(), &["--database-url", &restored.url]);
    is_restored(&server, &mut pair).await;
    let missing = server.site.get(&format!("/api/rooms/{later}"), Some(&pair.ada)).await;
    assert_eq!(missing.status(), 404, "it is as it was then");
}

fn option(name: &str, path: &Path) -> String {
    format!("{name}={}", path.display())
}
