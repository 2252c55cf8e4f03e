//! One peer connection.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_events::EventListener;
use heartogether::protocol::Candidate;
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    MediaStream, MediaStreamTrack, RtcConfiguration, RtcIceCandidateInit, RtcOfferOptions, RtcPeerConnection,
    RtcPeerConnectionIceEvent, RtcPeerConnectionState, RtcRtpReceiver, RtcRtpSender, RtcRtpTransceiverDirection,
    RtcRtpTransceiverInit, RtcSdpType, RtcSessionDescriptionInit, RtcTrackEvent,
};

use super::{
    Reporter, ice,
    playback::Playback,
    stats::{self, SourceEnergy},
};
use heartogether_client::{Input, Negotiation, PeerState, Profile, adaptation::Tuning, sdp::opus, statistics::Reading};

/// A peer connection. Dropped, it closes.
pub(super) struct PeerConnection {
    /// The number under which it is negotiated at the moment; its events carry it.
    negotiation: Rc<Cell<Negotiation>>,
    connection: RtcPeerConnection,
    sender: RefCell<Option<RtcRtpSender>>,
    receiver: RefCell<Option<RtcRtpReceiver>>,
    /// What comes in, once it does, and the player for it, once it is to be played.
    incoming: RefCell<(Option<MediaStream>, Option<Rc<Playback>>)>,
    listeners: RefCell<Vec<EventListener>>,
    encoding: Encoding,
    report: Reporter,
}

/// What the host wants of its encoder, and what stands in the way of having it at once.
struct Encoding {
    profile: Cell<Profile>,
    redundancy: Cell<bool>,
    /// The listener's answer as it came.
    answer: RefCell<Option<String>>,
    /// Whether descriptions are being exchanged.
    is_negotiating: Cell<bool>,
    /// Whether only with itself; a restart waits that long.
    is_reshaping: Cell<bool>,
    restart_wanted: Cell<bool>,
}

impl PeerConnection {
    pub(super) fn open(
        negotiation: Negotiation,
        configuration: &RtcConfiguration,
        profile: Profile,
        report: Reporter,
    ) -> Option<Rc<Self>> {
        let connection = RtcPeerConnection::new_with_configuration(configuration).ok()?;
        let negotiation = Rc::new(Cell::new(negotiation));
        let listeners = vec![
            report_candidates(&connection, Rc::clone(&negotiation), report.clone()),
            report_state(&connection, Rc::clone(&negotiation), report.clone()),
            ice::report_failures(&connection, report.clone()),
        ];
        let encoding = Encoding {
            profile: Cell::new(profile),
            redundancy: Cell::new(false),
            answer: RefCell::default(),
            is_negotiating: Cell::new(true),
            is_reshaping: Cell::new(false),
            restart_wanted: Cell::new(false),
        };
        let (sender, receiver, incoming) = Default::default();
        let listeners = listeners.into();
        Some(Rc::new(Self { negotiation, connection, sender, receiver, incoming, listeners, encoding, report }))
    }

    /// Offers to send a track.
    pub(super) fn offer(self: Rc<Self>, stream: &MediaStream, track: &MediaStreamTrack) {
        let init = RtcRtpTransceiverInit::new();
        init.set_direction(RtcRtpTransceiverDirection::Sendonly);
        init.set_streams(&Array::of1(stream));
        let transceiver = self.connection.add_transceiver_with_media_stream_track_and_init(track, &init);
        *self.sender.borrow_mut() = Some(transceiver.sender());
        self.spawn(async |peer| peer.describe_offer(peer.connection.create_offer()).await);
    }

    /// Looks for another path, under this number.
    pub(super) fn restart(self: Rc<Self>, negotiation: Negotiation) {
        self.negotiation.set(negotiation);
        self.encoding.restart_wanted.set(true);
        if !self.encoding.is_reshaping.get() {
            self.spawn(async |peer| peer.offer_restart().await);
        }
    }

    /// Takes an offer and answers.
    pub(super) fn answer(self: Rc<Self>, sdp: String) {
        let receiving = Rc::downgrade(&self);
        let playing = EventListener::new(&self.connection, "track", move |event| {
            let Some(event) = event.dyn_ref::<RtcTrackEvent>() else { return };
            if let Some(peer) = receiving.upgrade() {
                *peer.receiver.borrow_mut() = Some(event.receiver());
                peer.incoming.borrow_mut().0 = event.streams().get(0).dyn_into().ok();
                peer.play_incoming();
            }
        });
        self.listeners.borrow_mut().push(playing);
        self.spawn(async move |peer| peer.describe_answer(&sdp).await);
    }

    /// Plays what it brings, as soon as it is there.
    pub(super) fn play(self: Rc<Self>, playback: Rc<Playback>) {
        self.incoming.borrow_mut().1 = Some(playback);
        self.play_incoming();
    }

    fn play_incoming(&self) {
        if let (Some(stream), Some(playback)) = &*self.incoming.borrow() {
            playback.attach(stream);
        }
    }

    /// Takes an offer that looks for another path, and answers under this number.
    pub(super) fn answer_restart(self: Rc<Self>, negotiation: Negotiation, sdp: String) {
        self.negotiation.set(negotiation);
        self.spawn(async move |peer| peer.describe_answer(&sdp).await);
    }

    pub(super) fn accept_answer(self: Rc<Self>, sdp: String) {
        *self.encoding.answer.borrow_mut() = Some(sdp);
        self.spawn(async move |peer| {
            let shape = peer.set_answer().await?;
            peer.encoding.is_negotiating.set(false);
            peer.report_acceptance();
            peer.reshape_from(shape).await
        });
    }

    /// Encodes as this profile says, from now on.
    pub(super) fn set_profile(self: Rc<Self>, profile: Profile) {
        if self.encoding.profile.replace(profile) != profile {
            self.reshape();
        }
    }

    /// Sends this much, from now on.
    pub(super) fn tune(self: Rc<Self>, tuning: Tuning) {
        self.limit_bitrate(tuning.bitrate_bps);
        if self.encoding.redundancy.replace(tuning.redundancy) != tuning.redundancy {
            self.reshape();
        }
    }

    /// Reads the counters of what is sent or received here.
    pub(super) async fn measure(&self) -> Option<Reading> {
        let sent = self.sender.borrow().as_ref().map(RtcRtpSender::get_stats);
        let received = || self.receiver.borrow().as_ref().map(RtcRtpReceiver::get_stats);
        stats::read(sent.or_else(received)?).await
    }

    /// What has come from the source of what is sent here.
    pub(super) async fn measure_source(&self) -> Option<SourceEnergy> {
        let report = self.sender.borrow().as_ref().map(RtcRtpSender::get_stats)?;
        stats::read_source(report).await
    }

    /// Looks for paths with other servers from now on; paths that were found stay.
    pub(super) fn configure(&self, configuration: &RtcConfiguration) {
        // A browser that cannot change them goes on with those it has.
        let _ = self.connection.set_configuration_with_configuration(configuration);
    }

    pub(super) fn negotiation(&self) -> Negotiation {
        self.negotiation.get()
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

    async fn offer_restart(&self) -> Result<(), JsValue> {
        self.encoding.restart_wanted.set(false);
        self.encoding.is_negotiating.set(true);
        let options = RtcOfferOptions::new();
        options.set_ice_restart(true);
        self.describe_offer(self.connection.create_offer_with_rtc_offer_options(&options)).await
    }

    /// Tells the listener what is coming; what the own encoder does is decided by the answer.
    async fn describe_offer(&self, offer: Promise) -> Result<(), JsValue> {
        let offer = JsFuture::from(offer).await?;
        let sdp = self.set_local(offer.unchecked_ref()).await?;
        self.report_description(opus::offered(&sdp, self.encoding.profile.get()));
        Ok(())
    }

    async fn describe_answer(&self, offer: &str) -> Result<(), JsValue> {
        self.set_remote(RtcSdpType::Offer, offer).await?;
        self.report_acceptance();
        let answer: RtcSessionDescriptionInit = JsFuture::from(self.connection.create_answer()).await?.unchecked_into();
        answer.set_sdp(&opus::answered(&sdp_of(&answer)?));
        let sdp = self.set_local(&answer).await?;
        self.report_description(sdp);
        Ok(())
    }

    /// Puts what is wanted of the encoder before it, without a word to the listener, whose answer covers it.
    fn reshape(self: Rc<Self>) {
        if !self.encoding.is_negotiating.get() {
            self.spawn(async |peer| peer.reshape_from(None).await);
        }
    }

    /// Sets the descriptions anew until they say what is wanted, `shape` being what they say now.
    async fn reshape_from(&self, mut shape: Option<Shape>) -> Result<(), JsValue> {
        while shape != Some(self.encoding.shape()) {
            self.encoding.is_negotiating.set(true);
            self.encoding.is_reshaping.set(true);
            let offer = JsFuture::from(self.connection.create_offer()).await?;
            self.set_local(offer.unchecked_ref()).await?;
            shape = self.set_answer().await?;
            self.encoding.is_reshaping.set(false);
            self.encoding.is_negotiating.set(false);
        }
        if self.encoding.restart_wanted.get() { self.offer_restart().await } else { Ok(()) }
    }

    /// Sets the listener's answer, so shaped that the own encoder does what is wanted now. Returns that.
    async fn set_answer(&self) -> Result<Option<Shape>, JsValue> {
        let shape = self.encoding.shape();
        let answer = self.encoding.answer.borrow().as_ref().map(|sdp| opus::accepted(sdp, shape.0, shape.1));
        self.set_remote(RtcSdpType::Answer, &answer.unwrap_or_default()).await?;
        Ok(Some(shape))
    }

    fn limit_bitrate(&self, bitrate_bps: u32) {
        let sender = self.sender.borrow();
        let Some(sender) = sender.as_ref() else { return };
        let parameters = sender.get_parameters();
        let encodings = Reflect::get(&parameters, &"encodings".into()).map(JsCast::unchecked_into::<Array>);
        // A browser that shows no encodings before it has negotiated is told again by the next measurement.
        let Some(encoding) = encodings.map(|encodings| encodings.get(0)).ok().filter(JsValue::is_object) else {
            return;
        };
        let _ = Reflect::set(&encoding, &"maxBitrate".into(), &bitrate_bps.into());
        let setting = sender.set_parameters_with_parameters(&parameters);
        spawn_local(async move { drop(JsFuture::from(setting).await) });
    }

    /// Sets the own description. Returns it.
    async fn set_local(&self, description: &RtcSessionDescriptionInit) -> Result<String, JsValue> {
        JsFuture::from(self.connection.set_local_description(description)).await?;
        sdp_of(description)
    }

    /// Sets the other side's description.
    async fn set_remote(&self, kind: RtcSdpType, sdp: &str) -> Result<(), JsValue> {
        let description = RtcSessionDescriptionInit::new(kind);
        description.set_sdp(sdp);
        JsFuture::from(self.connection.set_remote_description(&description)).await.map(drop)
    }

    fn report_description(&self, sdp: String) {
        self.report.input(Input::PeerDescribed { negotiation: self.negotiation(), sdp });
    }

    fn report_acceptance(&self) {
        self.report.input(Input::PeerAccepted { negotiation: self.negotiation() });
    }

    /// Negotiates in the background; what goes wrong there is a failed attempt.
    fn spawn(self: Rc<Self>, negotiate: impl AsyncFnOnce(&Self) -> Result<(), JsValue> + 'static) {
        spawn_local(async move {
            if negotiate(&self).await.is_err() {
                self.report.input(Input::PeerChanged { negotiation: self.negotiation(), state: PeerState::Failed });
            }
        });
    }
}

/// What a description asks of the encoder: the profile, and whether redundant data is sent.
type Shape = (Profile, bool);

impl Encoding {
    fn shape(&self) -> Shape {
        (self.profile.get(), self.redundancy.get())
    }
}

impl Drop for PeerConnection {
    fn drop(&mut self) {
        self.close();
    }
}

fn sdp_of(description: &RtcSessionDescriptionInit) -> Result<String, JsValue> {
    Ok(Reflect::get(description, &"sdp".into())?.as_string().unwrap_or_default())
}

fn report_candidates(
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

fn report_state(connection: &RtcPeerConnection, negotiation: Rc<Cell<Negotiation>>, report: Reporter) -> EventListener {
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
