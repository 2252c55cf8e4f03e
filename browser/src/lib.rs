//! The room client in the browser: it carries out the client's [`Output`](heartogether_client::Output)s with the Web's
//! APIs, and reports [`Input`](heartogether_client::Input)s. It does not know the framework that draws the pages: it writes
//! what is to be seen into a [`View`], which whoever draws the page follows. So it runs before the framework is loaded.
//!
//! Every value here releases its device, socket or connection when it is dropped.

mod begun;
mod capability;
mod capture;
mod carrier;
pub mod clipboard;
mod console;
mod conversation;
mod devices;
pub mod dom;
pub mod early_join;
pub mod early_microphone;
mod event_stream;
mod first_sound;
mod ice;
pub mod ip_privacy;
pub mod js_property;
mod level;
mod live_guard;
pub mod media_session;
mod microphone_requests;
mod microphone_watch;
mod microphones;
mod mixer;
pub mod navigation_guard;
mod network;
mod page;
pub mod page_clock;
mod peer;
pub mod peer_connections;
mod peers;
mod playback;
mod random;
pub mod reachability;
pub mod reload;
mod reporter;
mod showing;
mod shown;
pub mod site;
mod sleep;
mod socket;
mod sources;
pub mod speakers;
mod stats;
pub mod storage;
mod timer;
mod view;
pub mod volume;
mod waking;

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
};

use futures::channel::oneshot;
use gloo_events::EventListener;
use gloo_timers::callback::{Interval, Timeout};
use heartogether_client::{Client, Timer};
use litemap::LiteMap;

use begun::words::Words;
pub use begun::{abandon, begin, begin_hosting, take_begun};
pub use capability::keeps_cookies;
pub use capture::CaptureError;
use carrier::Carrier;
use console::Console;
use conversation::Conversing;
pub use devices::{DeviceOrder, Devices, OpenDevices};
use early_join::BegunPeer;
use first_sound::FirstSound;
use ice::Paths;
use level::Level;
pub use microphones::Microphone;
use peer::PeerConnection;
use playback::Playback;
use reporter::Reporter;
use showing::Audience;
pub use shown::Shown;
pub use sleep::sleep;
use socket::{Probe, Socket};
pub use sources::open_devices;
pub use speakers::Speaker;
use timer::RunningTimer;
pub use view::{ListNews, SoundView, SpeakersView, View};

/// A running page of a room; clones are the same page.
#[derive(Clone)]
pub struct Page(Rc<Running>);

/// What a running page has.
struct Running {
    client: RefCell<Client>,
    /// Opened before the page was there, for the first time that one is wanted.
    socket_ahead: RefCell<Option<Socket>>,
    /// Has answered an offer before the page was there, until that offer is taken.
    peer_ahead: RefCell<Option<BegunPeer>>,
    carrier: RefCell<Option<Carrier>>,
    /// Tries whether a WebSocket opens, beside an event stream.
    probe: RefCell<Option<Probe>>,
    /// Dropped as soon as anything happens.
    awaited: RefCell<Option<oneshot::Sender<()>>>,
    /// Whether the page is drawn, so that it shows what happens.
    stands: Cell<bool>,
    timers: RefCell<LiteMap<Timer, RunningTimer>>,
    peers: RefCell<Vec<Rc<PeerConnection>>>,
    devices: OnceCell<Box<dyn Devices>>,
    /// Whether the tab's page before this one had the room, and went away for this one.
    is_back: Cell<bool>,
    level: RefCell<Option<Level>>,
    /// What it says in the server's HTML, until it is drawn.
    words: RefCell<Option<Words>>,
    first_sound: FirstSound,
    /// A listener's player.
    playback: Option<Rc<Playback>>,
    paths: RefCell<Paths>,
    renewal: RefCell<Option<Timeout>>,
    waking: RefCell<Vec<EventListener>>,
    intervals: RefCell<Vec<Interval>>,
    audience: Audience,
    /// A listener's loudspeakers, while they are followed.
    speakers: RefCell<speakers::Following>,
    view: View,
    /// Where members converse.
    conversing: Option<Conversing>,
    /// Whether this browser has ever made a peer connection.
    has_made_peers: Cell<bool>,
    /// Where the page's decisions are written.
    console: Console,
}
