//! Faults: what should not happen, logged once at the edge. Clients see an opaque id that finds it in the log.

use std::error::Error;

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use heartogether_app::api::ApiError;
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;

use crate::{log::LogError, random, store::StoreError};

/// Something broke on this side.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerError {
    #[error("the room log failed")]
    Log(#[from] LogError),
    #[error("the store failed")]
    Store(#[from] StoreError),
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
        let id = format!("{:08x}", u32::from_le_bytes(random::bytes()));
        tracing::error!(id, "{}", explain(self));
        id
    }
}

impl From<ServerError> for ApiError {
    fn from(error: ServerError) -> Self {
        Self::Fault(error.report())
    }
}

/// An error with all its causes, in one line.
pub fn explain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
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
        (status_of(&self.0), Json(self.0)).into_response()
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
        head.status = status_of(&error);
    }
    Response::from_parts(head, Body::from(body))
}
