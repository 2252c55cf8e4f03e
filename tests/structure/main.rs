//! What holds for the source files of the whole repository: none is long, none needs itself in a circle, and the tests that
//! docs/coverage.md names are there.

mod coverage;
mod cycles;
mod examples;
mod files;
mod mentions;
mod modules;

/// The most lines that a file may have.
const MOST_LINES: usize = 350;

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
