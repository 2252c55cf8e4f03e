//! Who asks to come in.

use std::collections::BTreeSet;

use heartogether::{
    room::{Event, Room, Waiting},
    rules::RoomKind,
};
use proptest::{prelude::*, test_runner::Config};

use super::config;
use crate::history::{TERMS, moves_of_admission, play_in};

/// Those whom the owner sees.
fn waiting_in(room: &Room) -> Vec<Waiting> {
    room.members().next().and_then(|owner| room.view(owner.id)).map(|view| view.waiting).unwrap_or_default()
}

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
            for asked in waiting_in(&turn.after) {
                let is_over = asked.at.after_ms(TERMS.request_ms) <= turn.entry.at;
                let had_terms = turn.before.has_asking_terms() && turn.after.has_asking_terms();
                prop_assert!(!(had_terms && is_over), "{:?} after {:?}", asked, turn.entry);
            }
            for account in &accounts {
                let Some(data) = turn.after.data_of(*account) else { continue };
                let waits_rightly = data.waiting.is_none() || data.places.is_empty() && !data.is_admitted;
                prop_assert!(waits_rightly, "{:?} after {:?}", data, turn.entry);
            }
        }
    }
}
