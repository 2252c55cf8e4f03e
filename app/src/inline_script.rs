//! Scripts that stand in the HTML.

/// A script without comment lines and indentation, which every page would carry.
pub(crate) fn without_comments(script: &str) -> String {
    let is_comment = |line: &str| line.starts_with("//") || (line.starts_with("/**") && line.ends_with("*/"));
    let lines = script.lines().map(str::trim).filter(|line| !is_comment(line));
    lines.collect::<Vec<_>>().join("\n")
}
