//! The host's sources: asking for them, trying a microphone out, sending what the client's [`Mix`] says, and getting back
//! after a reload what was live before it. Owns the mixing desk and all captured devices; decides nothing about the room.

use std::cell::{Cell, RefCell};

use gloo_events::EventListener;
use heartogether::room::Source;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::MediaStreamTrack;

use super::{
    Page, Reporter, RoomHandle,
    capture::{self, Capture, CaptureError},
    live_guard::LiveGuard,
    microphone_watch::MicrophoneWatch,
    microphones::{self, Microphone},
    mixer::Mixer,
    reload, show,
};
use heartogether_client::{Client, HostState, Input, MicrophoneState, Mix, Processing, ReloadState};

/// What a host's page shows of its sound. Made while rendering; nothing is known before the page runs in the browser.
#[derive(Clone, Copy, Default)]
pub struct Sound {
    /// Why this browser cannot share a tab's sound, if it cannot.
    pub display_obstacle: RwSignal<Option<CaptureError>>,
    /// Why this browser cannot use a microphone, if it cannot.
    pub microphone_obstacle: RwSignal<Option<CaptureError>>,
    /// The source that the browser is asking the visitor for.
    pub asking: RwSignal<Option<Source>>,
    /// Why the last attempt to capture failed.
    pub error: RwSignal<Option<CaptureError>>,
    /// What is sent.
    pub mix: RwSignal<Mix>,
    /// The source that went away by itself.
    pub lost: RwSignal<Option<Source>>,
    /// Why the open microphone gives no sound, if it gives none.
    pub microphone_problem: RwSignal<Option<MicrophoneState>>,
    /// The source that was live before a reload and waits for a click.
    pub again: RwSignal<Option<Source>>,
    /// How loud the tab is, from 0 to 1, before its fader.
    pub display_level: RwSignal<f32>,
    /// How loud the microphone is, from 0 to 1, before its fader.
    pub microphone_level: RwSignal<f32>,
    /// The microphones to choose from; none before the visitor has allowed one.
    pub microphones: RwSignal<Vec<Microphone>>,
    /// The id of the one that is open or would be opened.
    pub chosen_microphone: RwSignal<Option<String>>,
    /// Whether the host wears headphones.
    pub headphones: RwSignal<bool>,
    /// Whether the microphone is open, live or to be tried out.
    pub microphone_open: RwSignal<bool>,
}

impl Sound {
    /// Why this browser cannot capture from `source`, if it cannot.
    pub fn obstacle(self, source: Source) -> RwSignal<Option<CaptureError>> {
        match source {
            Source::Display => self.display_obstacle,
            Source::Microphone => self.microphone_obstacle,
        }
    }

    /// How loud `source` is.
    pub fn level(self, source: Source) -> RwSignal<f32> {
        match source {
            Source::Display => self.display_level,
            Source::Microphone => self.microphone_level,
        }
    }
}

impl RoomHandle {
    /// Asks the browser for sound to share: the first, one more, or in place of what came from there. Call it from a
    /// click: browsers demand one.
    pub fn share(self, source: Source) {
        if let Some(page) = self.page() {
            spawn_local(async move { page.share(source).await });
        }
    }

    /// Opens the microphone for the host alone, to see whether it hears, or closes it again.
    pub fn try_microphone(self, open: bool) {
        let Some(page) = self.page() else { return };
        if open {
            page.reopen_microphone();
        } else {
            page.close_trial();
        }
    }

    /// Asks for the permission to use a microphone, and uses none. Call it from a click.
    pub fn allow_microphone(self) {
        let Some(page) = self.page() else { return };
        spawn_local(async move {
            if !page.sources().has(Source::Microphone) && page.open_microphone().await {
                page.close_trial();
            }
        });
    }

    /// Takes this microphone from now on, if it can be opened. What is live goes on from there; else it is opened for
    /// trying it out.
    pub fn choose_microphone(self, id: String) {
        let Some(page) = self.page() else { return };
        self.sound.chosen_microphone.set(Some(id.clone()));
        spawn_local(async move {
            page.open_microphone().await;
            if page.open_device().as_ref() == Some(&id) {
                microphones::remember_choice(&id);
            }
        });
    }

    /// Leaves away the source that was live before a reload and waits for a click.
    pub fn share_no_more(self) {
        self.sound.again.set(None);
        if let Some(page) = self.page() {
            page.input(Input::Dismissed);
            reload::keep(page.sources().kept.get());
        }
    }
}

/// The host's devices and what they are used for.
#[derive(Default)]
pub(super) struct Sources {
    pub(super) mixer: RefCell<Option<Mixer>>,
    pub(super) microphone: RefCell<Option<MicrophoneWatch>>,
    /// The track that goes out.
    outgoing: RefCell<Option<MediaStreamTrack>>,
    /// How often a microphone was asked for: an answer to an older question is not used.
    asked: Cell<u32>,
    kept: Cell<Option<ReloadState>>,
    live_guard: RefCell<Option<LiveGuard>>,
    devices: RefCell<Option<EventListener>>,
}

impl Sources {
    /// The track to offer.
    pub(super) fn outgoing(&self) -> Option<MediaStreamTrack> {
        self.outgoing.borrow().clone()
    }

    fn has(&self, source: Source) -> bool {
        self.mixer.borrow().as_ref().is_some_and(|mixer| mixer.capture(source).is_some())
    }
}

impl Page {
    pub(super) fn sources(&self) -> &Sources {
        &self.0.sources
    }

    /// Looks at what this browser can do, and takes up what was live before a reload. Only a page that is back from one opens
    /// a microphone by itself.
    pub(super) fn prepare_sources(&self, is_back: bool) {
        let (sound, report) = (self.0.handle.sound, self.reporter());
        for source in [Source::Display, Source::Microphone] {
            show(sound.obstacle(source), capture::obstacle(source));
        }
        if capture::obstacle(Source::Microphone).is_some() {
            return;
        }
        show(sound.chosen_microphone, microphones::choice());
        *self.sources().devices.borrow_mut() = microphones::watch(move || list_microphones(&report));
        list_microphones(&self.reporter());
        let code = self.0.client.borrow().code();
        if let Some(keepsake) = reload::keepsake().filter(|keepsake| keepsake.code == code) {
            self.input(Input::Recalled(keepsake));
            let page = self.clone();
            spawn_local(async move { page.bring_back(keepsake.mix, is_back).await });
        }
    }

    /// A microphone comes back by itself where the permission stands; a tab needs a click.
    async fn bring_back(&self, mix: Mix, is_back: bool) {
        let again = self.0.handle.sound.again;
        let may_open = is_back && mix.has(Source::Microphone) && microphones::may_open().await;
        if mix.has(Source::Display) {
            again.set(Some(Source::Display));
        } else if !may_open {
            again.set(Some(Source::Microphone));
        }
        if may_open {
            self.share(Source::Microphone).await;
        }
    }

    async fn share(&self, source: Source) {
        let taken = match source {
            Source::Display => self.open_display().await,
            // What was tried out is used as it is.
            Source::Microphone if self.sources().has(source) => true,
            Source::Microphone => self.open_microphone().await,
        };
        if !taken {
            return;
        }
        let again = self.0.handle.sound.again;
        if again.try_get_untracked() == Some(Some(source)) {
            again.set(None);
        }
        self.input(Input::CaptureStarted(source));
    }

    async fn open_display(&self) -> bool {
        self.begin_asking(Source::Display);
        let captured = Capture::display(self.reporter()).await;
        let taken = self.take_in(captured);
        if taken {
            self.close_trial();
        }
        taken
    }

    /// Opens the chosen microphone as the profile wants it. One that is live already is replaced.
    async fn open_microphone(&self) -> bool {
        self.begin_asking(Source::Microphone);
        let (sources, sound) = (self.sources(), self.0.handle.sound);
        let asked = sources.asked.get().wrapping_add(1);
        sources.asked.set(asked);
        let (profile, processing) = {
            let client = self.0.client.borrow();
            (client.profile(), client.processing())
        };
        let device = sound.chosen_microphone.try_get_untracked().flatten();
        let mut captured = Capture::microphone(profile, processing, device.as_deref(), self.reporter()).await;
        if device.is_some() && matches!(captured, Err(CaptureError::NoDevice)) {
            // The one that was chosen is not there today.
            captured = Capture::microphone(profile, processing, None, self.reporter()).await;
        }
        if sources.asked.get() != asked {
            return false;
        }
        let taken = self.take_in(captured);
        if taken {
            list_microphones(&self.reporter());
        }
        let wanted = if taken { device } else { microphones::choice() };
        show(sound.chosen_microphone, self.open_device().or(wanted));
        taken
    }

    /// The id of the microphone that is open.
    fn open_device(&self) -> Option<String> {
        self.sources().mixer.borrow().as_ref()?.capture(Source::Microphone)?.device()
    }

    /// Opens the microphone, or in place of the open one the one that is wanted now, in the background.
    fn reopen_microphone(&self) {
        let page = self.clone();
        spawn_local(async move {
            page.open_microphone().await;
        });
    }

    fn begin_asking(&self, source: Source) {
        let sound = self.0.handle.sound;
        sound.error.set(None);
        sound.asking.set(Some(source));
    }

    /// Puts what was captured on the desk, or says why there is nothing. While the browser asked, the room may have ended and the
    /// page may have gone, its signals with it.
    fn take_in(&self, captured: Result<Capture, CaptureError>) -> bool {
        let sound = self.0.handle.sound;
        sound.asking.set(None);
        if !self.0.client.borrow().may_capture() {
            return false;
        }
        let inserted = captured.and_then(|capture| {
            let source = capture.source();
            let mut mixer = self.sources().mixer.borrow_mut();
            let mixer = mixer.get_or_insert_with(|| Mixer::open(self.reporter()));
            let inserted = mixer.insert(capture, sound.level(source));
            if source == Source::Microphone {
                self.begin_watch(mixer);
            }
            inserted.ok_or(CaptureError::Unsupported(source))
        });
        if let Err(error) = inserted {
            sound.error.set(Some(error));
            return false;
        }
        self.send_mix();
        true
    }

    /// Closes a microphone that nobody else hears.
    fn close_trial(&self) {
        if !self.0.client.borrow().mix().has(Source::Microphone) {
            self.release_source(Source::Microphone);
        }
    }

    pub(super) fn wake_mixer(&self) {
        self.sources().mixer.borrow().iter().for_each(Mixer::wake);
    }

    pub(super) fn apply_processing(&self, processing: Processing) {
        let must_reopen =
            self.sources().mixer.borrow().as_ref().is_some_and(|mixer| {
                mixer.capture(Source::Microphone).is_some_and(|open| open.processing() != processing)
            });
        if must_reopen {
            self.reopen_microphone();
        }
    }

    /// Brings faders and the outgoing track in line with the client's mix. Listeners get another track without negotiation.
    pub(super) fn send_mix(&self) {
        let sources = self.sources();
        let (mix, profile, is_paused) = {
            let client = self.0.client.borrow();
            (client.mix(), client.profile(), client.is_paused())
        };
        let outgoing = {
            let mixer = sources.mixer.borrow();
            mixer.iter().for_each(|mixer| mixer.apply(&mix, !is_paused));
            mixer.as_ref().and_then(|mixer| mixer.outgoing(&mix, profile))
        };
        let before = sources.outgoing.replace(outgoing.clone());
        if let Some(track) = outgoing.filter(|track| before.is_none_or(|before| before.id() != track.id())) {
            self.0.peers.borrow().iter().for_each(|peer| peer.replace_track(&track));
        }
        let is_open = sources.has(Source::Microphone);
        let open = self.0.handle.sound.microphone_open;
        if open.try_get_untracked() == Some(!is_open) {
            open.set(is_open);
        }
    }

    pub(super) fn release_source(&self, source: Source) {
        let sources = self.sources();
        if source == Source::Microphone {
            // One that is still being asked for is not wanted any more either.
            sources.asked.set(sources.asked.get().wrapping_add(1));
            sources.microphone.take();
        }
        let mut mixer = sources.mixer.borrow_mut();
        mixer.iter_mut().for_each(|mixer| mixer.remove(source));
        if mixer.as_ref().is_some_and(Mixer::is_empty) {
            *mixer = None;
        }
        drop(mixer);
        self.send_mix();
    }

    pub(super) fn release_sources(&self) {
        self.release_source(Source::Display);
        self.release_source(Source::Microphone);
    }

    pub(super) fn publish_sound(&self, client: &Client) {
        let (sources, handle) = (self.sources(), self.0.handle);
        show(handle.profile, client.profile());
        show(handle.sound.mix, client.mix());
        show(handle.sound.microphone_problem, client.microphone_problem());
        show(handle.sound.headphones, client.wears_headphones());
        show(handle.sound.lost, client.lost_source());
        let is_live = matches!(client.host_state(), HostState::Live | HostState::Paused);
        if is_live != sources.live_guard.borrow().is_some() {
            *sources.live_guard.borrow_mut() = is_live.then(LiveGuard::begin);
        }
        let keepsake = client.keepsake();
        if sources.kept.replace(keepsake) != keepsake {
            reload::keep(keepsake);
        }
    }
}

fn list_microphones(report: &Reporter) {
    let report = report.clone();
    spawn_local(async move {
        let microphones = microphones::list().await;
        if let Some(page) = report.page() {
            show(page.0.handle.sound.microphones, microphones);
        }
    });
}
