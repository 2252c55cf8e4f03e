//! Proxies between this server and its callers.

use std::{net::IpAddr, str::FromStr};

use clap::{Args, ValueEnum};
use ipnet::IpNet;

use crate::http::TrustedProxies;

/// Proxies.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Network")]
pub struct HttpSettings {
    /// Proxies whose X-Forwarded-For, -Proto and -Host or Forwarded headers are trusted: addresses or networks such as
    /// 10.0.0.0/8, separated by commas; these headers are ignored from everybody else
    #[arg(long, env = "TRUSTED_PROXIES", value_delimiter = ',', value_parser = parse_network)]
    trusted_proxies: Vec<Network>,

    /// Seconds for which browsers use only HTTPS after a visit over HTTPS (Strict-Transport-Security); 0 ends this at
    /// the next visit
    #[arg(long, env = "HSTS_SECONDS", default_value_t = 31_536_000)]
    hsts_seconds: u64,

    /// Whether browsers get a service worker, which shows a page of ours while the server does not answer; `off` also
    /// removes it from browsers that have one, at their next visit
    #[arg(long, env = "SERVICE_WORKER", value_enum, default_value_t)]
    service_worker: Switch,

    #[arg(skip)]
    trusted: TrustedProxies,
}

/// Whether something is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Switch {
    #[default]
    On,
    Off,
}

/// A network, or nothing where one of several was left empty.
#[derive(Clone, Copy, Debug)]
struct Network(Option<IpNet>);

impl HttpSettings {
    /// Takes the settings in.
    pub(super) fn check(&mut self) {
        self.trusted = self.trusted_proxies.iter().filter_map(|network| network.0).collect();
    }

    /// Seconds for which browsers that have come over HTTPS come no other way (RFC 6797).
    pub(crate) const fn hsts_seconds(&self) -> u64 {
        self.hsts_seconds
    }

    /// Whether browsers get a service worker.
    pub(crate) fn has_worker(&self) -> bool {
        self.service_worker == Switch::On
    }

    /// The proxies whose word counts.
    pub(crate) const fn trusted_proxies(&self) -> &TrustedProxies {
        &self.trusted
    }
}

fn parse_network(text: &str) -> Result<Network, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Network(None));
    }
    let network = IpNet::from_str(text).ok().or_else(|| IpAddr::from_str(text).ok().map(IpNet::from));
    network
        .map(|network| Network(Some(canonical(network))))
        .ok_or_else(|| "expected an address or ADDRESS/BITS".to_owned())
}

/// Callers are compared by their canonical address, so a network of IPv4 addresses that are mapped to IPv6 (RFC 4291, section
/// 2.5.5.2) is one of IPv4.
fn canonical(network: IpNet) -> IpNet {
    let IpAddr::V4(address) = network.addr().to_canonical() else { return network };
    let bits = network.prefix_len().checked_sub(MAPPED_BITS).filter(|_| network.addr().is_ipv6());
    bits.and_then(|bits| IpNet::new(address.into(), bits).ok()).unwrap_or(network)
}

/// Bits before the IPv4 address in `::ffff:0:0/96`.
const MAPPED_BITS: u8 = 96;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv4_mapped_networks_are_read_as_ipv4() {
        for (written, meant) in [
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("::ffff:192.0.2.7", "192.0.2.7/32"),
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("2001:db8::/32", "2001:db8::/32"),
        ] {
            let network = parse_network(written).expect("a network").0;
            assert_eq!(network.map(|network| network.to_string()).as_deref(), Some(meant), "{written}");
        }
    }
}
