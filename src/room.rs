//! The room: a log of entries, and the one function that says what each of them does.
//!
//! One facet a file: `members` (who has a place), `stream` (what the host sends), `lifetime` (what happens when
//! nothing happens), `chat` (what listeners tell the host), `accounts` (when
//! an account becomes another one or is deleted). A facet changes its part of the [`Room`] and orders effects; it never reads a clock.

mod accounts;
mod chat;
mod effect;
mod event;
mod lifetime;
mod members;
mod stream;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

pub use accounts::{Merges, Redaction, redact};
pub(crate) use effect::Effects;
pub use effect::{Audience, Effect};
pub use event::{Command, ConnectionRef, Entry, Event, JoinRequested, Marks, Policy, ResumeRequested, RoomCreated};
pub use members::{Attachment, Member};

use crate::{
    id::{AccountId, ConnectionId, MemberId, RoomCode, RoomId, Seq},
    protocol::{EndReason, Messages, RoomEvent, RoomView, SequencedEvent, StreamState},
    refusal::Refusal,
    role::{Kind, Permission, Standing, permit},
    time::Timestamp,
};
use chat::Chat;
use members::Members;
use stream::Stream;

/// A room after the entries up to `seq`. The default is a room before its first entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    seq: Seq,
    created: Option<RoomCreated>,
    members: Members,
    stream: Stream,
    chat: Chat,
    ended: Option<EndReason>,
    ended_at: Timestamp,
    /// Whether its owner can no longer open it again.
    closed: bool,
    /// The end that everyone has been warned of.
    end_expected: Option<Timestamp>,
    active_at: Timestamp,
    recent: VecDeque<(Audience, SequencedEvent)>,
}

/// What an entry of the log does to a room. Total: a refusal is an effect, never a panic or an early exit. An entry
/// that the room already holds changes nothing.
pub fn step(mut room: Room, entry: &Entry) -> (Room, Vec<Effect>) {
    if entry.seq <= room.seq {
        return (room, Vec::new());
    }
    room.seq = entry.seq;
    let mut effects = Effects::of(entry.seq);
    let was = (room.stream_state(), room.stream.is_silent());
    let mut is_activity = true;
    if let Event::NodeLost { node } = entry.event {
        // Before time passes: while nobody served the room, nobody in it could do anything, and it was not their fault.
        is_activity = members::lose_node(&mut room, node, entry.at, &mut effects);
        if is_activity {
            room.active_at = entry.at;
        }
    }
    lifetime::pass(&mut room, entry.at, &mut effects);
    match &entry.event {
        Event::RoomCreated(created) => members::create(&mut room, created, entry.at),
        Event::JoinRequested(request) => members::join(&mut room, request, entry.at, &mut effects),
        Event::ResumeRequested(request) => members::resume(&mut room, request, entry.at, &mut effects),
        Event::ReopenRequested { account, kind } => {
            is_activity = lifetime::reopen(&mut room, *account, *kind, entry.at);
        }
        Event::Commanded { connection, command } => perform(&mut room, *connection, command, entry.at, &mut effects),
        Event::ConnectionLost { connection } => {
            is_activity = members::lose_connection(&mut room, *connection, entry.at, &mut effects);
        }
        Event::NodeLost { .. } => {}
        Event::AccountMerged { from, to } => {
            accounts::merge(&mut room, *from, *to, &mut effects);
            is_activity = false;
        }
        Event::AccountDeleted { account } => {
            accounts::delete(&mut room, *account, entry.at, &mut effects);
            is_activity = false;
        }
        Event::Woke => is_activity = false,
    }
    if is_activity && !effects.refuse_something() {
        room.active_at = entry.at;
    }
    stream::announce(&room, was, &mut effects);
    lifetime::warn(&mut room, entry.at, &mut effects);
    lifetime::close(&mut room, entry.at, &mut effects);
    lifetime::ask_to_wake(&room, &mut effects);
    room.keep(&effects);
    (room, effects.into_orders())
}

/// What would come of an event that the room does not refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreseen {
    /// Something.
    Change,
    /// Nothing: it has come to pass already, and nobody would be told anything.
    Nothing,
}

impl Foreseen {
    const fn if_changed(changes: bool) -> Self {
        if changes { Self::Change } else { Self::Nothing }
    }
}

/// Carries out a member's command if the role allows it.
fn perform(room: &mut Room, connection: ConnectionId, command: &Command, at: Timestamp, effects: &mut Effects) {
    if let Err(refusal) = room.check_command(connection, command) {
        return effects.refuse(connection, refusal);
    }
    match command {
        Command::Leave => members::leave(room, connection, at, effects),
        Command::StartStream { paused, .. } => stream::start(room, *paused, at),
        Command::PauseStream => stream::turn(room, true, connection, effects),
        Command::InterruptStream => stream::interrupt(room, at),
        Command::DeclareSilence { silent } => stream::declare_silence(room, connection, *silent, effects),
        Command::ResumeStream => stream::turn(room, false, connection, effects),
        Command::StopRoom => lifetime::end(room, EndReason::Stopped, at, effects),
        Command::RemoveListener { member, block_address } => {
            members::remove(room, connection, *member, *block_address, effects);
        }
        Command::React { reaction } => chat::react(room, connection, *reaction, at, effects),
        Command::Write { nonce, text } => chat::write(room, connection, (*nonce, text), at, effects),
    }
}

impl Room {
    /// The last entry the room holds.
    pub const fn seq(&self) -> Seq {
        self.seq
    }

    /// What the room was created with; `None` before its first entry.
    pub const fn created(&self) -> Option<&RoomCreated> {
        self.created.as_ref()
    }

    /// Its id, once created.
    pub fn id(&self) -> Option<RoomId> {
        self.created().map(|created| created.id)
    }

    /// Its code, once created.
    pub fn code(&self) -> Option<RoomCode> {
        self.created().map(|created| created.code)
    }

    /// The account that created it.
    pub fn owner(&self) -> Option<AccountId> {
        self.created().map(|created| created.owner)
    }

    /// What an account is to the room; `None` is nobody's.
    pub fn standing_of(&self, account: Option<AccountId>) -> Standing {
        match account {
            None => Standing::Nobody,
            Some(account) if self.owner() == Some(account) => Standing::Owner,
            Some(account) => self.members.standing_of(account),
        }
    }

    /// Whether an account of this kind may do something here.
    ///
    /// # Errors
    /// Those of [`permit`].
    pub fn check(&self, account: AccountId, kind: Kind, permission: Permission) -> Result<(), Refusal> {
        permit(self.standing_of(Some(account)), kind, permission)
    }

    /// What would come of this now. An edge asks before it appends, so that nobody fills a room's log with what is refused
    /// or changes nothing; [`step`] decides anew in the log's order, where somebody else may have come first.
    ///
    /// # Errors
    /// The refusal that [`step`] would order.
    pub fn foresee(&self, event: &Event, at: Timestamp) -> Result<Foreseen, Refusal> {
        match event {
            _ if !lifetime::is_due(self, at) => self.foresee_undue(event, at),
            // The first brings about what is due, the second comes before it.
            Event::Woke | Event::NodeLost { .. } => Ok(Foreseen::Change),
            _ => {
                let woke = Entry { seq: self.seq.next(), at, event: Event::Woke };
                step(self.clone(), &woke).0.foresee_undue(event, at)
            }
        }
    }

    /// What would come of this where nothing is due.
    fn foresee_undue(&self, event: &Event, at: Timestamp) -> Result<Foreseen, Refusal> {
        match event {
            Event::JoinRequested(request) => members::check_join(self, request).map(|()| Foreseen::Change),
            Event::ResumeRequested(request) => members::check_resume(self, request).map(|_| Foreseen::Change),
            Event::Commanded { connection, command } => self.foresee_command(*connection, command),
            Event::ReopenRequested { account, kind } => lifetime::check_reopen(self, *account, *kind, at),
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
            Command::StartStream { paused, .. } => Ok(stream::foresee_start(self, *paused)),
            Command::DeclareSilence { silent } => stream::foresee_silence(self, *silent),
            Command::PauseStream => stream::foresee_turn(self, true),
            Command::ResumeStream => stream::foresee_turn(self, false),
            Command::InterruptStream => Ok(stream::foresee_interruption(self)),
            Command::RemoveListener { member, block_address } => {
                members::foresee_removal(self, *member, *block_address)
            }
            Command::Write { nonce, .. } => Ok(Foreseen::if_changed(!self.chat.holds(member.account, *nonce))),
        }
    }

    /// The member who may give the command.
    fn check_command(&self, connection: ConnectionId, command: &Command) -> Result<&Member, Refusal> {
        let member = self.member_at(connection).ok_or(Refusal::NotAMember)?;
        if self.ended.is_some() {
            return Err(Refusal::RoomEnded);
        }
        member.role.standing().check(command.permission()).map(|()| member)
    }

    /// Why it ended, once it has.
    pub const fn ended(&self) -> Option<EndReason> {
        self.ended
    }

    /// How many have a listener's place, those in their grace period included.
    pub fn listener_count(&self) -> usize {
        self.members.listeners().count()
    }

    /// Whether an account has a listener's place, be it in its grace period.
    pub fn listens(&self, account: AccountId) -> bool {
        self.members.listeners().any(|member| member.account == account)
    }

    /// Whether as many listen as may.
    pub fn is_full(&self) -> bool {
        self.created().is_some_and(|created| self.listener_count() >= created.policy.max_listeners as usize)
    }

    /// Whether the host's connection is there.
    pub fn host_connected(&self) -> bool {
        self.members.host().is_some_and(|host| host.connection().is_some())
    }

    /// What the host sends.
    pub fn stream_state(&self) -> StreamState {
        match self.ended {
            Some(_) => StreamState::Ended,
            None => self.stream.state(self.host_connected()),
        }
    }

    /// Every member, the host first, then listeners in order of arrival.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.host().into_iter().chain(self.members.listeners())
    }

    /// Whether an account has a place here: the owner's lasts as long as the room, a listener's until it is given up.
    pub fn has_place(&self, account: AccountId) -> bool {
        self.ended.is_none() && self.members().any(|member| member.account == account)
    }

    /// The member whom a connection belongs to.
    pub fn member_at(&self, connection: ConnectionId) -> Option<&Member> {
        self.members().find(|member| member.connection().is_some_and(|at| at.id == connection))
    }

    /// The room as a member sees it; `None` for who is not a member.
    pub fn view(&self, member: MemberId) -> Option<RoomView> {
        self.view_of(self.members().find(|known| known.id == member)?)
    }

    /// The connections an audience has at this moment.
    pub fn connections(&self, audience: Audience) -> impl Iterator<Item = ConnectionRef> {
        let members = self.members().filter(move |member| audience.includes(member));
        members.filter_map(Member::connection)
    }

    /// The latest events that the host was told of, oldest first.
    pub fn recent_events(&self) -> impl Iterator<Item = &SequencedEvent> {
        let to_host = |audience: Audience| matches!(audience, Audience::Host | Audience::Everyone);
        self.recent.iter().filter(move |(audience, _)| to_host(*audience)).map(|(_, event)| event)
    }

    /// Checks a signal between two members against the roles.
    ///
    /// # Errors
    /// [`Refusal::NotAMember`], [`Refusal::RoomEnded`], [`Refusal::NotAllowed`] or [`Refusal::MemberNotFound`].
    pub fn route_signal(
        &self,
        from: ConnectionId,
        to: MemberId,
        signal: &crate::protocol::Signal,
    ) -> Result<(MemberId, ConnectionRef), Refusal> {
        let sender = self.member_at(from).ok_or(Refusal::NotAMember)?;
        if self.ended.is_some() {
            return Err(Refusal::RoomEnded);
        }
        sender.role.standing().check(signal.permission())?;
        let target = self.members().find(|member| member.id == to).ok_or(Refusal::MemberNotFound)?;
        if !sender.role.may_signal(target.role) {
            return Err(Refusal::NotAllowed);
        }
        target.connection().map(|at| (sender.id, at)).ok_or(Refusal::MemberNotFound)
    }

    /// The messages before a place in the log, for a member who may read them.
    ///
    /// # Errors
    /// [`Refusal::NotAMember`] or [`Refusal::NotAllowed`].
    pub fn messages_before(&self, reader: ConnectionId, seq: Seq) -> Result<Messages, Refusal> {
        let reader = self.member_at(reader).ok_or(Refusal::NotAMember)?;
        reader.role.standing().check(Permission::ReadMessages)?;
        Ok(self.chat.before(reader, seq))
    }

    /// Until when its owner can open it again; `None` unless it has ended and can be.
    pub fn reopenable_until(&self) -> Option<Timestamp> {
        let created = self.created().filter(|_| self.ended.is_some() && !self.closed)?;
        Some(self.ended_at.after_ms(created.policy.reopen_ms))
    }

    fn view_of(&self, member: &Member) -> Option<RoomView> {
        let created = self.created()?;
        let sees_audience = member.role.allows(Permission::SeeAudience);
        let listeners = self.members.listeners().filter(|_| sees_audience).map(Member::as_listener).collect();
        let Messages { messages, has_earlier } = self.chat.latest(member);
        Some(RoomView {
            code: created.code,
            host: created.host,
            host_name: created.host_name.clone(),
            max_listeners: created.policy.max_listeners,
            stream: self.stream_state(),
            silent: self.stream.is_silent(),
            started_at: self.stream.started_at(),
            ends_at: self.end_expected,
            ended: self.ended,
            listeners,
            messages,
            has_earlier_messages: has_earlier,
        })
    }

    /// Forgets what members have said and who they were, in the place of which it keeps that they are gone: a page that
    /// resumes counts on every event.
    fn scrub(&mut self, members: &[MemberId]) {
        for (_, kept) in &mut self.recent {
            if let Some(member) = kept.event.subject().filter(|member| members.contains(member)) {
                kept.event = RoomEvent::ListenerLeft { member };
            }
        }
    }

    /// Keeps the events of this step for members who resume.
    fn keep(&mut self, effects: &Effects) {
        self.recent.extend(effects.events().map(|(audience, event)| (audience, event.clone())));
        let surplus = self.recent.len().saturating_sub(crate::limits::EVENTS_KEPT);
        self.recent.drain(..surplus);
        let recent = &self.recent;
        self.members.forget_former(|member| recent.iter().any(|(_, kept)| kept.event.subject() == Some(member)));
    }
}
