//! Signals between two linked members, with which their browsers set up a peer connection (RFC 8829). They are not part
//! of the room's log: the server checks the link and forwards them.

use serde::{Deserialize, Serialize};

use crate::{
    id::{MemberId, NegotiationId},
    limits::{CANDIDATE_BYTES, CANDIDATES_PER_SIGNAL, MEDIA_ID_BYTES},
    room::SignalDirection,
};

/// A signal on its way to the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendSignal {
    /// The receiver.
    pub to: MemberId,
    /// The signal.
    pub signal: Signal,
}

/// A signal on its way from the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedSignal {
    /// The sender.
    pub from: MemberId,
    /// The signal.
    pub signal: Signal,
}

/// A signal from one member to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// The description of the one who offers.
    Offer {
        /// Which attempt.
        negotiation: NegotiationId,
        /// The session description (RFC 8866).
        sdp: String,
        /// The attempt that made the peer connection which it describes anew, to look for another path (ICE restart, RFC
        /// 8445, section 9). Without it, it describes a new peer connection.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        restarts: Option<NegotiationId>,
    },
    /// The description of the one who answers.
    Answer {
        /// The attempt it answers.
        negotiation: NegotiationId,
        /// The session description.
        sdp: String,
    },
    /// Candidates gathered since the last signal (RFC 8838), several in one frame to spare the rate limit.
    Candidates {
        /// The attempt they belong to.
        negotiation: NegotiationId,
        /// The candidates.
        candidates: Vec<Candidate>,
    },
    /// The sender has closed its end of an attempt, so that the other side need not wait for a timeout to notice.
    Closed {
        /// Which attempt.
        negotiation: NegotiationId,
    },
    /// The one who answers has no offer, and asks for one.
    OfferRequest {
        /// The attempt that made the peer connection which is to be restarted, because nothing comes through it. Without
        /// it, a new peer connection is wanted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        restarts: Option<NegotiationId>,
    },
}

/// An ICE candidate, with the fields of the browsers' `RTCIceCandidateInit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The candidate attribute (RFC 8839, section 5.1).
    pub candidate: String,
    /// The media section it is for.
    pub sdp_mid: Option<String>,
    /// The media section's index.
    pub sdp_m_line_index: Option<u16>,
}

impl Signal {
    /// The end of a link that may send it.
    pub const fn direction(&self) -> SignalDirection {
        match self {
            Self::Offer { .. } => SignalDirection::FromOfferer,
            Self::Answer { .. } | Self::OfferRequest { .. } => SignalDirection::FromAnswerer,
            Self::Candidates { .. } | Self::Closed { .. } => SignalDirection::Either,
        }
    }

    /// Its name on the wire.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Offer { .. } => "offer",
            Self::Answer { .. } => "answer",
            Self::Candidates { .. } => "candidates",
            Self::Closed { .. } => "closed",
            Self::OfferRequest { .. } => "offer_request",
        }
    }

    /// Whether it is within the limits of candidates.
    pub fn is_bounded(&self) -> bool {
        match self {
            Self::Candidates { candidates, .. } => {
                candidates.len() <= CANDIDATES_PER_SIGNAL && candidates.iter().all(Candidate::is_bounded)
            }
            _ => true,
        }
    }
}

impl Candidate {
    /// Whether it is short enough to be sent: [`CANDIDATE_BYTES`] and [`MEDIA_ID_BYTES`].
    pub fn is_bounded(&self) -> bool {
        let media_id_bytes = self.sdp_mid.as_ref().map_or(0, String::len);
        self.candidate.len() <= CANDIDATE_BYTES && media_id_bytes <= MEDIA_ID_BYTES
    }
}
