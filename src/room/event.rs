//! What can happen to a room, as its log holds it.

use serde::{Deserialize, Serialize};

use crate::{
    engagement::{MessageText, Reaction},
    id::{
        AccountId, AddressMark, BrowserMark, ConnectionId, DisplayName, MemberId, NodeId, ResumeToken, RoomCode,
        RoomId, Seq,
    },
    limits::Limits,
    protocol::Source,
    role::{Kind, Permission, Role},
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
        /// Which.
        command: Command,
    },
    /// The owner asked to open the room again after its end. The account is the session's.
    ReopenRequested {
        /// Who asked.
        account: AccountId,
        /// What the account was to the server then.
        #[serde(default, rename = "account_kind")]
        kind: Kind,
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
    pub host: MemberId,
    /// The owner's name.
    pub host_name: DisplayName,
    /// Its limits.
    pub policy: Policy,
}

/// The limits a room was created with; later changes of the settings do not alter a replay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// See [`Limits::max_listeners`].
    pub max_listeners: u32,
    /// See [`Limits::max_listeners_per_address`].
    #[serde(default = "without_limit")]
    pub max_listeners_per_address: u32,
    /// See [`Limits::room_idle_ms`].
    pub idle_ms: u64,
    /// See [`Limits::room_host_absent_ms`].
    pub host_absent_ms: u64,
    /// See [`Limits::room_reopen_ms`].
    #[serde(default)]
    pub reopen_ms: u64,
    /// See [`Limits::listener_grace_ms`].
    pub listener_grace_ms: u64,
    /// See [`Limits::host_grace_ms`].
    pub host_grace_ms: u64,
}

/// Rooms from before the limit have none.
const fn without_limit() -> u32 {
    u32::MAX
}

impl From<&Limits> for Policy {
    fn from(limits: &Limits) -> Self {
        Self {
            max_listeners: limits.max_listeners,
            max_listeners_per_address: limits.max_listeners_per_address,
            idle_ms: limits.room_idle_ms,
            host_absent_ms: limits.room_host_absent_ms,
            reopen_ms: limits.room_reopen_ms,
            listener_grace_ms: limits.listener_grace_ms,
            host_grace_ms: limits.host_grace_ms,
        }
    }
}

/// A connection and the node that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConnectionRef {
    /// The node.
    pub node: NodeId,
    /// The connection.
    pub id: ConnectionId,
}

/// What a room recognises a page by that comes as another account. Nothing in it says who or where somebody is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// The browser, if it keeps cookies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<BrowserMark>,
    /// The network address; of IPv6 the /56, which a home has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<AddressMark>,
}

/// A request for a place. The account is the session's, never the client's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequested {
    /// From where.
    pub connection: ConnectionRef,
    /// Who.
    pub account: AccountId,
    /// The account's name.
    pub name: DisplayName,
    /// The account's e-mail address, if it has signed in with a provider that has checked it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What the account was to the server then.
    #[serde(default, rename = "account_kind")]
    pub kind: Kind,
    /// What it can be recognised by.
    #[serde(default)]
    pub marks: Marks,
    /// As what.
    pub role: Role,
    /// Whether to take the host's place from another page.
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
    #[serde(default, rename = "account_kind")]
    pub kind: Kind,
    /// The token that came with the place.
    pub token: ResumeToken,
    /// The last entry the client knows.
    pub last_seq: Seq,
}

/// What a member can tell the room to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Command {
    /// Give up the place.
    Leave,
    /// Begin the stream, or change its source.
    StartStream {
        /// Where the sound comes from.
        source: Source,
        /// Whether it begins silenced.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        paused: bool,
    },
    /// Pause the stream.
    PauseStream,
    /// End the pause.
    ResumeStream,
    /// The source is gone: the browser ended the capture, or a new page has none yet.
    InterruptStream,
    /// The source gives no sound, or does again.
    DeclareSilence {
        /// Whether nothing can be heard.
        silent: bool,
    },
    /// End the room for everyone.
    StopRoom,
    /// Take a listener's place away, for good.
    RemoveListener {
        /// Whose.
        member: MemberId,
        /// Whether everybody at the same address is removed too.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        block_address: bool,
    },
    /// Show the host a reaction.
    React {
        /// Which.
        reaction: Reaction,
    },
    /// Write to the host.
    Write {
        /// The number the author's page gave the message.
        nonce: u32,
        /// What it says.
        text: MessageText,
    },
}

impl Command {
    /// What its sender must be allowed to do.
    pub const fn permission(&self) -> Permission {
        match self {
            Self::Leave => Permission::Leave,
            Self::StartStream { .. }
            | Self::PauseStream
            | Self::ResumeStream
            | Self::InterruptStream
            | Self::DeclareSilence { .. } => Permission::Broadcast,
            Self::StopRoom => Permission::StopRoom,
            Self::RemoveListener { .. } => Permission::RemoveListener,
            Self::React { .. } | Self::Write { .. } => Permission::Engage,
        }
    }
}
