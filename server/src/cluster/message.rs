//! The messages between nodes: JSON, in an envelope that names the sender.
//!
//! Two versions run side by side during an upgrade. So a message of an unknown kind is passed over, and unknown fields are ignored.

use heartogether::{
    id::{AccountId, ConnectionId, MemberId, NodeId, RoomCode},
    limits::FRAME_BYTES,
    protocol::{CustomEvent, LoungeRead, LoungesChanged, Moment, Signal},
    refusal::Refusal,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::storage::accounts::TokenHash;

/// Bytes of a message, at most: a signal's frame, or posted frames with what JSON escapes in them, and what is around it.
pub const MESSAGE_BYTES: usize = 2 * FRAME_BYTES;

/// Connections that one message is for, at most.
pub const RECEIVERS: usize = 1_000;

/// What a node tells another one, or all others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NodeMessage {
    /// A signal for a connection of the receiving node. The sending node has checked by the room's log that it may be sent.
    Signal {
        /// The room.
        room: RoomCode,
        /// The connection.
        to: ConnectionId,
        /// The member who sends it.
        from: MemberId,
        /// The signal.
        signal: Signal,
    },
    /// An event of a room's owner for connections of the receiving node, at most [`RECEIVERS`].
    Custom {
        /// The room.
        room: RoomCode,
        /// The connections.
        to: Vec<ConnectionId>,
        /// The event.
        event: CustomEvent,
    },
    /// What holds for a moment in a room, for connections of the receiving node, at most [`RECEIVERS`].
    Moment {
        /// The room.
        room: RoomCode,
        /// The connections.
        to: Vec<ConnectionId>,
        /// What.
        moment: Moment,
    },
    /// Whom an account has blocked has changed. Its pages are told what is stored.
    Blocked {
        /// The account.
        account: AccountId,
    },
    /// What has changed in the lists of lounges of accounts, at most [`RECEIVERS`].
    LoungesChanged {
        /// The accounts.
        to: Vec<AccountId>,
        /// The lounge whose own pages know it.
        room: Option<RoomCode>,
        /// What.
        changed: LoungesChanged,
    },
    /// How far accounts have read, at most [`RECEIVERS`] of them.
    LoungesRead {
        /// What they have read.
        read: Vec<AccountRead>,
    },
    /// Something about sessions that takes effect at once.
    Sessions {
        /// What.
        change: SessionChange,
    },
    /// What was posted to this node for an event stream of the receiving node, which answers with [`Self::PostAnswered`].
    StreamPosted {
        /// The node that waits for the answer.
        by: NodeId,
        /// Its number for the post.
        number: u64,
        /// What was posted.
        post: StreamPost,
    },
    /// The answer to a post.
    PostAnswered {
        /// The number of the post.
        number: u64,
        /// Why it was not taken.
        refusal: Option<Refusal>,
    },
    /// What another version says and this one does not understand.
    #[serde(other)]
    Unknown,
}

/// How far an account has read in a lounge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRead {
    /// The account.
    pub account: AccountId,
    /// How far.
    pub read: LoungeRead,
}

/// Frames that a client posts to its event stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamPost {
    /// The stream.
    pub stream: ConnectionId,
    /// The session of the request.
    pub session: SessionHash,
    /// The number of the first frame. A stream's frames are numbered from 0.
    pub first: u64,
    /// The frames, each on a line; at most [`FRAME_BYTES`]. None at all say that the client is there.
    pub frames: String,
}

/// A change of sessions that connections have to know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionChange {
    /// A session has ended. Its connections are told, and closed.
    Ended(SessionHash),
    /// All sessions of an account have ended.
    AccountSignedOut(AccountId),
    /// A guest's session has ended, because the guest has become an account. Its connections keep their places for now.
    Confined(SessionHash),
    /// A session that another one has replaced. Its connections are closed without a refusal, so that their pages connect again.
    Replaced(SessionHash),
}

/// A session's hash, as hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionHash(pub TokenHash);

impl Serialize for SessionHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SessionHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        TokenHash::parse(&text).map(Self).ok_or_else(|| D::Error::custom("no hash of a session"))
    }
}

/// A message and who sent it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The sender.
    pub from: NodeId,
    /// The message.
    pub message: NodeMessage,
}

/// It is not a message between nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no message between nodes")]
pub struct Unreadable;

impl NodeMessage {
    /// Whether it has to arrive, so that it is sent again if sending fails. To take it in twice changes nothing. A signal is sent
    /// once: the page that waits for it asks again.
    pub const fn is_repeatable(&self) -> bool {
        matches!(self, Self::Sessions { .. })
    }

    fn is_bounded(&self) -> bool {
        match self {
            Self::Signal { signal, .. } => signal.is_bounded(),
            Self::Custom { to, event, .. } => to.len() <= RECEIVERS && event.check().is_ok(),
            Self::Moment { to, .. } => to.len() <= RECEIVERS,
            Self::LoungesChanged { to, changed, .. } => to.len() <= RECEIVERS && changed.is_bounded(),
            Self::LoungesRead { read } => read.len() <= RECEIVERS,
            Self::StreamPosted { post, .. } => post.frames.len() <= FRAME_BYTES,
            Self::Sessions { .. } | Self::Blocked { .. } | Self::PostAnswered { .. } | Self::Unknown => true,
        }
    }
}

impl Envelope {
    /// Writes it.
    pub fn encode(&self) -> String {
        serde_json::to_string(self).expect("messages have string keys and no failing serializer")
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`Unreadable`] also for what is beyond the limits.
    pub fn decode(text: &str) -> Result<Self, Unreadable> {
        let envelope = (text.len() <= MESSAGE_BYTES).then(|| serde_json::from_str::<Self>(text).ok()).flatten();
        envelope.filter(|envelope| envelope.message.is_bounded()).ok_or(Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use heartogether::{
        id::{MessageNumber, NegotiationId},
        limits::{CANDIDATES_PER_SIGNAL, CUSTOM_PAYLOAD_BYTES, LOUNGES_CHANGED_AT_ONCE},
        protocol::Candidate,
    };

    use super::*;

    const FROM: NodeId = NodeId::from_bits(1);

    fn signal(signal: Signal) -> NodeMessage {
        let room = RoomCode::parse("ABC234").expect("a code");
        NodeMessage::Signal { room, to: ConnectionId::from_bits(2), from: MemberId::from_bits(3), signal }
    }

    /// The longest that an event can be on the wire: each character is escaped.
    fn custom(receivers: usize, payload_bytes: usize) -> NodeMessage {
        let event = CustomEvent { name: "slide.changed".to_owned(), payload: "\u{1}".repeat(payload_bytes) };
        let room = RoomCode::parse("ABC234").expect("a code");
        NodeMessage::Custom { room, to: vec![ConnectionId::from_bits(u128::MAX); receivers], event }
    }

    #[test]
    fn messages_are_read_as_they_were_written() {
        let hash = SessionHash(TokenHash([7; 32]));
        let sdp = "v=0\r\n\"ä🎉\u{0}".to_owned();
        let changes = [
            SessionChange::Ended(hash),
            SessionChange::AccountSignedOut(AccountId::from_bits(1)),
            SessionChange::Confined(hash),
            SessionChange::Replaced(hash),
        ];
        let blocked = NodeMessage::Blocked { account: AccountId::from_bits(1) };
        let sessions = changes.map(|change| NodeMessage::Sessions { change });
        let offer = signal(Signal::Offer { negotiation: NegotiationId(7), sdp, restarts: None });
        let custom = custom(RECEIVERS, CUSTOM_PAYLOAD_BYTES);
        let post = StreamPost {
            stream: ConnectionId::from_bits(2),
            session: hash,
            first: u64::MAX,
            frames: "{\"a\":\"\\r\"}\n".repeat(5_000),
        };
        let posted = NodeMessage::StreamPosted { by: FROM, number: 7, post };
        let answers = [None, Some(Refusal::OutOfOrder)].map(|refusal| NodeMessage::PostAnswered { number: 7, refusal });
        let read = LoungeRead { room: RoomCode::parse("ABC234").expect("a code"), up_to: MessageNumber(u64::MAX) };
        let read = AccountRead { account: AccountId::from_bits(u128::MAX), read };
        let lists = [
            NodeMessage::LoungesChanged {
                to: vec![read.account; RECEIVERS],
                room: Some(read.read.room),
                changed: LoungesChanged::read(read.read),
            },
            NodeMessage::LoungesRead { read: vec![read; RECEIVERS] },
        ];
        let others = [offer, custom, blocked, signal(Signal::OfferRequest { restarts: None }), posted]
            .into_iter()
            .chain(answers)
            .chain(lists);
        for message in others.chain(sessions) {
            let envelope = Envelope { from: FROM, message };
            assert_eq!(Envelope::decode(&envelope.encode()), Ok(envelope));
        }
    }

    #[test]
    fn what_another_version_says_is_known_as_unknown() {
        let from = FROM.to_string();
        for text in [
            format!(r#"{{"from":"{from}","message":{{"kind":"unheard_of","about":[1,{{}}]}}}}"#),
            format!(r#"{{"from":"{from}","message":{{"kind":"unheard_of"}},"later":1}}"#),
        ] {
            assert_eq!(Envelope::decode(&text), Ok(Envelope { from: FROM, message: NodeMessage::Unknown }), "{text}");
        }
    }

    #[test]
    fn rubbish_is_unreadable() {
        let candidate = Candidate { candidate: String::new(), sdp_mid: None, sdp_m_line_index: None };
        let candidates = vec![candidate; CANDIDATES_PER_SIGNAL + 1];
        let many = signal(Signal::Candidates { negotiation: NegotiationId(1), candidates });
        let sdp = "x".repeat(MESSAGE_BYTES);
        let long = signal(Signal::Offer { negotiation: NegotiationId(1), sdp, restarts: None });
        let post = StreamPost {
            stream: ConnectionId::from_bits(2),
            session: SessionHash(TokenHash([7; 32])),
            first: 0,
            frames: "x".repeat(FRAME_BYTES + 1),
        };
        let long_post = NodeMessage::StreamPosted { by: FROM, number: 7, post };
        let gone = vec![RoomCode::parse("ABC234").expect("a code"); LOUNGES_CHANGED_AT_ONCE + 1];
        let changed = LoungesChanged { gone, ..LoungesChanged::default() };
        let long_list = NodeMessage::LoungesChanged { to: Vec::new(), room: None, changed };
        let to = vec![AccountId::from_bits(1); RECEIVERS + 1];
        let many_lists = NodeMessage::LoungesChanged { to, room: None, changed: LoungesChanged::anew() };
        let too_many =
            [long_list, many_lists, long_post, custom(RECEIVERS + 1, 0), custom(1, CUSTOM_PAYLOAD_BYTES + 1)];
        let written = [many, long].into_iter().chain(too_many).map(|message| Envelope { from: FROM, message }.encode());
        let written: Vec<_> = written.collect();
        let texts = [
            "",
            "{}",
            "[",
            r#"{"from":"1","message":{"kind":"sessions"}}"#,
            r#"{"from":"00000000000000000000000000000001","message":{"kind":"sessions"}}"#,
            r#"{"from":"00000000000000000000000000000001","message":{"kind":"sessions","change":{"ended":"zz"}}}"#,
            r#"{"from":"00000000000000000000000000000001","message":{"kind":"signal","room":"ABC234"}}"#,
        ];
        for text in texts.into_iter().chain(written.iter().map(String::as_str)) {
            assert_eq!(Envelope::decode(text), Err(Unreadable), "{}", &text[..text.len().min(200)]);
        }
    }
}
