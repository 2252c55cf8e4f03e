//! Accepts a WebSocket. A refusal is sent over the WebSocket itself, where the page can read it.

use std::sync::Arc;

use axum::{
    Extension,
    body::Body,
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use heartogether::{id::ConnectionId, refusal::Refusal, role::Permission, room::ConnectionRef};
use heartogether_app::api::{Account, Caller, Visitor};
use hyper::upgrade::OnUpgrade;
use tungstenite::handshake::derive_accept_key;

use super::{CloseReason, connection::Connection, reader, send_queue::send_queue, socket, writer};
use crate::{auth::CurrentSession, http::Peer, random, state::Node};

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
    let admitted = match node.origins.allow(&headers, &visitor.caller) {
        true => visitor.permit(Permission::Connect).cloned(),
        false => {
            node.setup_hints.note_foreign_origin(&headers, &visitor.caller);
            Err(Refusal::OriginNotAllowed)
        }
    };
    let id = ConnectionRef { node: node.id, id: ConnectionId::from_bits(random::bits()) };
    // In the span of the request. No span lasts as long as a connection: it would cost every idle one memory.
    tracing::debug!(connection = %id.id, "a WebSocket is opened");
    let session = session.map(|Extension(session)| session);
    tokio::spawn(serve(connection, id, node, visitor.caller, admitted, session, peer));
    switch_protocols(&accept)
}

/// The server's half of the handshake (RFC 6455, section 4.2.2).
fn switch_protocols(accept: &str) -> Response {
    let headers =
        [(header::CONNECTION, "upgrade"), (header::UPGRADE, "websocket"), (header::SEC_WEBSOCKET_ACCEPT, accept)];
    (StatusCode::SWITCHING_PROTOCOLS, headers, Body::empty()).into_response()
}

/// Serves a connection until it ends. It holds its place of the connection limit, `_peer`, as long.
///
/// There are many idle connections, so this future is kept small: what is needed only at the beginning is in boxes.
async fn serve(
    upgrade: OnUpgrade,
    connection: ConnectionRef,
    node: Arc<Node>,
    caller: Caller,
    admitted: Result<Account, Refusal>,
    session: Option<CurrentSession>,
    _peer: Peer,
) {
    // Otherwise the client closed the connection before the handshake ended.
    let Ok(upgraded) = upgrade.await else { return };
    let (sink, frames) = Box::pin(socket::open(upgraded, &node.limits)).await;
    let place = node.socket_limit.take(Some(caller.address));
    let admitted = if place.is_some() { admitted } else { Err(Refusal::TooManyConnections) };
    let (send_queue, queue) = send_queue(node.limits.send_queue_frames);
    let writing = tokio::spawn(writer::write(sink, queue, node.clock.clone()));
    let registration = Box::pin(async {
        let account = admitted.map_err(CloseReason::refused)?;
        let session = session.ok_or(CloseReason::refused(Refusal::NotSignedIn))?;
        let registration = node.admit(&session, account.id, connection.id, send_queue.clone()).await?;
        Ok((registration, account, session))
    });
    match registration.await {
        // Registered until the connection ends, so that a log-out can close it.
        Ok((registration, account, session)) => {
            let opened = Connection::new(node.clone(), connection, account, caller, send_queue.clone());
            tokio::select! {
                () = reader::read(frames, opened, writing) => {}
                never = node.outlive(&session, &send_queue) => match never {},
            }
            drop(registration);
        }
        Err(ending) => {
            send_queue.close(ending);
            reader::linger(frames, writing, ending).await;
        }
    }
}
