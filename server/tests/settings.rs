//! Settings, as the real binary reads them from its environment.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

/// Nothing else from this machine's environment stands in between.
fn command(data: &Path, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heartogether-server"));
    command.env_clear().env("HEARTOGETHER_DATA_DIR", data).envs(environment.iter().copied());
    command
}

/// A server that has started, killed when dropped.
struct Started {
    child: Child,
    first_line: String,
}

impl Started {
    fn new(mut command: Command, log: Stdio) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the server starts");
        let mut first_line = String::new();
        let stdout = child.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut first_line).expect("its first line");
        Self { child, first_line }
    }

    fn is_ready(&self) -> bool {
        self.first_line.starts_with("HearTogether is ready at ")
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server ends");
    }
}

/// What a server says that does not start.
fn refused(environment: &[(&str, &str)]) -> String {
    let data = TempDir::new().expect("a folder for the data");
    let Output { status, stderr, .. } = command(data.path(), environment).output().expect("the server ends");
    assert!(!status.success());
    String::from_utf8(stderr).expect("text")
}

/// The variables that `--help` names.
fn names() -> Vec<String> {
    let data = TempDir::new().expect("a folder for the data");
    let output = command(data.path(), &[("HEARTOGETHER_JWT_SECRET", "hush")]).arg("--help").output().expect("the help");
    let help = String::from_utf8(output.stdout).expect("text");
    assert!(!help.contains("hush"), "no value is shown");
    let names = help.split("[env: ").skip(1).filter_map(|rest| Some(rest.split_once(']')?.0.to_owned()));
    names.collect()
}

#[test]
fn an_empty_setting_is_unset() {
    let names = names();
    assert!(names.len() > 40, "{names:?}");
    let own: Vec<String> = names.iter().map(|name| format!("HEARTOGETHER_{name}")).collect();
    let is_needed = |name: &str| ["HEARTOGETHER_PORT", "HEARTOGETHER_HOST", "HEARTOGETHER_DATA_DIR"].contains(&name);
    let all = names.iter().chain(&own).map(String::as_str).filter(|name| !is_needed(name));
    let environment: Vec<_> = all.map(|name| (name, "")).collect();
    let data = TempDir::new().expect("a folder for the data");
    let mut command = command(data.path(), &environment);
    command.envs([("HEARTOGETHER_PORT", "0"), ("HEARTOGETHER_HOST", "127.0.0.1")]);
    let started = Started::new(command, Stdio::inherit());
    assert!(started.is_ready());
}

#[test]
fn prefixed_names_take_precedence_over_plain_ones_and_flags_over_both() {
    let data = TempDir::new().expect("a folder for the data");
    let environment = [("PORT", "many"), ("HEARTOGETHER_PORT", "0"), ("HOST", "127.0.0.1")];
    assert!(Started::new(command(data.path(), &environment), Stdio::inherit()).is_ready());
    let mut command = command(data.path(), &[("HEARTOGETHER_PORT", "many"), ("HOST", "127.0.0.1")]);
    command.args(["--port", "0"]);
    assert!(Started::new(command, Stdio::inherit()).is_ready());
}

#[test]
fn an_error_names_the_variable_that_was_read() {
    for (environment, named) in [
        (&[("PORT", "many")][..], "'PORT'"),
        (&[("MAX_LISTENERS", "1"), ("HEARTOGETHER_MAX_LISTENERS", "0")], "'HEARTOGETHER_MAX_LISTENERS'"),
        (&[("HEARTOGETHER_HOST", "my-laptop")], "'HEARTOGETHER_HOST'"),
        (&[("HEARTOGETHER_LOG", "/var/log/hear.log")], "'HEARTOGETHER_LOG'"),
        (&[("HEARTOGETHER_TLS_CERT", "cert.pem")], "HEARTOGETHER_TLS_CERT and TLS_KEY have to be set together"),
        (&[("TLS_KEY", "key.pem")], "TLS_CERT and TLS_KEY have to be set together"),
    ] {
        let said = refused(environment);
        assert!(said.contains(named), "{named}: {said}");
    }
}

#[test]
fn variables_of_other_tools_do_not_stop_the_server() {
    let data = TempDir::new().expect("a folder for the data");
    let path = data.path().join("log");
    let log = File::create(&path).expect("a file for the log");
    let others = [
        ("HOST", "my-laptop"),
        ("LOG", "/var/log/somebody-else.log"),
        ("HEARTOGETHER_PORT", "tcp://10.0.0.1:3000"),
        ("PORT", "0"),
    ];
    let started = Started::new(command(data.path(), &others), Stdio::from(log));
    assert!(started.is_ready());
    drop(started);
    let log = std::fs::read_to_string(&path).expect("the log");
    for variable in ["HOST is no setting", "LOG is no setting", "HEARTOGETHER_PORT is no setting"] {
        assert_eq!(log.matches(variable).count(), 1, "{variable}: {log}");
    }
}

#[test]
fn the_file_env_sets_what_is_not_set_otherwise() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join(".env");
    std::fs::write(&file, "# Ours\nHEARTOGETHER_PORT=0\nHOST=\"127.0.0.1\"\nMAX_LISTENERS=none\n").expect("a file");
    let start = |environment| {
        let mut command = command(folder.path(), environment);
        command.current_dir(folder.path());
        command
    };
    let refused = start(&[]).output().expect("the server ends");
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("'MAX_LISTENERS'"), "it is read");
    assert!(Started::new(start(&[("MAX_LISTENERS", "8")]), Stdio::inherit()).is_ready(), "the environment comes first");
}

#[test]
fn a_file_env_that_cannot_be_read_is_refused_and_not_shown() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join(".env"), "PORT=0\nJWT_SECRET=\"hush hush\nHOST=::1\n").expect("a file");
    let mut command = command(folder.path(), &[]);
    let Output { status, stderr, .. } = command.current_dir(folder.path()).output().expect("the server ends");
    let said = String::from_utf8_lossy(&stderr);
    assert!(!status.success());
    assert!(said.contains(".env") && said.contains("after PORT") && !said.contains("hush"), "{said}");
}

/// A word that could be the name of a variable, set on a line of a file for operators.
fn variable(line: &str) -> Option<&str> {
    let line = line.trim().trim_start_matches("- ");
    let (name, rest) = line.split_once([':', '='])?;
    let name = if matches!(name, "name" | "key") { rest } else { name }.trim();
    let is_variable = name.contains('_') && name.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'));
    is_variable.then_some(name)
}

#[test]
fn files_for_operators_set_only_variables_that_there_are() {
    // What the images of others read.
    let others = ["POSTGRES_USER", "POSTGRES_PASSWORD", "REDISCLI_AUTH"];
    let known = names();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy");
    let files = [
        "compose.yaml",
        "compose-one.yaml",
        "kubernetes.yaml",
        "kubernetes-nodes.yaml",
        "fly.toml",
        "fly-nodes.toml",
        "render.yaml",
    ];
    for file in files {
        let text = std::fs::read_to_string(folder.join(file)).expect("a file for operators");
        let set: Vec<_> = text.lines().filter_map(variable).filter(|name| !others.contains(name)).collect();
        assert!(set.contains(&"TRUSTED_PROXIES"), "{file} sets {set:?}");
        let unknown: Vec<_> = set.iter().filter(|name| !known.iter().any(|known| known == *name)).collect();
        assert!(unknown.is_empty(), "{file} sets {unknown:?}");
    }
}

#[test]
fn files_for_several_nodes_say_where_the_pictures_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy");
    for file in ["compose.yaml", "kubernetes-nodes.yaml", "fly-nodes.toml"] {
        let text = std::fs::read_to_string(folder.join(file)).expect("a file for operators");
        assert!(text.contains("REDIS_URL"), "{file} is for several nodes");
        let set: Vec<_> = text.lines().filter_map(variable).collect();
        assert!(set.iter().any(|name| matches!(*name, "PICTURES_DIR" | "S3_BUCKET")), "{file} sets {set:?}");
    }
}
