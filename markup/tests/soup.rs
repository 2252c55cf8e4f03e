//! Random messages out of everything that has a meaning.

use heartogether_markup::{Limits, render, render_with};
use proptest::prelude::*;

use crate::safety::inspect;

/// Pieces that mean something, and some text.
const PIECES: [&str; 60] = [
    "*",
    "**",
    "_",
    "~~",
    "~",
    "`",
    "``",
    "```",
    "```rust",
    "```math\n",
    "\n",
    "\n\n",
    "> ",
    "- ",
    "1. ",
    "# ",
    "---",
    "|",
    "|---|",
    "[",
    "](",
    ")",
    "![",
    "<",
    ">",
    "</",
    "<b>",
    "<!--",
    "-->",
    "<script>",
    "&",
    "&amp;",
    "&#x202e;",
    "\\",
    "$",
    "$$",
    "\\frac",
    "{",
    "}",
    "^",
    "_{",
    "\\text{",
    "\\begin{matrix}",
    "\\end{matrix}",
    "https://example.org/",
    "www.x.example",
    "javascript:",
    "mailto:a@b.example",
    "(",
    "\"",
    "'",
    " ",
    "    ",
    "a",
    "é",
    "\u{202e}",
    "\u{a0}",
    "👩‍👧",
    "@ada",
    ":",
];

fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![9 => proptest::sample::select(&PIECES[..]).prop_map(str::to_owned), 1 => "\\PC{0,4}"];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    /// In tests, rendering fails if the fence changes anything.
    #[test]
    fn every_message_is_safe(text in soup()) {
        let limits = Limits::default();
        if let Some(rendered) = render(&text, &limits) {
            inspect(&rendered.html);
            prop_assert!(rendered.html.len() <= limits.html_bytes);
            prop_assert_eq!(render(&text, &limits), Some(rendered));
        }
    }

    #[test]
    fn every_mention_is_safe(text in soup(), at in 0_usize..20, length in 0_usize..9) {
        let mentions = |text: &str| text.get(at..at + length).map(|_| at..at + length).into_iter().collect();
        if let Some(rendered) = render_with(&text, &Limits::default(), &mentions) {
            inspect(&rendered.html);
        }
    }
}
