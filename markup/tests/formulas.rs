//! Formulas.

use heartogether_markup::Limits;

use crate::{html, is_plain};

#[test]
fn formulas_are_mathml() {
    assert_eq!(html("so $x^2$!"), "<p>so <math><msup><mi>x</mi><mn>2</mn></msup></math>!</p>");
    let display = html("$$\\frac{1}{2}$$");
    assert_eq!(display, "<p><math display=\"block\"><mfrac><mn>1</mn><mn>2</mn></mfrac></math></p>");
    assert_eq!(html("```math\n\\frac{1}{2}\n```"), display);
}

#[test]
fn prices_and_variables_stay_text() {
    for text in ["$5 and $6", "from $5 to $6!", "US$5 or A$6", "$5/$6", "$HOME/bin:$PATH", "5$ or 6$", "$ x $", "a $b"]
    {
        assert!(is_plain(text), "{text}");
    }
}

#[test]
fn formulas_may_stand_in_words() {
    for text in ["设$x$为", "($x$)", "$x$-axis", "*$x$*", "| $x$ |\n|---|"] {
        assert!(html(text).contains("<math>"), "{text}");
    }
}

#[test]
fn what_is_no_formula_shows_its_source() {
    assert_eq!(html("$\\frac{1}$"), "<p><code class=\"math-error\">$\\frac{1}$</code></p>");
    assert_eq!(html("$$\\nosuchcommand<b>$$"), "<p><code class=\"math-error\">$$\\nosuchcommand&lt;b&gt;$$</code></p>");
}

#[test]
fn all_of_these_are_formulas() {
    for latex in [
        r"a<b>c\&d",
        r"\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}",
        r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}",
        r"\begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}",
        r"\begin{align} a &= b \\ c &= d \end{align}",
        r"\begin{align} \color{red} a & b \end{align}",
        r"\begin{array}{|l|r|} \hline a & b \\ \hline c & d \end{array}",
        r"\left( \sum_{k=1}^n a_k b_k \right)^2 \leq \prod_{i} \overline{x_i}",
        r"\mathbb{R} \to \mathcal{L}, \quad \mathbf{v} \cdot \hat{n} \ne \vec{0}",
        r"\text{if } \textbf{bold} \textit{x} \texttt{y}",
        r"\cancel{x} \underbrace{a+b}_{n} \xrightarrow{f} \binom{n}{k} \sqrt[3]{x}",
        r"\lim_{x \to 0} \frac{\sin x}{x} = 1 \pmod{n}",
        r"\color{red} x \! y \phantom{z} \operatorname{rank} A^\top",
    ] {
        let math = html(&format!("$${latex}$$"));
        assert!(math.starts_with("<p><math display=\"block\">"), "{latex}: {math}");
        assert!(!math.contains(" style=") && !math.contains(" id="), "{latex}: {math}");
    }
}

#[test]
fn tables_keep_their_lines_and_sides_as_classes() {
    let math = html(r"$$\begin{array}{|l|r} \hline a & b \end{array}$$");
    for class in ["math-line-left", "math-line-right", "math-line-above", "math-left", "math-right"] {
        assert!(math.contains(class), "{class}: {math}");
    }
}

#[test]
fn a_formula_has_no_links() {
    let math = html(r"$\href{javascript:alert(1)}{x}$");
    assert!(!math.contains("<a") && !math.contains("href="), "{math}");
}

#[test]
fn a_formula_beyond_its_limits_shows_its_source() {
    let limits = Limits { formula_tokens: 3, ..Limits::default() };
    let html = |text: &str| heartogether_markup::render(text, &limits).expect("it has markup").html;
    assert!(html("$\\alpha^2$").contains("<math>"));
    assert!(html("$\\alpha^{2_1}$").contains("math-error"));
}
