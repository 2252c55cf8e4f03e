//! LaTeX formulas to MathML Core (<https://www.w3.org/TR/mathml-core/>), which browsers draw without a script.

use std::sync::LazyLock;

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

use crate::{
    allowed::{Class, Tag},
    limits::Limits,
    tree::Element,
    visible::visible,
};

mod mathml;

static CONVERTER: LazyLock<LatexToMathML> =
    LazyLock::new(|| LatexToMathML::new(MathCoreConfig::default()).expect("there are no macros that could be wrong"));

/// A formula in a line of text.
pub(crate) fn inline(latex: &str, limits: &Limits) -> Element {
    convert(latex, MathDisplay::Inline, limits).unwrap_or_else(|| source(&format!("${latex}$")))
}

/// A formula on lines of its own.
pub(crate) fn display(latex: &str, limits: &Limits) -> Element {
    convert(latex, MathDisplay::Block, limits).unwrap_or_else(|| source(&format!("$${latex}$$")))
}

/// What is no formula, or one beyond the limits.
fn source(latex: &str) -> Element {
    Element::new(Tag::Code).class(Class::MathError).text(visible(latex))
}

fn convert(latex: &str, display: MathDisplay, limits: &Limits) -> Option<Element> {
    let latex = visible(latex);
    // Only these can nest a formula.
    let tokens = latex.chars().filter(|c| "\\{[^_".contains(*c)).count();
    if tokens > limits.formula_tokens || latex.trim().is_empty() {
        return None;
    }
    let converted = CONVERTER.convert_with_local_state(&latex, display).ok()?;
    mathml::read(&converted.mathml, limits.formula_depth)
}
