//! The events in a room's log.

use serde::{Deserialize, Serialize};

use super::{ArchivedMessage, Command, Marks, Policy, removed::Trace};
use crate::{
    id::{
        AccountId, ConnectionId, DisplayName, MemberId, MessageNumber, NodeId, PictureId, ResumeToken, RoomCode,
        RoomId, RoomName, Seq,
    },
    role::{AccountKind, Role},
    time::Timestamp,
};

/// An entry of a room's log. The log assigns its number and its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number.
    pub seq: Seq,
    /// When it was appended.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// An event or a request. It contains all ids that it creates, so that a replay gives the same room on every node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The first entry of every log.
    RoomCreated(RoomCreated),
    /// A connection requested a place.
    JoinRequested(JoinRequested),
    /// A connection requested a place that it had before.
    ResumeRequested(ResumeRequested),
    /// A member's connection gave a command.
    Commanded {
        /// The connection.
        connection: ConnectionId,
        /// The account of the connection's session. The command may hold its texts.
        account: AccountId,
        /// The command.
        command: Command,
    },
    /// A program of a member's gave a command. It has no connection to the room: whoever asked for it looks at what became of it.
    CommandedByProgram {
        /// The member's account. The command may hold its texts.
        account: AccountId,
        /// The command. Programs write messages, and do nothing else.
        command: Command,
    },
    /// Whoever runs the server ended the room for good.
    ClosedByOperator,
    /// Whoever runs the server banned an account.
    AccountBanned {
        /// The account.
        account: AccountId,
    },
    /// Whoever runs the server removed a picture from a message.
    PictureRemoved(PictureRemoved),
    /// The owner asked to open the room again after its end. The account comes from the session.
    ReopenRequested {
        /// The account.
        account: AccountId,
        /// The kind of the account at that time.
        #[serde(rename = "account_kind")]
        kind: AccountKind,
    },
    /// A connection is gone.
    ConnectionLost {
        /// The connection.
        connection: ConnectionId,
    },
    /// A node is gone, and with it all its connections.
    NodeLost {
        /// The node.
        node: NodeId,
    },
    /// A guest has signed in to an existing account and continues with it.
    AccountMerged {
        /// The guest.
        from: AccountId,
        /// The account.
        to: AccountId,
    },
    /// An account was deleted by its person.
    AccountDeleted {
        /// The account.
        account: AccountId,
    },
    /// The time has come at which the room asked to be woken.
    Woke,
}

impl Event {
    /// Whether it says who may be in the room. That must not be lost even where the whole log is.
    pub const fn outlasts_log(&self) -> bool {
        match self {
            Self::AccountBanned { .. } | Self::AccountMerged { .. } | Self::AccountDeleted { .. } => true,
            Self::Commanded { command, .. } => matches!(
                command,
                Command::Leave
                    | Command::RemoveMember { .. }
                    | Command::HandOver { .. }
                    | Command::AskFirst { .. }
                    | Command::AskFirstUnder(_)
                    | Command::AnswerJoin { .. }
            ),
            _ => false,
        }
    }
}

/// The data of a new room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomCreated {
    /// The room.
    pub id: RoomId,
    /// Its code.
    pub code: RoomCode,
    /// Who owns it.
    pub owner: AccountId,
    /// The owner's place, which lasts as long as the room.
    pub owner_member: MemberId,
    /// The owner's name.
    #[serde(deserialize_with = "DisplayName::told")]
    pub owner_name: DisplayName,
    /// What the room is called, if it has a name.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "RoomName::told_or_none")]
    pub name: Option<RoomName>,
    /// Its kind and its limits.
    pub policy: Policy,
}

/// The removal of a picture from a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureRemoved {
    /// The message's number.
    pub number: MessageNumber,
    /// The picture.
    pub picture: PictureId,
    /// Whether the message shows nothing else, so that it is deleted. The edge has looked: a replay may find its words forgotten.
    pub is_all: bool,
    /// What the archive knows about the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<ArchivedMessage>,
}

/// A connection and the node that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConnectionRef {
    /// The node.
    pub node: NodeId,
    /// The connection.
    pub id: ConnectionId,
}

/// A request for a place. The account comes from the session, never from the client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequested {
    /// The connection.
    pub connection: ConnectionRef,
    /// The account.
    pub account: AccountId,
    /// The account's name.
    #[serde(deserialize_with = "DisplayName::told")]
    pub name: DisplayName,
    /// The account's e-mail address, if it has signed in with a provider that has checked it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether the account has a picture, from the provider with which it has signed in, and comes under the account's own name. Whoever
    /// goes by another name is not shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_picture: bool,
    /// The kind of the account at that time.
    #[serde(rename = "account_kind")]
    pub kind: AccountKind,
    /// The hashes of the browser and the address.
    #[serde(default)]
    pub marks: Marks,
    /// The role.
    pub role: Role,
    /// Whether to take the owner's place from another page.
    pub take_over: bool,
    /// Whether a page comes back that had a place or waited for one. Nothing new is asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub returns: bool,
    /// The id of the place, if a new one is given.
    pub member: MemberId,
    /// The token with which the page can resume the place.
    pub token: ResumeToken,
}

impl JoinRequested {
    pub(super) const fn trace(&self) -> Trace {
        Trace { member: self.member, account: self.account, marks: self.marks }
    }
}

/// A request for a place held before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeRequested {
    /// The connection.
    pub connection: ConnectionRef,
    /// The account.
    pub account: AccountId,
    /// The kind of the account at that time.
    #[serde(rename = "account_kind")]
    pub kind: AccountKind,
    /// The token that came with the place.
    pub token: ResumeToken,
    /// The last entry the client knows.
    pub last_seq: Seq,
}
