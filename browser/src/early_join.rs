//! What the script at the top of a listener's or a host's page has begun before the page's code was loaded: the socket over which it
//! requested the place; on a listener's page the peer connection with which it answered the first offer, and the player.

use crate::dom::window;
use heartogether::{ice::IceConfiguration, id::RoomCode, protocol, role::Role};
use js_sys::{Array, Promise, Reflect};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, HtmlAudioElement, MessageEvent, RtcPeerConnection, RtcPeerConnectionState, WebSocket};

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

/// Whether the script at the top of the page has begun something.
pub fn is_begun() -> bool {
    property(&window(), GLOBAL).is_object()
}

/// Whether the page is a host's. Its script asks for the place only after a reload.
pub fn is_hosting() -> bool {
    property(&property(&window(), GLOBAL), "hosts").is_truthy()
}

/// What the script has asked for.
pub(crate) fn wanted() -> Option<WantedPlace> {
    protocol::read(&property(&property(&window(), GLOBAL), "place").as_string()?).ok()
}

/// What the script has begun: a socket that asks for the place by itself as soon as it is open, and what followed.
pub(crate) struct EarlyJoin {
    socket: WebSocket,
    /// The frames with which it asks, and those that it has said since.
    said: Vec<String>,
    heard: Vec<MessageEvent>,
    /// With which it answers.
    pub(crate) peer: Option<BegunPeer>,
    /// Plays what comes.
    pub(crate) player: Option<HtmlAudioElement>,
}

/// A peer connection that answers an offer. Dropped, it closes, unless it was taken over.
pub(crate) struct BegunPeer {
    connection: Option<RtcPeerConnection>,
    /// The offer.
    pub(crate) offer: String,
    /// Resolves to the answer once it is set.
    answered: Promise,
    /// Its events so far.
    happened: Vec<Event>,
}

impl BegunPeer {
    fn read(peer: &JsValue) -> Option<Self> {
        let happened = property(peer, "happened").dyn_into::<Array>().ok()?;
        Some(Self {
            connection: Some(property(peer, "connection").dyn_into().ok()?),
            offer: property(peer, "offer").as_string()?,
            answered: property(peer, "answered").dyn_into().ok()?,
            happened: happened.iter().filter_map(|event| event.dyn_into().ok()).collect(),
        })
    }

    /// When it was connected, on the page's clock, if it is.
    pub(crate) fn connected_at(&self) -> Option<f64> {
        let is_connected =
            |connection: &RtcPeerConnection| connection.connection_state() == RtcPeerConnectionState::Connected;
        self.connection.as_ref().filter(|connection| is_connected(connection))?;
        self.happened.iter().rfind(|event| event.type_() == "connectionstatechange").map(Event::time_stamp)
    }

    /// Hands over the peer connection, its answer once that is set, and its events so far.
    pub(crate) fn hand_over(mut self) -> Option<(RtcPeerConnection, Promise, Vec<Event>)> {
        Some((self.connection.take()?, self.answered.clone(), std::mem::take(&mut self.happened)))
    }
}

impl Drop for BegunPeer {
    fn drop(&mut self) {
        self.connection.iter().for_each(RtcPeerConnection::close);
    }
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
        if begun.said.starts_with(&wanted) {
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
    pub(crate) fn hand_over(self) -> (WebSocket, Vec<String>, Vec<Happening>) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let state = self.socket.ready_state();
        if state == WebSocket::CONNECTING {
            return (self.socket, Vec::new(), Vec::new());
        }
        let end = (state != WebSocket::OPEN).then_some(Happening::Closed);
        // One that is closed and on which nothing was heard has most likely never been open.
        let opening = (end.is_none() || !self.heard.is_empty()).then_some(Happening::Opened);
        let messages = self.heard.into_iter().map(Happening::Said);
        (self.socket, self.said, opening.into_iter().chain(messages).chain(end).collect())
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
    let peer = BegunPeer::read(&property(&begun, "peer"));
    let player = property(&begun, "player").dyn_into().ok();
    Some(EarlyJoin { socket, said, heard, peer, player })
}
