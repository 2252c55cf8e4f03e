//! A host's or a listener's page without its views: the client, and what its outputs have opened.

use std::{
    cell::{Cell, OnceCell, RefCell},
    pin::pin,
    rc::Rc,
    time::Duration,
};

use futures::{
    channel::oneshot,
    future::{Either, select},
};
use gloo_timers::callback::Interval;
use heartogether::{
    ice::IceConfiguration,
    id::RoomCode,
    protocol::{FromRoom, RoomFrame, ServerMessage},
    role::{Permission, Role},
    room::{Joined, Resumed},
};
use heartogether_client::{
    Client, Input, ListenerState, Output, PeerState, PlayerInput, Side, Timer, Volume, trace::Decision,
};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlAudioElement, MessageEvent};

use crate::{
    Page, Reporter, Running, View, capability,
    console::Console,
    conversation::Conversing,
    devices::{DeviceOrder, OpenDevices},
    early_join::{EarlyJoin, Happening},
    first_sound::FirstSound,
    ice::{self, Paths},
    ip_privacy,
    level::Level,
    network, page_clock,
    peer::PeerConnection,
    playback::Playback,
    random::random,
    reload,
    showing::Audience,
    sleep,
    socket::{self, Socket},
    timer::RunningTimer,
};

/// How long after the connection stands its first sound is heard, at most, where nothing else keeps the browser busy.
const HEARD_AFTER: Duration = Duration::from_millis(50);

impl Page {
    /// Joins the room, with the servers for everybody; those for members come with the place. It is heard at once, and meters
    /// run from [`Page::stand`] on. It stays until it is told [`Input::Left`] and the last clone is dropped. A page that may send
    /// opens its devices.
    pub fn join(role: Role, code: RoomCode, ice_servers: IceConfiguration, open_devices: Option<OpenDevices>) -> Self {
        let early = EarlyJoin::take(role, code);
        // A reload takes the place over even from a connection that the server still believes to be alive. Where the script at the
        // top of the page has asked for it, it has taken the mark.
        let is_back = Client::may_take_over(role) && (reload::take_mark(code) || early.is_some());
        let client = Client::new(role, code, is_back, random());
        Self::begin(client, (early, is_back), ice_servers, open_devices, None)
    }

    /// Joins the room with a client: with the early join, if there is one, and maybe after a reload.
    pub(crate) fn begin(
        client: Client,
        (mut early, is_back): (Option<EarlyJoin>, bool),
        ice_servers: IceConfiguration,
        open_devices: Option<OpenDevices>,
        conversing: Option<Conversing>,
    ) -> Self {
        let urls = ice::urls(&ice_servers.servers);
        let (hears, may_send) = (client.takes_sound(), client.may(Permission::Publish));
        let player = early.as_mut().and_then(|early| early.player.take());
        // An early join is as old as the visit.
        let wanted_at = if early.is_some() { 0.0 } else { page_clock::now_ms() };
        let page = Self::new(client, Paths::new(ice_servers, ip_privacy::is_wished()), player, conversing);
        page.0.is_back.set(is_back);
        page.0.first_sound.begin(wanted_at);
        page.listen_for_waking();
        page.measure_regularly();
        if hears {
            page.count_regularly();
        }
        page.input(Input::IceServersKnown(urls));
        page.input(Input::NetworkGuessed(network::guess()));
        if let Some(open) = open_devices.filter(|_| may_send) {
            page.0.devices.get_or_init(open).prepare(&page, is_back);
        }
        match capability::detect().refusal() {
            Some(refusal) => {
                early.iter().for_each(EarlyJoin::close);
                page.input(Input::BrowserLacks(refusal));
            }
            None => page.connect(early),
        }
        page
    }

    fn new(client: Client, paths: Paths, player: Option<HtmlAudioElement>, conversing: Option<Conversing>) -> Self {
        Self(Rc::new_cyclic(|page| Running {
            playback: client.takes_sound().then(|| Playback::new(player, Reporter(page.clone()))).flatten(),
            client: RefCell::new(client),
            socket_ahead: RefCell::default(),
            peer_ahead: RefCell::default(),
            carrier: RefCell::default(),
            probe: RefCell::default(),
            awaited: RefCell::default(),
            stands: Cell::default(),
            timers: RefCell::default(),
            peers: RefCell::default(),
            devices: OnceCell::new(),
            is_back: Cell::default(),
            level: RefCell::default(),
            first_sound: FirstSound::default(),
            words: RefCell::default(),
            paths: paths.into(),
            renewal: RefCell::default(),
            waking: RefCell::default(),
            intervals: RefCell::default(),
            audience: Audience::default(),
            speakers: RefCell::default(),
            view: View::default(),
            conversing,
            has_made_peers: Cell::default(),
            console: Console::open(),
        }))
    }

    /// A way back to the page for callbacks, which must not keep it alive.
    pub(crate) fn reporter(&self) -> Reporter {
        Reporter(Rc::downgrade(&self.0))
    }

    /// Takes in what happened, or what the visitor pressed, and shows what follows from it.
    pub fn input(&self, input: Input) {
        let connected = matches!(input, Input::PeerChanged { state: PeerState::Connected, .. });
        self.take(input);
        self.publish();
        if connected {
            self.measure_playback();
        }
    }

    /// Takes in what the server says, and shows it.
    pub(crate) fn hear(&self, event: &MessageEvent) {
        self.take_message(event);
        self.publish();
    }

    fn take_message(&self, event: &MessageEvent) {
        let message = socket::read(event);
        if let Some(conversing) = self.0.conversing {
            (conversing.hear)(self, message.as_ref(), event);
        }
        let Some(message) = message else { return };
        if let ServerMessage::Room(RoomFrame {
            message: FromRoom::Joined(Joined { now, .. }) | FromRoom::Resumed(Resumed { now, .. }),
            ..
        }) = &message
        {
            self.0.view.clock_ahead_ms.set(now.as_millis() as f64 - event.time_stamp());
        }
        self.take(Input::Received(message));
    }

    /// Begins to join: with the early join, where it was heard of last.
    fn connect(&self, mut early: Option<EarlyJoin>) {
        *self.0.peer_ahead.borrow_mut() = early.as_mut().and_then(|early| early.peer.take());
        self.0.peer_ahead.borrow().iter().for_each(|peer| self.0.first_sound.note_early(peer));
        let (socket, happened) = early.map(|begun| Socket::take_over(begun, &self.reporter())).unzip();
        *self.0.socket_ahead.borrow_mut() = socket;
        self.take(Input::Started);
        for happening in happened.into_iter().flatten() {
            match happening {
                Happening::Opened => self.take(Input::SocketOpened),
                Happening::Said(message) => self.take_message(&message),
                Happening::Closed => self.take(Input::SocketClosed),
            }
        }
        // Its offer counts no more.
        self.0.peer_ahead.take();
    }

    /// The page is drawn, with a place for its player: from now on it shows what it knows.
    pub fn stand(&self, place: Option<&Element>) {
        self.0.stands.set(true);
        self.0.words.take();
        if let (Some(playback), Some(place)) = (&self.0.playback, place) {
            playback.stand_in(place);
        }
        self.0.view.capabilities.show(capability::detect());
        self.prepare_speakers();
        self.publish();
        if matches!(self.0.client.borrow().listener_state(), ListenerState::Listening | ListenerState::Paused) {
            self.measure_playback();
        }
    }

    /// What it shows.
    pub fn view(&self) -> &View {
        &self.0.view
    }

    /// Completes when nothing more is to be done for the first sound, or nothing has happened for so long. In a room in which
    /// something happens all the time and no sound comes, it completes after `at_most`.
    pub async fn settle(self, pause: Duration, at_most: Duration) {
        select(pin!(self.settle_quietly(pause)), pin!(sleep(at_most))).await;
    }

    async fn settle_quietly(self, pause: Duration) {
        let report = self.reporter();
        drop(self);
        while let Some(page) = report.page().filter(|page| page.0.client.borrow().awaits_first_sound()) {
            if !page.hears_of_something(pause).await {
                return;
            }
        }
        if report.page().is_some_and(|page| page.0.client.borrow().listener_state() == ListenerState::Listening) {
            sleep(HEARD_AFTER).await;
        }
    }

    /// Hides this browser's address from now on, or no longer.
    pub fn hide_address(&self, hidden: bool) {
        ip_privacy::wish(hidden);
        self.change_hiding(hidden);
    }

    /// Plays after a tap: where the browser refused to play by itself, and after a pause, whoever made it.
    pub fn play(&self) {
        self.0.playback.iter().for_each(|playback| playback.take(PlayerInput::PlayPressed));
        self.0.level.borrow().iter().for_each(Level::resume);
    }

    /// Pauses the player for this listener alone.
    pub fn hold(&self) {
        self.0.playback.iter().for_each(|playback| playback.take(PlayerInput::PausePressed));
    }

    /// Lets the player play so loud.
    pub fn set_volume(&self, volume: Volume) {
        self.0.playback.iter().for_each(|playback| playback.set_volume(volume));
    }

    /// Completes once something happens. Whether that is within this time.
    async fn hears_of_something(self, within: Duration) -> bool {
        let (awaited, happens) = oneshot::channel();
        *self.0.awaited.borrow_mut() = Some(awaited);
        drop(self);
        matches!(select(happens, pin!(sleep(within))).await, Either::Left(_))
    }

    pub(crate) fn take(&self, input: Input) {
        let read = self.0.console.is_read().then(|| input.clone());
        let commands = self.0.client.borrow_mut().step(input);
        if let Some(input) = read {
            self.0.console.write(Decision::Page(input, commands.clone()));
        }
        commands.into_iter().for_each(|command| self.perform(command));
        self.note_first_sound();
        self.0.awaited.take();
    }

    fn perform(&self, command: Output) {
        match command {
            Output::OpenSocket => self.open_socket(),
            Output::OpenStream => self.open_stream(),
            Output::ProbeSocket => self.probe_socket(),
            Output::ProbeServer => self.probe_server(),
            Output::CloseSocket => self.carry_by(None),
            Output::Send(message) => self.send(&message),
            Output::UseIceServers(known) => self.take_ice_servers(&known),
            Output::StartTimer { timer, after_ms } => self.start_timer(timer, after_ms),
            Output::StopTimer(timer) => self.stop_timer(timer),
            Output::OpenOffering { negotiation, receives } => {
                self.open_peer(negotiation, Side::Offering { receives }, None, PeerConnection::offer);
            }
            Output::OpenAnswering { negotiation, sends, sdp } => {
                let ahead = self.0.peer_ahead.borrow_mut().take_if(|ahead| ahead.offer == sdp);
                self.open_peer(negotiation, Side::Answering { sends }, ahead, |peer| peer.answer(sdp));
            }
            Output::Play(negotiation) => {
                if let Some(playback) = self.0.playback.clone() {
                    self.with_peer(negotiation, |peer| peer.play(playback));
                }
            }
            Output::Restart { before, negotiation } => {
                self.with_peer(before, |peer| peer.restart(negotiation));
            }
            Output::AnswerRestart { before, negotiation, sdp } => {
                self.with_peer(before, |peer| peer.answer_restart(negotiation, sdp));
            }
            Output::AcceptAnswer { negotiation, sdp } => self.with_peer(negotiation, |peer| peer.accept_answer(sdp)),
            Output::AddCandidates { negotiation, candidates } => {
                self.with_peer(negotiation, |peer| peer.add_candidates(candidates));
            }
            Output::ClosePeer(negotiation) => self.close_peer(negotiation),
            Output::Tune { negotiation, tuning } => self.with_peer(negotiation, |peer| peer.tune(tuning)),
            Output::ApplyProfile(profile) => {
                self.0.peers.borrow().iter().for_each(|peer| Rc::clone(peer).set_profile(profile));
                self.order(DeviceOrder::SendMix);
            }
            Output::ApplyProcessing(wanted) => self.order(DeviceOrder::Process(wanted)),
            Output::ShowReaction(reaction) => self.show_reaction(reaction),
            Output::ApplyMix(_) | Output::SetSending(_) => self.order(DeviceOrder::SendMix),
            Output::WakeMixer => self.order(DeviceOrder::WakeMixer),
            Output::LeaveMark(code) => {
                reload::leave_mark(code);
                self.order(DeviceOrder::LeaveMicrophone);
            }
            Output::ReleaseSource(source) => self.order(DeviceOrder::Release(source)),
            Output::StopCapture => self.order(DeviceOrder::ReleaseAll),
        }
    }

    fn start_timer(&self, timer: Timer, after_ms: u32) {
        self.stop_timer(timer);
        let report = self.reporter();
        if let Some(running) = RunningTimer::set(after_ms, move || report.input(Input::TimerFired(timer))) {
            self.0.timers.borrow_mut().insert(timer, running);
        }
    }

    fn stop_timer(&self, timer: Timer) {
        self.0.timers.borrow_mut().remove(&timer);
    }

    pub(crate) fn do_regularly(&self, every_ms: u32, act: impl AsyncFn(Self) + Copy + 'static) {
        let report = self.reporter();
        let act = move || {
            if let Some(page) = report.page() {
                spawn_local(async move { act(page).await });
            }
        };
        self.0.intervals.borrow_mut().push(Interval::new(every_ms, act));
    }
}
