//! The controls of a player that the server has drawn, until the code that draws it takes them over: the volume, and the tap
//! that a browser may want.

use std::{cell::Cell, rc::Rc};

use gloo_events::EventListener;
use heartogether_client::{PlayerState, Volume};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement};

use crate::{
    Page,
    dom::{document, find},
    reporter::Reporter,
    volume,
};

/// The slider's id.
const SLIDER: &str = "volume";
/// What mutes.
const MUTE: &str = "[data-mute]";

/// Works until it is dropped.
pub(crate) struct Controls {
    volume: Rc<Cell<Volume>>,
    #[expect(dead_code, reason = "they listen until they are dropped")]
    listeners: [EventListener; 3],
}

impl Controls {
    /// The document may still be on its way: its events are heard at its top.
    pub(crate) fn attach(page: &Page) -> Self {
        let chosen = Chosen { volume: Rc::new(Cell::new(volume::remembered())), report: page.reporter() };
        let (volume, document) = (Rc::clone(&chosen.volume), document());
        let (sliding, pressing, showing) = (chosen.clone(), chosen.clone(), chosen.clone());
        chosen.show();
        let listeners = [
            EventListener::new(&document, "input", move |event| sliding.slide(event)),
            EventListener::new(&document, "click", move |event| pressing.press(event)),
            EventListener::new(&document, "DOMContentLoaded", move |_| showing.show()),
        ];
        Self { volume, listeners }
    }

    /// The volume that is chosen.
    pub(crate) fn volume(&self) -> Volume {
        self.volume.get()
    }
}

impl Drop for Controls {
    fn drop(&mut self) {
        if let Some(mute) = find(MUTE) {
            let _ = mute.remove_attribute("aria-pressed");
        }
    }
}

/// The volume that is chosen.
#[derive(Clone)]
struct Chosen {
    volume: Rc<Cell<Volume>>,
    report: Reporter,
}

impl Chosen {
    fn slide(&self, event: &Event) {
        let slider = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let percent = slider.filter(|slider| slider.id() == SLIDER).and_then(|slider| slider.value().parse().ok());
        if let Some(percent) = percent {
            self.choose(Volume { percent, muted: false });
        }
    }

    fn press(&self, event: &Event) {
        let Some(page) = self.report.page() else { return };
        if page.view().player.get() == PlayerState::Blocked {
            page.play();
        }
        let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if pressed.is_some_and(|pressed| pressed.closest(MUTE).is_ok_and(|mute| mute.is_some())) {
            let now = self.volume.get();
            self.choose(Volume { muted: !now.muted, ..now });
        }
    }

    fn choose(&self, volume: Volume) {
        volume::remember(volume);
        self.volume.set(volume);
        self.report.page().iter().for_each(|page| page.set_volume(volume));
        self.show();
        self.report.show();
    }

    fn show(&self) {
        let volume = self.volume.get();
        if let Some(slider) = find(&format!("#{SLIDER}")).and_then(|slider| slider.dyn_into::<HtmlInputElement>().ok())
        {
            slider.set_value(&volume.percent.to_string());
        }
        if let Some(mute) = find(MUTE) {
            let _ = mute.set_attribute("aria-pressed", if volume.muted { "true" } else { "false" });
        }
    }
}
