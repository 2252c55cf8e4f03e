//! A PostgreSQL of a test's own, which the test may stop, freeze and fill.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use sqlx::{Connection, Executor, PgConnection};
use tempfile::TempDir;

use super::{
    free_port,
    postgres::{as_server_user, give_to_server, programs, wait_for},
};

/// The password of the servers' user. It must never be in a log.
pub const PASSWORD: &str = "porcupine";

/// A server with data of its own, which ends with the test.
pub struct PostgresServer {
    pub port: u16,
    folder: PathBuf,
    /// More of its settings, such as `ssl=on`.
    pub settings: Vec<String>,
    process: Option<Child>,
    _own: Option<TempDir>,
}

impl PostgresServer {
    /// A server that runs.
    pub fn start() -> Self {
        let mut server = Self::prepare();
        server.run();
        server
    }

    /// A server that does not run yet.
    pub fn prepare() -> Self {
        let own = TempDir::new().expect("a folder");
        let mut server = Self::prepare_in(own.path());
        server._own = Some(own);
        server
    }

    /// The same with its data in a folder that is there.
    pub fn prepare_in(folder: &Path) -> Self {
        give_to_server(folder);
        let password = folder.join("password");
        fs::write(&password, PASSWORD).expect("written");
        let mut init = as_server_user(programs().join("initdb"));
        init.arg("-D").arg(folder.join("data")).arg("--pwfile").arg(&password);
        init.args(["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"]);
        let done = init.output().expect("initdb");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        Self { port: free_port(), folder: folder.to_owned(), settings: Vec::new(), process: None, _own: None }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("postgres://postgres:{PASSWORD}@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it, and waits until it answers. It ends with the thread that calls this.
    pub fn run(&mut self) {
        let log = fs::File::create(self.folder.join("log")).expect("a file");
        let mut command = as_server_user("setpriv");
        command.args(["--pdeathsig", "KILL"]).arg(programs().join("postgres"));
        command.arg("-D").arg(self.folder.join("data")).arg("-k").arg(&self.folder);
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-c", "fsync=off", "-c", "shared_buffers=16MB"]);
        command.args(self.settings.iter().flat_map(|setting| ["-c", setting]));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.process = Some(command.spawn().expect("a server"));
        wait_for(self.port, &self.folder);
    }

    /// Stops it as a crash does.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            signal("-QUIT", &[&process.id().to_string()]);
            process.wait().expect("its end");
        }
    }

    /// Lets all of its processes stand still.
    pub fn freeze(&self) {
        self.signal_all("-STOP");
    }

    /// Lets them go on.
    pub fn thaw(&self) {
        self.signal_all("-CONT");
    }

    /// Sends a signal to the server and its children, which work for one connection each.
    fn signal_all(&self, name: &str) {
        let id = self.process.as_ref().expect("a server that runs").id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).expect("its children");
        let all: Vec<_> = children.split_whitespace().map(str::to_owned).chain([id.to_string()]).collect();
        signal(name, &all.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// Carries out a statement, also where others only read.
    pub async fn execute(&self, statement: &'static str) {
        let writing = format!("{}?options[default_transaction_read_only]=off", self.url());
        let mut connection = PgConnection::connect(&writing).await.expect("a connection");
        connection.execute(statement).await.expect("carried out");
    }
}

fn signal(name: &str, ids: &[&str]) {
    // A child may have ended by itself.
    let _ = Command::new("kill").arg(name).args(ids).stderr(Stdio::null()).status();
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        if self.process.is_some() {
            self.thaw();
        }
        self.stop();
    }
}
