//! A socket on which a listener's place is asked for before the page that needs it is there: begun by the script at the top
//! of the page, or on the preview once the server has let the visitor in.

use std::{cell::RefCell, collections::VecDeque, pin::pin, rc::Rc, time::Duration};

use futures::future::select;
use gloo_events::EventListener;
use heartogether::{id::RoomCode, role::Role, wire};
use js_sys::{Array, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, WebSocket};

use super::{pause, property::property, socket::connect};
use crate::{client::listener_introduction, head_start::GLOBAL};

/// How long the preview stays for a socket to open. Drawing the player takes a moment in which nothing can be said; on a
/// line that is slower than this that moment does not count.
const OPENS_WITHIN: Duration = Duration::from_millis(100);

thread_local! {
    static BEGUN: RefCell<Option<HeadStart>> = const { RefCell::new(None) };
}

/// A socket that asks for the place by itself as soon as it is open.
pub(super) struct HeadStart {
    pub(super) socket: WebSocket,
    /// The frames with which it asks.
    pub(super) said: VecDeque<String>,
    heard: Rc<RefCell<Vec<MessageEvent>>>,
    listeners: Vec<EventListener>,
}

/// Asks for the place. Completes once that is said, or when it takes too long to wait for.
pub(crate) async fn begin(code: RoomCode) {
    let Some(socket) = connect() else { return };
    let begun = HeadStart::begin(socket, code);
    // After what asks for the place: whoever waits for this takes the socket over at once.
    let is_said = Promise::new(&mut |resolve, _| begun.socket.set_onopen(Some(&resolve)));
    BEGUN.set(Some(begun));
    select(pin!(JsFuture::from(is_said)), pin!(pause(OPENS_WITHIN))).await;
}

impl HeadStart {
    fn begin(socket: WebSocket, code: RoomCode) -> Self {
        let (said, heard) = (introduction(code), Rc::<RefCell<Vec<_>>>::default());
        let (frames, asking, hear) = (said.clone(), socket.clone(), Rc::clone(&heard));
        let ask = EventListener::once(&socket, "open", move |_| {
            frames.iter().for_each(|frame| drop(asking.send_with_str(frame)));
        });
        let listen = EventListener::new(&socket, "message", move |event| {
            hear.borrow_mut().extend(event.dyn_ref::<MessageEvent>().cloned());
        });
        Self { socket, said, heard, listeners: vec![ask, listen] }
    }

    /// What has been begun, once, if it asks for this very place and has done so.
    pub(super) fn take(role: Role, code: RoomCode) -> Option<Self> {
        let begun = BEGUN.take().or_else(take_from_script)?;
        let is_meant = role == Role::Listener && begun.said == introduction(code);
        if !is_meant || begun.socket.ready_state() != WebSocket::OPEN {
            let _ = begun.socket.close();
            return None;
        }
        Some(begun)
    }

    /// What the server has said so far; from now on somebody else listens.
    pub(super) fn hand_over(&mut self) -> Vec<MessageEvent> {
        self.listeners.clear();
        self.socket.set_onmessage(None);
        self.heard.take()
    }
}

/// What `script.js` has begun.
fn take_from_script() -> Option<HeadStart> {
    let begun = property(&window(), GLOBAL);
    let socket: WebSocket = property(&begun, "socket").dyn_into().ok()?;
    // Setting a property of the window does not fail.
    let _ = Reflect::set(&window(), &GLOBAL.into(), &JsValue::UNDEFINED);
    let list = |name: &str| property(&begun, name).dyn_into::<Array>().unwrap_or_default();
    let said = list("said").iter().filter_map(|frame| frame.as_string()).collect();
    let heard: Vec<_> = list("heard").iter().filter_map(|event| event.dyn_into().ok()).collect();
    Some(HeadStart { socket, said, heard: Rc::new(heard.into()), listeners: Vec::new() })
}

fn introduction(code: RoomCode) -> VecDeque<String> {
    listener_introduction(code).map(|message| wire::encode(&message)).into()
}
