//! The socket over which the script at the top of a listener's page requested the place before the page's code was
//! loaded.

use std::{collections::VecDeque, iter};

use crate::dom::window;
use heartogether::{ice::IceConfiguration, id::RoomCode, protocol, role::Role};
use js_sys::{Array, Reflect};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, WebSocket};

use super::js_property::property;
use heartogether_client::introduction;

/// Where the script leaves what it has begun.
pub const GLOBAL: &str = "heartogetherHeadStart";

/// The place for which the script asks, and the STUN servers for everybody.
#[derive(Debug, Serialize, Deserialize)]
pub struct WantedPlace {
    /// The role that is asked for.
    pub role: Role,
    /// In which room.
    pub code: RoomCode,
    /// The servers for who has no place yet.
    pub ice_servers: IceConfiguration,
}

impl WantedPlace {
    /// The frames with which it is asked for.
    pub fn frames(&self) -> [String; 2] {
        introduction(self.role, self.code).map(|message| protocol::encode(&message))
    }
}

/// Whether the script has asked for a place that nobody has taken yet.
pub fn is_begun() -> bool {
    property(&window(), GLOBAL).is_object()
}

/// What the script has asked for.
pub(crate) fn wanted() -> Option<WantedPlace> {
    protocol::read(&property(&property(&window(), GLOBAL), "place").as_string()?).ok()
}

/// A socket that asks for the place by itself as soon as it is open.
pub(crate) struct EarlyJoin {
    socket: WebSocket,
    /// The frames with which it asks.
    said: VecDeque<String>,
    heard: Vec<MessageEvent>,
}

/// What has happened on it, in order.
pub(crate) enum Happening {
    /// It is open, and the place is asked for.
    Opened,
    /// The server said something.
    Said(MessageEvent),
    /// It is closed.
    Closed,
}

/// Gives back the place that was asked for, if nobody has taken it: no player comes.
pub(crate) fn abandon() {
    take_begun().iter().for_each(EarlyJoin::close);
}

impl EarlyJoin {
    /// What has been begun, once, if it asks for this very place.
    pub(crate) fn take(role: Role, code: RoomCode) -> Option<Self> {
        let begun = take_begun()?;
        let wanted = introduction(role, code).map(|message| protocol::encode(&message));
        if begun.said == wanted {
            return Some(begun);
        }
        begun.close();
        None
    }

    /// Gives the place back.
    pub(crate) fn close(&self) {
        let _ = self.socket.close();
    }

    /// The socket, which somebody else listens to from now on, what need not be said on it, and what has happened. On one that
    /// is not open yet all is still to be said.
    pub(crate) fn hand_over(self) -> (WebSocket, VecDeque<String>, Vec<Happening>) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        let state = self.socket.ready_state();
        if state == WebSocket::CONNECTING {
            return (self.socket, VecDeque::new(), Vec::new());
        }
        let messages = self.heard.into_iter().map(Happening::Said);
        let end = (state != WebSocket::OPEN).then_some(Happening::Closed);
        (self.socket, self.said, iter::once(Happening::Opened).chain(messages).chain(end).collect())
    }
}

fn take_begun() -> Option<EarlyJoin> {
    let begun = property(&window(), GLOBAL);
    let socket: WebSocket = property(&begun, "socket").dyn_into().ok()?;
    // Setting a property of the window does not fail.
    let _ = Reflect::set(&window(), &GLOBAL.into(), &JsValue::UNDEFINED);
    let list = |name: &str| property(&begun, name).dyn_into::<Array>().unwrap_or_default();
    let said = list("said").iter().filter_map(|frame| frame.as_string()).collect();
    let heard = list("heard").iter().filter_map(|event| event.dyn_into().ok()).collect();
    Some(EarlyJoin { socket, said, heard })
}
