//! The repository's own source files.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// The folders with source files. `dev` alone stands beside them, and is long because it needs nothing but a shell.
const FOLDERS: [&str; 16] = [
    ".ci", "app", "browser", "client", "end2end", "frontend", "fuzz", "headers", "headless", "markup", "relay",
    "server", "src", "style", "tests", "tools",
];
/// Folders in them that hold what others wrote or what was built.
const FOREIGN: [&str; 3] = ["corpus", "node_modules", "target"];
const EXTENSIONS: [&str; 6] = ["css", "js", "mjs", "rs", "sh", "ts"];

/// The files' texts, by their paths from the root of the repository.
pub(crate) fn sources() -> BTreeMap<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeMap::new();
    for folder in FOLDERS {
        collect(root, &root.join(folder), &mut found);
    }
    found
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, String>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository can be read") {
        let path = entry.expect("an entry of it can be read").path();
        if path.is_dir() {
            if !FOREIGN.iter().any(|name| path.ends_with(name)) {
                collect(root, &path, found);
            }
        } else if path.extension().and_then(OsStr::to_str).is_some_and(|extension| EXTENSIONS.contains(&extension)) {
            let text = fs::read_to_string(&path).expect("a source file is text");
            found.insert(path.strip_prefix(root).expect("it is inside").to_owned(), text);
        }
    }
}

/// The files from which cargo compiles a crate.
pub(crate) fn crate_roots() -> BTreeSet<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let packages = packages();
    let targets = packages.iter().flat_map(|package| package["targets"].as_array().expect("targets"));
    let files = targets.map(|target| Path::new(target["src_path"].as_str().expect("a path")));
    files.map(|file| file.strip_prefix(root).expect("it is inside").to_owned()).collect()
}

/// The repository's crates by their names, each with its licence.
pub(crate) fn licences() -> Vec<(String, Value)> {
    let named = |package: Value| (package["name"].to_string(), package["license"].clone());
    packages().into_iter().map(named).collect()
}

/// What cargo says of the repository's own crates.
fn packages() -> Vec<Value> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["metadata", "--no-deps", "--offline", "--format-version=1"]);
    let answer = cargo.output().expect("cargo runs");
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let answer: Value = serde_json::from_slice(&answer.stdout).expect("cargo answers in JSON");
    answer["packages"].as_array().expect("packages").clone()
}
