//! The one function that says what an entry does to a room.

use super::{
    Command, Effect, Effects, EndReason, Entry, Event, Room, accounts, admission,
    chat::{self, Change, Draft},
    joining, leaving, lifecycle, links, listening, operator, ownership, programs, publications, removals, reports,
};
use crate::{
    id::{AccountId, ConnectionId, MemberId},
    time::Timestamp,
};

/// Applies an entry of the log to a room. A refusal is an effect; the function never panics. An entry that the room
/// holds already has no effect.
pub fn step(mut room: Room, entry: &Entry) -> (Room, Vec<Effect>) {
    if entry.seq <= room.seq {
        return (room, Vec::new());
    }
    room.seq = entry.seq;
    let mut effects = Effects::of(entry.seq);
    let (sent, linked) = (room.publications(), links::all(&room));
    let mut is_activity = true;
    if let Event::NodeLost { node } = entry.event {
        // Before time passes, because members could not come back while the room had no server.
        is_activity = leaving::lose_node(&mut room, node, entry.at, &mut effects);
        if is_activity {
            room.active_at = entry.at;
        }
    }
    lifecycle::pass(&mut room, entry.at, &mut effects);
    let welcomed = take(&mut room, entry, &mut is_activity, &mut effects);
    if is_activity && !effects.refuse_something() {
        room.active_at = entry.at;
    }
    if room.ended.is_none() {
        links::announce(&room, &linked, welcomed, &mut effects);
        publications::announce(&room, &sent, &mut effects);
        room.tell_attendance(&mut effects);
    }
    lifecycle::warn(&mut room, entry.at, &mut effects);
    lifecycle::close(&mut room, entry.at, &mut effects);
    lifecycle::ask_to_wake(&room, &mut effects);
    room.keep(&effects);
    (room, effects.into_orders())
}

/// Applies the entry's event. Returns the member who got a place.
fn take(room: &mut Room, entry: &Entry, is_activity: &mut bool, effects: &mut Effects) -> Option<MemberId> {
    let at = entry.at;
    match &entry.event {
        Event::RoomCreated(created) => joining::create(room, created, at),
        Event::JoinRequested(request) => return joining::join(room, request, at, effects),
        Event::ResumeRequested(request) => return joining::resume(room, request, at, effects),
        Event::ReopenRequested { account, kind } => *is_activity = lifecycle::reopen(room, *account, *kind, at),
        Event::Commanded { connection, account, command } => {
            perform(room, (*connection, *account), command, at, effects);
        }
        Event::CommandedByProgram { account, command } => {
            *is_activity = programs::perform(room, *account, command, at, effects);
        }
        Event::ClosedByOperator => {
            operator::close(room, at, effects);
            *is_activity = false;
        }
        Event::AccountBanned { account } => {
            operator::ban(room, *account, at, effects);
            *is_activity = false;
        }
        Event::PictureRemoved(removal) => {
            chat::remove_picture(room, removal, effects);
            *is_activity = false;
        }
        Event::ConnectionLost { connection } => {
            *is_activity = leaving::lose_connection(room, *connection, at, effects);
        }
        Event::NodeLost { .. } => {}
        Event::AccountMerged { from, to } => {
            accounts::merge(room, *from, *to, effects);
            *is_activity = false;
        }
        Event::AccountDeleted { account } => {
            accounts::delete(room, *account, at, effects);
            *is_activity = false;
        }
        Event::Woke => *is_activity = false,
    }
    None
}

/// Applies a member's command, if the room's rules allow it.
fn perform(
    room: &mut Room,
    (connection, account): (ConnectionId, AccountId),
    command: &Command,
    at: Timestamp,
    effects: &mut Effects,
) {
    if matches!(command, Command::Leave) && admission::can_give_up(room, connection, account) {
        return admission::give_up(room, connection, account, at, effects);
    }
    if let Err(refusal) = room.check_command(connection, command) {
        return effects.refuse(connection, refusal);
    }
    match command {
        Command::Leave => leaving::leave(room, connection, at, effects),
        Command::Publish { id, source, paused } => {
            publications::publish(room, connection, (*id, *source, *paused), at, effects);
        }
        Command::Pause => publications::turn(room, true, connection, effects),
        Command::Resume => publications::turn(room, false, connection, effects),
        Command::Interrupt => {
            let member = room.sounding_at(connection).map(|member| member.id);
            member.into_iter().for_each(|member| publications::interrupt(room, member, at));
        }
        Command::DeclareSilence { silent } => publications::declare_silence(room, connection, *silent, effects),
        Command::Listen { publication, on } => listening::listen(room, connection, (*publication, *on), effects),
        Command::EndPublication { publication } => publications::end(room, connection, *publication, effects),
        Command::StopRoom => lifecycle::end(room, EndReason::Stopped, at, effects),
        Command::RemoveMember { member, may_return: true, .. } => {
            removals::send_out(room, connection, *member, effects)
        }
        Command::RemoveMember { member, block_address, may_return: false } => {
            removals::remove(room, connection, (*member, *block_address), effects);
        }
        Command::NameOneself { name, mark } => ownership::name_oneself(room, connection, (name, *mark), effects),
        Command::NameRoom { name } => ownership::name_room(room, name, effects),
        Command::HandOver { member } => ownership::hand_over(room, connection, *member, effects),
        Command::AskFirst { on } => admission::switch(room, (*on, None), at, effects),
        Command::AskFirstUnder(terms) => admission::switch(room, (true, Some(*terms)), at, effects),
        Command::AnswerJoin { member, admit } => admission::answer(room, connection, (*member, *admit), at, effects),
        Command::React { reaction } => chat::react(room, connection, *reaction, at, effects),
        Command::Write { nonce, text, pictures, reply_to, answered, is_archived, markup } => {
            let (nonce, reply_to, is_archived) = (*nonce, *reply_to, *is_archived);
            let (answered, markup) = (*answered, markup.as_ref());
            let draft = Draft { nonce, text, pictures, reply_to, answered, is_archived, markup };
            chat::write(room, connection, &draft, at, effects);
        }
        Command::Edit { number, text, markup, archived } => {
            let change = Change::Edit { text, markup: markup.as_ref() };
            chat::change(room, connection, (*number, *archived), &change, effects);
        }
        Command::Delete { number, archived } => {
            chat::change(room, connection, (*number, *archived), &Change::Delete, effects);
        }
        Command::ReactTo { number, emoji, on, archived } => {
            chat::change(room, connection, (*number, *archived), &Change::React { emoji, on: *on }, effects);
        }
        Command::Pin { number, pinned, archived } => {
            chat::change(room, connection, (*number, *archived), &Change::Pin(*pinned), effects);
        }
        Command::ReportMessage { number, reason, archived } => {
            reports::report(room, connection, (*number, *archived), reason.as_ref(), at, effects);
        }
        Command::DismissReports { number } => reports::dismiss(room, *number, effects),
    }
}
