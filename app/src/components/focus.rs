//! Moves the keyboard focus when the focused element disappears. It runs only in the browser. Its only state is the
//! element that had the focus last, and whether another page was shown before.

use std::cell::{Cell, RefCell};

use leptos::html::ElementType;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::prelude::*;

/// The id of `<main>`, which takes the focus where nothing better is at hand.
pub(super) const MAIN_ID: &str = "main";

thread_local! {
    static LAST: RefCell<Option<Element>> = const { RefCell::new(None) };
    static HAS_ARRIVED: Cell<bool> = const { Cell::new(false) };
}

/// Begins to remember what has the focus.
pub(crate) fn watch() {
    Effect::new(|_| {
        let watching = window_event_listener_untyped("focusin", |event| {
            LAST.replace(event.target().and_then(|target| target.dyn_into().ok()));
        });
        on_cleanup(move || watching.remove());
    });
}

/// Once the page has been drawn anew: moves the focus with `rescue` if what has it now, or had it last, is gone then or cannot
/// have it any more.
pub(super) fn rescue_if_lost(rescue: impl FnOnce() + 'static) {
    let had = LAST.with_borrow(Clone::clone);
    request_animation_frame(move || rescue_from(had, rescue));
}

/// Lets reading go on at the page's content where what had the focus is gone, and nobody knows a better place.
pub(crate) fn rescue_at_last() {
    let had = LAST.with_borrow(Clone::clone);
    request_animation_frame(|| request_animation_frame(|| rescue_from(had, move_to_main)));
}

/// Lets reading go on at the page's content when this element goes away while it has the focus, or had it last.
pub(super) fn rescue_when_gone<T>(element: NodeRef<T>)
where
    T: ElementType,
    T::Output: JsCast + Clone + Into<Element> + 'static,
{
    Effect::new(move |_| {
        let element: Option<SendWrapper<Element>> = element.get().map(|element| SendWrapper::new(element.into()));
        on_cleanup(move || {
            let had_it = |element: &SendWrapper<Element>| LAST.with_borrow(|last| last.as_ref() == Some(&**element));
            if element.as_ref().is_some_and(had_it) {
                rescue_at_last();
            }
        });
    });
}

/// What has had the focus since is somebody else's to rescue it from.
fn rescue_from(had: Option<Element>, rescue: impl FnOnce()) {
    let is_lost = had.as_ref().is_some_and(cannot_have_it) && LAST.with_borrow(|last| *last == had);
    if is_nowhere() && is_lost {
        rescue();
    }
}

/// Moves the focus with `rescue` whenever this changes and takes away what had it. `rescue` runs a frame later: whoever asked for
/// it may be gone by then, and its reactive values with it.
pub(crate) fn rescue_on_change<T: PartialEq + 'static>(
    changing: impl Fn() -> T + 'static,
    rescue: impl Fn() + Copy + 'static,
) {
    Effect::new(move |before: Option<T>| {
        let now = changing();
        if before.is_some_and(|before| before != now) {
            rescue_if_lost(rescue);
        }
        now
    });
}

fn cannot_have_it(element: &Element) -> bool {
    !element.is_connected() || element.matches(":disabled").unwrap_or_default()
}

/// Whether something in a place has it. The place itself does not count.
pub(crate) fn is_inside(place: &Element) -> bool {
    document().active_element().is_some_and(|focused| focused != *place && place.contains(Some(&focused)))
}

fn is_nowhere() -> bool {
    let page = document();
    let focused = page.active_element();
    focused.is_none() || focused == page.body().map(Into::into)
}

/// Gives it back to an element that could not have it for a while.
pub(super) fn return_to(element: &Element) {
    if is_nowhere() && LAST.with_borrow(|last| last.as_ref() == Some(element)) {
        focus_on(Some(element.clone()));
    }
}

/// Lets reading go on at the beginning of the page's content, or in the field that the page is about.
pub(super) fn move_to_main() {
    let field = document().query_selector("main [autofocus]").ok().flatten().or_else(awaited_field);
    focus_on(field.or_else(|| document().get_element_by_id(MAIN_ID)));
}

/// Lets work go on with the first thing in a place that can have the focus.
pub(crate) fn move_into(place: &Element) {
    focus_on(place.query_selector("[tabindex], a[href], button:enabled, input:enabled, select:enabled").ok().flatten());
}

/// A page has come. The browser takes care of the focus on the first one that it loads, and of no later one. On the first
/// the cursor only comes into the field that most visitors come for, where a keyboard is at hand and none has to slide in.
pub(super) fn arrive() {
    if HAS_ARRIVED.replace(true) {
        rescue_if_lost(move_to_main);
    } else if is_nowhere() {
        focus_on(awaited_field());
    }
}

/// The field that the page is about has come by itself: work goes on there, unless the visitor has gone elsewhere on the page.
pub(crate) fn move_on_to_field() {
    request_animation_frame(|| {
        let is_at_main = || document().active_element().is_some_and(|focused| focused.id() == MAIN_ID);
        if is_nowhere() || is_at_main() {
            focus_on(awaited_field());
        }
    });
}

fn awaited_field() -> Option<Element> {
    let pointer = window().match_media("(hover: hover) and (pointer: fine)").ok().flatten();
    let field = document().query_selector("main [data-awaited]").ok().flatten();
    field.filter(|_| pointer.is_some_and(|pointer| pointer.matches()))
}

/// A browser that refuses leaves the focus where it is, which hurts nobody.
pub(crate) fn focus_on(element: Option<Element>) {
    if let Some(Ok(element)) = element.map(|element| element.dyn_into::<HtmlElement>()) {
        let _ = element.focus();
    }
}
