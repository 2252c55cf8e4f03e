//! docs/coverage.md: each capability of a lounge names the tests that would notice its loss; docs/promises.md: each promise names browser
//! tests. Here it is checked that these tests exist; that the browser tests among them are not skipped and expect something is checked at
//! the end of a run, in `end2end/promises.mjs`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::files;

/// The sections whose rows name no tests.
const WITHOUT_TESTS: [&str; 2] = ["Without a test", "Not there yet"];

/// A row of one of the document's tables.
struct Row<'a> {
    /// The heading of its section.
    section: &'a str,
    id: &'a str,
    /// What follows the id.
    cells: Vec<&'a str>,
}

/// The rows whose first cell is an id.
fn rows(document: &str) -> Vec<Row<'_>> {
    let (mut rows, mut section) = (Vec::new(), "");
    for line in document.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            section = heading;
        }
        let Some((id, rest)) = line.strip_prefix("| `").and_then(|row| row.split_once("` |")) else { continue };
        let cells = rest.trim_end().trim_end_matches('|').split('|').map(str::trim).collect();
        rows.push(Row { section, id, cells });
    }
    rows
}

/// What is wrong with a row: its form, and tests that do not exist.
fn problems(row: &Row<'_>, sources: &BTreeMap<PathBuf, String>) -> Vec<String> {
    let Row { section, id, cells } = row;
    let is_id = id.split_once('-').is_some_and(|(topic, number)| {
        topic.bytes().all(|byte| byte.is_ascii_lowercase()) && number.parse::<u32>().is_ok()
    });
    let mut problems = Vec::new();
    if !is_id {
        problems.push(format!("{id}: an id is a topic and a number"));
    }
    let names_tests = !WITHOUT_TESTS.contains(section);
    if cells.len() != if names_tests { 3 } else { 2 } || cells[0].is_empty() {
        problems.push(format!("{id}: a cell is missing or too many"));
    } else if names_tests {
        let tests: Vec<_> = cells[2].split('`').skip(1).step_by(2).collect();
        if tests.is_empty() {
            problems.push(format!("{id}: no test is named"));
        }
        let missing = tests.iter().filter(|test| !exists(test, sources));
        problems.extend(missing.map(|test| format!("{id}: there is no test `{test}`")));
    }
    problems
}

/// Whether there is a test that is named by its file and its function or title.
fn exists(test: &str, sources: &BTreeMap<PathBuf, String>) -> bool {
    let Some((file, name)) = test.split_once(": ") else { return false };
    let Some(text) = sources.get(Path::new(file)) else { return false };
    if file.ends_with(".rs") { has_function(text, name) } else { has_title(text, name) }
}

/// Whether a file has a test function of this name, or a contract that runs this function against several implementations.
fn has_function(text: &str, name: &str) -> bool {
    let mut attributes = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[") {
            attributes.push(line);
            continue;
        }
        let is = |begin: &str| attributes.iter().any(|attribute| attribute.starts_with(begin));
        if function_name(line) == Some(name) && (is("#[test]") || is("#[tokio::test")) && !is("#[ignore") {
            return true;
        }
        attributes.clear();
    }
    let mut contracts = text.split("contract! {").skip(1).filter_map(|rest| rest.split('}').next());
    contracts.any(|contract| contract.split_whitespace().any(|listed| listed == name))
}

/// The name of the function that a line begins.
fn function_name(line: &str) -> Option<&str> {
    let (before, rest) = line.split_once("fn ")?;
    let is_function = before.split_whitespace().all(|word| matches!(word, "pub" | "pub(crate)" | "async"));
    if is_function { rest.split('(').next() } else { None }
}

/// Whether a file has a test with this title. A title may end early where that of the test goes on with a value, as in docs/promises.md.
fn has_title(text: &str, title: &str) -> bool {
    let plain = [format!("'{title}'"), format!("\"{title}\"")];
    let is_plain = plain.iter().any(|form| text.match_indices(form).any(|(at, _)| is_called(&text[..at])));
    let mut templates =
        text.match_indices('`').filter(|(at, _)| is_called(&text[..*at])).map(|(at, _)| &text[at + 1..]);
    is_plain || templates.any(|rest| rest.split_once('`').is_some_and(|(template, _)| can_be(template, title)))
}

/// Whether a template with values in `${…}` can be this title, or begin with it.
fn can_be(template: &str, title: &str) -> bool {
    let mut parts = template.split("${");
    let mut rest = title.trim_end();
    let after_value = |part| str::split_once(part, '}').map_or("", |(_, text)| text);
    let Some(first) = parts.next() else { return false };
    match rest.strip_prefix(first) {
        Some(other) => rest = other,
        None => return first.strip_prefix(rest).is_some_and(|more| more.starts_with(' ')),
    }
    let mut ends_with_value = false;
    for part in parts {
        let text = after_value(part);
        let Some(at) = rest.find(text) else { return false };
        rest = &rest[at + text.len()..];
        ends_with_value = text.is_empty();
    }
    rest.is_empty() || ends_with_value
}

/// Whether what comes before a title calls `test`, and not `test.skip` or another function.
fn is_called(before: &str) -> bool {
    let before = before.trim_end().strip_suffix("test(");
    before.is_some_and(|before| !before.ends_with(|sign: char| sign.is_alphanumeric() || sign == '_' || sign == '.'))
}

#[test]
fn each_capability_names_tests_that_exist() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/coverage.md");
    let document = fs::read_to_string(document).expect("the document can be read");
    let (rows, sources) = (rows(&document), files::sources());
    assert!(rows.len() > 100, "the document's tables are not found");
    let mut problems: Vec<_> = rows.iter().flat_map(|row| problems(row, &sources)).collect();
    let mut known = BTreeSet::new();
    let doubled = rows.iter().filter(|row| !known.insert(row.id));
    problems.extend(doubled.map(|row| format!("{}: another row has this id", row.id)));
    assert!(problems.is_empty(), "docs/coverage.md:\n{}", problems.join("\n"));
}

#[test]
fn each_promise_names_browser_tests_that_exist() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/promises.md");
    let document = fs::read_to_string(document).expect("the document can be read");
    let sources = files::sources();
    let is_browser_test = |file: &Path| file.to_string_lossy().ends_with(".spec.ts");
    let titles = promised(&document);
    assert!(titles.len() > 20, "the document's table is not found");
    let is_there = |title: &str| sources.iter().any(|(file, text)| is_browser_test(file) && has_title(text, title));
    let missing: Vec<_> = titles.into_iter().filter(|title| !is_there(title)).collect();
    assert!(missing.is_empty(), "docs/promises.md names tests that do not exist: {missing:#?}");
}

/// The titles of the browser tests in the last cells of a table.
fn promised(document: &str) -> Vec<&str> {
    let rows = document.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    rows.filter_map(|row| row.rsplit_once(" | ")).flat_map(|(_, tests)| tests.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn promised_titles_are_those_of_the_last_cell() {
    let table =
        "| promise | tests |\n| --- | --- |\n| The `host` goes | `one`, `two` |\n\nNo `row`.\n| It | `three` |\n";
    assert_eq!(promised(table), ["one", "two", "three"]);
}

#[test]
fn what_is_wrong_with_a_row_is_found() {
    let document = "# Title\n\n## People\n\n| id | capability | what holds | tests |\n| --- | --- | --- | --- |\n\
        | `people-1` | They come | one at once | `a.rs: one_comes`, `b.ts: two come` |\n\
        | `people-2` | They go | at once | `a.rs: nobody_comes` |\n\
        | `people-3` | They stay | for ever | |\n\
        | `People` | | at once | `a.rs: one_comes` |\n\
        \n## Not there yet\n\n| `people-4` | They fly | wings |\n| `people-5` | They swim | fins | `a.rs: one_comes` |\n";
    let sources = [("a.rs", "#[test]\nfn one_comes() {"), ("b.ts", "test('two come', ")];
    let sources = sources.map(|(file, text)| (file.into(), text.to_owned())).into();
    let rows = rows(document);
    let found: Vec<_> = rows.iter().map(|row| problems(row, &sources).len()).collect();
    assert_eq!(found, [0, 1, 1, 2, 0, 1]);
}

#[test]
fn a_function_is_a_test_if_it_runs() {
    let text = "/// Says so.\n#[tokio::test(flavor = \"multi_thread\")]\nasync fn one() {}\n\n    #[test]\n    fn two(kind in kind()) {\n\
        fn three() {\n#[test]\n#[ignore]\nfn four() {\ncontract! {\n    five\n    six\n}\nasync fn five(bench: Bench) {";
    let found = ["one", "two", "three", "four", "five", "six", "seven"].map(|name| has_function(text, name));
    assert_eq!(found, [true, true, false, false, true, true, false]);
}

#[test]
fn a_title_is_one_of_a_test_that_is_called() {
    let text = "test('one', async () => {}); test(\n  \"two's\", x); test(`three`, x); test(`four ${name}`, x);\n\
        test.skip('five', x); const six = 'six'; retest('seven', x); test(`${eight} is: ${one} more`, x);";
    let found = ["one", "two's", "three", "four", "five", "six", "seven", "tw"].map(|title| has_title(text, title));
    assert_eq!(found, [true, true, true, true, false, false, false, false]);
    let found =
        ["four", "four five", "fourth", "it is: so more", "it is: so", "it was"].map(|title| has_title(text, title));
    assert_eq!(found, [true, true, false, true, false, false]);
}
