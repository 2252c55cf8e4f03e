//! Who asks to come in.

use std::collections::BTreeSet;

use heartogether::{room::Event, rules::RoomKind};
use proptest::{prelude::*, test_runner::Config};

use super::config;
use crate::history::{moves_of_admission, play_in};

proptest! {
    #![proptest_config(Config { cases: 2_000, ..config() })]

    #[test]
    fn who_waits_has_no_place_and_was_never_let_in(moves in moves_of_admission()) {
        let mut accounts = BTreeSet::new();
        for turn in play_in(RoomKind::Lounge, &moves) {
            accounts.extend(match &turn.entry.event {
                Event::JoinRequested(request) => Some(request.account),
                Event::AccountMerged { to, .. } => Some(*to),
                _ => None,
            });
            for account in &accounts {
                let Some(data) = turn.after.data_of(*account) else { continue };
                let waits_rightly = data.waiting.is_none() || data.places.is_empty() && !data.is_admitted;
                prop_assert!(waits_rightly, "{:?} after {:?}", data, turn.entry);
            }
        }
    }
}
