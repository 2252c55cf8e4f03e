//! One peer connection.

use std::rc::Rc;

use gloo_events::EventListener;
use heartogether::{id::NegotiationId, role::Role, wire::Candidate};
use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    MediaStream, MediaStreamTrack, RtcBundlePolicy, RtcConfiguration, RtcIceCandidateInit, RtcIceServer,
    RtcPeerConnection, RtcPeerConnectionIceEvent, RtcPeerConnectionState, RtcRtpSender, RtcRtpTransceiverDirection,
    RtcRtpTransceiverInit, RtcSdpType, RtcSessionDescriptionInit, RtcTrackEvent,
};

use super::{Reporter, playback::Playback};
use crate::{
    api::IceServer,
    client::{Input, PeerState},
};

/// Candidates a host gathers before they are needed (W3C WebRTC, `iceCandidatePoolSize`). A listener's connection is made
/// when the offer is there and gathers at once; with a pool, Chromium 156 now and then never finds a candidate on a page
/// that has just been opened.
const CANDIDATE_POOL: u32 = 4;

/// The configuration of every peer connection on a page.
pub(super) fn configuration(role: Role, ice_servers: &[IceServer]) -> RtcConfiguration {
    let servers = Array::new();
    for server in ice_servers {
        let entry = RtcIceServer::new();
        entry.set_urls(&server.urls.iter().map(JsValue::from).collect::<Array>());
        server.username.iter().for_each(|username| entry.set_username(username));
        server.credential.iter().for_each(|credential| entry.set_credential(credential));
        servers.push(&entry);
    }
    let configuration = RtcConfiguration::new();
    configuration.set_ice_servers(&servers);
    configuration.set_bundle_policy(RtcBundlePolicy::MaxBundle);
    if role == Role::Host {
        // web-sys has no setter for it; setting a property of a plain object does not fail.
        let _ = Reflect::set(&configuration, &"iceCandidatePoolSize".into(), &CANDIDATE_POOL.into());
    }
    configuration
}

/// A peer connection. Dropped, it closes.
pub(super) struct PeerConnection {
    negotiation: NegotiationId,
    connection: RtcPeerConnection,
    sender: std::cell::RefCell<Option<RtcRtpSender>>,
    listeners: std::cell::RefCell<Vec<EventListener>>,
    report: Reporter,
}

impl PeerConnection {
    pub(super) fn open(
        negotiation: NegotiationId,
        configuration: &RtcConfiguration,
        report: Reporter,
    ) -> Option<Rc<Self>> {
        let connection = RtcPeerConnection::new_with_configuration(configuration).ok()?;
        let listeners = vec![
            report_candidates(&connection, negotiation, report.clone()),
            report_state(&connection, negotiation, report.clone()),
        ];
        let (sender, listeners) = (Default::default(), listeners.into());
        Some(Rc::new(Self { negotiation, connection, sender, listeners, report }))
    }

    /// Offers to send a track.
    pub(super) fn offer(self: Rc<Self>, stream: &MediaStream, track: &MediaStreamTrack) {
        let init = RtcRtpTransceiverInit::new();
        init.set_direction(RtcRtpTransceiverDirection::Sendonly);
        init.set_streams(&Array::of1(stream));
        let transceiver = self.connection.add_transceiver_with_media_stream_track_and_init(track, &init);
        *self.sender.borrow_mut() = Some(transceiver.sender());
        self.spawn(async |peer| {
            let offer = JsFuture::from(peer.connection.create_offer()).await?;
            peer.describe(offer).await
        });
    }

    /// Takes an offer, plays what it brings, and answers.
    pub(super) fn answer(self: Rc<Self>, sdp: String, playback: Playback) {
        let playing = EventListener::new(&self.connection, "track", move |event| {
            let stream = event.dyn_ref::<RtcTrackEvent>().map(|event| event.streams().get(0));
            if let Some(Ok(stream)) = stream.map(JsCast::dyn_into::<MediaStream>) {
                playback.attach(&stream);
            }
        });
        self.listeners.borrow_mut().push(playing);
        self.spawn(async move |peer| {
            peer.accept(RtcSdpType::Offer, &sdp).await?;
            let answer = JsFuture::from(peer.connection.create_answer()).await?;
            peer.describe(answer).await
        });
    }

    pub(super) fn accept_answer(self: Rc<Self>, sdp: String) {
        self.spawn(async move |peer| peer.accept(RtcSdpType::Answer, &sdp).await);
    }

    pub(super) fn add_candidates(self: Rc<Self>, candidates: Vec<Candidate>) {
        for candidate in candidates {
            let init = RtcIceCandidateInit::new(&candidate.candidate);
            init.set_sdp_mid(candidate.sdp_mid.as_deref());
            init.set_sdp_m_line_index(candidate.sdp_m_line_index);
            let adding = self.connection.add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(&init));
            // One candidate that a browser does not understand is one path less, not a failure.
            spawn_local(async move { drop(JsFuture::from(adding).await) });
        }
    }

    /// Sends another track in place of the one before, without negotiation.
    pub(super) fn replace_track(&self, track: &MediaStreamTrack) {
        if let Some(sender) = self.sender.borrow().as_ref() {
            let replacing = sender.replace_track(Some(track));
            spawn_local(async move { drop(JsFuture::from(replacing).await) });
        }
    }

    /// Closes it, also while it is still being negotiated, and reports nothing more.
    pub(super) fn close(&self) {
        self.listeners.borrow_mut().clear();
        self.connection.close();
    }

    /// Sets the own description and reports it.
    async fn describe(&self, description: JsValue) -> Result<(), JsValue> {
        let description: RtcSessionDescriptionInit = description.unchecked_into();
        JsFuture::from(self.connection.set_local_description(&description)).await?;
        let sdp = Reflect::get(&description, &"sdp".into())?.as_string().unwrap_or_default();
        self.report.input(Input::PeerDescribed { negotiation: self.negotiation, sdp });
        Ok(())
    }

    /// Sets the other side's description and reports that candidates may follow.
    async fn accept(&self, kind: RtcSdpType, sdp: &str) -> Result<(), JsValue> {
        let description = RtcSessionDescriptionInit::new(kind);
        description.set_sdp(sdp);
        JsFuture::from(self.connection.set_remote_description(&description)).await?;
        self.report.input(Input::PeerAccepted { negotiation: self.negotiation });
        Ok(())
    }

    /// Negotiates in the background; what goes wrong there is a failed attempt.
    fn spawn(self: Rc<Self>, negotiate: impl AsyncFnOnce(&Self) -> Result<(), JsValue> + 'static) {
        spawn_local(async move {
            if negotiate(&self).await.is_err() {
                self.report.input(Input::PeerChanged { negotiation: self.negotiation, state: PeerState::Failed });
            }
        });
    }
}

impl Drop for PeerConnection {
    fn drop(&mut self) {
        self.close();
    }
}

fn report_candidates(connection: &RtcPeerConnection, negotiation: NegotiationId, report: Reporter) -> EventListener {
    EventListener::new(connection, "icecandidate", move |event| {
        let found = event.dyn_ref::<RtcPeerConnectionIceEvent>().and_then(RtcPeerConnectionIceEvent::candidate);
        let Some(found) = found.filter(|found| !found.candidate().is_empty()) else { return };
        let candidate = Candidate {
            candidate: found.candidate(),
            sdp_mid: found.sdp_mid(),
            sdp_m_line_index: found.sdp_m_line_index(),
        };
        report.input(Input::PeerGathered { negotiation, candidate });
    })
}

fn report_state(connection: &RtcPeerConnection, negotiation: NegotiationId, report: Reporter) -> EventListener {
    let observed = connection.clone();
    EventListener::new(connection, "connectionstatechange", move |_| {
        let state = match observed.connection_state() {
            RtcPeerConnectionState::Connected => PeerState::Connected,
            RtcPeerConnectionState::Disconnected => PeerState::Disconnected,
            RtcPeerConnectionState::Failed | RtcPeerConnectionState::Closed => PeerState::Failed,
            _ => PeerState::Connecting,
        };
        report.input(Input::PeerChanged { negotiation, state });
    })
}
