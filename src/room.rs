//! The room: a log of entries, and the one function, [`step`], that says what each of them does.
//!
//! A room has members, their publications, and links between them. The differences between kinds are in [`rules`].
//! Each file has one part: `roster`, `joining` and `leaving` (places), `removed` and `removals` (removed accounts),
//! `publications` (what members send), `listening` (who has chosen to hear it), `links` (who connects with whom), `chat` (messages and
//! reactions), `lifecycle` (timers), `ownership` (names, and who owns the room), `accounts` (merged and deleted accounts), `programs` and
//! `operator` (what is done without a connection), `admission` (who asks to come in), `reports` (messages that were reported to the owner), `personal` (personal texts).
//! Each changes its part of the
//! [`Room`] and returns effects; none reads a clock.

mod accounts;
mod admission;
mod archive;
mod asking_terms;
mod census;
mod chat;
mod command;
mod effect;
mod event;
mod foresee;
mod joining;
mod kind;
mod leaving;
mod lifecycle;
mod link;
mod links;
mod listening;
mod member_view;
mod message;
mod operator;
mod own_data;
mod ownership;
mod personal;
mod places;
mod policy;
mod programs;
mod publication;
mod publications;
mod removals;
mod removed;
mod report;
mod reports;
mod room_event;
mod roster;
pub mod rules;
mod standing;
mod step;
mod view;
mod waiting;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

pub use archive::{Answered, ArchiveChange, ArchivedMessage};
pub use asking_terms::AskingTerms;
pub use census::Census;
pub use chat::{EmojiOnMessage, Markup, Message, Messages, Picture, PictureFormat, Reading};
pub use command::Command;
pub(crate) use effect::Effects;
pub use effect::{Audience, Effect, Foreseen};
pub use event::{ConnectionRef, Entry, Event, JoinRequested, PictureRemoved, ResumeRequested, RoomCreated};
pub use kind::RoomKind;
pub use link::Link;
pub use links::SignalDirection;
pub use member_view::{LastMessage, MemberView};
pub use message::{Joined, Missed, Resumed, RoomMessage};
pub use own_data::{OwnData, OwnPlace, OwnReport};
pub use personal::{PersonalText, Visit};
pub use policy::Policy;
pub use publication::{Media, Publication, Source, StreamState};
pub use removed::Marks;
pub use report::{Report, ReportedMessage};
pub use room_event::{EndReason, RoomEvent, SequencedEvent};
pub use roster::{Endpoint, Member};
pub use rules::End;
pub use step::step;
pub use view::RoomView;
pub use waiting::Waiting;

use crate::{
    id::{AccountId, ConnectionId, MemberId, MessageNumber, RoomCode, RoomId, Seq},
    refusal::Refusal,
    role::{Permission, Role},
    time::Timestamp,
};
use chat::Chat;
use publications::Declared;
use reports::Reports;
use roster::Roster;
use rules::Notice;

/// A room after the entries up to `seq`. The default is a room before its first entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    seq: Seq,
    created: Option<RoomCreated>,
    roster: Roster,
    publications: Vec<Declared>,
    chat: Chat,
    #[serde(default, skip_serializing_if = "Reports::is_empty")]
    reports: Reports,
    /// The number of listeners that members were told last.
    attendance: u32,
    ended: Option<EndReason>,
    ended_at: Timestamp,
    /// Whether its owner can no longer open it again.
    closed: bool,
    /// The end that everyone has been warned of.
    end_expected: Option<Timestamp>,
    active_at: Timestamp,
    /// In boxes: the queue has twice the places that it needs.
    recent: VecDeque<(Audience, Box<SequencedEvent>)>,
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

    /// Its kind.
    pub fn kind(&self) -> RoomKind {
        self.created().map(|created| created.policy.kind).unwrap_or_default()
    }

    /// The number of the latest message.
    pub const fn last_message(&self) -> MessageNumber {
        self.chat.last()
    }

    /// When somebody last wrote, or when the room was created.
    pub fn written_at(&self) -> Timestamp {
        self.chat.written_at().max(self.roster.created_at())
    }

    /// When somebody last did something.
    pub(crate) const fn active_at(&self) -> Timestamp {
        self.active_at
    }

    /// Why it ended, once it has.
    pub const fn ended(&self) -> Option<EndReason> {
        self.ended
    }

    /// Whether it has ended and nobody can open it again.
    pub const fn is_closed(&self) -> bool {
        self.closed
    }

    /// The number of listeners, including those in their grace period.
    pub fn audience_count(&self) -> usize {
        self.members().filter(|member| self.is_listed(member)).count()
    }

    /// Whether an account has a place besides the owner's, even in its grace period.
    pub fn is_in_audience(&self, account: AccountId) -> bool {
        self.members().any(|member| member.account == account && self.is_listed(member))
    }

    /// Whether the owner is connected.
    pub fn owner_connected(&self) -> bool {
        self.roster.owner().is_some_and(|owner| owner.is_connected())
    }

    /// Every member, the owner first, then the others in order of arrival.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.roster.members.iter()
    }

    /// The members of a role.
    pub(crate) fn with_role(&self, role: Role) -> impl Iterator<Item = &Member> {
        self.members().filter(move |member| member.role == role)
    }

    /// Whether an account has a place: the owner's lasts as long as the room, others until they are given up.
    pub fn has_place(&self, account: AccountId) -> bool {
        self.ended.is_none() && self.members().any(|member| member.account == account)
    }

    /// The member whom a connection belongs to.
    pub fn member_at(&self, connection: ConnectionId) -> Option<&Member> {
        self.members().find(|member| member.is_at(connection))
    }

    /// The member at a connection, if that page has the member's sound.
    fn sounding_at(&self, connection: ConnectionId) -> Option<&Member> {
        self.member_at(connection).filter(|member| member.connection().is_some_and(|held| held.id == connection))
    }

    fn is_listed(&self, member: &Member) -> bool {
        self.kind().is_listed(member.role)
    }

    fn waits_for_owner(&self) -> bool {
        self.kind().waits_for_owner()
    }

    fn tell(&self, notice: Notice, event: &RoomEvent, effects: &mut Effects) {
        effects.announce_to(self.kind().audiences(notice), event);
    }

    fn tell_membership(&self, event: &RoomEvent, effects: &mut Effects) {
        self.tell(Notice::Membership, event, effects);
    }

    /// Announces the number of listeners: with twenty parts each of the first twenty, then in steps of a twentieth, so that each
    /// arrival in a crowd does not cost a message to every member.
    fn tell_attendance(&mut self, effects: &mut Effects) {
        let Some(parts) = self.created().map(|created| created.policy.attendance_parts) else { return };
        let attendance = u32::try_from(self.audience_count()).unwrap_or(u32::MAX);
        let part = attendance.min(self.attendance).checked_div(parts).unwrap_or_default();
        if attendance.abs_diff(self.attendance) > part {
            self.attendance = attendance;
            self.tell(Notice::Attendance, &RoomEvent::AttendanceChanged { attendance }, effects);
        }
    }

    /// The room as a member sees it; `None` for who is not a member.
    pub fn view(&self, member: MemberId) -> Option<RoomView> {
        let (created, member) = (self.created()?, self.roster.find(member)?);
        let sees_audience = self.member_may(member, Permission::SeeAudience);
        let listed = self.members().filter(|known| sees_audience && self.is_listed(known));
        let Messages { messages, has_earlier, .. } = self.chat.latest(self.reading_of(member));
        let mut links = self.links_of(member);
        links.sort_unstable();
        Some(RoomView {
            code: created.code,
            kind: created.policy.kind,
            owner: created.owner_member,
            owner_name: created.owner_name.clone(),
            name: created.name.clone(),
            last_message: if self.kind().members_stay() { self.last_message() } else { MessageNumber::default() },
            max_members: created.policy.max_members,
            max_pictures: created.policy.max_pictures,
            attendance: self.attendance,
            publications: if self.ended.is_some() { Vec::new() } else { self.publications() },
            links,
            ends_at: self.end_expected,
            ended: self.ended,
            members: listed.map(Member::view).collect(),
            messages,
            has_earlier_messages: has_earlier,
            reports: self.reports_for(member),
            asks_first: self.asks_first(),
            waiting: self.waiting_for(member),
            pins: if self.reading_of(member) == Reading::All { self.chat.pins() } else { Vec::new() },
        })
    }

    /// The connections an audience has at this moment.
    pub fn connections(&self, audience: Audience) -> impl Iterator<Item = ConnectionRef> {
        let members = self.members().filter(move |member| audience.includes(member));
        let is_meant = move |connection: &ConnectionRef| match audience {
            Audience::Connection(meant) => connection.id == meant,
            _ => true,
        };
        members.flat_map(Member::connections).filter(is_meant)
    }

    /// The latest events that the owner was told of, oldest first.
    pub fn recent_events(&self) -> impl Iterator<Item = &SequencedEvent> {
        let to_owner = |audience: Audience| self.roster.owner().is_some_and(|owner| audience.includes(owner));
        self.recent.iter().filter(move |(audience, _)| to_owner(*audience)).map(|(_, event)| &**event)
    }

    fn reading_of(&self, member: &Member) -> Reading {
        match self.member_may(member, Permission::ReadMessages) {
            true => Reading::All,
            false => Reading::Own(member.account),
        }
    }

    /// The older messages that a connection may read.
    ///
    /// # Errors
    /// [`Refusal::NotAMember`].
    pub fn reading_at(&self, reader: ConnectionId) -> Result<Reading, Refusal> {
        self.member_at(reader).map(|member| self.reading_of(member)).ok_or(Refusal::NotAMember)
    }

    /// The names that a message can speak to.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members().map(|member| member.name.as_str())
    }

    /// The messages that an account may read, whether any of its pages is connected or not.
    ///
    /// # Errors
    /// [`Refusal::NotAMember`], or [`Refusal::RoomEnded`].
    pub fn reading_by(&self, account: AccountId) -> Result<Reading, Refusal> {
        if self.ended.is_some() {
            return Err(Refusal::RoomEnded);
        }
        let mut readings =
            self.members().filter(|member| member.account == account).map(|member| self.reading_of(member));
        let first = readings.next().ok_or(Refusal::NotAMember)?;
        Ok(readings.find(|reading| *reading == Reading::All).unwrap_or(first))
    }

    /// The message of an account with this nonce, if it is one of the latest.
    pub fn written(&self, account: AccountId, nonce: u32) -> Option<&Message> {
        self.chat.written(account, nonce)
    }

    /// When it asks to be woken, as [`Effect::WakeAt`] said.
    pub fn wakes_at(&self) -> Option<Timestamp> {
        lifecycle::next_due(self)
    }

    /// Until when its owner can open it again; `None` unless it has ended and can be.
    pub fn reopenable_until(&self) -> Option<Timestamp> {
        let created = self.created().filter(|_| self.ended.is_some() && !self.closed)?;
        Some(self.ended_at.after_ms(created.policy.reopen_ms))
    }

    /// Keeps the events of this step for members who resume.
    fn keep(&mut self, effects: &Effects) {
        let Some(policy) = self.created.as_ref().map(|created| &created.policy) else { return };
        let (events, former) = (policy.events_kept as usize, policy.former_members_kept as usize);
        self.recent.extend(effects.events().map(|(audience, event)| (audience, Box::new(event.clone()))));
        let surplus = self.recent.len().saturating_sub(events);
        self.recent.drain(..surplus);
        let recent = &self.recent;
        let is_told_of = |member| recent.iter().any(|(_, kept)| kept.event.subject() == Some(member));
        self.roster.forget_former(former, is_told_of);
    }
}
