//! The scripts that run on servers. Each runs as a whole, and is copied to replicas as a whole.

use redis::{Cmd, RedisResult, aio::MultiplexedConnection};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// A script: its text, and the hash that names it.
pub(crate) struct Script {
    text: String,
    hash: String,
}

/// All scripts.
pub(crate) struct Scripts {
    pub(super) append: Script,
    pub(super) confirm: Script,
    pub(super) settle: Script,
    pub(super) read: Script,
    pub(super) open: Script,
    pub(super) snapshot: Script,
    pub(super) close: Script,
    pub(crate) allowances: Script,
    pub(crate) open_rooms: Script,
}

impl Script {
    /// A script about a room.
    fn of_room(text: &str) -> Self {
        Self::new(format!("{}\n{text}", include_str!("prelude.lua")))
    }

    fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes())
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self { text, hash }
    }

    /// The command that runs it. The caller adds the arguments.
    pub(crate) fn call(&self, keys: &[String]) -> Cmd {
        let mut command = redis::cmd("EVALSHA");
        command.arg(&self.hash).arg(keys.len()).arg(keys);
        command
    }
}

impl Scripts {
    pub(super) fn new() -> Self {
        Self {
            append: Script::of_room(include_str!("append.lua")),
            confirm: Script::of_room(include_str!("confirm.lua")),
            settle: Script::of_room(include_str!("settle.lua")),
            read: Script::of_room(include_str!("read.lua")),
            open: Script::of_room(include_str!("open.lua")),
            snapshot: Script::of_room(include_str!("snapshot.lua")),
            close: Script::of_room(include_str!("close.lua")),
            allowances: Script::new(include_str!("../../../cluster/allowances.lua")),
            open_rooms: Script::new(include_str!("../../../cluster/open_rooms.lua")),
        }
    }

    /// Makes them known to a server. A server that starts anew knows none, and its connections end with it.
    pub(super) async fn load(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        let Self { append, confirm, settle, read, open, snapshot, close, allowances, open_rooms } = self;
        for script in [append, confirm, settle, read, open, snapshot, close, allowances, open_rooms] {
            redis::cmd("SCRIPT").arg("LOAD").arg(&script.text).exec_async(connection).await?;
        }
        Ok(())
    }
}
