//! A room's log as it is on Redis, and what a node of a newer version writes there.

use heartogether::id::RoomId;
use serde_json::Value;

use crate::redis_fleet::RedisProcess;

/// An entry of a kind and a version that are not known yet.
const UNHEARD_OF: &str = "99\n{\"kind\":\"unheard_of\"}\n";

/// The log of a room on a server.
pub struct StoredLog<'a> {
    server: &'a RedisProcess,
    /// What the names of its keys begin with: the channel on which its entries are told.
    channel: String,
}

impl<'a> StoredLog<'a> {
    pub fn of(room: RoomId, server: &'a RedisProcess) -> Self {
        let keys = server.cli(&["KEYS", &format!("*:r:{room}:log")]);
        let channel = keys.trim().strip_suffix(":log").expect("a log").to_owned();
        Self { server, channel }
    }

    /// The number of the last entry.
    pub fn last(&self) -> u64 {
        self.meta("seq").parse().expect("a number")
    }

    /// The numbers of the entries that are there.
    pub fn entries(&self) -> Vec<u64> {
        let entries = self.server.cli(&["XRANGE", &self.key("log"), "-", "+"]);
        let id =
            |line: &str| line.split_once('-').and_then(|(epoch, seq)| epoch.parse::<u64>().ok().and(seq.parse().ok()));
        entries.lines().filter_map(id).collect()
    }

    /// The last entries that the snapshots have.
    pub fn snapshots(&self) -> Vec<u64> {
        let ids = self.server.cli(&["HKEYS", &self.key("snap")]);
        let seqs = ids.lines().filter_map(|id| id.split_once('-')?.1.parse().ok());
        let mut seqs: Vec<u64> = seqs.collect();
        seqs.sort_unstable();
        seqs
    }

    /// Appends an entry of a kind and a version that are not known yet, and tells it.
    pub fn append_unheard_of(&self) {
        let (epoch, id) = (self.meta("epoch"), self.append_untold());
        let told = format!("entries {epoch}\n{id} 1000 a {}\n{UNHEARD_OF}", UNHEARD_OF.len());
        self.server.cli(&["SPUBLISH", &self.channel, &told]);
    }

    /// Appends such an entry, and the message about it is lost. Returns its id.
    pub fn append_untold(&self) -> String {
        let seq = (self.last() + 1).to_string();
        let id = format!("{}-{seq}", self.meta("epoch"));
        self.server.cli(&["XADD", &self.key("log"), &id, "at", "1000", "n", "a", "d", UNHEARD_OF]);
        self.server.cli(&["HSET", &self.key("meta"), "seq", &seq, "last", &id, "confirmed", &seq]);
        id
    }

    /// Stores a snapshot that has the next entry, too: otherwise the only one that is there.
    pub fn keep_with_next(&self) {
        let (key, next) = (self.key("snap"), self.last() + 1);
        let known = self.server.cli(&["HKEYS", &key]);
        let data = self.server.cli(&["HGET", &key, known.trim()]);
        let mut lines = data.splitn(3, '\n');
        let (version, value) = lines.next().zip(lines.next()).expect("a snapshot");
        let mut room: Value = serde_json::from_str(value).expect("a room");
        room["seq"] = next.into();
        let texts = lines.next().and_then(|texts| texts.strip_suffix('\n')).expect("what people wrote");
        let id = format!("{}-{next}", self.meta("epoch"));
        self.server.cli(&["HSET", &key, &id, &format!("{version}\n{room}\n{texts}")]);
    }

    /// All snapshots are of a format that is not known yet, and the entries before them are gone.
    pub fn keep_in_new_format(&self) {
        let key = self.key("snap");
        for id in self.server.cli(&["HKEYS", &key]).lines() {
            self.server.cli(&["HSET", &key, id, "99\n{}\n"]);
        }
        self.server.cli(&["XTRIM", &self.key("log"), "MAXLEN", "0"]);
    }

    fn meta(&self, field: &str) -> String {
        self.server.cli(&["HGET", &self.key("meta"), field]).trim().to_owned()
    }

    fn key(&self, part: &str) -> String {
        format!("{}:{part}", self.channel)
    }
}
