//! The browser's half: carries the client's [`Command`]s out and reports back with [`Input`]s. The only place that
//! talks to web-sys. Everything here lets go of its device, socket or connection when dropped.

mod capture;
pub mod discretion;
mod ice;
mod level;
pub mod media_session;
mod microphones;
mod mixer;
mod network;
mod peer;
pub mod peer_connections;
mod playback;
pub(crate) mod probe;
pub mod sharing;
mod socket;
mod sources;
mod stats;
mod vigil;
pub mod volume;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::{Rc, Weak},
    time::Duration,
};

use gloo_events::EventListener;
use heartogether::{
    engagement::Reaction,
    id::{MemberId, NegotiationId, RoomCode},
    refusal::Refusal,
    role::Role,
    time::Timestamp,
    wire::{ListenerView, Message, RoomJoined, RoomResumed, RoomView, ServerMessage},
};
use leptos::{
    html::Audio,
    leptos_dom::helpers::{IntervalHandle, TimeoutHandle},
    prelude::*,
};
use send_wrapper::SendWrapper;
use wasm_bindgen_futures::spawn_local;

pub use capture::CaptureError;
use ice::Discretion;
use level::Level;
pub use microphones::Microphone;
use peer::PeerConnection;
use playback::Playback;
use socket::Socket;
pub use sources::Sound;
use sources::Sources;

use super::{
    COUNT_EVERY_MS, Client, Command, HostState, Input, LinkState, ListenerState, OwnMessage, PeerState, Profile, Timer,
    TurnProblem,
    statistics::{EVERY_MS, PeerStatistics, Reading},
};
use crate::api::IceConfiguration;

/// How often the audience is shown anew, at most.
const AUDIENCE_EVERY: Duration = Duration::from_millis(200);

/// A page's presence in a room: what a host's or a listener's page shows, and how it acts. Made while rendering, also on
/// the server, where it stays as it began; [`Presence::start`] brings it to life in the browser.
#[derive(Clone, Copy)]
pub struct Presence {
    /// What a host's page shows.
    pub host_state: RwSignal<HostState>,
    /// What a listener's page shows.
    pub listener_state: RwSignal<ListenerState>,
    /// How the signalling connection is.
    pub link_state: RwSignal<LinkState>,
    /// The outline of the room as far as it is known.
    pub room: RwSignal<Option<RoomView>>,
    /// What is measured at the peer connections: a host's to each listener, a listener's to the host.
    pub statistics: RwSignal<Vec<(MemberId, PeerStatistics)>>,
    /// Who listens, in order of arrival. Shown a few times a second at most, however much happens.
    pub audience: RwSignal<Vec<ListenerRow>>,
    /// What listeners wrote, oldest first, as far as it is known.
    pub messages: RwSignal<Vec<Message>>,
    /// Whether the room keeps older messages than those known.
    pub has_earlier_messages: RwSignal<bool>,
    /// What a listener's page wrote, oldest first.
    pub own_messages: RwSignal<Vec<OwnMessage>>,
    /// The listener's last reaction.
    pub chosen_reaction: RwSignal<Option<Reaction>>,
    /// Why the last message or reaction did not go out at once.
    pub engagement_notice: RwSignal<Option<Refusal>>,
    /// The reaction that has just come in, with its number.
    pub reaction: RwSignal<Option<(u32, Reaction)>>,
    /// Milliseconds that the room's clock is ahead of this machine's.
    pub clock_ahead_ms: RwSignal<f64>,
    /// What is wrong with a TURN server.
    pub turn_problem: RwSignal<Option<TurnProblem>>,
    /// The quality of the host's sound.
    pub profile: RwSignal<Profile>,
    /// The host's sound.
    pub sound: Sound,
    /// How loud the sound is that comes in, from 0 to 1.
    pub level: RwSignal<f32>,
    /// Whether the browser wants a tap before it plays.
    pub playback_blocked: RwSignal<bool>,
    /// Whether the listener has paused the player.
    pub playback_held: RwSignal<bool>,
    running: StoredValue<Option<SendWrapper<Page>>>,
}

impl Presence {
    /// Not in the room yet.
    pub fn new() -> Self {
        Self {
            host_state: RwSignal::default(),
            listener_state: RwSignal::default(),
            link_state: RwSignal::default(),
            room: RwSignal::default(),
            statistics: RwSignal::default(),
            audience: RwSignal::default(),
            messages: RwSignal::default(),
            has_earlier_messages: RwSignal::default(),
            own_messages: RwSignal::default(),
            chosen_reaction: RwSignal::default(),
            engagement_notice: RwSignal::default(),
            reaction: RwSignal::default(),
            clock_ahead_ms: RwSignal::default(),
            turn_problem: RwSignal::default(),
            profile: RwSignal::default(),
            sound: Sound::default(),
            level: RwSignal::default(),
            playback_blocked: RwSignal::default(),
            playback_held: RwSignal::default(),
            running: StoredValue::new(None),
        }
    }

    /// Milliseconds until a time of the room's clock; negative once it is past. Does not follow the clock by itself.
    pub fn ms_until(self, at: Timestamp) -> f64 {
        at.as_millis() as f64 - (js_sys::Date::now() + self.clock_ahead_ms.get())
    }

    /// Joins the room. Call it in the browser, once the ICE servers are known; it ends with the page's owner.
    pub fn start(self, role: Role, code: RoomCode, ice_servers: IceConfiguration, player: NodeRef<Audio>) {
        let take_over = role == Role::Host && mark_as_host(code);
        let discretion = Discretion { relay_only: ice_servers.relay_only, hidden: discretion::is_wished() };
        let configuration = ice::configuration(role, &ice_servers.servers, discretion);
        let page = Page::new(Client::new(role, code, take_over, random()), (configuration, discretion), player, self);
        page.listen_for_waking();
        page.renew_ice_servers(ice_servers.renew_in_s);
        page.measure_regularly();
        if role == Role::Listener {
            page.count_regularly();
        }
        page.input(Input::NetworkGuessed(network::guess()));
        if role == Role::Host {
            page.prepare_sources();
        }
        page.input(Input::Started);
        self.running.set_value(Some(SendWrapper::new(page)));
    }

    /// Hides this browser's address from now on, or no longer.
    pub fn hide_address(self, hidden: bool) {
        discretion::wish(hidden);
        if let Some(page) = self.page() {
            page.hide_address(hidden);
        }
    }

    /// Leaves the room and lets go of everything.
    pub fn leave(self) {
        if let Some(page) = self.running.try_update_value(Option::take).flatten() {
            page.input(Input::Left);
        }
    }

    /// Passes on what the visitor pressed.
    pub fn press(self, input: Input) {
        if let Some(page) = self.page() {
            page.input(input);
        }
    }

    /// Plays after a tap: where the browser refused to play by itself, and after a pause of the listener's own.
    pub fn play(self) {
        if let Some(page) = self.page() {
            page.play();
        }
    }

    /// Pauses the player for this listener alone.
    pub fn hold(self) {
        if let Some(page) = self.page() {
            page.0.playback.hold();
        }
    }

    /// To be called when the player has begun or has paused, whoever made it.
    pub fn notice_player(self) {
        if let Some(page) = self.page() {
            page.0.playback.notice();
        }
    }

    fn page(self) -> Option<Page> {
        self.running.with_value(|running| running.as_deref().cloned())
    }
}

impl Default for Presence {
    fn default() -> Self {
        Self::new()
    }
}

/// A listener as the host's page shows them.
#[derive(Clone, Debug, PartialEq)]
pub struct ListenerRow {
    /// What the room knows of them.
    pub listener: ListenerView,
    /// How the peer connection to them is.
    pub peer: Option<PeerState>,
    /// Whether they are being removed, and it can still be taken back.
    pub removing: bool,
}

/// A running page; clones are the same page.
#[derive(Clone)]
struct Page(Rc<Running>);

struct Running {
    client: RefCell<Client>,
    socket: RefCell<Option<Socket>>,
    timers: RefCell<BTreeMap<Timer, TimeoutHandle>>,
    peers: RefCell<BTreeMap<NegotiationId, Rc<PeerConnection>>>,
    profile: Cell<Profile>,
    sources: Sources,
    level: RefCell<Option<Level>>,
    playback: Playback,
    configuration: RefCell<web_sys::RtcConfiguration>,
    discretion: Cell<Discretion>,
    renewal: RefCell<Option<TimeoutHandle>>,
    waking: RefCell<Vec<EventListener>>,
    intervals: RefCell<Vec<IntervalHandle>>,
    audience: Audience,
    presence: Presence,
}

/// When the audience was shown: with thousands of listeners it changes faster than anybody can read.
#[derive(Default)]
struct Audience {
    pause: RefCell<Option<TimeoutHandle>>,
    changed: Cell<bool>,
}

impl Page {
    fn new(
        client: Client,
        (configuration, discretion): (web_sys::RtcConfiguration, Discretion),
        player: NodeRef<Audio>,
        presence: Presence,
    ) -> Self {
        Self(Rc::new(Running {
            client: RefCell::new(client),
            socket: RefCell::default(),
            timers: RefCell::default(),
            peers: RefCell::default(),
            profile: Cell::default(),
            sources: Sources::default(),
            level: RefCell::default(),
            playback: Playback::new(player, presence.playback_blocked, presence.playback_held),
            configuration: configuration.into(),
            discretion: discretion.into(),
            renewal: RefCell::default(),
            waking: RefCell::default(),
            intervals: RefCell::default(),
            audience: Audience::default(),
            presence,
        }))
    }

    /// A way back to the page for callbacks, which must not keep it alive.
    fn reporter(&self) -> Reporter {
        Reporter(Rc::downgrade(&self.0))
    }

    fn input(&self, input: Input) {
        let connected = matches!(input, Input::PeerChanged { state: PeerState::Connected, .. });
        if let Input::Received(
            ServerMessage::RoomJoined(RoomJoined { now, .. }) | ServerMessage::RoomResumed(RoomResumed { now, .. }),
        ) = &input
        {
            self.0.presence.clock_ahead_ms.set(now.as_millis() as f64 - js_sys::Date::now());
        }
        self.take(input);
        self.publish();
        if connected {
            self.measure_playback();
        }
    }

    fn take(&self, input: Input) {
        let commands = self.0.client.borrow_mut().step(input);
        commands.into_iter().for_each(|command| self.perform(command));
    }

    fn perform(&self, command: Command) {
        match command {
            Command::OpenSocket => *self.0.socket.borrow_mut() = Socket::open(&self.reporter()),
            Command::CloseSocket => *self.0.socket.borrow_mut() = None,
            Command::Send(message) => self.0.socket.borrow().iter().for_each(|socket| socket.send(&message)),
            Command::StartTimer { timer, after_ms } => self.start_timer(timer, after_ms),
            Command::StopTimer(timer) => self.stop_timer(timer),
            Command::OpenOffering(negotiation) => self.open_offering(negotiation),
            Command::OpenAnswering { negotiation, sdp } => self.open_answering(negotiation, sdp),
            Command::Play(negotiation) => {
                self.with_peer(negotiation, |peer| peer.play(self.0.playback.clone()));
            }
            Command::Restart { before, negotiation } => {
                self.renumber_peer(before, negotiation, |peer| peer.restart(negotiation));
            }
            Command::AnswerRestart { before, negotiation, sdp } => {
                self.renumber_peer(before, negotiation, |peer| peer.answer_restart(negotiation, sdp));
            }
            Command::AcceptAnswer { negotiation, sdp } => self.with_peer(negotiation, |peer| peer.accept_answer(sdp)),
            Command::AddCandidates { negotiation, candidates } => {
                self.with_peer(negotiation, |peer| peer.add_candidates(candidates));
            }
            Command::ClosePeer(negotiation) => self.close_peer(negotiation),
            Command::Tune { negotiation, tuning } => self.with_peer(negotiation, |peer| peer.tune(tuning)),
            Command::ApplyProfile(profile) => {
                self.0.profile.set(profile);
                self.0.peers.borrow().values().for_each(|peer| Rc::clone(peer).set_profile(profile));
                self.apply_profile(profile);
            }
            Command::ShowReaction(reaction) => self.show_reaction(reaction),
            Command::ApplyMix(mix) => self.apply_mix(mix),
            Command::SetSending(sending) => self.set_sending(sending),
            Command::ReleaseSource(source) => self.release_source(source),
            Command::StopCapture => self.release_sources(),
        }
    }

    /// Shows what has changed, and only that.
    fn publish(&self) {
        let client = self.0.client.borrow();
        let presence = self.0.presence;
        show(presence.host_state, client.host_state());
        show(presence.listener_state, client.listener_state());
        show(presence.link_state, client.link_state());
        show(presence.room, client.room().map(RoomView::outline));
        if presence.messages.try_with_untracked(|shown| !shown.iter().eq(client.messages())) == Some(true) {
            presence.messages.set(client.messages().cloned().collect());
        }
        show(presence.has_earlier_messages, client.has_earlier_messages());
        show(presence.own_messages, client.own_messages().collect());
        show(presence.chosen_reaction, client.chosen_reaction());
        show(presence.engagement_notice, client.engagement_notice());
        show(presence.turn_problem, client.turn_problem());
        self.publish_audience(&client);
        self.publish_sound(&client);
    }

    fn show_reaction(&self, reaction: Reaction) {
        let number = |last: Option<(u32, Reaction)>| last.map_or(0, |(number, _)| number.wrapping_add(1));
        self.0.presence.reaction.update(|last| *last = Some((number(*last), reaction)));
    }

    fn publish_audience(&self, client: &Client) {
        let audience = &self.0.audience;
        if audience.pause.borrow().is_some() {
            return audience.changed.set(true);
        }
        let row = |listener: &ListenerView| ListenerRow {
            listener: listener.clone(),
            peer: client.peer_state(listener.member),
            removing: client.is_removing(listener.member),
        };
        let rows = client.room().into_iter().flat_map(|room| &room.listeners).map(row).collect();
        if !show(self.0.presence.audience, rows) {
            return;
        }
        let report = self.reporter();
        let pause = set_timeout_with_handle(move || report.show_audience(), AUDIENCE_EVERY);
        *audience.pause.borrow_mut() = pause.ok();
    }

    fn start_timer(&self, timer: Timer, after_ms: u32) {
        self.stop_timer(timer);
        let report = self.reporter();
        let fire = move || report.input(Input::TimerFired(timer));
        if let Ok(handle) = set_timeout_with_handle(fire, Duration::from_millis(after_ms.into())) {
            self.0.timers.borrow_mut().insert(timer, handle);
        }
    }

    fn stop_timer(&self, timer: Timer) {
        if let Some(handle) = self.0.timers.borrow_mut().remove(&timer) {
            handle.clear();
        }
    }

    fn open_offering(&self, negotiation: NegotiationId) {
        let Some((stream, track)) = sources::outgoing_stream().zip(self.0.sources.outgoing()) else { return };
        let opened = self.open_peer(negotiation);
        self.keep_peer(negotiation, opened, |peer| peer.offer(&stream, &track));
    }

    fn open_answering(&self, negotiation: NegotiationId, sdp: String) {
        let opened = self.open_peer(negotiation);
        self.keep_peer(negotiation, opened, |peer| peer.answer(sdp));
    }

    fn open_peer(&self, negotiation: NegotiationId) -> Option<Rc<PeerConnection>> {
        let configuration = self.0.configuration.borrow();
        PeerConnection::open(negotiation, &configuration, self.0.profile.get(), self.reporter())
    }

    fn keep_peer(
        &self,
        negotiation: NegotiationId,
        opened: Option<Rc<PeerConnection>>,
        begin: impl FnOnce(Rc<PeerConnection>),
    ) {
        match opened {
            Some(peer) => {
                self.0.peers.borrow_mut().insert(negotiation, Rc::clone(&peer));
                begin(peer);
            }
            None => self.reporter().input_later(Input::PeerChanged { negotiation, state: PeerState::Failed }),
        }
    }

    fn with_peer(&self, negotiation: NegotiationId, act: impl FnOnce(Rc<PeerConnection>)) {
        let peer = self.0.peers.borrow().get(&negotiation).cloned();
        if let Some(peer) = peer {
            act(peer);
        }
    }

    fn renumber_peer(&self, before: NegotiationId, now: NegotiationId, act: impl FnOnce(Rc<PeerConnection>)) {
        let peer = self.0.peers.borrow_mut().remove(&before);
        if let Some(peer) = peer {
            self.0.peers.borrow_mut().insert(now, Rc::clone(&peer));
            act(peer);
        }
    }

    fn close_peer(&self, negotiation: NegotiationId) {
        if let Some(peer) = self.0.peers.borrow_mut().remove(&negotiation) {
            peer.close();
        }
        if self.0.peers.borrow().is_empty() {
            self.0.playback.detach();
            self.stop_level();
        }
    }

    fn stop_level(&self) {
        *self.0.level.borrow_mut() = None;
        show(self.0.presence.level, 0.0);
    }

    /// The sound flows: the meter may begin. It waits until now because opening an audio device takes time that the
    /// first sound does not have.
    fn measure_playback(&self) {
        if document().hidden() {
            return;
        }
        if let Some(stream) = self.0.playback.stream() {
            *self.0.level.borrow_mut() = Level::measure(&stream, self.0.presence.level);
        }
    }

    fn play(&self) {
        self.0.playback.play();
        self.0.level.borrow().iter().for_each(Level::resume);
    }

    /// Measures all peer connections again and again.
    fn measure_regularly(&self) {
        self.do_regularly(EVERY_MS, async |page| page.measure().await);
    }

    /// Counts what comes in again and again.
    fn count_regularly(&self) {
        self.do_regularly(COUNT_EVERY_MS, async |page| page.count().await);
    }

    fn do_regularly(&self, every_ms: u32, act: impl AsyncFn(Self) + Copy + 'static) {
        let report = self.reporter();
        let act = move || {
            if let Some(page) = report.page() {
                spawn_local(async move { act(page).await });
            }
        };
        let interval = set_interval_with_handle(act, Duration::from_millis(every_ms.into()));
        self.0.intervals.borrow_mut().extend(interval);
    }

    /// Counts the packets that have come in.
    async fn count(&self) {
        let peers: Vec<_> = self.0.peers.borrow().values().cloned().collect();
        for peer in peers {
            if let Some(Reading { packets, .. }) = peer.measure().await {
                self.take(Input::Counted { negotiation: peer.negotiation(), packets });
            }
        }
    }

    /// Measures one peer connection after the other, so that no moment carries them all, and shows them together.
    async fn measure(&self) {
        let peers: Vec<_> = self.0.peers.borrow().values().cloned().collect();
        for peer in peers {
            if let Some(reading) = peer.measure().await {
                let negotiation = peer.negotiation();
                self.take(Input::Measured { negotiation, reading });
            }
        }
        // Told even where it is the same as before: time has passed.
        let statistics = self.0.client.borrow().statistics();
        if !statistics.is_empty() || self.0.presence.statistics.try_with_untracked(Vec::is_empty) == Some(false) {
            self.0.presence.statistics.set(statistics);
        }
    }

    /// Reports that the page is shown again or the network has changed.
    fn listen_for_waking(&self) {
        let (report, report_online) = (self.reporter(), self.reporter());
        let shown = EventListener::new(&document(), "visibilitychange", move |_| {
            report.turn_level(!document().hidden());
            if !document().hidden() {
                report.input(Input::Woken);
            }
        });
        let online = EventListener::new(&window(), "online", move |_| report_online.input(Input::NetworkChanged));
        let network = network::listen(self.reporter());
        let report_hidden = self.reporter();
        let hidden = EventListener::new(&window(), "pagehide", move |_| report_hidden.input(Input::Hidden));
        self.0.waking.borrow_mut().extend([shown, online, hidden].into_iter().chain(network));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.renewal.get_mut().iter().for_each(TimeoutHandle::clear);
        self.intervals.get_mut().iter().for_each(IntervalHandle::clear);
        self.timers.get_mut().values().for_each(TimeoutHandle::clear);
        self.audience.pause.get_mut().iter().for_each(TimeoutHandle::clear);
    }
}

/// How callbacks report what happened; a page that is gone hears nothing.
#[derive(Clone)]
struct Reporter(Weak<Running>);

impl Reporter {
    fn page(&self) -> Option<Page> {
        self.0.upgrade().map(Page)
    }

    fn input(&self, input: Input) {
        if let Some(page) = self.page() {
            page.input(input);
        }
    }

    /// Nobody sees a listener's meter in the background, and an audio device held there costs a phone its battery.
    fn turn_level(&self, on: bool) {
        match (self.page(), on) {
            (Some(page), true) => page.measure_playback(),
            (Some(page), false) => page.stop_level(),
            (None, _) => {}
        }
    }

    /// Shows what has changed in the audience since it was shown.
    fn show_audience(&self) {
        let Some(page) = self.0.upgrade().map(Page) else { return };
        page.0.audience.pause.borrow_mut().take();
        if page.0.audience.changed.take() {
            page.publish_audience(&page.0.client.borrow());
        }
    }

    /// Reports once the commands at hand are carried out.
    fn input_later(&self, input: Input) {
        let report = self.clone();
        spawn_local(async move { report.input(input) });
    }
}

/// Whether it was something new.
fn show<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) -> bool {
    let is_new = signal.try_with_untracked(|shown| *shown != value) == Some(true);
    if is_new {
        signal.set(value);
    }
    is_new
}

/// Remembers that this tab hosts the room. Whether it did before: then a reload takes the place over even from a
/// connection that the server still believes to be alive.
fn mark_as_host(code: RoomCode) -> bool {
    const KEY: &str = "heartogether.host";
    let Ok(Some(storage)) = window().session_storage() else { return false };
    let code = code.to_string();
    let did = storage.get_item(KEY).ok().flatten().is_some_and(|hosted| hosted == code);
    // A browser that forbids storage loses no more than this convenience.
    let _ = storage.set_item(KEY, &code);
    did
}

/// Bits that need not be secret: they keep pages from reconnecting in step.
fn random() -> u32 {
    (js_sys::Math::random() * f64::from(u32::MAX)) as u32
}
