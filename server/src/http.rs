//! The layer between the network and the router: it finds out who calls, applies limits, and tells browsers what to
//! refuse.
//!
//! | module | what it does |
//! | --- | --- |
//! | `listener` | accepts connections; `connection_limit` counts them, `idle_timeout` closes those without progress |
//! | `forwarded`, `client_address` | find out who calls; `address_block` says what counts as one address |
//! | `rate_limits` | limits by account and address, counted in a `fixed_window` |
//! | `security_headers`, `cors`, `cache_control` | tell the browser what to refuse, which other sites may read answers, and what to cache |
//! | `redirect`, `base_path` | redirect to HTTPS, and serve the site below a path |
//! | `before_ready`, `refusal_page` | answer before the rooms are known, and when a request is refused |
//! | `request_id`, `measuring` | give requests an id for the log, and measure how long they take |
//! | `setup_hints` | tell the operator what is missing in the set-up |
//!
//! Nothing here depends on the content of a request.

mod address_block;
mod base_path;
mod before_ready;
mod cache_control;
mod client_address;
mod connection_limit;
mod cors;
mod fixed_window;
mod forwarded;
mod idle_timeout;
mod listener;
mod measuring;
mod rate_limits;
mod redirect;
mod refusal_page;
mod request_id;
mod security_headers;
mod setup_hints;

pub(crate) use address_block::AddressBlock;
pub(crate) use base_path::below;
pub(crate) use before_ready::{BeforeReady, until_ready};
pub(crate) use cache_control::{CHECKED_EACH_TIME, FOR_AN_HOUR, FOR_ONE_VISITOR, FOR_ONE_VISITOR_FOR_GOOD, IMMUTABLE};
pub(crate) use client_address::{admit, check_host, meet, require_host, tell};
pub(crate) use connection_limit::ConnectionLimit;
pub(crate) use cors::cors;
pub(crate) use forwarded::{SEC_FETCH_SITE, TrustedProxies};
pub(crate) use idle_timeout::IdleTimeout;
pub(crate) use listener::{Listener, Peer};
pub(crate) use measuring::measure;
pub(crate) use rate_limits::{OpenRooms, RateLimits, SharedLimits};
pub(crate) use redirect::to_https;
pub(crate) use refusal_page::{no_advice, refuse};
pub(crate) use request_id::identify_request;
pub(crate) use security_headers::{add_page_policy, add_security_headers};
pub(crate) use setup_hints::SetupHints;
