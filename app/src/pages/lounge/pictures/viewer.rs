//! A message's pictures as large as the page: with zoom, from one to the next by keys, buttons and swipes, and to keep.

use leptos::{ev, html};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::{
    components::{Glyph, Icon},
    locale::{Locale, Value},
    pages::lounge::{
        erased::{attribute, effect, icon_button, key, part, part_when, press, said},
        rows::RowKey,
        shared::Lounge,
    },
    prelude::*,
    routes,
    text::{action, lounge as text},
};

/// How large a picture can be made.
const LARGEST: f64 = 8.0;
/// What a press on a button, a key or a turn of the wheel makes of its size.
const STEP: f64 = 1.4;
/// What a double press makes of it.
const CLOSE_UP: f64 = 2.5;
/// Pixels from which on a movement is a swipe.
const SWIPE_PX: f64 = 60.0;

/// How a picture lies in the window.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pose {
    scale: f64,
    x: f64,
    y: f64,
}

const AT_REST: Pose = Pose { scale: 1.0, x: 0.0, y: 0.0 };

impl Pose {
    /// The same, so many times as large. What is not enlarged lies in the middle.
    fn zoomed(self, times: f64) -> Self {
        let scale = (self.scale * times).clamp(1.0, LARGEST);
        let moved = scale / self.scale;
        if scale <= 1.0 { AT_REST } else { Self { scale, x: self.x * moved, y: self.y * moved } }
    }

    fn moved(self, (x, y): (f64, f64)) -> Self {
        Self { x: self.x + x, y: self.y + y, ..self }
    }

    fn is_enlarged(self) -> bool {
        self.scale > 1.0
    }

    /// How a style says it (CSS Transforms). Whole numbers need no code that writes fractions, which no other page has.
    fn style(self) -> String {
        let [x, y, thousandths] = [self.x, self.y, self.scale * 1000.0].map(|number| number.round() as i32);
        format!("translate({x}px, {y}px) scale(calc({thousandths} / 1000))")
    }
}

/// A finger or the mouse on the picture.
#[derive(Clone, Copy)]
struct Touch {
    id: i32,
    /// Where it came down, and where it is.
    from: (f64, f64),
    at: (f64, f64),
}

#[derive(Clone, Copy)]
struct Viewing {
    count: usize,
    place: RwSignal<usize>,
    pose: RwSignal<Pose>,
    touches: StoredValue<Vec<Touch>>,
    dialog: NodeRef<html::Dialog>,
}

impl Viewing {
    fn go(self, step: isize) {
        let next = self.place.get_untracked().checked_add_signed(step).filter(|next| *next < self.count);
        if let Some(next) = next {
            self.place.set(next);
            self.pose.set(AT_REST);
        }
    }

    fn zoom(self, times: f64) {
        self.pose.update(|pose| *pose = pose.zoomed(times));
    }

    fn close(self) {
        if let Some(dialog) = self.dialog.get_untracked() {
            dialog.close();
        }
    }

    /// A click beside the picture closes, one on it does not.
    fn press_beside(self, event: &ev::MouseEvent) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| target.class_name() == "viewer-stage") {
            self.close();
        }
    }

    fn press_key(self, event: &ev::KeyboardEvent) {
        match event.key().as_str() {
            "ArrowLeft" => self.go(-1),
            "ArrowRight" => self.go(1),
            "+" | "=" => self.zoom(STEP),
            "-" => self.zoom(1.0 / STEP),
            "0" => self.pose.set(AT_REST),
            _ => return,
        }
        event.prevent_default();
    }

    fn touch(self, event: &ev::PointerEvent) {
        let at = place_of(event);
        self.touches.update_value(|touches| touches.push(Touch { id: event.pointer_id(), from: at, at }));
    }

    /// One finger moves what is enlarged; two make it larger or smaller.
    fn drag(self, event: &ev::PointerEvent) {
        let (at, id) = (place_of(event), event.pointer_id());
        let change = self.touches.try_update_value(|touches| {
            let other = touches.iter().find(|touch| touch.id != id).map(|touch| touch.at);
            let touch = touches.iter_mut().find(|touch| touch.id == id)?;
            let before = std::mem::replace(&mut touch.at, at);
            Some((before, other))
        });
        let Some((before, other)) = change.flatten() else { return };
        match other {
            Some(other) => self.zoom(distance(at, other) / distance(before, other).max(1.0)),
            None if self.pose.get_untracked().is_enlarged() => {
                self.pose.update(|pose| *pose = pose.moved((at.0 - before.0, at.1 - before.1)));
            }
            None => {}
        }
    }

    /// A finger that has gone far enough has asked for the next picture, or for the end.
    fn lift(self, event: &ev::PointerEvent) {
        let id = event.pointer_id();
        let lifted = self.touches.try_update_value(|touches| {
            let is_alone = touches.len() == 1;
            let place = touches.iter().position(|touch| touch.id == id)?;
            Some(touches.remove(place)).filter(|_| is_alone)
        });
        let Some(Touch { from, at, .. }) = lifted.flatten() else { return };
        let (x, y) = (at.0 - from.0, at.1 - from.1);
        match self.pose.get_untracked().is_enlarged() {
            true => {}
            false if x.abs() > SWIPE_PX && x.abs() > y.abs() => self.go(if x < 0.0 { 1 } else { -1 }),
            false if y > SWIPE_PX && y > x.abs() => self.close(),
            false => {}
        }
    }
}

fn place_of(event: &ev::PointerEvent) -> (f64, f64) {
    (event.client_x().into(), event.client_y().into())
}

fn distance(one: (f64, f64), other: (f64, f64)) -> f64 {
    (one.0 - other.0).hypot(one.1 - other.1)
}

type OnPointer = Box<dyn FnMut(ev::PointerEvent)>;

fn pointer(act: impl FnMut(ev::PointerEvent) + 'static) -> OnPointer {
    Box::new(act)
}

/// The pictures of the message that is looked at.
pub(in crate::pages::lounge) fn viewer(lounge: Lounge) -> AnyView {
    let Some((row, first)) = lounge.pictures.with_untracked(|pictures| pictures.viewed) else { return ().into_any() };
    let locale = Locale::current();
    let told = lounge
        .with_entry(row, |entry| (entry.message.pictures.clone(), locale.write(&Value::from(&entry.message.name))));
    let Some((pictures, name)) = told.filter(|(pictures, _)| first < pictures.len()) else { return ().into_any() };
    let viewing = Viewing {
        count: pictures.len(),
        place: RwSignal::new(first),
        pose: RwSignal::new(AT_REST),
        touches: StoredValue::new(Vec::new()),
        dialog: NodeRef::new(),
    };
    effect(move || {
        if let Some(dialog) = viewing.dialog.get().filter(|dialog| !dialog.open()) {
            // It fails only where it is open already.
            let _ = dialog.show_modal();
        }
    });
    let count = viewing.count;
    close_when_fewer(lounge, row, viewing);
    let shown_of = move || locale.say_once(text::shown_of(viewing.place.get() + 1, count)).into_owned();
    let address = {
        let addresses: Vec<String> =
            pictures.iter().map(|picture| routes::href(&routes::picture(lounge.code, picture.id))).collect();
        move || addresses.get(viewing.place.get()).cloned()
    };
    let picture = {
        let address = address.clone();
        part(move || drawn(viewing, address().unwrap_or_default(), &name, locale))
    };
    let step = move |is_there: fn(usize, usize) -> bool, glyph: Glyph, label, by: isize| {
        part_when(
            move || is_there(viewing.place.get(), count),
            move || icon_button(glyph, label, press(move |_| viewing.go(by))),
        )
    };
    view! {
        <dialog
            class="viewer"
            node_ref=viewing.dialog
            aria-label=text::VIEWER
            on:close=move |_| lounge.pictures.update(|pictures| pictures.viewed = None)
            on:keydown=key(move |event| viewing.press_key(&event))
        >
            <div class="viewer-bar">
                <p role="status">{said(shown_of)}</p>
                {icon_button(Glyph::Minus, text::ZOOM_OUT, press(move |_| viewing.zoom(1.0 / STEP)))}
                {icon_button(Glyph::Plus, text::ZOOM_IN, press(move |_| viewing.zoom(STEP)))}
                <a class="icon-button" href=attribute(address) download="" aria-label=text::DOWNLOAD title=text::DOWNLOAD>
                    <Icon glyph=Glyph::Download />
                </a>
                {icon_button(Glyph::Close, action::CLOSE, press(move |_| viewing.close()))}
            </div>
            <div class="viewer-stage" on:click=press(move |event: ev::MouseEvent| viewing.press_beside(&event))>
                {picture} <div class="viewer-back">{step(|place, _| place > 0, Glyph::Back, text::PREVIOUS_PICTURE, -1)}</div>
                <div class="viewer-on">{step(|place, count| place + 1 < count, Glyph::On, text::NEXT_PICTURE, 1)}</div>
            </div>
        </dialog>
    }
    .into_any()
}

/// One of the pictures was removed, or the message was: what is left is in the log.
fn close_when_fewer(lounge: Lounge, row: RowKey, viewing: Viewing) {
    effect(move || {
        lounge.handle.conversation.track();
        lounge.handle.past.track();
        if lounge.with_entry(row, |entry| entry.message.pictures.len()).is_some_and(|left| left != viewing.count) {
            viewing.close();
        }
    });
}

fn drawn(viewing: Viewing, address: String, name: &str, locale: Locale) -> AnyView {
    let image = NodeRef::<html::Img>::new();
    effect(move || {
        let lying = viewing.pose.get().style();
        if let Some(image) = image.get() {
            // A browser that refuses shows the picture as it is.
            let _ = HtmlElement::style(&image).set_property("transform", &lying);
        }
    });
    let place = viewing.place.get_untracked();
    let said = locale.say_once(text::picture_of(place + 1, viewing.count, name)).into_owned();
    let turn: Box<dyn FnMut(ev::WheelEvent)> = Box::new(move |event| {
        event.prevent_default();
        viewing.zoom(if event.delta_y() < 0.0 { STEP } else { 1.0 / STEP });
    });
    let close_up = press(move |_| {
        let is_enlarged = viewing.pose.get_untracked().is_enlarged();
        viewing.pose.set(if is_enlarged { AT_REST } else { AT_REST.zoomed(CLOSE_UP) });
    });
    let grab = pointer(move |event| {
        if let Some(image) = image.get_untracked() {
            // Without it, a movement that leaves the picture ends there.
            let _ = image.set_pointer_capture(event.pointer_id());
        }
        viewing.touch(&event);
    });
    view! {
        <img
            class="viewer-picture"
            node_ref=image
            src=address
            alt=said
            draggable="false"
            on:wheel=turn
            on:dblclick=close_up
            on:pointerdown=grab
            on:pointermove=pointer(move |event| viewing.drag(&event))
            on:pointerup=pointer(move |event| viewing.lift(&event))
            on:pointercancel=pointer(move |event| viewing.lift(&event))
        />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_enlarged_up_to_a_limit_and_comes_back_to_the_middle() {
        let close_up = AT_REST.zoomed(2.0).moved((10.0, 20.0));
        assert_eq!(close_up.zoomed(2.0), Pose { scale: 4.0, x: 20.0, y: 40.0 });
        assert!((close_up.zoomed(100.0).scale - LARGEST).abs() < f64::EPSILON);
        assert_eq!(close_up.zoomed(0.1), AT_REST);
        assert_eq!(close_up.style(), "translate(10px, 20px) scale(calc(2000 / 1000))");
    }
}
