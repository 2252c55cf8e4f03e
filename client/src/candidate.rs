//! A candidate's line, as RFC 8839, section 5.1, writes it.

use super::statistics::CandidateKind;

/// What a line says of its candidate, as far as anybody here wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CandidateLine<'a> {
    pub(super) kind: CandidateKind,
    pub(super) is_tcp: bool,
    /// An IP address, or a name in place of one.
    pub(super) address: &'a str,
}

impl<'a> CandidateLine<'a> {
    /// Reads `candidate:FOUNDATION COMPONENT TRANSPORT PRIORITY ADDRESS PORT typ KIND …`.
    pub(super) fn parse(line: &'a str) -> Option<Self> {
        let mut words = line.split(' ').skip(2);
        let (transport, _priority, address, _port) = (words.next()?, words.next()?, words.next()?, words.next()?);
        (words.next()? == "typ").then_some(())?;
        let kind = CandidateKind::parse(words.next()?)?;
        Some(Self { kind, is_tcp: transport.eq_ignore_ascii_case("tcp"), address })
    }

    /// Whether a name stands in place of the address, which only this network's devices resolve by multicast (RFC 6762; RFC
    /// 8828, section 5.2, and draft-ietf-mmusic-mdns-ice-candidates).
    pub(super) fn is_name(self) -> bool {
        self.address.ends_with(".local")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_kind_transport_and_address() {
        for (line, kind, is_tcp, address, is_name) in [
            ("candidate:1 1 udp 2122 192.0.2.7 5000 typ host", CandidateKind::Host, false, "192.0.2.7", false),
            (
                "candidate:1 1 UDP 2122 a-b.local 5000 typ host generation 0",
                CandidateKind::Host,
                false,
                "a-b.local",
                true,
            ),
            (
                "candidate:2 1 TCP 2122 2001:db8::1 9 typ host tcptype active",
                CandidateKind::Host,
                true,
                "2001:db8::1",
                false,
            ),
            (
                "candidate:3 1 udp 1686 198.51.100.2 5001 typ srflx raddr 0.0.0.0 rport 0",
                CandidateKind::ServerReflexive,
                false,
                "198.51.100.2",
                false,
            ),
            ("candidate:4 1 udp 41 203.0.113.9 3478 typ relay", CandidateKind::Relayed, false, "203.0.113.9", false),
        ] {
            let read = CandidateLine::parse(line);
            assert_eq!(read, Some(CandidateLine { kind, is_tcp, address }), "{line}");
            assert_eq!(read.map(CandidateLine::is_name), Some(is_name), "{line}");
        }
    }

    #[test]
    fn an_invalid_candidate_is_refused() {
        for line in [
            "",
            "candidate:1 1 udp 2122 192.0.2.7 5000",
            "candidate:1 1 udp 2122 192.0.2.7 5000 typ",
            "candidate:1 1 udp 2122 192.0.2.7 5000 kind host",
            "candidate:1 1 udp 2122 192.0.2.7 5000 typ other",
        ] {
            assert_eq!(CandidateLine::parse(line), None, "{line}");
        }
    }
}
