//! Generates `docs/settings.md` and the files of a package from the definitions of the settings, so that all are the same.

mod package;

use clap::{Arg, CommandFactory};

use super::{Config, GENERAL};

const HEAD: &str = "# Settings

Each setting is an environment variable and a flag (`PORT` is `--port`). All settings are optional. If a value is invalid, the
server does not start, and the error names the setting. `--help` lists all settings.

Each variable may have a prefix: `HEARTOGETHER_PORT` takes precedence over `PORT`. An empty variable is unset. Shells and container
engines set `HOST`, `LOG` and `HEARTOGETHER_PORT` for their own purposes. If the server cannot read these three, it ignores them and
logs a warning.

The file `.env` in the folder in which the server is started sets variables that are not set otherwise;
[.env.example](../.env.example) lists all of them. The service of the Debian package reads them from `/etc/heartogether/heartogether.env`.

This file is generated: `UPDATE_DOCS=1 ./dev test server settings_are_documented` updates it.
";

/// One setting, as documents show it.
struct Setting {
    heading: String,
    name: String,
    /// What it is for, on one line.
    meaning: String,
    /// The default in words, where it depends on something.
    explained_default: Option<String>,
    /// The default as a value, where there is one.
    default: Option<String>,
}

impl Setting {
    fn read(argument: &Arg) -> Option<Self> {
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        let values: Vec<_> = argument.get_default_values().iter().filter_map(|value| value.to_str()).collect();
        let explained = help.split_once(" [default: ").and_then(|(text, rest)| Some((text, rest.split_once(']')?)));
        let (meaning, explained_default) = match explained {
            Some((text, (default, rest))) => (format!("{text}{rest}"), Some(default.to_owned())),
            None => (help.clone(), None),
        };
        Some(Self {
            heading: argument.get_help_heading().unwrap_or(GENERAL).to_owned(),
            name: argument.get_env()?.to_str()?.to_owned(),
            meaning,
            explained_default,
            default: (!values.is_empty()).then(|| values.join(",")),
        })
    }

    /// All of them below their headings, in the order in which the headings come first.
    fn all() -> Vec<(String, Vec<Self>)> {
        let mut headings: Vec<(String, Vec<Self>)> = Vec::new();
        let command = Config::command();
        let shown = command.get_arguments().filter(|argument| !argument.is_hide_set());
        for setting in shown.filter_map(Self::read) {
            match headings.iter_mut().find(|(known, _)| *known == setting.heading) {
                Some((_, settings)) => settings.push(setting),
                None => headings.push((setting.heading.clone(), vec![setting])),
            }
        }
        headings
    }

    /// Its row of a table.
    fn row(&self) -> String {
        let value = self.default.as_ref().map(|value| format!("`{value}`"));
        let default = self.explained_default.clone().or(value).unwrap_or_default();
        format!("| `{}` | {} | {default} |\n", self.name, self.meaning.replace('|', "\\|"))
    }
}

/// All settings, in a table for each heading.
fn written() -> String {
    let table = |(heading, settings): (String, Vec<Setting>)| {
        let rows: String = settings.iter().map(Setting::row).collect();
        format!("\n## {heading}\n\n| setting | meaning | default |\n| --- | --- | --- |\n{rows}")
    };
    HEAD.to_owned() + &Setting::all().into_iter().map(table).collect::<String>()
}

/// Fails if a generated file of the repository is not this text. With `UPDATE_DOCS`, writes it.
fn check_file(path: &str, text: &str, test: &str) {
    let full = format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&full, text).expect("the file is written");
    }
    let known = std::fs::read_to_string(&full).unwrap_or_default();
    assert!(known == text, "{path} is out of date: UPDATE_DOCS=1 ./dev test server {test}");
}

#[test]
fn settings_are_documented() {
    check_file("docs/settings.md", &written(), "settings_are_documented");
}
