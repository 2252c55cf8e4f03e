//! Markdown.

use crate::{html, is_plain};

#[test]
fn words_are_set_off() {
    assert_eq!(
        html("*a* _b_ **c** ~~d~~ `e<f>`"),
        "<p><em>a</em> <em>b</em> <strong>c</strong> <del>d</del> <code>e&lt;f&gt;</code></p>"
    );
}

#[test]
fn a_line_is_a_line() {
    assert_eq!(html("*a*\nb  \nc\\\nd"), "<p><em>a</em><br>b<br>c<br>d</p>");
    assert_eq!(html("*a*\n\nb"), "<p><em>a</em></p><p>b</p>");
}

#[test]
fn headings_are_below_those_of_the_page() {
    let expected = ["h3", "h4", "h5", "h6", "h6", "h6"];
    for (level, tag) in (1..).zip(expected) {
        assert_eq!(html(&format!("{} a", "#".repeat(level))), format!("<{tag}>a</{tag}>"));
    }
}

#[test]
fn lists_quotes_and_rules() {
    assert_eq!(html("- a\n- b\n  - c"), "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>");
    assert_eq!(html("1. a\n2. b"), "<ol><li>a</li><li>b</li></ol>");
    assert_eq!(html("7. a\n8. b"), "<ol start=\"7\"><li>a</li><li>b</li></ol>");
    assert_eq!(html("> a\n> b"), "<blockquote><p>a<br>b</p></blockquote>");
    assert_eq!(html("a\n\n---\n\nb"), "<p>a</p><hr><p>b</p>");
}

#[test]
fn tables() {
    assert_eq!(
        html("| a | b | c |\n|---|:-:|--:|\n| 1 | 2 | *3* |\n| 4 |"),
        "<table><thead><tr><th>a</th><th class=\"align-center\">b</th><th class=\"align-right\">c</th></tr></thead>\
         <tbody><tr><td>1</td><td class=\"align-center\">2</td><td class=\"align-right\"><em>3</em></td></tr>\
         <tr><td>4</td><td class=\"align-center\"></td><td class=\"align-right\"></td></tr></tbody></table>"
    );
    assert_eq!(html("| a |\n|---|"), "<table><thead><tr><th>a</th></tr></thead></table>");
}

#[test]
fn html_is_text() {
    assert_eq!(html("<b>*x*</b>"), "<p>&lt;b&gt;<em>x</em>&lt;/b&gt;</p>");
    assert_eq!(
        html("<div onclick=\"a()\">\n*x*\n</div>\n\n*y*"),
        "<p>&lt;div onclick=\"a()\"&gt;<br>*x*<br>&lt;/div&gt;</p><p><em>y</em></p>"
    );
    assert_eq!(html("<!-- *x* -->\n\n*y*"), "<p>&lt;!-- *x* --&gt;</p><p><em>y</em></p>");
    assert!(is_plain("<script>alert(1)</script>"));
    assert!(is_plain("a <b>b</b> &c"));
}

#[test]
fn entities_are_read() {
    assert_eq!(html("&copy; &amp; &lt;b&gt;"), "<p>© &amp; &lt;b&gt;</p>");
    assert_eq!(html("a&nbsp;*b*"), "<p>a&nbsp;<em>b</em></p>");
}

#[test]
fn other_languages_are_as_good() {
    assert_eq!(html("**你好**，*世界*"), "<p><strong>你好</strong>，<em>世界</em></p>");
    assert_eq!(html("**שלום** 👩‍👧 می‌خواهم"), "<p><strong>שלום</strong> 👩‍👧 می‌خواهم</p>");
}
