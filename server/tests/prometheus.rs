//! The dashboard and the alerts in `deploy/`, with a real Prometheus that watches the real binary under a little load.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use heartogether::{
    protocol::{Publish, ToRoom},
    role::Role,
    room::Source,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{PATIENCE, Process, Site, eventually, free_port, install_crypto, join, resume};

/// The time over which the dashboard's rates are taken here; Grafana chooses its own.
const RATE_INTERVAL: &str = "20s";

fn deployed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(name)
}

/// Whether the tests with Prometheus are left out. `./dev` says so, and nobody else may.
pub(crate) fn is_left_out() -> bool {
    let is_left_out = std::env::var_os("HEARTOGETHER_WITHOUT_PROMETHEUS").is_some();
    if is_left_out {
        eprintln!("left out: Prometheus is not here");
    }
    is_left_out
}

/// Debian's Prometheus, which ends with the test.
pub(crate) struct Prometheus {
    process: Child,
    url: String,
    _folder: TempDir,
}

impl Prometheus {
    /// Watches servers, with the alerts in `deploy/`.
    pub(crate) fn watch(metrics: &[String]) -> Self {
        install_crypto();
        let folder = TempDir::new().expect("a folder");
        let config = folder.path().join("prometheus.yml");
        let alerts = deployed("prometheus/alerts.yml");
        let text = format!(
            "global: {{scrape_interval: 500ms, scrape_timeout: 400ms, evaluation_interval: 1s}}\n\
             rule_files: [{}]\n\
             scrape_configs: [{{job_name: heartogether, static_configs: [{{targets: {metrics:?}}}]}}]\n",
            alerts.display()
        );
        std::fs::write(&config, text).expect("the configuration is written");
        let address = format!("127.0.0.1:{}", free_port());
        let mut command = Command::new("prometheus");
        command
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .args([format!("--web.listen-address={address}"), "--log.level=error".to_owned()])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = command.spawn().expect("Prometheus is installed (./dev test server installs it where it can)");
        Self { process, url: format!("http://{address}"), _folder: folder }
    }

    /// What it answers; `None` while it does not.
    async fn ask(&self, path: &str, query: &[(&str, &str)]) -> Option<Value> {
        let url = reqwest::Url::parse_with_params(&format!("{}{path}", self.url), query).expect("a URL");
        let answer = reqwest::get(url).await.ok()?;
        let answer: Value = answer.json().await.ok()?;
        assert_eq!(answer["status"], "success", "{query:?}: {answer}");
        Some(answer["data"].clone())
    }

    /// What a query returns: labels and their numbers.
    pub(crate) async fn samples(&self, query: &str) -> Vec<(Value, String)> {
        let answer = self.ask("/api/v1/query", &[("query", query)]).await.unwrap_or_default();
        let samples = answer["result"].as_array().cloned().unwrap_or_default();
        let samples = samples.into_iter().filter_map(|mut sample| {
            Some((sample["metric"].take(), sample["value"][1].as_str().filter(|value| *value != "NaN")?.to_owned()))
        });
        samples.collect()
    }

    /// Returns once every panel of the dashboard shows something.
    pub(crate) async fn shows_all_panels(&self) {
        let queries = queries();
        assert!(queries.len() > 20, "{queries:?}");
        for (title, query) in &queries {
            let has_data = tokio::time::timeout(PATIENCE, async {
                while self.samples(query).await.is_empty() {
                    tokio::task::yield_now().await;
                }
            });
            assert!(has_data.await.is_ok(), "{title} shows nothing: {query}");
        }
    }

    /// Returns once it has asked so many servers, and twice, so that an increase shows.
    pub(crate) async fn knows(&self, servers: usize) {
        let asked_twice = "count_over_time(heartogether_joins_total[1m]) >= 2";
        eventually(|| async { self.samples(asked_twice).await.len() == servers }).await;
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Everything that the dashboard shows: somebody joins, sends, comes back, is refused something and reports the first sound.
pub(crate) async fn load(site: &Site) {
    let mut pair = site.pair().await;
    pair.host.say(ToRoom::Publish(Publish { source: Source::Display, paused: false })).await;
    pair.host.drain().await;
    let mut again = site.greet(&pair.grace).await;
    again.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    again.resumed().await;
    again.send(&join("XYZ234".parse().expect("a code"), Role::Listener)).await;
    again.refusal().await;
    let report = site.post("/api/first-sound", r#"{"ms":480}"#, &[("cookie", &pair.grace)]).await;
    assert!(report.status().is_success());
}

/// The title and the query of each thing that the dashboard draws.
pub(crate) fn queries() -> Vec<(String, String)> {
    let dashboard = std::fs::read_to_string(deployed("grafana/dashboard.json")).expect("the dashboard");
    let dashboard: Value = serde_json::from_str(&dashboard).expect("JSON");
    let mut queries = Vec::new();
    for panel in dashboard["panels"].as_array().expect("panels") {
        let title = panel["title"].as_str().expect("a title");
        let targets = panel["targets"].as_array().expect("queries");
        assert!(!targets.is_empty(), "{title} draws nothing");
        for target in targets {
            let query = target["expr"].as_str().expect("a query");
            let query = query.replace("$__rate_interval", RATE_INTERVAL).replace("$instance", ".*");
            assert!(!query.contains('$'), "{title} has a variable that this test does not know: {query}");
            queries.push((title.to_owned(), query));
        }
    }
    queries
}

#[tokio::test]
async fn every_panel_of_the_dashboard_has_data() {
    if is_left_out() {
        return;
    }
    let data = TempDir::new().expect("a folder for the data");
    let metrics = format!("127.0.0.1:{}", free_port());
    let server = Process::start(data.path(), &["--metrics-addr", &metrics]);
    let prometheus = Prometheus::watch(&[metrics]);
    prometheus.knows(1).await;
    load(&server.site).await;
    prometheus.shows_all_panels().await;
    let rules = prometheus.ask("/api/v1/rules", &[]).await.expect("an answer");
    let rules = rules["groups"][0]["rules"].as_array().expect("alerts").clone();
    assert_eq!(rules.len(), alerts().len());
    for rule in rules {
        assert_eq!(rule["health"], "ok", "{rule}");
        // Those that are about times wait for some minutes, because a machine can be slow for a moment.
        let is_about_times = rule["name"].as_str().is_some_and(|name| name.ends_with("Slow"));
        let states: &[_] = if is_about_times { &["inactive", "pending"] } else { &["inactive"] };
        assert!(states.iter().any(|state| rule["state"] == *state), "nothing is wrong: {rule}");
    }
}

/// The names of the alerts.
fn alerts() -> Vec<String> {
    let rules = std::fs::read_to_string(deployed("prometheus/alerts.yml")).expect("the alerts");
    let names = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    names.map(str::to_owned).collect()
}

#[test]
fn alerts_are_sound_tested_and_explained() {
    let page = include_str!("../../docs/operating.md");
    let tests = std::fs::read_to_string(deployed("prometheus/alerts_test.yml")).expect("the tests of the alerts");
    for alert in alerts() {
        assert!(page.contains(&format!("| `{alert}`")), "docs/operating.md does not explain {alert}");
        assert!(tests.contains(&format!("- alertname: {alert}\n")), "no test in which {alert} comes");
    }
    if is_left_out() {
        return;
    }
    for arguments in [
        ["check", "rules", "prometheus/alerts.yml"],
        ["check", "config", "prometheus/prometheus.yml"],
        ["test", "rules", "prometheus/alerts_test.yml"],
    ] {
        promtool(&deployed(""), &arguments);
    }
}

/// Debian's promtool finds nothing wrong.
fn promtool(folder: &Path, arguments: &[&str]) {
    let output = Command::new("promtool").current_dir(folder).args(arguments).output();
    let output = output.expect("promtool comes with Prometheus");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
}

#[test]
fn prometheus_in_compose_has_a_sound_configuration() {
    if is_left_out() {
        return;
    }
    for file in ["compose.yaml", "compose-one.yaml"] {
        let (compose, container) = (deployed(file), TempDir::new().expect("a folder"));
        let compose = std::fs::read_to_string(compose).expect("a file for Compose");
        // As Compose mounts them.
        let mounts =
            compose.lines().filter_map(|line| line.trim().strip_prefix("- ./")?.split_once(":/etc/prometheus/"));
        for (source, target) in mounts {
            let target = container.path().join(target.trim_end_matches(":ro"));
            std::fs::copy(deployed(source), target).expect("a file that is mounted");
        }
        promtool(container.path(), &["check", "config", "prometheus.yml"]);
    }
}
