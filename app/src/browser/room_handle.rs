//! The room as a host's or a listener's page shows it, and the actions of that page.

use std::time::Duration;

use heartogether::{
    engagement::Reaction,
    id::{MemberId, RoomCode},
    refusal::Refusal,
    role::{Permission, Role},
    room::{Message, RoomView},
    time::Timestamp,
};
use leptos::{html::Div, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen_futures::spawn_local;

use super::{
    Page, Sound, Speakers, capability, early_join::EarlyJoin, ice, ice::Paths, ip_privacy, network, page_clock, reload,
    sleep,
};
use crate::api::IceConfiguration;
use heartogether_client::{
    Capabilities, Client, HostState, IceServerProblem, Input, ListenerRow, ListenerState, NoPath, OwnMessage,
    PlayerInput, PlayerState, Profile, SignalingState, Volume, gathering::Gathering, statistics::PeerStatistics,
};

/// How long nothing happens before a page that is not drawn yet is drawn after all. Between two steps on the way to the first
/// sound a fast line takes half as long, a slow one longer than the drawing.
const DRAWN_AFTER: Duration = Duration::from_millis(100);

/// How long after the connection stands its first sound is heard, at most, where nothing else keeps the browser busy.
const HEARD_AFTER: Duration = Duration::from_millis(50);

/// A page's handle in a room: what a host's or a listener's page shows, and how it acts. Made while rendering, also on
/// the server, where it stays as it began; [`RoomHandle::start`] brings it to life in the browser.
#[derive(Clone, Copy)]
pub struct RoomHandle {
    /// What a host's page shows.
    pub host_state: RwSignal<HostState>,
    /// What a listener's page shows.
    pub listener_state: RwSignal<ListenerState>,
    /// How the signaling connection is.
    pub signaling_state: RwSignal<SignalingState>,
    /// What keeps the server from doing what the page asks, if it has said so.
    pub trouble: RwSignal<Option<Refusal>>,
    /// The outline of the room as far as it is known.
    pub room: RwSignal<Option<RoomView>>,
    /// Whether the host's source gives no sound.
    pub host_silent: RwSignal<bool>,
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
    /// Milliseconds that the room's clock is ahead of the page's.
    pub clock_ahead_ms: RwSignal<f64>,
    /// What is wrong with a TURN server.
    pub turn_problem: RwSignal<Option<IceServerProblem>>,
    /// Why somebody on the other side cannot be reached.
    pub no_path: RwSignal<Option<NoPath>>,
    /// What was found on the way to a path.
    pub gathering: RwSignal<Gathering>,
    /// The quality of the host's sound.
    pub profile: RwSignal<Profile>,
    /// The host's sound.
    pub sound: Sound,
    /// A listener's loudspeakers.
    pub speakers: Speakers,
    /// What this browser offers.
    pub capabilities: RwSignal<Capabilities>,
    /// How loud the sound is that comes in, from 0 to 1.
    pub level: RwSignal<f32>,
    /// Whether a listener's player plays, and why not.
    pub player: RwSignal<PlayerState>,
    /// Where a listener's page has its player.
    pub player_place: NodeRef<Div>,
    running: StoredValue<Option<SendWrapper<Page>>>,
}

impl RoomHandle {
    /// Not in the room yet.
    pub fn new() -> Self {
        Self {
            host_state: RwSignal::default(),
            listener_state: RwSignal::default(),
            signaling_state: RwSignal::default(),
            trouble: RwSignal::default(),
            room: RwSignal::default(),
            host_silent: RwSignal::default(),
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
            no_path: RwSignal::default(),
            gathering: RwSignal::default(),
            profile: RwSignal::default(),
            sound: Sound::default(),
            speakers: Speakers::default(),
            capabilities: RwSignal::default(),
            level: RwSignal::default(),
            player: RwSignal::default(),
            player_place: NodeRef::new(),
            running: StoredValue::new(None),
        }
    }

    /// Milliseconds until a time of the room's clock; negative once it is past. Does not follow the clock by itself.
    pub fn ms_until(self, at: Timestamp) -> f64 {
        at.as_millis() as f64 - (page_clock::now_ms() + self.clock_ahead_ms.get())
    }

    /// The device's date at a time of the room's clock. The two need not agree, and either may have been set meanwhile.
    pub fn date_of(self, at: Timestamp) -> f64 {
        js_sys::Date::now() + at.as_millis() as f64 - (page_clock::now_ms() + self.clock_ahead_ms.get_untracked())
    }

    /// Joins the room. Call it in the browser, with the servers for everybody; those for members come with the place. It ends with the page's owner. It is
    /// heard at once, and shown from [`RoomHandle::stand`] on.
    pub fn start(self, role: Role, code: RoomCode, ice_servers: IceConfiguration) {
        // A reload takes the place over even from a connection that the server still believes to be alive.
        let is_back = Client::may_take_over(role) && reload::take_mark(code);
        let urls = ice::urls(&ice_servers.servers);
        let client = Client::new(role, code, is_back, random());
        let (hears, may_send) = (client.takes_sound(), client.may(Permission::Publish));
        let page = Page::new(client, Paths::new(ice_servers, ip_privacy::is_wished()), self);
        page.listen_for_waking();
        page.measure_regularly();
        if hears {
            page.count_regularly();
        }
        page.input(Input::IceServersKnown(urls));
        page.input(Input::NetworkGuessed(network::guess()));
        if may_send {
            page.prepare_sources(is_back);
            page.watch_microphone_regularly();
        }
        let early = EarlyJoin::take(role, code);
        match capability::detect().refusal() {
            Some(refusal) => {
                early.iter().for_each(EarlyJoin::close);
                page.input(Input::BrowserLacks(refusal));
            }
            None => page.join(early),
        }
        self.running.set_value(Some(SendWrapper::new(page)));
    }

    /// To be called while the page is being drawn: once that is done, it shows what there is.
    pub fn stand(self) {
        if let Some(page) = self.page() {
            let report = page.reporter();
            spawn_local(async move { report.page().iter().for_each(Page::stand) });
        }
    }

    /// Completes when nothing more is to be done for the first sound, or in a pause in which the page may as well be drawn.
    pub(crate) async fn settle(self) {
        while let Some(page) = self.page().filter(|page| page.0.client.borrow().awaits_first_sound()) {
            if !page.hears_of_something(DRAWN_AFTER).await {
                return;
            }
        }
        if self.page().is_some_and(|page| page.0.client.borrow().listener_state() == ListenerState::Listening) {
            sleep(HEARD_AFTER).await;
        }
    }

    /// Hides this browser's address from now on, or no longer.
    pub fn hide_address(self, hidden: bool) {
        ip_privacy::wish(hidden);
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

    /// Plays after a tap: where the browser refused to play by itself, and after a pause, whoever made it.
    pub fn play(self) {
        if let Some(page) = self.page() {
            page.play();
        }
    }

    /// Pauses the player for this listener alone.
    pub fn hold(self) {
        if let Some(page) = self.page() {
            page.0.playback.iter().for_each(|playback| playback.take(PlayerInput::PausePressed));
        }
    }

    /// Lets the player play so loud.
    pub fn set_volume(self, volume: Volume) {
        if let Some(page) = self.page() {
            page.0.playback.iter().for_each(|playback| playback.set_volume(volume));
        }
    }

    pub(super) fn page(self) -> Option<Page> {
        self.running.try_with_value(|running| running.as_deref().cloned()).flatten()
    }
}

impl Default for RoomHandle {
    fn default() -> Self {
        Self::new()
    }
}

/// Bits that need not be secret: they keep pages from reconnecting in step.
fn random() -> u32 {
    (js_sys::Math::random() * f64::from(u32::MAX)) as u32
}
