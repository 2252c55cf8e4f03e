//! The server is killed and started again.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use heartogether::{
    id::Seq,
    wire::{ClientMessage, Missed, RoomView, Source, StartStream, StreamState},
};
use tempfile::TempDir;

use crate::support::{Connection, Site, changed_to, resume};

/// The real binary.
pub struct Process {
    child: Child,
    pub site: Site,
}

impl Process {
    fn start(data: &Path) -> Self {
        Self::start_with(data, "warn", Stdio::inherit())
    }

    /// With a log of this level that goes there.
    pub fn start_with(data: &Path, log: &str, stderr: Stdio) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_heartogether-server"));
        command.args(["--port", "0", "--host", "127.0.0.1", "--log", log, "--data-dir"]).arg(data).stderr(stderr);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the server starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("its first line");
        let port = line.trim().strip_prefix("HearTogether is ready at http://localhost:").expect("its URL");
        Self { site: Site { authority: format!("127.0.0.1:{port}") }, child }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGKILL: nothing is written on the way out.
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server ends");
    }
}

/// Follows the room until it is as expected.
async fn follow(connection: &mut Connection, view: &mut RoomView, is_expected: impl Fn(&RoomView) -> bool) {
    while !is_expected(view) {
        view.apply(&connection.event().await);
    }
}

#[tokio::test]
async fn after_a_kill_everyone_resumes_where_they_were() {
    let data = TempDir::new().expect("a folder for the data");
    let before = Process::start(data.path());
    let mut pair = before.site.pair().await;
    pair.host.send(&ClientMessage::StartStream(StartStream { source: Source::Display, paused: false })).await;
    assert_eq!(changed_to(&pair.listener.event().await), Some(StreamState::Live));
    drop(before);

    let after = Process::start(data.path());
    let mut host = after.site.greet(&pair.ada).await;
    host.send(&resume(pair.code, &pair.as_host, Seq(0))).await;
    let mut view = pair.as_host.room.clone();
    match host.resumed().await.missed {
        Missed::Events(events) => events.iter().for_each(|event| view.apply(event)),
        Missed::Room(room) => view = room,
    }
    follow(&mut host, &mut view, |view| view.stream == StreamState::Live).await;
    follow(&mut host, &mut view, |view| view.listeners.iter().all(|listener| !listener.attached)).await;
    assert_eq!(view.listeners.len(), 1);

    let mut listener = after.site.greet(&pair.grace).await;
    listener.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    let Missed::Events(missed) = listener.resumed().await.missed else { panic!("few events were missed") };
    assert_eq!(missed.last().and_then(changed_to), Some(StreamState::Live));
    follow(&mut host, &mut view, |view| view.listeners.iter().all(|listener| listener.attached)).await;
    (pair.host, pair.listener) = (host, listener);
    pair.is_undisturbed().await;
}
