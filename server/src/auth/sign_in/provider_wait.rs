//! What lets a page that was told to wait for a provider go on by itself: a signed cookie which says that this browser was
//! on its way there. The page's address alone says nothing, since anybody can write a link to it.

use axum::http::{HeaderMap, HeaderValue};
use heartogether::id::AccountId;
use heartogether_app::api::Caller;
use serde::{Deserialize, Serialize};

use super::super::{
    cookie::{self, Cookie},
    token::{self, Dated, Purpose},
};
use crate::{error::ServerError, state::Node};

/// Seconds that a provider may take to wake up, with a few further tries.
const WAIT_TTL_S: u64 = 10 * 60;

/// A way that a visitor has asked for, and that was not open yet.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ProviderWait {
    pub(super) provider: String,
    pub(super) next: String,
    pub(super) switch: bool,
    /// The guest who asked, if it was one.
    pub(super) guest: Option<AccountId>,
}

impl Node {
    /// Remembers that this browser waits; of several waits, the latest.
    pub(super) fn wait_cookie(&self, wait: &ProviderWait, caller: &Caller) -> Result<HeaderValue, ServerError> {
        let token = Dated::new(Purpose::ProviderWait, wait, self.clock.now(), WAIT_TTL_S);
        self.write_wait(&token::sign(&self.auth.keys, &token)?, WAIT_TTL_S, caller)
    }

    /// Takes it away again.
    pub(super) fn spent_wait_cookie(&self, caller: &Caller) -> Result<HeaderValue, ServerError> {
        self.write_wait("", 0, caller)
    }

    /// Whether this browser waits for just that.
    pub(super) fn waits(&self, headers: &HeaderMap, wait: &ProviderWait) -> bool {
        let (keys, now) = (&self.auth.keys, self.clock.now());
        let name = self.wait_cookie_name();
        cookie::all_values(headers, &name)
            .filter_map(|value| token::verify::<ProviderWait>(keys, Purpose::ProviderWait, value, now))
            .any(|verified| verified.token.is_current(now) && verified.token.content == *wait)
    }

    fn write_wait(&self, value: &str, max_age_s: u64, caller: &Caller) -> Result<HeaderValue, ServerError> {
        Cookie::new(&self.config, caller, &self.wait_cookie_name(), value, max_age_s).header()
    }

    fn wait_cookie_name(&self) -> String {
        format!("{}.wait", self.config.cookie.session_cookie_name)
    }
}
