//! Messages that are made to cost much. How long each takes is measured by the bench; what it may become is bounded here.

use heartogether_markup::{Limits, render};

use crate::{corpus, safety::inspect};

#[test]
fn every_hostile_message_is_bounded() {
    let limits = Limits::default();
    for (name, text) in corpus::messages() {
        assert!(text.chars().count() <= limits.chars, "{name}");
        let Some(rendered) = render(&text, &limits) else { continue };
        inspect(&rendered.html);
        assert!(rendered.html.len() <= limits.html_bytes, "{name}");
        assert!(rendered.diagrams.len() <= limits.diagrams, "{name}");
        for diagram in rendered.diagrams {
            assert!(
                diagram.svg_light.len() <= limits.diagram_bytes && diagram.svg_dark.len() <= limits.diagram_bytes,
                "{name}"
            );
        }
    }
}

/// What nests a formula, and what ends it.
const NESTING: [(&str, &str); 14] = [
    ("\\sqrt", ""),
    ("\\sqrt{", "}"),
    ("\\sqrt[", "]1"),
    ("\\frac1", ""),
    ("{", "}"),
    ("x^{", "}"),
    ("\\bar", ""),
    ("\\left(", "\\right)"),
    ("\\text{", "}"),
    ("\\overset a", ""),
    ("\\color{red}{", "}"),
    ("\\mathrm{", "}"),
    ("\\begin{matrix}", "\\end{matrix}"),
    ("\\underbrace{a}_{", "}"),
];

/// On a stack as small as that of a thread that a server renders in (2 MiB).
#[test]
fn the_deepest_formula_fits_on_a_small_stack() {
    let render_all = || {
        let limits = Limits::default();
        for (open, close) in NESTING {
            let tokens = open.matches(['\\', '{', '^', '_', '[']).count() + close.matches('\\').count();
            let most = 3_900 / (open.len() + close.len());
            for times in [most.min(limits.formula_tokens / tokens), most] {
                let text = format!("$${}x{}$$", open.repeat(times), close.repeat(times));
                let rendered = render(&text, &limits);
                assert!(rendered.is_some_and(|rendered| !rendered.html.is_empty()), "{open}");
            }
        }
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(render_all).expect("a thread");
    thread.join().expect("the stack is large enough");
}
