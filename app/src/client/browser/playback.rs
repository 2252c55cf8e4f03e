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
}

impl Playback {
    pub(super) fn new(player: NodeRef<Audio>, blocked: RwSignal<bool>) -> Self {
        Self { player, blocked }
    }

    /// Plays a stream in place of the one before.
    pub(super) fn attach(&self, stream: &MediaStream) {
        if let Some(player) = self.player.get_untracked() {
            player.set_src_object(Some(stream));
            self.play();
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
