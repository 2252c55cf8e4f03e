//! A signed cookie that lets a page go on by itself after it waited for a provider. It proves that this browser asked
//! for the sign-in; the page's URL does not, because anybody can write a link to it.

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

/// A sign-in that a visitor asked for while the provider was not ready.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ProviderWait {
    pub(super) provider: String,
    pub(super) next: String,
    pub(super) switch: bool,
    /// The guest who asked, if it was one.
    pub(super) guest: Option<AccountId>,
}

impl Node {
    /// Sets the cookie. A browser has one, so the latest wait counts.
    pub(super) fn wait_cookie(&self, wait: &ProviderWait, caller: &Caller) -> Result<HeaderValue, ServerError> {
        let token = Dated::new(Purpose::ProviderWait, wait, self.clock.now(), WAIT_TTL_S);
        self.write_wait(&token::sign(&self.auth.keys, &token)?, WAIT_TTL_S, caller)
    }

    /// Deletes the cookie.
    pub(super) fn spent_wait_cookie(&self, caller: &Caller) -> Result<HeaderValue, ServerError> {
        self.write_wait("", 0, caller)
    }

    /// Whether this browser waits for this sign-in.
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
