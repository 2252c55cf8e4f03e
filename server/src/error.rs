//! Faults: what should not happen, logged once at the edge. Clients see an opaque id that finds it in the log.

use std::error::Error;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use heartogether::refusal::Refusal;
use heartogether_app::api::ApiError;
use serde_json::json;

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
        match self.0 {
            ApiError::Refused(refusal) => {
                let body = json!({ "error": refusal.code(), "message": refusal.text() });
                (status_of(refusal), Json(body)).into_response()
            }
            ApiError::Fault(id) => {
                (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": "fault", "id": id }))).into_response()
            }
            ApiError::Unreachable => StatusCode::BAD_GATEWAY.into_response(),
        }
    }
}

fn status_of(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::NotSignedIn => StatusCode::UNAUTHORIZED,
        Refusal::NotOwner | Refusal::NotAllowed | Refusal::NotAMember | Refusal::OriginNotAllowed => {
            StatusCode::FORBIDDEN
        }
        Refusal::RoomNotFound | Refusal::MemberNotFound => StatusCode::NOT_FOUND,
        Refusal::RoomFull | Refusal::HostElsewhere | Refusal::SessionReplaced | Refusal::StreamNotReady => {
            StatusCode::CONFLICT
        }
        Refusal::RoomEnded => StatusCode::GONE,
        Refusal::FrameTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::TooManyFrames | Refusal::TooSlow => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::BAD_REQUEST,
    }
}
