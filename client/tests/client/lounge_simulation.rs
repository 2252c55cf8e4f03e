//! Equal members who may all send connect with each other, in random histories of a lounge in a small world.

use proptest::prelude::*;

use crate::world::{Move, World};

const EQUALS: usize = 5;
/// Milliseconds after which everything must be well again. The longest that anything takes: a server that hears nothing more of a
/// page notices after 30 s at most, and what the page sent ends two minutes later.
const HEALING_MS: u64 = 200_000;

fn config() -> ProptestConfig {
    ProptestConfig { cases: 100, failure_persistence: None, max_shrink_iters: 5_000, ..ProptestConfig::default() }
}

fn a_while() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0..200_u64, 3 => 0..3_000_u64, 1 => 0..30_000_u64]
}

fn anything() -> impl Strategy<Value = Move> {
    let page = || 0..EQUALS;
    prop_oneof![
        4 => a_while().prop_map(Move::Wait),
        4 => (page(), prop::option::of(a_while()), 0..30_000_u64)
            .prop_map(|(page, page_ms, server_ms)| Move::Cut { page, page_ms, server_ms }),
        2 => (0..1_000_u64).prop_map(|down_ms| Move::Restart { down_ms }),
        3 => (page(), a_while()).prop_map(|(page, server_ms)| Move::Reload { page, server_ms }),
        2 => page().prop_map(Move::Leave),
        1 => (page(), any::<bool>()).prop_map(|(page, paused)| Move::Pause { page, paused }),
        1 => page().prop_map(Move::Flutter),
        3 => page().prop_map(Move::Unplug),
        4 => page().prop_map(Move::Share),
        4 => (page(), page(), any::<bool>()).prop_map(|(page, other, on)| Move::Listen { page, other, on }),
        1 => page().prop_map(Move::EndSharing),
        1 => page().prop_map(Move::EndOf),
        3 => (page(), page(), 0..30_000_u64, 0..30_000_u64, any::<bool>())
            .prop_map(|(page, other, page_ms, other_ms, for_good)| Move::Break { page, other, page_ms, other_ms, for_good }),
        1 => page().prop_map(Move::Roam),
        2 => (page(), any::<bool>()).prop_map(|(page, is_blocked)| Move::Block { page, is_blocked }),
        1 => page().prop_map(Move::Upgrade),
        1 => page().prop_map(Move::Wake),
    ]
}

/// Cuts and restarts that leave everybody's place alone.
fn outage() -> impl Strategy<Value = Move> {
    let page = || 0..EQUALS;
    prop_oneof![
        4 => a_while().prop_map(Move::Wait),
        4 => (page(), 0..2_000_u64, 0..2_000_u64)
            .prop_map(|(page, page_ms, server_ms)| Move::Cut { page, page_ms: Some(page_ms), server_ms }),
        2 => (0..1_000_u64).prop_map(|down_ms| Move::Restart { down_ms }),
        1 => (page(), any::<bool>()).prop_map(|(page, paused)| Move::Pause { page, paused }),
        1 => page().prop_map(Move::Wake),
    ]
}

/// Each page with each other one.
fn pairs() -> impl Iterator<Item = (usize, usize)> {
    (0..EQUALS).flat_map(|page| (0..EQUALS).map(move |other| (page, other))).filter(|(page, other)| page != other)
}

fn history() -> impl Strategy<Value = Vec<Move>> {
    prop::collection::vec(anything(), 1..25)
}

#[test]
fn a_lounge_without_trouble_connects_all_members() {
    for seed in 0..20 {
        for shares_first in [false, true] {
            let world = World::lounge(EQUALS, shares_first, seed);
            assert_eq!(world.complaints(), Vec::<String>::new(), "{seed}");
            for (page, other) in pairs() {
                assert_eq!(world.ends(page, other).len(), 1, "{seed}: {page} with {other}");
            }
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn all_members_hear_each_other_again_after_any_history(
        shares_first in any::<bool>(),
        seed in any::<u64>(),
        moves in history(),
    ) {
        let mut world = World::lounge(EQUALS, shares_first, seed);
        moves.iter().for_each(|next| world.perform(next));
        world.return_all();
        world.wait(2_000);
        world.heal(HEALING_MS);
        prop_assert_eq!(world.complaints(), Vec::<String>::new());
    }

    #[test]
    fn only_members_with_sound_between_them_are_connected(
        shares_first in any::<bool>(),
        seed in any::<u64>(),
        moves in history(),
    ) {
        let mut world = World::lounge(EQUALS, shares_first, seed);
        moves.iter().for_each(|next| world.perform(next));
        world.wait(HEALING_MS);
        prop_assert_eq!(world.complaints(), Vec::<String>::new());
    }

    #[test]
    fn an_outage_of_signaling_interrupts_no_sound(
        seed in any::<u64>(),
        moves in prop::collection::vec(outage(), 1..25),
    ) {
        let mut world = World::lounge(EQUALS, true, seed);
        let before: Vec<_> = pairs().map(|(page, other)| (page, other, world.ends(page, other))).collect();
        let members: Vec<_> = (0..EQUALS).map(|page| world.member(page)).collect();
        moves.iter().for_each(|next| world.perform(next));
        world.heal(HEALING_MS);
        let stayed = |page: usize| !members[page].is_some_and(|member| world.left.contains(&member));
        for (page, other, ends) in before.into_iter().filter(|(page, other, _)| stayed(*page) && stayed(*other)) {
            prop_assert_eq!(world.ends(page, other), ends, "{} with {}", page, other);
        }
        prop_assert_eq!(world.complaints(), Vec::<String>::new());
    }
}

#[test]
fn a_page_that_comes_back_before_its_loss_is_noticed_is_heard_again() {
    let mut world = World::lounge(EQUALS, false, 0);
    for next in [Move::Reload { page: 1, server_ms: 91 }, Move::Share(1)] {
        world.perform(&next);
    }
    world.wait(HEALING_MS);
    assert_eq!(world.complaints(), Vec::<String>::new());
}
