//! A server in a process of its own: the real binary.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
};

use super::Site;

/// The real binary, killed when dropped.
pub struct Process {
    child: Child,
    pub site: Site,
}

impl Process {
    pub fn start(data: &Path, flags: &[&str]) -> Self {
        Self::start_with(data, flags, "warn", Stdio::inherit())
    }

    /// With a log of this level that goes there.
    pub fn start_with(data: &Path, flags: &[&str], log: &str, stderr: Stdio) -> Self {
        let mut command = Self::command(data, log);
        command.args(["--port", "0", "--host", "127.0.0.1"]).args(flags).stderr(stderr);
        Self::spawn(command)
    }

    /// The binary on this data.
    pub fn command(data: &Path, log: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_heartogether-server"));
        command.args(["--log", log, "--data-dir"]).arg(data);
        command
    }

    /// Starts it, and waits until it is ready.
    pub fn spawn(command: Command) -> Self {
        Self::begin(command).ready()
    }

    /// Starts it.
    pub fn begin(mut command: Command) -> Starting {
        Starting(command.stdout(Stdio::piped()).spawn().expect("the server starts"))
    }

    /// Its id in the system.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Tells it to stop, as an operator's tools do.
    pub fn tell_to_stop(&self) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("a signal").success());
    }

    /// Waits for its end.
    pub fn ended(mut self) -> ExitStatus {
        self.child.wait().expect("the server ends")
    }

    /// Stops it in order.
    pub fn terminate(self) -> ExitStatus {
        self.tell_to_stop();
        self.ended()
    }
}

/// A server that is not ready yet.
pub struct Starting(Child);

impl Starting {
    /// Waits until it is.
    pub fn ready(mut self) -> Process {
        let mut line = String::new();
        let stdout = self.0.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("its first line");
        let (_, port) = line.trim().rsplit_once(':').expect("its URL");
        Process { site: Site { authority: format!("127.0.0.1:{port}") }, child: self.0 }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGKILL: nothing is written on the way out. One that has ended cannot be killed.
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.child.kill().expect("the server can be killed");
            self.child.wait().expect("the server ends");
        }
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}
