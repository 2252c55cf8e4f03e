//! How long a listener waits for the first sound. It is measured once, and told the server for those who watch it.

use std::cell::Cell;

use gloo_net::http::Request;
use heartogether_client::{ListenerState, PlayerState};
use wasm_bindgen_futures::spawn_local;

use crate::{Page, early_join::BegunPeer, page_clock::now_ms, site};

/// The first wait of a page that ends with sound. Times are milliseconds of the page's clock.
#[derive(Default)]
pub(crate) struct FirstSound {
    /// Since when sound is awaited.
    since: Cell<Option<f64>>,
    /// When it was heard, if that was before the page's code was there.
    heard_at: Cell<Option<f64>>,
    is_over: Cell<bool>,
}

impl FirstSound {
    /// Somebody wants to listen since then.
    pub(crate) fn begin(&self, at_ms: f64) {
        self.since.set(Some(at_ms));
    }

    /// The early join's peer connection stood then.
    pub(crate) fn note_early(&self, peer: &BegunPeer) {
        self.heard_at.set(peer.connected_at());
    }

    /// Whether sound is awaited now, and whether it is heard. Gives the length of the wait once. Time in which nobody sends is not
    /// waited, nor is time in which the browser waits for a tap.
    fn note(&self, is_awaited: bool, is_heard: bool, now_ms: f64) -> Option<u32> {
        if self.is_over.get() {
            return None;
        }
        if is_heard {
            self.is_over.set(true);
            let at_ms = self.heard_at.get().unwrap_or(now_ms);
            return self.since.get().map(|since| (at_ms - since).round() as u32);
        }
        match is_awaited {
            true => self.since.set(self.since.get().or(Some(now_ms))),
            false => self.since.set(None),
        }
        None
    }
}

impl Page {
    /// Measures the first sound of a page that takes sound, and reports it.
    pub(crate) fn note_first_sound(&self) {
        let Some(playback) = &self.0.playback else { return };
        let client = self.0.client.borrow();
        let plays = playback.state() == PlayerState::Playing;
        let is_heard = plays && client.listener_state() == ListenerState::Listening;
        if let Some(ms) = self.0.first_sound.note(client.awaits_first_sound(), is_heard, now_ms()) {
            spawn_local(report(ms));
        }
    }
}

/// Nothing depends on it, so nothing is said or tried again if it does not arrive.
async fn report(ms: u32) {
    if let Ok(request) = Request::post(&site::href(site::FIRST_SOUND)).body(format!(r#"{{"ms":{ms}}}"#)) {
        let _ = request.send().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wait_is_measured_once() {
        let sound = FirstSound::default();
        sound.begin(100.0);
        assert_eq!(sound.note(true, false, 200.0), None);
        assert_eq!(sound.note(false, true, 580.4), Some(480));
        assert_eq!(sound.note(true, false, 700.0), None);
        assert_eq!(sound.note(false, true, 900.0), None);
    }

    #[test]
    fn a_pause_of_the_host_is_not_waited() {
        let sound = FirstSound::default();
        sound.begin(0.0);
        assert_eq!(sound.note(false, false, 100.0), None, "nobody sends");
        assert_eq!(sound.note(true, false, 60_000.0), None, "somebody begins");
        assert_eq!(sound.note(false, true, 60_200.0), Some(200));
    }

    #[test]
    fn a_browser_that_waits_for_a_tap_reports_nothing() {
        let sound = FirstSound::default();
        sound.begin(0.0);
        assert_eq!(sound.note(false, false, 300.0), None, "connected, and not played");
        assert_eq!(sound.note(false, true, 5_000.0), None, "after the tap");
    }

    #[test]
    fn sound_before_the_code_counts_from_then() {
        let sound = FirstSound::default();
        sound.begin(0.0);
        sound.heard_at.set(Some(300.0));
        assert_eq!(sound.note(false, true, 2_000.0), Some(300));
    }
}
