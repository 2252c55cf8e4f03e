//! Takes over what the script at the top of a listener's page has begun.

use std::collections::VecDeque;

use heartogether::{id::RoomCode, role::Role, wire};
use js_sys::{Array, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, WebSocket};

use super::property::property;
use crate::{client::listener_introduction, head_start::GLOBAL};

/// A socket on which the place has been asked for.
pub(super) struct HeadStart {
    pub(super) socket: WebSocket,
    /// The frames that it says by itself as soon as it is open.
    pub(super) said: VecDeque<String>,
    /// What the server has said so far.
    pub(super) heard: Vec<MessageEvent>,
}

impl HeadStart {
    /// Takes it, once, if it asks for this very place and the socket is of use.
    pub(super) fn take(role: Role, code: RoomCode) -> Option<Self> {
        let begun = property(&window(), GLOBAL);
        if begun.is_undefined() {
            return None;
        }
        // Setting a property of the window does not fail.
        let _ = Reflect::set(&window(), &GLOBAL.into(), &JsValue::UNDEFINED);
        let socket: WebSocket = property(&begun, "socket").dyn_into().ok()?;
        let said: VecDeque<_> = list(&begun, "said").iter().filter_map(|frame| frame.as_string()).collect();
        let is_meant = role == Role::Listener && said == listener_introduction(code).map(|said| wire::encode(&said));
        if !is_meant || socket.ready_state() > WebSocket::OPEN {
            let _ = socket.close();
            return None;
        }
        socket.set_onmessage(None);
        let heard = list(&begun, "heard").iter().filter_map(|event| event.dyn_into().ok()).collect();
        Some(Self { socket, said, heard })
    }
}

fn list(of: &JsValue, name: &str) -> Array {
    property(of, name).dyn_into().unwrap_or_default()
}
