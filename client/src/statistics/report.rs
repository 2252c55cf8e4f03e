//! Statistics for people: a few labelled lines, without names and without addresses.

use super::PeerStatistics;

/// A label and what it says.
pub type Line = (&'static str, String);

/// What is known, line by line.
pub fn lines(statistics: &PeerStatistics) -> Vec<Line> {
    let milliseconds = |ms: Option<u32>| ms.map(|ms| format!("{ms} ms"));
    let lines = [
        (
            "Path",
            statistics.path.map(|path| {
                let (local, remote) = (path.local.name(), path.remote.name());
                format!("{}, {local} to {remote} over {}", path.name(), path.transport.name())
            }),
        ),
        ("Round trip", milliseconds(statistics.round_trip_ms)),
        ("Jitter", milliseconds(statistics.jitter_ms)),
        ("Loss", statistics.loss_permille.map(percent)),
        ("Bitrate", Some(bitrate(statistics))),
        ("Capacity", statistics.available_bps.map(kbps)),
        ("Made up for loss", statistics.concealed_permille.map(percent)),
        ("Jitter buffer", milliseconds(statistics.buffer_ms)),
        ("Behind live", milliseconds(statistics.behind_ms)),
        ("Codec", statistics.codec.clone()),
    ];
    lines.into_iter().filter_map(|(label, said)| Some((label, said?))).collect()
}

/// The lines as text.
pub fn text(statistics: &PeerStatistics) -> String {
    written(&lines(statistics))
}

/// Lines as text.
pub fn written(lines: &[Line]) -> String {
    lines.iter().map(|(label, said)| [label, ": ", said, "\n"].concat()).collect()
}

/// `1.2 %`
pub fn percent(permille: u32) -> String {
    format!("{}.{} %", permille / 10, permille % 10)
}

/// `64 kbit/s`
pub fn kbps(bps: u32) -> String {
    format!("{} kbit/s", (bps + 500) / 1_000)
}

fn bitrate(statistics: &PeerStatistics) -> String {
    let now = kbps(statistics.bitrate_bps);
    match statistics.tuning {
        Some(tuning) if tuning.redundancy => format!("{now}, at most {} sent twice", kbps(tuning.bitrate_bps)),
        Some(tuning) => format!("{now} of at most {}", kbps(tuning.bitrate_bps)),
        None => now,
    }
}
