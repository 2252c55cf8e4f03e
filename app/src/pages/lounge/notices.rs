//! Shows notifications of the system, and takes them away (Notifications API). The site's service worker shows them where there is one,
//! because Chromium on Android shows no others. They are loaded when there is something to tell.

use std::cell::RefCell;

use gloo_events::EventListener;
use heartogether::id::{MessageNumber, RoomCode};
use heartogether_browser::js_property::property;
use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{EventTarget, MessageEvent, Notification, NotificationOptions};

use super::shared::{Lounge, Question};
use crate::{prelude::*, routes};

/// Beside the text, where the system shows a picture.
const ICON: &str = "/icon-192.png";

/// What a notification says. A lounge has one of each [`About`] at most: a later one takes the place of an earlier one, also of another
/// page's.
pub(super) struct Notice {
    pub(super) about: About,
    pub(super) title: String,
    pub(super) body: String,
    /// Whether it is shown only in place of an earlier one that the visitor has not closed.
    pub(super) renews: bool,
}

/// What a notification is about, and where it leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Messages that are meant for the visitor. It leads to this one.
    Messages(MessageNumber),
    /// Those who ask to come in. It leads to all of them.
    Waiting,
}

impl About {
    /// The system's name for it.
    fn tag(self, code: RoomCode) -> String {
        match self {
            Self::Messages(_) => code.to_string(),
            Self::Waiting => format!("{code} waiting"),
        }
    }

    /// The number of the message, for the worker.
    fn message(self) -> JsValue {
        match self {
            Self::Messages(number) => (number.0 as f64).into(),
            Self::Waiting => JsValue::UNDEFINED,
        }
    }
}

/// A notification that the page shows without a worker.
struct Own {
    tag: String,
    notification: Notification,
    _heard: [EventListener; 2],
}

thread_local! {
    static OWN: RefCell<Vec<Own>> = const { RefCell::new(Vec::new()) };
    /// Hears of presses on what the worker shows.
    static PRESSED: RefCell<Option<EventListener>> = const { RefCell::new(None) };
}

/// Shows one, unless nothing is missed by then.
pub(super) fn show(lounge: Lounge, notice: Notice) {
    spawn_local(async move {
        let (registration, tag) = (registration().await, notice.about.tag(lounge.code));
        let is_wanted = !notice.renews || is_shown(registration.as_ref(), &tag).await;
        if !(is_wanted && is_missed(lounge, notice.about)) {
            return;
        }
        let options = options(lounge.code, &notice, &tag);
        let given = [JsValue::from(&notice.title), options.clone().into()];
        match promised(registration.as_ref(), "showNotification", &given).await {
            Some(_) => hear_presses(lounge),
            None => show_without_worker(lounge, &notice, &options, tag),
        }
        // It may have been seen or decided while the system was asked.
        if !is_missed(lounge, notice.about) {
            close(lounge.code, notice.about);
        }
    });
}

/// Takes the lounge's notification about this away, also one of another page.
pub(super) fn close(code: RoomCode, about: About) {
    let tag = about.tag(code);
    OWN.with_borrow_mut(|own| own.extract_if(.., |own| own.tag == tag).for_each(|own| own.notification.close()));
    spawn_local(async move {
        for notification in shown_by(registration().await.as_ref(), &tag).await.iter() {
            call(&notification, "close", &[]);
        }
    });
}

/// Whether the page is out of sight, and the message was seen nowhere, or somebody waits still.
fn is_missed(lounge: Lounge, about: About) -> bool {
    let is_news = match about {
        About::Messages(number) => lounge.seen.try_get_untracked().map(|seen| number > seen),
        About::Waiting => {
            lounge.handle.room.try_with_untracked(|room| room.as_ref().is_some_and(|room| !room.waiting.is_empty()))
        }
    };
    document().hidden() && is_news == Some(true)
}

async fn is_shown(registration: Option<&JsValue>, tag: &str) -> bool {
    let is_own = OWN.with_borrow(|own| own.iter().any(|own| own.tag == tag));
    is_own || shown_by(registration, tag).await.length() > 0
}

/// What the worker shows with this tag.
async fn shown_by(registration: Option<&JsValue>, tag: &str) -> Array {
    let filter = object(&[("tag", tag.into())]);
    let found = promised(registration, "getNotifications", &[filter]).await;
    found.map(|found| Array::from(&found)).unwrap_or_default()
}

fn options(code: RoomCode, notice: &Notice, tag: &str) -> NotificationOptions {
    let options = NotificationOptions::new();
    options.set_body(&notice.body);
    options.set_tag(tag);
    options.set_icon(&routes::href(ICON));
    // For the worker, see `install/worker.js`.
    options.set_data(&object(&[("page", page(code).into()), ("message", notice.about.message())]));
    options
}

fn page(code: RoomCode) -> String {
    routes::href(&routes::lounge(code))
}

/// A phone throws here.
fn show_without_worker(lounge: Lounge, notice: &Notice, options: &NotificationOptions, tag: String) {
    let Ok(notification) = Notification::new_with_options(&notice.title, options) else { return };
    let about = notice.about;
    let pressed = EventListener::once(&notification, "click", move |_| {
        // A browser that does not bring the page to the front leaves that to the visitor.
        _ = window().focus();
        lead(lounge, about);
    });
    let shown = notification.clone();
    let closed = EventListener::new(&notification, "close", move |_| {
        let shown = shown.clone();
        // Its listeners go with it, and one of them is at work.
        spawn_local(async move { OWN.with_borrow_mut(|own| own.retain(|own| own.notification != shown)) });
    });
    OWN.with_borrow_mut(|own| {
        own.retain(|own| own.tag != tag);
        own.push(Own { tag, notification, _heard: [pressed, closed] });
    });
}

/// The worker brings the page to the front, and tells it which notification was pressed.
fn hear_presses(lounge: Lounge) {
    let container = property(&window().navigator(), "serviceWorker");
    let pressed = EventListener::new(container.unchecked_ref::<EventTarget>(), "message", move |event| {
        let data = event.unchecked_ref::<MessageEvent>().data();
        if property(&data, "page") == page(lounge.code).as_str() {
            let message = property(&data, "message").as_f64();
            lead(lounge, message.map_or(About::Waiting, |number| About::Messages(MessageNumber(number as u64))));
        }
    });
    PRESSED.set(Some(pressed));
}

/// Shows what was pressed, unless the lounge was left.
fn lead(lounge: Lounge, about: About) {
    close(lounge.code, about);
    _ = match about {
        About::Messages(number) => lounge.sought.try_set(Some(number)).is_some(),
        About::Waiting => lounge.question.try_set(Some(Question::Waiting)).is_some(),
    };
}

/// The site's service worker, once it can show something.
async fn registration() -> Option<JsValue> {
    let container = property(&window().navigator(), "serviceWorker");
    let registration = promised(Some(&container), "getRegistration", &[]).await?;
    property(&registration, "active").is_object().then_some(registration)
}

/// What comes of a function that promises something; `None` if it fails, or there is none.
async fn promised(of: Option<&JsValue>, name: &str, given: &[JsValue]) -> Option<JsValue> {
    let promise = call(of?, name, given)?.dyn_into::<Promise>().ok()?;
    JsFuture::from(promise).await.ok()
}

fn call(of: &JsValue, name: &str, given: &[JsValue]) -> Option<JsValue> {
    let function = property(of, name).dyn_into::<Function>().ok()?;
    function.apply(of, &given.iter().collect::<Array>()).ok()
}

fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        // A new object takes every property.
        _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}
