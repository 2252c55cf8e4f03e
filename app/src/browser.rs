//! The browser part of the client: it carries out the client's [`Output`]s and reports [`Input`]s. Only this module
//! uses web-sys. Every value here releases its device, socket or connection when it is dropped.

mod capability;
mod capture;
pub mod clipboard;
pub(crate) mod composition;
mod console;
pub(crate) mod early_join;
pub(crate) mod form_post;
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
mod reporter;
mod room_handle;
mod showing;
mod sleep;
mod socket;
mod sound;
mod sources;
mod speaker_list;
pub mod speakers;
mod stats;
mod storage;
mod timer;
pub mod volume;
mod waking;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    pin::pin,
    rc::Rc,
    time::Duration,
};

use futures::{
    channel::oneshot,
    future::{Either, select},
};
use gloo_events::EventListener;
use heartogether::{
    protocol::{FromRoom, RoomFrame, ServerMessage},
    room::{Joined, Resumed},
};
use leptos::{
    leptos_dom::helpers::{IntervalHandle, TimeoutHandle},
    prelude::*,
};
use wasm_bindgen_futures::spawn_local;
use web_sys::MessageEvent;

pub(crate) use capability::keeps_cookies;
pub use capture::CaptureError;
use console::Console;
use early_join::{EarlyJoin, Happening};
use ice::Paths;
use level::Level;
pub use microphones::Microphone;
use peer::PeerConnection;
use playback::Playback;
use reporter::Reporter;
pub use room_handle::RoomHandle;
use showing::{Audience, show};
pub(crate) use sleep::sleep;
use socket::Socket;
pub use sound::Sound;
use sources::Sources;
pub use speaker_list::{Speaker, Speakers};
use timer::RunningTimer;

use crate::routes;
use heartogether_client::{
    Client, Input, ListenerState, MicrophoneInput, Output, PeerState, Side, Timer, trace::Decision,
};

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
    /// Where the page's decisions are written.
    console: Console,
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
            console: Console::open(),
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
        let read = self.0.console.is_read().then(|| input.clone());
        let commands = self.0.client.borrow_mut().step(input);
        if let Some(input) = read {
            self.0.console.write(Decision::Page(input, commands.clone()));
        }
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

    fn start_timer(&self, timer: Timer, after_ms: u32) {
        self.stop_timer(timer);
        let report = self.reporter();
        let running = RunningTimer::set(after_ms, move || report.input(Input::TimerFired(timer)));
        self.0.timers.borrow_mut().extend(running.map(|running| (timer, running)));
    }

    fn stop_timer(&self, timer: Timer) {
        self.0.timers.borrow_mut().remove(&timer);
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
}

impl Drop for Running {
    fn drop(&mut self) {
        self.renewal.get_mut().iter().for_each(TimeoutHandle::clear);
        self.intervals.get_mut().iter().for_each(IntervalHandle::clear);
        self.audience.pause.get_mut().iter().for_each(TimeoutHandle::clear);
    }
}
