//! Mentions, which the caller finds.

use std::ops::Range;

use heartogether_markup::{Limits, render, render_with};

/// Every `@` with the letters after it.
fn mentions(text: &str) -> Vec<Range<usize>> {
    let starts = text.match_indices('@').map(|(at, _)| at);
    let end = |at: usize| {
        text[at + 1..].find(|c: char| !c.is_alphanumeric() && c != '_').map_or(text.len(), |end| at + 1 + end)
    };
    starts.map(|at| at..end(at)).collect()
}

fn html(text: &str) -> String {
    render_with(text, &Limits::default(), &mentions).expect("it has markup").html
}

#[test]
fn a_mention_is_marked() {
    assert_eq!(html("hi @ada_l!"), "<p>hi <span class=\"mention\">@ada_l</span>!</p>");
    assert_eq!(
        html("**@ada** <@grace>"),
        "<p><strong><span class=\"mention\">@ada</span></strong> &lt;<span class=\"mention\">@grace</span>&gt;</p>"
    );
    assert_eq!(render("hi @ada_l!", &Limits::default()), None);
}

#[test]
fn code_formulas_and_links_have_none() {
    for text in
        ["`@ada`", "```\n@ada\n```", "[@ada](https://example.org)", "https://example.org/@ada", "$\\text{@ada}$"]
    {
        assert!(!html(text).contains("mention"), "{text}");
    }
}

#[test]
fn what_is_out_of_place_is_passed_over() {
    let wrong = |_: &str| vec![4..5, 0..1, 1..2, 0..99];
    let html = render_with("é*é*", &Limits::default(), &wrong).expect("it has markup").html;
    assert_eq!(html, "<p>é<em>é</em></p>");
}
