//! A socket on which a listener's place is asked for before the page that needs it is there: begun by the script at the top
//! of the page, or on the preview once the server has let the visitor in.

use std::{cell::RefCell, collections::VecDeque, iter, pin::pin, rc::Rc, time::Duration};

use futures::future::select;
use gloo_events::EventListener;
use heartogether::{id::RoomCode, role::Role, wire};
use js_sys::{Array, Promise, Reflect};
use leptos::prelude::{set_timeout, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, WebSocket};

use super::{pause, property::property, socket::connect};
use crate::{client::listener_introduction, head_start::GLOBAL};

/// How long the preview stays for a socket to open. Drawing the player takes a moment in which nothing can be said; on a
/// line that is slower than this that moment does not count.
const OPENS_WITHIN: Duration = Duration::from_millis(100);
/// How long a place is held for a player that does not come.
const HELD_FOR: Duration = Duration::from_secs(30);

thread_local! {
    static BEGUN: RefCell<Option<HeadStart>> = const { RefCell::new(None) };
}

/// A socket that asks for the place by itself as soon as it is open.
pub(super) struct HeadStart {
    socket: WebSocket,
    /// The frames with which it asks.
    said: VecDeque<String>,
    heard: Rc<RefCell<Vec<MessageEvent>>>,
    _listeners: Vec<EventListener>,
}

/// What has happened on it, in order.
pub(super) enum Happening {
    /// It is open, and the place is asked for.
    Opened,
    /// The server said something.
    Said(MessageEvent),
    /// It is closed.
    Closed,
}

/// Asks for the place. Completes once that is said, or when it takes too long to wait for.
pub(crate) async fn begin(code: RoomCode) {
    abandon();
    let Some(socket) = connect() else { return };
    let begun = HeadStart::begin(socket, code);
    // After what asks for the place: whoever waits for this takes the socket over at once.
    let is_said = Promise::new(&mut |resolve, _| begun.socket.set_onopen(Some(&resolve)));
    BEGUN.set(Some(begun));
    set_timeout(abandon, HELD_FOR);
    select(pin!(JsFuture::from(is_said)), pin!(pause(OPENS_WITHIN))).await;
}

/// Gives back the place that was asked for, if nobody has taken it: no player comes.
pub(crate) fn abandon() {
    if let Some(begun) = take_begun() {
        let _ = begun.socket.close();
    }
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
        Self { socket, said, heard, _listeners: vec![ask, listen] }
    }

    /// What has been begun, once, if it asks for this very place.
    pub(super) fn take(role: Role, code: RoomCode) -> Option<Self> {
        let begun = take_begun()?;
        if role == Role::Listener && begun.said == introduction(code) {
            return Some(begun);
        }
        let _ = begun.socket.close();
        None
    }

    /// The socket, which somebody else listens to from now on, what need not be said on it, and what has happened. On one that
    /// is not open yet all is still to be said.
    pub(super) fn hand_over(self) -> (WebSocket, VecDeque<String>, Vec<Happening>) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        let state = self.socket.ready_state();
        if state == WebSocket::CONNECTING {
            return (self.socket, VecDeque::new(), Vec::new());
        }
        let messages = self.heard.take().into_iter().map(Happening::Said);
        let end = (state != WebSocket::OPEN).then_some(Happening::Closed);
        (self.socket, self.said, iter::once(Happening::Opened).chain(messages).chain(end).collect())
    }
}

fn take_begun() -> Option<HeadStart> {
    BEGUN.take().or_else(take_from_script)
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
    Some(HeadStart { socket, said, heard: Rc::new(heard.into()), _listeners: Vec::new() })
}

fn introduction(code: RoomCode) -> VecDeque<String> {
    listener_introduction(code).map(|message| wire::encode(&message)).into()
}
