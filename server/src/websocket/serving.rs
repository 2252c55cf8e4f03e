//! Serves a connection, whatever carries its frames.

use std::sync::Arc;

use axum::http::HeaderMap;
use heartogether::{id::ConnectionId, refusal::Refusal, role::Permission, room::ConnectionRef};
use heartogether_app::api::{Account, Caller, Visitor};
use tokio::task::JoinHandle;

use super::{
    CloseReason, SendQueue,
    connection::Connection,
    reader::{self, Frames},
    send_queue::send_queue,
    writer::{self, Written},
};
use crate::{auth::CurrentSession, http::Peer, random, state::Node};

/// A connection that somebody has opened.
pub(super) struct Opened {
    pub(super) node: Arc<Node>,
    pub(super) connection: ConnectionRef,
    caller: Caller,
    admitted: Result<Account, Refusal>,
    pub(super) session: Option<CurrentSession>,
    /// Holds its place of the connection limit until the connection ends.
    peer: Peer,
}

impl Opened {
    /// Checks the origin of the page and what the visitor may do. A refusal is kept: it is sent over the connection.
    pub(super) fn new(
        node: Arc<Node>,
        visitor: Visitor,
        headers: &HeaderMap,
        session: Option<CurrentSession>,
        peer: Peer,
    ) -> Self {
        let admitted = match node.origins.allow(headers, &visitor.caller) {
            true => visitor.permit(Permission::Connect).cloned(),
            false => {
                node.setup_hints.note_foreign_origin(headers, &visitor.caller);
                Err(Refusal::OriginNotAllowed)
            }
        };
        let connection = ConnectionRef { node: node.id, id: ConnectionId::from_bits(random::bits()) };
        Self { node, connection, caller: visitor.caller, admitted, session, peer }
    }

    /// Serves the connection until it ends.
    ///
    /// There are many idle connections. So one that is admitted gets a task of its own, without what is needed only at the beginning.
    pub(super) async fn serve(self, sink: impl Written + Send + 'static, frames: impl Frames + Send + 'static) {
        let Self { node, connection, caller, admitted, session, peer } = self;
        let place = node.socket_limit.take(Some(caller.address));
        let admitted = if place.is_some() { admitted } else { Err(Refusal::TooManyConnections) };
        let (send_queue, queue) = send_queue(node.limits.send_queue_frames);
        let writing = tokio::spawn(writer::write(sink, queue, node.clock.clone()));
        let registration = async {
            let account = admitted.map_err(CloseReason::refused)?;
            let session = session.ok_or(CloseReason::refused(Refusal::NotSignedIn))?;
            let registration = node.admit(&session, account.id, connection.id, send_queue.clone()).await?;
            Ok((registration, account, session))
        };
        match registration.await {
            Ok((registration, account, session)) => {
                let opened = Connection::new(node.clone(), connection, account, caller, send_queue.clone());
                // Registered until the connection ends, so that a log-out can close it.
                let held = (registration, place, peer);
                tokio::spawn(last(frames, opened, writing, (node, session, send_queue), held));
            }
            Err(ending) => {
                send_queue.close(ending);
                reader::linger(frames, writing, ending).await;
            }
        }
    }
}

/// Serves an admitted connection until it ends. Holds its places until then.
async fn last(
    frames: impl Frames,
    opened: Connection,
    writing: JoinHandle<()>,
    (node, session, send_queue): (Arc<Node>, CurrentSession, SendQueue),
    held: impl Send,
) {
    tokio::select! {
        () = reader::read(frames, opened, writing) => {}
        never = node.outlive(&session, &send_queue) => match never {},
    }
    drop(held);
}

#[cfg(test)]
mod tests {
    use futures::stream::SplitStream;

    use super::*;
    use crate::{auth::Registration, websocket::socket::Socket};

    /// What `last` is given.
    type Given = (SplitStream<Socket>, Connection, JoinHandle<()>, (Arc<Node>, CurrentSession, SendQueue));

    fn size_of_made<A, F>(_: impl FnOnce(A) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn an_idle_connection_has_a_small_task() {
        let bytes = size_of_made(|((frames, opened, writing, whose), held): (Given, (Registration, Peer))| {
            last(frames, opened, writing, whose, held)
        });
        assert!(bytes <= 1_536, "{bytes} bytes for each of the connections, of which there are many");
    }
}
