//! The blocks of addresses by which limits count.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

/// A block: an IPv4 address, or a network of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AddressBlock {
    network: IpAddr,
    bits: u32,
}

/// The IPv6 networks in which one caller counts, with the factor of each limit. Somebody with one address has all of
/// its /64 (RFC 7421), and providers assign networks of 56 or 48 bits (RFC 6177), from which thousands of addresses
/// could come. A large network may also hold several customers of one provider.
const TIERS: [(u32, u32); 3] = [(64, 1), (56, 4), (48, 16)];

impl AddressBlock {
    /// The blocks of an address, the smallest first, each with the factor of a single address's limit.
    pub(crate) fn tiers(address: IpAddr) -> impl Iterator<Item = (Self, u32)> + Clone {
        let (v4, v6) = match address.to_canonical() {
            IpAddr::V6(address) => (None, Some(address)),
            address => (Some((Self { network: address, bits: 32 }, 1)), None),
        };
        let networks =
            v6.into_iter().flat_map(|address| TIERS.map(|(bits, times)| (Self::network(address, bits), times)));
        v4.into_iter().chain(networks)
    }

    /// The block of one household: an IPv4 address, or the /56 that providers assign to a home (RFC 6177), which has
    /// 256 networks of /64.
    pub(crate) fn of_household(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => Self::network(address, 56),
            address => Self { network: address, bits: 32 },
        }
    }

    fn network(address: Ipv6Addr, bits: u32) -> Self {
        let network = address.to_bits() & (u128::MAX << (128 - bits));
        Self { network: Ipv6Addr::from_bits(network).into(), bits }
    }
}

impl From<IpAddr> for AddressBlock {
    /// The address itself, or its /64.
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => Self::network(address, TIERS[0].0),
            address => Self { network: address, bits: 32 },
        }
    }
}

impl fmt::Display for AddressBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(address: &str) -> AddressBlock {
        address.parse::<IpAddr>().expect("an address").into()
    }

    #[test]
    fn ipv6_is_counted_by_its_64_and_ipv4_by_address() {
        assert_eq!(block("2001:db8:1:2::1"), block("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(block("2001:db8:1:2::1"), block("2001:db8:1:3::1"));
        assert_ne!(block("192.0.2.1"), block("192.0.2.2"));
        assert_eq!(block("::ffff:192.0.2.1"), block("192.0.2.1"));
    }

    #[test]
    fn all_networks_of_a_household_count_as_one() {
        let household = |address: &str| AddressBlock::of_household(address.parse().expect("an address")).to_string();
        assert_eq!(household("2001:db8:1:2::1"), household("2001:db8:1:ff::1"));
        assert_ne!(household("2001:db8:1:2::1"), household("2001:db8:1:100::1"));
        assert_eq!(household("192.0.2.1"), "192.0.2.1/32");
        assert_ne!(household("192.0.2.1"), household("192.0.2.2"));
    }

    #[test]
    fn an_address_counts_in_each_of_its_networks() {
        let tiers = |address: &str| -> Vec<String> {
            let tiers = AddressBlock::tiers(address.parse().expect("an address"));
            tiers.map(|(block, times)| format!("{block} {times}")).collect()
        };
        assert_eq!(tiers("192.0.2.1"), ["192.0.2.1/32 1"]);
        assert_eq!(
            tiers("2001:db8:1:2345::1"),
            ["2001:db8:1:2345::/64 1", "2001:db8:1:2300::/56 4", "2001:db8:1::/48 16"]
        );
        assert_eq!(tiers("2001:db8::").len(), 3, "networks with the same first address are told apart");
        assert_eq!(
            AddressBlock::tiers("2001:db8:1:2::1".parse().expect("an address")).next().map(|(block, _)| block),
            Some(block("2001:db8:1:2::1"))
        );
    }
}
