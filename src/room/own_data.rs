//! What a room has of an account, for the person whose account it is: nothing that others have written.

use serde::Serialize;

use super::{Room, RoomKind, Waiting};
use crate::{
    engagement::{MessageText, Reaction},
    id::{AccountId, DisplayName, MemberId, MessageNumber, RoomCode, RoomName},
    time::Timestamp,
};

/// What a room has of an account besides messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnData {
    /// The room's code.
    pub code: RoomCode,
    /// Its kind.
    pub kind: RoomKind,
    /// Whether the account owns it.
    pub is_owner: bool,
    /// What the account has named it.
    pub name: Option<RoomName>,
    /// Whether the account was removed from it.
    pub is_removed: bool,
    /// The account's places.
    pub places: Vec<OwnPlace>,
    /// The account's request to come in, while it has no answer.
    pub waiting: Option<Waiting>,
    /// Whether the owner has let the account in.
    pub is_admitted: bool,
    /// Until when the account cannot ask, where the owner has declined it lately.
    pub declined_until: Option<Timestamp>,
    /// What the account has reported.
    pub reports: Vec<OwnReport>,
}

/// A place of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnPlace {
    /// The place.
    pub member: MemberId,
    /// The name there.
    pub name: DisplayName,
    /// The e-mail address that the owner sees.
    pub email: Option<String>,
    /// When the place was taken.
    pub joined_at: Timestamp,
    /// When the member last did something.
    pub active_at: Timestamp,
    /// The last reaction.
    pub last_reaction: Option<Reaction>,
}

/// A report of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnReport {
    /// The number of the message that was reported.
    pub message: MessageNumber,
    /// The reason.
    pub reason: Option<MessageText>,
    /// When.
    pub at: Timestamp,
}

impl Room {
    /// What the room has of an account besides messages; `None` before its first entry.
    pub fn data_of(&self, account: AccountId) -> Option<OwnData> {
        let created = self.created()?;
        let is_owner = created.owner == account;
        let places = self.members().filter(|member| member.account == account).map(|member| OwnPlace {
            member: member.id,
            name: member.name.clone(),
            email: member.email.clone(),
            joined_at: member.joined_at,
            active_at: member.active_at,
            last_reaction: member.last_reaction,
        });
        Some(OwnData {
            code: created.code,
            kind: self.kind(),
            is_owner,
            name: created.name.clone().filter(|_| is_owner),
            is_removed: self.roster.removed.has(account),
            places: places.collect(),
            waiting: self.waiting_of(account),
            is_admitted: self.roster.admission.has_admitted(account),
            declined_until: self.roster.admission.declined_until(account),
            reports: self.reports.by(account),
        })
    }
}
