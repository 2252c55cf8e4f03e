//! What people try in order to run something in the pages of others, or to deceive.

use heartogether_markup::{Limits, render};

use crate::{html, is_plain};

const TAGS: &str = "a blockquote br code del em h3 h4 h5 h6 hr img li ol p pre span strong table tbody td th thead tr ul \
    math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow mspace msqrt msub msubsup \
    msup mtable mtd mtext mtr munder munderover";
const ATTRIBUTES: &str = "class href rel target start data-language data-diagram alt accent accentunder display \
    displaystyle form height largeop linethickness lspace mathvariant maxsize minsize movablelimits notation rspace \
    scriptlevel stretchy symmetric width";
const VOID: [&str; 3] = ["br", "hr", "img"];

/// Reads HTML strictly, tag by tag: whatever is not written as it should be fails.
pub(crate) fn inspect(html: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        inspect_text(&rest[..start]);
        let (tag, after) = rest[start + 1..].split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{html}");
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(TAGS.split_whitespace().any(|known| known == name), "<{name}> in {html}");
        inspect_attributes(attributes);
        if !VOID.contains(&name) {
            open.push(name);
        }
    }
    inspect_text(rest);
    assert!(open.is_empty(), "{open:?} in {html}");
}

fn inspect_attributes(attributes: &str) {
    let mut rest = attributes;
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").expect("an attribute has a value");
        let (value, after) = after.split_once('"').expect("a value ends");
        rest = after.strip_prefix(' ').unwrap_or(after);
        assert!(ATTRIBUTES.split_whitespace().any(|known| known == name), "{name} in {attributes}");
        inspect_text(value);
        if name == "href" {
            assert!(["http://", "https://", "mailto:"].iter().any(|scheme| value.starts_with(scheme)), "{value}");
            assert!(value.is_ascii(), "{value}");
        }
    }
}

fn inspect_text(text: &str) {
    assert!(!text.contains(['>', '\0', '\r', '\u{202e}', '\u{2066}', '\u{200b}']), "{text:?}");
    for entity in text.split('&').skip(1) {
        let known = ["amp;", "lt;", "gt;", "quot;", "nbsp;"];
        assert!(known.iter().any(|name| entity.starts_with(name)), "&{entity}");
    }
}

#[test]
fn only_pages_and_mail_are_linked() {
    for address in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "java&#10;script:alert(1)",
        "java&Tab;script:alert(1)",
        "&#x6A;avascript:alert(1)",
        "&#106;avascript&colon;alert(1)",
        "\u{1}javascript:alert(1)",
        "javascript&#0058;alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "blob:https://example.org/x",
        "about:blank",
        "view-source:https://x.example",
        "//evil.example",
        "\\\\evil.example",
        "/login",
        "#x",
        "?x",
        "ws://x.example",
        "intent://x",
        "tel:1",
        "feed:javascript:a",
    ] {
        for text in [
            format!("*a* [x]({address})"),
            format!("*a* [x](<{address}>)"),
            format!("*a* ![x](<{address}>)"),
            format!("*a* <{address}>"),
            format!("*a* [x]\n\n[x]: <{address}>"),
        ] {
            let html = html(&text);
            inspect(&html);
            assert!(!html.contains("href"), "{text}: {html}");
        }
    }
}

#[test]
fn nothing_gets_out_of_its_place() {
    for text in [
        "[x](https://example.org/\"onmouseover=alert(1)\")",
        "[x](https://example.org/'onmouseover='a)",
        "[x](https://example.org \"\\\" onclick=alert(1) x=\\\"\")",
        "[\"><script>alert(1)</script>](https://example.org)",
        "![\" onerror=alert(1) x=\"](https://example.org)",
        "[x](https://example.org/?<script>alert(1)</script>)",
        "<https://example.org/\"onclick=\"alert(1)>",
        "https://example.org/\"onclick=\"alert(1)",
        "```\"><img/src/onerror=alert(1)>\nx\n```",
        "```js\"onload=\"alert(1)\nx\n```",
        "``` &quot;onload=alert(1)\nx\n```",
        "```html\n</code></pre><script>alert(1)</script>\n```",
        "`</code><script>alert(1)</script>`",
        "*<img src=x onerror=alert(1)>*",
        "<svg/onload=alert(1)> *a*",
        "<a href=\"javascript:a()\">*x*</a>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)> *a*",
        "| <img src=x onerror=alert(1)> |\n|---|\n| </td> |",
        "$\\text{<script>alert(1)</script>}$",
        "$\\text{\"onload=\"alert(1)}$",
        "$\\href{javascript:alert(1)}{x}$",
        "$a<script>b$",
        "$\\begin{array}{l\" onload=\"alert(1)} a \\end{array}$",
        "$\\label{\"><script>} x$",
        "$\\color{red;background:url(//x)} x$",
        "$\\class{x}{y} \\style{color:red}{x}$",
        "$\\unicode{x3c}script\\unicode{x3e}$",
        "$\\tag{<b>} x$",
        "$\\operatorname{<b>}$",
        "```mermaid\ngraph TD; A[\"<img src=x onerror=alert(1)>\"]-->B;\nclick A href \"javascript:alert(1)\"\n```",
        "<plaintext>*a*",
        "<!--*a*--><script>",
        "<![CDATA[*a*]]>",
        "<?php *a* ?>",
        "</p></div></body>*a*",
        "*a*</textarea><script>alert(1)</script>",
    ] {
        let Some(rendered) = render(text, &Limits::default()) else { continue };
        inspect(&rendered.html);
    }
}

#[test]
fn text_runs_in_its_own_direction() {
    for text in [
        "*a*\u{202e}b",
        "*a*&#x202e;b",
        "*a*&#8238;b",
        "`a\u{202e}b` *a*",
        "```\na\u{2066}b\n```",
        "[x\u{202e}y](https://example.org)",
        "[x](https://example.org/\u{202e}gpj.exe)",
        "https://example.org/\u{202e}gpj.exe",
        "$\\text{a\u{202e}b}$",
        "$\u{202e}$ *a*",
        "![a\u{202e}b](https://example.org)",
        "*a* [x](x:\u{202e}y)",
        "# \u{2067}a",
        "| \u{202b}a |\n|---|",
    ] {
        inspect(&html(text));
    }
}

#[test]
fn control_characters_are_left_out() {
    for text in [
        "*a*\u{0}b",
        "*a*&#0;b",
        "*a*&#1;b",
        "*a*\rb\r\nc",
        "`a\u{7}b`",
        "```\na\u{0}\u{8}b\r\n```",
        "[a\u{1b}](https://example.org/\u{0})",
        "*a*\u{85}b\u{9f}",
        "$\\text{a\u{0}}$",
        "*a*\u{c}b",
        "*a*\u{feff}\u{fffe}\u{ffff}b",
    ] {
        inspect(&html(text));
    }
}

#[test]
fn hosts_that_imitate_others_are_shown_as_they_are() {
    assert!(html("https://еxample.org").contains("href=\"https://xn--xample-2of.org/\""));
    assert!(html("[example.org](https://еxample.org)").contains("example.org (xn--xample-2of.org)</a>"));
    assert!(is_plain("https://example.org\u{2024}evil.example/x"));
    assert!(html("[x](https://example.org／@evil.example)").contains("x (https://example.org／@evil.example)"));
}
