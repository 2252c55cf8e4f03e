//! The browser's half: carries the client's [`Output`]s out and reports back with [`Input`]s. The only place that
//! talks to web-sys. Everything here lets go of its device, socket or connection when dropped.

mod capability;
mod capture;
pub mod clipboard;
pub(crate) mod composition;
mod console;
pub(crate) mod early_join;
mod ice;
pub mod ip_privacy;
mod js_property;
mod level;
mod live_guard;
pub(crate) mod locale;
pub mod media_session;
mod microphone_requests;
mod microphone_watch;
mod microphones;
mod mixer;
pub mod navigation_guard;
mod network;
pub(crate) mod page_clock;
pub mod page_guard;
mod peer;
pub mod peer_connections;
mod peers;
mod playback;
pub(crate) mod reachability;
mod reload;
mod room_handle;
mod sleep;
mod socket;
mod sound;
mod sources;
pub mod speakers;
mod stats;
mod storage;
mod timer;
pub mod volume;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    pin::pin,
    rc::{Rc, Weak},
    time::Duration,
};

use futures::{
    channel::oneshot,
    future::{Either, select},
};
use gloo_events::EventListener;
use heartogether::{
    engagement::Reaction,
    protocol::{FromRoom, RoomFrame, ServerMessage},
    room::{Joined, MemberView, Resumed, RoomView},
};
use leptos::{
    leptos_dom::helpers::{IntervalHandle, TimeoutHandle},
    prelude::*,
};
use wasm_bindgen_futures::spawn_local;
use web_sys::MessageEvent;

pub(crate) use capability::keeps_cookies;
pub use capture::CaptureError;
use early_join::{EarlyJoin, Happening};
use ice::Paths;
use js_property::property;
use level::Level;
pub use microphones::Microphone;
use peer::PeerConnection;
use playback::Playback;
pub use room_handle::RoomHandle;
pub(crate) use sleep::sleep;
use socket::Socket;
pub use sound::Sound;
use sources::Sources;
pub use speakers::{Speaker, Speakers};
use timer::RunningTimer;

use crate::routes;
use heartogether_client::{
    Client, Input, ListenerRow, ListenerState, MicrophoneInput, Output, PeerState, PlayerInput, Side, Timer, trace,
};

/// How often the audience is shown anew, at most.
const AUDIENCE_EVERY: Duration = Duration::from_millis(200);

/// A running page; clones are the same page.
#[derive(Clone)]
struct Page(Rc<Running>);

struct Running {
    client: RefCell<Client>,
    /// Opened before the page was there, for the first time that one is wanted.
    socket_ahead: RefCell<Option<Socket>>,
    socket: RefCell<Option<Socket>>,
    /// Dropped as soon as anything happens.
    awaited: RefCell<Option<oneshot::Sender<()>>>,
    /// Whether the page is drawn, so that it shows what happens.
    stands: Cell<bool>,
    timers: RefCell<BTreeMap<Timer, RunningTimer>>,
    peers: RefCell<Vec<Rc<PeerConnection>>>,
    sources: Sources,
    level: RefCell<Option<Level>>,
    /// A listener's player.
    playback: Option<Rc<Playback>>,
    paths: RefCell<Paths>,
    renewal: RefCell<Option<TimeoutHandle>>,
    waking: RefCell<Vec<EventListener>>,
    intervals: RefCell<Vec<IntervalHandle>>,
    audience: Audience,
    /// A listener's loudspeakers, while they are followed.
    speakers: RefCell<speakers::Following>,
    handle: RoomHandle,
    /// Whether this browser has ever made a peer connection.
    has_made_peers: Cell<bool>,
    /// Whether what happens is written to the console.
    is_traced: bool,
}

/// When the audience was shown: with thousands of listeners it changes faster than anybody can read.
#[derive(Default)]
struct Audience {
    pause: RefCell<Option<TimeoutHandle>>,
    changed: Cell<bool>,
}

impl Page {
    fn new(client: Client, paths: Paths, handle: RoomHandle) -> Self {
        Self(Rc::new_cyclic(|page| Running {
            playback: client.takes_sound().then(|| Playback::new(Reporter(page.clone()))).flatten(),
            client: RefCell::new(client),
            socket_ahead: RefCell::default(),
            socket: RefCell::default(),
            awaited: RefCell::default(),
            stands: Cell::default(),
            timers: RefCell::default(),
            peers: RefCell::default(),
            sources: Sources::default(),
            level: RefCell::default(),
            paths: paths.into(),
            renewal: RefCell::default(),
            waking: RefCell::default(),
            intervals: RefCell::default(),
            audience: Audience::default(),
            speakers: RefCell::default(),
            handle,
            has_made_peers: Cell::default(),
            is_traced: console::is_asked_for(),
        }))
    }

    /// A way back to the page for callbacks, which must not keep it alive.
    fn reporter(&self) -> Reporter {
        Reporter(Rc::downgrade(&self.0))
    }

    fn input(&self, input: Input) {
        let connected = matches!(input, Input::PeerChanged { state: PeerState::Connected, .. });
        self.take(input);
        self.publish();
        if connected {
            self.measure_playback();
        }
    }

    /// Takes in what the server says, and shows it.
    fn hear(&self, event: &MessageEvent) {
        self.take_message(event);
        self.publish();
    }

    fn take_message(&self, event: &MessageEvent) {
        let Some(message) = socket::read(event) else { return };
        if let ServerMessage::Room(RoomFrame {
            message: FromRoom::Joined(Joined { now, .. }) | FromRoom::Resumed(Resumed { now, .. }),
            ..
        }) = &message
        {
            self.0.handle.clock_ahead_ms.set(now.as_millis() as f64 - event.time_stamp());
        }
        self.take(Input::Received(message));
    }

    /// Begins to join: with the early join, where it was heard of last.
    fn join(&self, early: Option<EarlyJoin>) {
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
    }

    /// The page is drawn: from now on it shows what it knows.
    fn stand(&self) {
        self.0.stands.set(true);
        let place = self.0.handle.player_place.try_get_untracked().flatten();
        if let (Some(playback), Some(place)) = (&self.0.playback, place) {
            playback.stand_in(&place);
        }
        show(self.0.handle.capabilities, capability::detect());
        self.prepare_speakers();
        self.publish();
        if matches!(self.0.client.borrow().listener_state(), ListenerState::Listening | ListenerState::Paused) {
            self.measure_playback();
        }
    }

    /// Completes once something happens. Whether that is within this time.
    async fn hears_of_something(self, within: Duration) -> bool {
        let (awaited, happens) = oneshot::channel();
        *self.0.awaited.borrow_mut() = Some(awaited);
        drop(self);
        matches!(select(happens, pin!(sleep(within))).await, Either::Left(_))
    }

    fn take(&self, input: Input) {
        let traced = self.0.is_traced.then(|| trace::Step::of(&input));
        let commands = self.0.client.borrow_mut().step(input);
        traced.and_then(|step| step.line(&commands)).iter().for_each(|line| console::write(line));
        commands.into_iter().for_each(|command| self.perform(command));
        self.0.awaited.take();
    }

    fn perform(&self, command: Output) {
        match command {
            Output::OpenSocket => self.open_socket(),
            Output::ProbeServer => self.probe_server(),
            Output::CloseSocket => *self.0.socket.borrow_mut() = None,
            Output::Send(message) => self.0.socket.borrow().iter().for_each(|socket| socket.send(&message)),
            Output::UseIceServers(known) => self.take_ice_servers(&known),
            Output::StartTimer { timer, after_ms } => self.start_timer(timer, after_ms),
            Output::StopTimer(timer) => self.stop_timer(timer),
            Output::OpenOffering { negotiation, receives } => {
                self.open_peer(negotiation, Side::Offering { receives }, PeerConnection::offer);
            }
            Output::OpenAnswering { negotiation, sends, sdp } => {
                self.open_peer(negotiation, Side::Answering { sends }, |peer| peer.answer(sdp));
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
                self.send_mix();
            }
            Output::ApplyProcessing(wanted) => self.request_microphone(MicrophoneInput::ProcessingWanted(wanted)),
            Output::ShowReaction(reaction) => self.show_reaction(reaction),
            Output::ApplyMix(_) | Output::SetSending(_) => self.send_mix(),
            Output::WakeMixer => self.wake_mixer(),
            Output::LeaveMark(code) => reload::leave_mark(code),
            Output::ReleaseSource(source) => self.release_source(source),
            Output::StopCapture => self.release_sources(),
        }
    }

    fn open_socket(&self) {
        let ahead = self.0.socket_ahead.take();
        *self.0.socket.borrow_mut() = ahead.or_else(|| Socket::open(&self.reporter()));
    }

    fn probe_server(&self) {
        let report = self.reporter();
        spawn_local(async move {
            let answers = reachability::answers(routes::HEALTH).await;
            report.input(Input::ServerProbed { answers });
        });
    }

    /// Shows what has changed, and only that. While a page is being drawn nothing may change: the server's HTML is taken over
    /// as it is.
    fn publish(&self) {
        if !self.0.stands.get() {
            return;
        }
        let client = self.0.client.borrow();
        let handle = self.0.handle;
        show(handle.host_state, client.host_state());
        show(handle.listener_state, client.listener_state());
        show(handle.signaling_state, client.signaling_state());
        show(handle.host_silent, client.is_host_silent());
        show(handle.trouble, client.trouble());
        show(handle.room, client.room().map(RoomView::outline));
        if handle.messages.try_with_untracked(|shown| !shown.iter().eq(client.messages())) == Some(true) {
            handle.messages.set(client.messages().cloned().collect());
        }
        show(handle.has_earlier_messages, client.has_earlier_messages());
        show(handle.own_messages, client.own_messages().collect());
        show(handle.chosen_reaction, client.chosen_reaction());
        show(handle.engagement_notice, client.engagement_notice());
        show(handle.no_path, client.no_path());
        show(handle.turn_problem, client.turn_problem());
        if handle.gathering.try_with_untracked(|shown| shown != client.gathering()) == Some(true) {
            handle.gathering.set(client.gathering().clone());
        }
        if let Some(playback) = &self.0.playback {
            show(handle.player, playback.state());
        }
        self.publish_audience(&client);
        self.publish_sound(&client);
    }

    fn show_reaction(&self, reaction: Reaction) {
        let number = |last: Option<(u32, Reaction)>| last.map_or(0, |(number, _)| number.wrapping_add(1));
        self.0.handle.reaction.update(|last| *last = Some((number(*last), reaction)));
    }

    fn publish_audience(&self, client: &Client) {
        let audience = &self.0.audience;
        if audience.pause.borrow().is_some() {
            return audience.changed.set(true);
        }
        let row = |listener: &MemberView| ListenerRow {
            listener: listener.clone(),
            peer: client.peer_state(listener.member),
            removing: client.is_removing(listener.member),
            blocking_address: client.is_blocking_address(listener.member),
            has_left: false,
        };
        let rows = client.room().into_iter().flat_map(|room| &room.members).map(row).collect();
        if !show(self.0.handle.audience, rows) {
            return;
        }
        let report = self.reporter();
        let pause = set_timeout_with_handle(move || report.show_audience(), AUDIENCE_EVERY);
        *audience.pause.borrow_mut() = pause.ok();
    }

    fn start_timer(&self, timer: Timer, after_ms: u32) {
        self.stop_timer(timer);
        let report = self.reporter();
        let running = RunningTimer::set(after_ms, move || report.input(Input::TimerFired(timer)));
        self.0.timers.borrow_mut().extend(running.map(|running| (timer, running)));
    }

    fn stop_timer(&self, timer: Timer) {
        self.0.timers.borrow_mut().remove(&timer);
    }

    fn stop_level(&self) {
        *self.0.level.borrow_mut() = None;
        show(self.0.handle.level, 0.0);
    }

    /// The sound flows: the meter may begin. It waits until now because opening an audio device takes time that the
    /// first sound does not have.
    fn measure_playback(&self) {
        if document().hidden() || !self.0.stands.get() {
            return;
        }
        if let Some(stream) = self.0.playback.as_ref().and_then(|playback| playback.stream()) {
            *self.0.level.borrow_mut() = Level::measure(&stream, self.0.handle.level);
        }
    }

    fn play(&self) {
        self.0.playback.iter().for_each(|playback| playback.take(PlayerInput::PlayPressed));
        self.0.level.borrow().iter().for_each(Level::resume);
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
        let code = self.0.client.borrow().code();
        // A page that the browser has kept as it was is there again, and needs no mark (HTML, `PageTransitionEvent`).
        let restored = EventListener::new(&window(), "pageshow", move |event| {
            if property(event, "persisted").is_truthy() {
                reload::take_mark(code);
            }
        });
        self.0.waking.borrow_mut().extend([shown, online, hidden, restored].into_iter().chain(network));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.renewal.get_mut().iter().for_each(TimeoutHandle::clear);
        self.intervals.get_mut().iter().for_each(IntervalHandle::clear);
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

    /// Writes what was decided beside the room to the console, if somebody wants to see it.
    fn trace(&self, line: impl FnOnce() -> String) {
        if self.page().is_some_and(|page| page.0.is_traced) {
            console::write(&line());
        }
    }

    /// Shows what has changed beside the room.
    fn show(&self) {
        self.page().iter().for_each(Page::publish);
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
