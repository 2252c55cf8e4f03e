//! What people wrote of themselves, within entries and rooms: names, e-mail addresses and words. Whoever stores an entry or a
//! room takes these texts out and seals them with a key of their account's, so that they are gone with the key and the rest of
//! the log stays as it is.

use super::{Command, Event, MemberView, Message, Room, RoomEvent};
use crate::{
    engagement::MessageText,
    id::{AccountId, DisplayName},
};

/// What stands in the place of a name that is not known any more.
const FORGOTTEN_NAME: &str = "Somebody";
/// What stands in the place of words that are not known any more.
const FORGOTTEN_WORDS: &str = "…";

/// A text of a person's own.
#[derive(Debug)]
pub enum PersonalText<'a> {
    /// What they are called.
    Name(&'a mut DisplayName),
    /// What they wrote.
    Words(&'a mut MessageText),
    /// Their e-mail address.
    Email(&'a mut Option<String>),
}

impl PersonalText<'_> {
    /// The text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Name(name) => name.as_str(),
            Self::Words(words) => words.as_str(),
            Self::Email(email) => email.as_deref().unwrap_or_default(),
        }
    }

    /// Puts a placeholder in its place, which is visited again.
    pub fn hide(&mut self) {
        match self {
            Self::Email(email) => **email = Some(String::new()),
            _ => self.forget(),
        }
    }

    /// Puts a placeholder in its place for good.
    pub fn forget(&mut self) {
        match self {
            Self::Name(name) => **name = DisplayName::parse(FORGOTTEN_NAME).expect("a word is a name"),
            Self::Words(words) => **words = MessageText::parse(FORGOTTEN_WORDS).expect("an ellipsis is a message"),
            Self::Email(email) => **email = None,
        }
    }

    /// Puts a text in its place. One that is not of its kind is not believed: then a placeholder stands there.
    pub fn restore(&mut self, text: &str) {
        match self {
            Self::Email(email) => **email = Some(text.to_owned()),
            Self::Name(name) => match DisplayName::parse(text) {
                Ok(text) => **name = text,
                Err(_) => self.forget(),
            },
            Self::Words(words) => match MessageText::parse(text) {
                Ok(text) => **words = text,
                Err(_) => self.forget(),
            },
        }
    }
}

/// Is shown each text with the account it belongs to, in an order that depends on nothing but what is visited. `None` where the
/// room does not know any more whose it is.
pub type Visit<'a> = dyn FnMut(Option<AccountId>, PersonalText<'_>) + 'a;

impl Event {
    /// Shows every text of a person's own.
    pub fn visit_personal(&mut self, visit: &mut Visit<'_>) {
        match self {
            Self::RoomCreated(created) => visit(Some(created.owner), PersonalText::Name(&mut created.owner_name)),
            Self::JoinRequested(request) => {
                visit(Some(request.account), PersonalText::Name(&mut request.name));
                visit_email(Some(request.account), &mut request.email, visit);
            }
            Self::Commanded { account, command: Command::Write { text, .. } | Command::Edit { text, .. }, .. } => {
                visit(Some(*account), PersonalText::Words(text));
            }
            Self::Commanded { .. }
            | Self::ResumeRequested(_)
            | Self::ReopenRequested { .. }
            | Self::ConnectionLost { .. }
            | Self::NodeLost { .. }
            | Self::AccountMerged { .. }
            | Self::AccountDeleted { .. }
            | Self::Woke => {}
        }
    }
}

impl Room {
    /// Shows every text of a person's own.
    pub fn visit_personal(&mut self, visit: &mut Visit<'_>) {
        if let Some(created) = &mut self.created {
            visit(Some(created.owner), PersonalText::Name(&mut created.owner_name));
        }
        for member in &mut self.roster.members {
            let account = Some(member.account);
            visit(account, PersonalText::Name(&mut member.name));
            visit_email(account, &mut member.email, visit);
            member.last_message.iter_mut().for_each(|last| visit(account, PersonalText::Words(&mut last.text)));
        }
        for (account, message) in self.chat.personal() {
            message.visit_personal(Some(account), visit);
        }
        let places = self.roster.members.iter().map(|member| (member.id, member.account));
        let places: Vec<_> =
            places.chain(self.roster.former.iter().map(|trace| (trace.member, trace.account))).collect();
        for (_, kept) in &mut self.recent {
            let subject = kept.event.subject();
            let account = places.iter().find(|(member, _)| Some(*member) == subject).map(|(_, account)| *account);
            visit_event(account, &mut kept.event, visit);
        }
    }
}

fn visit_event(account: Option<AccountId>, event: &mut RoomEvent, visit: &mut Visit<'_>) {
    match event {
        RoomEvent::MemberJoined { member } => visit_member(account, member, visit),
        RoomEvent::MessageSent { message } => message.visit_personal(account, visit),
        RoomEvent::MessageEdited { text, .. } => visit(account, PersonalText::Words(text)),
        _ => {}
    }
}

fn visit_member(account: Option<AccountId>, member: &mut MemberView, visit: &mut Visit<'_>) {
    visit(account, PersonalText::Name(&mut member.name));
    visit_email(account, &mut member.email, visit);
    member.last_message.iter_mut().for_each(|last| visit(account, PersonalText::Words(&mut last.text)));
}

impl Message {
    /// Shows every text of a person's own, as those of this account.
    pub fn visit_personal(&mut self, account: Option<AccountId>, visit: &mut Visit<'_>) {
        visit(account, PersonalText::Name(&mut self.name));
        self.text.iter_mut().for_each(|words| visit(account, PersonalText::Words(words)));
    }
}

fn visit_email(account: Option<AccountId>, email: &mut Option<String>, visit: &mut Visit<'_>) {
    if email.is_some() {
        visit(account, PersonalText::Email(email));
    }
}
