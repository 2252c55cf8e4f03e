//! One peer connection.

mod events;

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
    Event, MediaStream, MediaStreamTrack, RtcIceCandidateInit, RtcOfferOptions, RtcPeerConnection, RtcRtpReceiver,
    RtcRtpSender, RtcRtpTransceiver, RtcRtpTransceiverDirection, RtcRtpTransceiverInit, RtcSdpType,
    RtcSessionDescriptionInit, RtcTrackEvent,
};

use crate::{
    Reporter,
    early_join::BegunPeer,
    ice::{self, Paths},
    playback::Playback,
    stats,
};
use heartogether_client::{
    Encoding, EncodingInput, EncodingOrder, Input, Negotiation, PeerState, Profile, Side, SourceEnergy,
    adaptation::Tuning, statistics::Reading,
};

/// A peer connection. Dropped, it closes.
pub(crate) struct PeerConnection {
    /// The number under which the client knows it at the moment; its events carry it.
    negotiation: Rc<Cell<Negotiation>>,
    connection: RtcPeerConnection,
    sender: RefCell<Option<RtcRtpSender>>,
    receiver: RefCell<Option<RtcRtpReceiver>>,
    /// What is to be sent, once something can be.
    outgoing: RefCell<Option<MediaStreamTrack>>,
    /// What comes in, once it does, and the player for it, once it is to be played.
    incoming: RefCell<(Option<MediaStream>, Option<Rc<Playback>>)>,
    listeners: RefCell<Vec<EventListener>>,
    /// The answer that was begun before the page was there, and the events until it was taken over.
    ahead: RefCell<Option<(Promise, Vec<Event>)>>,
    encoding: RefCell<Encoding>,
    report: Reporter,
}

impl PeerConnection {
    pub(crate) fn open(
        negotiation: Negotiation,
        encoding: Encoding,
        paths: &Paths,
        (ahead, outgoing): (Option<BegunPeer>, Option<MediaStreamTrack>),
        report: Reporter,
    ) -> Option<Rc<Self>> {
        let (connection, ahead) = match ahead.and_then(BegunPeer::hand_over) {
            Some((connection, answered, happened)) => (connection, Some((answered, happened))),
            None => {
                let configuration = paths.configuration(gathers_ahead(&encoding));
                (RtcPeerConnection::new_with_configuration(&configuration).ok()?, None)
            }
        };
        let negotiation = Rc::new(Cell::new(negotiation));
        let listeners = vec![
            events::report_candidates(&connection, Rc::clone(&negotiation), report.clone()),
            events::report_state(&connection, Rc::clone(&negotiation), report.clone()),
            ice::report_failures(&connection, report.clone()),
        ];
        let (sender, receiver, incoming) = Default::default();
        let (outgoing, listeners, ahead, encoding) = (outgoing.into(), listeners.into(), ahead.into(), encoding.into());
        let peer = Rc::new(Self {
            negotiation,
            connection,
            sender,
            receiver,
            outgoing,
            incoming,
            listeners,
            ahead,
            encoding,
            report,
        });
        peer.listeners.borrow_mut().push(events::take_tracks(&peer));
        Some(peer)
    }

    /// Offers it.
    pub(crate) fn offer(self: Rc<Self>) {
        let init = RtcRtpTransceiverInit::new();
        init.set_direction(match self.encoding.borrow().side().receives() {
            true => RtcRtpTransceiverDirection::Sendrecv,
            false => RtcRtpTransceiverDirection::Sendonly,
        });
        // Listeners play the stream, whatever its track is replaced with.
        MediaStream::new().iter().for_each(|stream| init.set_streams(&Array::of1(stream)));
        let transceiver = match &*self.outgoing.borrow() {
            Some(track) => self.connection.add_transceiver_with_media_stream_track_and_init(track, &init),
            None => self.connection.add_transceiver_with_str_and_init("audio", &init),
        };
        *self.sender.borrow_mut() = Some(transceiver.sender());
        self.negotiate(EncodingInput::Begun);
    }

    /// Takes an offer and answers.
    pub(crate) fn answer(self: Rc<Self>, sdp: String) {
        self.negotiate(EncodingInput::OfferCame(sdp));
    }

    /// Looks for another path, under this number.
    pub(crate) fn restart(self: Rc<Self>, negotiation: Negotiation) {
        self.negotiation.set(negotiation);
        self.negotiate(EncodingInput::RestartWanted);
    }

    /// Takes an offer that looks for another path, and answers under this number.
    pub(crate) fn answer_restart(self: Rc<Self>, negotiation: Negotiation, sdp: String) {
        self.negotiation.set(negotiation);
        self.negotiate(EncodingInput::OfferCame(sdp));
    }

    pub(crate) fn accept_answer(self: Rc<Self>, sdp: String) {
        self.negotiate(EncodingInput::AnswerCame(sdp));
    }

    /// Encodes as this profile says, from now on.
    pub(crate) fn set_profile(self: Rc<Self>, profile: Profile) {
        self.negotiate(EncodingInput::ProfileChosen(profile));
    }

    /// Sends this much, from now on.
    pub(crate) fn tune(self: Rc<Self>, tuning: Tuning) {
        self.limit_bitrate(tuning.bitrate_bps);
        self.negotiate(EncodingInput::PacketsChosen(tuning.packets));
    }

    /// Plays what it brings, as soon as it is there.
    pub(crate) fn play(self: Rc<Self>, playback: Rc<Playback>) {
        self.incoming.borrow_mut().1 = Some(playback);
        self.play_incoming();
    }

    fn play_incoming(&self) {
        if let (Some(stream), Some(playback)) = &*self.incoming.borrow() {
            playback.attach(stream);
        }
    }

    fn take_track(&self, event: &RtcTrackEvent) {
        *self.receiver.borrow_mut() = Some(event.receiver());
        let named = event.streams().get(0).dyn_into().ok();
        self.incoming.borrow_mut().0 = named.or_else(|| MediaStream::new_with_tracks(&Array::of1(&event.track())).ok());
        self.play_incoming();
    }

    /// Reads the counters of what is sent here, or of what is received where nothing is sent.
    pub(crate) async fn measure(&self) -> Option<Reading> {
        let sent = self.sender.borrow().as_ref().filter(|sender| sender.track().is_some()).map(RtcRtpSender::get_stats);
        match sent {
            Some(sent) => stats::read(sent).await,
            None => self.measure_received().await,
        }
    }

    /// Reads the counters of what is received here.
    pub(crate) async fn measure_received(&self) -> Option<Reading> {
        let received = self.receiver.borrow().as_ref().map(RtcRtpReceiver::get_stats)?;
        stats::read(received).await
    }

    /// What has come from the source of what is sent here.
    pub(crate) async fn measure_source(&self) -> Option<SourceEnergy> {
        let report = self.sender.borrow().as_ref().map(RtcRtpSender::get_stats)?;
        stats::read_source(report).await
    }

    /// Looks for paths with other servers from now on; paths that were found stay.
    pub(crate) fn configure(&self, paths: &Paths) {
        let configuration = paths.configuration(gathers_ahead(&self.encoding.borrow()));
        // A browser that cannot change them goes on with those it has.
        let _ = self.connection.set_configuration_with_configuration(&configuration);
    }

    pub(crate) fn negotiation(&self) -> Negotiation {
        self.negotiation.get()
    }

    pub(crate) fn add_candidates(self: Rc<Self>, candidates: Vec<Candidate>) {
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
    pub(crate) fn replace_track(&self, track: &MediaStreamTrack) {
        *self.outgoing.borrow_mut() = Some(track.clone());
        if let Some(sender) = self.sender.borrow().as_ref() {
            let replacing = sender.replace_track(Some(track));
            spawn_local(async move { drop(JsFuture::from(replacing).await) });
        }
    }

    /// Closes it, also while it is still being negotiated, and reports nothing more.
    pub(crate) fn close(&self) {
        self.listeners.borrow_mut().clear();
        self.connection.close();
    }

    /// Carries out what follows, in the background; what goes wrong there is a failed attempt.
    fn negotiate(self: Rc<Self>, input: EncodingInput) {
        let mut next = self.encoding.borrow_mut().step(input);
        spawn_local(async move {
            while let Some(order) = next {
                let carried_out = self.carry_out(order, self.negotiation()).await.is_ok();
                if !carried_out {
                    let negotiation = self.negotiation();
                    self.report.input(Input::PeerChanged { negotiation, state: PeerState::Failed });
                }
                let became = if carried_out { EncodingInput::CarriedOut } else { EncodingInput::Failed };
                next = self.encoding.borrow_mut().step(became);
            }
        });
    }

    async fn carry_out(&self, order: EncodingOrder, negotiation: Negotiation) -> Result<(), JsValue> {
        match order {
            EncodingOrder::Offer { restarts } => {
                let offer = self.set_offer(restarts).await?;
                self.tell(negotiation, &offer);
            }
            EncodingOrder::Accept { answer } => {
                self.set_remote(RtcSdpType::Answer, &answer).await?;
                self.report.input(Input::PeerAccepted { negotiation });
            }
            EncodingOrder::OfferAlone { answer } => {
                self.set_offer(false).await?;
                self.set_remote(RtcSdpType::Answer, &answer).await?;
            }
            EncodingOrder::Answer { offer } => match self.ahead.take() {
                Some((answered, happened)) => self.go_on(negotiation, answered, &happened).await?,
                None => self.answer_offer(negotiation, &offer).await?,
            },
            EncodingOrder::AnswerAlone { offer } => {
                self.set_remote(RtcSdpType::Offer, &offer).await?;
                self.set_answer().await?;
            }
        }
        Ok(())
    }

    async fn answer_offer(&self, negotiation: Negotiation, offer: &str) -> Result<(), JsValue> {
        self.set_remote(RtcSdpType::Offer, offer).await?;
        self.report.input(Input::PeerAccepted { negotiation });
        self.send_back().await?;
        let answer = self.set_answer().await?;
        self.tell(negotiation, &answer);
        Ok(())
    }

    /// Goes on with an answer that has been begun: its events happen again, for those who listen now.
    async fn go_on(&self, negotiation: Negotiation, answered: Promise, happened: &[Event]) -> Result<(), JsValue> {
        let answer = JsFuture::from(answered).await?.as_string().unwrap_or_default();
        self.report.input(Input::PeerAccepted { negotiation });
        self.tell(negotiation, &answer);
        for event in happened {
            self.connection.dispatch_event(event)?;
        }
        Ok(())
    }

    /// Sends over what the other side has offered, where that is wanted and not so yet.
    async fn send_back(&self) -> Result<(), JsValue> {
        if self.sender.borrow().is_some() || !self.encoding.borrow().side().sends() {
            return Ok(());
        }
        let transceivers = self.connection.get_transceivers();
        let Ok(transceiver) = transceivers.get(0).dyn_into::<RtcRtpTransceiver>() else { return Ok(()) };
        transceiver.set_direction(RtcRtpTransceiverDirection::Sendrecv);
        let sender = transceiver.sender();
        let replacing = sender.replace_track(self.outgoing.borrow().as_ref());
        *self.sender.borrow_mut() = Some(sender);
        JsFuture::from(replacing).await.map(drop)
    }

    async fn set_offer(&self, restarts: bool) -> Result<String, JsValue> {
        let options = RtcOfferOptions::new();
        options.set_ice_restart(restarts);
        self.set_local(self.connection.create_offer_with_rtc_offer_options(&options)).await
    }

    async fn set_answer(&self) -> Result<String, JsValue> {
        self.set_local(self.connection.create_answer()).await
    }

    /// Sets the own description that is being made. Returns it.
    async fn set_local(&self, making: Promise) -> Result<String, JsValue> {
        let own: RtcSessionDescriptionInit = JsFuture::from(making).await?.unchecked_into();
        let sdp = Reflect::get(&own, &"sdp".into())?.as_string().unwrap_or_default();
        let sdp = self.encoding.borrow().set_locally(&sdp);
        own.set_sdp(&sdp);
        JsFuture::from(self.connection.set_local_description(&own)).await?;
        Ok(sdp)
    }

    /// Sets the other side's description.
    async fn set_remote(&self, kind: RtcSdpType, sdp: &str) -> Result<(), JsValue> {
        let description = RtcSessionDescriptionInit::new(kind);
        description.set_sdp(sdp);
        JsFuture::from(self.connection.set_remote_description(&description)).await.map(drop)
    }

    fn tell(&self, negotiation: Negotiation, own: &str) {
        let sdp = self.encoding.borrow().told(own);
        self.report.input(Input::PeerDescribed { negotiation, sdp });
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
}

impl Drop for PeerConnection {
    fn drop(&mut self) {
        self.close();
    }
}

/// A page that answers gathers at once, when the offer is there. With a pool, Chromium 156 now and then never finds a candidate on
/// a page that has just been opened.
fn gathers_ahead(encoding: &Encoding) -> bool {
    matches!(encoding.side(), Side::Offering { .. })
}
