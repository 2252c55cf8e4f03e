//! The pictures of messages: how the visitor adds them, and where they are shown. What uploads them, and the viewer, are loaded when
//! they are wanted.
//!
//! One listener does what the framework would have code for each kind of event for, and elements that never change are made by hand:
//! both are a few kilobytes that every visitor of a lounge would load.

pub(super) mod adding;
pub(super) mod shown;
pub(super) mod viewer;

use gloo_events::{EventListener, EventListenerOptions, EventListenerPhase};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement};

use super::{
    erased::{effect, icon_button, part_when, press},
    extras::{extra, with_extras},
    rows::RowKey,
    shared::{Lounge, Mode},
};
use crate::{
    api::ApiError,
    browser::picture_worker::{drags_files, files_of},
    components::Glyph,
    prelude::*,
    text::lounge as text,
};

/// The part of the page over which files can be let go.
const PLACE: &str = ".lounge-main";
/// Says there that files are over it.
const DROPS: &str = "data-drops";
/// What is listened to.
const EVENTS: [&str; 7] = ["paste", "dragover", "dragleave", "drop", "change", "click", "error"];

/// Whether pictures can be added to what the visitor writes. Reads reactively.
fn can_add(lounge: Lounge) -> bool {
    let has_pictures = lounge.handle.room.with(|room| room.as_ref().is_some_and(|room| room.max_pictures > 0));
    has_pictures && !matches!(lounge.mode.get(), Mode::Edit(_))
}

/// The button with which pictures are chosen, or taken by a phone's camera.
pub(super) fn button(lounge: Lounge) -> AnyView {
    let there = move || icon_button(Glyph::Picture, text::ADD_PICTURES, press(|_| choose()));
    part_when(move || can_add(lounge), there)
}

/// Asks for files. The browser needs the field in the page to tell of the choice.
fn choose() {
    let field = find("input[multiple]").and_then(|field| field.dyn_into().ok()).or_else(|| {
        let field = made("input", &[("type", "file"), ("accept", "image/*"), ("multiple", ""), ("hidden", "")])?;
        find(PLACE)?.append_child(&field).ok()?;
        Some(field)
    });
    field.iter().for_each(HtmlElement::click);
}

/// The pictures that were added, while there are some.
pub(super) fn added(lounge: Lounge) -> AnyView {
    let is_shown = move || {
        lounge.pictures.with(|pictures| !pictures.added.is_empty()) && !matches!(lounge.mode.get(), Mode::Edit(_))
    };
    part_when(is_shown, move || extra(move |extras| (extras.added)(lounge)))
}

/// A picture as large as the page, while one is looked at.
pub(super) fn viewed(lounge: Lounge) -> AnyView {
    let is_viewed = move || lounge.pictures.with(|pictures| pictures.viewed.is_some());
    part_when(is_viewed, move || extra(move |extras| (extras.viewer)(lounge)))
}

/// Listens to what is done with pictures, while the page is there. An image tells of an error only itself, and those around it
/// before.
pub(super) fn follow(lounge: Lounge) {
    effect(move || {
        let options = EventListenerOptions { phase: EventListenerPhase::Capture, passive: false };
        let listen =
            |name| EventListener::new_with_options(&document(), name, options, move |event| happen(lounge, event));
        let listeners = SendWrapper::new(EVENTS.map(listen));
        on_cleanup(move || drop(listeners));
    });
}

fn happen(lounge: Lounge, event: &Event) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let Some(place) = target.closest(PLACE).ok().flatten() else { return };
    match event.type_().as_str() {
        "dragover" if drags_files(event) => {
            // Without this the browser would leave the page for the file.
            event.prevent_default();
            mark(&place, DROPS, untrack(|| can_add(lounge)));
        }
        "dragleave" => mark(&place, DROPS, false),
        "drop" if drags_files(event) => {
            event.prevent_default();
            mark(&place, DROPS, false);
            add(lounge, files_of(event));
        }
        "paste" => add(lounge, files_of(event)),
        "change" if target.has_attribute("multiple") => {
            add(lounge, files_of(event));
            // The same file can be chosen again.
            target.remove();
        }
        "click" => look_at(lounge, &target),
        "error" => target.parent_element().iter().for_each(|frame| mark(frame, "data-gone", true)),
        _ => {}
    }
}

/// Opens the viewer, if this is a picture that is there.
fn look_at(lounge: Lounge, target: &Element) {
    let pressed = target.closest("[data-place]:not([data-gone])").ok().flatten();
    let row = || target.closest("[data-message]").ok().flatten()?.get_attribute("id");
    let found = pressed.and_then(|pressed| pressed.get_attribute("data-place")?.parse().ok());
    if let (Some(place), Some(key)) = (found, row().and_then(|id| RowKey::parse(&id))) {
        lounge.pictures.update(|pictures| pictures.viewed = Some((key, place)));
    }
}

/// Adds files to the message that the visitor writes.
fn add(lounge: Lounge, files: Vec<JsValue>) {
    if files.is_empty() || !untrack(|| can_add(lounge)) {
        return;
    }
    with_extras(move |extras| match extras {
        Some(extras) => (extras.add)(lounge, files),
        None => lounge.pictures.update(|pictures| pictures.trouble = Some(ApiError::Unreachable)),
    });
}

/// Sets or removes an attribute without a value.
fn mark(element: &Element, name: &str, is: bool) {
    // An element takes every attribute with a name like these.
    _ = if is { element.set_attribute(name, "") } else { element.remove_attribute(name) };
}

/// An element with these attributes.
fn made(kind: &str, attributes: &[(&str, &str)]) -> Option<HtmlElement> {
    let element = document().create_element(kind).ok()?;
    for (name, value) in attributes {
        element.set_attribute(name, value).ok()?;
    }
    element.dyn_into().ok()
}

fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}
