//! Faults: errors that should not happen. They are logged once, at the edge. Clients get an opaque id, which identifies
//! the fault in the log.

use std::{
    error::Error,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use heartogether::refusal::Refusal;
use heartogether_app::api::ApiError;
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;

use crate::{
    metrics::{count_fault, count_refusal},
    random,
    storage::{
        StorageError,
        database::is_out_of_service,
        log::{LogError, redis::PasswordRefused},
    },
};

/// Something broke on this side.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerError {
    #[error("the room log failed")]
    Log(#[from] LogError),
    /// The room's log does not take it that an account is gone. Who tells rooms logs which room it is.
    #[error("a room could not be told that an account is gone")]
    RoomNotTold(#[source] LogError),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("no room code was free in {draws} draws")]
    NoFreeCode { draws: u32 },
    #[error("a cookie could not be written")]
    Cookie(#[from] axum::http::header::InvalidHeaderValue),
    #[error("a token could not be signed")]
    Token(#[from] jsonwebtoken::errors::Error),
    #[error("work was broken off")]
    Stopped(#[from] tokio::task::JoinError),
    #[error("a QR code could not be drawn")]
    QrCode(#[from] qrcode::types::QrError),
}

impl ServerError {
    /// Logs the fault with all its causes, and gives the id it is found by.
    pub(crate) fn report(&self) -> String {
        if self.is_storage_down() {
            report_storage(self);
            return String::new();
        }
        count_fault();
        let id = format!("{:08x}", u32::from_le_bytes(random::bytes()));
        tracing::error!(id, "{}", explain(self));
        id
    }

    /// Whether nodes of a newer version have to do it: this one does not understand the room.
    pub(crate) fn is_left_to_newer_nodes(&self) -> bool {
        matches!(self, Self::Log(LogError::NotUnderstood))
    }

    /// Whether nothing can be stored at the moment, by nobody: that is told to people as what it is.
    pub(crate) fn is_storage_down(&self) -> bool {
        match self {
            Self::Log(LogError::Storage(error)) | Self::RoomNotTold(LogError::Storage(error)) => {
                is_out_of_service(&**error)
            }
            Self::Storage(error) => is_out_of_service(error.cause()),
            _ => false,
        }
    }
}

impl From<ServerError> for ApiError {
    fn from(error: ServerError) -> Self {
        let id = error.report();
        if error.is_storage_down() { Refusal::StorageUnavailable.into() } else { Self::Fault(id) }
    }
}

/// The shortest time between two lines about the storage. While it fails everything fails, and the log may be on the same disk.
const STORAGE_REPORTS: Duration = Duration::from_secs(1);

/// Logs that the storage fails, once a second at most. That a password is refused is logged where it is found out.
#[expect(clippy::disallowed_methods, reason = "how often lines are written is no part of what happens in a room")]
pub(crate) fn report_storage(error: &(dyn Error + 'static)) {
    static REPORTED: Mutex<Option<Instant>> = Mutex::new(None);
    if is_caused_by::<PasswordRefused>(error) {
        return;
    }
    let mut reported = REPORTED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if reported.is_none_or(|at| at.elapsed() >= STORAGE_REPORTS) {
        *reported = Some(Instant::now());
        tracing::error!("the storage fails: {}", explain(error));
    }
}

/// An error with all its causes, in one line.
pub fn explain(error: &(dyn Error + 'static)) -> String {
    causes(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Whether an error is one of this type, or is caused by one.
fn is_caused_by<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    let is_shared = |cause: &Arc<dyn Error + Send + Sync>| (**cause).is::<E>();
    causes(error).any(|cause| cause.is::<E>() || cause.downcast_ref().is_some_and(is_shared))
}

/// An error and all its causes.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// An [`ApiError`] as a plain route answers it.
pub(crate) struct Answer(pub(crate) ApiError);

impl<E: Into<ApiError>> From<E> for Answer {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        note(&self.0);
        (status_of(&self.0), Json(self.0)).into_response()
    }
}

/// Counts what is refused over HTTP.
fn note(error: &ApiError) {
    if let ApiError::Refused(refusal) = error {
        count_refusal(*refusal);
    }
}

/// The status that says it to programs.
pub(crate) fn status_of(error: &ApiError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Bytes of an encoded [`ApiError`], generously.
const ERROR_BYTES: usize = 4 * 1024;

/// Gives the refusals of server functions their status. leptos answers every error with 500; a form that was posted
/// without a script is led back to its page and stays so.
pub(crate) async fn give_status(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let is_error = response.status() == StatusCode::INTERNAL_SERVER_ERROR;
    if !is_error || !response.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(body) = to_bytes(body, ERROR_BYTES).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    if let Ok(error) = serde_json::from_slice::<ApiError>(&body) {
        note(&error);
        head.status = status_of(&error);
    }
    Response::from_parts(head, Body::from(body))
}
