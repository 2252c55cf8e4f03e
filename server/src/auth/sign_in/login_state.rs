//! What a browser keeps while it is away at a provider: a signed cookie for each way there, so that the server keeps
//! nothing for those who do not come back, and several tabs can be on their way at once.

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

/// Seconds that somebody may take to sign in.
const FLOW_TTL_S: u64 = 10 * 60;
/// Seconds for which the browser still knows where it was going.
const COOKIE_TTL_S: u64 = 60 * 60;
/// Hexadecimal digits of a state.
const STATE_CHARS: usize = 32;
/// Ways that one browser can be on at once; of more, the oldest are given up. A browser has room for so many cookies, and a
/// request for so many bytes.
const FLOWS: usize = 4;
/// Digits of a state that tell one cookie from another.
const NAME_CHARS: usize = 8;

/// One way to a provider and back.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::auth) struct LoginState {
    pub(super) provider: String,
    /// Comes back with the answer (RFC 6749, section 10.12).
    pub(super) state: String,
    /// Comes back in the ID token.
    pub(super) nonce: String,
    /// Proves that the code was ours (RFC 7636).
    pub(super) verifier: String,
    pub(super) callback_url: String,
    /// Where the visitor was going.
    pub(super) next: String,
    /// The guest who asked, if it was one.
    pub(super) guest: Option<AccountId>,
}

impl LoginState {
    /// A way that nobody has gone.
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

    /// What it is remembered by once it has been gone.
    pub(super) fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(&self.state).into())
    }

    /// When its cookie is worth nothing in any case.
    pub(super) fn spent_until(&self, now: Timestamp) -> Timestamp {
        now.after_ms(FLOW_TTL_S * 1000)
    }
}

impl Node {
    /// The cookie that goes along.
    pub(super) fn flow_cookie(&self, flow: &LoginState, caller: &Caller) -> Result<HeaderValue, ServerError> {
        let token = Dated::new(Purpose::SignIn, flow, self.clock.now(), FLOW_TTL_S);
        let value = token::sign(&self.auth.keys, &token)?;
        self.write(&self.cookie_name(&flow.state), &value, COOKIE_TTL_S, caller)
    }

    /// Takes the cookie away.
    pub(super) fn spent_flow_cookie(&self, flow: &LoginState, caller: &Caller) -> Result<HeaderValue, ServerError> {
        self.write(&self.cookie_name(&flow.state), "", 0, caller)
    }

    /// What takes the oldest ways away from a browser, so that there is room for one more.
    pub(super) fn surplus_flow_cookies(
        &self,
        headers: &HeaderMap,
        caller: &Caller,
    ) -> Result<Vec<HeaderValue>, ServerError> {
        let (keys, now) = (&self.auth.keys, self.clock.now());
        let pairs = cookie::pairs(headers).map(|(name, value)| (cookie::without_prefix(name), value));
        let mut flows: Vec<_> = pairs.filter(|(name, _)| self.is_cookie_name(name)).collect();
        // What cannot be read is the oldest of all.
        flows.sort_by_cached_key(|(_, value)| {
            token::verify::<LoginState>(keys, Purpose::SignIn, value, now).map_or(0, |verified| verified.token.iat)
        });
        let surplus = (flows.len() + 1).saturating_sub(FLOWS);
        flows[..surplus].iter().map(|(name, _)| self.write(name, "", 0, caller)).collect()
    }

    fn write(&self, name: &str, value: &str, max_age_s: u64, caller: &Caller) -> Result<HeaderValue, ServerError> {
        Cookie::new(&self.config, caller, name, value, max_age_s).header()
    }

    /// The way that an answer belongs to, current or not: this browser has gone it, and to this provider.
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
