//! Places in a replicated log, and what is stored there.

use heartogether::{id::Seq, time::Timestamp};
use serde::{Deserialize, Serialize};

use crate::storage::epochs::Epoch;

/// An entry's place. Only one server gives out the numbers of an epoch, so two entries with one place are the same entry, and
/// the same entries come before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The epoch in which it was appended.
    pub epoch: u64,
    /// Its number.
    pub seq: u64,
}

impl Position {
    /// A place.
    pub const fn new(Epoch(epoch): Epoch, Seq(seq): Seq) -> Self {
        Self { epoch, seq }
    }
}

/// How far somebody's copy of a log goes. The newer line counts more than the longer one: entries that a line has left behind
/// are lost, however many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Progress {
    /// The latest epoch that the copy is known to be a part of.
    pub line: u64,
    /// Its last number.
    pub seq: u64,
}

/// An entry as it is stored: people's texts in it are sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredEntry {
    /// Its place.
    pub position: Position,
    /// Its time, in milliseconds.
    pub at: u64,
    /// What a repeated append is recognised by.
    pub nonce: String,
    /// The event.
    pub data: Data,
}

impl StoredEntry {
    /// When it was appended.
    pub const fn time(&self) -> Timestamp {
        Timestamp::from_millis(self.at)
    }
}

/// A room as it is stored, after the entry at its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSnapshot {
    /// The last entry that the room holds.
    pub position: Position,
    /// The room.
    pub data: Data,
}

/// A stored value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Data {
    /// The format of the value.
    pub version: u32,
    /// JSON, with placeholders in place of what people wrote.
    pub value: String,
    /// What people wrote, sealed.
    pub texts: String,
}

impl Data {
    /// One string for all of it. Neither JSON nor base64 has line breaks.
    pub fn encode(&self) -> String {
        format!("{}\n{}\n{}", self.version, self.value, self.texts)
    }

    /// What [`encode`](Self::encode) made; `None` if it is something else.
    pub fn decode(text: &str) -> Option<Self> {
        let mut lines = text.splitn(3, '\n');
        let version = lines.next()?.parse().ok()?;
        Some(Self { version, value: lines.next()?.to_owned(), texts: lines.next()?.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_line_counts_more_than_a_longer_one() {
        assert!(Progress { line: 3, seq: 8 } > Progress { line: 2, seq: 12 });
        assert!(Progress { line: 3, seq: 9 } > Progress { line: 3, seq: 8 });
    }

    #[test]
    fn data_is_read_as_it_was_written() {
        let data = Data { version: 2, value: r#"{"a":"b"}"#.to_owned(), texts: "abc def".to_owned() };
        assert_eq!(Data::decode(&data.encode()), Some(data));
        assert_eq!(Data::decode("2\n{}"), None);
        assert_eq!(Data::decode("two\n{}\n"), None);
    }
}
