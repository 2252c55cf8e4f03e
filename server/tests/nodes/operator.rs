//! What those who run nodes are told, and what nobody is told.

use std::{fs::File, path::Path, process::Stdio, time::Duration};

use heartogether::room::RoomEvent;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::sleep;

use super::{
    house::{House, SECRET, write_surely},
    together::apart,
};
use crate::{
    redis_fleet::Fleet,
    storage::readiness,
    support::{Certificates, Process, Site, eventually, free_port, resume, save},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operator_sees_how_redis_is_and_nobody_sees_its_password() {
    let mut house = House::build().await;
    let password = "porcupine-of-redis";
    house.fleet.servers[0].cli(&["CONFIG", "SET", "requirepass", password]);
    house.fleet.url = house.fleet.url.replace("redis://", &format!("redis://:{password}@"));
    let (folder, metrics) = (TempDir::new().expect("a folder"), format!("127.0.0.1:{}", free_port()));
    let path = folder.path().join("log");
    let log = Stdio::from(File::create(&path).expect("a file"));
    let node = house.start_with(&["--metrics-addr", &metrics], "trace", log);
    node.site().pair().await;
    let (status, told) = readiness(node.site()).await;
    assert_eq!((status, &told["parts"]["redis"]), (StatusCode::OK, &json!("ok")));
    let notes = told["notes"].as_array().expect("notes");
    assert!(notes.len() == 1 && told.to_string().contains("single server without a replica"), "{told}");

    let operator = Site { authority: metrics };
    let answer = operator.get("/api/system/redis", None).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let text = answer.text().await.expect("text");
    let report: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&report["mode"], &report["partitionsWithoutPrimary"]), (&json!("single"), &json!(0)));
    assert_eq!((&report["nodes"].as_array().map(Vec::len), &report["roomsFollowed"]), (&Some(1), &json!(1)));
    let primary = &report["primaries"][0];
    assert_eq!(
        (&primary["isDown"], &primary["isAppendOnly"], &primary["replicas"]),
        (&json!(false), &json!(true), &json!([]))
    );
    assert!(primary["roundTripMs"].as_f64().expect("a number") > 0.0, "{primary}");
    let samples = operator.get("/metrics", None).await.text().await.expect("text");
    assert!(samples.contains("heartogether_dependency_up{dependency=\"redis\"} 1"), "{samples}");

    let stranger = node.site().get("/api/system/redis", None).await;
    assert_eq!(stranger.status(), StatusCode::NOT_FOUND);
    node.terminate();
    let log = std::fs::read_to_string(path).expect("the log");
    assert!(log.contains("rooms are shared by redis://127.0.0.1") && !log.contains(password));
    assert!(!text.contains(password) && !told.to_string().contains(password) && !told.to_string().contains(SECRET));
}

/// Returns once the last note of a node says this.
async fn notes(site: &Site, text: &str) {
    let has_note = async || {
        let (_, told) = readiness(site).await;
        let last = told["notes"].as_array().and_then(|notes| notes.last()?.as_str());
        last.is_some_and(|note| note.contains(text))
    };
    eventually(has_note).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_says_what_of_its_rooms_is_not_on_the_disk_of_a_redis_without_a_replica() {
    let mut house = House::build().await;
    let rights = ["~*", "&*", "+@all", "-@admin", "-@dangerous", "+info"];
    house.fleet.servers[0].cli(&[&["ACL", "SETUSER", "ada", "on", ">hedgehog"][..], &rights].concat());
    let set = |name, value| _ = house.fleet.servers[0].cli(&["CONFIG", "SET", name, value]);
    let node = house.start(&[]);
    notes(node.site(), "so are the live rooms.").await;
    set("appendfsync", "everysec");
    notes(node.site(), "Set appendfsync always.").await;
    set("appendonly", "no");
    notes(node.site(), "Set appendonly yes and appendfsync always.").await;
    set("appendonly", "yes");
    // The user that docs/operating.md proposes.
    house.fleet.url = house.fleet.url.replace("redis://", "redis://ada:hedgehog@");
    let node = house.start(&[]);
    notes(node.site(), "may not ask").await;
    node.site().pair().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_redis_refuses_is_told_once_with_the_setting_to_correct() {
    let mut house = House::build().await;
    let (known, other) = ("porcupine-of-redis", "hedgehog-of-redis");
    house.fleet.url = house.fleet.url.replace("redis://", &format!("redis://:{known}@"));
    let redis = &house.fleet.servers[0];
    redis.cli(&["CONFIG", "SET", "requirepass", other]);
    let folder = TempDir::new().expect("a folder");
    let [site, operator] = [(); 2].map(|()| Site { authority: format!("127.0.0.1:{}", free_port()) });
    let (_, port) = site.authority.split_once(':').expect("a port");
    let path = folder.path().join("log");
    let mut command = Process::command(folder.path(), "info");
    command.args(["--port", port, "--host", "127.0.0.1", "--metrics-addr", &operator.authority]).args(house.flags());
    command.stderr(File::create(&path).expect("a file"));
    let starting = Process::begin(command);
    let lines = |text: &str| {
        let log = std::fs::read_to_string(&path).expect("the log");
        log.lines().filter(|line| line.contains(text)).count()
    };
    eventually(async || tokio::net::TcpStream::connect(&site.authority).await.is_ok()).await;
    notes(&site, "correct this setting").await;
    assert_eq!(readiness(&site).await.1["parts"]["redis"], "down");
    // It has been tried some more times.
    sleep(Duration::from_secs(3)).await;
    assert_eq!((lines("correct REDIS_URL"), lines("the storage fails")), (1, 0));

    redis.cli(&["-a", other, "CONFIG", "SET", "requirepass", known]);
    let node = starting.ready();
    assert_eq!(readiness(&site).await.1["parts"]["redis"], "ok");
    assert_eq!((lines("correct REDIS_URL"), lines("does not refuse")), (1, 1));
    let report: Value = operator.get("/api/system/redis", None).await.json().await.expect("JSON");
    assert_eq!(report["isPasswordRefused"], false);

    redis.cli(&["-a", known, "CONFIG", "SET", "requirepass", other]);
    for kind in ["normal", "pubsub"] {
        redis.cli(&["-a", other, "CLIENT", "KILL", "TYPE", kind]);
    }
    notes(&site, "correct this setting").await;
    let (status, told) = readiness(&site).await;
    assert_eq!((status, &told["parts"]["redis"]), (StatusCode::OK, &json!("down")), "sound goes on");
    let report: Value = operator.get("/api/system/redis", None).await.json().await.expect("JSON");
    assert_eq!(report["isPasswordRefused"], true);
    sleep(Duration::from_secs(3)).await;
    assert_eq!(lines("correct REDIS_URL"), 2);
    assert!(node.terminate().success());
    assert_eq!((lines(known), lines(other)), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_redis_has_no_word_of_it() {
    let data = TempDir::new().expect("a folder");
    let metrics = format!("127.0.0.1:{}", free_port());
    let single = Process::start(data.path(), &["--metrics-addr", &metrics]);
    eventually(async || readiness(&single.site).await.0 == StatusCode::OK).await;
    assert!(readiness(&single.site).await.1["parts"].get("redis").is_none());
    let operator = Site { authority: metrics };
    assert_eq!(operator.get("/api/system/redis", None).await.status(), StatusCode::NOT_FOUND);
}

/// Redis' settings for TLS, with a certificate of an authority that this machine does not trust, in this folder.
fn tls(folder: &Path) -> Vec<String> {
    let ours = Certificates::of("127.0.0.1");
    let [authority, certificate, key] =
        [(AUTHORITY, &ours.authority), ("certificate.pem", &ours.certificate), ("key.pem", &ours.key)]
            .map(|(name, text)| save(folder, name, text));
    let files = [("--tls-ca-cert-file", authority), ("--tls-cert-file", certificate), ("--tls-key-file", key)];
    let clients = ("--tls-auth-clients", "no".to_owned());
    files.into_iter().chain([clients]).flat_map(|(name, value)| [name.to_owned(), value]).collect()
}

const AUTHORITY: &str = "authority.pem";

/// A node that trusts the authority in this folder.
fn start_trusting(house: &House, folder: &Path) -> (Process, TempDir) {
    let data = TempDir::new().expect("a folder");
    let mut command = Process::command(data.path(), "warn");
    command
        .args(["--port", "0", "--host", "127.0.0.1"])
        .args(house.flags())
        .env("SSL_CERT_FILE", folder.join(AUTHORITY));
    (Process::spawn(command), data)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_is_reached_over_tls_if_its_certificate_is_to_be_believed() {
    let folder = TempDir::new().expect("a folder");
    let settings = tls(folder.path());
    let house = House::with(Fleet::single_with(&settings.iter().map(String::as_str).collect::<Vec<_>>())).await;
    let believing = house.start(&["--redis-tls-reject-unauthorized", "false"]);
    let mut pair = believing.site().pair().await;
    assert_eq!(write_surely(&mut pair.listener, 1).await, 0);

    // An authority of one's own, which this node trusts.
    let (trusting, _data) = start_trusting(&house, folder.path());
    let mut listener = trusting.site.greet(&pair.grace).await;
    listener.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    listener.resumed().await;
    assert_eq!(write_surely(&mut listener, 2).await, 0);

    let site = Site { authority: format!("127.0.0.1:{}", free_port()) };
    let (_, port) = site.authority.split_once(':').expect("a port");
    let log = folder.path().join("log");
    let mut command = Process::command(folder.path(), "warn");
    command.args(["--port", port, "--host", "127.0.0.1"]).args(house.flags());
    let mut careful = command.stderr(File::create(&log).expect("a file")).spawn().expect("a server");
    let told = || std::fs::read_to_string(&log).expect("the log");
    eventually(async || tokio::net::TcpStream::connect(&site.authority).await.is_ok()).await;
    eventually(async || readiness(&site).await.1["parts"]["redis"] == "down").await;
    eventually(async || told().contains("certificate")).await;
    careful.kill().expect("killed");
    careful.wait().expect("gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_is_reached_over_tls() {
    let folder = TempDir::new().expect("a folder");
    let settings = tls(folder.path());
    let among_each_other = ["--tls-cluster", "yes", "--tls-replication", "yes"];
    let settings: Vec<_> = settings.iter().map(String::as_str).chain(among_each_other).collect();
    let house = House::with(Fleet::cluster_with(&settings)).await;
    let nodes = [(); 2].map(|()| start_trusting(&house, folder.path()));
    let mut pair = apart(&nodes[0].0.site, &nodes[1].0.site).await;
    assert_eq!(write_surely(&mut pair.listener, 1).await, 0);
    while !matches!(pair.host.event().await, RoomEvent::MessageSent { message } if message.nonce == 1) {}
    pair.is_undisturbed().await;
}
