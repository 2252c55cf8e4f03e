//! The files of a package that follow from the definition of the command line: the file with the settings, the manual
//! page and the completions of shells. They are kept in the repository like `docs/settings.md`, and a release copies
//! them.

use std::io::{self, Write};

use clap::{Command, CommandFactory};
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use super::{super::environment::with_variables, Config, Setting, check_file};

const BINARY: &str = "heartogether-server";
const TEST: &str = "package_files_are_generated";
const WIDTH: usize = 100;
const SETTINGS_FILE: &str = "deploy/package/heartogether.env";
const EXAMPLE: &str = ".env.example";
const EXAMPLE_HEAD: &str =
    "# Settings of HearTogether's server, all of them optional. Copy this file to `.env` in the folder in which the server is started,
# and remove the # before a setting to change it. docs/settings.md explains how settings are read.
";
const SETTINGS_HEAD: &str =
    "# Settings of HearTogether's server, all of them optional. Remove the # before a setting to change it,
# and run `systemctl restart heartogether`. settings.md explains how settings are read.
";
/// The folder that the unit sets, and the only one that it lets the server write to.
const DATA_DIR: (&str, &str) = ("DATA_DIR", "/var/lib/heartogether");
/// What follows the options in the manual page.
const FILES: &str = r".SH FILES
The Debian package has these:
.TP
\fI/etc/heartogether/heartogether.env\fR
All settings of the service heartogether, with their defaults.
.TP
\fI/var/lib/heartogether\fR
The data of the service.
.TP
\fI/usr/lib/heartogether\fR
The server and its site.
";

/// A text as comments, in lines that are not too long.
fn comment(text: &str) -> String {
    let mut lines = vec!["#".to_owned()];
    for word in text.split(' ') {
        let is_full = lines.last().is_some_and(|line| line.len() > 1 && line.len() + 1 + word.len() > WIDTH);
        if is_full {
            lines.push("#".to_owned());
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}

/// All settings with their defaults. `data_dir` is the value of the data folder, if that is known.
fn settings(head: &str, data_dir: Option<&str>) -> String {
    let mut text = head.to_owned();
    for (heading, settings) in Setting::all() {
        text.push_str(&format!("\n### {heading}\n"));
        for setting in settings {
            let name = setting.name.clone();
            text.push_str(&format!("\n{}", comment(&setting.meaning)));
            let (default, value) = match setting {
                Setting { name, .. } if name == DATA_DIR.0 && data_dir.is_some() => {
                    (None, data_dir.unwrap_or_default().to_owned())
                }
                // An empty setting is unset.
                Setting { explained_default: Some(default), .. } => (Some(default), String::new()),
                Setting { default, .. } => (None, default.unwrap_or_default()),
            };
            if let Some(default) = default {
                text.push_str(&comment(&format!("Default: {default}")));
            }
            text.push_str(&format!("#{name}={value}\n"));
        }
    }
    text
}

/// The command as people see it.
fn command() -> Command {
    let defined = Config::command();
    let shown = defined.get_arguments().filter(|argument| !argument.is_hide_set()).cloned();
    let about = defined.get_about().cloned().unwrap_or_default();
    Command::new(BINARY)
        .version(env!("CARGO_PKG_VERSION"))
        .about(about)
        .args(shown)
        .subcommands(defined.get_subcommands().cloned())
        .disable_help_subcommand(true)
}

/// The manual page. Its synopsis leaves out the many options.
fn manual() -> io::Result<String> {
    let mut page = Vec::new();
    let mut command = with_variables(command());
    command.build();
    let man = Man::new(command.clone());
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    writeln!(page, ".SH SYNOPSIS\n\\fB{BINARY}\\fR [\\fIOPTIONS\\fR] [\\fICOMMAND\\fR]")?;
    man.render_options_section(&mut page)?;
    writeln!(page, ".SH COMMANDS\nWithout a command, the server runs.")?;
    for task in command.get_subcommands() {
        let about = task.get_about().map(ToString::to_string).unwrap_or_default();
        writeln!(page, ".TP\n\\fB{}\\fR\n{about}", task.get_name())?;
    }
    page.write_all(FILES.as_bytes())?;
    man.render_version_section(&mut page)?;
    String::from_utf8(page).map_err(io::Error::other)
}

fn completion(shell: Shell) -> String {
    let mut script = Vec::new();
    generate(shell, &mut command(), BINARY, &mut script);
    // What the generators leave at ends of lines says nothing.
    let script = String::from_utf8(script).expect("text");
    script.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[test]
fn package_files_are_generated() {
    check_file(SETTINGS_FILE, &settings(SETTINGS_HEAD, Some(DATA_DIR.1)), TEST);
    check_file(EXAMPLE, &settings(EXAMPLE_HEAD, None), TEST);
    check_file(&format!("deploy/package/{BINARY}.1"), &manual().expect("a page in memory"), TEST);
    let completions = "deploy/package/completions";
    check_file(&format!("{completions}/{BINARY}.bash"), &completion(Shell::Bash), TEST);
    check_file(&format!("{completions}/_{BINARY}"), &completion(Shell::Zsh), TEST);
    check_file(&format!("{completions}/{BINARY}.fish"), &completion(Shell::Fish), TEST);
}

#[test]
fn settings_without_comment_signs_are_the_defaults() {
    let text = settings(EXAMPLE_HEAD, None);
    let is_setting = |line: &&str| line.starts_with('#') && line[1..].starts_with(|c: char| c.is_ascii_uppercase());
    let lines: Vec<&str> = text.lines().filter(is_setting).map(|line| &line[1..]).collect();
    assert!(lines.len() > 40, "{lines:?}");
    let flags = lines.iter().filter_map(|line| {
        let (name, value) = line.split_once('=')?;
        Some(format!("--{}={value}", name.to_lowercase().replace('_', "-")))
    });
    let flags: Vec<String> = flags.collect();
    let read = |flags: &[String]| {
        let arguments = std::iter::once(BINARY).chain(flags.iter().map(String::as_str));
        format!("{:?}", Config::from_arguments(arguments).expect("valid settings"))
    };
    assert_eq!(read(&flags), read(&[]));
}
