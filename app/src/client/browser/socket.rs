//! The WebSocket.

use gloo_events::EventListener;
use heartogether::wire::{self, ClientMessage};
use leptos::prelude::window;
use wasm_bindgen::JsCast;
use web_sys::{MessageEvent, WebSocket};

use super::Reporter;
use crate::client::Input;

/// An open or opening socket. Dropped, it closes and reports nothing more.
pub(super) struct Socket {
    socket: WebSocket,
    _listeners: [EventListener; 3],
}

impl Socket {
    /// Opens the server's `/ws`. What becomes of it is reported.
    pub(super) fn open(report: &Reporter) -> Option<Self> {
        let opened = url().and_then(|url| WebSocket::new(&url).ok());
        if opened.is_none() {
            report.input_later(Input::SocketClosed);
        }
        let socket = opened?;
        let (on_open, on_message, on_close) = (report.clone(), report.clone(), report.clone());
        let listeners = [
            EventListener::new(&socket, "open", move |_| on_open.input(Input::SocketOpened)),
            EventListener::new(&socket, "message", move |event| {
                let data = event.dyn_ref::<MessageEvent>().and_then(|message| message.data().as_string());
                // A newer server may say what this page does not know yet; it goes on without it.
                if let Some(Ok(message)) = data.map(|frame| wire::decode_server(&frame)) {
                    on_message.input(Input::Received(message));
                }
            }),
            EventListener::new(&socket, "close", move |_| on_close.input(Input::SocketClosed)),
        ];
        Some(Self { socket, _listeners: listeners })
    }

    /// Sends a frame. On a socket that is closing it is lost, as it would be a moment later; the room is brought in
    /// line once a new one is open.
    pub(super) fn send(&self, message: &ClientMessage) {
        let _ = self.socket.send_with_str(&wire::encode(message));
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = self.socket.close();
    }
}

fn url() -> Option<String> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}/ws", location.host().ok()?))
}
