//! Measurements as text: a few labelled lines, without names and addresses.

use heartogether_client::{
    Shortfall,
    gathering::{Address, Found, Gathering, ServerState},
    statistics::{Path, PeerStatistics},
};

use crate::{
    locale::{Key, Locale, Phrase, Value},
    text::{audience, diagnostics, frame, measured as text},
};

/// A label and what it says.
pub(super) type Line = (Key, Value);

/// What is known of a peer connection, line by line.
pub(super) fn lines(statistics: &PeerStatistics) -> Vec<Line> {
    let lines = [
        (text::PATH, statistics.path.map(path)),
        (text::ROUND_TRIP, statistics.round_trip_ms.map(milliseconds)),
        (text::JITTER, statistics.jitter_ms.map(milliseconds)),
        (text::LOSS, statistics.loss_permille.map(percent)),
        (text::BITRATE, Some(bitrate(statistics))),
        (text::CAPACITY, statistics.available_bps.map(kilobits)),
        (text::CONCEALED, statistics.concealed_permille.map(percent)),
        (text::BUFFER, statistics.buffer_ms.map(milliseconds)),
        (text::BEHIND, statistics.behind_ms.map(milliseconds)),
    ];
    let codec = statistics.codec.as_deref().map(|codec| (text::CODEC, codec.into()));
    lines.into_iter().filter_map(|(label, said)| Some((label, said?.into()))).chain(codec).collect()
}

/// A line for each kind of candidate, and one for each server.
pub(super) fn gathered(gathering: &Gathering) -> Vec<Line> {
    let mut lines: Vec<Line> = gathering.candidates().map(|found| (text::CANDIDATE, candidate(found).into())).collect();
    if lines.is_empty() {
        lines.push((text::CANDIDATE, text::CANDIDATE_NONE.into()));
    }
    lines.extend(gathering.servers().map(|(url, state)| (text::SERVER, text::server_is(url, server(state)).into())));
    lines
}

/// What this browser does without.
pub(super) const fn shortfall(shortfall: Shortfall) -> Key {
    match shortfall {
        Shortfall::WebAudio => diagnostics::NO_WEB_AUDIO,
        Shortfall::Storage => diagnostics::NO_STORAGE,
    }
}

/// Lines as text, in the language as it is now.
pub(super) fn written(lines: &[Line], locale: Locale) -> String {
    let line = |(label, said): &Line| format!("{}: {}\n", locale.say_once(*label), locale.table_now().write(said));
    lines.iter().map(line).collect()
}

/// Path, round trip and loss. Reads the language reactively.
pub(super) fn in_short(statistics: &PeerStatistics, locale: Locale) -> String {
    let parts = [
        statistics.path.map(|path| way(path).into()),
        statistics.round_trip_ms.map(milliseconds),
        statistics.loss_permille.map(|permille| audience::lost(permille.div_ceil(10))),
    ];
    joined(parts, locale)
}

/// Direct or relayed, how much, how far behind; nothing where there is no path. Reads the language reactively.
pub(super) fn heard(statistics: &PeerStatistics, locale: Locale) -> Option<String> {
    let path = statistics.path?;
    let parts = [
        Some(if path.is_relayed() { text::RELAYED_NOW } else { text::DIRECT_NOW }.into()),
        Some(kilobits(statistics.bitrate_bps)),
        statistics.behind_ms.map(|ms| text::behind_by(milliseconds(ms))),
    ];
    Some(joined(parts, locale))
}

fn joined(parts: [Option<Phrase>; 3], locale: Locale) -> String {
    parts.into_iter().flatten().map(|part| locale.say(part).into_owned()).collect::<Vec<_>>().join(" · ")
}

const fn way(path: Path) -> Key {
    if path.is_relayed() { text::RELAYED } else { text::DIRECT }
}

fn path(path: Path) -> Phrase {
    text::path_is(way(path), path.local.name(), path.remote.name(), path.transport.name())
}

fn milliseconds(ms: u32) -> Phrase {
    text::milliseconds(ms)
}

fn percent(permille: u32) -> Phrase {
    frame::percent(Value::Tenths(permille))
}

fn kilobits(bps: u32) -> Phrase {
    text::kilobits((bps + 500) / 1_000)
}

fn bitrate(statistics: &PeerStatistics) -> Phrase {
    let now = kilobits(statistics.bitrate_bps);
    match statistics.tuning {
        Some(tuning) if tuning.packets.redundancy => text::bitrate_twice(now, kilobits(tuning.bitrate_bps)),
        Some(tuning) => text::bitrate_of(now, kilobits(tuning.bitrate_bps)),
        None => now,
    }
}

fn candidate((found, count): (Found, u32)) -> Phrase {
    let transport = if found.is_tcp { "TCP" } else { "UDP" };
    let address: Value = match found.address {
        Address::Ipv4 => "IPv4".into(),
        Address::Ipv6 => "IPv6".into(),
        Address::HiddenByMdns => text::HIDDEN.into(),
    };
    text::candidate_is(found.kind.name(), transport, address, count)
}

fn server(state: ServerState) -> Phrase {
    match state {
        ServerState::Refused(code) => text::server_refused(code.to_string()),
        ServerState::Answered => text::SERVER_ANSWERED.into(),
        ServerState::Silent(code) => text::server_silent(code.to_string()),
        ServerState::Untried => text::SERVER_UNTRIED.into(),
    }
}

#[cfg(test)]
mod tests {
    use heartogether_client::{
        adaptation::{Packets, Tuning},
        statistics::{CandidateKind, Transport},
    };
    use leptos::prelude::Owner;

    use super::*;

    fn said(statistics: &PeerStatistics) -> String {
        Owner::new().with(|| written(&lines(statistics), Locale::provide()))
    }

    #[test]
    fn a_report_contains_only_known_values() {
        let path =
            Path { local: CandidateKind::Relayed, remote: CandidateKind::PeerReflexive, transport: Transport::Tls };
        let known = PeerStatistics {
            path: Some(path),
            round_trip_ms: Some(40),
            tuning: Some(Tuning { bitrate_bps: 64_000, packets: Packets { redundancy: true, length_ms: 20 } }),
            bitrate_bps: 131_499,
            loss_permille: Some(12),
            ..PeerStatistics::default()
        };
        let expected = "Path: relayed, relay to prflx over TLS\nRound trip: 40 ms\nLoss: 1.2 %\n\
                        Bitrate: 131 kbit/s, at most 64 kbit/s sent twice\n";
        assert_eq!(said(&known), expected);
        assert_eq!(said(&PeerStatistics::default()), "Bitrate: 0 kbit/s\n");
    }

    #[test]
    fn a_candidate_is_described_by_kind_transport_and_address_family() {
        let told = |count| {
            let found = Found { kind: CandidateKind::Host, is_tcp: false, address: Address::HiddenByMdns };
            Owner::new().with(|| Locale::provide().say_once(candidate((found, count))).into_owned())
        };
        assert_eq!(told(1), "host over UDP, hidden by mDNS");
        assert_eq!(told(2), "host over UDP, hidden by mDNS, 2 times");
    }
}
