//! What stands between the network and the router: who calls and from where, how much of everything they may have, and
//! what browsers are told to refuse.
//!
//! `door` lets connections in, counts them as `places` and ends those without `progress`, `forwarded` finds out who calls,
//! `caller` tells the request and tells the caller their limits, `quotas` counts in `windows`, `seal` and `cors` bind the
//! browser, `redirect` leads to HTTPS, `starting` answers until the rooms are known, `refused_page` says no, `base_path` lets the
//! site lie below a path, `hints` tell the operator what the set-up lacks. Nothing here knows what a request is about.

mod address_block;
mod base_path;
mod before_ready;
mod client_address;
mod connection_limit;
mod cors;
mod fixed_window;
mod forwarded;
mod idle_timeout;
mod listener;
mod rate_limits;
mod redirect;
mod refusal_page;
mod security_headers;
mod setup_hints;

pub(crate) use address_block::AddressBlock;
pub(crate) use base_path::below;
pub(crate) use before_ready::{BeforeReady, until_ready};
pub(crate) use client_address::{admit, check_host, meet, require_host, tell};
pub(crate) use connection_limit::ConnectionLimit;
pub(crate) use cors::cors;
pub(crate) use forwarded::{SEC_FETCH_SITE, TrustedProxies};
pub(crate) use listener::{Listener, Peer};
pub(crate) use rate_limits::{OpenRooms, RateLimits};
pub(crate) use redirect::to_https;
pub(crate) use refusal_page::refuse;
pub(crate) use security_headers::{add_page_policy, add_security_headers};
pub(crate) use setup_hints::SetupHints;
