//! The error that a program or a page gets if a request fails.

use heartogether::refusal::Refusal;
use leptos::{prelude::FromServerFnError, server_fn::error::ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use super::json_text::JsonTextEncoding;
use crate::{
    locale::{self, Phrase},
    text,
};

/// Why something was not done. Server functions and plain routes write it in one form: `error` is a refusal's code, `fault` or
/// `unreachable`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Told", try_from = "Told")]
pub enum ApiError {
    /// A typed "no".
    Refused(Refusal),
    /// Something broke on the server; the id finds it in the log.
    Fault(String),
    /// The server could not be reached, or what came back was not understood.
    Unreachable,
}

impl ApiError {
    /// What a person is told.
    pub(crate) fn phrase(&self) -> Phrase {
        match self {
            Self::Refused(refusal) => locale::refusal(*refusal).into(),
            Self::Fault(id) => text::failure::fault(id.as_str()),
            Self::Unreachable => text::failure::UNREACHABLE.into(),
        }
    }

    /// The same in English, for whoever reads what programs get. Pages send no errors.
    fn message(&self) -> String {
        #[cfg(feature = "ssr")]
        let message = locale::english(self.phrase());
        #[cfg(not(feature = "ssr"))]
        let message = String::new();
        message
    }

    /// The HTTP status that says so to programs (RFC 9110, section 15).
    pub const fn status(&self) -> u16 {
        match self {
            Self::Refused(refusal) => status_of(*refusal),
            Self::Fault(_) => 500,
            Self::Unreachable => 503,
        }
    }
}

const fn status_of(refusal: Refusal) -> u16 {
    match refusal {
        Refusal::NotSignedIn => 401,
        Refusal::NotOwner
        | Refusal::GuestsListenOnly
        | Refusal::GuestsOff
        | Refusal::ScopeMissing
        | Refusal::Banned
        | Refusal::NotAllowed
        | Refusal::NotAMember
        | Refusal::Removed
        | Refusal::OriginNotAllowed => 403,
        Refusal::RoomNotFound
        | Refusal::MemberNotFound
        | Refusal::MessageNotFound
        | Refusal::PictureNotFound
        | Refusal::ProviderUnknown
        | Refusal::ConnectionNotFound => 404,
        // No time makes another try worth it, as one that is too early would be told.
        Refusal::RoomFull
        | Refusal::AddressFull
        | Refusal::HostElsewhere
        | Refusal::SessionReplaced
        | Refusal::StreamNotReady
        | Refusal::TooManyRooms
        | Refusal::PictureSpaceUsedUp
        | Refusal::TooManyTokens => 409,
        Refusal::RoomEnded | Refusal::ReopenTooLate => 410,
        Refusal::FrameTooLarge | Refusal::PictureTooLarge => 413,
        Refusal::PictureUnreadable => 415,
        // The server cannot answer for this host (RFC 9110, section 15.5.20).
        Refusal::HostUnknown => 421,
        Refusal::ProviderUnreachable
        | Refusal::StorageUnavailable
        | Refusal::RoomUnreadable
        | Refusal::ServerStarting
        | Refusal::ServerFull => 503,
        Refusal::TooManyFrames
        | Refusal::TooManyMessages
        | Refusal::TooManyReactions
        | Refusal::TooManyRequests
        | Refusal::TooManyConnections
        | Refusal::TooSlow => 429,
        _ => 400,
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Fault(id) => write!(f, "{FAULT} {id}"),
            Self::Unreachable => f.write_str(UNREACHABLE),
        }
    }
}

impl std::error::Error for ApiError {}

impl FromServerFnError for ApiError {
    type Encoder = JsonTextEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        use ServerFnErrorErr::{Args, Deserialization, MissingArg};
        match error {
            Args(_) | MissingArg(_) => Self::Refused(Refusal::FrameMalformed),
            // What a page sent; in a page, it is what came back.
            Deserialization(_) if cfg!(feature = "ssr") => Self::Refused(Refusal::FrameMalformed),
            _ => Self::Unreachable,
        }
    }
}

/// An [`ApiError`] as it is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Told {
    error: String,
    /// What a person is told; for whoever reads it, and not read back.
    #[serde(default)]
    message: String,
    /// What a fault is found by in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

const FAULT: &str = "fault";
const UNREACHABLE: &str = "unreachable";

impl From<ApiError> for Told {
    fn from(error: ApiError) -> Self {
        let message = error.message();
        let (error, id) = match error {
            ApiError::Refused(refusal) => (refusal.code(), None),
            ApiError::Fault(id) => (FAULT, Some(id)),
            ApiError::Unreachable => (UNREACHABLE, None),
        };
        Self { error: error.to_owned(), message, id }
    }
}

impl TryFrom<Told> for ApiError {
    type Error = &'static str;

    fn try_from(told: Told) -> Result<Self, Self::Error> {
        match told.error.as_str() {
            FAULT => Ok(Self::Fault(told.id.unwrap_or_default())),
            UNREACHABLE => Ok(Self::Unreachable),
            code => Refusal::parse(code).map(Self::Refused).ok_or("no error has this code"),
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_as_it_was_written() {
        for error in
            [ApiError::Refused(Refusal::RoomFull), ApiError::Fault("1a2b3c4d".to_owned()), ApiError::Unreachable]
        {
            assert_eq!(ApiError::de(error.ser()), error);
        }
    }

    #[test]
    fn a_refusal_is_written_with_its_code_and_its_text() {
        let written =
            format!(r#"{{"error":"room_full","message":"{}"}}"#, locale::english(locale::refusal(Refusal::RoomFull)));
        assert_eq!(ApiError::from(Refusal::RoomFull).ser(), written.as_bytes());
    }

    #[test]
    fn other_answers_are_read_as_malformed() {
        for answer in ["", "<html>", r#"{"error":"of another version"}"#] {
            assert_eq!(ApiError::de(answer.to_owned().into()), Refusal::FrameMalformed.into(), "{answer}");
        }
    }
}
