//! Joining and resuming.

use super::{
    Audience, ConnectionRef, Effect, Effects, Endpoint, JoinRequested, Joined, Marks, Member, Missed, ResumeRequested,
    Resumed, Room, RoomCreated, RoomEvent, RoomKind, RoomMessage, admission, chat,
    leaving::{is_in_time, page_grace_ms},
    links, places, publications,
    roster::Page,
};
use crate::{
    id::{AccountId, MemberId, NodeId, Seq},
    refusal::Refusal,
    time::Timestamp,
};

/// The owner has a place from the first entry.
pub(super) fn create(room: &mut Room, created: &RoomCreated, at: Timestamp) {
    if room.created.is_some() {
        return;
    }
    let (name, role) = (created.owner_name.clone(), created.policy.kind.owner_role());
    let place = Member::new(created.owner_member, created.owner, name, role, at);
    room.roster.members.push(Member { is_permanent: true, ..place });
    room.created = Some(created.clone());
}

/// Gives a place, or asks the owner whether to. Returns the member if a place was given.
pub(super) fn join(room: &mut Room, request: &JoinRequested, at: Timestamp, effects: &mut Effects) -> Option<MemberId> {
    if let Err(refusal) = check_join(room, request, at) {
        effects.refuse(request.connection.id, refusal);
        return None;
    }
    let policy = room.created()?.policy.clone();
    let held = place_of(room, request).map(|member| member.id);
    if held.is_none() && room.roster.admission.decides_about(request.account) {
        admission::ask(room, request, at, effects);
        return None;
    }
    let id = held.unwrap_or_else(|| places::add(room, request, at));
    admission::settle(room, request, effects);
    let uses_sound = room.uses_sound(id);
    let member = room.roster.find_mut(id)?;
    let is_one_more_page = policy.max_pages > 1 && member.is_connected();
    let page = Page { endpoint: Endpoint::Connected(request.connection), token: Some(request.token) };
    for replaced in member.open_page(page, policy.max_pages, uses_sound) {
        effects.disconnect(replaced.id, Refusal::SessionReplaced);
    }
    if !is_one_more_page {
        renew(member, request, policy.kind, at);
    }
    let has_sound = !member.sounds_elsewhere(request.token);
    if has_sound {
        // A new page does not capture sound yet, so the publication is interrupted until the page shares again.
        publications::interrupt(room, id, at);
    }
    let member = room.roster.find(id)?.clone();
    welcome(room, &member, request, at, effects);
    if room.is_listed(&member) && !is_one_more_page {
        room.tell_membership(&RoomEvent::MemberJoined { member: member.view() }, effects);
    }
    if held.is_some() && has_sound {
        links::reopen(room, &member, effects);
    }
    Some(id)
}

/// Brings a place up to date when its member comes. Where members choose their names, they keep them.
fn renew(member: &mut Member, request: &JoinRequested, kind: RoomKind, at: Timestamp) {
    member.active_at = at;
    let keeps_name = kind.members_name_themselves() && member.marks.name.is_some();
    let name = if keeps_name { member.marks.name } else { request.marks.name };
    member.marks = Marks { name, ..request.marks };
    if !member.is_permanent {
        if !keeps_name {
            member.name = request.name.clone();
        }
        member.email = request.email.clone().filter(|_| kind.keeps_emails_of(request.role));
    }
    member.has_picture = request.has_picture && name == request.marks.name;
}

/// The existing place that the request refers to, if there is one.
fn place_of<'a>(room: &'a Room, request: &JoinRequested) -> Option<&'a Member> {
    room.members().find(|member| member.account == request.account && member.role == request.role)
}

/// Whether the room can give a place by `at`, or take a request for one.
pub(super) fn check_join(room: &Room, request: &JoinRequested, at: Timestamp) -> Result<(), Refusal> {
    open_to(room, request.connection)?;
    let policy = &room.created().ok_or(Refusal::RoomNotFound)?.policy;
    if !policy.kind.has_role(request.role) {
        return Err(Refusal::NotAllowed);
    }
    let standing = room.standing_for(request.account, request.role);
    room.permit(standing, request.kind, request.role.permission())?;
    let place = place_of(room, request);
    match place {
        Some(place) if place.is_permanent => {
            let is_taken = policy.max_pages == 1 && place.is_connected() && !request.take_over;
            return if is_taken { Err(Refusal::HostElsewhere) } else { Ok(()) };
        }
        Some(_) if room.roster.removed.knows(request.marks) => return Err(Refusal::Removed),
        Some(_) => return Ok(()),
        None if request.returns && room.waiting_of(request.account).is_none() => {
            return Err(admission::refusal_of_return(room, request, at));
        }
        None => {}
    }
    places::check(room, request)?;
    admission::check(room, request, at)
}

/// Whether the room may give a place to this connection.
fn open_to(room: &Room, connection: ConnectionRef) -> Result<(), Refusal> {
    match () {
        () if room.created.is_none() => Err(Refusal::RoomNotFound),
        () if room.ended.is_some() => Err(Refusal::RoomEnded),
        () if room.member_at(connection.id).is_some() => Err(Refusal::OutOfOrder),
        () => Ok(()),
    }
}

impl Room {
    /// What the members whose connections are on this node are told at `now` when the node has read the room anew and they may
    /// have missed something: their places, and the room as it is. It changes nothing in the room.
    pub fn welcome_again(&self, node: NodeId, now: Timestamp) -> Vec<Effect> {
        let pages = self.members().flat_map(|member| member.pages_at(node).map(move |page| (member, page)));
        let welcomed = pages.filter_map(|(member, (connection, token))| {
            let (room, sound_elsewhere) = (self.view(member.id)?, member.sounds_elsewhere(token));
            let (member, blocked) = (member.id, Vec::new());
            let joined =
                Joined { member, token, seq: self.seq, now, room, blocked, sound_elsewhere, ice_servers: None };
            let (to, message) = (Audience::Connection(connection), Box::new(RoomMessage::Joined(joined)));
            Some(Effect::Send { to, message })
        });
        welcomed.collect()
    }
}

fn welcome(room: &mut Room, member: &Member, request: &JoinRequested, at: Timestamp, effects: &mut Effects) {
    let Some(view) = room.view(member.id) else { return };
    let joined = Joined {
        member: member.id,
        token: request.token,
        seq: room.seq,
        now: at,
        room: view,
        blocked: Vec::new(),
        sound_elsewhere: member.sounds_elsewhere(request.token),
        ice_servers: None,
    };
    effects.send(Audience::Connection(request.connection.id), RoomMessage::Joined(joined));
    chat::deliver_to(room, member, effects);
}

/// Resumes a place. Returns the member if it was resumed.
pub(super) fn resume(
    room: &mut Room,
    request: &ResumeRequested,
    at: Timestamp,
    effects: &mut Effects,
) -> Option<MemberId> {
    let place = match check_resume(room, request, at) {
        Ok(place) => place,
        Err(refusal) => {
            effects.refuse(request.connection.id, refusal);
            return None;
        }
    };
    let member = room.roster.find_mut(place)?;
    let was_connected = member.is_connected();
    connect(member.page_with(request.token)?, request.connection, effects);
    let member = member.clone();
    let missed = missed_since(room, &member, request.last_seq)?;
    let (sound_elsewhere, blocked) = (member.sounds_elsewhere(request.token), Vec::new());
    let resumed = Resumed { seq: room.seq, now: at, missed, blocked, sound_elsewhere, ice_servers: None };
    effects.send(Audience::Connection(request.connection.id), RoomMessage::Resumed(resumed));
    chat::deliver_to(room, &member, effects);
    // Signals that were on their way to the page which sends and hears are lost, also where its loss was not noticed.
    if room.is_listed(&member) && (!was_connected || member.page.token == Some(request.token)) {
        room.tell_membership(&RoomEvent::MemberConnected { member: member.id, connected: true }, effects);
    }
    Some(place)
}

/// The place that a page resumes, if it is still the page's.
pub(super) fn check_resume(room: &Room, request: &ResumeRequested, at: Timestamp) -> Result<MemberId, Refusal> {
    open_to(room, request.connection)?;
    let grace_ms = page_grace_ms(room);
    let has_page = |member: &Member| member.has_page_with(request.token, |page| is_in_time(page, grace_ms, at));
    let is_held = |member: &&Member| member.account == request.account && has_page(member);
    let member = room.members().find(is_held).ok_or_else(|| refusal_of_resume(room, request.account))?;
    // The permissions of guests may have changed since the place was taken.
    room.permit(room.standing_as(member), request.kind, member.role.permission())?;
    Ok(member.id)
}

/// Whether members have several pages, each for itself.
fn has_pages(room: &Room) -> bool {
    room.created().is_some_and(|created| created.policy.max_pages > 1)
}

/// Why a resume is refused. If the place has another token, another page took it over, unless there may be several pages. Without a
/// place or a page there is nothing to resume. A second page of the owner has to ask, so it may join instead.
fn refusal_of_resume(room: &Room, account: AccountId) -> Refusal {
    let has_place = room.members().any(|member| member.account == account && !member.is_permanent);
    match () {
        () if room.roster.removed.has(account) => Refusal::Removed,
        () if has_place && !has_pages(room) => Refusal::SessionReplaced,
        () => Refusal::NotAMember,
    }
}

/// What a member missed. The events of `last_seq` itself are sent again: the connection may have ended between them,
/// and applying an event twice has no effect.
fn missed_since(room: &Room, member: &Member, last_seq: Seq) -> Option<Missed> {
    let most = room.created()?.policy.events_kept as usize;
    let kept_from = room.recent.front().map_or(room.seq, |(_, oldest)| oldest.seq.next());
    let complete = room.recent.len() < most || last_seq >= kept_from;
    if !complete || last_seq > room.seq {
        return room.view(member.id).map(Missed::Room);
    }
    let is_missed = |audience: Audience, seq: Seq| audience.outlasts_connections_of(member) && seq >= last_seq;
    let kept = room.recent.iter().filter(|(audience, event)| is_missed(*audience, event.seq));
    Some(Missed::Events(kept.map(|(_, event)| event.event.clone()).collect()))
}

/// Gives a page a connection. The previous connection is told that another one took over.
fn connect(page: &mut Page, connection: ConnectionRef, effects: &mut Effects) {
    if let Some(before) = page.connection() {
        effects.disconnect(before.id, Refusal::SessionReplaced);
    }
    page.endpoint = Endpoint::Connected(connection);
}
