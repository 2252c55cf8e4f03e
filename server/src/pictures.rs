//! Pictures in messages over HTTP: members upload them before they send the message, and get them by their ids.

mod cleaning;

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Json, Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures::StreamExt;
use heartogether::{
    id::{PictureId, RoomCode, RoomId},
    limits::PICTURE_BYTES,
    refusal::Refusal,
    role::Permission,
    room::Picture,
};
use heartogether_app::{api::Visitor, pictures::picture_worker, routes};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use crate::{
    error::{Answer, ServerError},
    http::CHECKED_EACH_TIME,
    json_api::viewer,
    random,
    rooms::Viewer,
    state::{AppState, Node},
    storage::pictures::{Belonging, PictureBytes, Space},
    uncancelled::finish,
};
use cleaning::clean;

/// KiB of uploads that are held in memory at once. Further bytes wait, so that only who sends much takes space from others.
pub(crate) const UPLOADS_KIB: usize = 256 * 1024;
/// How long the next bytes of an upload may take.
const NEXT_BYTES: Duration = Duration::from_secs(20);
/// What an id names never changes. Only its members may keep it.
const FOR_MEMBERS: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
/// A picture runs nothing, whatever its file contains.
const PICTURE_ALONE: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");

/// The paths of pictures.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/rooms/{code}/pictures", post(upload))
        .route("/pictures/{code}/{id}", get(picture))
        .route(routes::PICTURE_WORKER, get(worker))
}

/// `POST /api/rooms/{code}/pictures`: a member uploads a picture, as it is. The answer describes it, as a message can have it.
async fn upload(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    Path(code): Path<String>,
    body: Body,
) -> Result<(StatusCode, Json<Picture>), Answer> {
    let (viewer, room) = find(&node, &visitor, &code, Permission::Converse).await?;
    if !node.command_limits.pictures.take(viewer.account, room, node.clock.now()).await {
        return Err(Refusal::TooManyRequests.into());
    }
    let (bytes, _held) = read(body, &node.uploads).await?;
    let cleaned = tokio::task::spawn_blocking(move || clean(&bytes)).await.map_err(ServerError::from)??;
    let (width, height) = (cleaned.width, cleaned.height);
    let picture = Picture { id: PictureId::from_bits(random::bits()), format: cleaned.format, width, height };
    let to = Belonging { room, account: viewer.account };
    let add = {
        let node = node.clone();
        let space = Space { room: node.limits.picture_bytes_per_room, account: node.limits.picture_bytes_per_account };
        async move { node.pictures.add(to, picture, cleaned.bytes, space, node.clock.now()).await }
    };
    finish(add).await?.map_err(ServerError::from)??;
    Ok((StatusCode::CREATED, Json(picture)))
}

/// `GET /pictures/{code}/{id}`: for members.
async fn picture(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    Path((code, id)): Path<(String, String)>,
) -> Result<Response, Answer> {
    let (_, room) = find(&node, &visitor, &code, Permission::ReadMessages).await?;
    let id: PictureId = id.parse().map_err(|_| Refusal::PictureNotFound)?;
    let found = node.pictures.read(room, id).await.map_err(ServerError::from)?;
    let PictureBytes { format, length, stream } = found.ok_or(Refusal::PictureNotFound)?;
    let named = format!("inline; filename=\"picture.{}\"", format.extension());
    let named = HeaderValue::try_from(named).map_err(ServerError::from)?;
    let headers: [(HeaderName, HeaderValue); 5] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(format.media_type())),
        (header::CONTENT_LENGTH, length.into()),
        (header::CONTENT_DISPOSITION, named),
        (header::CACHE_CONTROL, FOR_MEMBERS),
        (header::CONTENT_SECURITY_POLICY, PICTURE_ALONE),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}

/// `GET /pictures.js`: the script of the worker that uploads pictures. It asks only this server.
async fn worker() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
        (header::CACHE_CONTROL, CHECKED_EACH_TIME),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; connect-src 'self'")),
    ];
    (headers, picture_worker()).into_response()
}

/// Finds a room in which the visitor has a permission.
async fn find(
    node: &Arc<Node>,
    visitor: &Visitor,
    code: &str,
    permission: Permission,
) -> Result<(Viewer, RoomId), Answer> {
    let viewer = viewer(visitor)?;
    let permits = async |room| Ok(node.rooms.open(room).check(viewer, permission).await);
    let room = node.find_for(RoomCode::parse(code)?, &visitor.caller, permits).await??;
    Ok((viewer, room))
}

/// The bytes of a request, as long as they are not too many, with the space that they take.
async fn read(body: Body, space: &Semaphore) -> Result<(Vec<u8>, Option<SemaphorePermit<'_>>), Refusal> {
    let (mut bytes, mut held, mut stream) = (Vec::new(), None::<SemaphorePermit<'_>>, body.into_data_stream());
    loop {
        let next = timeout(NEXT_BYTES, stream.next()).await.map_err(|_| Refusal::TooSlow)?;
        let more = match next {
            None => return Ok((bytes, held)),
            Some(Ok(more)) if bytes.len() + more.len() > PICTURE_BYTES => return Err(Refusal::PictureTooLarge),
            Some(Ok(more)) => more,
            Some(Err(_)) => return Err(Refusal::PictureUnreadable),
        };
        let kib = u32::try_from(more.len().div_ceil(1024)).unwrap_or(u32::MAX);
        let taken = timeout(NEXT_BYTES, space.acquire_many(kib)).await.map_err(|_| Refusal::TooManyRequests)?;
        match (&mut held, taken) {
            (Some(held), Ok(taken)) => held.merge(taken),
            // Nobody closes it.
            (held, taken) => *held = taken.ok(),
        }
        bytes.extend_from_slice(&more);
    }
}
