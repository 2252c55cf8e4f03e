//! What can happen to a room, as its log holds it.

use serde::{Deserialize, Serialize};

use super::{Marks, Policy, Source};
use crate::{
    engagement::{MessageText, Reaction},
    id::{
        AccountId, ConnectionId, DisplayName, MemberId, MessageNumber, NodeId, PublicationId, ResumeToken, RoomCode,
        RoomId, Seq,
    },
    role::{AccountKind, Permission, Role},
    time::Timestamp,
};

/// One line of a room's log. Its place and its time come from the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place.
    pub seq: Seq,
    /// When it was appended.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// What happened, or was asked for. Ids come inside, so that a replay gives the same room everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The first entry of every log.
    RoomCreated(RoomCreated),
    /// A connection asked for a place.
    JoinRequested(JoinRequested),
    /// A connection asked for a place it says it had.
    ResumeRequested(ResumeRequested),
    /// A member's connection gave a command.
    Commanded {
        /// Whose.
        connection: ConnectionId,
        /// The account of its session, whose words the command may hold.
        account: AccountId,
        /// Which.
        command: Command,
    },
    /// The owner asked to open the room again after its end. The account is the session's.
    ReopenRequested {
        /// Who asked.
        account: AccountId,
        /// What the account was to the server then.
        #[serde(rename = "account_kind")]
        kind: AccountKind,
    },
    /// A connection is gone.
    ConnectionLost {
        /// Which.
        connection: ConnectionId,
    },
    /// A node is gone, and with it all its connections.
    NodeLost {
        /// Which.
        node: NodeId,
    },
    /// A guest has signed in as somebody who has an account already, and goes on as that.
    AccountMerged {
        /// The guest.
        from: AccountId,
        /// The account.
        to: AccountId,
    },
    /// An account was deleted by whom it belonged to.
    AccountDeleted {
        /// Which.
        account: AccountId,
    },
    /// A time that the room asked to be woken at has come.
    Woke,
}

/// What a room is made with.
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

/// A request for a place. The account is the session's, never the client's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequested {
    /// From where.
    pub connection: ConnectionRef,
    /// Who.
    pub account: AccountId,
    /// The account's name.
    #[serde(deserialize_with = "DisplayName::told")]
    pub name: DisplayName,
    /// The account's e-mail address, if it has signed in with a provider that has checked it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What the account was to the server then.
    #[serde(rename = "account_kind")]
    pub kind: AccountKind,
    /// What it can be recognised by.
    #[serde(default)]
    pub marks: Marks,
    /// As what.
    pub role: Role,
    /// Whether to take the owner's place from another page.
    pub take_over: bool,
    /// The id of the place, should a new one be given.
    pub member: MemberId,
    /// The token the place is resumed with from now on.
    pub token: ResumeToken,
}

/// A request for a place held before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeRequested {
    /// From where.
    pub connection: ConnectionRef,
    /// Who.
    pub account: AccountId,
    /// What the account was to the server then.
    #[serde(rename = "account_kind")]
    pub kind: AccountKind,
    /// The token that came with the place.
    pub token: ResumeToken,
    /// The last entry the client knows.
    pub last_seq: Seq,
}

/// What a member can tell the room to do. A member has one publication at most: what is said of a stream is about that one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Command {
    /// Give up the place.
    Leave,
    /// Begin to send, or change the source.
    Publish {
        /// The id of the publication, should there be none yet.
        id: PublicationId,
        /// Where the sound comes from.
        source: Source,
        /// Whether it begins silenced.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        paused: bool,
    },
    /// Pause what is sent.
    Pause,
    /// End the pause.
    Resume,
    /// The source is gone: the browser ended the capture, or a new page has none yet.
    Interrupt,
    /// The source gives no sound, or does again.
    DeclareSilence {
        /// Whether nothing can be heard.
        silent: bool,
    },
    /// End the room for everyone.
    StopRoom,
    /// Take a member's place away, for good.
    RemoveMember {
        /// Whose.
        member: MemberId,
        /// Whether everybody at the same address is removed too.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        block_address: bool,
    },
    /// Show a reaction.
    React {
        /// Which.
        reaction: Reaction,
    },
    /// Write a message.
    Write {
        /// The number the author's page gave the message.
        nonce: u32,
        /// What it says.
        #[serde(deserialize_with = "MessageText::told")]
        text: MessageText,
        /// The message it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<MessageNumber>,
        /// Whether the archive holds it already: it was written once before, and the room itself has forgotten it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_archived: bool,
    },
    /// Change a message.
    Edit {
        /// Which.
        number: MessageNumber,
        /// What it says from now on.
        #[serde(deserialize_with = "MessageText::told")]
        text: MessageText,
        /// What the archive knows of it, where the room itself has forgotten it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archived: Option<ArchivedMessage>,
    },
    /// Delete a message.
    Delete {
        /// Which.
        number: MessageNumber,
        /// What the archive knows of it, where the room itself has forgotten it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archived: Option<ArchivedMessage>,
    },
    /// Pin a message, or take the pin away.
    Pin {
        /// Which.
        number: MessageNumber,
        /// Whether it is pinned from now on.
        pinned: bool,
        /// What the archive knows of it, where the room itself has forgotten it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archived: Option<ArchivedMessage>,
    },
}

/// What the archive knows of a message that the room has forgotten. The edge writes it into the entry, so that a replay never
/// reads the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedMessage {
    /// Whose it is.
    pub account: AccountId,
    /// Its author's place.
    pub author: MemberId,
    /// How often it was changed.
    pub version: u32,
    /// Whether it is deleted.
    pub deleted: bool,
    /// Whether it is pinned.
    pub pinned: bool,
}

impl Command {
    /// What its sender must be allowed to do.
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
        }
    }
}
