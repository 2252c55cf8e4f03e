//! Playing what comes in, through the page's `<audio>` element: browsers keep that one playing with the screen locked,
//! where Web Audio stops.

use leptos::{html::Audio, prelude::*};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::MediaStream;

/// The page's player.
#[derive(Clone)]
pub(super) struct Playback {
    player: NodeRef<Audio>,
    blocked: RwSignal<bool>,
    held: RwSignal<bool>,
}

impl Playback {
    /// Shows in `blocked` whether the browser wants a tap, and in `held` whether the listener has paused.
    pub(super) fn new(player: NodeRef<Audio>, blocked: RwSignal<bool>, held: RwSignal<bool>) -> Self {
        Self { player, blocked, held }
    }

    /// Plays a stream in place of the one before, unless the listener has paused: then it waits like that one.
    pub(super) fn attach(&self, stream: &MediaStream) {
        let Some(player) = self.player.get_untracked() else { return };
        player.set_src_object(Some(stream));
        match self.held.get_untracked() {
            true => self.hold(),
            false => self.play(),
        }
    }

    /// Pauses for the listener alone. Nothing piles up meanwhile: browsers go on decoding, and play what is live.
    pub(super) fn hold(&self) {
        // A browser that cannot pause goes on playing, and the page goes on saying so.
        self.player.get_untracked().iter().for_each(|player| _ = player.pause());
    }

    /// Notes what became of the player: pages are not the only ones that pause it, headsets and phone calls do too.
    pub(super) fn notice(&self) {
        let Some(player) = self.player.get_untracked() else { return };
        let is_fed = player.src_object().is_some_and(|stream| stream.active());
        if is_fed && !player.ended() {
            self.held.try_set(player.paused());
        }
    }

    /// Plays nothing any more.
    pub(super) fn detach(&self) {
        if let Some(player) = self.player.get_untracked() {
            player.set_src_object(None);
        }
    }

    /// What is being played.
    pub(super) fn stream(&self) -> Option<MediaStream> {
        self.player.get_untracked()?.src_object()
    }

    /// Plays; where the browser wants a tap first, says so.
    pub(super) fn play(&self) {
        let Some(player) = self.player.get_untracked() else { return };
        let blocked = self.blocked;
        spawn_local(async move {
            let Ok(playing) = player.play() else { return };
            let refused = JsFuture::from(playing).await.is_err_and(|error| error_name(&error) == "NotAllowedError");
            blocked.try_set(refused);
        });
    }
}

/// The name of a DOM exception.
pub(super) fn error_name(error: &wasm_bindgen::JsValue) -> String {
    let name = js_sys::Reflect::get(error, &"name".into()).ok();
    name.and_then(|name| name.as_string()).unwrap_or_default()
}
