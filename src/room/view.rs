//! The room as a member sees it. A view with all events applied equals the view that the room would make now.

use serde::{Deserialize, Serialize};

use super::{
    EndReason, LastMessage, Link, MemberView, Message, Publication, Report, ReportedMessage, RoomEvent, RoomKind,
    StreamState, Waiting,
};
use crate::{
    id::{DisplayName, MemberId, MessageNumber, RoomCode, RoomName},
    limits::MESSAGES_AT_ONCE,
    time::Timestamp,
};

/// A room as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomView {
    /// Its code.
    pub code: RoomCode,
    /// Its kind.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: RoomKind,
    /// The owner's place, present or not.
    pub owner: MemberId,
    /// The owner's name.
    #[serde(deserialize_with = "DisplayName::told")]
    pub owner_name: DisplayName,
    /// What it is called, if it has a name.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "RoomName::told_or_none")]
    pub name: Option<RoomName>,
    /// The number of the latest message, where members stay while they are away.
    #[serde(default, skip_serializing_if = "is_default")]
    pub last_message: MessageNumber,
    /// Places beside the owner's.
    pub max_members: u32,
    /// Pictures in a message.
    #[serde(default, skip_serializing_if = "is_default")]
    pub max_pictures: u32,
    /// The number of listeners. Members who do not see the listeners' names may get it a little late.
    pub attendance: u32,
    /// The publications.
    pub publications: Vec<Publication>,
    /// The members to connect with.
    pub links: Vec<Link>,
    /// When the room ends if nothing happens until then. Set once the end is near enough to warn of it.
    pub ends_at: Option<Timestamp>,
    /// Why the room ended; `None` while it is open.
    pub ended: Option<EndReason>,
    /// The members in order of arrival; empty for members who may not see them.
    pub members: Vec<MemberView>,
    /// The latest messages that the member may read, oldest first, at most [`MESSAGES_AT_ONCE`].
    pub messages: Vec<Message>,
    /// Whether there are older messages.
    pub has_earlier_messages: bool,
    /// The messages that were reported, in the order of their numbers; empty for all but the owner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<ReportedMessage>,
    /// Whether the owner is asked before somebody comes in.
    #[serde(default, skip_serializing_if = "is_default")]
    pub asks_first: bool,
    /// Those who ask to come in, in the order in which they came; empty for all but the owner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<Waiting>,
    /// The numbers of the pinned messages, in their order, for who reads all messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<MessageNumber>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl RoomView {
    /// The room without its members and messages, for a page with little space.
    pub fn outline(&self) -> Self {
        Self {
            links: Vec::new(),
            members: Vec::new(),
            messages: Vec::new(),
            reports: Vec::new(),
            waiting: Vec::new(),
            pins: Vec::new(),
            publications: self.publications.clone(),
            owner_name: self.owner_name.clone(),
            name: self.name.clone(),
            ..*self
        }
    }

    /// The state of all publications together.
    pub fn stream(&self) -> StreamState {
        match self.ended {
            Some(_) => StreamState::Ended,
            None => self.publications.first().map_or(StreamState::Idle, |publication| publication.state),
        }
    }

    /// Whether a publication gives no sound although it is not paused.
    pub fn is_silent(&self) -> bool {
        self.publications.iter().any(|publication| publication.silent)
    }

    /// When the publication began.
    pub fn started_at(&self) -> Option<Timestamp> {
        self.publications.first().map(|publication| publication.started_at)
    }

    /// The link with another member.
    pub fn link_with(&self, peer: MemberId) -> Option<&Link> {
        self.links.iter().find(|link| link.has(peer))
    }

    /// Updates the view with an event. Applying an event twice has no effect.
    pub fn apply(&mut self, event: &RoomEvent) {
        match event {
            RoomEvent::MemberJoined { member } => self.add_member(member),
            RoomEvent::MemberConnected { member, connected } => {
                self.with_member(*member, |known| known.connected = *connected);
            }
            RoomEvent::MemberLeft { member } => self.members.retain(|known| known.member != *member),
            RoomEvent::MemberNamed { member, name } => self.rename(*member, name),
            RoomEvent::RoomNamed { name, .. } => self.name = Some(name.clone()),
            RoomEvent::OwnerChanged { owner, name } => self.hand_over(*owner, name),
            RoomEvent::AskFirstChanged { on } => self.asks_first = *on,
            RoomEvent::JoinAsked { waiting } => self.add_waiting(waiting),
            RoomEvent::JoinAnswered { members } => self.waiting.retain(|known| !members.contains(&known.member)),
            RoomEvent::AttendanceChanged { attendance } => self.attendance = *attendance,
            RoomEvent::LinkOpened { link } => {
                self.links.retain(|known| known != link);
                self.links.insert(self.links.partition_point(|known| known < link), *link);
            }
            RoomEvent::LinkClosed { peer } => self.links.retain(|known| !known.has(*peer)),
            RoomEvent::PublicationChanged { publication } => self.add_publication(publication),
            RoomEvent::PublicationEnded { publication } => self.publications.retain(|known| known.id != *publication),
            // What the page does with it is no part of the room.
            RoomEvent::PublicationStopped { .. } | RoomEvent::SoundMoved => {}
            RoomEvent::Reacted { member, reaction, at } => self.with_member(*member, |known| {
                known.last_reaction = Some(*reaction);
                known.active_at = *at;
            }),
            RoomEvent::MessageSent { message } => self.add_message(message),
            RoomEvent::MessageReported { number, author, report } => self.add_report(*number, *author, report),
            RoomEvent::ReportsDismissed { numbers } => {
                self.reports.retain(|reported| !numbers.contains(&reported.number));
            }
            RoomEvent::ReportTaken { .. } => {}
            RoomEvent::MessageDeleted { number } => {
                self.reports.retain(|reported| reported.number != *number);
                self.pin(*number, false);
                self.change_message(event);
            }
            RoomEvent::MessagePinned { number, pinned } => {
                self.pin(*number, *pinned);
                self.change_message(event);
            }
            RoomEvent::MessageEdited { .. }
            | RoomEvent::PictureRemoved { .. }
            | RoomEvent::MessageReacted { .. }
            | RoomEvent::MessagesDelivered { .. } => self.change_message(event),
            RoomEvent::EndExpected { ends_at } => self.ends_at = *ends_at,
            RoomEvent::RoomEnded { reason } => {
                self.publications.clear();
                self.links.clear();
                self.waiting.clear();
                self.ends_at = None;
                self.ended = Some(*reason);
            }
        }
    }

    fn with_member(&mut self, member: MemberId, change: impl FnOnce(&mut MemberView)) {
        if let Some(known) = self.members.iter_mut().find(|known| known.member == member) {
            change(known);
        }
    }

    /// Another name is shown without the picture of the account's own.
    fn rename(&mut self, member: MemberId, name: &DisplayName) {
        self.with_member(member, |known| {
            known.name.clone_from(name);
            known.has_picture = false;
        });
        if self.owner == member {
            self.owner_name.clone_from(name);
        }
    }

    fn pin(&mut self, number: MessageNumber, pinned: bool) {
        self.pins.retain(|known| *known != number);
        if pinned {
            self.pins.insert(self.pins.partition_point(|known| *known < number), number);
        }
    }

    /// The owner is the first of the members.
    fn hand_over(&mut self, owner: MemberId, name: &DisplayName) {
        self.owner = owner;
        self.owner_name.clone_from(name);
        if let Some(place) = self.members.iter().position(|known| known.member == owner) {
            let first = self.members.remove(place);
            self.members.insert(0, first);
        }
    }

    fn add_member(&mut self, member: &MemberView) {
        match self.members.iter_mut().find(|known| known.member == member.member) {
            Some(known) => *known = member.clone(),
            None => self.members.push(member.clone()),
        }
    }

    fn add_waiting(&mut self, waiting: &Waiting) {
        match self.waiting.iter_mut().find(|known| known.member == waiting.member) {
            Some(known) => known.clone_from(waiting),
            None => self.waiting.push(waiting.clone()),
        }
    }

    fn add_publication(&mut self, publication: &Publication) {
        match self.publications.iter_mut().find(|known| known.id == publication.id) {
            Some(known) => known.clone_from(publication),
            None => self.publications.push(publication.clone()),
        }
    }

    fn add_report(&mut self, number: MessageNumber, author: MemberId, report: &Report) {
        let place = match self.reports.binary_search_by_key(&number, |reported| reported.number) {
            Ok(place) => place,
            Err(place) => {
                self.reports.insert(place, ReportedMessage { number, author, by: Vec::new() });
                place
            }
        };
        let by = &mut self.reports[place].by;
        if by.iter().all(|known| known.member != report.member) {
            by.push(report.clone());
        }
    }

    fn change_message(&mut self, event: &RoomEvent) {
        self.messages.iter_mut().for_each(|message| message.apply(event));
        self.members.iter_mut().for_each(|member| LastMessage::apply(&mut member.last_message, event));
    }

    fn add_message(&mut self, message: &Message) {
        if self.messages.iter().any(|known| known.number >= message.number) {
            return;
        }
        let shown = message.text.clone().filter(|_| self.kind.shows_last_messages());
        self.with_member(message.author, |known| {
            known.last_message = shown.map(|text| LastMessage { number: message.number, text });
            known.active_at = message.sent_at;
        });
        if self.kind.members_stay() {
            self.last_message = self.last_message.max(message.number);
        }
        self.messages.push(message.clone());
        if self.messages.len() > MESSAGES_AT_ONCE {
            self.messages.remove(0);
            self.has_earlier_messages = true;
        }
    }
}
