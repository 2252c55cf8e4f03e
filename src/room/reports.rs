//! Messages that members have reported to the owner. Only the owner is told of them, and decides what becomes of each.

use serde::{Deserialize, Serialize};

use super::{
    ArchivedMessage, Audience, Effects, Foreseen, Member, OwnReport, Report, ReportedMessage, Room, RoomEvent, chat,
};
use crate::{
    engagement::MessageText,
    id::{AccountId, ConnectionId, MemberId, MessageNumber},
    refusal::Refusal,
    role::Permission,
    time::Timestamp,
};

/// The messages that were reported, in the order of their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reports(Vec<Reported>);

/// A message that was reported, with the accounts of everybody in question, because these outlast their places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Reported {
    number: MessageNumber,
    author: MemberId,
    account: AccountId,
    by: Vec<(AccountId, Report)>,
}

impl Reported {
    fn view(&self) -> ReportedMessage {
        let by = self.by.iter().map(|(_, report)| report.clone()).collect();
        ReportedMessage { number: self.number, author: self.author, by }
    }

    /// What the owner is told of each report.
    fn events(&self) -> impl Iterator<Item = RoomEvent> {
        let (number, author) = (self.number, self.author);
        self.by.iter().map(move |(_, report)| RoomEvent::MessageReported { number, author, report: report.clone() })
    }
}

impl Reports {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn numbers(&self) -> Vec<MessageNumber> {
        self.0.iter().map(|reported| reported.number).collect()
    }

    fn reports(&self) -> impl Iterator<Item = &(AccountId, Report)> {
        self.0.iter().flat_map(|reported| &reported.by)
    }

    fn has(&self, number: MessageNumber, by: AccountId) -> bool {
        let reported = self.0.iter().find(|reported| reported.number == number);
        reported.is_some_and(|reported| reported.by.iter().any(|(account, _)| *account == by))
    }

    fn add(&mut self, number: MessageNumber, known: &ArchivedMessage, by: AccountId, report: Report) {
        let place = match self.0.binary_search_by_key(&number, |reported| reported.number) {
            Ok(place) => place,
            Err(place) => {
                let (author, account) = (known.author, known.account);
                self.0.insert(place, Reported { number, author, account, by: Vec::new() });
                place
            }
        };
        self.0[place].by.push((by, report));
    }

    /// Drops the reports about messages that `keep` refuses.
    pub(super) fn retain(&mut self, keep: impl Fn(MessageNumber) -> bool) {
        self.0.retain(|reported| keep(reported.number));
    }

    /// What an account has reported.
    pub(super) fn by(&self, account: AccountId) -> Vec<OwnReport> {
        let theirs = |reported: &Reported| {
            let own = reported.by.iter().find(|(by, _)| *by == account)?;
            Some(OwnReport { message: reported.number, reason: own.1.reason.clone(), at: own.1.at })
        };
        self.0.iter().filter_map(theirs).collect()
    }

    /// Visits the names and reasons, each with the account of who has written it.
    pub(super) fn personal(&mut self) -> impl Iterator<Item = (AccountId, &mut Report)> {
        self.0.iter_mut().flat_map(|reported| &mut reported.by).map(|(account, report)| (*account, report))
    }

    /// Gives what an account has written and reported to another one. What both have reported counts once.
    fn rename_account(&mut self, from: AccountId, to: AccountId) {
        for reported in &mut self.0 {
            if reported.account == from {
                reported.account = to;
            }
            let is_double = reported.by.iter().any(|(account, _)| *account == to);
            reported.by.retain(|(account, _)| !is_double || *account != from);
            reported.by.iter_mut().filter(|(account, _)| *account == from).for_each(|(account, _)| *account = to);
        }
    }

    /// Drops the reports of an account, and those about its messages.
    fn forget(&mut self, account: AccountId) {
        self.0.retain(|reported| reported.account != account);
        self.0.iter_mut().for_each(|reported| reported.by.retain(|(by, _)| *by != account));
        self.0.retain(|reported| !reported.by.is_empty());
    }
}

impl Room {
    /// What was reported, for who may decide about it.
    pub(super) fn reports_for(&self, member: &Member) -> Vec<ReportedMessage> {
        let may_see = self.member_may(member, Permission::Moderate);
        self.reports.0.iter().filter(|_| may_see).map(Reported::view).collect()
    }

    /// Changes the reports, and tells the owner of those that are others now.
    fn change_reports(&mut self, change: impl FnOnce(&mut Reports), effects: &mut Effects) {
        let before = self.reports.clone();
        change(&mut self.reports);
        let is_same = |reported: &&Reported| self.reports.0.iter().any(|now| now.view() == reported.view());
        let numbers: Vec<_> =
            before.0.iter().filter(|reported| !is_same(reported)).map(|reported| reported.number).collect();
        if !numbers.is_empty() {
            let left = self.reports.0.iter().filter(|reported| numbers.contains(&reported.number));
            let again: Vec<_> = left.flat_map(Reported::events).collect();
            self.tell_owner([RoomEvent::ReportsDismissed { numbers }].into_iter().chain(again), effects);
        }
    }
}

/// The effect of a report. One that comes again is taken again, so that its sender learns that it was.
pub(super) fn foresee(
    room: &Room,
    member: &Member,
    (number, archived): (MessageNumber, Option<ArchivedMessage>),
    reason: Option<&MessageText>,
) -> Result<Foreseen, Refusal> {
    let policy = &room.created().ok_or(Refusal::RoomNotFound)?.policy;
    let known = chat::known(room, number, archived).filter(|known| !known.deleted).ok_or(Refusal::MessageNotFound)?;
    let is_too_long = reason.is_some_and(|reason| reason.in_one_line().chars() > policy.report_chars as usize);
    let of_member = room.reports.reports().filter(|(account, _)| *account == member.account).count();
    match () {
        () if known.account == member.account => Err(Refusal::NotAllowed),
        () if is_too_long => Err(Refusal::MessageTooLong),
        () if room.reports.has(number, member.account) => Ok(Foreseen::Change),
        () if of_member >= policy.max_reports_per_member as usize => Err(Refusal::TooManyReports),
        () if room.reports.reports().count() >= policy.max_reports as usize => Err(Refusal::TooManyReports),
        () => Ok(Foreseen::Change),
    }
}

/// A member reports a message. The author learns nothing of it.
pub(super) fn report(
    room: &mut Room,
    connection: ConnectionId,
    (number, archived): (MessageNumber, Option<ArchivedMessage>),
    reason: Option<&MessageText>,
    at: Timestamp,
    effects: &mut Effects,
) {
    let Some(member) = room.member_at(connection) else { return };
    if let Err(refusal) = foresee(room, member, (number, archived), reason) {
        return effects.refuse(connection, refusal);
    }
    let Some(known) = chat::known(room, number, archived) else { return };
    let (account, place, name) = (member.account, member.id, member.name.clone());
    if !room.reports.has(number, account) {
        let report = Report { member: place, name, reason: reason.map(MessageText::in_one_line), at };
        room.reports.add(number, &known, account, report.clone());
        room.tell_owner([RoomEvent::MessageReported { number, author: known.author, report }], effects);
    }
    effects.announce(Audience::Member(place), RoomEvent::ReportTaken { number });
}

/// The effect of dismissing what was reported about a message.
pub(super) fn foresee_dismissal(room: &Room, number: MessageNumber) -> Foreseen {
    Foreseen::if_changed(room.reports.numbers().contains(&number))
}

/// The owner has decided about a message that was reported.
pub(super) fn dismiss(room: &mut Room, number: MessageNumber, effects: &mut Effects) {
    room.change_reports(|reports| reports.retain(|known| known != number), effects);
}

/// The reports go from one owner's pages to the next one's.
pub(super) fn hand_over(room: &Room, from: Option<MemberId>, effects: &mut Effects) {
    if room.reports.is_empty() {
        return;
    }
    if let Some(from) = from {
        effects.announce(Audience::Member(from), RoomEvent::ReportsDismissed { numbers: room.reports.numbers() });
    }
    room.tell_owner(room.reports.0.iter().flat_map(Reported::events), effects);
}

/// Gives everything of a guest to the account that the guest signed in to.
pub(super) fn rename_account(room: &mut Room, from: AccountId, to: AccountId, effects: &mut Effects) {
    room.change_reports(|reports| reports.rename_account(from, to), effects);
}

/// Forgets what a deleted account has written and reported.
pub(super) fn forget(room: &mut Room, account: AccountId, effects: &mut Effects) {
    room.change_reports(|reports| reports.forget(account), effects);
}
