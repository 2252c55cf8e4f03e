//! Which peer connection is meant, and how it is.

use heartogether::id::{MemberId, NegotiationId};

/// A negotiation with a member. The offering end draws the number, so negotiations with different members may have the
/// same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Negotiation {
    /// The member.
    pub member: MemberId,
    /// The number, which signals carry.
    pub id: NegotiationId,
}

/// How a peer connection is (W3C WebRTC, `RTCPeerConnectionState`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerState {
    /// On the way.
    Connecting,
    /// Media can flow.
    Connected,
    /// Nothing has come through for a moment; it may come back.
    Disconnected,
    /// It will not come back.
    Failed,
}
