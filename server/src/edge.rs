//! What stands between the network and the router: who calls and from where, how much of everything they may have, and
//! what browsers are told to refuse.
//!
//! `door` lets connections in, counts them as `places` and ends those without `progress`, `forwarded` finds out who calls,
//! `caller` tells the request and tells the caller their limits, `quotas` counts in `windows`, `seal` and `cors` bind the
//! browser, `redirect` leads to HTTPS, `starting` answers until the rooms are known. Nothing here knows what a request is about.

mod address;
mod caller;
mod cors;
mod door;
mod forwarded;
mod places;
mod progress;
mod quotas;
mod redirect;
mod seal;
mod starting;
mod windows;

pub(crate) use address::AddressBlock;
pub(crate) use caller::{admit, meet, tell};
pub(crate) use cors::cors;
pub(crate) use door::{Door, Peer};
pub(crate) use forwarded::TrustedProxies;
pub(crate) use places::Places;
pub(crate) use quotas::{OpenRooms, Quotas};
pub(crate) use redirect::to_https;
pub(crate) use seal::{seal, seal_page};
pub(crate) use starting::{Opening, until_ready};
