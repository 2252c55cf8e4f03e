//! The events in a room's log.

use serde::{Deserialize, Serialize};

use super::{Answered, ArchivedMessage, Marks, Policy, Source};
use crate::{
    engagement::{Emoji, MessageText, Reaction},
    id::{
        AccountId, ConnectionId, DisplayName, MemberId, MessageNumber, NameMark, NodeId, PublicationId, ResumeToken,
        RoomCode, RoomId, RoomName, Seq,
    },
    role::{AccountKind, Permission, Role},
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
    /// The id of the place, if a new one is given.
    pub member: MemberId,
    /// The token with which the page can resume the place.
    pub token: ResumeToken,
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

/// A command of a member. A member has at most one publication; commands about a stream refer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Command {
    /// Give up the place.
    Leave,
    /// Begin to send, or change the source.
    Publish {
        /// The id of the publication, if there is none yet.
        id: PublicationId,
        /// Where the sound comes from.
        source: Source,
        /// Whether it begins paused.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        paused: bool,
    },
    /// Pause the publication.
    Pause,
    /// End the pause.
    Resume,
    /// The source is gone: the browser ended the capture, or a new page has not captured anything yet.
    Interrupt,
    /// The source gives no sound, or gives sound again.
    DeclareSilence {
        /// Whether nothing can be heard.
        silent: bool,
    },
    /// End the room for everyone.
    StopRoom,
    /// Remove a member for good.
    RemoveMember {
        /// The member.
        member: MemberId,
        /// Whether everybody at the same address is removed too.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        block_address: bool,
        /// Whether the member is only sent out, and may come again.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        may_return: bool,
    },
    /// Choose the name that others see.
    NameOneself {
        /// The name.
        #[serde(deserialize_with = "DisplayName::told")]
        name: DisplayName,
        /// The hash of what it looks like.
        mark: NameMark,
    },
    /// Name the room.
    NameRoom {
        /// The name.
        #[serde(deserialize_with = "RoomName::told")]
        name: RoomName,
    },
    /// Make another member the owner.
    HandOver {
        /// The member.
        member: MemberId,
    },
    /// Show a reaction.
    React {
        /// The reaction.
        reaction: Reaction,
    },
    /// Write a message.
    Write {
        /// The number the author's page gave the message.
        nonce: u32,
        /// The text.
        #[serde(deserialize_with = "MessageText::told")]
        text: MessageText,
        /// The message it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<MessageNumber>,
        /// The archive's data about the message it answers. Entries from before there was such data have none: what they answer
        /// was not checked, and a replay does not check it either.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answered: Option<Answered>,
        /// Whether the archive holds it already: it was written once before, and the room itself has forgotten it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_archived: bool,
    },
    /// Change a message.
    Edit {
        /// The message's number.
        number: MessageNumber,
        /// The new text.
        #[serde(deserialize_with = "MessageText::told")]
        text: MessageText,
        /// The archive's data about the message, if the room has dropped it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archived: Option<ArchivedMessage>,
    },
    /// Delete a message.
    Delete {
        /// The message's number.
        number: MessageNumber,
        /// The archive's data about the message, if the room has dropped it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archived: Option<ArchivedMessage>,
    },
    /// Put an emoji on a message, or take it away.
    ReactTo {
        /// The message's number.
        number: MessageNumber,
        /// The emoji.
        #[serde(deserialize_with = "Emoji::told")]
        emoji: Emoji,
        /// Whether it is on the message from now on.
        on: bool,
        /// The archive's data about the message, if the room has dropped it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archived: Option<ArchivedMessage>,
    },
    /// Pin a message, or take the pin away.
    Pin {
        /// The message's number.
        number: MessageNumber,
        /// Whether it is pinned from now on.
        pinned: bool,
        /// The archive's data about the message, if the room has dropped it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archived: Option<ArchivedMessage>,
    },
}

impl Command {
    /// The permission that the sender needs.
    pub const fn permission(&self) -> Permission {
        match self {
            Self::Leave => Permission::Leave,
            Self::Publish { .. } | Self::Pause | Self::Resume | Self::Interrupt | Self::DeclareSilence { .. } => {
                Permission::Publish
            }
            Self::StopRoom => Permission::StopRoom,
            Self::RemoveMember { .. } => Permission::RemoveMember,
            Self::React { .. } | Self::Write { .. } | Self::Edit { .. } | Self::Delete { .. } => Permission::Engage,
            Self::Pin { .. } => Permission::Moderate,
            Self::ReactTo { .. } => Permission::Converse,
            Self::NameOneself { .. } => Permission::NameOneself,
            Self::NameRoom { .. } => Permission::NameRoom,
            Self::HandOver { .. } => Permission::HandOver,
        }
    }
}
