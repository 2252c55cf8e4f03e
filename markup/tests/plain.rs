//! Messages that pages show as they are.

use heartogether_markup::{Limits, VERSION, render};

use crate::{is_plain, rendered};

#[test]
fn a_message_without_markup_is_plain() {
    for text in [
        "",
        "hello",
        "two\nlines",
        "two\n\nparagraphs",
        "1 < 2 > 0 & \"x\"",
        "snake_case_name",
        "2 * 3 * 4",
        "a\u{a0}b",
    ] {
        assert!(is_plain(text), "{text:?}");
    }
}

#[test]
fn what_would_show_nothing_is_plain() {
    for text in ["#", "-", ">", "1.", "[a]: https://example.org", "> >", "-\n-", "****\u{200b}"] {
        assert!(is_plain(text), "{text:?}");
    }
}

#[test]
fn what_looks_different_is_not_plain() {
    for text in ["*a*", "a &amp; b", "\\*", "- a", "# a", "---", "https://example.org", "`a`"] {
        assert!(!is_plain(text), "{text:?}");
    }
}

#[test]
fn a_rendering_knows_its_version() {
    assert_eq!(rendered("*a*").version, VERSION);
}

#[test]
fn what_is_beyond_a_limit_is_plain() {
    let limits = Limits::default();
    let fits = |text: &str, limits: &Limits| render(text, limits).is_some();
    assert!(fits(&format!("*{}*", "é".repeat(3_998)), &limits));
    assert!(!fits(&format!("*{}*", "é".repeat(3_999)), &limits));
    assert!(fits(&format!("{} a", ">".repeat(22)), &limits));
    assert!(!fits(&format!("{} a", ">".repeat(25)), &limits));
    assert!(!fits("*a* *b*", &Limits { nodes: 3, ..limits.clone() }));
    assert!(!fits("*a*", &Limits { html_bytes: 10, ..limits }));
}
