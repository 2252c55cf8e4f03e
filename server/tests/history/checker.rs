//! Compares what was acknowledged with what nodes have applied.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
    sync::{Arc, Mutex},
};

/// What has happened.
#[derive(Clone, Default)]
pub struct History(Arc<Mutex<Events>>);

#[derive(Default)]
struct Events {
    /// What callers were told: the number of an entry, and what it says.
    acknowledged: Vec<(u64, u128)>,
    /// What each node has applied at any time.
    applied: BTreeMap<u64, u128>,
    refused: u64,
    healed: u64,
    wrong: Vec<String>,
}

/// What a history has kept.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kept {
    pub acknowledged: u64,
    pub refused: u64,
    pub entries: u64,
    pub healed: u64,
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { acknowledged, refused, entries, healed } = self;
        write!(f, "{acknowledged} of {acknowledged} acknowledged, among {entries} entries in one order; ")?;
        write!(f, "{refused} refused, {healed} times read anew")
    }
}

impl Kept {
    pub fn add(&mut self, other: &Self) {
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.entries += other.entries;
        self.healed += other.healed;
    }
}

impl History {
    pub fn acknowledge(&self, seq: u64, says: u128) {
        self.events().acknowledged.push((seq, says));
    }

    pub fn refuse(&self) {
        self.events().refused += 1;
    }

    pub fn heal(&self) {
        self.events().healed += 1;
    }

    /// A node applies an entry.
    pub fn apply(&self, node: &str, seq: u64, says: u128) {
        let mut events = self.events();
        let before = *events.applied.entry(seq).or_insert(says);
        if before != says {
            events.wrong.push(format!("{node} applies {says} as {seq}, which was {before}"));
        }
    }

    pub fn complain(&self, wrong: String) {
        self.events().wrong.push(wrong);
    }

    /// Checks the whole history against what a new node reads.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self, replay: &[(u64, u128)]) -> Result<Kept, String> {
        for (seq, says) in replay {
            self.apply("a new node", *seq, *says);
        }
        let events = self.events();
        let mut wrong = events.wrong.clone();
        for (seq, says) in &events.acknowledged {
            if events.applied.get(seq) != Some(says) {
                wrong.push(format!("{says} was acknowledged as {seq}, which is {:?}", events.applied.get(seq)));
            }
        }
        let holes = (1..).zip(events.applied.keys()).find(|(expected, seq)| expected != *seq);
        wrong.extend(holes.map(|(expected, _)| format!("nobody has {expected}")));
        let mut seen = HashSet::new();
        wrong.extend(
            events.applied.values().filter(|says| !seen.insert(**says)).map(|says| format!("{says} is there twice")),
        );
        let last = events.applied.keys().last();
        if replay.last().map(|(seq, _)| seq) != last {
            wrong.push(format!("a new node ends at {:?}, others at {last:?}", replay.last()));
        }
        match wrong.is_empty() {
            true => Ok(Kept {
                acknowledged: events.acknowledged.len() as u64,
                refused: events.refused,
                entries: events.applied.len() as u64,
                healed: events.healed,
            }),
            false => Err(wrong.into_iter().take(5).collect::<Vec<_>>().join("; ")),
        }
    }

    fn events(&self) -> std::sync::MutexGuard<'_, Events> {
        self.0.lock().expect("no poison")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(applied: &[(u64, u128)], acknowledged: &[(u64, u128)]) -> History {
        let history = History::default();
        applied.iter().for_each(|(seq, says)| history.apply("a node", *seq, *says));
        acknowledged.iter().for_each(|(seq, says)| history.acknowledge(*seq, *says));
        history
    }

    #[test]
    fn the_checker_notices_what_must_not_be() {
        let whole = [(1, 10), (2, 20), (3, 30)];
        assert!(history(&whole, &[(2, 20)]).check(&whole).is_ok());
        let found = |history: History, replay: &[(u64, u128)], wrong: &str| {
            let found = history.check(replay).expect_err(wrong);
            assert!(found.contains(wrong), "{found}");
        };
        found(history(&whole, &[(4, 40)]), &whole, "was acknowledged as 4, which is None");
        found(history(&whole, &[(2, 40)]), &whole, "40 was acknowledged as 2");
        found(history(&whole, &[]), &[(1, 10), (2, 99), (3, 30)], "applies 99 as 2, which was 20");
        found(history(&[(1, 10), (3, 30)], &[]), &[(3, 30)], "nobody has 2");
        found(history(&[(1, 10), (2, 10)], &[]), &[(2, 10)], "10 is there twice");
        found(history(&whole, &[]), &whole[..2], "a new node ends at");
    }
}
