//! The candidates that this browser has found, and the results of the STUN and TURN servers that it asked. They contain
//! nobody's address.

use heartogether::protocol::Candidate;
use litemap::LiteMap;

use super::{candidate::CandidateLine, statistics::CandidateKind};

/// The code for a server that does not answer (W3C WebRTC, `RTCPeerConnectionIceErrorEvent`).
pub(super) const UNREACHABLE: u16 = 701;
/// The largest number of servers kept. Browsers report no others than the page has configured.
const MAX_SERVERS: usize = 64;

/// The results so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gathering {
    found: LiteMap<Found, u32>,
    servers: LiteMap<String, Asked>,
}

/// The properties of a candidate (RFC 8839, section 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// How it was found.
    pub kind: CandidateKind,
    /// Whether it is reached over TCP.
    pub is_tcp: bool,
    /// The kind of its address.
    pub address: Address,
}

/// The kind of a candidate's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Address {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
    /// A name that only devices in this network can resolve (multicast DNS, RFC 6762).
    HiddenByMdns,
}

/// The result of a STUN or TURN server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerState {
    /// It was not asked, or has not answered yet.
    Untried,
    /// It has answered.
    Answered,
    /// It refused with this STUN error.
    Refused(u16),
    /// It did not answer; the browser's error code.
    Silent(u16),
}

/// A STUN or TURN server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    /// The URL as it is configured, or as the browser reports it.
    url: String,
    has_answered: bool,
    /// The last failure: the URL that the browser names, and the code.
    failure: Option<(String, u16)>,
}

impl Gathering {
    /// Sets the servers that will be asked from now on.
    pub(super) fn expect(&mut self, urls: impl IntoIterator<Item = String>) {
        let mut before = std::mem::take(&mut self.servers);
        for url in urls.into_iter().take(MAX_SERVERS) {
            let key = canonical(&url);
            let known = before.remove(&key);
            self.servers.insert(key, Asked { url, ..known.unwrap_or_default() });
        }
    }

    pub(super) fn note_answer(&mut self, url: &str) {
        if let Some(server) = self.server(url) {
            server.has_answered = true;
        }
    }

    pub(super) fn note_failure(&mut self, url: String, code: u16) {
        if let Some(server) = self.server(&url) {
            server.failure = Some((url, code));
        }
    }

    pub(super) fn note_candidate(&mut self, candidate: &Candidate) {
        if let Some(line) = CandidateLine::parse(&candidate.candidate) {
            *self.found.entry(Found::of(line)).or_default() += 1;
        }
    }

    /// Forgets the failures of the servers, which get other passwords from now on. Existing connections gather no new
    /// candidates, so the results stay.
    pub(super) fn forget_failures(&mut self) {
        self.servers.iter_mut().for_each(|(_, server)| server.failure = None);
    }

    /// The failures of TURN servers, in the order of their names.
    pub(super) fn turn_failures(&self) -> impl Iterator<Item = (&str, u16)> {
        let failures = self.servers.values().filter_map(|server| server.failure.as_ref());
        failures.filter(|(url, _)| url.starts_with("turn")).map(|(url, code)| (url.as_str(), *code))
    }

    /// Whether a TURN server has given a candidate.
    pub(super) fn has_relayed(&self) -> bool {
        self.found.keys().any(|found| found.kind == CandidateKind::Relayed)
    }

    /// The kinds of candidates, and how many there are of each.
    pub fn candidates(&self) -> impl Iterator<Item = (Found, u32)> {
        self.found.iter().map(|(found, count)| (*found, *count))
    }

    /// The servers by their URLs, with their results.
    pub fn servers(&self) -> impl Iterator<Item = (&str, ServerState)> {
        self.servers.values().map(|server| (server.url.as_str(), server.state()))
    }

    fn server(&mut self, url: &str) -> Option<&mut Asked> {
        let key = canonical(url);
        let has_room = self.servers.len() < MAX_SERVERS || self.servers.contains_key(&key);
        has_room.then(|| self.servers.entry(key).or_insert_with(|| Asked { url: url.to_owned(), ..Asked::default() }))
    }
}

impl Found {
    fn of(line: CandidateLine<'_>) -> Self {
        let address = match line.address {
            _ if line.is_name() => Address::HiddenByMdns,
            address if address.contains(':') => Address::Ipv6,
            _ => Address::Ipv4,
        };
        Self { kind: line.kind, is_tcp: line.is_tcp, address }
    }
}

impl Asked {
    fn state(&self) -> ServerState {
        match (&self.failure, self.has_answered) {
            (Some((_, code)), _) if *code != UNREACHABLE => ServerState::Refused(*code),
            (_, true) => ServerState::Answered,
            (Some((_, code)), false) => ServerState::Silent(*code),
            (None, false) => ServerState::Untried,
        }
    }
}

/// A server's URL as browsers report it: in small letters, with its port and, for TURN, its transport (RFC 7064, section 3.2;
/// RFC 7065, section 3.1).
fn canonical(url: &str) -> String {
    let url = url.to_ascii_lowercase();
    let (scheme, rest) = url.split_once(':').unwrap_or(("", &url));
    let (host, query) = rest.split_once('?').map_or((rest, None), |(host, query)| (host, Some(query)));
    let has_port = host.rsplit_once(':').is_some_and(|(before, port)| {
        port.bytes().all(|digit| digit.is_ascii_digit()) && (!before.contains(':') || before.ends_with(']'))
    });
    let is_secure = scheme.ends_with('s');
    let port = match (has_port, is_secure) {
        (true, _) => "",
        (false, true) => ":5349",
        (false, false) => ":3478",
    };
    let transport = match (scheme.starts_with("turn"), query) {
        (true, Some(query)) => format!("?{query}"),
        (true, None) if is_secure => "?transport=tcp".to_owned(),
        (true, None) => "?transport=udp".to_owned(),
        (false, _) => String::new(),
    };
    format!("{scheme}:{host}{port}{transport}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_the_same_however_its_url_is_written() {
        for (configured, reported) in [
            ("stun:stun.example", "stun:stun.example:3478"),
            ("stun:stun.example:19302", "stun:stun.example:19302"),
            ("turn:TURN.example", "turn:turn.example:3478?transport=udp"),
            ("turn:turn.example?transport=tcp", "turn:turn.example:3478?transport=tcp"),
            ("turns:turn.example", "turns:turn.example:5349?transport=tcp"),
            ("turn:[2001:db8::1]", "turn:[2001:db8::1]:3478?transport=udp"),
        ] {
            assert_eq!(canonical(configured), canonical(reported));
        }
        assert_ne!(canonical("turn:a.example"), canonical("turn:a.example?transport=tcp"));
    }
}
