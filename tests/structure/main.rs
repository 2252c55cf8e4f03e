//! What holds for the files of the whole repository: no source is long, none needs itself in a circle, the tests that
//! docs/coverage.md names are there, and all of it has one licence.

mod coverage;
mod cycles;
mod examples;
mod files;
mod mentions;
mod modules;

use std::{fs, path::Path};

/// The most lines that a file may have.
const MOST_LINES: usize = 350;
/// MIT or Apache-2.0, as one likes (SPDX).
const LICENCE: &str = "MIT OR Apache-2.0";

#[test]
fn no_file_is_long() {
    let files = files::sources();
    assert!(files.len() > 100, "the repository's files are not found");
    let long = files.iter().map(|(file, text)| (file, text.lines().count())).filter(|(_, lines)| *lines > MOST_LINES);
    let long: Vec<_> = long.map(|(file, lines)| format!("{}: {lines} lines", file.display())).collect();
    assert!(long.is_empty(), "files over {MOST_LINES} lines:\n{}", long.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_cycle() {
    let sources = files::sources();
    let crates = files::crate_roots().into_iter().map(|root| mentions::read_crate(&sources, &root));
    let cycles: Vec<_> = crates.flat_map(|krate| cycles::find(&krate.imports())).collect();
    let told: String = cycles.iter().map(ToString::to_string).collect();
    assert!(cycles.is_empty(), "{} import cycles:\n{told}", cycles.len());
}

#[test]
fn everything_has_the_licences_that_lie_beside_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| fs::read_to_string(root.join(file)).expect("a file of the repository can be read");
    assert!(read("LICENSE-MIT").starts_with("MIT License\n"));
    assert!(read("LICENSE-APACHE").trim_start().starts_with("Apache License\n"));
    let mut packages = files::licences();
    assert!(packages.len() > 8, "the crates are not found: {packages:?}");
    let tools: serde_json::Value = serde_json::from_str(&read("package.json")).expect("JSON");
    packages.push(("package.json".to_owned(), tools["license"].clone()));
    packages.retain(|(_, licence)| licence != LICENCE);
    assert!(packages.is_empty(), "other licences: {packages:?}");
}
