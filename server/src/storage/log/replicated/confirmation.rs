//! When an entry counts as written.
//!
//! A server whose replica has the entry is not left behind without it. A server without a replica may have been left behind
//! already, and not know it: then those who decide about failovers are asked, after the entry was written.

/// What is known about an entry that a server has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Replicas that have it (`WAIT`).
    pub acknowledged: u64,
    /// Replicas that have answered the server lately.
    pub replicas: u64,
    /// What those say who decide about failovers. `None` where nobody does: then no server is ever replaced by another.
    pub deciders: Option<Deciders>,
}

/// Those who decide which server is the primary: Sentinels, or the primaries of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deciders {
    /// How many there are.
    pub all: usize,
    /// How many of them call this server the primary.
    pub naming: usize,
}

/// Whether an entry counts as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Confirmed,
    /// A replica is there and does not have it yet.
    Wait,
    /// The server may have been replaced.
    Doubtful,
}

impl Evidence {
    /// Decides.
    pub const fn verdict(self) -> Verdict {
        match (self.acknowledged, self.replicas, self.deciders) {
            (1.., _, _) | (0, 0, None) => Verdict::Confirmed,
            (0, 1.., _) => Verdict::Wait,
            (0, 0, Some(Deciders { all, naming })) if naming * 2 > all => Verdict::Confirmed,
            (0, 0, Some(_)) => Verdict::Doubtful,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_counts_once_a_replica_has_it_or_the_majority_stands_by_its_server() {
        let verdict = |acknowledged, replicas, deciders: Option<(usize, usize)>| {
            let deciders = deciders.map(|(naming, all)| Deciders { all, naming });
            Evidence { acknowledged, replicas, deciders }.verdict()
        };
        assert_eq!(verdict(1, 1, Some((0, 3))), Verdict::Confirmed);
        assert_eq!(verdict(0, 1, Some((3, 3))), Verdict::Wait);
        assert_eq!(verdict(0, 0, Some((2, 3))), Verdict::Confirmed);
        assert_eq!(verdict(0, 0, Some((1, 3))), Verdict::Doubtful);
        assert_eq!(verdict(0, 0, Some((1, 2))), Verdict::Doubtful);
        assert_eq!(verdict(0, 0, None), Verdict::Confirmed, "a single server");
    }
}
