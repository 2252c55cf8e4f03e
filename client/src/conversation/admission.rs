//! The way in: the name under which the page joins, and waiting until the owner lets the visitor in.

use heartogether::{
    id::{DisplayName, MemberId},
    protocol::{NameOneself, ToRoom},
    refusal::Refusal,
};

use crate::{Client, Output};

impl Client {
    /// Whether the visitor waits until the owner lets them in.
    pub const fn waits(&self) -> bool {
        self.conversation.waits && self.refusal.is_none() && !self.has_left
    }

    /// Whether the room knows that the visitor waits, and can be told that they do not any more.
    pub(crate) fn can_stop_waiting(&self) -> bool {
        self.waits() && self.signaling.is_waiting()
    }

    /// The answer of the owner that the room has refused, by the place of whoever asks, and why.
    pub const fn refused_answer(&self) -> Option<(MemberId, Refusal)> {
        self.conversation.refused_answer
    }

    /// The name of a member, or the one under which the page tries to become one.
    pub(super) fn choose_name(&mut self, name: DisplayName, out: &mut Vec<Output>) {
        if self.place.is_some() {
            return self.ask(ToRoom::NameOneself(NameOneself { name }), out);
        }
        self.conversation.name = Some(name);
        if self.refusal == Some(Refusal::NameTaken) {
            self.connect(out);
        }
    }

    /// The visitor waits, unless they have given up before the room could be told. Whoever was a member is none any more.
    pub(super) fn wait_for_owner(&mut self, out: &mut Vec<Output>) {
        if self.room.take().is_some() {
            self.end_sound(out);
        }
        self.conversation.waits = true;
        self.signaling.note_waiting();
        if self.gives_up {
            self.end_membership(out);
        }
    }
}
