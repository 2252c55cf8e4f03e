//! Every metric, by its name after the conventions of Prometheus: the unit at the end, `_total` for counters.

/// Live rooms, by `kind`.
pub(super) const ROOMS: &str = "heartogether_rooms";
/// Members of live rooms, by `kind` and `state` (`connected` to this node, or `away`).
pub(super) const MEMBERS: &str = "heartogether_members";
/// Links between members, by `kind`.
pub(super) const LINKS: &str = "heartogether_links";
/// What members send, by `kind` and `state` (`live`, `paused`, `interrupted`).
pub(super) const PUBLICATIONS: &str = "heartogether_publications";
/// Connections that callers hold.
pub(super) const CONNECTIONS: &str = "heartogether_connections";
/// Those of them that are WebSockets.
pub(super) const WEBSOCKETS: &str = "heartogether_websockets";
/// Those of them that are event streams, which stand in for WebSockets.
pub(super) const EVENT_STREAMS: &str = "heartogether_event_streams";
/// Whether a `dependency` answers: 1 or 0.
pub(super) const DEPENDENCY_UP: &str = "heartogether_dependency_up";
/// Whether `/api/ready` says so: 1 or 0.
pub(super) const READY: &str = "heartogether_ready";
/// Always 1, with the `version`.
pub(super) const BUILD_INFO: &str = "heartogether_build_info";
/// Members who got a place.
pub(super) const JOINS: &str = "heartogether_joins_total";
/// Members who got their earlier place back.
pub(super) const RESUMES: &str = "heartogether_resumes_total";
/// Refusals by `code`.
pub(super) const REFUSALS: &str = "heartogether_refusals_total";
/// Faults of the server.
pub(super) const FAULTS: &str = "heartogether_faults_total";
/// Bytes that callers sent, without TLS.
pub(super) const RECEIVED: &str = "heartogether_received_bytes_total";
/// Bytes that callers were sent, without TLS.
pub(super) const SENT: &str = "heartogether_sent_bytes_total";
/// How long requests over HTTP took, by `status` (its first digit and `xx`).
pub(super) const REQUESTS: &str = "heartogether_http_request_duration_seconds";
/// How long appends to rooms' logs took, by `outcome` (`ok`, `refused`, `failed`).
pub(super) const APPENDS: &str = "heartogether_log_append_duration_seconds";
/// How long listeners waited for their first sound, as their pages report it.
pub(super) const FIRST_SOUND: &str = "heartogether_first_sound_seconds";

/// Messages between nodes, by `outcome` (`sent`, `unsent`, `received`, `unreadable`, `unknown`).
pub(super) const NODE_MESSAGES: &str = "heartogether_node_messages_total";

/// The `outcome` of an append.
pub(super) const OUTCOMES: [&str; 3] = ["ok", "refused", "failed"];
/// The `outcome` of a message between nodes.
pub(super) const NODE_OUTCOMES: [&str; 5] = ["sent", "unsent", "received", "unreadable", "unknown"];
/// The `status` of requests.
pub(super) const STATUSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// How a metric behaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// It goes up and down.
    Gauge,
    /// It only goes up.
    Counter,
    /// How many values lie below each bound.
    Histogram(&'static [f64]),
}

/// Bounds in seconds of work that a server does.
const WORK: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Bounds in seconds of what a person waits for.
const WAIT: &[f64] = &[0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 2.5, 3.0, 5.0, 10.0, 20.0, 60.0];

/// All metrics with their kinds and their descriptions.
pub(super) const ALL: [(&str, Kind, &str); 20] = [
    (ROOMS, Kind::Gauge, "Live rooms that this node counts, by kind"),
    (MEMBERS, Kind::Gauge, "Members who are connected to this node, and those of these rooms who are away, by kind"),
    (LINKS, Kind::Gauge, "Links between members of these rooms, by kind"),
    (PUBLICATIONS, Kind::Gauge, "What members of these rooms send, by kind and state"),
    (CONNECTIONS, Kind::Gauge, "Connections that callers hold"),
    (WEBSOCKETS, Kind::Gauge, "Open WebSockets"),
    (EVENT_STREAMS, Kind::Gauge, "Open event streams, for members whose networks let no WebSockets through"),
    (DEPENDENCY_UP, Kind::Gauge, "Whether the dependency answers (1) or not (0)"),
    (READY, Kind::Gauge, "Whether the server is ready (1) or not (0)"),
    (BUILD_INFO, Kind::Gauge, "Always 1; the version of the server"),
    (JOINS, Kind::Counter, "Members who got a place in a room"),
    (RESUMES, Kind::Counter, "Members who got their earlier place back"),
    (REFUSALS, Kind::Counter, "Refusals by code, over HTTP and WebSockets"),
    (FAULTS, Kind::Counter, "Faults of the server"),
    (RECEIVED, Kind::Counter, "Bytes that callers sent, without TLS"),
    (SENT, Kind::Counter, "Bytes that callers were sent, without TLS"),
    (NODE_MESSAGES, Kind::Counter, "Messages to and from other nodes, by outcome"),
    (REQUESTS, Kind::Histogram(WORK), "How long requests over HTTP took, by the class of their status"),
    (APPENDS, Kind::Histogram(WORK), "How long appends to the rooms' logs took, by outcome"),
    (FIRST_SOUND, Kind::Histogram(WAIT), "How long listeners waited for their first sound, as their pages report it"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_conventions() {
        for (name, kind, help) in ALL {
            assert!(name.starts_with("heartogether_") && !help.ends_with('.'), "{name}");
            assert_eq!(name.ends_with("_total"), kind == Kind::Counter, "{name}");
            assert_eq!(name.ends_with("_seconds"), matches!(kind, Kind::Histogram(_)), "{name}");
            if let Kind::Histogram(bounds) = kind {
                assert!(bounds.is_sorted(), "{name}");
            }
        }
    }

    #[test]
    fn the_operators_page_explains_every_metric() {
        let page = include_str!("../../../docs/operating.md");
        for (name, ..) in ALL {
            assert!(page.contains(&format!("| `{name}`")), "docs/operating.md does not explain {name}");
        }
    }
}
