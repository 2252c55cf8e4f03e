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
    id::{MemberId, PictureId, RoomCode, RoomId},
    limits::{PICTURE_BYTES, PICTURES_PER_MESSAGE},
    refusal::Refusal,
    role::Permission,
    room::Picture,
};
use heartogether_app::{
    api::{Account, Scope, Visitor},
    pictures::picture_worker,
    routes,
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use crate::{
    auth::{Program, acting_for},
    error::{Answer, ServerError},
    http::CHECKED_EACH_TIME,
    random,
    rooms::Viewer,
    state::{AppState, Node},
    storage::{
        StorageError,
        accounts::Picture as Portrait,
        pictures::{Belonging, PictureBytes, Space},
    },
    uncancelled::finish,
};
use cleaning::clean;

/// KiB of uploads that are held in memory at once. Further bytes wait, so that only who sends much takes space from others.
pub(crate) const UPLOADS_KIB: usize = 256 * 1024;
/// How long the next bytes of an upload may take.
const NEXT_BYTES: Duration = Duration::from_secs(20);
/// What an id names never changes. Only its members may keep it.
const FOR_MEMBERS: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
/// Another sign-in can change what a member's account shows.
const FOR_AN_HOUR: HeaderValue = HeaderValue::from_static("private, max-age=3600");
/// A picture runs nothing, whatever its file contains.
const PICTURE_ALONE: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");

/// The paths of pictures.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/rooms/{code}/pictures", post(upload))
        .route("/pictures/{code}/{id}", get(picture))
        .route("/pictures/{code}/members/{member}", get(portrait))
        .route(routes::PICTURE_WORKER, get(worker))
}

impl Node {
    /// Whether an account has uploaded these pictures for a message of a room.
    ///
    /// # Errors
    /// [`StorageError`]; inside, [`Refusal::TooManyPictures`] or [`Refusal::PictureNotFound`].
    pub(crate) async fn check_pictures(
        &self,
        from: Belonging,
        pictures: &[Picture],
    ) -> Result<Result<(), Refusal>, StorageError> {
        if pictures.len() > PICTURES_PER_MESSAGE as usize {
            return Ok(Err(Refusal::TooManyPictures));
        }
        let is_theirs = self.pictures.can_send(from, pictures, self.clock.now()).await?;
        Ok(if is_theirs { Ok(()) } else { Err(Refusal::PictureNotFound) })
    }
}

/// `POST /api/rooms/{code}/pictures`: a member, or a program of theirs, uploads a picture, as it is. The answer describes it, as a message can have it.
async fn upload(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    program: Option<Extension<Program>>,
    Path(code): Path<String>,
    body: Body,
) -> Result<(StatusCode, Json<Picture>), Answer> {
    let account = acting_for(&visitor, program.as_deref(), Scope::SendMessages, Permission::Connect)?;
    let room = find(&node, &visitor, &account, &code, Permission::Converse).await?;
    if !node.command_limits.pictures.take(account.id, room, node.clock.now()).await {
        return Err(Refusal::TooManyRequests.into());
    }
    let (bytes, _held) = read(body, &node.uploads).await?;
    let cleaned = tokio::task::spawn_blocking(move || clean(&bytes)).await.map_err(ServerError::from)??;
    let (width, height) = (cleaned.width, cleaned.height);
    let picture = Picture { id: PictureId::from_bits(random::bits()), format: cleaned.format, width, height };
    let to = Belonging { room, account: account.id };
    let add = {
        let node = node.clone();
        let space = Space { room: node.limits.picture_bytes_per_room, account: node.limits.picture_bytes_per_account };
        async move { node.pictures.add(to, picture, cleaned.bytes, space, node.clock.now()).await }
    };
    finish(add).await?.map_err(ServerError::from)??;
    Ok((StatusCode::CREATED, Json(picture)))
}

/// `GET /pictures/{code}/{id}`: for members and their programs.
async fn picture(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    program: Option<Extension<Program>>,
    Path((code, id)): Path<(String, String)>,
) -> Result<Response, Answer> {
    let account = acting_for(&visitor, program.as_deref(), Scope::ReadMessages, Permission::Connect)?;
    let room = find(&node, &visitor, &account, &code, Permission::Converse).await?;
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

/// `GET /pictures/{code}/members/{member}`: the picture of a member's account, as the provider of their sign-in has told it, for those
/// who see the members.
async fn portrait(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    Path((code, member)): Path<(String, String)>,
) -> Result<Response, Answer> {
    let account = visitor.permit(Permission::Connect)?;
    let member: MemberId = member.parse().map_err(|_| Refusal::PictureNotFound)?;
    let room = find(&node, &visitor, account, &code, Permission::Converse).await?;
    let viewer = Viewer { account: account.id, kind: visitor.kind_of(account) };
    let pictured = node.rooms.open(room).pictured(viewer, member).await?;
    let found = node.store.picture(pictured).await.map_err(ServerError::from)?;
    let shown = show_portrait(found.ok_or(Refusal::PictureNotFound)?)?;
    Ok(([(header::CACHE_CONTROL, FOR_AN_HOUR)], shown).into_response())
}

/// The picture of an account, in an answer.
pub(crate) fn show_portrait(picture: Portrait) -> Result<Response, ServerError> {
    let media_type = HeaderValue::try_from(picture.media_type)?;
    let headers = [(header::CONTENT_TYPE, media_type), (header::CONTENT_SECURITY_POLICY, PICTURE_ALONE)];
    Ok((headers, picture.bytes).into_response())
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

/// Finds a room in which the visitor's account has a permission.
async fn find(
    node: &Arc<Node>,
    visitor: &Visitor,
    account: &Account,
    code: &str,
    permission: Permission,
) -> Result<RoomId, Answer> {
    let viewer = Viewer { account: account.id, kind: visitor.kind_of(account) };
    let permits = async |room| Ok(node.rooms.open(room).check(viewer, permission).await);
    Ok(node.find_for(RoomCode::parse(code)?, &visitor.caller, permits).await??)
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
