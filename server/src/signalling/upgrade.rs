//! Lets a connection in: who may not come is told so on the connection itself, where a page can read it.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{State, WebSocketUpgrade, ws::WebSocket},
    http::HeaderMap,
    response::Response,
};
use futures::StreamExt;
use heartogether::{id::ConnectionId, limits::FRAME_BYTES, refusal::Refusal, role::Permission, room::ConnectionRef};
use heartogether_app::api::{Account, Caller, Visitor};

use super::{Ending, conversation::Conversation, outbox::outbox, reader, writer};
use crate::{edge::Peer, identity::CurrentSession, random, state::Node};

/// Idle connections are many: the library's default of 128 KiB each would cost a gigabyte for every 8,000.
const BUFFER_BYTES: usize = 4 * 1024;
/// Bytes that may wait in the socket's own buffer; a room as a member sees it is the longest frame.
const WRITE_BYTES: usize = 1024 * 1024;
/// Leaves room for our own refusal to come before the library's.
const MESSAGE_BYTES: usize = FRAME_BYTES + BUFFER_BYTES;

/// `GET /ws`.
pub(crate) async fn upgrade(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    session: Option<Extension<CurrentSession>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> Response {
    let admitted = match node.origins.allow(&headers, &visitor.caller) {
        true => visitor.permit(Permission::Connect).cloned(),
        false => Err(Refusal::OriginNotAllowed),
    };
    socket
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BYTES)
        .max_message_size(MESSAGE_BYTES)
        .max_frame_size(MESSAGE_BYTES)
        // The connection keeps its place among all as long as it lasts.
        .on_upgrade(async move |socket| {
            serve(socket, node, visitor.caller, admitted, session.map(|Extension(session)| session)).await;
            drop(peer);
        })
}

async fn serve(
    socket: WebSocket,
    node: Arc<Node>,
    caller: Caller,
    admitted: Result<Account, Refusal>,
    session: Option<CurrentSession>,
) {
    let place = node.sockets.take(Some(caller.address));
    let admitted = if place.is_some() { admitted } else { Err(Refusal::TooManyConnections) };
    let (sink, frames) = socket.split();
    let (outbox, queue) = outbox(node.limits.outbox_frames);
    let writing = tokio::spawn(writer::write(sink, queue, node.clock.clone()));
    let connection = ConnectionRef { node: node.id, id: ConnectionId::from_bits(random::bits()) };
    let registration = async {
        let account = admitted.map_err(Ending::refused)?;
        let session = session.ok_or(Ending::refused(Refusal::NotSignedIn))?;
        let registration = node.admit(&session, account.id, connection.id, outbox.clone()).await?;
        Ok((registration, account, session))
    };
    match registration.await {
        // Held until the connection ends: a log-out finds it here.
        Ok((registration, account, session)) => {
            let conversation = Conversation::new(node.clone(), connection, account, caller, outbox.clone());
            tokio::select! {
                () = reader::read(frames, conversation, writing) => {}
                never = node.outlive(&session, &outbox) => match never {},
            }
            drop(registration);
        }
        Err(ending) => {
            outbox.close(ending);
            reader::linger(frames, writing, ending).await;
        }
    }
}
