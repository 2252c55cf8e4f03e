//! What holds in every history, however its entries follow one another.

mod links;
mod recipients;
mod waiting;

use std::collections::BTreeSet;

use heartogether::{
    refusal::Refusal,
    role::Role,
    room::{Audience, Effect, EndReason, Entry, Event, Foreseen, Member, Room, RoomEvent, RoomMessage, RoomView, step},
    rules::RoomKind,
};
use proptest::{prelude::*, test_runner::Config};

use crate::history::{
    NAMES, PAGES, WORDS, moves, moves_of_accounts, play, play_in, play_keeping, stored, stored_entry,
};
use links::check_links;
use recipients::Recipients;

fn config() -> Config {
    Config { cases: 200, failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn never_more_are_in_it_than_may(kind in kind(), moves in moves_of_accounts()) {
        let most = match kind {
            RoomKind::Broadcast => 2,
            RoomKind::Lounge => 4,
        };
        for turn in play_in(kind, &moves) {
            let others = turn.after.members().filter(|member| Some(member.account) != turn.after.owner());
            prop_assert!(others.count() <= most, "{:?}", turn.entry);
        }
    }

    #[test]
    fn an_account_has_one_place_of_a_role_and_a_connection_one_member(kind in kind(), moves in moves_of_accounts()) {
        for turn in play_in(kind, &moves) {
            let members: Vec<_> = turn.after.members().collect();
            let unique = |count: usize, of: BTreeSet<u128>| check_equal(count, of.len());
            unique(members.len(), members.iter().map(|member| bits(member.id)).collect())?;
            for role in [Role::Host, Role::Listener, Role::Participant] {
                let of_role = || members.iter().filter(|member| member.role == role);
                unique(of_role().count(), of_role().map(|member| bits(member.account)).collect())?;
            }
            let attached = || members.iter().flat_map(|member| member.connections());
            unique(attached().count(), attached().map(|connection| bits(connection.id)).collect())?;
        }
    }

    #[test]
    fn nothing_reaches_who_has_no_place_but_the_answer_to_what_they_asked(kind in kind(), moves in moves()) {
        let mut recipients = Recipients::default();
        for turn in play_in(kind, &moves) {
            recipients.check(&turn)?;
        }
    }

    #[test]
    fn a_replay_gives_the_same_room_and_the_same_orders(kind in kind(), moves in moves_of_accounts()) {
        let turns = play_in(kind, &moves);
        let mut room = Room::default();
        for turn in &turns {
            let entry = stored_entry(&turn.entry);
            prop_assert_eq!(&entry, &turn.entry);
            let (next, effects) = step(room, &entry);
            prop_assert_eq!(&effects, &turn.effects);
            room = next;
        }
        prop_assert_eq!(Some(&room), turns.last().map(|turn| &turn.after));
    }

    #[test]
    fn a_replay_from_any_snapshot_gives_the_same_room_and_the_same_orders(
        kept in prop::sample::select(vec![1, 2, 50]), kind in kind(), moves in moves_of_accounts(),
        from in any::<prop::sample::Index>(),
    ) {
        let turns = play_keeping(kept, kind, &moves);
        let from = from.index(turns.len());
        let mut room = stored(&turns[from].before);
        for turn in &turns[from..] {
            let (next, effects) = step(room, &stored_entry(&turn.entry));
            prop_assert_eq!(&effects, &turn.effects);
            prop_assert_eq!(&next, &turn.after);
            room = next;
        }
    }

    #[test]
    fn a_link_has_two_members_and_signals_go_where_one_is(kind in kind(), moves in moves()) {
        for turn in play_in(kind, &moves).iter().step_by(3) {
            check_links(&turn.after)?;
        }
    }

    #[test]
    fn no_more_listen_than_may_and_each_is_a_member_with_a_page(kind in kind(), moves in moves()) {
        for turn in play_in(kind, &moves) {
            for sent in turn.after.publications() {
                let listeners: BTreeSet<_> = sent.listeners.iter().copied().collect();
                prop_assert!(sent.listeners.len() <= 2 && listeners.len() == sent.listeners.len(), "{:?}", sent);
                prop_assert!(!listeners.contains(&sent.by));
                prop_assert_eq!(sent.is_full, kind == RoomKind::Lounge && listeners.len() == 2);
                for listener in listeners {
                    let member = turn.after.members().find(|member| member.id == listener);
                    let linked = turn.after.view(listener).is_some_and(|view| view.link_with(sent.by).is_some());
                    prop_assert!(member.is_some() && linked, "{:?} after {:?}", sent, turn.entry);
                }
            }
        }
    }

    #[test]
    fn a_room_keeps_no_text_of_a_deleted_account(kind in kind(), moves in moves(), page in 0..PAGES.len()) {
        let last = play_in(kind, &moves).pop().expect("a room was created");
        let (account, seq, at) = (PAGES[page], last.after.seq().next(), last.entry.at);
        let (mut room, _) = step(last.after, &Entry { seq, at, event: Event::AccountDeleted { account } });
        let written = serde_json::to_string(&room).expect("a room is written");
        prop_assert!(![NAMES[page], WORDS[page]].iter().any(|gone| written.contains(gone)), "{}", written);
        room.visit_personal(&mut |owner, text| {
            assert!(owner != Some(account) || text.as_str().is_empty(), "{text:?}");
        });
    }

    #[test]
    fn a_log_without_a_deleted_accounts_texts_gives_a_room_that_shows_the_same(
        kind in kind(), moves in moves(), page in 0..PAGES.len(), guest in 0..PAGES.len(),
    ) {
        let mut entries: Vec<_> = play_in(kind, &moves).into_iter().map(|turn| turn.entry).collect();
        let Some(last) = entries.last() else { return Ok(()) };
        let (account, from, seq, at) = (PAGES[page], PAGES[guest], last.seq.next(), last.at);
        entries.push(Entry { seq, at, event: Event::AccountMerged { from, to: account } });
        entries.push(Entry { seq: seq.next(), at, event: Event::AccountDeleted { account } });
        let replay = |entries: &[Entry]| entries.iter().fold(Room::default(), |room, entry| step(room, entry).0);
        let before = replay(&entries);
        for entry in &mut entries {
            entry.event.visit_personal(&mut |owner, mut text| {
                if owner == Some(account) || owner == Some(from) {
                    text.forget();
                }
            });
        }
        prop_assert_eq!(shown(&replay(&entries)), shown(&before));
    }

    #[test]
    fn an_entry_that_comes_twice_changes_and_orders_nothing(
        kind in kind(), moves in moves_of_accounts(), earlier in any::<prop::sample::Index>(),
    ) {
        let turns = play_in(kind, &moves);
        for (index, turn) in turns.iter().enumerate() {
            for repeated in [turn, &turns[earlier.index(index + 1)]] {
                let (room, effects) = step(turn.after.clone(), &repeated.entry);
                prop_assert_eq!(&room, &turn.after);
                prop_assert_eq!(effects, vec![]);
            }
        }
    }

    #[test]
    fn a_room_stored_and_read_is_the_same_room(kind in kind(), moves in moves_of_accounts()) {
        for turn in play_in(kind, &moves).iter().step_by(5) {
            prop_assert_eq!(&stored(&turn.after), &turn.after);
        }
    }

    #[test]
    fn what_a_page_pieced_together_is_what_the_room_shows(kind in kind(), moves in moves()) {
        for turn in play_in(kind, &moves).iter().filter(|turn| turn.before.ended().is_none()) {
            for (member, shown) in &turn.shown {
                prop_assert_eq!(Some(shown.clone()), turn.after.view(*member), "after {:?}", turn.entry);
            }
        }
    }

    #[test]
    fn the_audience_that_the_host_is_shown_counts_who_has_a_place(moves in moves()) {
        for turn in play(&moves).iter().filter(|turn| turn.before.ended().is_none()) {
            let hosts = turn.shown.iter().filter(|(member, _)| *member == crate::scenario::HOST);
            for (_, view) in hosts {
                prop_assert_eq!(view.members.len(), turn.after.audience_count());
            }
        }
    }

    #[test]
    fn step_has_the_effect_that_was_foreseen(
        kept in prop::sample::select(vec![1, 50]), kind in kind(), moves in moves(),
    ) {
        for turn in play_keeping(kept, kind, &moves) {
            let (event, at) = (&turn.entry.event, turn.entry.at);
            let refused = turn.effects.iter().find_map(refusal);
            // What is due by then comes first.
            let woke = Entry { seq: turn.before.seq().next(), at, event: Event::Woke };
            let (woken, due) = step(turn.before.clone(), &woke);
            match turn.before.foresee(event, at) {
                // Nobody is told of this one: whoever asks finds the room as it was.
                Err(_) if matches!(event, Event::ReopenRequested { .. }) => {
                    prop_assert_eq!(woken.ended(), turn.after.ended(), "{:?}", event);
                }
                Err(_) if matches!(event, Event::CommandedByProgram { .. }) => {
                    prop_assert_eq!(shown(&woken), shown(&turn.after), "{:?}", event);
                }
                Err(foreseen) => prop_assert_eq!(Some(foreseen), refused, "{:?}", event),
                Ok(Foreseen::Nothing) => {
                    prop_assert_eq!(shown(&woken), shown(&turn.after), "{:?}", event);
                    let is_told = |effect: &&Effect| !matches!(effect, Effect::WakeAt(_)) && !is_warning(effect);
                    let told = turn.effects.iter().filter(is_told);
                    prop_assert!(told.eq(due.iter().filter(is_told)), "{:?}", event);
                }
                Ok(Foreseen::Change) => {}
            }
            if let Some(refused) = refused {
                prop_assert_eq!(turn.before.foresee(event, at), Err(refused), "{:?}", event);
            }
        }
    }

    #[test]
    fn who_was_removed_stays_out(kind in kind(), moves in moves()) {
        let mut removed = BTreeSet::new();
        for turn in play_in(kind, &moves) {
            // The host's place lasts, whatever becomes of other places of theirs.
            for member in turn.after.members().filter(|member| member.role != Role::Host) {
                prop_assert!(!removed.contains(&member.account), "{:?} is back", member.account);
            }
            if let Event::Commanded { command: heartogether::room::Command::RemoveMember { member, may_return: false, .. }, .. } = &turn.entry.event {
                let carried_out = !turn.effects.iter().any(|effect| matches!(effect, Effect::Send { to: Audience::Connection(_), .. }));
                let account = turn.before.members().find(|known| known.id == *member).map(|known| known.account);
                removed.extend(account.filter(|_| carried_out));
            }
            // In a room that is over nobody is put out.
            if let Event::AccountBanned { account } = &turn.entry.event && !turn.after.is_closed() {
                removed.insert(*account);
            }
        }
    }

    #[test]
    fn no_listener_reads_what_another_wrote(moves in moves()) {
        for turn in play(&moves) {
            for member in turn.after.members().filter(|member| member.role == Role::Listener) {
                let view = turn.after.view(member.id).expect("a member has a view");
                let own: BTreeSet<_> = view.messages.iter().map(|message| message.nonce).collect();
                prop_assert_eq!(own.len(), view.messages.len(), "a message was written twice");
            }
        }
    }

    #[test]
    fn no_listener_ever_sees_another(moves in moves()) {
        for turn in play(&moves) {
            for member in turn.after.members().filter(|member| member.role == Role::Listener) {
                let view = turn.after.view(member.id).expect("a member has a view");
                prop_assert_eq!(view.members, vec![]);
            }
            for (member, view) in turn.shown.iter().filter(|(member, _)| *member != crate::scenario::HOST) {
                prop_assert_eq!(&view.members, &vec![], "shown to {:?}", member);
            }
        }
    }

    #[test]
    fn after_the_end_there_are_only_refusals(kind in kind(), moves in moves()) {
        for turn in play_in(kind, &moves).iter().filter(|turn| turn.before.ended().is_some()) {
            if turn.entry.event == crate::scenario::reopening(crate::scenario::OWNER) {
                continue;
            }
            prop_assert_eq!(turn.before.ended(), turn.after.ended());
            let is_order = |effect: &&Effect| !matches!(effect, Effect::WakeAt(_) | Effect::CloseRoom);
            for effect in turn.effects.iter().filter(is_order) {
                let refused = matches!(effect, Effect::Send { to: Audience::Connection(_), message }
                    if matches!(**message, RoomMessage::Refused { .. }));
                prop_assert!(refused, "{:?} ordered {:?}", turn.entry, effect);
            }
        }
    }

    #[test]
    fn the_room_asks_for_one_wake_ahead_and_does_something_with_it(kind in kind(), moves in moves()) {
        for turn in play_in(kind, &moves) {
            let wakes: Vec<_> = turn.effects.iter().filter_map(wake_time).collect();
            prop_assert!(wakes.len() <= 1, "{:?}", wakes);
            let Some(at) = wakes.first().copied() else { continue };
            prop_assert!(at > turn.entry.at, "{:?} at {:?}", turn.entry, at);
            let woke = Entry { seq: turn.after.seq().next(), at, event: Event::Woke };
            let (_, effects) = step(turn.after, &woke);
            prop_assert!(effects.iter().any(|effect| wake_time(effect).is_none()), "woken for nothing: {:?}", effects);
        }
    }
}

fn kind() -> impl Strategy<Value = RoomKind> {
    prop::sample::select(RoomKind::ALL)
}

fn refusal(effect: &Effect) -> Option<Refusal> {
    match effect {
        Effect::Send { to: Audience::Connection(_), message } => match **message {
            RoomMessage::Refused { refusal } => Some(refusal),
            _ => None,
        },
        _ => None,
    }
}

fn is_warning(effect: &Effect) -> bool {
    let Effect::Send { message, .. } = effect else { return false };
    matches!(&**message, RoomMessage::Event(told) if matches!(told.event, RoomEvent::EndExpected { .. }))
}

/// The room as each member sees it, the expected end apart, and whether it has ended.
fn shown(room: &Room) -> (Vec<Option<RoomView>>, Option<EndReason>) {
    let view = |member: &Member| room.view(member.id).map(|view| RoomView { ends_at: None, ..view });
    (room.members().map(view).collect(), room.ended())
}

fn wake_time(effect: &Effect) -> Option<heartogether::time::Timestamp> {
    match effect {
        Effect::WakeAt(time) => Some(*time),
        _ => None,
    }
}

fn bits(id: impl std::fmt::Display) -> u128 {
    u128::from_str_radix(&id.to_string(), 16).expect("an id is a number")
}

fn check_equal(count: usize, distinct: usize) -> Result<(), TestCaseError> {
    prop_assert_eq!(count, distinct);
    Ok(())
}
