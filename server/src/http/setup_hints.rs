//! Hints in the log for the operator, each once: which setting or which proxy header is missing.

use std::{
    net::IpAddr,
    sync::atomic::{AtomicBool, Ordering},
};

use axum::http::{HeaderMap, header};
use heartogether_app::api::Caller;

use super::{Peer, forwarded::is_forwarded};
use crate::config::Config;

/// The hints that were given in this run.
#[derive(Default)]
pub(crate) struct SetupHints {
    untrusted_proxy: AtomicBool,
    no_public_url: AtomicBool,
    no_upgrade: AtomicBool,
    foreign_origin: AtomicBool,
}

impl SetupHints {
    /// Checks the headers of a request.
    pub(super) fn see(&self, config: &Config, peer: &Peer, caller: &Caller, headers: &HeaderMap) {
        if is_forwarded(headers) && !config.http.trusted_proxies().contain(peer.address) {
            once(&self.untrusted_proxy, || {
                match is_local(peer.address) {
                true => format!(
                    "requests come with X-Forwarded or Forwarded headers from {address}, which is not among TRUSTED_PROXIES, \
                     so they mean nothing. If that is your proxy, set TRUSTED_PROXIES={address}",
                    address = peer.address
                ),
                // Most likely a visitor, whose address must not be logged.
                false => "a request came with X-Forwarded or Forwarded headers from an address that is not among \
                     TRUSTED_PROXIES, so they mean nothing. If a proxy stands in front, set TRUSTED_PROXIES to its address"
                    .to_owned(),
            }
            });
        }
        let public_name = caller.authority.as_ref().filter(|authority| !authority.host().is_never_public_name());
        if let Some(authority) = public_name.filter(|_| config.public_url.is_none()) {
            let scheme = if caller.is_on_https { "https" } else { "http" };
            once(&self.no_public_url, || {
                format!(
                    "people come to this server as {authority}. If that is its name, set PUBLIC_URL={scheme}://{authority}: \
                     requests under other names are refused then"
                )
            });
        }
    }

    /// Called when a request for a WebSocket arrived as an ordinary one.
    pub(crate) fn note_lost_upgrade(&self) {
        once(&self.no_upgrade, || {
            "a proxy in front lets no WebSockets through: it has to use HTTP/1.1 towards this server and to pass on Upgrade \
             and Connection (nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header \
             Connection \"upgrade\")"
                .to_owned()
        });
    }

    /// Called when a page was refused, because its origin is not known as this server's.
    pub(crate) fn note_foreign_origin(&self, headers: &HeaderMap, caller: &Caller) {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let origin = text(header::ORIGIN).and_then(heartogether_headers::authority::Origin::of_url);
        let (Some(origin), Some(named)) = (origin, &caller.authority) else { return };
        // A request of another host's page says nothing about the set-up.
        if origin.authority().host() == named.host() {
            once(&self.foreign_origin, || {
                format!(
                    "a page of {origin} was refused, since the request for it named {named}. If that page is this server's, set \
                     PUBLIC_URL={origin}, or let the proxy pass the host on as it came (nginx: proxy_set_header Host $http_host)"
                )
            });
        }
    }
}

fn once(told: &AtomicBool, hint: impl FnOnce() -> String) {
    if !told.swap(true, Ordering::Relaxed) {
        tracing::warn!("{}", hint());
    }
}

/// Whether an address is of this machine or of a private network (RFC 1918, RFC 3927, RFC 4193, RFC 4291, and RFC 6598,
/// which overlay networks use).
fn is_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            let is_shared = first == 100 && second & 0b1100_0000 == 0b0100_0000;
            address.is_loopback() || address.is_private() || address.is_link_local() || is_shared
        }
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}
