//! YAML and TOML files for operators, as parsers and their own tools read them. What they name is there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use super::default_number;

/// The port of a server that has no certificate.
const PORT: u64 = 3_000;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The documents of each of these files.
fn parsed(files: &[PathBuf]) -> Vec<Vec<Value>> {
    let mut node = Command::new("node");
    let output = node.arg(root().join(".ci/parsed.mjs")).args(files).output();
    let output = output.expect("Node, whose packages ./dev test server installs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The documents of a file in `deploy/`.
fn documents(name: &str) -> Vec<Value> {
    parsed(&[root().join("deploy").join(name)]).remove(0)
}

/// The only document of a file in `deploy/`.
fn document(name: &str) -> Value {
    let documents = documents(name);
    assert_eq!(documents.len(), 1, "{name}");
    documents[0].clone()
}

/// All files below a folder.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] }).collect()
}

/// The names in an object or a list: several settings of Compose may be either.
fn names(value: &Value) -> BTreeSet<&str> {
    let keys = value.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    keys.chain(list(value).map(|word| word.as_str().expect("a word"))).collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// What is called so in a list of objects.
fn called<'a>(list: &'a Value, name: &Value) -> &'a Value {
    let mut found = self::list(list).filter(|entry| entry["name"] == *name);
    found.next().unwrap_or_else(|| panic!("{name} is not in {list}"))
}

#[test]
fn every_file_in_yaml_or_toml_can_be_parsed() {
    let mut files = files_in(&root().join("deploy"));
    let kinds = ["toml", "yaml", "yml"];
    files.retain(|path| path.extension().is_some_and(|kind| kinds.iter().any(|known| kind == *known)));
    assert!(files.len() > 12, "{files:?}");
    for (file, documents) in files.iter().zip(parsed(&files)) {
        assert!(!documents.is_empty() && documents.iter().all(Value::is_object), "{}: {documents:?}", file.display());
    }
}

const COMPOSE: [&str; 3] = ["compose.yaml", "compose-dev.yaml", "compose-one.yaml"];

#[test]
fn services_of_compose_name_only_what_there_is() {
    let deploy = root().join("deploy");
    for file in COMPOSE {
        let compose = document(file);
        let services = compose["services"].as_object().expect("services");
        let mut mounted = BTreeSet::new();
        for (name, service) in services {
            let context = service["build"].as_str().or(service["build"]["context"].as_str());
            assert!(service["image"].is_string() != context.is_some(), "{file}: {name} is pulled or built");
            let is_there = context.is_none_or(|context| deploy.join(context).join("Dockerfile").is_file());
            assert!(is_there, "{file}: {name} is built from {context:?}");
            for (source, _) in names(&service["volumes"]).iter().filter_map(|volume| volume.split_once(':')) {
                match source.starts_with('.') {
                    true => assert!(deploy.join(source).exists(), "{file}: {name} mounts {source}"),
                    false => _ = mounted.insert(source.to_owned()),
                }
            }
            assert!(names(&service["networks"]).is_subset(&names(&compose["networks"])), "{file}: {name}");
            for other in names(&service["depends_on"]) {
                let is_healthy = service["depends_on"][other]["condition"] == "service_healthy";
                let checks =
                    &services.get(other).unwrap_or_else(|| panic!("{file}: {name} needs {other}"))["healthcheck"];
                assert!(!is_healthy || checks["test"].is_string(), "{file}: {name} waits for {other} in vain");
            }
        }
        assert_eq!(mounted.iter().map(String::as_str).collect::<BTreeSet<_>>(), names(&compose["volumes"]), "{file}");
    }
}

#[test]
fn compose_understands_its_files() {
    if std::env::var_os("HEARTOGETHER_WITHOUT_COMPOSE").is_some() {
        eprintln!("left out: docker-compose is not here");
        return;
    }
    for file in COMPOSE {
        let mut compose = Command::new("docker-compose");
        compose.current_dir(root().join("deploy")).args(["--file", file, "config", "--quiet"]);
        compose.envs(["JWT_SECRET", "REDIS_PASSWORD", "POSTGRES_PASSWORD"].map(|name| (name, "a-secret")));
        let output = compose.output().expect("docker-compose, which ./dev test server installs where it can");
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{file}: {said}");
    }
}

/// What of these documents is of this kind.
fn of_kind<'a>(documents: &'a [Value], kind: &str) -> Vec<&'a Value> {
    documents.iter().filter(|document| document["kind"] == kind).collect()
}

/// A deployment's pod, by whose labels others choose it.
fn check_pod(deployment: &Value, claims: &[&Value]) {
    let (spec, labels) = (&deployment["spec"]["template"]["spec"], pod_labels(deployment));
    assert_eq!(&deployment["spec"]["selector"]["matchLabels"], labels);
    for constraint in list(&spec["topologySpreadConstraints"]) {
        assert_eq!(&constraint["labelSelector"]["matchLabels"], labels);
    }
    let container = &spec["containers"][0];
    assert!(container["image"].is_string() && spec["containers"][1].is_null());
    for setting in list(&container["env"]) {
        assert!(setting["name"].is_string() && setting["value"].is_string(), "no number is taken: {setting}");
    }
    for (probe, page) in [("livenessProbe", "/api/health"), ("readinessProbe", "/api/ready")] {
        let asked = &container[probe]["httpGet"];
        assert_eq!((&asked["path"], &asked["port"]), (&page.into(), &"http".into()), "{probe}");
    }
    assert_eq!(called(&container["ports"], &"http".into())["containerPort"], PORT);
    assert_eq!(list(&container["volumeMounts"]).count(), list(&spec["volumes"]).count());
    for mount in list(&container["volumeMounts"]) {
        let claim = &called(&spec["volumes"], &mount["name"])["persistentVolumeClaim"]["claimName"];
        assert!(claim.is_null() || claims.iter().any(|known| known["metadata"]["name"] == *claim), "{claim}");
    }
}

fn pod_labels(deployment: &Value) -> &Value {
    &deployment["spec"]["template"]["metadata"]["labels"]
}

#[test]
fn what_is_created_in_kubernetes_fits_together() {
    let alone = documents("kubernetes.yaml");
    let mut several = documents("kubernetes-nodes.yaml");
    // As its first lines say.
    several.extend(alone.iter().filter(|one| one["kind"] == "Service" || one["kind"] == "Ingress").cloned());
    for documents in [alone, several] {
        for document in &documents {
            let is_named = document["metadata"]["name"].is_string() && document["spec"].is_object();
            assert!(document["apiVersion"].is_string() && document["kind"].is_string() && is_named, "{document}");
        }
        let [deployment] = of_kind(&documents, "Deployment")[..] else { panic!("one deployment") };
        check_pod(deployment, &of_kind(&documents, "PersistentVolumeClaim"));
        let [service] = of_kind(&documents, "Service")[..] else { panic!("one service") };
        assert_eq!(&service["spec"]["selector"], pod_labels(deployment));
        for port in list(&service["spec"]["ports"]) {
            called(&deployment["spec"]["template"]["spec"]["containers"][0]["ports"], &port["targetPort"]);
        }
        for budget in of_kind(&documents, "PodDisruptionBudget") {
            assert_eq!(&budget["spec"]["selector"]["matchLabels"], pod_labels(deployment));
        }
        let ingresses = of_kind(&documents, "Ingress");
        let rules = ingresses.iter().flat_map(|ingress| list(&ingress["spec"]["rules"]));
        let paths: Vec<_> = rules.flat_map(|rule| list(&rule["http"]["paths"])).collect();
        assert!(!paths.is_empty());
        for path in paths {
            let backend = &path["backend"]["service"];
            assert_eq!(backend["name"], service["metadata"]["name"], "{path}");
            called(&service["spec"]["ports"], &backend["port"]["name"]);
        }
    }
}

#[test]
fn hosters_are_told_the_servers_ports_and_pages() {
    for file in ["fly.toml", "fly-nodes.toml"] {
        let fly = document(file);
        assert!(fly["app"].is_string() && fly["primary_region"].is_string(), "{file}");
        assert!(root().join("deploy").join(fly["build"]["dockerfile"].as_str().expect("a file")).is_file(), "{file}");
        assert_eq!(fly["http_service"]["internal_port"], PORT, "{file}");
        assert_eq!(fly["http_service"]["checks"][0]["path"], "/api/ready", "{file}");
        let metrics = fly["env"]["METRICS_ADDR"].as_str().expect("an address");
        assert_eq!(
            (&fly["metrics"]["path"], &*format!("0.0.0.0:{}", fly["metrics"]["port"])),
            (&"/metrics".into(), metrics)
        );
        assert!(fly["env"].as_object().expect("settings").values().all(Value::is_string), "{file}");
        assert!(fly["vm"][0]["memory"].is_string(), "{file}");
    }
    assert_eq!(document("fly.toml")["mounts"]["destination"], "/data");
    let render = &document("render.yaml")["services"][0];
    assert_eq!((&render["type"], &render["runtime"]), (&"web".into(), &"docker".into()));
    assert_eq!((&render["healthCheckPath"], &render["disk"]["mountPath"]), (&"/api/ready".into(), &"/data".into()));
    let seconds = render["maxShutdownDelaySeconds"].as_u64().expect("a number");
    assert!(seconds * 1_000 > default_number("STOP_TIMEOUT_MS"));
    for setting in list(&render["envVars"]) {
        assert!(setting["key"].is_string() && setting["value"].is_string(), "{setting}");
    }
}

#[test]
fn traefik_and_grafana_are_led_to_what_there_is() {
    let http = &document("traefik.yaml")["http"];
    for router in http["routers"].as_object().expect("routers").values() {
        let service = &http["services"][router["service"].as_str().expect("a name")]["loadBalancer"];
        assert_eq!(service["servers"][0]["url"], format!("http://127.0.0.1:{}", PORT));
        assert_eq!(service["healthCheck"]["path"], "/api/ready");
    }
    let source = document("grafana/provisioning/datasources/prometheus.yml")["datasources"][0].clone();
    assert_eq!((&source["type"], &source["url"]), (&"prometheus".into(), &"http://prometheus:9090".into()));
    let board = document("grafana/provisioning/dashboards/heartogether.yml")["providers"][0].clone();
    let folder = board["options"]["path"].as_str().expect("a folder");
    for file in ["compose.yaml", "compose-one.yaml"] {
        let services = &document(file)["services"];
        assert!(services["prometheus"]["image"].is_string(), "{file}");
        let mounted = names(&services["grafana"]["volumes"]);
        let dashboard = format!("./grafana/dashboard.json:{folder}/heartogether.json:ro");
        assert!(mounted.contains(&*dashboard), "{file}: {mounted:?}");
    }
}
