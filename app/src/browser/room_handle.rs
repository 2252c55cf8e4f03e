//! The room as a host's or a listener's page shows it, and the actions of that page.

mod conversation;
mod devices;

use std::time::Duration;

use conversation::FollowConversation;
pub use devices::{Sound, Speakers};
use heartogether::{
    engagement::Reaction,
    ice::{IceConfiguration, Relay},
    id::{DisplayName, MemberId, MessageNumber, PublicationId, RoomCode},
    refusal::Refusal,
    role::Role,
    room::{Message, RoomView, Source},
    time::Timestamp,
};
use heartogether_browser::{OpenDevices, Page, Shown, View, page_clock};
use heartogether_client::{
    Capabilities, ConversationEntry, HostState, IceServerProblem, Input, ListenerRow, ListenerState, NoPath,
    OwnMessage, PlayerState, Profile, SignalingState, Volume, gathering::Gathering, statistics::PeerStatistics,
};
use leptos::html::Div;
use send_wrapper::SendWrapper;
use wasm_bindgen_futures::spawn_local;

use crate::prelude::*;

/// How long nothing happens before a page that is not drawn yet is drawn after all. Between two steps on the way to the first
/// sound a fast line takes half as long, a slow one longer than the drawing.
const DRAWN_AFTER: Duration = Duration::from_millis(100);
/// How long it waits at most, in a room in which something happens all the time.
const DRAWN_WITHIN: Duration = Duration::from_secs(1);

/// A page's handle in a room: what a host's or a listener's page shows, and how it acts. Made while rendering, also on
/// the server, where it stays as it began; [`RoomHandle::start`] brings it to life in the browser.
///
/// The signals follow the values of the [`View`] of the same name.
#[derive(Clone, Copy, Default)]
pub struct RoomHandle {
    /// See [`View::host_state`].
    pub host_state: RwSignal<HostState>,
    /// See [`View::listener_state`].
    pub listener_state: RwSignal<ListenerState>,
    /// See [`View::signaling_state`].
    pub signaling_state: RwSignal<SignalingState>,
    /// See [`View::trouble`].
    pub trouble: RwSignal<Option<Refusal>>,
    /// See [`View::room`].
    pub room: RwSignal<Option<RoomView>>,
    /// See [`View::host_silent`].
    pub host_silent: RwSignal<bool>,
    /// See [`View::statistics`].
    pub statistics: RwSignal<Vec<(MemberId, PeerStatistics)>>,
    /// See [`View::audience`].
    pub audience: RwSignal<Vec<ListenerRow>>,
    /// See [`View::messages`].
    pub messages: RwSignal<Vec<Message>>,
    /// See [`View::has_earlier_messages`].
    pub has_earlier_messages: RwSignal<bool>,
    /// See [`View::own_messages`].
    pub own_messages: RwSignal<Vec<OwnMessage>>,
    /// See [`View::conversation`].
    pub conversation: RwSignal<Vec<ConversationEntry>>,
    /// See [`View::past`].
    pub past: RwSignal<Vec<ConversationEntry>>,
    /// See [`View::typing`].
    pub typing: RwSignal<Vec<DisplayName>>,
    /// See [`View::blocked`].
    pub blocked: RwSignal<Vec<MemberId>>,
    /// See [`View::read_up_to`].
    pub read_up_to: RwSignal<MessageNumber>,
    /// See [`View::waits`].
    pub waits: RwSignal<bool>,
    /// See [`View::refused_answer`].
    pub refused_answer: RwSignal<Option<(MemberId, Refusal)>>,
    /// See [`View::own_member`].
    pub own_member: RwSignal<Option<MemberId>>,
    /// See [`View::heard`].
    pub heard: RwSignal<Vec<PublicationId>>,
    /// See [`View::sound_refusal`].
    pub sound_refusal: RwSignal<Option<Refusal>>,
    /// See [`View::chosen_reaction`].
    pub chosen_reaction: RwSignal<Option<Reaction>>,
    /// See [`View::engagement_notice`].
    pub engagement_notice: RwSignal<Option<Refusal>>,
    /// See [`View::reaction`].
    pub reaction: RwSignal<Option<(u32, Reaction)>>,
    /// See [`View::clock_ahead_ms`].
    pub clock_ahead_ms: RwSignal<f64>,
    /// See [`View::turn_problem`].
    pub turn_problem: RwSignal<Option<IceServerProblem>>,
    /// See [`View::no_path`].
    pub no_path: RwSignal<Option<NoPath>>,
    /// See [`View::gathering`].
    pub gathering: RwSignal<Gathering>,
    /// See [`View::profile`].
    pub profile: RwSignal<Profile>,
    /// See [`View::sound`].
    pub sound: Sound,
    /// See [`View::speakers`].
    pub speakers: Speakers,
    /// See [`View::capabilities`].
    pub capabilities: RwSignal<Capabilities>,
    /// See [`View::level`].
    pub level: RwSignal<f32>,
    /// See [`View::player`].
    pub player: RwSignal<PlayerState>,
    /// Whether the page is drawn, so that it shows what there is and does what is pressed.
    pub stands: RwSignal<bool>,
    /// Where a listener's page has its player.
    pub player_place: NodeRef<Div>,
    running: StoredValue<Option<SendWrapper<Page>>>,
    /// Follows what a page shows of a conversation.
    follow_conversation: StoredValue<Option<FollowConversation>>,
}

impl RoomHandle {
    /// Not in the room yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Milliseconds until a time of the room's clock; negative once it is past. Does not follow the clock by itself.
    pub fn ms_until(self, at: Timestamp) -> f64 {
        at.as_millis() as f64 - (page_clock::now_ms() + self.clock_ahead_ms.get())
    }

    /// The device's date at a time of the room's clock. The two need not agree, and either may have been set meanwhile.
    pub fn date_of(self, at: Timestamp) -> f64 {
        js_sys::Date::now() + at.as_millis() as f64 - (page_clock::now_ms() + self.clock_ahead_ms.get_untracked())
    }

    /// Joins the room, or takes over what has been begun there before the pages' code came. Call it in the browser, with
    /// the servers for everybody; those for members come with the place. It ends with the page's owner. It is heard at
    /// once, and shown from [`RoomHandle::stand`] on. A page that may send opens its devices.
    pub fn start(self, role: Role, code: RoomCode, ice_servers: IceConfiguration, open_devices: Option<OpenDevices>) {
        let begun = heartogether_browser::take_begun(role, code);
        let page = begun.unwrap_or_else(|| Page::join(role, code, ice_servers, open_devices));
        self.running.set_value(Some(SendWrapper::new(page)));
    }

    /// To be called while the page is being drawn: once that is done, it shows what there is.
    pub fn stand(self) {
        spawn_local(async move {
            let Some(page) = self.page() else { return };
            self.follow(page.view());
            self.follow_conversation.get_value().iter().for_each(|follow| follow(self, page.view()));
            let place = self.player_place.try_get_untracked().flatten();
            page.stand(place.as_deref().map(AsRef::as_ref));
            _ = self.stands.try_set(true);
        });
    }

    /// Completes when nothing more is to be done for the first sound, or in a pause in which the page may as well be drawn.
    pub(crate) async fn settle(self) {
        if let Some(page) = self.page() {
            page.settle(DRAWN_AFTER, DRAWN_WITHIN).await;
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
        self.act(|page| page.input(input));
    }

    /// See [`Page::relay`]. Nobody knows of one before there is a place.
    pub fn relay(self) -> Relay {
        self.page().map_or(Relay::None, |page| page.relay())
    }

    /// See [`Page::hide_address`].
    pub fn hide_address(self, hidden: bool) {
        self.act(|page| page.hide_address(hidden));
    }

    /// See [`Page::play`].
    pub fn play(self) {
        self.act(Page::play);
    }

    /// See [`Page::hold`].
    pub fn hold(self) {
        self.act(Page::hold);
    }

    /// See [`Page::set_volume`].
    pub fn set_volume(self, volume: Volume) {
        self.act(|page| page.set_volume(volume));
    }

    /// See [`Page::share`].
    pub fn share(self, source: Source) {
        self.act(|page| page.share(source));
    }

    /// See [`Page::share_no_more`].
    pub fn share_no_more(self) {
        self.act(Page::share_no_more);
    }

    /// See [`Page::try_microphone`].
    pub fn try_microphone(self, open: bool) {
        self.act(|page| page.try_microphone(open));
    }

    /// See [`Page::allow_microphone`].
    pub fn allow_microphone(self) {
        self.act(Page::allow_microphone);
    }

    /// See [`Page::choose_microphone`].
    pub fn choose_microphone(self, id: String) {
        self.act(|page| page.choose_microphone(id));
    }

    /// See [`Page::choose_speaker`].
    pub fn choose_speaker(self, id: String) {
        self.act(|page| page.choose_speaker(id));
    }

    /// See [`Page::pick_speaker`].
    pub fn pick_speaker(self) {
        self.act(Page::pick_speaker);
    }

    fn act(self, act: impl FnOnce(&Page)) {
        if let Some(page) = self.page() {
            act(&page);
        }
    }

    fn page(self) -> Option<Page> {
        self.running.try_with_value(|running| running.as_deref().cloned()).flatten()
    }

    fn follow(self, view: &View) {
        follow(&view.host_state, self.host_state);
        follow(&view.listener_state, self.listener_state);
        follow(&view.signaling_state, self.signaling_state);
        follow(&view.trouble, self.trouble);
        follow(&view.room, self.room);
        follow(&view.host_silent, self.host_silent);
        follow(&view.statistics, self.statistics);
        follow(&view.audience, self.audience);
        follow(&view.messages, self.messages);
        follow(&view.has_earlier_messages, self.has_earlier_messages);
        follow(&view.own_messages, self.own_messages);
        follow(&view.chosen_reaction, self.chosen_reaction);
        follow(&view.engagement_notice, self.engagement_notice);
        follow(&view.reaction, self.reaction);
        follow(&view.clock_ahead_ms, self.clock_ahead_ms);
        follow(&view.turn_problem, self.turn_problem);
        follow(&view.no_path, self.no_path);
        follow(&view.gathering, self.gathering);
        follow(&view.profile, self.profile);
        follow(&view.capabilities, self.capabilities);
        follow(&view.level, self.level);
        follow(&view.player, self.player);
        self.follow_devices(view);
    }
}

/// A signal of a page that is gone takes nothing any more.
fn follow<T: Clone + PartialEq + Send + Sync + 'static>(shown: &Shown<T>, signal: RwSignal<T>) {
    let is_first = std::cell::Cell::new(true);
    shown.follow(move |value| {
        // What it begins with is mostly what the page was drawn with.
        let is_drawn = is_first.replace(false) && signal.try_with_untracked(|drawn| drawn == value) != Some(false);
        if !is_drawn {
            _ = signal.try_set(value.clone());
        }
    });
}
