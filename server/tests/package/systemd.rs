//! The unit, as systemd's own tool judges it.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

use super::{UNIT, unit};

/// Most exposure that the tool may find, in tenths: it calls up to 2.0 safe.
const MOST_EXPOSURE: &str = "--threshold=20";

/// `None`, and the reason, where systemd is not on this machine.
fn analyze(arguments: &[&str], file: &Path) -> Option<Output> {
    match Command::new("systemd-analyze").args(arguments).arg(file).output() {
        Ok(output) => Some(output),
        Err(error) => {
            eprintln!("left out: systemd-analyze (of Debian's systemd) is not on this machine: {error}");
            None
        }
    }
}

#[test]
fn systemd_understands_the_unit_and_calls_it_safe() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("heartogether.service");
    // The tool looks for the command, which is not installed.
    fs::write(&file, UNIT.replace(unit("ExecStart"), "/bin/true")).expect("a unit");
    for arguments in [&["verify", "--man=no"][..], &["security", "--offline=yes", "--no-pager", MOST_EXPOSURE]] {
        let Some(output) = analyze(arguments, &file) else { return };
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        assert!(output.status.success(), "{arguments:?}: {said}");
        let about_unit: Vec<_> = said.lines().filter(|line| line.contains("heartogether.service:")).collect();
        assert!(arguments[0] != "verify" || about_unit.is_empty(), "{about_unit:?}");
    }
}

#[test]
fn systemd_starts_a_server_again_that_fails() {
    // Not one that was told to stop, which ends with 0.
    assert_eq!(unit("Restart"), "on-failure");
    assert!(unit("RestartSec").parse::<u32>().expect("seconds") < 10);
}
