//! Who came in and who left, as this page has seen it. What happens between two messages is one line.

use std::collections::BTreeMap;

use heartogether::{
    id::{DisplayName, MemberId, MessageNumber},
    room::RoomView,
};

use super::erased::effect;
use crate::{
    browser::RoomHandle,
    locale::{Phrase, Value},
    prelude::*,
    text::lounge as text,
};

/// Of more changes only the number is told.
const TOLD: usize = 3;
/// Lines that are kept.
const KEPT: usize = 100;

/// Changes of who is a member, between two messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ComeAndGo {
    pub(super) id: u32,
    /// The message before them.
    pub(super) after: MessageNumber,
    pub(super) changes: Vec<Change>,
}

/// Somebody came or left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    name: DisplayName,
    came: bool,
}

impl ComeAndGo {
    /// What people read.
    pub(super) fn phrases(&self) -> Vec<Phrase> {
        if self.changes.len() > TOLD {
            let [first, second] = [0, 1].map(|place| Value::from(&self.changes[place].name));
            let others = u32::try_from(self.changes.len() - 2).unwrap_or(u32::MAX);
            return vec![text::came_and_went(first, second, others)];
        }
        let told = |Change { name, came }: &Change| if *came { text::came(name) } else { text::went(name) };
        self.changes.iter().map(told).collect()
    }
}

/// Follows who is a member, from the moment on at which the page is one.
pub(super) fn follow(handle: RoomHandle) -> RwSignal<Vec<ComeAndGo>> {
    let comings = RwSignal::new(Vec::new());
    let mut before = None::<Members>;
    effect(move || {
        let now = handle.room.with(|room| room.as_ref().map(members));
        if let (Some(before), Some(now)) = (&before, &now) {
            let after = handle.room.with_untracked(|room| room.as_ref().map(|room| room.last_message));
            let changes = changes(before, now);
            if !changes.is_empty() {
                comings.update(|comings| note(comings, after.unwrap_or_default(), changes));
            }
        }
        before = now;
    });
    comings
}

type Members = BTreeMap<MemberId, DisplayName>;

fn members(room: &RoomView) -> Members {
    room.members.iter().map(|member| (member.member, member.name.clone())).collect()
}

fn changes(before: &Members, now: &Members) -> Vec<Change> {
    let change = |came| move |(_, name): (&MemberId, &DisplayName)| Change { name: name.clone(), came };
    let came = now.iter().filter(|(member, _)| !before.contains_key(member)).map(change(true));
    let went = before.iter().filter(|(member, _)| !now.contains_key(member)).map(change(false));
    came.chain(went).collect()
}

fn note(comings: &mut Vec<ComeAndGo>, after: MessageNumber, changes: Vec<Change>) {
    match comings.last_mut().filter(|last| last.after == after) {
        Some(last) => last.changes.extend(changes),
        None => {
            let id = comings.last().map_or(0, |last| last.id.wrapping_add(1));
            comings.push(ComeAndGo { id, after, changes });
        }
    }
    let surplus = comings.len().saturating_sub(KEPT);
    comings.drain(..surplus);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::{Language, Table};

    fn name(name: &str) -> DisplayName {
        DisplayName::parse(name).expect("a name")
    }

    fn members_of(names: &[(u128, &str)]) -> Members {
        names.iter().map(|(id, called)| (MemberId::from_bits(*id), name(called))).collect()
    }

    fn said(coming: &ComeAndGo) -> String {
        let table = Table::of(Language::English);
        coming.phrases().into_iter().map(|phrase| table.say(phrase).into_owned()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_happens_between_two_messages_is_one_line() {
        let mut comings = Vec::new();
        let before = members_of(&[(1, "Ada"), (2, "Grace")]);
        let after = members_of(&[(1, "Countess"), (3, "Linus")]);
        note(&mut comings, MessageNumber(4), changes(&before, &after));
        assert_eq!(comings.iter().map(said).collect::<Vec<_>>(), ["Linus came in. Grace left."]);
        let more = members_of(&[(1, "Ada"), (3, "Linus"), (4, "Edsger"), (5, "Barbara")]);
        note(&mut comings, MessageNumber(4), changes(&after, &more));
        assert_eq!(comings.iter().map(said).collect::<Vec<_>>(), ["Linus, Grace and 2 others came or left."]);
        note(&mut comings, MessageNumber(5), changes(&more, &after));
        assert_eq!(comings.len(), 2);
    }

    #[test]
    fn old_lines_are_dropped() {
        let mut comings = Vec::new();
        for number in 0..300 {
            note(&mut comings, MessageNumber(number), vec![Change { name: name("Ada"), came: true }]);
        }
        assert_eq!((comings.len(), comings.first().map(|first| first.after)), (KEPT, Some(MessageNumber(200))));
    }
}
