//! What stands between the network and the router: who calls and from where, how much of everything they may have, and
//! what browsers are told to refuse.
//!
//! `door` lets connections in, counts them as `places` and ends those without `progress`, `forwarded` finds out who calls,
//! `caller` tells the request and tells the caller their limits, `quotas` counts in `windows`, `seal` and `cors` bind the
//! browser, `redirect` leads to HTTPS, `starting` answers until the rooms are known, `refused_page` says no, `base_path` lets the
//! site lie below a path, `hints` tell the operator what the set-up lacks. Nothing here knows what a request is about.

mod address;
mod base_path;
mod caller;
mod cors;
mod door;
mod forwarded;
mod hints;
mod places;
mod progress;
mod quotas;
mod redirect;
mod refused_page;
mod seal;
mod starting;
mod windows;

pub(crate) use address::AddressBlock;
pub(crate) use base_path::below;
pub(crate) use caller::{admit, check_host, meet, require_host, tell};
pub(crate) use cors::cors;
pub(crate) use door::{Door, Peer};
pub(crate) use forwarded::{SEC_FETCH_SITE, TrustedProxies};
pub(crate) use hints::Hints;
pub(crate) use places::Places;
pub(crate) use quotas::{OpenRooms, Quotas};
pub(crate) use redirect::to_https;
pub(crate) use refused_page::refuse;
pub(crate) use seal::{seal, seal_page};
pub(crate) use starting::{Opening, until_ready};
