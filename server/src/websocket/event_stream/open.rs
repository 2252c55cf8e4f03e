//! Opens an event stream. A refusal is sent as an event, as over a WebSocket.

use std::{convert::Infallible, sync::Arc, task::Poll};

use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::{
    StreamExt,
    channel::mpsc as body,
    future::ready,
    stream::{once, poll_fn},
};
use heartogether_app::api::Visitor;
use tokio::sync::{mpsc, oneshot};
use tungstenite::Message;

use super::{
    sink::{EventSink, opened},
    stream_id::StreamId,
    streams::OpenStream,
};
use crate::{
    auth::CurrentSession,
    http::{IdleTimeout, Peer},
    state::Node,
    websocket::{serving::Opened, socket::Incoming},
};

/// Proxies pass each event on at once, nobody keeps it, and nobody waits for more to compress.
const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform")),
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
];

/// `GET /api/stream`: the first event is the stream's id, to which the client posts its frames.
pub(crate) async fn open(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    session: Option<Extension<CurrentSession>>,
    Extension(peer): Extension<Peer>,
    Extension(progress): Extension<IdleTimeout>,
    headers: HeaderMap,
) -> Response {
    let stream = Opened::new(node, visitor, &headers, session.map(|Extension(session)| session), peer);
    tracing::debug!(connection = %stream.connection.id, "an event stream is opened");
    let (events, written) = body::channel(0);
    let (held, gone) = oneshot::channel();
    let first = opened(StreamId::from(stream.connection));
    // Open before the client learns the id.
    let posts = stream
        .session
        .as_ref()
        .map(|session| stream.node.streams.open(stream.connection.id, session.hash(), &stream.node.limits, progress));
    tokio::spawn(serve(stream, EventSink::new(events), posts, gone));
    // `held` is dropped with the body: then the client is gone.
    let events = once(ready(first)).chain(written).map(move |bytes| (Ok::<_, Infallible>(bytes), &held).0);
    (HEADERS, Body::from_stream(events)).into_response()
}

/// Serves a stream until it ends or the client is gone. Without a session nothing is posted to it.
async fn serve(
    stream: Opened,
    sink: EventSink,
    posts: Option<(OpenStream, mpsc::Receiver<Incoming>)>,
    gone: oneshot::Receiver<Infallible>,
) {
    let (open, mut posted) = posts.unzip();
    let frames = poll_fn(move |context| {
        // Closed with the frames.
        let _ = &open;
        posted.as_mut().map_or(Poll::Pending, |posted| posted.poll_recv(context))
    });
    // The end of the body is for the reader what the last frame of a WebSocket is.
    let frames = frames.take_until(gone).chain(once(ready(Ok(Message::Close(None)))));
    stream.serve(sink, frames).await;
}
