//! Removals by the host. A removal is requested until it has happened, on as many connections as that takes.

use heartogether::{
    id::MemberId,
    protocol::{RemoveMember, ToRoom},
    role::Permission,
};

use crate::{Client, Output, Timer};

/// Milliseconds in which a host can take a removal back.
const UNDO_MS: u32 = 5_000;

/// A removal that the host has asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Removal {
    /// Whether the time to take it back is over.
    pub(super) is_due: bool,
    /// Whether everybody at the same address is removed too.
    pub(super) block_address: bool,
}

impl Client {
    /// Whether the host has asked to remove a listener, and may still take it back.
    pub fn is_removing(&self, member: MemberId) -> bool {
        self.engagement.removals.get(&member).is_some_and(|removal| !removal.is_due)
    }

    /// Whether everybody at the address of a listener who is being removed is removed too.
    pub fn is_blocking_address(&self, member: MemberId) -> bool {
        self.engagement.removals.get(&member).is_some_and(|removal| removal.block_address)
    }

    pub(crate) fn ask_to_remove(&mut self, member: MemberId, out: &mut Vec<Output>) {
        if self.may(Permission::RemoveMember) {
            self.engagement.removals.entry(member).or_default();
            out.push(Output::StartTimer { timer: Timer::Removal(member), after_ms: UNDO_MS });
        }
    }

    /// The time to take it back begins again.
    pub(crate) fn toggle_address_block(&mut self, member: MemberId, out: &mut Vec<Output>) {
        if let Some(removal) = self.engagement.removals.get_mut(&member).filter(|removal| !removal.is_due) {
            removal.block_address = !removal.block_address;
            out.push(Output::StartTimer { timer: Timer::Removal(member), after_ms: UNDO_MS });
        }
    }

    pub(crate) fn undo_removal(&mut self, member: MemberId, out: &mut Vec<Output>) {
        if self.is_removing(member) {
            self.engagement.removals.remove(&member);
            out.push(Output::StopTimer(Timer::Removal(member)));
        }
    }

    pub(crate) fn remove(&mut self, member: MemberId, out: &mut Vec<Output>) {
        if let Some(removal) = self.engagement.removals.get_mut(&member) {
            removal.is_due = true;
            self.send_removals(out);
        }
    }

    /// Whether a removal must be sent, or has just happened.
    pub(crate) fn is_removed(&self, member: MemberId) -> bool {
        self.engagement.removals.get(&member).is_some_and(|removal| removal.is_due)
    }

    /// The page is closed, so no removal can be taken back any more.
    pub(crate) fn settle_removals(&mut self, out: &mut Vec<Output>) {
        for (member, removal) in self.engagement.removals.iter_mut() {
            if !removal.is_due {
                removal.is_due = true;
                out.push(Output::StopTimer(Timer::Removal(*member)));
            }
        }
        self.send_removals(out);
    }

    /// The room has ended: the removals that wait are dropped.
    pub(crate) fn forget_removals(&mut self, out: &mut Vec<Output>) {
        let removals = std::mem::take(&mut self.engagement.removals);
        out.extend(removals.into_iter().map(|(member, _)| Output::StopTimer(Timer::Removal(member))));
    }

    /// A listener who has left already is removed with one request, because no event about their leaving will come.
    pub(super) fn send_removals(&mut self, out: &mut Vec<Output>) {
        if !self.signaling.is_attached() {
            return;
        }
        let due = self.engagement.removals.iter().filter(|(_, removal)| removal.is_due);
        let due: Vec<_> = due.map(|(member, removal)| (*member, removal.block_address)).collect();
        for (member, block_address) in due {
            self.say(ToRoom::RemoveMember(RemoveMember { member, block_address, may_return: false }), out);
            let is_there = self.room.iter().flat_map(|room| &room.members).any(|known| known.member == member);
            if !is_there {
                self.engagement.removals.remove(&member);
            }
        }
    }
}
