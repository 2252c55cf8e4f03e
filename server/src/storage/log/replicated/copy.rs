//! A node's copy of a room's log: what the node has applied, or may apply, and what it can give back if servers lose it.

use std::{collections::VecDeque, sync::Arc};

use super::position::{Position, Progress, StoredEntry, StoredSnapshot};

/// A part of a log with everything it takes to continue it: up to two snapshots, and the entries after the older one.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Contents {
    /// At most two, oldest first.
    pub snapshots: Vec<Arc<StoredSnapshot>>,
    /// Without a gap.
    pub entries: VecDeque<Arc<StoredEntry>>,
}

impl Contents {
    /// The last place.
    pub fn last(&self) -> Position {
        let entry = self.entries.back().map(|entry| entry.position);
        let snapshot = self.snapshots.last().map(|snapshot| snapshot.position);
        entry.max(snapshot).unwrap_or_default()
    }

    /// The number before the first entry: what a server needs not have any more.
    pub fn cut(&self) -> u64 {
        self.entries.front().map_or_else(|| self.last().seq, |entry| entry.position.seq.saturating_sub(1))
    }

    /// The entries after a number.
    pub fn after(&self, seq: u64) -> impl Iterator<Item = &Arc<StoredEntry>> {
        let first = self.entries.partition_point(|entry| entry.position.seq <= seq);
        self.entries.iter().skip(first)
    }

    /// The place with this number, if it is known.
    pub fn position_at(&self, seq: u64) -> Option<Position> {
        let entry = self.after(seq.saturating_sub(1)).next().map(|entry| entry.position);
        let snapshots = self.snapshots.iter().map(|snapshot| snapshot.position);
        entry.into_iter().chain(snapshots).find(|position| position.seq == seq)
    }

    /// Adds a snapshot, and drops what is not needed any more: all but two snapshots, and the entries that the older one
    /// holds if `can_read` says that it can be read.
    pub fn add_snapshot(&mut self, snapshot: StoredSnapshot, can_read: impl Fn(&StoredSnapshot) -> bool) {
        self.snapshots.retain(|kept| kept.position.seq != snapshot.position.seq);
        self.snapshots.push(Arc::new(snapshot));
        self.snapshots.sort_by_key(|snapshot| snapshot.position.seq);
        let readable: Vec<_> = self.snapshots.iter().filter(|snapshot| can_read(snapshot)).collect();
        let Some(keep_from) = readable.len().checked_sub(2).map(|older| readable[older].position.seq) else { return };
        self.snapshots.retain(|snapshot| snapshot.position.seq >= keep_from);
        self.entries.retain(|entry| entry.position.seq > keep_from);
    }
}

/// What became of confirmed entries that were offered to a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The copy has them all.
    All,
    /// Something is missing before them, or they are of another line: the servers have to be asked.
    Behind,
}

/// What became of a server's whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adopted {
    /// The copy continues.
    Continued,
    /// What the copy held last is not in the log any more. It holds the server's log from now on.
    Rewritten,
    /// The server knows less than the copy, so it is not believed.
    Stale,
}

/// What a server has of a log, as far as it is confirmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confirmed {
    /// The line.
    pub line: u64,
    /// Whether the copy's last entry is in it; then `contents` holds the entries after it, or else all there is.
    pub continues: bool,
    /// The last place.
    pub last: Position,
    /// Snapshots and entries.
    pub contents: Contents,
}

/// A node's copy of a room's log.
#[derive(Clone, Debug, Default)]
pub struct Copy {
    line: u64,
    contents: Contents,
    /// Whether the node has given its copy for healing. From then on it takes nothing of the line: what others make of the
    /// log does not contain it.
    has_left: bool,
}

impl Copy {
    /// What it holds.
    pub const fn contents(&self) -> &Contents {
        &self.contents
    }

    /// The line it takes entries of; 0 before the first.
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// The epoch in which the node may append; `None` while it waits for a new line.
    pub fn line_to_write(&self) -> Option<u64> {
        (!self.has_left).then_some(self.line)
    }

    /// How far it goes.
    pub fn progress(&self) -> Progress {
        Progress { line: self.line, seq: self.contents.last().seq }
    }

    /// Whether it waits for a new line.
    pub const fn has_left(&self) -> bool {
        self.has_left
    }

    /// Takes confirmed entries of a line, in order: the next ones and no others.
    pub fn take(&mut self, line: u64, entries: &[Arc<StoredEntry>]) -> Taken {
        if line != self.line || self.has_left {
            return Taken::Behind;
        }
        for entry in entries {
            let last = self.contents.last().seq;
            match entry.position.seq {
                seq if seq <= last => {}
                seq if seq == last + 1 => self.contents.entries.push_back(entry.clone()),
                _ => return Taken::Behind,
            }
        }
        Taken::All
    }

    /// Whether an entry is in it. One that a snapshot stands for is, if a later place of its epoch is.
    pub fn contains(&self, position: Position) -> bool {
        match self.contents.position_at(position.seq) {
            Some(held) => held == position,
            None => {
                let holds = |held: Position| position.seq <= held.seq && position.epoch <= held.epoch;
                self.contents.snapshots.iter().any(|snapshot| holds(snapshot.position))
            }
        }
    }

    /// Takes a server's answer. An older line than the copy's is that of a server that others have left behind.
    pub fn adopt(&mut self, confirmed: Confirmed) -> Adopted {
        let is_old = confirmed.line < self.line || (confirmed.line == self.line && self.has_left);
        let is_short =
            confirmed.line == self.line && !confirmed.continues && confirmed.last.seq <= self.contents.last().seq;
        if is_old || (is_short && self.line > 0) {
            return Adopted::Stale;
        }
        self.line = confirmed.line;
        self.has_left = false;
        if confirmed.continues {
            let last = self.contents.last().seq;
            self.contents.entries.extend(confirmed.contents.after(last).cloned());
            return Adopted::Continued;
        }
        let was_empty = self.contents == Contents::default();
        self.contents = confirmed.contents;
        if was_empty { Adopted::Continued } else { Adopted::Rewritten }
    }

    /// Keeps a snapshot.
    pub fn add_snapshot(&mut self, snapshot: StoredSnapshot, can_read: impl Fn(&StoredSnapshot) -> bool) {
        self.contents.add_snapshot(snapshot, can_read);
    }

    /// Gives the copy for healing: nothing more of its line is taken.
    pub fn leave(&mut self) {
        self.has_left = true;
    }
}

#[cfg(test)]
mod tests;
