//! The scripts that run on servers. Each runs as a whole, and is copied to replicas as a whole.

use redis::{Cmd, RedisResult, aio::MultiplexedConnection};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// A script: its text, and the hash that names it.
pub(super) struct Script {
    text: String,
    hash: String,
}

/// All scripts.
pub(super) struct Scripts {
    pub(super) append: Script,
    pub(super) confirm: Script,
    pub(super) settle: Script,
    pub(super) read: Script,
    pub(super) open: Script,
    pub(super) snapshot: Script,
    pub(super) close: Script,
}

impl Script {
    fn new(text: &str) -> Self {
        let text = format!("{}\n{text}", include_str!("prelude.lua"));
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes())
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self { text, hash }
    }

    /// The command that runs it. The caller adds the arguments.
    pub(super) fn call(&self, keys: &[String; 3]) -> Cmd {
        let mut command = redis::cmd("EVALSHA");
        command.arg(&self.hash).arg(keys.len()).arg(keys);
        command
    }
}

impl Scripts {
    pub(super) fn new() -> Self {
        Self {
            append: Script::new(include_str!("append.lua")),
            confirm: Script::new(include_str!("confirm.lua")),
            settle: Script::new(include_str!("settle.lua")),
            read: Script::new(include_str!("read.lua")),
            open: Script::new(include_str!("open.lua")),
            snapshot: Script::new(include_str!("snapshot.lua")),
            close: Script::new(include_str!("close.lua")),
        }
    }

    /// Makes them known to a server. A server that starts anew knows none, and its connections end with it.
    pub(super) async fn load(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        let Self { append, confirm, settle, read, open, snapshot, close } = self;
        for script in [append, confirm, settle, read, open, snapshot, close] {
            redis::cmd("SCRIPT").arg("LOAD").arg(&script.text).exec_async(connection).await?;
        }
        Ok(())
    }
}
