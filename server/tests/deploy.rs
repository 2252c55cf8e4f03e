//! Files in `deploy/` say what fits to each other, to the server and to the workbench. Nothing here starts a container.

mod parsed;

use std::{fs, path::Path};

/// A file of the repository.
fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).expect("a file of the repository")
}

/// What stands after this word in the only line that begins with it, without quotes.
fn value(text: &str, word: &str) -> String {
    let mut found = text.lines().filter_map(|line| line.trim().strip_prefix(word));
    let value = found.next().unwrap_or_else(|| panic!("there is no {word}")).trim().trim_matches('"').to_owned();
    assert_eq!(found.next(), None, "{word} is there once");
    value
}

/// Connections that PostgreSQL keeps for its operators, and some for programs such as `pg_dump`.
const FOR_OPERATORS: u64 = 10;

/// The default of a setting that is a number, such as milliseconds.
fn default_number(setting: &str) -> u64 {
    let settings = text("docs/settings.md");
    let row = settings.lines().find(|line| line.starts_with(&format!("| `{setting}` |"))).expect("a setting");
    row.trim_end_matches(" |").rsplit("| ").next().expect("a default").trim_matches('`').parse().expect("a number")
}

/// A number of seconds, such as `30s`, in milliseconds.
fn ms(seconds: &str) -> u64 {
    seconds.trim_end_matches('s').parse::<u64>().expect("seconds") * 1_000
}

#[test]
fn a_server_has_the_time_to_stop_in_order_before_it_is_killed() {
    for (file, word) in [
        ("fly.toml", "kill_timeout ="),
        ("fly-nodes.toml", "kill_timeout ="),
        ("compose.yaml", "stop_grace_period:"),
        ("compose-one.yaml", "stop_grace_period:"),
    ] {
        let patience = ms(&value(&text(&format!("deploy/{file}")), word));
        assert!(patience > default_number("STOP_TIMEOUT_MS"), "{file} kills it after {patience} ms");
    }
}

#[test]
fn several_machines_at_fly_share_everything_and_are_replaced_in_turn() {
    let file = text("deploy/fly-nodes.toml");
    assert!(!file.contains("[mounts]"), "a volume belongs to one machine");
    assert_eq!(value(&file, "strategy ="), "rolling");
    assert!(value(&file, "min_machines_running =").parse::<u32>().expect("a number") > 1);
    let secrets = file.lines().find(|line| line.contains("fly secrets set")).expect("a command for what is secret");
    for secret in ["JWT_SECRET", "DATABASE_URL", "REDIS_URL", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"] {
        assert!(secrets.contains(&format!("{secret}=")), "{secret}");
        assert!(!file.contains(&format!("{secret} =")), "{secret} does not stand in the file");
    }
    // No `fly.toml` names the app where the commands are run.
    for text in [&file, &text("docs/operating.md")] {
        for command in text.split("fly ").skip(1).filter_map(|rest| rest.split(['`', '&', '\n']).next()) {
            let needs_app = ["launch", "secrets", "deploy", "scale"].iter().any(|verb| command.starts_with(verb));
            assert!(!needs_app || command.contains("--config deploy/fly-nodes.toml"), "fly {command}");
        }
    }
    let set = |name: &str| value(&file, &format!("{name} =")).parse::<u64>().expect("milliseconds");
    let asked_every = ms(&value(&file, "interval ="));
    assert!(set("STOP_DELAY_MS") > asked_every, "the proxy notices before sockets move");
    assert!(set("STOP_DELAY_MS") + set("STOP_SPREAD_MS") < default_number("STOP_TIMEOUT_MS"));
}

#[test]
fn compose_has_one_service_for_all_nodes_which_nginx_and_prometheus_find_by_name() {
    let compose = text("deploy/compose.yaml");
    let services: Vec<_> = compose
        .lines()
        .skip_while(|line| *line != "services:")
        .take_while(|line| *line != "networks:")
        .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':').filter(|name| !name.starts_with(' ')))
        .collect();
    let nodes: Vec<_> = services.iter().filter(|name| name.contains("node")).collect();
    assert_eq!(nodes, [&"node"], "`--scale node=5` means all nodes");
    assert_eq!(value(&compose, "replicas:"), "3");
    assert!(!compose.contains("container_name"), "only one container could have it");
    assert_eq!(value(&text("deploy/compose/nginx.conf"), "set $nodes"), "node:3000;");
    let name = value(&text("deploy/compose/prometheus.yml"), "- names:");
    assert_eq!(format!("[{}]", value(&compose, "aliases: [").trim_end_matches(']')), name);
}

#[test]
fn postgresql_in_compose_has_connections_for_as_many_nodes_as_is_said() {
    let (compose, guide) = (text("deploy/compose.yaml"), text("docs/operating.md"));
    let connections = value(&compose, "command: postgres -c max_connections=").parse::<u64>().expect("a number");
    let each = default_number("DATABASE_CONNECTIONS") + 1;
    let nodes = |limit: u64| (limit - FOR_OPERATORS) / each;
    assert!(compose.contains(&format!("# Enough for {} nodes", nodes(connections))));
    let said = format!("default of 100 is enough for {} nodes, the {connections} of", nodes(100));
    assert!(guide.contains(&said), "{said}");
    assert!(guide.contains(&format!("[compose.yaml](../deploy/compose.yaml) for {}.", nodes(connections))));
}

#[test]
fn compose_for_development_runs_the_workbench_and_lets_pages_reload() {
    let (compose, cargo) = (text("deploy/compose-dev.yaml"), text("Cargo.toml"));
    assert_eq!(value(&compose, "command:"), "[./dev, watch]");
    let stage = value(&compose, "target:");
    assert!(text("Dockerfile").lines().any(|line| line.ends_with(&format!(" AS {stage}"))), "{stage} is a stage");
    let site = value(&cargo, "site-addr =");
    let port = site.rsplit(':').next().expect("a port");
    assert_eq!(value(&compose, "LEPTOS_SITE_ADDR:"), format!("0.0.0.0:{port}"));
    for port in [port, &value(&cargo, "reload-port =")] {
        assert!(compose.contains(&format!("- 127.0.0.1:{port}:{port}\n")), "{port} can be reached");
    }
    assert!(compose.contains("- ..:/build\n"), "it builds what is in the checkout");
}
