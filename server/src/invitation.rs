//! The invitation to a room: its link, and the QR code of the link.
//!
//! Only this module decides which link is used, so copying, sharing and scanning give the same link.

mod qr_code;

use std::net::{IpAddr, SocketAddr, UdpSocket};

use heartogether::id::RoomCode;
use heartogether_app::{
    api::{Caller, JoinLink, Way},
    routes,
};
use heartogether_headers::authority::{Authority, Host};

use crate::config::PublicUrl;
pub(crate) use qr_code::picture;

/// Addresses that are nobody's (RFC 5737, RFC 3849), each with where a socket towards it starts: the way there is the way
/// out of this machine.
const OUTSIDE: [(&str, &str); 2] = [("0.0.0.0:0", "192.0.2.1:9"), ("[::]:0", "[2001:db8::1]:9")];
/// What the names of interfaces begin with that lead to containers and virtual machines on this machine, and nowhere else.
const INNER_INTERFACES: [&str; 5] = ["docker", "br-", "veth", "virbr", "podman"];
/// Where others reach this server.
pub(crate) struct Reach {
    public_url: Option<PublicUrl>,
    bound: SocketAddr,
}

impl Reach {
    /// `public_url` outdoes all else; `bound` tells whether other machines get through at all.
    pub(crate) const fn new(public_url: Option<PublicUrl>, bound: SocketAddr) -> Self {
        Self { public_url, bound }
    }

    /// The link to a room's preview, for whoever asks for it, and by which addresses else it could lead there.
    pub(crate) fn link(&self, code: RoomCode, caller: &Caller) -> JoinLink {
        let Starts { ways, is_reachable } = self.starts(caller, machine_addresses);
        let way = |(name, start): (String, String)| Way { name, link: format!("{start}{}", routes::room(code)) };
        let ways: Vec<Way> = ways.into_iter().map(way).collect();
        JoinLink { link: ways.first().map(|way| way.link.clone()).unwrap_or_default(), ways, is_reachable }
    }

    /// The start of every link: the public URL; else the address that the visitor used; and where that leads to this
    /// machine alone, its addresses in the local networks.
    ///
    /// Those are no use where the visitor is on this machine by the name they used, and not by the address they come from:
    /// then something in between passes connections on, most often a container engine, and the addresses that are seen in
    /// here lead nowhere from outside.
    fn starts(&self, caller: &Caller, machine_addresses: impl FnOnce() -> Vec<IpAddr>) -> Starts {
        if let Some(url) = &self.public_url {
            return Starts::one(url.origin().authority().host().to_string(), url.to_string(), true);
        }
        let own = || Authority::new(Host::Name("localhost".to_owned()), Some(self.bound.port()));
        let authority = caller.authority.clone().unwrap_or_else(own);
        let scheme = if caller.is_on_https { "https" } else { "http" };
        let start =
            |host: &Host| (host.to_string(), format!("{scheme}://{}", Authority::new(host.clone(), authority.port())));
        let (name, used) = start(authority.host());
        if !authority.host().is_loopback() {
            return Starts::one(name, used, true);
        }
        let addresses = match self.bound.ip() {
            everywhere if everywhere.is_unspecified() && caller.address.is_loopback() => machine_addresses(),
            here if here.is_unspecified() || here.is_loopback() => Vec::new(),
            here => vec![here],
        };
        match addresses.is_empty() {
            true => Starts::one(name, used, false),
            false => {
                let ways = addresses.into_iter().map(|address| start(&Host::Address(address))).collect();
                Starts { ways, is_reachable: true }
            }
        }
    }
}

/// What links may begin with, each with the host's name in it; the best first.
struct Starts {
    ways: Vec<(String, String)>,
    /// Whether others than this machine get through.
    is_reachable: bool,
}

impl Starts {
    fn one(name: String, start: String, is_reachable: bool) -> Self {
        Self { ways: vec![(name, start)], is_reachable }
    }
}

/// This machine's addresses in the networks that it is in: that of the way out first, then the others of IPv4.
fn machine_addresses() -> Vec<IpAddr> {
    let is_inner = |interface: &if_addrs::Interface| {
        let is_virtual = INNER_INTERFACES.iter().any(|start| interface.name.starts_with(start));
        is_virtual || interface.is_loopback() || interface.is_link_local()
    };
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default().into_iter().filter(|interface| !is_inner(interface));
    let others = interfaces.map(|interface| interface.ip()).filter(IpAddr::is_ipv4);
    let mut addresses: Vec<IpAddr> = way_out().into_iter().collect();
    for address in others {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

/// This machine's address on the way out. No packet is sent: connecting a UDP socket only picks the way out.
fn way_out() -> Option<IpAddr> {
    let address = |(from, to)| {
        let socket = UdpSocket::bind(from).ok()?;
        socket.connect(to).ok()?;
        Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_loopback() && !address.is_unspecified())
    };
    OUTSIDE.into_iter().find_map(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERYWHERE: &str = "0.0.0.0";
    const HERE: &str = "127.0.0.1";

    /// Asks at a server that listens at `bound` on a machine with two addresses.
    fn ask(public_url: Option<&str>, bound: &str, authority: &str, visitor: &str) -> (Vec<String>, bool) {
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        let public_url = public_url.map(|url| url.parse().expect("a URL"));
        let reach = Reach::new(public_url, SocketAddr::new(address(bound), 3000));
        let caller = Caller {
            authority: Some(Authority::parse(authority).expect("a host")),
            address: address(visitor),
            ..Caller::default()
        };
        let Starts { ways, is_reachable } = reach.starts(&caller, || vec![address("192.168.1.7"), address("10.8.0.2")]);
        (ways.into_iter().map(|(_, start)| start).collect(), is_reachable)
    }

    fn one(start: &str, is_reachable: bool) -> (Vec<String>, bool) {
        (vec![start.to_owned()], is_reachable)
    }

    #[test]
    fn links_contain_the_public_url_whatever_address_was_used() {
        for (public_url, start) in [
            ("https://hear.example", "https://hear.example"),
            ("https://hear.example/", "https://hear.example"),
            ("https://example.org/hear/", "https://example.org/hear"),
        ] {
            assert_eq!(ask(Some(public_url), EVERYWHERE, "localhost:3000", HERE), one(start, true));
        }
    }

    #[test]
    fn links_contain_the_address_in_use() {
        for authority in ["hear.example", "hear.example:8080", "10.0.0.2:3000", "[2001:db8::2]:3000"] {
            assert_eq!(ask(None, EVERYWHERE, authority, "192.0.2.9"), one(&format!("http://{authority}"), true));
        }
    }

    #[test]
    fn on_loopback_links_contain_the_addresses_in_the_local_networks_and_the_port() {
        let both = |port: &str| (vec![format!("http://192.168.1.7{port}"), format!("http://10.8.0.2{port}")], true);
        for host in ["localhost", "ada.localhost", "127.0.0.1", "127.8.8.8", "[::1]", "0.0.0.0"] {
            assert_eq!(ask(None, EVERYWHERE, &format!("{host}:3000"), HERE), both(":3000"), "{host}");
            assert_eq!(ask(None, "::", host, "::1"), both(""), "{host}");
        }
        assert_eq!(ask(None, "10.0.0.2", "localhost:3000", HERE), one("http://10.0.0.2:3000", true));
        assert_eq!(ask(None, "2001:db8::2", "localhost:3000", HERE), one("http://[2001:db8::2]:3000", true));
    }

    #[test]
    fn a_server_that_others_cannot_reach_says_so() {
        assert_eq!(ask(None, HERE, "localhost:3000", HERE), one("http://localhost:3000", false));
    }

    #[test]
    fn in_a_container_no_address_of_the_container_is_offered() {
        for gateway in ["172.17.0.1", "10.88.0.1", "192.168.65.1"] {
            assert_eq!(ask(None, EVERYWHERE, "localhost:8080", gateway), one("http://localhost:8080", false));
            assert_eq!(ask(None, EVERYWHERE, "192.168.1.7:8080", gateway), one("http://192.168.1.7:8080", true));
        }
    }
}
