//! Which nodes live.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use heartogether::id::{NodeId, RoomId};
use tokio::time::{MissedTickBehavior, interval};

use super::{Shared, version::NodeVersion};
use crate::storage::log::AppendNonce;

/// How often a node says that it lives, and looks who else does.
pub(super) const BEAT: Duration = Duration::from_secs(1);
/// Looks in a row that have to succeed without finding a node before it counts as gone. Servers that were emptied or replaced
/// forget who lives, and get to know it again within a beat.
const MISSED: u32 = 4;

/// Looks after which a node that nobody has seen is forgotten. If it is asked about later, it is looked for anew.
const REMEMBERED: u32 = 3_600;

/// The nodes that were seen or asked about.
#[derive(Default)]
pub(super) struct Nodes {
    sights: Mutex<BTreeMap<NodeId, Sight>>,
    /// Whether the latest look succeeded.
    are_looked_for: AtomicBool,
}

/// What is known of a node.
#[derive(Default)]
struct Sight {
    /// Whether it was seen, rather than asked about alone.
    was_seen: bool,
    version: NodeVersion,
    /// Looks in a row that succeeded without finding it, since it was seen or asked about first. A node that has just started has
    /// members before all others have looked.
    missed: u32,
}

impl Sight {
    fn is_alive(&self) -> bool {
        self.was_seen && self.missed < MISSED
    }
}

impl Nodes {
    /// Notes who was seen.
    pub(super) fn note(&self, alive: Option<BTreeMap<NodeId, NodeVersion>>) {
        self.are_looked_for.store(alive.is_some(), Relaxed);
        let mut sights = self.sights();
        let Some(alive) = alive else {
            // Who was not seen lately may have been there all the time.
            for sight in sights.values_mut() {
                (sight.was_seen, sight.missed) = (sight.is_alive(), 0);
            }
            return;
        };
        sights.values_mut().for_each(|sight| sight.missed += 1);
        sights.extend(alive.into_iter().map(|(node, version)| (node, Sight { was_seen: true, version, missed: 0 })));
        sights.retain(|_, sight| sight.missed < REMEMBERED);
    }

    /// Whether the latest look succeeded.
    pub(super) fn are_looked_for(&self) -> bool {
        self.are_looked_for.load(Relaxed)
    }

    /// Which of these are gone.
    pub(super) fn gone(&self, mut others: BTreeSet<NodeId>) -> BTreeSet<NodeId> {
        let mut sights = self.sights();
        others.retain(|node| sights.entry(*node).or_default().missed >= MISSED);
        others
    }

    /// The nodes that were seen lately.
    pub(super) fn alive(&self) -> BTreeSet<NodeId> {
        living(&self.sights()).map(|(node, _)| node).collect()
    }

    /// Whether this node, of those that live, is the one that looks after a room: of those with the newest version, the one with the
    /// highest hash of itself and the room ("rendezvous hashing"). An older node may not understand the room. So a node that comes or goes changes it for its own share of the rooms alone.
    pub(super) fn looks_after(&self, node: NodeId, room: RoomId) -> bool {
        let hash = |node: NodeId| AppendNonce::of(&[node.to_string().as_bytes(), room.to_string().as_bytes()]);
        let own = NodeVersion::own();
        let own = (&own, hash(node), node);
        living(&self.sights()).all(|(other, version)| (version, hash(other), other) <= own)
    }

    fn sights(&self) -> MutexGuard<'_, BTreeMap<NodeId, Sight>> {
        self.sights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn living(sights: &BTreeMap<NodeId, Sight>) -> impl Iterator<Item = (NodeId, &NodeVersion)> {
    sights.iter().filter(|(_, sight)| sight.is_alive()).map(|(node, sight)| (*node, &sight.version))
}

impl Shared {
    /// Says again and again that this node lives.
    pub(super) async fn beat(self: Arc<Self>) {
        let mut interval = interval(BEAT);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            self.nodes.note(self.servers.beat(self.node).await.ok());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All of them have the version of this node.
    fn said(alive: &BTreeSet<NodeId>) -> Option<BTreeMap<NodeId, NodeVersion>> {
        Some(alive.iter().map(|node| (*node, NodeVersion::own())).collect())
    }

    #[test]
    fn a_node_is_gone_once_it_was_not_seen_by_looks_that_succeeded() {
        let (one, other) = (NodeId::from_bits(1), NodeId::from_bits(2));
        let (both, alone) = (BTreeSet::from([one, other]), BTreeSet::from([one]));
        let nodes = Nodes::default();
        let is_gone = || nodes.gone(BTreeSet::from([other])).contains(&other);
        nodes.note(said(&both));
        for _ in 1..MISSED {
            nodes.note(said(&alone));
            assert!(!is_gone());
        }
        assert!(nodes.are_looked_for());
        nodes.note(None);
        assert!(!is_gone() && !nodes.are_looked_for(), "nobody could look");
        for _ in 0..MISSED {
            assert!(!is_gone());
            nodes.note(said(&alone));
        }
        assert!(is_gone());
        nodes.note(said(&both));
        assert!(!is_gone() && nodes.alive() == both);
    }

    #[test]
    fn a_node_that_has_just_started_is_not_gone_before_the_others_have_looked() {
        let (one, other) = (NodeId::from_bits(1), NodeId::from_bits(2));
        let (both, alone) = (BTreeSet::from([one, other]), BTreeSet::from([one]));
        let nodes = Nodes::default();
        let is_gone = || nodes.gone(BTreeSet::from([other])).contains(&other);
        (0..=MISSED).for_each(|_| nodes.note(said(&alone)));
        assert!(!is_gone() && nodes.alive() == alone, "it has a member, and was not seen yet");
        nodes.note(said(&both));
        assert!(!is_gone() && nodes.alive() == both);
        // One that is never seen is gone, and stays gone.
        let third = BTreeSet::from([NodeId::from_bits(3)]);
        for _ in 0..MISSED {
            assert!(nodes.gone(third.clone()).is_empty());
            nodes.note(said(&both));
        }
        assert!((0..10).all(|_| {
            nodes.note(said(&both));
            nodes.gone(third.clone()) == third && nodes.alive() == both
        }));
    }

    #[test]
    fn one_of_the_nodes_that_live_looks_after_each_room() {
        let all: BTreeSet<_> = (1..=3).map(NodeId::from_bits).collect();
        let nodes = Nodes::default();
        let keepers = || {
            let keepers = |room| all.iter().copied().filter(|node| nodes.looks_after(*node, room)).collect::<Vec<_>>();
            (0..300).map(|room| keepers(RoomId::from_bits(room))).collect::<Vec<_>>()
        };
        assert!(keepers().iter().all(|keepers| keepers.len() == 3), "each node sees itself alone");
        nodes.note(said(&all));
        let before = keepers();
        assert!(before.iter().all(|keepers| keepers.len() == 1));
        for node in &all {
            assert!(before.iter().filter(|keepers| keepers.contains(node)).count() > 60, "rooms are spread");
        }
        let left: BTreeSet<_> = all.iter().copied().skip(1).collect();
        (0..MISSED).for_each(|_| nodes.note(said(&left)));
        for (before, after) in before.iter().zip(keepers()) {
            let after: Vec<_> = after.into_iter().filter(|node| left.contains(node)).collect();
            assert_eq!(after.len(), 1);
            assert!(before == &after || !left.contains(&before[0]), "other rooms stay where they are");
        }
    }

    #[test]
    fn no_older_node_looks_after_a_room_beside_a_newer_one() {
        let [older, node, newer] = [1, 2, 3].map(NodeId::from_bits);
        let keeps_all =
            |nodes: &Nodes| (0..100).map(RoomId::from_bits).filter(|room| nodes.looks_after(node, *room)).count();
        let (own, nodes) = (NodeVersion::own(), Nodes::default());
        nodes.note(Some([(older, NodeVersion::default()), (node, own.clone())].into()));
        assert_eq!(keeps_all(&nodes), 100);
        let next = format!("{own}.1").parse().expect("a version");
        nodes.note(Some([(older, NodeVersion::default()), (node, own), (newer, next)].into()));
        assert_eq!(keeps_all(&nodes), 0);
    }
}
