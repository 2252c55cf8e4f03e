//! A room recovers from all outages, in random histories of a small world.

use proptest::prelude::*;

use crate::world::{Move, World};

/// Milliseconds after which everything must be well again: a page that is told nothing notices after 30 s that its
/// socket is dead, a peer connection without the other end fails after 20 s, and then all is negotiated anew; and sound
/// to a place that is free ends after a minute.
const HEALING_MS: u64 = 140_000;

fn config() -> ProptestConfig {
    ProptestConfig { cases: 400, failure_persistence: None, max_shrink_iters: 20_000, ..ProptestConfig::default() }
}

fn a_while() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0..200_u64, 3 => 0..3_000_u64, 1 => 0..30_000_u64]
}

/// Cuts and restarts that leave everybody's place alone.
fn outage() -> impl Strategy<Value = Move> {
    prop_oneof![
        4 => a_while().prop_map(Move::Wait),
        4 => (0..4_usize, 0..2_000_u64, 0..2_000_u64)
            .prop_map(|(page, page_ms, server_ms)| Move::Cut { page, page_ms: Some(page_ms), server_ms }),
        2 => (0..1_000_u64).prop_map(|down_ms| Move::Restart { down_ms }),
        1 => any::<bool>().prop_map(|paused| Move::Pause { page: 0, paused }),
        1 => (0..4_usize).prop_map(Move::Wake),
    ]
}

fn anything() -> impl Strategy<Value = Move> {
    prop_oneof![
        6 => outage(),
        2 => (0..4_usize, prop::option::of(a_while()), 0..30_000_u64)
            .prop_map(|(page, page_ms, server_ms)| Move::Cut { page, page_ms, server_ms }),
        3 => (0..4_usize, a_while()).prop_map(|(page, server_ms)| Move::Reload { page, server_ms }),
        1 => Just(Move::Flutter(0)),
        1 => Just(Move::Unplug(0)),
        2 => Just(Move::Share(0)),
        1 => any::<bool>().prop_map(|expected| Move::Expect { page: 0, expected }),
        3 => (0..3_usize, 0..30_000_u64, 0..30_000_u64, any::<bool>())
            .prop_map(|(other, page_ms, other_ms, for_good)| Move::Break { page: 0, other, page_ms, other_ms, for_good }),
        1 => (0..4_usize).prop_map(Move::Roam),
        2 => (0..4_usize, any::<bool>()).prop_map(|(page, is_blocked)| Move::Block { page, is_blocked }),
        1 => (0..4_usize).prop_map(Move::Upgrade),
    ]
}

#[test]
fn a_room_without_trouble_works() {
    for (listeners, shares_first) in [(1, false), (1, true), (3, false), (3, true)] {
        assert_eq!(World::live(listeners, shares_first).complaints(), Vec::<String>::new());
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn everybody_hears_again_after_any_history(
        listeners in 1..=3_usize,
        shares_first in any::<bool>(),
        moves in prop::collection::vec(anything(), 1..25),
    ) {
        let mut world = World::live(listeners, shares_first);
        moves.iter().for_each(|next| world.perform(next));
        world.heal(HEALING_MS);
        prop_assert_eq!(world.complaints(), Vec::<String>::new());
    }

    #[test]
    fn an_outage_of_signaling_interrupts_no_sound(
        listeners in 1..=3_usize,
        shares_first in any::<bool>(),
        moves in prop::collection::vec(outage(), 1..25),
    ) {
        let mut world = World::live(listeners, shares_first);
        let heard: Vec<_> = (1..=listeners).map(|page| (page, world.member(page), world.ends(page, 0))).collect();
        moves.iter().for_each(|next| world.perform(next));
        world.heal(HEALING_MS);
        for (page, member, connections) in heard {
            if !member.is_some_and(|member| world.left.contains(&member)) {
                prop_assert_eq!(world.ends(page, 0), connections, "listener {}", page);
            }
        }
        prop_assert_eq!(world.complaints(), Vec::<String>::new());
    }
}
