//! Links.

use crate::{html, is_plain};

fn link(address: &str, words: &str) -> String {
    format!("<a href=\"{address}\" rel=\"noopener noreferrer nofollow ugc\" target=\"_blank\">{words}</a>")
}

fn paragraph(content: &str) -> String {
    format!("<p>{content}</p>")
}

#[test]
fn links_lead_to_pages_and_mail() {
    assert_eq!(html("[a](https://example.org/x?y=1&z=2)"), paragraph(&link("https://example.org/x?y=1&amp;z=2", "a")));
    assert_eq!(html("[a](http://example.org \"title\")"), paragraph(&link("http://example.org/", "a")));
    assert_eq!(html("[*a*](mailto:a@example.org)"), paragraph(&link("mailto:a@example.org", "<em>a</em>")));
    assert_eq!(html("[a][b]\n\n[b]: https://example.org"), paragraph(&link("https://example.org/", "a")));
    assert_eq!(
        html("<https://example.org/a_b_>"),
        paragraph(&link("https://example.org/a_b_", "https://example.org/a_b_"))
    );
    assert_eq!(html("<a@example.org>"), paragraph(&link("mailto:a@example.org", "a@example.org")));
}

#[test]
fn addresses_become_links() {
    for (text, address, rest) in [
        ("https://example.org", "https://example.org/", ""),
        ("https://example.org/a.", "https://example.org/a", "."),
        ("https://example.org/__init__.py", "https://example.org/__init__.py", ""),
        ("https://example.org/*a*/b", "https://example.org/*a*/b", ""),
        ("https://example.org/a_(b)", "https://example.org/a_(b)", ""),
        ("https://example.org/?a=1&b=2#c!", "https://example.org/?a=1&amp;b=2#c", "!"),
        ("HTTPS://Example.ORG/A", "https://example.org/A", ""),
        ("https://example.org，看", "https://example.org/", "，看"),
    ] {
        let words = text.strip_suffix(rest).expect("it ends so").replace('&', "&amp;");
        assert_eq!(html(text), paragraph(&(link(address, &words) + rest)), "{text}");
    }
    assert_eq!(
        html("看www.example.org"),
        paragraph(&format!("看{}", link("https://www.example.org/", "www.example.org")))
    );
    assert_eq!(
        html("(https://example.org)"),
        paragraph(&format!("({})", link("https://example.org/", "https://example.org")))
    );
    assert_eq!(
        html("**https://example.org**"),
        paragraph(&format!("<strong>{}</strong>", link("https://example.org/", "https://example.org")))
    );
    assert_eq!(
        html("- https://example.org"),
        format!("<ul><li>{}</li></ul>", link("https://example.org/", "https://example.org"))
    );
}

#[test]
fn addresses_stay_as_they_are_where_they_have_a_meaning() {
    assert_eq!(html("`https://example.org`"), "<p><code>https://example.org</code></p>");
    let code = html("```\nhttps://example.org\n```");
    assert_eq!(code, "<pre class=\"code-block\"><code>https://example.org</code></pre>");
    assert_eq!(
        html("[https://example.org](https://example.org)"),
        paragraph(&link("https://example.org/", "https://example.org"))
    );
    assert_eq!(html("[a](https://example.org) https://b.example").matches("<a ").count(), 2);
}

#[test]
fn what_only_looks_like_an_address_is_text() {
    for text in ["https://", "http:///", "xhttps://example.org", "www.", "http://.", "ftp://example.org", "example.org"]
    {
        assert!(is_plain(text), "{text}");
    }
}

#[test]
fn an_image_is_a_link() {
    assert_eq!(html("![a cat](https://example.org/cat.png)"), paragraph(&link("https://example.org/cat.png", "a cat")));
    let bare = paragraph(&link("https://example.org/cat.png", "https://example.org/cat.png"));
    assert_eq!(html("![](https://example.org/cat.png)"), bare);
    assert_eq!(
        html("[![a](https://example.org/a.png)](https://b.example)"),
        paragraph(&link("https://b.example/", "a"))
    );
}

#[test]
fn words_do_not_hide_where_a_link_leads() {
    for words in
        ["https://bank.example", "bank.example", "Log in at www.bank.example/login!", "http://bank.example:80/"]
    {
        let shown = html(&format!("[{words}](https://evil.example/bank.example)"));
        assert!(shown.contains(" (evil.example)</a>"), "{shown}");
    }
    for words in ["evil.example", "www.evil.example/x", "the bank", "https://evil.example"] {
        assert!(!html(&format!("[{words}](https://evil.example)")).contains('('), "{words}");
    }
}

#[test]
fn what_is_no_link_shows_its_address() {
    assert_eq!(html("*a* [docs](/docs/x)"), "<p><em>a</em> docs (/docs/x)</p>");
    assert_eq!(html("*a* [x](ftp://example.org)"), "<p><em>a</em> x (ftp://example.org)</p>");
    assert_eq!(html("*a* <ftp://example.org>"), "<p><em>a</em> ftp://example.org</p>");
    assert_eq!(html("*a* [x]()"), "<p><em>a</em> x</p>");
}

#[test]
fn a_host_with_a_user_is_no_link() {
    assert_eq!(
        html("*a* <https://bank.example@evil.example/>"),
        "<p><em>a</em> https://bank.example@evil.example/</p>"
    );
    assert!(!html("*a* [x](https://bank.example:pw@evil.example)").contains("href"));
}
