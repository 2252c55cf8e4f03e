//! Turns `locales/*.toml` into typed keys (`$OUT_DIR/text.rs`) and, for the server, the texts of every language. The
//! build fails with an explanation if a language lacks a key, a placeholder or a plural form, or has one too many.

use std::{
    env,
    fmt::Write,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    process::exit,
};

use toml::{Table, Value};

/// Each language with its plural forms (CLDR). The first one says which keys there are.
const LANGUAGES: [(&str, &[&str]); 3] = [("en", &["one", "other"]), ("zh-Hans", &["other"]), ("de", &["one", "other"])];

/// The sections that only pages with code of their own need, in the order of their texts: the listener's, those of who listens in a
/// room or a lounge, those of who listens there or hosts, those of listener and host, the host's, those of who shares in a room or a
/// lounge, those of host and lounge, a lounge's, those of the page about programs.
/// What they have in common with other pages stands before them.
const OF_PAGES: [&[&str]; 9] = [
    &["listen"],
    &["speaker"],
    &["address"],
    &["link", "no_path", "diagnostics", "measured"],
    &["host", "audience", "chat"],
    &["sound", "mixer", "capture"],
    &["invitation"],
    &["lounge", "emoji", "search"],
    &["programs"],
];

/// The files that only lounges load, which are named by what is in them.
const ASSETS: [&str; 4] =
    ["../public/lounge.css", "../public/emoji/en.json", "../public/emoji/zh-Hans.json", "../public/emoji/de.json"];

/// The sections that no page needs, because the server alone says them.
const OF_SERVER: [&str; 1] = ["installed"];

/// What is wrong, each in a sentence.
type Problems = Vec<String>;
/// A section's name, a key's name, and the text, the plural forms or the list.
type Entry = (String, String, Value);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");
    ASSETS.iter().for_each(|file| println!("cargo::rerun-if-changed={file}"));
    let mut problems = Problems::new();
    let mut languages = LANGUAGES.map(|(tag, _)| read(tag, &mut problems));
    let is_there = |section: &&&str| languages[0].iter().any(|(known, ..)| known == **section);
    let absent = OF_PAGES.into_iter().flatten().chain(&OF_SERVER).filter(|section| !is_there(section));
    problems.extend(absent.map(|section| format!("{}.toml: [{section}] is missing", LANGUAGES[0].0)));
    languages[0].sort_by_key(|(section, ..)| group(section));
    stop_at(&problems);
    for ((tag, _), entries) in LANGUAGES.iter().zip(&languages).skip(1) {
        let is_known = |(section, key, _): &&Entry| find(&languages[0], section, key).is_some();
        problems.extend(entries.iter().filter(|entry| !is_known(entry)).map(|(section, key, _)| {
            format!("{tag}.toml: [{section}] {key} is superfluous, for {} has no such key", LANGUAGES[0].0)
        }));
    }
    let mut output = Output::default();
    for (section, key, first) in &languages[0] {
        let values = LANGUAGES.iter().zip(&languages).filter_map(|((tag, forms), entries)| {
            let value = find(entries, section, key);
            let fault = match value {
                Some(value) => fault(value, first, forms),
                None => Some("is missing".to_owned()),
            };
            problems.extend(fault.map(|fault| format!("{tag}.toml: [{section}] {key} {fault}")));
            value
        });
        let values: Vec<_> = values.collect();
        if problems.is_empty() {
            output.add(section, key, first, &values);
        }
    }
    stop_at(&problems);
    let folder = env::var("OUT_DIR").expect("cargo names a folder");
    fs::write(Path::new(&folder).join("text.rs"), output.code()).expect("cargo's folder can be written to");
}

/// Ends the build with what is wrong, if anything is.
fn stop_at(problems: &Problems) {
    problems.iter().for_each(|problem| println!("cargo::error=locales/{problem}"));
    if !problems.is_empty() {
        exit(1);
    }
}

/// A language's entries in the order of their file.
fn read(tag: &str, problems: &mut Problems) -> Vec<Entry> {
    let text = fs::read_to_string(format!("locales/{tag}.toml")).unwrap_or_default();
    let sections = text.parse::<Table>().unwrap_or_else(|problem| {
        problems.push(format!("{tag}.toml: {}", problem.message()));
        Table::new()
    });
    let mut entries = Vec::new();
    for (section, keys) in sections {
        match keys {
            Value::Table(keys) => entries.extend(keys.into_iter().map(|(key, value)| (section.clone(), key, value))),
            _ => problems.push(format!("{tag}.toml: {section} belongs into a section")),
        }
    }
    entries
}

/// Which of [`OF_PAGES`] a section belongs to, counted from 1; 0 if every page may need it, the last if none does.
fn group(section: &str) -> usize {
    if OF_SERVER.contains(&section) {
        return OF_PAGES.len() + 1;
    }
    OF_PAGES.iter().position(|sections| sections.contains(&section)).map_or(0, |group| group + 1)
}

fn find<'a>(entries: &'a [Entry], section: &str, key: &str) -> Option<&'a Value> {
    entries.iter().find(|(of, name, _)| of == section && name == key).map(|(_, _, value)| value)
}

/// What is wrong with a value, beside the first language's.
fn fault(value: &Value, first: &Value, forms: &[&str]) -> Option<String> {
    match (value, first) {
        (Value::Array(items), Value::Array(_)) => {
            let are_texts = !items.is_empty() && items.iter().all(Value::is_str);
            return (!are_texts).then(|| "is no list of texts".to_owned());
        }
        (Value::Table(given), Value::Table(_)) => {
            let is_complete = given.len() == forms.len() && forms.iter().all(|form| given.contains_key(*form));
            if !is_complete {
                return Some(format!("needs exactly the plural forms {forms:?}"));
            }
        }
        (Value::String(_), Value::String(_)) => {}
        _ => return Some("is a text, a plural or a list where the first language has another of these".to_owned()),
    }
    let (mut given, mut wanted) = (placeholders(value), placeholders(first));
    given.sort();
    wanted.sort();
    // A count of one need not be said; that of many has to.
    given.retain(|name| !(value.is_table() && name == "count"));
    wanted.retain(|name| !(value.is_table() && name == "count"));
    (given != wanted).then(|| format!("has the placeholders {given:?} and needs {wanted:?}"))
}

/// The names in braces, in order, each once.
fn placeholders(value: &Value) -> Vec<String> {
    let mut names = Vec::new();
    for text in texts(value) {
        let pieces = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        for (name, _) in pieces {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

/// A text alone, or all plural forms.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Table(forms) => forms.values().filter_map(Value::as_str).collect(),
        value => value.as_str().into_iter().collect(),
    }
}

/// The Rust code, as it grows.
#[derive(Default)]
struct Output {
    modules: Vec<(String, String)>,
    /// Where each group's texts end.
    ends: [usize; OF_PAGES.len() + 2],
    /// By language, by place.
    tables: [Vec<String>; LANGUAGES.len()],
}

impl Output {
    fn add(&mut self, section: &str, key: &str, first: &Value, values: &[&Value]) {
        let said = texts(first).last().copied().unwrap_or("A list, a language each.").to_owned();
        let item = match first {
            Value::Array(_) => list(key, values),
            Value::Table(_) => self.phrase(key, first, values),
            _ if placeholders(first).is_empty() => {
                let place = self.place(values, &[]);
                format!("pub(crate) const {}: Key = Key({place});", key.to_uppercase())
            }
            _ => self.phrase(key, first, values),
        };
        self.ends[group(section)..].fill(self.tables[0].len());
        if self.modules.last().is_none_or(|(name, _)| name != section) {
            self.modules.push((section.to_owned(), String::new()));
        }
        if let Some((_, code)) = self.modules.last_mut() {
            // Writing to a string cannot fail.
            let _ = writeln!(code, "    #[doc = {said:?}]\n    {item}");
        }
    }

    /// A function whose parameters are what has to be filled in.
    fn phrase(&mut self, key: &str, first: &Value, values: &[&Value]) -> String {
        let names = placeholders(first);
        let place = self.place(values, &names);
        let is_plural = first.is_table();
        let parameter = |name: &String| match is_plural && name == "count" {
            true => "count: u32".to_owned(),
            false => format!("{name}: impl Into<Value>"),
        };
        let parameters = names.iter().map(parameter).collect::<Vec<_>>().join(", ");
        let given = names.iter().map(|name| format!("{name}.into()")).collect::<Vec<_>>().join(", ");
        let made = if is_plural { format!("counted(Key({place}), count,") } else { format!("new(Key({place}),") };
        format!("pub(crate) fn {key}({parameters}) -> Phrase {{ Phrase::{made} vec![{given}]) }}")
    }

    /// Puts a text into every table: a plural twice, for one and for others, in every language.
    fn place(&mut self, values: &[&Value], names: &[String]) -> usize {
        let place = self.tables[0].len();
        for (table, value) in self.tables.iter_mut().zip(values) {
            match value {
                Value::Table(forms) => {
                    let other = forms["other"].as_str().unwrap_or_default();
                    let one = forms.get("one").and_then(Value::as_str).unwrap_or(other);
                    table.extend([one, other].map(|text| numbered(text, names)));
                }
                text => table.push(numbered(text.as_str().unwrap_or_default(), names)),
            }
        }
        place
    }

    fn code(&self) -> String {
        let mut hasher = DefaultHasher::new();
        (&self.modules, &self.tables).hash(&mut hasher);
        let tags = LANGUAGES.map(|(tag, _)| tag);
        let mut assets = DefaultHasher::new();
        ASSETS.iter().for_each(|file| fs::read(file).unwrap_or_default().hash(&mut assets));
        let mut code = format!(
            "/// Names the files that only lounges load.\npub(crate) const ASSETS: &str = \"{:016x}\";\n\
             /// Names these keys and these texts.\npub(crate) const VERSION: &str = \"{:016x}\";\n\
             /// The languages (BCP 47), as `Language` counts them.\npub(crate) const TAGS: [&str; {}] = {tags:?};\n\
             /// By language, by place. They are in nobody's WebAssembly.\n#[cfg(not(target_arch = \"wasm32\"))]\n\
             pub(crate) static TABLES: [&[&str]; {}] = [\n",
            assets.finish(),
            hasher.finish(),
            tags.len(),
            tags.len()
        );
        for table in &self.tables {
            let _ = writeln!(code, "    &{table:?},");
        }
        code.push_str("];\n");
        for (name, items) in &self.modules {
            let _ = writeln!(
                code,
                "/// The section of that name.\npub(crate) mod {name} {{\n    #[allow(unused_imports)]\n    \
                 use super::{{Key, Phrase, Value}};\n{items}}}"
            );
        }
        code + &self.parts()
    }

    /// Which places stand for which pages.
    fn parts(&self) -> String {
        let [common, listener, speaker, address, both, host, _, invitation, lounge, programs, _] = self.ends;
        let groups = OF_PAGES.map(|sections| format!("&{sections:?}")).join(", ");
        format!(
            "/// The places of the texts that every page may need.\n\
             pub(crate) const COMMON: std::ops::Range<usize> = 0..{common};\n\
             /// Those that a listener's page needs beside them.\n\
             pub(crate) const LISTENER: std::ops::Range<usize> = {common}..{both};\n\
             /// Those that a host's page needs beside them.\n\
             pub(crate) const HOST: std::ops::Range<usize> = {speaker}..{invitation};\n\
             /// Those that a lounge needs beside them.\n\
             pub(crate) const LOUNGE: std::ops::Range<usize> = {host}..{lounge};\n\
             /// Those with which a lounge says how it is heard.\n\
             pub(crate) const HEARING: std::ops::Range<usize> = {listener}..{address};\n\
             /// Those that the page about programs needs beside them.\n\
             pub(crate) const PROGRAMS: std::ops::Range<usize> = {lounge}..{programs};\n\
             #[cfg(test)]\npub(crate) const OF_PAGES: [&[&str]; {}] = [{groups}];\n",
            OF_PAGES.len()
        )
    }
}

/// Words of which one is drawn, for the server alone.
fn list(key: &str, values: &[&Value]) -> String {
    let words = |value: &&Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let lists = values.iter().map(|value| format!("&{:?}", words(value))).collect::<Vec<_>>().join(", ");
    let (name, count) = (key.to_uppercase(), values.len());
    format!("#[cfg(not(target_arch = \"wasm32\"))]\n    pub(crate) const {name}: [&[&str]; {count}] = [{lists}];")
}

/// The text with its placeholders as numbers: what fills them in is handed over in that order.
fn numbered(text: &str, names: &[String]) -> String {
    names
        .iter()
        .enumerate()
        .fold(text.to_owned(), |text, (number, name)| text.replace(&format!("{{{name}}}"), &format!("{{{number}}}")))
}
