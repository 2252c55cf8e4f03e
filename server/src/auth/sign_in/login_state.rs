//! The state of a sign-in that is under way, in a signed cookie for each. The server stores nothing for those who do
//! not come back, and several tabs can sign in at once.

use axum::http::{HeaderMap, HeaderValue};
use heartogether::{id::AccountId, time::Timestamp};
use heartogether_app::{api::Caller, routes::Destination};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::{
    cookie::{self, Cookie},
    token::{self, Dated, Purpose},
};
use crate::{error::ServerError, random, state::Node, storage::accounts::TokenHash};

/// Seconds in which a visitor has to sign in at the provider.
const FLOW_TTL_S: u64 = 10 * 60;
/// Seconds for which the browser keeps the page to return to.
const COOKIE_TTL_S: u64 = 60 * 60;
/// Hexadecimal digits of a state.
const STATE_CHARS: usize = 32;
/// Sign-ins under way in one browser, at most; the oldest are given up. Browsers limit the number of cookies, and
/// servers the bytes of a request.
const FLOWS: usize = 4;
/// Digits of a state that are in a cookie's name.
const NAME_CHARS: usize = 8;

/// One sign-in at a provider.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::auth) struct LoginState {
    pub(super) provider: String,
    /// Sent back with the response (RFC 6749, section 10.12).
    pub(super) state: String,
    /// Sent back in the ID token.
    pub(super) nonce: String,
    /// Proves that the code was ours (RFC 7636).
    pub(super) verifier: String,
    pub(super) callback_url: String,
    /// The page that the visitor wanted.
    pub(super) next: String,
    /// The guest who asked, if it was one.
    pub(super) guest: Option<AccountId>,
}

impl LoginState {
    /// A new sign-in.
    pub(in crate::auth) fn draw(
        provider: &str,
        callback_url: String,
        next: Destination,
        guest: Option<AccountId>,
    ) -> Self {
        let secret = || format!("{:032x}", random::bits());
        Self {
            provider: provider.to_owned(),
            state: secret(),
            nonce: secret(),
            verifier: String::new(),
            callback_url,
            next: next.path(),
            guest,
        }
    }

    /// The hash by which the store knows that this sign-in is completed.
    pub(super) fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(&self.state).into())
    }

    /// When its cookie expires.
    pub(super) fn spent_until(&self, now: Timestamp) -> Timestamp {
        now.after_ms(FLOW_TTL_S * 1000)
    }
}

impl Node {
    /// Its cookie.
    pub(super) fn flow_cookie(&self, flow: &LoginState, caller: &Caller) -> Result<HeaderValue, ServerError> {
        let token = Dated::new(Purpose::SignIn, flow, self.clock.now(), FLOW_TTL_S);
        let value = token::sign(&self.auth.keys, &token)?;
        self.write(&self.cookie_name(&flow.state), &value, COOKIE_TTL_S, caller)
    }

    /// Deletes its cookie.
    pub(super) fn spent_flow_cookie(&self, flow: &LoginState, caller: &Caller) -> Result<HeaderValue, ServerError> {
        self.write(&self.cookie_name(&flow.state), "", 0, caller)
    }

    /// Deletes the cookies of the oldest sign-ins of a browser, so that there is room for one more.
    pub(super) fn surplus_flow_cookies(
        &self,
        headers: &HeaderMap,
        caller: &Caller,
    ) -> Result<Vec<HeaderValue>, ServerError> {
        let (keys, now) = (&self.auth.keys, self.clock.now());
        let pairs = cookie::pairs(headers).map(|(name, value)| (cookie::without_prefix(name), value));
        let mut flows: Vec<_> = pairs.filter(|(name, _)| self.is_cookie_name(name)).collect();
        // A cookie that cannot be read counts as the oldest.
        flows.sort_by_cached_key(|(_, value)| {
            token::verify::<LoginState>(keys, Purpose::SignIn, value, now).map_or(0, |verified| verified.token.iat)
        });
        let surplus = (flows.len() + 1).saturating_sub(FLOWS);
        flows[..surplus].iter().map(|(name, _)| self.write(name, "", 0, caller)).collect()
    }

    fn write(&self, name: &str, value: &str, max_age_s: u64, caller: &Caller) -> Result<HeaderValue, ServerError> {
        Cookie::new(&self.config, caller, name, value, max_age_s).header()
    }

    /// The sign-in that a response belongs to, expired or not. It must be of this browser and of this provider.
    pub(super) fn find_flow(&self, headers: &HeaderMap, provider: &str, state: &str) -> Option<Dated<LoginState>> {
        let is_state = state.len() == STATE_CHARS && state.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let name = is_state.then(|| self.cookie_name(state))?;
        let (keys, now) = (&self.auth.keys, self.clock.now());
        let verified =
            cookie::all_values(headers, &name).find_map(|value| token::verify(keys, Purpose::SignIn, value, now));
        let flow: Dated<LoginState> = verified?.token;
        (flow.content.state == state && flow.content.provider == provider).then_some(flow)
    }

    /// Whether it is one that [`Node::cookie_name`] gives.
    fn is_cookie_name(&self, name: &str) -> bool {
        let digits = name.strip_prefix(&self.config.cookie.session_cookie_name).and_then(|rest| rest.strip_prefix('.'));
        digits.is_some_and(|digits| digits.len() == NAME_CHARS && digits.bytes().all(|b| b.is_ascii_hexdigit()))
    }

    fn cookie_name(&self, state: &str) -> String {
        format!("{}.{}", self.config.cookie.session_cookie_name, state.get(..NAME_CHARS).unwrap_or(state))
    }
}
