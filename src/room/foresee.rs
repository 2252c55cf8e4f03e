//! The effect that an event would have, computed before it is appended.

use super::{
    Command, Entry, Event, Foreseen, Room, admission, chat,
    chat::{Change, Draft},
    joining, lifecycle, listening, operator, ownership, programs, publications, removals, reports, step,
};
use crate::{
    id::{AccountId, ConnectionId},
    refusal::Refusal,
    time::Timestamp,
};

impl Room {
    /// The effect that this event would have now. The server asks before it appends an entry, so that nobody fills a
    /// room's log with events that are refused or change nothing. [`step`] decides again in the log's order, because
    /// another entry may come first.
    ///
    /// # Errors
    /// The refusal that [`step`] would send.
    pub fn foresee(&self, event: &Event, at: Timestamp) -> Result<Foreseen, Refusal> {
        match event {
            _ if !lifecycle::is_due(self, at) => self.foresee_undue(event, at),
            // The first only lets time pass, and the second is handled before time passes.
            Event::Woke | Event::NodeLost { .. } => Ok(Foreseen::Change),
            _ => {
                let woke = Entry { seq: self.seq.next(), at, event: Event::Woke };
                step(self.clone(), &woke).0.foresee_undue(event, at)
            }
        }
    }

    /// The effect of this event if no timer is due.
    fn foresee_undue(&self, event: &Event, at: Timestamp) -> Result<Foreseen, Refusal> {
        match event {
            Event::JoinRequested(request) => joining::check_join(self, request, at).map(|()| Foreseen::Change),
            Event::ResumeRequested(request) => joining::check_resume(self, request, at).map(|_| Foreseen::Change),
            Event::Commanded { connection, account, command } => self.foresee_command(*connection, *account, command),
            Event::CommandedByProgram { account, command } => programs::foresee(self, *account, command),
            Event::ClosedByOperator => Ok(Foreseen::if_changed(self.created.is_some() && !self.closed)),
            Event::AccountBanned { account } => Ok(operator::foresee_ban(self, *account)),
            Event::PictureRemoved(removal) => chat::foresee_removal(self, removal),
            Event::ReopenRequested { account, kind } => lifecycle::check_reopen(self, *account, *kind, at),
            Event::ConnectionLost { connection } => Ok(Foreseen::if_changed(self.has_page_at(*connection))),
            Event::NodeLost { node } => {
                Ok(Foreseen::if_changed(self.pages().any(|connection| connection.node == *node)))
            }
            Event::RoomCreated(_) => Ok(Foreseen::if_changed(self.created.is_none())),
            Event::AccountMerged { .. } | Event::AccountDeleted { .. } => Ok(Foreseen::Change),
            // No timer is due.
            Event::Woke => Ok(Foreseen::Nothing),
        }
    }

    fn foresee_command(
        &self,
        connection: ConnectionId,
        account: AccountId,
        command: &Command,
    ) -> Result<Foreseen, Refusal> {
        if matches!(command, Command::Leave) && admission::can_give_up(self, connection, account) {
            return Ok(Foreseen::Change);
        }
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
            Command::Listen { publication, on } => listening::foresee(self, connection, *publication, *on),
            Command::EndPublication { publication } => publications::foresee_end(self, connection, *publication),
            Command::RemoveMember { member, may_return: true, .. } => removals::foresee_sending_out(self, *member),
            Command::RemoveMember { member, block_address, may_return: false } => {
                removals::foresee(self, *member, *block_address)
            }
            Command::NameOneself { name, mark } => ownership::foresee_name(self, member, name, *mark),
            Command::NameRoom { name } => Ok(ownership::foresee_room_name(self, name)),
            Command::HandOver { member } => ownership::foresee_hand_over(self, *member),
            Command::AskFirst { on } => Ok(admission::foresee_switch(self, *on, None)),
            Command::AskFirstUnder(terms) => Ok(admission::foresee_switch(self, true, Some(*terms))),
            Command::AnswerJoin { member, admit } => admission::foresee_answer(self, *member, *admit),
            Command::Write { nonce, text, pictures, reply_to, answered, is_archived, markup } => {
                let (nonce, reply_to, is_archived) = (*nonce, *reply_to, *is_archived);
                let (answered, markup) = (*answered, markup.as_ref());
                let draft = Draft { nonce, text, pictures, reply_to, answered, is_archived, markup };
                chat::foresee_write(self, member, &draft)
            }
            Command::Edit { number, text, markup, archived } => {
                let change = Change::Edit { text, markup: markup.as_ref() };
                chat::foresee_change(self, member, (*number, *archived), &change)
            }
            Command::Delete { number, archived } => {
                chat::foresee_change(self, member, (*number, *archived), &Change::Delete)
            }
            Command::ReactTo { number, emoji, on, archived } => {
                chat::foresee_change(self, member, (*number, *archived), &Change::React { emoji, on: *on })
            }
            Command::Pin { number, pinned, archived } => {
                chat::foresee_change(self, member, (*number, *archived), &Change::Pin(*pinned))
            }
            Command::ReportMessage { number, reason, archived } => {
                reports::foresee(self, member, (*number, *archived), reason.as_ref())
            }
            Command::DismissReports { number } => Ok(reports::foresee_dismissal(self, *number)),
        }
    }
}
