//! Accepts a WebSocket. A refusal is sent over the WebSocket itself, where the page can read it.

use std::sync::Arc;

use axum::{
    Extension,
    body::Body,
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use heartogether_app::api::Visitor;
use hyper::upgrade::OnUpgrade;
use tungstenite::handshake::derive_accept_key;

use super::{serving::Opened, socket};
use crate::{auth::CurrentSession, http::Peer, state::Node};

/// `GET /ws`. The library checks the request. The connection is then read without it, so that frames can be counted.
pub(crate) async fn upgrade(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    session: Option<Extension<CurrentSession>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    connection: Option<Extension<OnUpgrade>>,
    is_websocket: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if let Err(rejection) = is_websocket {
        // A request with this key is a browser's attempt to open a WebSocket. Proxies pass the key on.
        if headers.contains_key(header::SEC_WEBSOCKET_KEY) {
            node.setup_hints.note_lost_upgrade();
        }
        return (rejection.status(), [(header::UPGRADE, "websocket")], rejection.body_text()).into_response();
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes);
    let (Some(key), Some(Extension(connection))) = (key, connection) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let accept = derive_accept_key(key);
    let opened = Opened::new(node, visitor, &headers, session.map(|Extension(session)| session), peer);
    // In the span of the request. No span lasts as long as a connection: it would cost every idle one memory.
    tracing::debug!(connection = %opened.connection.id, "a WebSocket is opened");
    tokio::spawn(serve(connection, opened));
    switch_protocols(&accept)
}

/// The server's half of the handshake (RFC 6455, section 4.2.2).
fn switch_protocols(accept: &str) -> Response {
    let headers =
        [(header::CONNECTION, "upgrade"), (header::UPGRADE, "websocket"), (header::SEC_WEBSOCKET_ACCEPT, accept)];
    (StatusCode::SWITCHING_PROTOCOLS, headers, Body::empty()).into_response()
}

async fn serve(upgrade: OnUpgrade, opened: Opened) {
    // Otherwise the client closed the connection before the handshake ended.
    let Ok(upgraded) = upgrade.await else { return };
    let (sink, frames) = Box::pin(socket::open(upgraded, &opened.node.limits)).await;
    opened.serve(sink, frames).await;
}
