//! The host's sources: requests them, sends what the client's mix says, and restores after a reload what was live
//! before. It owns the mixer and all captured devices, and makes no decision about the room.

use std::{
    any::Any,
    cell::{Cell, RefCell},
};

use gloo_events::EventListener;
use heartogether::room::Source;
use wasm_bindgen_futures::spawn_local;
use web_sys::MediaStreamTrack;

use crate::{
    Page,
    capture::{self, Capture, CaptureError},
    devices::{DeviceOrder, Devices},
    early_microphone,
    live_guard::LiveGuard,
    microphone_requests::list_microphones,
    microphone_watch::WatchedMicrophone,
    microphones,
    mixer::Mixer,
    reload,
};
use heartogether_client::{
    Client, ComeBack, HostState, Input, MicrophoneInput, MicrophonePurpose, MicrophoneRequests, ReloadState,
};

/// The host's devices and what they are used for.
#[derive(Default)]
pub(crate) struct Sources {
    pub(crate) mixer: RefCell<Option<Mixer>>,
    pub(crate) microphone: RefCell<Option<WatchedMicrophone>>,
    /// The track that goes out.
    outgoing: RefCell<Option<MediaStreamTrack>>,
    pub(crate) requests: RefCell<MicrophoneRequests>,
    kept: Cell<Option<ReloadState>>,
    live_guard: RefCell<Option<LiveGuard>>,
    devices: RefCell<Option<EventListener>>,
}

/// Opens what a host's page may capture from.
pub fn open_devices() -> Box<dyn Devices> {
    Box::new(Sources::default())
}

impl Devices for Sources {
    fn prepare(&self, page: &Page, is_back: bool) {
        page.prepare_sources(is_back);
        page.watch_microphone_regularly();
    }

    fn carry_out(&self, page: &Page, order: DeviceOrder) {
        match order {
            DeviceOrder::SendMix => page.send_mix(),
            DeviceOrder::WakeMixer => self.mixer.borrow().iter().for_each(Mixer::wake),
            DeviceOrder::Process(wanted) => page.request_microphone(MicrophoneInput::ProcessingWanted(wanted)),
            DeviceOrder::LeaveMicrophone => page.leave_microphone(),
            DeviceOrder::Release(source) => page.release_source(source),
            DeviceOrder::ReleaseAll => {
                early_microphone::release();
                page.release_source(Source::Display);
                page.release_source(Source::Microphone);
            }
        }
    }

    fn publish(&self, page: &Page, client: &Client) {
        page.publish_sound(client);
    }

    fn outgoing(&self) -> Option<MediaStreamTrack> {
        self.outgoing.borrow().clone()
    }
}

impl Sources {
    fn has(&self, source: Source) -> bool {
        self.mixer.borrow().as_ref().is_some_and(|mixer| mixer.capture(source).is_some())
    }
}

impl Page {
    /// Asks the browser for sound to share: the first, one more, or in place of what came from there. Call it from a
    /// click: browsers demand one.
    pub fn share(&self, source: Source) {
        match source {
            Source::Display => {
                let page = self.clone();
                spawn_local(async move { page.share_display().await });
            }
            Source::Microphone => self.request_microphone(MicrophoneInput::Wanted(MicrophonePurpose::Share)),
        }
    }

    /// Leaves away the source that was live before a reload and waits for a click.
    pub fn share_no_more(&self) {
        self.0.view.sound.again.set(None);
        self.input(Input::Dismissed);
        reload::keep(self.sources().and_then(|sources| sources.kept.get()));
    }

    /// The devices; none where the page may not send.
    pub(crate) fn sources(&self) -> Option<&Sources> {
        let devices: &dyn Any = self.devices()?;
        devices.downcast_ref()
    }

    /// Looks at what this browser can do, and takes up what was live before a reload. Only a page that is back from one opens
    /// a microphone by itself.
    pub(crate) fn prepare_sources(&self, is_back: bool) {
        let (sound, report) = (&self.0.view.sound, self.reporter());
        for source in Source::ALL {
            sound.obstacle(source).show(capture::obstacle(source));
        }
        if capture::obstacle(Source::Microphone).is_some() {
            return early_microphone::release();
        }
        self.request_microphone(MicrophoneInput::Remembered(microphones::choice()));
        if let Some(sources) = self.sources() {
            *sources.devices.borrow_mut() = microphones::watch(move || list_microphones(&report));
        }
        list_microphones(&self.reporter());
        let code = self.0.client.borrow().code();
        let Some(keepsake) = reload::keepsake().filter(|keepsake| keepsake.code == code) else {
            return early_microphone::release();
        };
        self.input(Input::Recalled(keepsake));
        let page = self.clone();
        spawn_local(async move { page.bring_back(keepsake, is_back).await });
    }

    async fn bring_back(&self, keepsake: ReloadState, is_back: bool) {
        // The script at the top of the page opens it already.
        self.input(Input::CaptureExpected(is_back && early_microphone::is_begun()));
        let may_open = is_back && microphones::may_open().await;
        let ComeBack { opens_microphone, waits } = keepsake.come_back(is_back, may_open);
        self.0.view.sound.again.show(waits);
        if opens_microphone {
            self.request_microphone(MicrophoneInput::Wanted(MicrophonePurpose::Share));
        } else {
            self.input(Input::CaptureExpected(false));
            early_microphone::release();
        }
    }

    fn leave_microphone(&self) {
        let asked = self.0.client.borrow().microphone_after_reload();
        // The next page knows what is remembered, not which one the browser has opened now.
        let device = microphones::choice();
        let constraints =
            asked.map(|(profile, processing)| capture::microphone_constraints(profile, processing, device.as_deref()));
        early_microphone::leave(constraints.as_ref());
    }

    async fn share_display(&self) {
        self.begin_asking(Source::Display);
        // Not so for a microphone that the member has not allowed yet: until then, browsers tell the other side names in place of addresses.
        self.input(Input::CaptureExpected(true));
        let captured = Capture::display(self.reporter()).await;
        if self.take_in(captured) {
            self.request_microphone(MicrophoneInput::TrialOver);
            self.begin_sharing(Source::Display);
        } else {
            self.input(Input::CaptureExpected(false));
        }
    }

    /// Shares what is open.
    pub(crate) fn begin_sharing(&self, source: Source) {
        let again = &self.0.view.sound.again;
        if again.get() == Some(source) {
            again.set(None);
        }
        self.input(Input::CaptureStarted(source));
    }

    pub(crate) fn begin_asking(&self, source: Source) {
        let sound = &self.0.view.sound;
        sound.error.set(None);
        sound.asking.set(Some(source));
    }

    /// Puts what was captured on the desk, or says why there is nothing. While the browser asked, the room may have ended.
    pub(crate) fn take_in(&self, captured: Result<Capture, CaptureError>) -> bool {
        let (sound, Some(sources)) = (&self.0.view.sound, self.sources()) else { return false };
        sound.asking.set(None);
        if !self.0.client.borrow().may_capture() {
            return false;
        }
        let inserted = captured.and_then(|capture| {
            let source = capture.source();
            let mut mixer = sources.mixer.borrow_mut();
            let mixer = mixer.get_or_insert_with(|| Mixer::open(self.reporter()));
            let inserted = mixer.insert(capture, sound.level(source).clone());
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

    /// Brings faders and the outgoing track in line with the client's mix. Listeners get another track without negotiation.
    pub(crate) fn send_mix(&self) {
        let Some(sources) = self.sources() else { return };
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
        self.0.view.sound.microphone_open.show(is_open);
    }

    pub(crate) fn release_source(&self, source: Source) {
        let Some(sources) = self.sources() else { return };
        if source == Source::Microphone {
            self.request_microphone(MicrophoneInput::Closed);
            sources.microphone.take();
            early_microphone::hide();
        }
        let mut mixer = sources.mixer.borrow_mut();
        mixer.iter_mut().for_each(|mixer| mixer.remove(source));
        if mixer.as_ref().is_some_and(Mixer::is_empty) {
            *mixer = None;
        }
        drop(mixer);
        self.send_mix();
    }

    pub(crate) fn publish_sound(&self, client: &Client) {
        let (Some(sources), view) = (self.sources(), &self.0.view) else { return };
        view.profile.show(client.profile());
        view.sound.mix.show(client.mix());
        view.sound.microphone_problem.show(client.microphone_problem());
        view.sound.headphones.show(client.wears_headphones());
        view.sound.lost.show(client.lost_source());
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
