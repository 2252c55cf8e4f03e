//! The events of a peer connection.

use std::{cell::Cell, rc::Rc};

use gloo_events::EventListener;
use heartogether::protocol::Candidate;
use wasm_bindgen::JsCast;
use web_sys::{RtcPeerConnection, RtcPeerConnectionIceEvent, RtcPeerConnectionState};

use super::{PeerConnection, Reporter, ice};
use heartogether_client::{Input, Negotiation, PeerState};

pub(crate) fn take_tracks(peer: &Rc<PeerConnection>) -> EventListener {
    let receiving = Rc::downgrade(peer);
    EventListener::new(&peer.connection, "track", move |event| {
        if let (Some(peer), Some(event)) = (receiving.upgrade(), event.dyn_ref()) {
            peer.take_track(event);
        }
    })
}

pub(crate) fn report_candidates(
    connection: &RtcPeerConnection,
    negotiation: Rc<Cell<Negotiation>>,
    report: Reporter,
) -> EventListener {
    EventListener::new(connection, "icecandidate", move |event| {
        let event = event.dyn_ref::<RtcPeerConnectionIceEvent>();
        event.into_iter().for_each(|event| ice::report_answer(event, &report));
        let found = event.and_then(RtcPeerConnectionIceEvent::candidate);
        let Some(found) = found.filter(|found| !found.candidate().is_empty()) else { return };
        let candidate = Candidate {
            candidate: found.candidate(),
            sdp_mid: found.sdp_mid(),
            sdp_m_line_index: found.sdp_m_line_index(),
        };
        report.input(Input::PeerGathered { negotiation: negotiation.get(), candidate });
    })
}

pub(crate) fn report_state(
    connection: &RtcPeerConnection,
    negotiation: Rc<Cell<Negotiation>>,
    report: Reporter,
) -> EventListener {
    let observed = connection.clone();
    EventListener::new(connection, "connectionstatechange", move |_| {
        let state = match observed.connection_state() {
            RtcPeerConnectionState::Connected => PeerState::Connected,
            RtcPeerConnectionState::Disconnected => PeerState::Disconnected,
            RtcPeerConnectionState::Failed | RtcPeerConnectionState::Closed => PeerState::Failed,
            _ => PeerState::Connecting,
        };
        report.input(Input::PeerChanged { negotiation: negotiation.get(), state });
    })
}
