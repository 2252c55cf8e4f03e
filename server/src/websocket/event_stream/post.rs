//! Takes the frames that a client posts to its event stream.

use std::sync::Arc;

use axum::{
    Extension,
    body::Bytes,
    extract::{
        Path, Query, State,
        rejection::{BytesRejection, QueryRejection},
    },
    http::StatusCode,
};
use heartogether::refusal::Refusal;
use serde::Deserialize;

use super::stream_id::StreamId;
use crate::{
    auth::CurrentSession,
    cluster::message::{SessionHash, StreamPost},
    error::Answer,
    state::Node,
};

/// Which frames are posted.
#[derive(Deserialize)]
pub(crate) struct Numbers {
    /// The number of the first one.
    first: u64,
}

/// `POST /api/stream/{id}?first=NUMBER`: frames, each on a line. A frame that was taken before is passed over, so a post may be
/// repeated.
pub(crate) async fn post(
    State(node): State<Arc<Node>>,
    session: Option<Extension<CurrentSession>>,
    Path(id): Path<String>,
    numbers: Result<Query<Numbers>, QueryRejection>,
    frames: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Answer> {
    let Extension(session) = session.ok_or(Refusal::NotSignedIn)?;
    let StreamId { node: to, connection } = id.parse().map_err(|_| Refusal::ConnectionNotFound)?;
    let Query(Numbers { first }) = numbers.map_err(|_| Refusal::FrameMalformed)?;
    let frames = frames.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::FrameTooLarge,
        _ => Refusal::FrameMalformed,
    })?;
    let frames = String::from_utf8(frames.into()).map_err(|_| Refusal::FrameMalformed)?;
    let post = StreamPost { stream: connection, session: SessionHash(session.hash()), first, frames };
    match to == node.id {
        true => node.streams.take(&post).await?,
        false => node.carried_posts.carry(&*node.bus, node.id, to, post).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}
