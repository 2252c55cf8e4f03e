//! The WebSocket.

use std::cell::RefCell;

use crate::dom::window;
use gloo_events::EventListener;
use heartogether::protocol::{self, ClientMessage, ServerMessage};
use wasm_bindgen::JsCast;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use crate::site;
use crate::{
    Reporter,
    early_join::{EarlyJoin, Happening},
};
use heartogether_client::Input;

/// An open or opening socket. Dropped, it closes and reports nothing more.
pub(crate) struct Socket {
    socket: WebSocket,
    /// The frames that the early join has said; they are not said again.
    said: RefCell<Vec<String>>,
    _listeners: [EventListener; 3],
}

impl Socket {
    /// Opens the server's `/ws`. What becomes of it is reported.
    pub(crate) fn open(report: &Reporter) -> Option<Self> {
        let socket = connect();
        if socket.is_none() {
            report.input_later(Input::SocketClosed);
        }
        Some(Self::listen(socket?, Vec::new(), report))
    }

    /// Goes on with a socket that was tried, if it is open.
    pub(crate) fn go_on_with(probe: Probe, report: &Reporter) -> Option<Self> {
        let socket = probe.take()?;
        report.input_later(Input::SocketOpened);
        Some(Self::listen(socket, Vec::new(), report))
    }

    /// Goes on with a socket that the early join has opened. Gives what has happened on it so far.
    pub(crate) fn take_over(early: EarlyJoin, report: &Reporter) -> (Self, Vec<Happening>) {
        let (socket, said, happened) = early.hand_over();
        (Self::listen(socket, said, report), happened)
    }

    fn listen(socket: WebSocket, said: Vec<String>, report: &Reporter) -> Self {
        let (on_open, on_message, on_close) = (report.clone(), report.clone(), report.clone());
        let listeners = [
            EventListener::new(&socket, "open", move |_| on_open.input(Input::SocketOpened)),
            EventListener::new(&socket, "message", move |event| {
                if let (Some(page), Some(event)) = (on_message.page(), event.dyn_ref()) {
                    page.hear(event);
                }
            }),
            EventListener::new(&socket, "close", move |event| on_close.input(ending(event.dyn_ref()))),
        ];
        Self { socket, said: said.into(), _listeners: listeners }
    }

    /// Sends a frame. On a socket that is closing it is lost, as it would be a moment later; the room is brought in
    /// line once a new one is open.
    pub(crate) fn send(&self, message: &ClientMessage) {
        let frame = protocol::encode(message);
        let mut said = self.said.borrow_mut();
        match said.iter().position(|said| *said == frame) {
            Some(place) => _ = said.swap_remove(place),
            None => _ = self.socket.send_with_str(&frame),
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = self.socket.close();
    }
}

/// A socket that is tried while something else carries the frames. That it opens is reported. Dropped, it closes.
pub(crate) struct Probe {
    socket: Option<WebSocket>,
    _listener: EventListener,
}

impl Probe {
    pub(crate) fn begin(report: Reporter) -> Option<Self> {
        let socket = connect()?;
        let listener = EventListener::new(&socket, "open", move |_| report.input(Input::SocketProbed));
        Some(Self { socket: Some(socket), _listener: listener })
    }

    fn take(mut self) -> Option<WebSocket> {
        self.socket.take_if(|socket| socket.ready_state() == WebSocket::OPEN)
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        // Closing a socket without a code does not fail.
        self.socket.iter().for_each(|socket| _ = socket.close());
    }
}

/// The close code of a server that goes away (RFC 6455, section 7.4.1).
const GOING_AWAY: u16 = 1001;

fn ending(event: Option<&CloseEvent>) -> Input {
    match event.map(CloseEvent::code) {
        Some(GOING_AWAY) => Input::ServerGoingAway,
        _ => Input::SocketClosed,
    }
}

/// Begins to open the server's `/ws`.
fn connect() -> Option<WebSocket> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    WebSocket::new(&format!("{scheme}://{}{}", location.host().ok()?, site::href(site::SOCKET))).ok()
}

/// What the server says, if this page knows it: a newer server may say more, and the page goes on without it.
pub(crate) fn read(event: &MessageEvent) -> Option<ServerMessage> {
    protocol::decode_server(&event.data().as_string()?).ok()
}
