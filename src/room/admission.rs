//! Who asks to come in, where the owner decides about it. Only the owner is told of them. A request outlasts the connections of its
//! pages, so that the owner can answer it later.

use super::{
    AskingTerms, Audience, ConnectionRef, Effects, Foreseen, JoinRequested, Member, Room, RoomEvent, RoomMessage,
    Waiting, leaving, places,
    waiting::{Admission, Asked},
};
use crate::{
    id::{AccountId, ConnectionId, MemberId},
    refusal::Refusal,
    role::Permission,
    time::Timestamp,
};

impl Room {
    /// Whether the owner is asked before somebody comes in.
    pub const fn asks_first(&self) -> bool {
        self.roster.admission.asks_first
    }

    /// Whether the room has to know of somebody who asks to come in, now or later, or was let in. Code that does not know of that would
    /// let everybody in.
    pub fn uses_admission(&self) -> bool {
        !self.admission().is_default()
    }

    /// Whether requests to come in end by themselves, and who was declined cannot ask for a while. Code that does not know of that would
    /// let in somebody who does not wait any more.
    pub const fn has_asking_terms(&self) -> bool {
        self.admission().terms.is_some()
    }

    /// The connections of all pages: of members, and of who waits for a place.
    pub fn pages(&self) -> impl Iterator<Item = ConnectionRef> {
        self.members().flat_map(Member::connections).chain(self.admission().pages())
    }

    /// Whether a connection is that of a page that has a place, or waits for one.
    pub fn has_page_at(&self, connection: ConnectionId) -> bool {
        self.pages().any(|page| page.id == connection)
    }

    /// How many ask to come in, and have no answer yet.
    pub fn waiting_count(&self) -> u32 {
        u32::try_from(self.admission().waiting.len()).unwrap_or(u32::MAX)
    }

    const fn admission(&self) -> &Admission {
        &self.roster.admission
    }

    /// Who waits, for who may decide about it.
    pub(super) fn waiting_for(&self, member: &Member) -> Vec<Waiting> {
        let may_see = self.member_may(member, Permission::Admit);
        self.admission().waiting.iter().filter(|_| may_see).map(Asked::view).collect()
    }

    /// The request of an account that has no answer yet.
    pub(super) fn waiting_of(&self, account: AccountId) -> Option<Waiting> {
        self.admission().of(account).map(Asked::view)
    }
}

/// Whether the owner has not declined the account lately, and there is room for one more who waits: in all, and with this browser or from
/// this address. Who waits already only asks again.
pub(super) fn check(room: &Room, request: &JoinRequested, at: Timestamp) -> Result<(), Refusal> {
    let policy = &room.created().ok_or(Refusal::RoomNotFound)?.policy;
    let (admission, marks) = (room.admission(), request.marks);
    let is_new = admission.decides_about(request.account) && admission.of(request.account).is_none();
    let beside = admission.count_beside(marks, !room.roster.is_owners_address(marks.address), at);
    let is_full =
        admission.waiting.len() >= policy.max_waiting as usize || beside >= policy.max_waiting_per_address as usize;
    match () {
        () if !is_new => Ok(()),
        () if admission.was_declined(request.account, marks, at) => Err(Refusal::DeclinedLately),
        () if is_full => Err(Refusal::TooManyWaiting),
        () => Ok(()),
    }
}

/// Why a page that comes back by itself cannot go on: the owner has declined what it asked for, or it has nothing to come back to.
pub(super) fn refusal_of_return(room: &Room, request: &JoinRequested, at: Timestamp) -> Refusal {
    let was_declined = room.admission().was_declined(request.account, request.marks, at);
    if was_declined { Refusal::Declined } else { Refusal::NotAMember }
}

/// A request that was checked waits from now on. Another one of the same account takes its place, and its turn.
pub(super) fn ask(room: &mut Room, request: &JoinRequested, at: Timestamp, effects: &mut Effects) {
    let most_pages = room.created().map_or(1, |created| created.policy.max_pages as usize);
    let waiting = &mut room.roster.admission.waiting;
    let known = waiting.iter().position(|asked| asked.is_of(request.account));
    let is_news = known.is_none_or(|place| waiting[place].request.name != request.name);
    let place = known.unwrap_or_else(|| {
        waiting.push(Asked { request: request.clone(), pages: Vec::new(), at });
        waiting.len() - 1
    });
    let asked = &mut waiting[place];
    asked.request = JoinRequested { member: asked.request.member, ..request.clone() };
    asked.pages.retain(|page| page.id != request.connection.id);
    asked.pages.insert(0, request.connection);
    let replaced = asked.pages.split_off(most_pages.min(asked.pages.len()));
    replaced.into_iter().for_each(|page| effects.disconnect(page.id, Refusal::SessionReplaced));
    if is_news {
        let event = asks(asked);
        room.tell_owner([event], effects);
    }
    effects.send(Audience::Connection(request.connection.id), RoomMessage::Waiting);
}

/// What the owner is told of a request.
fn asks(asked: &Asked) -> RoomEvent {
    RoomEvent::JoinAsked { waiting: asked.view() }
}

/// The effect of asking first, or not any more.
pub(super) fn foresee_switch(room: &Room, on: bool, terms: Option<AskingTerms>) -> Foreseen {
    Foreseen::if_changed((room.admission().asks_first, room.admission().terms) != (on, terms))
}

/// The owner is asked before somebody comes in, or not any more: then all who wait come in, as far as there are places.
pub(super) fn switch(room: &mut Room, (on, terms): (bool, Option<AskingTerms>), at: Timestamp, effects: &mut Effects) {
    if foresee_switch(room, on, terms) == Foreseen::Nothing {
        return;
    }
    (room.roster.admission.asks_first, room.roster.admission.terms) = (on, terms);
    if terms.is_none() {
        room.roster.admission.forget_pauses();
    }
    room.tell_membership(&RoomEvent::AskFirstChanged { on }, effects);
    if on {
        return;
    }
    let waiting: Vec<_> = room.admission().waiting().cloned().collect();
    for request in waiting {
        match places::check(room, &request) {
            Ok(()) => let_in(room, request.member, at, effects),
            Err(refusal) => refuse(room, |asked| asked.request.member == request.member, refusal, effects),
        }
    }
}

/// The effect of the owner's answer: none for who does not wait, or not any more.
pub(super) fn foresee_answer(room: &Room, member: MemberId, admit: bool) -> Result<Foreseen, Refusal> {
    match room.admission().find(member) {
        Some(asked) if admit => places::check(room, &asked.request).map(|()| Foreseen::Change),
        asked => Ok(Foreseen::if_changed(asked.is_some())),
    }
}

/// The owner lets somebody in, or declines.
pub(super) fn answer(
    room: &mut Room,
    connection: ConnectionId,
    (member, admit): (MemberId, bool),
    at: Timestamp,
    effects: &mut Effects,
) {
    match foresee_answer(room, member, admit) {
        Ok(Foreseen::Change) if admit => {
            let most = room.created().map_or(0, |created| created.policy.max_members as usize);
            let account = room.admission().find(member).map(|asked| asked.request.account);
            account.into_iter().for_each(|account| room.roster.admission.note_admitted(account, most));
            let_in(room, member, at, effects);
        }
        Ok(Foreseen::Change) => {
            let declined = room.admission().find(member).map(|asked| asked.request.clone());
            declined.iter().for_each(|request| room.roster.admission.note_declined(request, at));
            refuse(room, |asked| asked.request.member == member, Refusal::Declined, effects);
        }
        Ok(Foreseen::Nothing) => {}
        Err(refusal) => effects.refuse(connection, refusal),
    }
}

/// Who asks has a place from now on, whether a page of theirs is there or not. Pages that are there take it.
fn let_in(room: &mut Room, member: MemberId, at: Timestamp, effects: &mut Effects) {
    for asked in take(room, |asked| asked.request.member == member, effects) {
        let place = places::add(room, &asked.request, at);
        let view = room.roster.find(place).map(Member::view);
        view.into_iter().for_each(|member| room.tell_membership(&RoomEvent::MemberJoined { member }, effects));
        effects.add_to_list(asked.request.account);
        admit(asked.pages, effects);
    }
}

/// Pages that waited can take their place.
fn admit(pages: Vec<ConnectionRef>, effects: &mut Effects) {
    pages.into_iter().for_each(|page| effects.send(Audience::Connection(page.id), RoomMessage::Admitted));
}

/// An account that gets a place with a page waits no more with others: they can take the place, too.
pub(super) fn settle(room: &mut Room, request: &JoinRequested, effects: &mut Effects) {
    for mut asked in take(room, |asked| asked.is_of(request.account), effects) {
        asked.pages.retain(|page| page.id != request.connection.id);
        admit(asked.pages, effects);
    }
}

/// Whether a page can give up what it has asked for: it waits, or was let in a moment ago and does not know it yet.
pub(super) fn can_give_up(room: &Room, connection: ConnectionId, account: AccountId) -> bool {
    room.admission().waits_at(connection) || place_to_take(room, connection, account).is_some()
}

/// The place that the account of a page was given and that no page has taken. The owner's is not given up.
fn place_to_take(room: &Room, connection: ConnectionId, account: AccountId) -> Option<MemberId> {
    let is_theirs = |member: &&Member| member.account == account && !member.is_permanent && !member.has_pages();
    room.members().find(is_theirs).filter(|_| !room.has_page_at(connection)).map(|member| member.id)
}

/// Who asks gives up, also if they were let in a moment ago. Their other pages learn of it.
pub(super) fn give_up(
    room: &mut Room,
    connection: ConnectionId,
    account: AccountId,
    at: Timestamp,
    effects: &mut Effects,
) {
    if let Some(place) = place_to_take(room, connection, account) {
        leaving::free(room, |member| member.id != place);
        room.tell_membership(&RoomEvent::MemberLeft { member: place }, effects);
    }
    for asked in drop_requests(room, |asked| asked.is_at(connection), effects) {
        room.roster.admission.note_withdrawn(&asked.request, at);
        let others = asked.pages.iter().filter(|page| page.id != connection);
        others.for_each(|page| effects.disconnect(page.id, Refusal::LeftElsewhere));
    }
}

/// Refuses requests, with a reason.
fn refuse(room: &mut Room, is_meant: impl Fn(&Asked) -> bool, refusal: Refusal, effects: &mut Effects) {
    for asked in drop_requests(room, is_meant, effects) {
        asked.pages.iter().for_each(|page| effects.disconnect(page.id, refusal));
    }
}

/// Removed accounts cannot ask, and have to ask when they may come again.
pub(super) fn put_out(room: &mut Room, effects: &mut Effects) {
    let removed = room.roster.removed.clone();
    let is_out = |request: &JoinRequested| removed.has(request.account) || removed.knows(request.marks);
    let gone: Vec<_> = room.admission().waiting().filter(|request| is_out(request)).map(|one| one.account).collect();
    // Accounts with the same browser or address cannot ask from elsewhere either.
    room.roster.removed.add_accounts(gone.into_iter());
    refuse(room, |asked| is_out(&asked.request), Refusal::Removed, effects);
    room.roster.admission.forget_admitted(|account| removed.has(account));
}

/// Lets time pass up to `at`: requests end that were not answered in time.
pub(super) fn pass(room: &mut Room, at: Timestamp, effects: &mut Effects) {
    let terms = room.admission().terms;
    let is_over = |asked: &Asked| terms.is_some_and(|terms| asked.ends_at(terms) <= at);
    refuse(room, is_over, Refusal::NotAnswered, effects);
    room.roster.admission.pass(at);
}

/// The room has ended.
pub(super) fn end(room: &mut Room, effects: &mut Effects) {
    refuse(room, |_| true, Refusal::RoomEnded, effects);
}

/// The requests go from one owner's pages to the next one's.
pub(super) fn hand_over(room: &Room, from: Option<MemberId>, effects: &mut Effects) {
    let members: Vec<_> = room.admission().waiting().map(|request| request.member).collect();
    if members.is_empty() {
        return;
    }
    if let Some(from) = from {
        effects.announce(Audience::Member(from), RoomEvent::JoinAnswered { members });
    }
    room.tell_owner(room.admission().waiting.iter().map(asks), effects);
}

/// Two accounts become one, before they are renamed. Where one of them has a place, or was let in before, it asks no more; otherwise it
/// asks once.
pub(super) fn merge(room: &mut Room, from: AccountId, to: AccountId, effects: &mut Effects) {
    let is_theirs = |account: AccountId| account == from || account == to;
    let has_place = room.members().any(|member| is_theirs(member.account));
    let comes_in = has_place || [from, to].iter().any(|account| room.admission().has_admitted(*account));
    let first = room.admission().waiting().find(|request| is_theirs(request.account)).map(|request| request.member);
    let is_double =
        |asked: &Asked| is_theirs(asked.request.account) && (comes_in || Some(asked.request.member) != first);
    refuse(room, is_double, Refusal::SessionReplaced, effects);
}

/// Forgets a deleted account. Whoever waits gives up so. Who was declined stays known until they could ask again, as who was removed
/// does: otherwise they would ask at once with a new account.
pub(super) fn forget(room: &mut Room, account: AccountId, at: Timestamp, effects: &mut Effects) {
    let withdrawn = room.admission().of(account).map(|asked| asked.request.clone());
    withdrawn.iter().for_each(|request| room.roster.admission.note_withdrawn(request, at));
    refuse(room, |asked| asked.is_of(account), Refusal::NotSignedIn, effects);
    room.roster.admission.forget_admitted(|admitted| admitted == account);
}

/// Drops requests. Their accounts stay known for a while, as those of former members do, so that they can be removed and forgotten.
fn drop_requests(room: &mut Room, is_meant: impl Fn(&Asked) -> bool, effects: &mut Effects) -> Vec<Asked> {
    let dropped = take(room, is_meant, effects);
    room.roster.former.extend(dropped.iter().map(|asked| asked.request.trace()));
    dropped
}

/// Takes requests out, and tells the owner that they wait no more.
fn take(room: &mut Room, is_meant: impl Fn(&Asked) -> bool, effects: &mut Effects) -> Vec<Asked> {
    let taken: Vec<_> = room.roster.admission.waiting.extract_if(.., |asked| is_meant(asked)).collect();
    // An ended room announces nothing more.
    if !taken.is_empty() && room.ended.is_none() {
        let members = taken.iter().map(|asked| asked.request.member).collect();
        room.tell_owner([RoomEvent::JoinAnswered { members }], effects);
    }
    taken
}
