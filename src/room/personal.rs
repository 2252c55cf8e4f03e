//! The personal texts in entries and rooms: names, e-mail addresses and messages. Code that stores an entry or a room
//! removes these texts and seals them with the key of their account. Deleting the key makes them unreadable, and the
//! rest of the log stays as it is.

use super::{Command, Event, JoinRequested, Markup, MemberView, Message, Report, Room, RoomCreated, RoomEvent};
use crate::{
    engagement::MessageText,
    id::{AccountId, DisplayName, RoomName},
};

/// A personal text.
#[derive(Debug)]
pub enum PersonalText<'a> {
    /// A name.
    Name(&'a mut DisplayName),
    /// A message.
    Words(&'a mut MessageText),
    /// What the server has made of the markup in a message.
    Markup(&'a mut Option<Markup>),
    /// An e-mail address.
    Email(&'a mut Option<String>),
    /// What a room is called.
    RoomName(&'a mut RoomName),
}

impl PersonalText<'_> {
    /// The text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Name(name) => name.as_str(),
            Self::Words(words) => words.as_str(),
            Self::Markup(markup) => markup.as_ref().map_or("", |markup| &markup.html),
            Self::Email(email) => email.as_deref().unwrap_or_default(),
            Self::RoomName(name) => name.as_str(),
        }
    }

    /// Replaces it with a placeholder. Later visits still find it.
    pub fn hide(&mut self) {
        match self {
            Self::Email(email) => **email = Some(String::new()),
            Self::Markup(markup) => markup.iter_mut().for_each(|markup| markup.html.clear()),
            _ => self.forget(),
        }
    }

    /// Replaces it with a placeholder for good. An e-mail address and what was made of markup become `None`, so later visits do not
    /// find them.
    pub fn forget(&mut self) {
        match self {
            Self::Name(name) => **name = DisplayName::forgotten(),
            Self::Words(words) => **words = MessageText::forgotten(),
            Self::Markup(markup) => **markup = None,
            Self::Email(email) => **email = None,
            Self::RoomName(name) => **name = RoomName::forgotten(),
        }
    }

    /// Replaces it with a text that was taken away before. The text was checked when it was typed, by the limits of that time.
    pub fn restore(&mut self, text: &str) {
        match self {
            Self::Name(name) => **name = DisplayName::restored(text),
            Self::Words(words) => **words = MessageText::restored(text),
            Self::Markup(markup) => markup.iter_mut().for_each(|markup| text.clone_into(&mut markup.html)),
            Self::Email(email) => **email = Some(text.to_owned()),
            Self::RoomName(name) => **name = RoomName::restored(text),
        }
    }
}

/// Called with each text and the account it belongs to, always in the same order for the same value. The account is
/// `None` if the room does not know it any more.
pub type Visit<'a> = dyn FnMut(Option<AccountId>, PersonalText<'_>) + 'a;

impl Event {
    /// Visits every personal text.
    pub fn visit_personal(&mut self, visit: &mut Visit<'_>) {
        match self {
            Self::RoomCreated(created) => visit_created(created, visit),
            Self::JoinRequested(request) => visit_request(request, visit),
            Self::Commanded { connection: _, account, command } | Self::CommandedByProgram { account, command } => {
                visit_command(*account, command, visit);
            }
            Self::ResumeRequested(_)
            | Self::ReopenRequested { .. }
            | Self::ConnectionLost { .. }
            | Self::NodeLost { .. }
            | Self::AccountMerged { .. }
            | Self::AccountDeleted { .. }
            | Self::ClosedByOperator
            | Self::AccountBanned { .. }
            | Self::PictureRemoved(_)
            | Self::Woke => {}
        }
    }
}

impl Room {
    /// Visits every personal text.
    pub fn visit_personal(&mut self, visit: &mut Visit<'_>) {
        self.created.iter_mut().for_each(|created| visit_created(created, visit));
        for member in &mut self.roster.members {
            let account = Some(member.account);
            visit(account, PersonalText::Name(&mut member.name));
            visit_email(account, &mut member.email, visit);
            member.last_message.iter_mut().for_each(|last| visit(account, PersonalText::Words(&mut last.text)));
        }
        for request in self.roster.admission.waiting_mut() {
            visit_request(request, visit);
        }
        for (account, message) in self.chat.personal() {
            message.visit_personal(Some(account), visit);
        }
        for (account, report) in self.reports.personal() {
            visit_report(Some(account), report, visit);
        }
        let places = self.roster.members.iter().map(|member| (member.id, member.account));
        let places: Vec<_> = places.chain(self.roster.traces().map(|trace| (trace.member, trace.account))).collect();
        for (_, kept) in &mut self.recent {
            let subject = kept.event.subject();
            let account = places.iter().find(|(member, _)| Some(*member) == subject).map(|(_, account)| *account);
            visit_event(account, &mut kept.event, visit);
        }
    }
}

fn visit_request(request: &mut JoinRequested, visit: &mut Visit<'_>) {
    let account = Some(request.account);
    visit(account, PersonalText::Name(&mut request.name));
    visit_email(account, &mut request.email, visit);
}

fn visit_created(created: &mut RoomCreated, visit: &mut Visit<'_>) {
    let owner = Some(created.owner);
    visit(owner, PersonalText::Name(&mut created.owner_name));
    created.name.iter_mut().for_each(|name| visit(owner, PersonalText::RoomName(name)));
}

/// Names every command, so that a new one with a text is not stored as it is.
fn visit_command(account: AccountId, command: &mut Command, visit: &mut Visit<'_>) {
    match command {
        Command::Write { text, markup, nonce: _, pictures: _, reply_to: _, answered: _, is_archived: _ }
        | Command::Edit { text, markup, number: _, archived: _ } => {
            visit_words(Some(account), text, markup, visit);
        }
        Command::ReportMessage { reason, number: _, archived: _ } => {
            reason.iter_mut().for_each(|reason| visit(Some(account), PersonalText::Words(reason)));
        }
        Command::NameOneself { name, mark: _ } => visit(Some(account), PersonalText::Name(name)),
        Command::NameRoom { name } => visit(Some(account), PersonalText::RoomName(name)),
        Command::Leave
        | Command::Publish { id: _, source: _, paused: _ }
        | Command::Pause
        | Command::Resume
        | Command::Interrupt
        | Command::DeclareSilence { silent: _ }
        | Command::Listen { publication: _, on: _ }
        | Command::EndPublication { publication: _ }
        | Command::StopRoom
        | Command::RemoveMember { member: _, block_address: _, may_return: _ }
        | Command::HandOver { member: _ }
        | Command::AskFirst { on: _ }
        | Command::AskFirstUnder(_)
        | Command::AnswerJoin { member: _, admit: _ }
        | Command::ReactTo { number: _, emoji: _, on: _, archived: _ }
        | Command::React { reaction: _ }
        | Command::Delete { number: _, archived: _ }
        | Command::Pin { number: _, pinned: _, archived: _ }
        | Command::DismissReports { number: _ } => {}
    }
}

/// Names every event, so that a new one with a text is not stored as it is.
fn visit_event(account: Option<AccountId>, event: &mut RoomEvent, visit: &mut Visit<'_>) {
    match event {
        RoomEvent::MemberJoined { member } => visit_member(account, member, visit),
        RoomEvent::JoinAsked { waiting } => visit(account, PersonalText::Name(&mut waiting.name)),
        RoomEvent::MessageSent { message } => message.visit_personal(account, visit),
        RoomEvent::MessageReported { report, number: _, author: _ } => visit_report(account, report, visit),
        RoomEvent::MessageEdited { text, markup, number: _, author: _, version: _ } => {
            visit_words(account, text, markup, visit);
        }
        RoomEvent::MemberNamed { member: _, name } | RoomEvent::OwnerChanged { owner: _, name } => {
            visit(account, PersonalText::Name(name));
        }
        RoomEvent::RoomNamed { by: _, name } => visit(account, PersonalText::RoomName(name)),
        RoomEvent::MemberConnected { member: _, connected: _ }
        | RoomEvent::MemberLeft { member: _ }
        | RoomEvent::AskFirstChanged { on: _ }
        | RoomEvent::JoinAnswered { members: _ }
        | RoomEvent::AttendanceChanged { attendance: _ }
        | RoomEvent::LinkOpened { link: _ }
        | RoomEvent::LinkClosed { peer: _ }
        | RoomEvent::PublicationChanged { publication: _ }
        | RoomEvent::PublicationEnded { publication: _ }
        | RoomEvent::PublicationStopped { publication: _, by: _ }
        | RoomEvent::SoundMoved
        | RoomEvent::Reacted { member: _, reaction: _, at: _ }
        | RoomEvent::MessageDeleted { number: _ }
        | RoomEvent::MessagePinned { number: _, pinned: _ }
        | RoomEvent::PictureRemoved { number: _, picture: _ }
        | RoomEvent::MessageReacted { number: _, member: _, emoji: _, on: _ }
        | RoomEvent::ReportsDismissed { numbers: _ }
        | RoomEvent::ReportTaken { number: _ }
        | RoomEvent::MessagesDelivered { up_to: _ }
        | RoomEvent::EndExpected { ends_at: _ }
        | RoomEvent::RoomEnded { reason: _ } => {}
    }
}

fn visit_member(account: Option<AccountId>, member: &mut MemberView, visit: &mut Visit<'_>) {
    visit(account, PersonalText::Name(&mut member.name));
    visit_email(account, &mut member.email, visit);
    member.last_message.iter_mut().for_each(|last| visit(account, PersonalText::Words(&mut last.text)));
}

fn visit_report(account: Option<AccountId>, report: &mut Report, visit: &mut Visit<'_>) {
    visit(account, PersonalText::Name(&mut report.name));
    report.reason.iter_mut().for_each(|reason| visit(account, PersonalText::Words(reason)));
}

impl Message {
    /// Visits every personal text, as texts of this account.
    pub fn visit_personal(&mut self, account: Option<AccountId>, visit: &mut Visit<'_>) {
        visit(account, PersonalText::Name(&mut self.name));
        if let Some(words) = &mut self.text {
            visit_words(account, words, &mut self.markup, visit);
        }
    }
}

fn visit_words(account: Option<AccountId>, text: &mut MessageText, markup: &mut Option<Markup>, visit: &mut Visit<'_>) {
    visit(account, PersonalText::Words(text));
    if markup.is_some() {
        visit(account, PersonalText::Markup(markup));
    }
}

fn visit_email(account: Option<AccountId>, email: &mut Option<String>, visit: &mut Visit<'_>) {
    if email.is_some() {
        visit(account, PersonalText::Email(email));
    }
}
