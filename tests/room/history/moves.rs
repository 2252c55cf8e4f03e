//! The moves of a random history.

use heartogether::{
    id::MessageNumber,
    role::Role,
    room::{Answered, Command},
};
use proptest::prelude::*;

use super::{Move, PAGES};
use crate::scenario::*;

/// What people and networks do.
pub(crate) fn moves() -> impl Strategy<Value = Vec<Move>> {
    prop::collection::vec(any_move(), 1..80)
}

/// The same, and accounts that become others or are deleted. What pages show of those lags behind until they are loaded anew.
pub(crate) fn moves_of_accounts() -> impl Strategy<Value = Vec<Move>> {
    let page = || 0..PAGES.len();
    let accounts = prop_oneof![
        2 => (page(), page()).prop_map(|(page, into)| Move::Merge { page, into }),
        1 => page().prop_map(|page| Move::Delete { page }),
    ];
    prop::collection::vec(prop_oneof![15 => any_move(), 1 => accounts], 1..80)
}

fn any_move() -> impl Strategy<Value = Move> {
    let page = 0..PAGES.len();
    let role = prop_oneof![1 => Just(Role::Host), 3 => Just(Role::Listener)];
    let command = prop_oneof![
        2 => Just(Command::Leave),
        4 => Just(MICROPHONE),
        4 => prop::sample::select(vec![
            Command::Pause,
            Command::Resume,
            Command::Interrupt,
            Command::DeclareSilence { silent: true },
            Command::DeclareSilence { silent: false },
        ]),
    ];
    let engage = prop_oneof![
        2 => Just(FIRE),
        3 => (0..4_u32).prop_map(|nonce| write(nonce, "louder, please")),
        1 => (0..4_u32, 0..5_u64)
            .prop_map(|(nonce, number)| replies(nonce, "so it is", MessageNumber(number), Answered::Missing)),
        2 => (1..4_u64, any::<bool>()).prop_map(|(number, is_edit)| {
            let (number, archived) = (MessageNumber(number), None);
            if is_edit {
                Command::Edit { number, text: words("softer, please"), archived }
            } else {
                Command::Delete { number, archived }
            }
        }),
        1 => (1..4_u64, any::<bool>())
            .prop_map(|(number, pinned)| Command::Pin { number: MessageNumber(number), pinned, archived: None }),
    ];
    let ms = prop::sample::select(vec![
        0,
        1,
        4_000,
        LISTENER_GRACE_MS,
        60_000,
        HOST_GRACE_MS,
        REOPEN_MS,
        IDLE_MS - WARNING_MS,
        IDLE_MS,
        HOST_ABSENT_MS,
    ]);
    let node = 1..3_u128;
    let join = (page.clone(), role, any::<bool>(), node.clone(), any::<bool>());
    prop_oneof![
        6 => (0..2_usize, any::<bool>(), node.clone())
            .prop_map(|(page, take_over, node)| Move::Join { page, role: Role::Host, take_over, node, reuse: false }),
        12 => join.prop_map(|(page, role, take_over, node, reuse)| Move::Join { page, role, take_over, node, reuse }),
        10 => (page.clone(), node.clone(), prop::bool::weighted(0.1))
            .prop_map(|(page, node, forged)| Move::Resume { page, node, forged }),
        6 => (0..2_usize, command.clone()).prop_map(|(page, command)| Move::Command { page, command }),
        4 => (page.clone(), command).prop_map(|(page, command)| Move::Command { page, command }),
        8 => (page.clone(), 0..4_u8).prop_map(|(page, hears)| Move::Cut { page, hears }),
        6 => page.clone().prop_map(|page| Move::Lose { page }),
        8 => (page.clone(), engage).prop_map(|(page, command)| Move::Command { page, command }),
        1 => (page.clone(), any::<bool>()).prop_map(|(page, block_address)| Move::Remove { page, block_address }),
        3 => prop::sample::select(vec![OWNER, OWNER, GRACE]).prop_map(|account| Move::Reopen { account }),
        1 => (page, 1..40_u8).prop_map(|(page, times)| Move::Flap { page, times }),
        1 => (0..2_usize, 2..PAGES.len(), 20..50_u8)
            .prop_map(|(page, other, times)| Move::Absence { page, other, times }),
        4 => (0..2_usize, 0..3_u8, node.clone()).prop_map(|(page, hears, node)| Move::Tear { page, hears, node }),
        2 => node.prop_map(|node| Move::LoseNode { node }),
        6 => ms.prop_map(|ms| Move::Wait { ms }),
        1 => Just(Move::Wake),
        1 => Just(Move::Restart),
        1 => (0..2_usize).prop_map(|page| Move::Command { page, command: Command::StopRoom }),
    ]
}
