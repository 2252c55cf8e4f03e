//! Who has a place: joining, resuming, losing the connection, leaving.
//!
//! A connection is disposable, membership is not: a member who drops keeps the place for a grace period.

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::{
    Audience, ConnectionRef, Effects, Foreseen, JoinRequested, Marks, ResumeRequested, Room, RoomCreated, chat, stream,
};
use crate::{
    engagement::{MessageText, Reaction},
    id::{AccountId, AddressMark, BrowserMark, ConnectionId, DisplayName, MemberId, NodeId, ResumeToken, Seq},
    limits::FORMER_LISTENERS,
    protocol::{ListenerView, Missed, RoomEvent, RoomJoined, RoomResumed, ServerMessage},
    refusal::Refusal,
    role::{Permission, Role, Standing, permit},
    time::Timestamp,
};

/// The host's place, and the listeners' in order of arrival.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Members {
    host: Option<Member>,
    listeners: Vec<Member>,
    /// Who had a listener's place that is free by now, so that one who has just left can still be removed.
    former: VecDeque<Trace>,
    /// Who may not come back.
    removed: Removed,
}

/// Whom a place belongs or belonged to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Trace {
    member: MemberId,
    account: AccountId,
    marks: Marks,
}

/// Accounts that were removed, and what their next account is recognised by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Removed {
    accounts: BTreeSet<AccountId>,
    browsers: BTreeSet<BrowserMark>,
    addresses: BTreeSet<AddressMark>,
}

impl Removed {
    fn add(&mut self, trace: Trace, with_address: bool) {
        self.accounts.insert(trace.account);
        self.browsers.extend(trace.marks.browser);
        self.addresses.extend(trace.marks.address.filter(|_| with_address));
    }

    fn includes(&self, member: &Member) -> bool {
        self.accounts.contains(&member.account) || self.knows(member.marks)
    }

    /// Whether it is a browser or an address of somebody who was removed.
    fn knows(&self, marks: Marks) -> bool {
        let is_known_browser = marks.browser.is_some_and(|browser| self.browsers.contains(&browser));
        is_known_browser || marks.address.is_some_and(|address| self.addresses.contains(&address))
    }
}

/// An account's place in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The place.
    pub id: MemberId,
    /// Whose.
    pub account: AccountId,
    /// The account's name.
    pub name: DisplayName,
    /// The account's e-mail address, for the room's owner alone.
    #[serde(default)]
    pub email: Option<String>,
    /// As what.
    pub role: Role,
    /// When the place was taken.
    pub joined_at: Timestamp,
    /// When they last did something: came, reacted or wrote.
    pub active_at: Timestamp,
    /// Their last reaction.
    pub last_reaction: Option<Reaction>,
    /// Their last message.
    pub last_message: Option<MessageText>,
    /// Whether a connection is there.
    pub attachment: Attachment,
    #[serde(default)]
    marks: Marks,
    token: Option<ResumeToken>,
}

/// Whether a member's connection is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attachment {
    /// This one.
    Attached(ConnectionRef),
    /// None since then.
    Detached(Timestamp),
}

impl Member {
    /// The connection, if one is there.
    pub const fn connection(&self) -> Option<ConnectionRef> {
        match self.attachment {
            Attachment::Attached(connection) => Some(connection),
            Attachment::Detached(_) => None,
        }
    }

    /// Since when no connection is there.
    pub(super) const fn detached_at(&self) -> Option<Timestamp> {
        match self.attachment {
            Attachment::Attached(_) => None,
            Attachment::Detached(since) => Some(since),
        }
    }

    /// The member as the host's list shows it.
    pub(super) fn as_listener(&self) -> ListenerView {
        ListenerView {
            member: self.id,
            name: self.name.clone(),
            email: self.email.clone(),
            attached: self.connection().is_some(),
            joined_at: self.joined_at,
            active_at: self.active_at,
            last_reaction: self.last_reaction,
            last_message: self.last_message.clone(),
        }
    }

    const fn trace(&self) -> Trace {
        Trace { member: self.id, account: self.account, marks: self.marks }
    }

    /// Gives the place a connection; the one it had before learns that another page took over.
    fn attach(&mut self, connection: ConnectionRef, effects: &mut Effects) {
        if let Some(before) = self.connection() {
            effects.disconnect(before.id, Refusal::SessionReplaced);
        }
        self.attachment = Attachment::Attached(connection);
    }
}

impl Members {
    pub(super) const fn host(&self) -> Option<&Member> {
        self.host.as_ref()
    }

    pub(super) fn listeners(&self) -> impl Iterator<Item = &Member> {
        self.listeners.iter()
    }

    /// The member whom a connection belongs to.
    pub(super) fn attached_at(&mut self, connection: ConnectionId) -> Option<&mut Member> {
        self.all_mut().find(|member| member.connection().is_some_and(|held| held.id == connection))
    }

    /// Frees the places that `keep` refuses, and names them.
    pub(super) fn release(&mut self, keep: impl Fn(&Member) -> bool) -> Vec<MemberId> {
        let released: Vec<_> = self.listeners.iter().filter(|member| !keep(member)).map(Member::trace).collect();
        self.listeners.retain(keep);
        self.former.extend(&released);
        released.into_iter().map(|trace| trace.member).collect()
    }

    /// Forgets those who left longest ago, where there are too many. Of whom something is still told is known: whoever is
    /// deleted must not live on in it.
    pub(super) fn forget_former(&mut self, is_told_of: impl Fn(MemberId) -> bool) {
        let mut surplus = self.former.len().saturating_sub(FORMER_LISTENERS);
        self.former.retain(|trace| {
            let is_kept = surplus == 0 || is_told_of(trace.member);
            surplus -= usize::from(!is_kept);
            is_kept
        });
    }

    /// Nobody listens, whoever hosts has just gone, and nobody has a place to resume.
    pub(super) fn restart(&mut self, at: Timestamp) {
        self.release(|_| false);
        if let Some(host) = &mut self.host {
            host.attachment = Attachment::Detached(at);
            host.token = None;
        }
    }

    /// What an account is to those who listen, among whom the owner is nobody special.
    pub(super) fn standing_of(&self, account: AccountId) -> Standing {
        match () {
            () if self.removed.accounts.contains(&account) => Standing::Removed,
            () if self.listeners.iter().any(|member| member.account == account) => Standing::Listener,
            () => Standing::Account,
        }
    }

    /// The listeners' places that are taken, and those that were of late.
    fn traces(&self) -> impl Iterator<Item = Trace> {
        self.listeners.iter().map(Member::trace).chain(self.former.iter().copied())
    }

    /// Whose place it is, or was of late.
    fn find_removable(&self, member: MemberId) -> Result<Trace, Refusal> {
        self.traces().find(|trace| trace.member == member).ok_or(Refusal::MemberNotFound)
    }

    /// Whether as many listen from this address as may. The host's own address has every place.
    fn is_address_full(&self, address: Option<AddressMark>, limit: u32) -> bool {
        let is_hosts = self.host.as_ref().is_some_and(|host| host.marks.address == address);
        let from_there = self.listeners.iter().filter(|member| member.marks.address == address).count();
        address.is_some() && !is_hosts && from_there >= limit as usize
    }

    /// The listeners' places that the account has or had of late.
    pub(super) fn places_of(&self, account: AccountId) -> Vec<MemberId> {
        self.traces().filter(|trace| trace.account == account).map(|trace| trace.member).collect()
    }

    /// Gives places, and what is remembered of former ones, to another account.
    pub(super) fn rename_account(&mut self, from: AccountId, to: AccountId) {
        let places = self.host.iter_mut().chain(&mut self.listeners).map(|member| &mut member.account);
        for account in places.chain(self.former.iter_mut().map(|trace| &mut trace.account)) {
            if *account == from {
                *account = to;
            }
        }
        if self.removed.accounts.remove(&from) {
            self.removed.accounts.insert(to);
        }
    }

    fn all_mut(&mut self) -> impl Iterator<Item = &mut Member> {
        self.host.iter_mut().chain(&mut self.listeners)
    }
}

/// The owner has a place from the first entry on.
pub(super) fn create(room: &mut Room, created: &RoomCreated, at: Timestamp) {
    if room.created.is_some() {
        return;
    }
    room.members.host = Some(Member {
        id: created.host,
        account: created.owner,
        name: created.host_name.clone(),
        email: None,
        role: Role::Host,
        joined_at: at,
        active_at: at,
        last_reaction: None,
        last_message: None,
        attachment: Attachment::Detached(at),
        marks: Marks::default(),
        token: None,
    });
    room.created = Some(created.clone());
}

pub(super) fn join(room: &mut Room, request: &JoinRequested, at: Timestamp, effects: &mut Effects) {
    if let Err(refusal) = check_join(room, request) {
        return effects.refuse(request.connection.id, refusal);
    }
    let member = match request.role {
        Role::Host => join_as_host(room, request, at, effects),
        Role::Listener => Some(join_as_listener(room, request, at, effects)),
    };
    if let Some(member) = member {
        welcome(room, member, request, at, effects);
    }
}

/// Whether a place can be had as the room stands.
pub(super) fn check_join(room: &Room, request: &JoinRequested) -> Result<(), Refusal> {
    open_to(room, request.connection)?;
    match request.role {
        Role::Host => {
            room.check(request.account, request.kind, Permission::Host)?;
            let is_taken = room.host_connected() && !request.take_over;
            if is_taken { Err(Refusal::HostElsewhere) } else { Ok(()) }
        }
        Role::Listener => {
            permit(room.members.standing_of(request.account), request.kind, Permission::Listen)?;
            if room.members.removed.knows(request.marks) {
                return Err(Refusal::Removed);
            }
            let is_known = room.members.listeners().any(|member| member.account == request.account);
            let share = room.created().map_or(u32::MAX, |created| created.policy.max_listeners_per_address);
            match () {
                () if is_known => Ok(()),
                () if room.is_full() => Err(Refusal::RoomFull),
                () if room.members.is_address_full(request.marks.address, share) => Err(Refusal::AddressFull),
                () => Ok(()),
            }
        }
    }
}

/// Whether the room can give a place to a connection at all.
fn open_to(room: &Room, connection: ConnectionRef) -> Result<(), Refusal> {
    match () {
        () if room.created.is_none() => Err(Refusal::RoomNotFound),
        () if room.ended.is_some() => Err(Refusal::RoomEnded),
        () if room.member_at(connection.id).is_some() => Err(Refusal::OutOfOrder),
        () => Ok(()),
    }
}

fn join_as_host(room: &mut Room, request: &JoinRequested, at: Timestamp, effects: &mut Effects) -> Option<MemberId> {
    let host = room.members.host.as_mut()?;
    host.attach(request.connection, effects);
    host.token = Some(request.token);
    host.marks = request.marks;
    let member = host.id;
    // A new page captures nothing yet; what was live before is interrupted until it shares again.
    stream::interrupt(room, at);
    Some(member)
}

fn join_as_listener(room: &mut Room, request: &JoinRequested, at: Timestamp, effects: &mut Effects) -> MemberId {
    let known = room.members.listeners.iter().position(|member| member.account == request.account);
    let index = known.unwrap_or_else(|| {
        room.members.listeners.push(Member {
            id: request.member,
            account: request.account,
            name: request.name.clone(),
            email: None,
            role: Role::Listener,
            joined_at: at,
            active_at: at,
            last_reaction: None,
            last_message: None,
            attachment: Attachment::Detached(at),
            marks: request.marks,
            token: None,
        });
        room.members.listeners.len() - 1
    });
    let member = &mut room.members.listeners[index];
    member.attach(request.connection, effects);
    member.token = Some(request.token);
    member.marks = request.marks;
    member.name = request.name.clone();
    member.email = request.email.clone();
    member.active_at = at;
    effects.announce(Audience::Host, RoomEvent::ListenerJoined { listener: member.as_listener() });
    member.id
}

fn welcome(room: &mut Room, member: MemberId, request: &JoinRequested, at: Timestamp, effects: &mut Effects) {
    let Some(view) = room.view(member) else { return };
    let joined = RoomJoined { member, token: request.token, seq: room.seq, now: at, room: view, ice_servers: None };
    effects.send(Audience::Connection(request.connection.id), ServerMessage::RoomJoined(joined));
    if request.role == Role::Host {
        chat::deliver(room, effects);
    }
}

pub(super) fn resume(room: &mut Room, request: &ResumeRequested, at: Timestamp, effects: &mut Effects) {
    let place = match check_resume(room, request) {
        Ok(place) => place,
        Err(refusal) => return effects.refuse(request.connection.id, refusal),
    };
    let Some(member) = room.members.all_mut().find(|member| member.id == place) else { return };
    member.attach(request.connection, effects);
    let member = member.clone();
    let Some(missed) = missed_since(room, &member, request.last_seq) else { return };
    let resumed = RoomResumed { seq: room.seq, now: at, missed, ice_servers: None };
    effects.send(Audience::Connection(request.connection.id), ServerMessage::RoomResumed(resumed));
    match member.role {
        Role::Host => chat::deliver(room, effects),
        Role::Listener => {
            effects.announce(Audience::Host, RoomEvent::ListenerAttached { member: member.id, attached: true });
        }
    }
}

/// The place that a page comes back to, if it is still that page's.
pub(super) fn check_resume(room: &Room, request: &ResumeRequested) -> Result<MemberId, Refusal> {
    open_to(room, request.connection)?;
    let is_held = |member: &&Member| member.account == request.account && member.token == Some(request.token);
    let member = room.members().find(is_held).ok_or_else(|| refusal_of_resume(room, request.account))?;
    // What guests may do can have changed since the place was taken.
    permit(member.role.standing(), request.kind, member.role.permission())?;
    Ok(member.id)
}

/// A listener's place that has another token by now was taken over by another page. Without a place there is nothing to
/// resume; and a second host page has to ask, so it may join instead.
fn refusal_of_resume(room: &Room, account: AccountId) -> Refusal {
    match room.members.standing_of(account) {
        Standing::Removed => Refusal::Removed,
        Standing::Listener => Refusal::SessionReplaced,
        Standing::Owner | Standing::Account | Standing::Nobody => Refusal::NotAMember,
    }
}

/// What a member missed. The events of `last_seq` itself are told again: the connection may have ended among them, and
/// applying an event twice changes nothing.
fn missed_since(room: &Room, member: &Member, last_seq: Seq) -> Option<Missed> {
    let kept_from = room.recent.front().map_or(room.seq, |(_, oldest)| oldest.seq.next());
    let complete = room.recent.len() < crate::limits::EVENTS_KEPT || last_seq >= kept_from;
    if !complete || last_seq > room.seq {
        return room.view_of(member).map(Missed::Room);
    }
    let is_missed = |audience: Audience, seq: Seq| audience.outlasts_connections_of(member) && seq >= last_seq;
    let kept = room.recent.iter().filter(|(audience, event)| is_missed(*audience, event.seq));
    Some(Missed::Events(kept.map(|(_, event)| event.event.clone()).collect()))
}

/// Whether it was a member's.
pub(super) fn lose_connection(room: &mut Room, connection: ConnectionId, at: Timestamp, effects: &mut Effects) -> bool {
    detach(room, |held| held.id == connection, at, effects)
}

/// Whether it was the node of a member's connection. Whoever was in their grace period could not come back while nobody
/// served the room, so it begins anew.
pub(super) fn lose_node(room: &mut Room, node: NodeId, at: Timestamp, effects: &mut Effects) -> bool {
    for listener in room.members.listeners.iter_mut().filter(|listener| listener.connection().is_none()) {
        listener.attachment = Attachment::Detached(at);
    }
    detach(room, |held| held.node == node, at, effects)
}

fn detach(room: &mut Room, lost: impl Fn(ConnectionRef) -> bool, at: Timestamp, effects: &mut Effects) -> bool {
    let mut somebody = false;
    // An ended room has told its last: pages close their connections then, one after the other.
    let tells = room.ended.is_none();
    for member in room.members.all_mut().filter(|member| member.connection().is_some_and(&lost)) {
        member.attachment = Attachment::Detached(at);
        somebody = true;
        if tells && member.role == Role::Listener {
            effects.announce(Audience::Host, RoomEvent::ListenerAttached { member: member.id, attached: false });
        }
    }
    somebody
}

/// A listener's place is free at once; the owner's lasts as long as the room.
pub(super) fn leave(room: &mut Room, connection: ConnectionId, at: Timestamp, effects: &mut Effects) {
    let leaving = |member: &Member| member.connection().is_some_and(|held| held.id == connection);
    for member in room.members.release(|member| !leaving(member)) {
        effects.announce(Audience::Host, RoomEvent::ListenerLeft { member });
    }
    if room.members.host.as_ref().is_some_and(leaving) {
        detach(room, |held| held.id == connection, at, effects);
        stream::cease(room);
    }
}

/// The account cannot come back to this room, nor can another one from the same browser and, if the host wants it so, from the
/// same address. Somebody who has just left is kept out too.
pub(super) fn remove(
    room: &mut Room,
    connection: ConnectionId,
    member: MemberId,
    block_address: bool,
    effects: &mut Effects,
) {
    let trace = match room.members.find_removable(member) {
        Ok(trace) => trace,
        Err(refusal) => return effects.refuse(connection, refusal),
    };
    room.members.removed.add(trace, block_address);
    let Members { listeners, removed, .. } = &room.members;
    let gone: Vec<_> = listeners.iter().filter(|member| removed.includes(member)).map(Member::trace).collect();
    for member in listeners.iter().filter(|member| removed.includes(member)) {
        effects.announce(Audience::Host, RoomEvent::ListenerLeft { member: member.id });
        if let Some(connection) = member.connection() {
            effects.disconnect(connection.id, Refusal::Removed);
        }
    }
    // Who had the same browser or address cannot come back from elsewhere either.
    room.members.removed.accounts.extend(gone.iter().map(|trace| trace.account));
    room.members.release(|member| !gone.iter().any(|trace| trace.member == member.id));
}

/// What comes of a removal: nothing where all that it would keep out is kept out, and nobody of it is there.
pub(super) fn foresee_removal(room: &Room, member: MemberId, block_address: bool) -> Result<Foreseen, Refusal> {
    let trace = room.members.find_removable(member)?;
    let mut removed = room.members.removed.clone();
    removed.add(trace, block_address);
    let is_there = room.members.listeners().any(|listener| removed.includes(listener));
    Ok(Foreseen::if_changed(is_there || removed != room.members.removed))
}
