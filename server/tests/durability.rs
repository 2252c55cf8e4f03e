//! Which data is on the disk before a request is answered, and so survives a power cut.

use std::{path::Path, process::Command};

use heartogether::{
    engagement::MessageText,
    protocol::{RemoveMember, ToRoom, Write},
    room::RoomEvent,
};
use tempfile::TempDir;

use crate::support::Process;

/// Builds what counts flushes, and stands before the system's own functions in the server's process.
fn build_counter(folder: &Path) -> std::path::PathBuf {
    let library = folder.join("flushes.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/durability/flushes.c");
    let compiler = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).args([source, "-ldl"]).status();
    assert!(compiler.expect("the C compiler that SQLite was built with").success());
    library
}

#[tokio::test]
async fn log_outs_removals_and_deletions_survive_a_power_cut_at_both_levels() {
    for (level, is_everything_flushed) in [("normal", false), ("full", true)] {
        let (data, tools) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
        let count = tools.path().join("count");
        let mut command = Process::command(data.path(), "warn");
        command.args(["--port", "0", "--host", "127.0.0.1", "--data-synchronous", level]);
        command.env("LD_PRELOAD", build_counter(tools.path())).env("FLUSHES", &count);
        let server = Process::spawn(command);
        let mut pair = server.site.pair().await;
        let flushes = || std::fs::metadata(&count).map_or(0, |count| count.len());

        let before = flushes();
        let text = MessageText::parse("louder, please").expect("a message of the tests");
        pair.listener.say(ToRoom::Write(Write { nonce: 1, text, pictures: Vec::new(), reply_to: None })).await;
        assert!(matches!(pair.host.event().await, RoomEvent::MessageSent { .. }));
        assert_eq!(flushes() > before, is_everything_flushed, "a message, {level}");

        let before = flushes();
        let member = pair.as_listener.member;
        pair.host.say(ToRoom::RemoveMember(RemoveMember { member, block_address: false, may_return: false })).await;
        assert_eq!(pair.host.event().await, RoomEvent::MemberLeft { member });
        assert!(flushes() > before, "a removal, {level}");

        let before = flushes();
        assert_eq!(server.site.post("/auth/logout", "", &[("cookie", &pair.grace)]).await.status(), 204);
        assert!(flushes() > before, "a log-out, {level}");

        let before = flushes();
        assert_eq!(server.site.post("/auth/delete", "", &[("cookie", &pair.ada)]).await.status(), 204);
        assert!(flushes() > before, "a deletion, {level}");
    }
}
