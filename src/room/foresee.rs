//! What would come of an event, told before it is appended.

use super::{
    Audience, Command, Effect, Entry, Event, Room, chat, chat::Change, joining, lifecycle, publications, removals, step,
};
use crate::{id::ConnectionId, refusal::Refusal, time::Timestamp};

/// What would come of an event that the room does not refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreseen {
    /// Something.
    Change,
    /// Nothing: it has come to pass already, and nobody would be told anything.
    Nothing,
}

impl Foreseen {
    pub(super) const fn if_changed(changes: bool) -> Self {
        if changes { Self::Change } else { Self::Nothing }
    }
}

impl Room {
    /// What would come of this now. An edge asks before it appends, so that nobody fills a room's log with what is refused
    /// or changes nothing; [`step`] decides anew in the log's order, where somebody else may have come first.
    ///
    /// # Errors
    /// The refusal that [`step`] would order.
    pub fn foresee(&self, event: &Event, at: Timestamp) -> Result<Foreseen, Refusal> {
        if lifecycle::is_due(self, at) { self.foresee_late(event, at) } else { self.foresee_in_time(event, at) }
    }

    /// Something is due that no entry has brought about yet: it comes first, and whoever looks sees that it has happened.
    fn foresee_late(&self, event: &Event, at: Timestamp) -> Result<Foreseen, Refusal> {
        let seq = self.seq().next();
        if matches!(event, Event::NodeLost { .. }) {
            // A lost node comes before what is due, and may put it off.
            let (_, effects) = step(self.clone(), &Entry { seq, at, event: event.clone() });
            return Ok(Foreseen::if_changed(effects.iter().any(|effect| !matches!(effect, Effect::WakeAt(_)))));
        }
        let (woken, _) = step(self.clone(), &Entry { seq, at, event: Event::Woke });
        woken.foresee_in_time(event, at).map(|_| Foreseen::Change)
    }

    fn foresee_in_time(&self, event: &Event, at: Timestamp) -> Result<Foreseen, Refusal> {
        match event {
            Event::JoinRequested(request) => joining::check_join(self, request).map(|()| Foreseen::Change),
            Event::ResumeRequested(request) => joining::check_resume(self, request).map(|_| Foreseen::Change),
            Event::Commanded { connection, command, .. } => self.foresee_command(*connection, command),
            Event::ReopenRequested { account, kind } => lifecycle::check_reopen(self, *account, *kind, at),
            Event::ConnectionLost { connection } => Ok(Foreseen::if_changed(self.member_at(*connection).is_some())),
            Event::NodeLost { node } => {
                let mut attached = self.connections(Audience::Everyone);
                Ok(Foreseen::if_changed(attached.any(|connection| connection.node == *node)))
            }
            Event::RoomCreated(_) => Ok(Foreseen::if_changed(self.created.is_none())),
            Event::AccountMerged { .. } | Event::AccountDeleted { .. } => Ok(Foreseen::Change),
            // Nothing is due.
            Event::Woke => Ok(Foreseen::Nothing),
        }
    }

    fn foresee_command(&self, connection: ConnectionId, command: &Command) -> Result<Foreseen, Refusal> {
        let member = self.check_command(connection, command)?;
        match command {
            Command::Leave | Command::StopRoom | Command::React { .. } => Ok(Foreseen::Change),
            Command::Publish { source, paused, .. } => {
                publications::foresee_publish(self, connection, *source, *paused)
            }
            Command::DeclareSilence { silent } => publications::foresee_silence(self, connection, *silent),
            Command::Pause => publications::foresee_turn(self, connection, true),
            Command::Resume => publications::foresee_turn(self, connection, false),
            Command::Interrupt => Ok(publications::foresee_interruption(self, connection)),
            Command::RemoveMember { member, block_address } => removals::foresee(self, *member, *block_address),
            Command::Write { nonce, is_archived, .. } => Ok(chat::foresee_write(self, member, *nonce, *is_archived)),
            Command::Edit { number, text, archived } => {
                chat::foresee_change(self, member, (*number, *archived), &Change::Edit(text))
            }
            Command::Delete { number, archived } => {
                chat::foresee_change(self, member, (*number, *archived), &Change::Delete)
            }
            Command::Pin { number, pinned, archived } => {
                chat::foresee_change(self, member, (*number, *archived), &Change::Pin(*pinned))
            }
        }
    }
}
