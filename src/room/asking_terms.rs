//! How long a request to come in lasts, and for how long who was declined cannot ask again.

use serde::{Deserialize, Serialize};

use crate::limits::{DECLINED_MS, REQUEST_MS};

/// The terms on which the owner is asked before somebody comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskingTerms {
    /// Milliseconds after which a request ends without an answer.
    pub request_ms: u64,
    /// Milliseconds for which somebody whom the owner has declined cannot ask again.
    pub declined_ms: u64,
}

impl AskingTerms {
    /// Those of this version.
    pub const TODAY: Self = Self { request_ms: REQUEST_MS, declined_ms: DECLINED_MS };
}
