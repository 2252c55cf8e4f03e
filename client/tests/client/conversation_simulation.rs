//! Nobody misses a message and nothing is said twice, in random histories of a lounge in a small world.

use proptest::prelude::*;

use crate::world::{Move, Talk, World};

const MEMBERS: usize = 3;
/// Milliseconds after which everything must be well again: a page notices after 30 s that its socket is dead, and waits up to as long
/// for the next attempt.
const HEALING_MS: u64 = 100_000;

fn config() -> ProptestConfig {
    ProptestConfig { cases: 400, failure_persistence: None, max_shrink_iters: 20_000, ..ProptestConfig::default() }
}

fn a_while() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0..200_u64, 3 => 0..3_000_u64, 1 => 0..30_000_u64]
}

fn page() -> impl Strategy<Value = usize> {
    0..MEMBERS
}

fn talk() -> impl Strategy<Value = Move> {
    let at = || any::<usize>();
    let talk = prop_oneof![
        6 => Just(Talk::Write),
        2 => at().prop_map(Talk::Answer),
        2 => at().prop_map(Talk::Edit),
        1 => at().prop_map(Talk::Delete),
        3 => (at(), any::<bool>()).prop_map(|(at, first)| Talk::Press(at, first)),
        2 => at().prop_map(Talk::Report),
        1 => Just(Talk::GoBack),
        2 => at().prop_map(Talk::Seek),
        2 => Just(Talk::GoOn),
        1 => Just(Talk::GoToLatest),
    ];
    prop_oneof![
        14 => (page(), talk).prop_map(|(page, talk)| Move::Talk { page, talk }),
        1 => at().prop_map(|at| Move::Talk { page: 0, talk: Talk::Pin(at) }),
        1 => at().prop_map(|at| Move::Talk { page: 0, talk: Talk::Dismiss(at) }),
    ]
}

fn anything() -> impl Strategy<Value = Move> {
    prop_oneof![
        12 => talk(),
        4 => a_while().prop_map(Move::Wait),
        4 => (page(), prop::option::of(a_while()), 0..30_000_u64)
            .prop_map(|(page, page_ms, server_ms)| Move::Cut { page, page_ms, server_ms }),
        1 => (0..1_000_u64).prop_map(|down_ms| Move::Restart { down_ms }),
        1 => page().prop_map(Move::Roam),
        2 => (page(), any::<bool>()).prop_map(|(page, is_blocked)| Move::Block { page, is_blocked }),
        1 => page().prop_map(Move::Upgrade),
        1 => page().prop_map(Move::Hide),
        1 => page().prop_map(Move::Wake),
    ]
}

#[test]
fn a_lounge_without_trouble_talks() {
    let mut world = World::talking(MEMBERS, 1);
    for number in 0..40 {
        world.perform(&Move::Talk { page: number, talk: Talk::Write });
        world.perform(&Move::Talk { page: number + 1, talk: Talk::Press(number, true) });
        world.wait(100);
    }
    world.go_back();
    assert_eq!(world.complaints_about_talk(), Vec::<String>::new());
}

#[test]
fn a_lounge_without_websockets_talks_and_goes_back_to_them() {
    let mut world = World::talking(MEMBERS, 1);
    for is_blocked in [true, false] {
        (0..MEMBERS).for_each(|page| world.perform(&Move::Block { page, is_blocked }));
        world.wait(60_000);
        for number in 0..40 {
            world.perform(&Move::Talk { page: number, talk: Talk::Write });
            world.perform(&Move::Upgrade(number));
            world.wait(100);
        }
        assert_eq!(world.on_streams(), if is_blocked { MEMBERS } else { 0 });
    }
    world.go_back();
    assert_eq!(world.complaints_about_talk(), Vec::<String>::new());
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn all_know_the_same_messages_after_any_history(
        seed in any::<u64>(),
        moves in prop::collection::vec(anything(), 1..60),
        sought in any::<usize>(),
    ) {
        let mut world = World::talking(MEMBERS, seed);
        for next in &moves {
            world.perform(next);
            prop_assert_eq!(world.complaints_about_stretches(), Vec::<String>::new());
        }
        world.wait(HEALING_MS);
        prop_assert_eq!(world.look_at(sought), Vec::<String>::new());
        world.go_back();
        prop_assert_eq!(world.complaints_about_talk(), Vec::<String>::new());
        let asked = world.commands();
        for page in 0..MEMBERS {
            world.perform(&Move::Cut { page, page_ms: Some(0), server_ms: 0 });
        }
        world.wait(HEALING_MS);
        prop_assert_eq!(world.commands(), asked, "nothing is asked for again");
    }
}
