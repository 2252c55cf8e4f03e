//! What languages have in common: their quotes, and languages that others resemble.

use super::program::{Program, Quote};

const fn quote(open: &'static str, close: &'static str) -> Quote {
    Quote { open, close, has_escapes: true, has_lines: false }
}

const fn long_quote(open: &'static str, close: &'static str) -> Quote {
    Quote { open, close, has_escapes: true, has_lines: true }
}

const fn raw_quote(open: &'static str, close: &'static str) -> Quote {
    Quote { open, close, has_escapes: false, has_lines: true }
}

const DOUBLE: Quote = quote("\"", "\"");
const SINGLE: Quote = quote("'", "'");

pub(super) const QUOTES: &[Quote] = &[DOUBLE, SINGLE];
pub(super) const DOUBLE_ONLY: &[Quote] = &[DOUBLE];
/// Python's, and of those that took them over.
pub(super) const TRIPLE: &[Quote] = &[long_quote("\"\"\"", "\"\"\""), long_quote("'''", "'''"), DOUBLE, SINGLE];
pub(super) const WITH_BACKTICKS: &[Quote] = &[DOUBLE, SINGLE, long_quote("`", "`")];
pub(super) const GO: &[Quote] = &[DOUBLE, SINGLE, raw_quote("`", "`")];
pub(super) const RUST: &[Quote] = &[
    raw_quote("r##\"", "\"##"),
    raw_quote("r#\"", "\"#"),
    raw_quote("r\"", "\""),
    long_quote("b\"", "\""),
    long_quote("\"", "\""),
];
pub(super) const LONG: &[Quote] = &[long_quote("\"", "\""), raw_quote("'", "'")];
pub(super) const SQL: &[Quote] = &[raw_quote("'", "'"), raw_quote("\"", "\""), raw_quote("`", "`")];
pub(super) const C_SHARP: &[Quote] = &[raw_quote("\"\"\"", "\"\"\""), raw_quote("@\"", "\""), DOUBLE, SINGLE];
pub(super) const LUA: &[Quote] = &[raw_quote("[[", "]]"), DOUBLE, SINGLE];
pub(super) const NIX: &[Quote] = &[raw_quote("''", "''"), long_quote("\"", "\"")];
pub(super) const TOML: &[Quote] =
    &[long_quote("\"\"\"", "\"\"\""), raw_quote("'''", "'''"), DOUBLE, Quote { has_escapes: false, ..SINGLE }];

/// A language with no more than words.
pub(super) const PLAIN: Program = Program {
    keywords: "",
    constants: "",
    types: "",
    line_comments: &[],
    block_comment: None,
    quotes: QUOTES,
    variables: "",
    attributes: "",
    word_characters: "",
    key_end: None,
    calls: &["("],
    has_characters: false,
    has_capitals: false,
    has_sections: false,
    ignores_case: false,
};

/// C, and what looks like it.
pub(super) const C_LIKE: Program = Program {
    keywords: "auto break case const continue default do else enum extern for goto if inline register restrict \
        return sizeof static struct switch typedef union volatile while",
    constants: "NULL true false nullptr",
    types: "bool char double float int int8_t int16_t int32_t int64_t long short signed size_t uint8_t uint16_t \
        uint32_t uint64_t unsigned void",
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    attributes: "#",
    ..PLAIN
};

/// Java, and what looks like it.
pub(super) const JAVA_LIKE: Program = Program {
    keywords: "abstract assert break case catch class const continue default do else enum extends final finally \
        for if implements import instanceof interface native new package permits private protected public record \
        return sealed static strictfp super switch synchronized this throw throws transient try var volatile \
        while yield",
    constants: "true false null",
    types: "boolean byte char double float int long short void",
    attributes: "@",
    quotes: TRIPLE,
    has_capitals: true,
    ..C_LIKE
};

/// JavaScript, and what looks like it.
pub(super) const SCRIPT: Program = Program {
    keywords: "as async await break case catch class const continue debugger default delete do else export \
        extends finally for from function get if import in instanceof let new of return set static super switch \
        this throw try typeof var void while with yield",
    constants: "true false null undefined NaN Infinity",
    types: "",
    attributes: "@",
    quotes: WITH_BACKTICKS,
    word_characters: "$",
    has_capitals: true,
    ..C_LIKE
};

/// Names and values, one a line.
pub(super) const SETTINGS: Program = Program {
    constants: "true false null yes no on off True False Null",
    line_comments: &["#"],
    word_characters: "-.",
    key_end: Some('='),
    calls: &[],
    ..PLAIN
};

/// ML and its relatives, whose apostrophes belong to names.
pub(super) const ML: Program = Program {
    line_comments: &[],
    block_comment: Some(("(*", "*)")),
    quotes: DOUBLE_ONLY,
    word_characters: "'",
    has_characters: true,
    has_capitals: true,
    calls: &[],
    ..PLAIN
};
