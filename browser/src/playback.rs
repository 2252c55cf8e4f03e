//! Plays the received sound in an `<audio>` element. Browsers keep such an element playing while the screen is locked,
//! and stop Web Audio.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use crate::dom::{document, window};
use gloo_events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, EventTarget, HtmlAudioElement, MediaStream};

use crate::{Reporter, js_property::property, media_session, volume};
use heartogether_client::{Player, PlayerCommand, PlayerInput, PlayerState, Volume, trace::Decision};

/// The page's player. It plays before it has a place in the page, and before the page is drawn. Dropped, it falls silent.
pub(crate) struct Playback {
    element: HtmlAudioElement,
    report: Reporter,
    player: Cell<Player>,
    listeners: RefCell<Vec<EventListener>>,
    /// Those of the stream that is played.
    stream_listeners: RefCell<Vec<EventListener>>,
}

impl Playback {
    /// As loud as the listener had it last, with a player that has been begun, if there is one. What becomes of it is reported.
    pub(crate) fn new(begun: Option<HtmlAudioElement>, report: Reporter) -> Option<Rc<Self>> {
        let make = || document().create_element("audio").ok()?.dyn_into().ok();
        let element: HtmlAudioElement = begun.or_else(make)?;
        element.set_autoplay(true);
        // No name that other code depends on; tests find it by this.
        let _ = element.set_attribute("data-testid", "stream");
        volume::apply(&element, volume::remembered());
        let player = Player::new(media_session::is_supported()).into();
        let (listeners, stream_listeners) = Default::default();
        let playback = Rc::new(Self { element, report, player, listeners, stream_listeners });
        playback.listeners.borrow_mut().extend(notice(&playback));
        playback.listeners.borrow_mut().extend(watch_for_waking(&Rc::downgrade(&playback)));
        Some(playback)
    }

    /// Whether it plays, and why not.
    pub(crate) fn state(&self) -> PlayerState {
        self.player.get().state()
    }

    /// Puts the player into the page, where the browser's own tools find it.
    pub(crate) fn stand_in(&self, place: &Element) {
        // It plays without a place as well.
        let _ = place.append_child(&self.element);
    }

    pub(crate) fn set_volume(&self, volume: Volume) {
        volume::apply(&self.element, volume);
    }

    /// Plays a stream in place of the one before, unless the listener has paused: then it waits like that one.
    pub(crate) fn attach(self: &Rc<Self>, stream: &MediaStream) {
        // What plays already would begin anew.
        if self.stream().as_ref() != Some(stream) {
            self.element.set_src_object(Some(stream));
        }
        let tracks = stream.get_audio_tracks();
        let unmuted = tracks.iter().map(|track| {
            let waking = Rc::downgrade(self);
            EventListener::new(track.unchecked_ref(), "unmute", move |_| wake(&waking))
        });
        *self.stream_listeners.borrow_mut() = unmuted.collect();
        self.take(PlayerInput::StreamAttached);
    }

    /// Plays nothing any more.
    pub(crate) fn detach(&self) {
        self.element.set_src_object(None);
        self.stream_listeners.borrow_mut().clear();
    }

    /// The element that plays.
    pub(crate) fn element(&self) -> &HtmlAudioElement {
        &self.element
    }

    /// What is being played.
    pub(crate) fn stream(&self) -> Option<MediaStream> {
        self.element.src_object()
    }

    /// Takes in what happened, does what follows from it, and shows what has changed.
    pub(crate) fn take(self: &Rc<Self>, input: PlayerInput) {
        let (mut player, before) = (self.player.get(), self.state());
        let command = player.step(input);
        self.player.set(player);
        self.report.trace(Decision::Player(input, command, player.state()));
        match command {
            Some(PlayerCommand::Play) => self.play(),
            // Nothing piles up meanwhile: browsers go on decoding, and play what is live. A player without a stream pauses
            // without a word, and a browser that cannot pause goes on playing.
            Some(PlayerCommand::Pause) => _ = self.element.pause(),
            None => {}
        }
        if self.state() != before {
            self.report.show();
        }
    }

    fn play(self: &Rc<Self>) {
        let playback = Rc::clone(self);
        spawn_local(async move {
            let Ok(playing) = playback.element.play() else { return };
            if JsFuture::from(playing).await.is_err_and(|error| error_name(&error) == "NotAllowedError") {
                playback.take(PlayerInput::Refused);
            }
        });
    }

    /// What the element does now, if it has something to play.
    fn activity(&self) -> Option<PlayerInput> {
        let is_fed = self.element.src_object().is_some_and(|stream| stream.active());
        let activity = if self.element.paused() { PlayerInput::Paused } else { PlayerInput::Started };
        (is_fed && !self.element.ended()).then_some(activity)
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        self.detach();
    }
}

/// Takes in that the element plays or pauses: pages are not the only ones that make it, headsets and phone calls do too.
fn notice(playback: &Rc<Playback>) -> [EventListener; 2] {
    ["play", "pause"].map(|event| {
        let noticing = Rc::downgrade(playback);
        EventListener::new(&playback.element, event, move |_| {
            if let Some((playback, activity)) = noticing.upgrade().and_then(|it| Some((it.clone(), it.activity()?))) {
                playback.take(activity);
            }
        })
    })
}

/// Takes in that what paused the player may be over.
fn watch_for_waking(playback: &Weak<Playback>) -> Vec<EventListener> {
    let waking = playback.clone();
    let shown = EventListener::new(&document(), "visibilitychange", move |_| {
        if !document().hidden() {
            wake(&waking);
        }
    });
    let waking = playback.clone();
    let focused = EventListener::new(&window(), "focus", move |_| wake(&waking));
    // Safari says when a call is over (W3C Audio Session, section 4.2).
    let session = property(&window().navigator(), "audioSession").dyn_into::<EventTarget>().ok();
    let waking = playback.clone();
    let active = session.map(|session| {
        EventListener::new(&session.clone(), "statechange", move |_| {
            if property(&session, "state") == "active" {
                wake(&waking);
            }
        })
    });
    [shown, focused].into_iter().chain(active).collect()
}

fn wake(playback: &Weak<Playback>) {
    playback.upgrade().iter().for_each(|playback| playback.take(PlayerInput::Woken));
}

/// The name of a DOM exception.
pub(crate) fn error_name(error: &JsValue) -> String {
    property(error, "name").as_string().unwrap_or_default()
}
