//! A real PostgreSQL from Debian's package, which the tests start and stop. It flushes nothing to the disk, so that it is quick.

use std::{
    ffi::OsStr,
    fs::File,
    net::TcpStream,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use heartogether_server::storage::database::Database;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::{PATIENCE, free_port};

/// A database of a test's own, which is gone with the test.
pub struct PostgresDatabase {
    /// Its URL.
    pub url: String,
    port: u16,
    name: String,
}

impl PostgresDatabase {
    /// An empty database in a server that all tests share.
    pub async fn create() -> Self {
        Self::create_at(shared_port()).await
    }

    async fn create_at(port: u16) -> Self {
        static CREATED: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}_{}", std::process::id(), CREATED.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&url(port, "postgres")).await.expect("a connection");
        let create = format!("CREATE DATABASE {name}");
        connection.execute(AssertSqlSafe(create)).await.expect("a database");
        Self { url: url(port, &name), port, name }
    }

    /// The database as a server opens it.
    pub async fn open(&self) -> Database {
        let database = Database::postgres(&self.url.parse().expect("a URL"), 4);
        database.migrate().await.expect("tables");
        database
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        let drop = Command::new(programs().join("dropdb"))
            .args(["--force", "--if-exists", "-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string()])
            .arg(&self.name)
            .stderr(Stdio::null())
            .status();
        // A server that a test has stopped has no database.
        let _ = drop;
    }
}

fn url(port: u16, name: &str) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/{name}")
}

/// The folder of PostgreSQL's programs.
pub fn programs() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut folders: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
        folders.retain(|folder| folder.join("initdb").is_file());
        folders.sort();
        // Elsewhere than on Debian they are on the PATH.
        let on_path =
            || std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| folder.join("initdb").is_file());
        folders.pop().or_else(on_path).expect("PostgreSQL, which ./dev installs (Debian's package postgresql)")
    })
}

/// The port of the server that all tests share. Whoever comes first starts it, and it stops soon after the last one has gone.
fn shared_port() -> u16 {
    static SHARED: OnceLock<(u16, File)> = OnceLock::new();
    SHARED.get_or_init(join_shared).0
}

fn join_shared() -> (u16, File) {
    let name = format!("heartogether-postgres-{:016x}", hash(env!("CARGO_TARGET_TMPDIR")));
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    give_to_server(&folder);
    let file = |name| File::options().create(true).append(true).open(folder.join(name)).expect("a file");
    let start = file("users.start");
    start.lock().expect("the lock");
    let users = file("users");
    users.lock_shared().expect("the lock");
    let port_file = folder.join("port");
    let known = std::fs::read_to_string(&port_file).ok().and_then(|port| port.parse().ok());
    if let Some(port) = known.filter(|port| answers(*port)) {
        return (port, users);
    }
    let (_, port) = start_server(&folder.join(std::process::id().to_string()), &folder.join("users"));
    std::fs::write(port_file, port.to_string()).expect("written");
    (port, users)
}

fn hash(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Starts a server in a new folder, and waits until it answers.
fn start_server(folder: &Path, users: &Path) -> (Child, u16) {
    std::fs::create_dir_all(folder).expect("a folder");
    give_to_server(folder);
    let port = free_port();
    let mut command = as_server_user("sh");
    command.args(["-c", include_str!("postgres.sh"), "postgres.sh"]).arg(folder).arg(programs());
    command.arg(port.to_string()).arg(users).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let keeper = command.process_group(0).spawn().expect("a shell");
    wait_for(port, folder);
    (keeper, port)
}

/// Waits until the server answers whose log is in this folder.
pub fn wait_for(port: u16, folder: &Path) {
    for _ in 0..PATIENCE.as_millis() / 20 {
        if answers(port) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("PostgreSQL does not start: {}", std::fs::read_to_string(folder.join("log")).unwrap_or_default());
}

/// Whether a server on this port takes connections.
fn answers(port: u16) -> bool {
    let ready =
        Command::new(programs().join("pg_isready")).args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]).status();
    TcpStream::connect(("127.0.0.1", port)).is_ok() && ready.is_ok_and(|status| status.success())
}

/// PostgreSQL does not run as root.
const SERVER_USER: &str = "postgres";

fn is_root() -> bool {
    std::fs::metadata("/proc/self").expect("this process").uid() == 0
}

/// A command that the server's user runs.
pub fn as_server_user(program: impl AsRef<OsStr>) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", SERVER_USER, "--regid", SERVER_USER, "--clear-groups"]).arg(program);
    command
}

pub fn give_to_server(folder: &Path) {
    if is_root() {
        let given = Command::new("chown").arg(format!("{SERVER_USER}:{SERVER_USER}")).arg(folder).status();
        assert!(given.expect("chown").success());
    }
}
