//! The completions and the manual pages, as shells and `man` read them.

use std::process::Command;

use super::{repository, run};

/// Whether this machine has a tool. If not, says what is left out.
fn has(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").output();
    if let Err(error) = &found {
        eprintln!("left out: {tool} is not on this machine: {error}");
    }
    found.is_ok()
}

#[test]
fn bash_completes_flags_and_commands() {
    let script = repository("deploy/package/completions/heartogether-server.bash");
    let complete = "source \"$1\"; COMP_WORDS=(heartogether-server \"$2\"); COMP_CWORD=1
                    _heartogether__server heartogether-server \"$2\" heartogether-server; echo \"${COMPREPLY[*]}\"";
    for (typed, completed) in [("--por", "--port"), ("hea", "health"), ("--leptos", "")] {
        let mut command = Command::new("bash");
        let shown = run(command.args(["-c", complete, "bash"]).arg(&script).arg(typed));
        assert_eq!(shown.trim(), completed, "{typed}");
    }
}

#[test]
fn zsh_and_fish_read_their_completions() {
    for (shell, file) in [("zsh", "_heartogether-server"), ("fish", "heartogether-server.fish")] {
        if has(shell) {
            run(Command::new(shell).arg("-n").arg(repository("deploy/package/completions").join(file)));
        }
    }
}

#[test]
fn the_manual_page_is_read_without_a_warning() {
    if !has("man") {
        return;
    }
    let mut command = Command::new("man");
    command.args(["--warnings", "--encoding=UTF-8", "--local-file"]);
    command.arg(repository("deploy/package/heartogether-server.1")).env("MANWIDTH", "400");
    let output = command.output().expect("man");
    let (shown, warned) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && warned.is_empty(), "{warned}");
    for words in ["--port", "[env: PORT]", "health", "/etc/heartogether/heartogether.env"] {
        assert!(shown.contains(words), "{words} in {shown}");
    }
}
