//! What the real binary gives Prometheus.

use std::collections::BTreeMap;

use heartogether::{
    protocol::{Publish, ToRoom},
    refusal::Refusal,
    role::Role,
    room::Source,
};
use reqwest::StatusCode;
use tempfile::TempDir;

use crate::support::{EventStream, Process, eventually, free_port, install_crypto, join};

/// The values by the names of their series, as written.
type Samples = BTreeMap<String, f64>;

/// A server with metrics.
struct Measured {
    server: Process,
    metrics: String,
    _data: TempDir,
}

impl Measured {
    fn start(flags: &[&str]) -> Self {
        install_crypto();
        let data = TempDir::new().expect("a folder for the data");
        let address = format!("127.0.0.1:{}", free_port());
        let server = Process::start(data.path(), &[&["--metrics-addr", &address], flags].concat());
        Self { server, metrics: format!("http://{address}/metrics"), _data: data }
    }

    async fn text(&self) -> String {
        let answer = reqwest::get(&self.metrics).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        answer.text().await.expect("text")
    }

    async fn samples(&self) -> Samples {
        let text = self.text().await;
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let samples = lines.map(|line| {
            let (name, value) = line.rsplit_once(' ').expect("a name and a value");
            (name.to_owned(), value.parse().expect("a number"))
        });
        samples.collect()
    }
}

const CONNECTED: &str = r#"heartogether_members{kind="broadcast",state="connected"}"#;
const LIVE: &str = r#"heartogether_publications{kind="broadcast",state="live"}"#;

#[tokio::test]
async fn rooms_members_links_publications_and_connections_are_counted() {
    let measured = Measured::start(&[]);
    let before = measured.samples().await;
    assert_eq!(before[r#"heartogether_rooms{kind="broadcast"}"#], 0.0);
    assert_eq!(before["heartogether_joins_total"], 0.0);
    assert_eq!(before["heartogether_ready"], 1.0);
    let mut pair = measured.server.site.pair().await;
    pair.host.say(ToRoom::Publish(Publish { source: Source::Display, paused: false })).await;
    pair.host.drain().await;
    let _stream = EventStream::greet(&measured.server.site, &pair.grace).await;
    let during = measured.samples().await;
    for (name, value) in [
        (r#"heartogether_rooms{kind="broadcast"}"#, 1.0),
        (r#"heartogether_rooms{kind="lounge"}"#, 0.0),
        (CONNECTED, 2.0),
        (r#"heartogether_members{kind="broadcast",state="away"}"#, 0.0),
        (r#"heartogether_links{kind="broadcast"}"#, 1.0),
        (LIVE, 1.0),
        ("heartogether_websockets", 2.0),
        ("heartogether_event_streams", 1.0),
        ("heartogether_joins_total", 2.0),
        (r#"heartogether_dependency_up{dependency="database"}"#, 1.0),
        ("heartogether_faults_total", 0.0),
    ] {
        assert_eq!(during.get(name), Some(&value), "{name}");
    }
    assert!(during["heartogether_connections"] >= 2.0);
    for name in ["heartogether_received_bytes_total", "heartogether_sent_bytes_total"] {
        assert!(during[name] > before[name] + 1_000.0, "{name}: {} after {}", during[name], before[name]);
    }
    drop(pair);
    eventually(|| async { measured.samples().await[CONNECTED] == 0.0 }).await;
    assert_eq!(measured.samples().await[r#"heartogether_members{kind="broadcast",state="away"}"#], 2.0);
}

#[tokio::test]
async fn requests_appends_and_refusals_are_measured() {
    let measured = Measured::start(&[]);
    let count = |samples: &Samples, name: &str| samples.get(name).copied().unwrap_or_default();
    let refused = |refusal: Refusal| format!("heartogether_refusals_total{{code=\"{}\"}}", refusal.code());
    let before = measured.samples().await;
    for refusal in Refusal::ALL {
        assert_eq!(before[&refused(*refusal)], 0.0, "the first one shows as an increase");
    }
    let site = &measured.server.site;
    let ada = site.sign_in("Ada").await;
    assert_eq!(site.get("/api/rooms/ABC234", Some(&ada)).await.status(), StatusCode::NOT_FOUND);
    let mut socket = site.greet(&ada).await;
    socket.send(&join("XYZ234".parse().expect("a code"), Role::Listener)).await;
    assert_eq!(socket.refusal().await, Refusal::RoomNotFound);
    site.submit("sign_in_as_guest", "name=", &[]).await;
    site.pair().await;
    let after = measured.samples().await;
    assert_eq!(after[&refused(Refusal::RoomNotFound)], 2.0, "over HTTP and over the socket");
    let appends = r#"heartogether_log_append_duration_seconds_count{outcome="ok"}"#;
    assert!(count(&after, appends) >= count(&before, appends) + 2.0, "two joined");
    let found = r#"heartogether_http_request_duration_seconds_count{status="4xx"}"#;
    assert!(count(&after, found) > count(&before, found));
}

#[tokio::test]
async fn a_server_that_stops_is_not_ready() {
    let measured = Measured::start(&["--stop-delay-ms", "1000000", "--stop-timeout-ms", "2000000"]);
    measured.server.tell_to_stop();
    eventually(|| async { measured.samples().await["heartogether_ready"] == 0.0 }).await;
    assert_eq!(measured.samples().await[r#"heartogether_dependency_up{dependency="database"}"#], 1.0);
}

#[tokio::test]
async fn metrics_are_at_their_own_address_alone_and_without_the_setting_nowhere() {
    let measured = Measured::start(&[]);
    assert_eq!(measured.server.site.get("/metrics", None).await.status(), StatusCode::NOT_FOUND);
    let other = measured.metrics.replace("/metrics", "/api/ready");
    assert_eq!(reqwest::get(other).await.expect("an answer").status(), StatusCode::NOT_FOUND);
    let text = measured.text().await;
    for line in text.lines().filter(|line| line.starts_with("# HELP")) {
        assert!(line.starts_with("# HELP heartogether_"), "{line}");
    }
}

#[tokio::test]
async fn first_sounds_are_believed_within_bounds_and_limited() {
    let measured = Measured::start(&["--rate-limit-sign-in-requests", "6"]);
    let site = &measured.server.site;
    let ada = site.sign_in("Ada").await;
    let report = async |body: &str, cookie: &[(&str, &str)]| site.post("/api/first-sound", body, cookie).await.status();
    assert_eq!(report(r#"{"ms":480}"#, &[]).await, StatusCode::UNAUTHORIZED);
    let ada = [("cookie", ada.as_str())];
    for body in ["", "480", r#"{"ms":0}"#, r#"{"ms":60001}"#, r#"{"ms":-1}"#] {
        assert_eq!(report(body, &ada).await, StatusCode::BAD_REQUEST, "{body}");
    }
    assert_eq!(report(r#"{"ms":480}"#, &ada).await, StatusCode::NO_CONTENT);
    assert_eq!(report(r#"{"ms":480}"#, &ada).await, StatusCode::TOO_MANY_REQUESTS);
    let samples = measured.samples().await;
    assert_eq!(samples["heartogether_first_sound_seconds_count"], 1.0);
    assert_eq!(samples["heartogether_first_sound_seconds_sum"], 0.48);
    assert_eq!(samples[r#"heartogether_first_sound_seconds_bucket{le="0.4"}"#], 0.0);
    assert_eq!(samples[r#"heartogether_first_sound_seconds_bucket{le="0.6"}"#], 1.0);
}
