//! What the real binary's log is like: lines that programs can read, and that belong together by their ids.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Process, eventually};

/// A server with a log in JSON.
struct Logged {
    server: Process,
    path: PathBuf,
    _data: TempDir,
}

impl Logged {
    fn start(flags: &[&str]) -> Self {
        Self::start_with("info,heartogether_server=debug", flags)
    }

    /// Logs what this filter chooses.
    fn start_with(filter: &str, flags: &[&str]) -> Self {
        let data = TempDir::new().expect("a folder for the data");
        let path = data.path().join("log");
        let log = File::create(&path).expect("a file for the log");
        let flags = [&["--log-format", "json"], flags].concat();
        let server = Process::start_with(data.path(), &flags, filter, Stdio::from(log));
        Self { server, path, _data: data }
    }

    /// The lines so far. Each is an object.
    fn lines(&self) -> Vec<Value> {
        read(&self.path)
    }

    /// The lines about a request.
    async fn lines_of(&self, request_id: &str) -> Vec<Value> {
        let is_of = |line: &Value| spans(line).iter().any(|span| span["request_id"] == request_id);
        let of_request = || self.lines().into_iter().filter(is_of).collect::<Vec<_>>();
        eventually(|| async { !of_request().is_empty() }).await;
        of_request()
    }
}

fn read(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("the log");
    // The last line may still be written.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
}

fn spans(line: &Value) -> Vec<Value> {
    line["spans"].as_array().cloned().unwrap_or_default()
}

fn id_in(answer: &reqwest::Response) -> String {
    answer.headers()["x-request-id"].to_str().expect("an id in ASCII").to_owned()
}

#[tokio::test]
async fn every_request_has_an_id_of_its_own_in_its_answer_and_in_its_lines() {
    let logged = Logged::start(&[]);
    let site = &logged.server.site;
    let answers =
        [site.get("/", None).await, site.get("/api/health", None).await, site.get("/no/such/page", None).await];
    let ids: Vec<_> = answers.iter().map(id_in).collect();
    assert!(ids.iter().all(|id| id.len() == 32), "{ids:?}");
    assert!(ids[0] != ids[1] && ids[1] != ids[2], "{ids:?}");
    let lines = logged.lines_of(&ids[2]).await;
    let answered = lines.iter().find(|line| line["message"] == "the request is answered").expect("a line");
    assert_eq!((&answered["status"], &answered["level"]), (&Value::from(404), &Value::from("DEBUG")));
    assert_eq!(spans(answered)[0]["method"], "GET");
    for line in logged.lines() {
        assert!(line["timestamp"].is_string() && line["target"].is_string() && line["message"].is_string(), "{line}");
    }
}

#[tokio::test]
async fn levels_are_chosen_by_module() {
    const MODULE: &str = "heartogether_server::http::request_id";
    let is_answered = |line: &Value| line["message"] == "the request is answered";
    let chosen = Logged::start_with(&format!("off,{MODULE}=debug"), &[]);
    let id = id_in(&chosen.server.site.get("/api/health", None).await);
    assert!(chosen.lines_of(&id).await.iter().any(is_answered));
    let targets = |logged: &Logged| logged.lines().iter().map(|line| line["target"].clone()).collect::<Vec<_>>();
    assert!(targets(&chosen).iter().all(|target| target == MODULE), "{:?}", targets(&chosen));

    let others = Logged::start_with(&format!("debug,{MODULE}=warn"), &[]);
    let asked = others.server.site.sign_in("Ada").await;
    let _connection = others.server.site.greet(&asked).await;
    let is_opened = |line: &Value| line["message"] == "a WebSocket is opened";
    eventually(async || others.lines().iter().any(is_opened)).await;
    assert!(!targets(&others).iter().any(|target| target == MODULE));
}

#[tokio::test]
async fn the_log_says_at_the_start_which_other_sites_are_let_in() {
    let of_sites = |logged: &Logged| {
        let messages = logged.lines().into_iter().filter_map(|line| line["message"].as_str().map(str::to_owned));
        messages.filter(|message| message.starts_with("pages of ")).collect::<Vec<_>>()
    };
    let let_in = Logged::start(&["--frontend-url", "https://friend.example/app,https://other.example:8443"]);
    let told = "pages of https://friend.example, https://other.example:8443 may send requests and read the answers";
    assert_eq!(of_sites(&let_in), [told]);
    assert!(of_sites(&Logged::start(&[])).is_empty());
}

#[tokio::test]
async fn only_a_trusted_proxy_chooses_an_id() {
    let logged = Logged::start(&["--trusted-proxies", "127.0.0.1"]);
    let proxied = [("x-request-id", "edge-7"), ("x-forwarded-for", "192.0.2.9"), ("x-forwarded-proto", "https")];
    assert_eq!(id_in(&logged.server.site.get_with("/api/health", &proxied).await), "edge-7");
    assert_eq!(logged.lines_of("edge-7").await.len(), 1);
    let forged = [("x-request-id", "a b=c"), ("x-forwarded-for", "192.0.2.9"), ("x-forwarded-proto", "https")];
    assert_ne!(id_in(&logged.server.site.get_with("/api/health", &forged).await), "a b=c");
    let other = Logged::start(&[]);
    assert_ne!(id_in(&other.server.site.get_with("/api/health", &proxied).await), "edge-7");
}

#[tokio::test]
async fn lines_name_rooms_members_and_connections_and_no_code() {
    let logged = Logged::start(&[]);
    let pair = logged.server.site.pair().await;
    logged.server.site.get(&format!("/listen/{}", pair.code), Some(&pair.grace)).await;
    let member = pair.as_listener.member.to_string();
    let find = || logged.lines().into_iter().find(|line| line["member"] == member.as_str());
    eventually(|| async { find().is_some() }).await;
    let line = find().expect("a line about the member");
    assert_eq!(line["room"], pair.id.to_string());
    let lines = logged.lines();
    let is_opened =
        |other: &&Value| other["message"] == "a WebSocket is opened" && other["connection"] == line["connection"];
    let opened = lines.iter().find(is_opened).expect("a line about the connection");
    assert!(spans(opened)[0]["request_id"].is_string(), "{opened}");
    let text = std::fs::read_to_string(&logged.path).expect("the log");
    assert!(!text.contains(&pair.code.to_string()), "the log lets people into the room");
}
