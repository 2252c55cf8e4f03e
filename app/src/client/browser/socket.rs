//! The WebSocket.

use std::{cell::RefCell, collections::VecDeque};

use gloo_events::EventListener;
use heartogether::wire::{self, ClientMessage};
use leptos::prelude::window;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{MessageEvent, WebSocket};

use super::{Reporter, head_start::HeadStart, property::property};
use crate::client::Input;

/// An open or opening socket. Dropped, it closes and reports nothing more.
pub(super) struct Socket {
    socket: WebSocket,
    /// The frames that it says by itself, oldest first.
    said: RefCell<VecDeque<String>>,
    _listeners: [EventListener; 3],
}

impl Socket {
    /// Opens the server's `/ws`, or goes on with what has a head start. What becomes of it is reported.
    pub(super) fn open(report: &Reporter, head_start: Option<HeadStart>) -> Option<Self> {
        let Some(HeadStart { socket, said, heard }) = head_start.or_else(begin) else {
            report.input_later(Input::SocketClosed);
            return None;
        };
        let (on_open, on_message, on_close) = (report.clone(), report.clone(), report.clone());
        let listeners = [
            EventListener::new(&socket, "open", move |_| on_open.input(Input::SocketOpened)),
            EventListener::new(&socket, "message", move |event| {
                event.dyn_ref().into_iter().for_each(|event| on_message.hear(event));
            }),
            EventListener::new(&socket, "close", move |_| on_close.input(Input::SocketClosed)),
        ];
        if socket.ready_state() == WebSocket::OPEN {
            let report = report.clone();
            // Later as it would be from an event, and before the next one.
            spawn_local(async move {
                report.input(Input::SocketOpened);
                heard.iter().for_each(|event| report.hear(event));
            });
        }
        Some(Self { socket, said: said.into(), _listeners: listeners })
    }

    /// Sends a frame. On a socket that is closing it is lost, as it would be a moment later; the room is brought in
    /// line once a new one is open.
    pub(super) fn send(&self, message: &ClientMessage) {
        let frame = wire::encode(message);
        if self.said.borrow_mut().pop_front().is_some_and(|said| said == frame) {
            return;
        }
        let _ = self.socket.send_with_str(&frame);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = self.socket.close();
    }
}

impl Reporter {
    fn hear(&self, event: &MessageEvent) {
        // A newer server may say what this page does not know yet; it goes on without it.
        let message = event.data().as_string().map(|frame| wire::decode_server(&frame));
        if let (Some(page), Some(Ok(message))) = (self.page(), message) {
            page.hear(message, age_ms(event));
        }
    }
}

/// Milliseconds since an event (High Resolution Time, `performance.timeOrigin`).
fn age_ms(event: &MessageEvent) -> f64 {
    let began_at = property(&property(&window(), "performance"), "timeOrigin").as_f64();
    began_at.map_or(0.0, |began_at| js_sys::Date::now() - began_at - event.time_stamp())
}

/// Without a head start.
fn begin() -> Option<HeadStart> {
    let socket = WebSocket::new(&url()?).ok()?;
    Some(HeadStart { socket, said: VecDeque::new(), heard: Vec::new() })
}

fn url() -> Option<String> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}/ws", location.host().ok()?))
}
