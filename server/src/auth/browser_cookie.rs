//! The browser's cookie: random bits that a log-out does not delete. By them a room recognises somebody who was removed
//! and comes back as a new guest. The cookie belongs to no account and no script can read it. Rooms get a keyed hash of
//! it.

use axum::{
    http::{HeaderMap, header},
    response::Response,
};
use heartogether_app::api::Caller;

use super::cookie::{self, Cookie};
use crate::{error::ServerError, random, state::Node};

/// Its name.
const NAME: &str = "heartogether.browser";
/// Its lifetime: a year.
const TTL_S: u64 = 365 * 24 * 60 * 60;

/// The bits in a browser's cookie.
pub(super) fn bits_of(headers: &HeaderMap) -> Option<u128> {
    let is_ours = |value: &&str| value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    cookie::all_values(headers, NAME).find(is_ours).and_then(|value| u128::from_str_radix(value, 16).ok())
}

/// Sets the cookie together with a session, if the browser has none.
pub(super) fn add_cookie(node: &Node, caller: &Caller, response: &mut Response) {
    let headers = response.headers_mut();
    let session = format!("{}=", node.config.cookie.session_cookie_name);
    let has_session =
        headers.get_all(header::SET_COOKIE).iter().any(|set| set.to_str().is_ok_and(|set| set.contains(&session)));
    if caller.browser.is_some() || !has_session {
        return;
    }
    let value = format!("{:032x}", random::bits());
    match Cookie::new(&node.config, caller, NAME, &value, TTL_S).header() {
        Ok(cookie) => _ = headers.append(header::SET_COOKIE, cookie),
        Err(error) => _ = ServerError::report(&error),
    }
}
