//! Generates `docs/settings.md` from the definitions of the settings, so that both are the same.

use clap::{Arg, CommandFactory};

use super::{Config, GENERAL};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/settings.md");
const HEAD: &str = "# Settings

Each setting is an environment variable and a flag (`PORT` is `--port`). All settings are optional. If a value is invalid, the
server does not start, and the error names the setting. `--help` lists all settings.

Each variable may have a prefix: `HEARTOGETHER_PORT` takes precedence over `PORT`. An empty variable is unset. Shells and container
engines set `HOST`, `LOG` and `HEARTOGETHER_PORT` for their own purposes. If the server cannot read these three, it ignores them and
logs a warning.

This file is generated: `UPDATE_DOCS=1 ./dev test server settings_are_documented` updates it.
";

/// The text of a setting, on one line and with its default apart.
fn meaning(argument: &Arg) -> (String, String) {
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
    let values: Vec<_> = argument.get_default_values().iter().filter_map(|value| value.to_str()).collect();
    let set = (!values.is_empty()).then(|| format!("`{}`", values.join(",")));
    match help.split_once(" [default: ").and_then(|(text, rest)| Some((text, rest.split_once(']')?))) {
        Some((text, (default, rest))) => (format!("{text}{rest}"), default.to_owned()),
        None => (help, set.unwrap_or_default()),
    }
}

/// All settings, in a table for each heading, in the order in which the headings come first.
fn written() -> String {
    let command = Config::command();
    let mut tables: Vec<(&str, String)> = Vec::new();
    for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
        let Some(name) = argument.get_env().and_then(|name| name.to_str()) else { continue };
        let heading = argument.get_help_heading().unwrap_or(GENERAL);
        let (meaning, default) = meaning(argument);
        let row = format!("| `{name}` | {meaning} | {default} |\n");
        match tables.iter_mut().find(|(known, _)| *known == heading) {
            Some((_, rows)) => rows.push_str(&row),
            None => tables.push((heading, row)),
        }
    }
    let table = |(heading, rows): (&str, String)| {
        format!("\n## {heading}\n\n| setting | meaning | default |\n| --- | --- | --- |\n{rows}")
    };
    HEAD.to_owned() + &tables.into_iter().map(table).collect::<String>()
}

#[test]
fn settings_are_documented() {
    let text = written();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(PATH, &text).expect("docs/settings.md is written");
    }
    let known = std::fs::read_to_string(PATH).expect("docs/settings.md");
    assert!(known == text, "docs/settings.md is out of date: UPDATE_DOCS=1 ./dev test server settings_are_documented");
}
