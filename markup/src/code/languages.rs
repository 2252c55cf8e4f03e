//! The languages that are highlighted, and what people call them.

use super::{
    Syntax,
    families::{C_LIKE, DOUBLE_ONLY, LONG, NIX, PLAIN, QUOTES, SETTINGS, SQL, TOML, TRIPLE},
    program::Program,
};

mod programming;

/// A language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Language {
    /// Its name for people.
    pub(super) label: &'static str,
    pub(super) syntax: Syntax,
    /// What people write after the fence, in lower case.
    names: &'static [&'static str],
}

/// The language that a fence names.
pub(super) fn find(name: &str) -> Option<Language> {
    let name = name.to_ascii_lowercase();
    let mut languages = OTHERS.iter().chain(programming::LANGUAGES).copied();
    languages.find(|language| language.names.contains(&name.as_str()))
}

const fn language(label: &'static str, names: &'static [&'static str], syntax: Syntax) -> Language {
    Language { label, syntax, names }
}

/// A language that is like another one, but for some fields.
macro_rules! program {
    ($family:expr $(, $field:ident: $value:expr)* $(,)?) => {
        Syntax::Program(&Program { $($field: $value,)* ..$family })
    };
}

use program;

const HASH: &[&str] = &["#"];

/// Those of documents, data, settings and command lines.
static OTHERS: &[Language] = &[
    language(
        "Bash",
        &["bash", "sh", "shell", "zsh"],
        program!(PLAIN,
        keywords: "alias case do done elif else esac eval exec exit export fi for function if in local read \
            return set shift source then trap unset until while",
        types: "cat cd chmod cp curl echo find grep head kill ls mkdir mv printf pwd rm sed sleep sort sudo tail \
            test touch xargs",
        constants: "true false", line_comments: HASH, quotes: LONG, variables: "$", word_characters: "-",
        calls: &["()"]),
    ),
    language(
        "CMake",
        &["cmake"],
        program!(PLAIN, line_comments: HASH, quotes: DOUBLE_ONLY, variables: "$",
        ignores_case: true,
        keywords: "else elseif endforeach endfunction endif endmacro endwhile foreach function if include macro \
            option project return set while", constants: "ON OFF TRUE FALSE"),
    ),
    language(
        "CSS",
        &["css"],
        program!(PLAIN, block_comment: Some(("/*", "*/")), attributes: "@#.",
        word_characters: "-%", key_end: Some(':'),
        constants: "auto inherit initial none unset revert", keywords: "important"),
    ),
    language("Diff", &["diff", "patch"], Syntax::Diff),
    language(
        "Dockerfile",
        &["dockerfile", "docker"],
        program!(PLAIN, line_comments: HASH, variables: "$",
        word_characters: "-.",
        keywords: "ADD ARG AS CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL \
            STOPSIGNAL USER VOLUME WORKDIR"),
    ),
    language(
        "GraphQL",
        &["graphql"],
        program!(PLAIN, line_comments: HASH, quotes: TRIPLE, variables: "$",
        attributes: "@", has_capitals: true, key_end: Some(':'),
        keywords: "directive enum extend fragment implements input interface mutation on query repeatable scalar \
            schema subscription type union", constants: "true false null"),
    ),
    language("HTML", &["html", "vue", "svelte"], Syntax::Markup),
    language(
        "INI",
        &["ini", "conf", "properties", "env"],
        program!(SETTINGS, line_comments: &["#", ";"],
        has_sections: true),
    ),
    language(
        "JSON",
        &["json", "jsonc", "json5"],
        program!(C_LIKE, keywords: "", constants: "true false null",
        types: "", attributes: "", key_end: Some(':')),
    ),
    language("LaTeX", &["latex", "tex"], Syntax::Tex),
    language(
        "Makefile",
        &["makefile", "make"],
        program!(PLAIN, line_comments: HASH, variables: "$",
        attributes: ".", word_characters: "-.", key_end: Some(':'),
        keywords: "define else endef endif export ifdef ifeq ifndef ifneq include override unexport"),
    ),
    language("Markdown", &["markdown", "md"], Syntax::Markdown),
    language(
        "Nix",
        &["nix"],
        program!(PLAIN, line_comments: HASH, block_comment: Some(("/*", "*/")), quotes: NIX,
        word_characters: "-'", key_end: Some('='), calls: &[],
        keywords: "assert else if import in inherit let or rec then with", constants: "true false null"),
    ),
    language(
        "PowerShell",
        &["powershell", "ps1"],
        program!(PLAIN, line_comments: HASH, block_comment: Some(("<#",
        "#>")), variables: "$", word_characters: "-", ignores_case: true,
        keywords: "begin break catch class continue do else elseif end enum exit filter finally for foreach \
            function if in param process return switch throw trap try until using while"),
    ),
    language(
        "Protobuf",
        &["protobuf", "proto"],
        program!(C_LIKE, attributes: "", constants: "true false",
        has_capitals: true,
        keywords: "enum extend import message oneof option optional package public repeated required reserved \
            returns rpc service stream syntax to",
        types: "bool bytes double fixed32 fixed64 float int32 int64 map sint32 sint64 string uint32 uint64"),
    ),
    language(
        "SCSS",
        &["scss", "sass", "less"],
        program!(PLAIN, line_comments: &["//"], block_comment: Some(("/*",
        "*/")), variables: "$", attributes: "@#.", word_characters: "-%", key_end: Some(':'),
        constants: "auto inherit initial none unset revert", keywords: "and from if in not or through"),
    ),
    language(
        "SQL",
        &["sql", "postgresql", "mysql", "sqlite"],
        program!(PLAIN, line_comments: &["--"],
        block_comment: Some(("/*", "*/")), quotes: SQL, ignores_case: true,
        keywords: "add all alter analyze and as asc begin between by cascade case check column commit conflict \
            constraint create cross database default delete desc distinct do drop else end except exists explain \
            foreign from full group having if in index inner insert intersect into is join key left like limit \
            not nothing offset on or order outer over partition primary recursive references returning right \
            rollback select set table then to transaction trigger union unique update using values view when \
            where window with",
        constants: "true false null", types: "bigint blob boolean bytea char date decimal double int integer json \
            jsonb numeric real serial smallint text time timestamp timestamptz uuid varchar"),
    ),
    language("TOML", &["toml"], program!(SETTINGS, quotes: TOML, has_sections: true)),
    language("XML", &["xml", "svg", "xhtml"], Syntax::Markup),
    language(
        "YAML",
        &["yaml", "yml"],
        program!(SETTINGS, key_end: Some(':'), attributes: "&*!",
        word_characters: "-./", quotes: QUOTES),
    ),
];
