//! How a connection ends.

use axum::extract::ws::close_code;
use heartogether::refusal::Refusal;
use tungstenite::protocol::CloseFrame;

/// The last frames of a connection: a refusal if there is one, then the close code (RFC 6455, section 7.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CloseReason {
    refusal: Option<Refusal>,
    code: u16,
}

impl CloseReason {
    /// The client was silent for too long, or closed the connection.
    pub(crate) const GONE: Self = Self { refusal: None, code: close_code::AWAY };
    /// The server stops, is replaced, or leaves a room to another one. The client connects again at once.
    pub(crate) const STOPPING: Self = Self { refusal: None, code: close_code::AWAY };
    /// A fault of the server.
    pub(crate) const FAULT: Self = Self { refusal: None, code: close_code::ERROR };
    /// The message is not text of this protocol.
    pub(crate) const NOT_TEXT: Self = Self { refusal: Some(Refusal::FrameMalformed), code: close_code::UNSUPPORTED };
    /// The client sent invalid frames, or frames in a wrong order (RFC 6455, section 7.4.1).
    pub(crate) const NO_WEBSOCKET: Self = Self { refusal: Some(Refusal::FrameMalformed), code: close_code::PROTOCOL };
    /// Text that is not UTF-8.
    pub(crate) const NOT_UTF8: Self = Self { refusal: Some(Refusal::FrameMalformed), code: close_code::INVALID };

    /// The client reads more slowly than its room sends.
    pub(crate) const TOO_SLOW: Self = Self::refused(Refusal::TooSlow);

    /// The connection is closed for this reason.
    pub(crate) const fn refused(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::FrameTooLarge => close_code::SIZE,
            Refusal::StorageUnavailable => close_code::AGAIN,
            _ => close_code::POLICY,
        };
        Self { refusal: Some(refusal), code }
    }

    pub(super) const fn refusal(self) -> Option<Refusal> {
        self.refusal
    }

    pub(super) fn close_frame(self) -> CloseFrame {
        let reason = self.refusal.map(Refusal::code).unwrap_or_default();
        CloseFrame { code: self.code.into(), reason: reason.into() }
    }
}
