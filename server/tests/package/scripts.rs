//! The package's scripts where systemd runs: what they ask of it.

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use tempfile::TempDir;

use super::{repository, run};

/// Tools that write down how they are called.
const TOOLS: [&str; 3] = ["deb-systemd-helper", "deb-systemd-invoke", "systemctl"];
/// A place where systemd seems to run, and no tool reaches the real one.
const PLACE: &str = "set -e; tools=$1; shift
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system
PATH=$tools:$PATH exec sh \"$@\"";

/// The calls to `systemctl` and `deb-systemd-invoke`. `None`, and the reason, where this machine does not let us look.
fn calls(script: &str, arguments: &[&str]) -> Option<Vec<String>> {
    let tools = TempDir::new().expect("a folder");
    let log = tools.path().join("calls");
    fs::write(&log, "").expect("a file for the calls");
    for tool in TOOLS {
        let path = tools.path().join(tool);
        fs::write(&path, format!("#!/bin/sh\necho {tool} \"$@\" >>{}\n", log.display())).expect("a tool");
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("rights");
    }
    match Command::new("unshare").args(["--mount", "true"]).output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            eprintln!("left out: this needs root: {}", String::from_utf8_lossy(&output.stderr));
            return None;
        }
        Err(error) => {
            eprintln!("left out: there is no unshare: {error}");
            return None;
        }
    }
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", PLACE, "sh"]).arg(tools.path());
    run(command.arg(repository("deploy/package/debian").join(script)).args(arguments));
    let text = fs::read_to_string(log).expect("the calls");
    let about_service = text.lines().filter(|line| !line.starts_with("deb-systemd-helper"));
    Some(about_service.map(str::to_owned).collect())
}

#[test]
fn the_service_is_started_restarted_and_stopped_in_time() {
    const RELOAD: &str = "systemctl --system daemon-reload";
    const START: &str = "deb-systemd-invoke start heartogether.service";
    const RESTART: &str = "deb-systemd-invoke restart heartogether.service";
    const STOP: &str = "deb-systemd-invoke stop heartogether.service";
    for (script, arguments, expected) in [
        ("postinst", &["configure", ""][..], &[RELOAD, START][..]),
        ("postinst", &["configure", "0.1.0"], &[RELOAD, RESTART]),
        ("postinst", &["triggered", "a"], &[]),
        ("prerm", &["upgrade", "0.2.0"], &[]),
        ("prerm", &["remove"], &[STOP]),
        ("postrm", &["upgrade", "0.2.0"], &[]),
        ("postrm", &["remove"], &[RELOAD]),
    ] {
        let Some(calls) = calls(script, arguments) else { return };
        assert_eq!(calls, expected, "{script} {arguments:?}");
    }
}
