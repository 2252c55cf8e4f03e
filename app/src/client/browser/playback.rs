//! Playing what comes in, through an `<audio>` element: browsers keep that one playing with the screen locked, where Web Audio
//! stops.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_events::EventListener;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, HtmlAudioElement, MediaStream};

use super::{Reporter, volume};
use crate::client::Volume;

/// The page's player. It plays before it has a place in the page, and before the page is drawn. Dropped, it falls silent.
pub(super) struct Playback {
    player: HtmlAudioElement,
    report: Reporter,
    blocked: Cell<bool>,
    held: Cell<bool>,
    listeners: RefCell<Vec<EventListener>>,
}

impl Playback {
    /// As loud as the listener had it last. What becomes of it is reported.
    pub(super) fn new(report: Reporter) -> Option<Rc<Self>> {
        let player: HtmlAudioElement = document().create_element("audio").ok()?.dyn_into().ok()?;
        player.set_autoplay(true);
        // No name that other code depends on; tests find it by this.
        let _ = player.set_attribute("data-testid", "stream");
        volume::apply(&player, volume::remembered());
        let (blocked, held, listeners) = Default::default();
        let playback = Rc::new(Self { player, report, blocked, held, listeners });
        // Pages are not the only ones that pause it, headsets and phone calls do too.
        let listeners = ["play", "pause"].map(|event| {
            let noticing = Rc::downgrade(&playback);
            EventListener::new(&playback.player, event, move |_| noticing.upgrade().iter().for_each(|it| it.notice()))
        });
        playback.listeners.borrow_mut().extend(listeners);
        Some(playback)
    }

    /// Whether the browser wants a tap first.
    pub(super) fn is_blocked(&self) -> bool {
        self.blocked.get()
    }

    /// Whether the listener has paused.
    pub(super) fn is_held(&self) -> bool {
        self.held.get()
    }

    /// Puts the player into the page, where the browser's own tools find it.
    pub(super) fn stand_in(&self, place: &Element) {
        // It plays without a place as well.
        let _ = place.append_child(&self.player);
    }

    pub(super) fn set_volume(&self, volume: Volume) {
        volume::apply(&self.player, volume);
    }

    /// Plays a stream in place of the one before, unless the listener has paused: then it waits like that one.
    pub(super) fn attach(self: &Rc<Self>, stream: &MediaStream) {
        self.player.set_src_object(Some(stream));
        match self.held.get() {
            true => self.hold(),
            false => self.play(),
        }
    }

    /// Pauses for the listener alone, also what comes only later. Nothing piles up meanwhile: browsers go on decoding, and play
    /// what is live.
    pub(super) fn hold(&self) {
        // A player without a stream pauses without a word. A browser that cannot pause goes on playing, and the page says so.
        self.note(self.player.pause().is_ok());
    }

    /// Plays nothing any more.
    pub(super) fn detach(&self) {
        self.player.set_src_object(None);
    }

    /// The element that plays.
    pub(super) fn player(&self) -> &HtmlAudioElement {
        &self.player
    }

    /// What is being played.
    pub(super) fn stream(&self) -> Option<MediaStream> {
        self.player.src_object()
    }

    /// Plays; where the browser wants a tap first, says so.
    pub(super) fn play(self: &Rc<Self>) {
        self.note(false);
        let playback = Rc::clone(self);
        spawn_local(async move {
            let Ok(playing) = playback.player.play() else { return };
            let refused = JsFuture::from(playing).await.is_err_and(|error| error_name(&error) == "NotAllowedError");
            playback.blocked.set(refused);
            playback.report.show();
        });
    }

    fn notice(&self) {
        let is_fed = self.player.src_object().is_some_and(|stream| stream.active());
        if is_fed && !self.player.ended() {
            self.note(self.player.paused());
        }
    }

    fn note(&self, held: bool) {
        if self.held.replace(held) != held {
            self.report.show();
        }
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        self.detach();
    }
}

/// The name of a DOM exception.
pub(super) fn error_name(error: &wasm_bindgen::JsValue) -> String {
    let name = js_sys::Reflect::get(error, &"name".into()).ok();
    name.and_then(|name| name.as_string()).unwrap_or_default()
}
