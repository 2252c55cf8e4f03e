//! Chooses the variable from which a setting is read. clap gets one name for each setting, so all rules about the
//! environment are in this module and apply to every setting:
//!
//! - `HEARTOGETHER_NAME` takes precedence over `NAME`;
//! - an empty variable or flag is unset, because compose files pass on unset variables as empty texts;
//! - the file `.env` in the current folder sets what is not set yet;
//! - a variable that other tools set for their own purposes never stops the server;
//! - an error names the variable that was read.

use std::{ffi::OsString, path::Path};

use clap::{
    Arg, CommandFactory, FromArgMatches,
    builder::Resettable,
    error::{ContextKind, ContextValue, ErrorKind},
};

use super::Config;

/// What our variables begin with.
const PREFIX: &str = "HEARTOGETHER_";
/// Variables that other tools set for their own ends: shells set HOST to the machine's name, programs LOG to a file, and
/// container engines HEARTOGETHER_PORT to `tcp://10.0.0.1:3000` where a service or a container is called heartogether.
const AMBIGUOUS: [&str; 3] = ["HOST", "LOG", "HEARTOGETHER_PORT"];

/// Holds variables for whoever starts the server by hand or by a tool that reads this file.
const FILE: &str = ".env";

/// Where a setting's value comes from.
struct Source {
    /// The setting's own name.
    name: String,
    /// The flag, as clap shows it in errors.
    flag: String,
    /// The variable that is read.
    variable: String,
}

impl Config {
    /// Reads flags, environment and the file `.env`, and exits with an explanation where they are wrong. Whoever calls this has
    /// started no thread yet, because the file changes the environment.
    pub fn read() -> Self {
        let read = read_file(Path::new(FILE)).and_then(|()| read(std::env::args_os()));
        read.unwrap_or_else(|error| error.exit())
    }

    /// Reads these arguments, the binary's name first, and the environment.
    ///
    /// # Errors
    /// One that names the setting.
    pub fn from_arguments<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Result<Self, clap::Error> {
        read(arguments.into_iter().map(Into::into))
    }

    /// Says in the log which variables were passed over.
    pub fn report_passed_over(&self) {
        for variable in &self.passed_over {
            let own = own_name(variable);
            tracing::warn!(
                "{variable} is no setting that can be read, and is taken for another program's; {own} is ours"
            );
        }
    }
}

/// Takes in the variables of a file, if it is there. Those that are set already stay as they are.
///
/// # Errors
/// One that says where the file is wrong. It names no value, which may be a secret.
fn read_file(path: &Path) -> Result<(), clap::Error> {
    let wrong = |what: String| clap::Error::raw(ErrorKind::ValueValidation, format!("{} {what}\n", path.display()));
    let lines = match dotenvy::from_path_iter(path) {
        Err(error) if error.not_found() => return Ok(()),
        read => read.map_err(|_| wrong("cannot be read".to_owned()))?,
    };
    let mut last = None;
    for line in lines {
        let after = || last.as_ref().map_or("at its beginning".to_owned(), |name| format!("after {name}"));
        last = Some(line.map_err(|_| wrong(format!("has a line that is no NAME=VALUE, {}", after())))?.0);
    }
    dotenvy::from_path(path).map_err(|_| wrong("cannot be read".to_owned()))
}

/// The name of a variable that no other tool sets.
fn own_name(variable: &str) -> String {
    match variable.strip_prefix(PREFIX) {
        // Ours is the one that is taken, so the old name is left.
        Some(name) => name.to_owned(),
        None => format!("{PREFIX}{variable}"),
    }
}

/// Reads flags, the binary's name first, and the environment.
///
/// # Errors
/// One that names the flag or the variable that was read.
fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Config, clap::Error> {
    let arguments = without_empty(arguments);
    let mut passed_over = Vec::new();
    loop {
        let sources = sources(&arguments, &passed_over);
        let mut command = Config::command().mut_args(|argument| with_variable(argument, &sources));
        let parsed = command
            .try_get_matches_from_mut(&arguments)
            .and_then(|matches| Config::from_arg_matches(&matches).map_err(|error| error.format(&mut command)));
        let error = match parsed {
            Ok(mut config) => {
                config.passed_over = passed_over;
                return match config.check() {
                    Ok(()) => Ok(config),
                    Err(problem) => {
                        let problem = format!("{}\n", as_read(&problem, &sources));
                        Err(clap::Error::raw(ErrorKind::ValueValidation, problem))
                    }
                };
            }
            Err(error) => error,
        };
        let Some(source) = sources.into_iter().find(|source| is_about(&error, source)) else { return Err(error) };
        match AMBIGUOUS.into_iter().find(|known| *known == source.variable) {
            Some(variable) => passed_over.push(variable),
            None => return Err(naming(error, source)),
        }
    }
}

/// An empty value takes its flag along.
fn without_empty(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut kept: Vec<OsString> = Vec::new();
    for argument in arguments {
        let is_bare_flag =
            |flag: &OsString| flag.to_str().is_some_and(|flag| flag.starts_with("--") && !flag.contains('='));
        let value =
            argument.to_str().filter(|flag| flag.starts_with("--")).and_then(|flag| Some(flag.split_once('=')?.1));
        if is_empty(&argument) && kept.last().is_some_and(is_bare_flag) {
            kept.pop();
        } else if value != Some("") {
            kept.push(argument);
        }
    }
    kept
}

/// The settings that are read from a variable: those that are set there, and by no flag.
fn sources(arguments: &[OsString], passed_over: &[&str]) -> Vec<Source> {
    let source = |argument: &Arg| {
        let (name, flag) = (name_of(argument)?, format!("--{}", argument.get_long()?));
        let is_given = arguments.iter().filter_map(|given| given.to_str()).any(|given| flag_of(given) == flag);
        let is_set = |variable: &String| {
            !passed_over.contains(&variable.as_str())
                && std::env::var_os(variable).is_some_and(|value| !is_empty(&value))
        };
        let variable = [format!("{PREFIX}{name}"), name.clone()].into_iter().find(|name| !is_given && is_set(name))?;
        Some(Source { name, flag, variable })
    };
    Config::command().get_arguments().filter_map(source).collect()
}

/// The command as `--help` shows it, where nothing is set.
#[cfg(test)]
pub(super) fn with_variables(command: clap::Command) -> clap::Command {
    command.mut_args(|argument| with_variable(argument, &[]))
}

/// The argument with the variable that it is read from, if there is one. Its help names the setting and no value.
fn with_variable(argument: Arg, sources: &[Source]) -> Arg {
    let Some(name) = name_of(&argument) else { return argument };
    let help = argument.get_help().map(|help| format!("{help} [env: {name}]")).unwrap_or_default();
    let source = sources.iter().find(|source| source.name == name);
    let variable = source.map_or(Resettable::Reset, |source| Resettable::Value(source.variable.clone().into()));
    argument.help(help).hide_env(true).env(variable)
}

fn name_of(argument: &Arg) -> Option<String> {
    argument.get_env()?.to_str().map(str::to_owned)
}

/// The flag of `--flag`, `--flag=value` and, in errors, `--flag <VALUE>`.
fn flag_of(text: &str) -> &str {
    text.split([' ', '=']).next().unwrap_or(text)
}

fn is_empty(value: &OsString) -> bool {
    value.to_str().is_some_and(|value| value.trim().is_empty())
}

fn is_about(error: &clap::Error, source: &Source) -> bool {
    matches!(error.get(ContextKind::InvalidArg), Some(ContextValue::String(shown)) if flag_of(shown) == source.flag)
}

fn naming(mut error: clap::Error, source: Source) -> clap::Error {
    error.insert(ContextKind::InvalidArg, ContextValue::String(source.variable));
    error
}

/// Names in a text, as they were read.
fn as_read(text: &str, sources: &[Source]) -> String {
    let is_of_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let words = text.split_inclusive(|c| !is_of_name(c)).map(|word| {
        let name = word.trim_end_matches(|c| !is_of_name(c));
        let source = sources.iter().find(|source| source.name == name);
        source.map_or_else(|| word.to_owned(), |source| format!("{}{}", source.variable, &word[name.len()..]))
    });
    words.collect()
}
