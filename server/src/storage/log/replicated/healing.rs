//! What becomes of a log whose server was replaced or has lost it: the newest line continues, and of that line the longest copy.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    copy::Contents,
    position::{Position, Progress, StoredEntry},
};

/// A node's copy of a log, given for healing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Offer {
    /// Which node gives it.
    pub node: String,
    /// How far it goes.
    pub progress: Progress,
    /// What it holds. Empty if the server that is to be healed has as much.
    pub contents: Contents,
}

/// What the server has that is to be healed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remains {
    /// The latest line that was confirmed there; 0 if it has nothing.
    pub line: u64,
    /// The last entry there.
    pub last: Position,
}

impl Remains {
    /// How far it goes.
    pub const fn progress(&self) -> Progress {
        Progress { line: self.line, seq: self.last.seq }
    }
}

/// How a log is made whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mending {
    /// The server has all there is.
    Keep,
    /// These entries are appended with their original places.
    Extend(Vec<Arc<StoredEntry>>),
    /// The server's log gives way to this copy of a line.
    Replace(u64, Contents),
    /// Nobody has anything.
    Impossible,
}

/// Chooses how a log is made whole, from what its server has and what nodes have.
pub fn choose(remains: Remains, offers: &[Offer]) -> Mending {
    let Some(best) = offers.iter().max_by_key(|offer| offer.progress) else {
        return if remains.line == 0 { Mending::Impossible } else { Mending::Keep };
    };
    if remains.progress() >= best.progress {
        return if remains.line == 0 { Mending::Impossible } else { Mending::Keep };
    }
    let follows = best.contents.position_at(remains.last.seq) == Some(remains.last);
    match best.progress.line == remains.line && follows {
        true => Mending::Extend(best.contents.after(remains.last.seq).cloned().collect()),
        false => Mending::Replace(best.progress.line, best.contents.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::log::replicated::position::Data;

    fn entry((epoch, seq): (u64, u64)) -> Arc<StoredEntry> {
        Arc::new(StoredEntry { position: Position { epoch, seq }, at: 0, nonce: String::new(), data: Data::default() })
    }

    fn offer(line: u64, entries: &[(u64, u64)]) -> Offer {
        let contents = Contents { snapshots: Vec::new(), entries: entries.iter().copied().map(entry).collect() };
        Offer { node: String::new(), progress: Progress { line, seq: contents.last().seq }, contents }
    }

    fn remains(line: u64, epoch: u64, seq: u64) -> Remains {
        Remains { line, last: Position { epoch, seq } }
    }

    #[test]
    fn a_server_that_has_all_is_kept() {
        let offers = [offer(1, &[(1, 1), (1, 2)]), offer(1, &[(1, 1)])];
        assert_eq!(choose(remains(1, 1, 2), &offers), Mending::Keep);
        assert_eq!(choose(remains(1, 1, 2), &[]), Mending::Keep);
        assert_eq!(choose(Remains::default(), &[]), Mending::Impossible);
    }

    #[test]
    fn the_longest_copy_gives_what_is_missing() {
        let offers = [offer(1, &[(1, 1), (1, 2)]), offer(1, &[(1, 1), (1, 2), (1, 3)])];
        let missing = vec![entry((1, 2)), entry((1, 3))];
        assert_eq!(choose(remains(1, 1, 1), &offers), Mending::Extend(missing));
    }

    #[test]
    fn a_newer_line_comes_before_a_longer_superseded_one() {
        let (old, new) = (offer(1, &[(1, 1), (1, 2), (1, 3), (1, 4)]), offer(2, &[(1, 1), (2, 2)]));
        let whole = Mending::Replace(2, new.contents.clone());
        assert_eq!(choose(remains(1, 1, 3), &[old.clone(), new.clone()]), whole);
        assert_eq!(choose(remains(2, 2, 2), &[old]), Mending::Keep);
        assert_eq!(choose(Remains::default(), &[new]), whole);
    }
}
