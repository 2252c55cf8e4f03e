//! Code.

use crate::{count, html};

fn block(language: &str, code: &str) -> String {
    html(&format!("```{language}\n{code}\n```"))
}

#[test]
fn code_has_colours_by_class() {
    assert_eq!(
        block("rust", "let x = \"a\\n\"; // 1"),
        "<pre class=\"code-block\" data-language=\"Rust\"><code><span class=\"hl-keyword\">let</span> x = \
         <span class=\"hl-string\">\"a</span><span class=\"hl-escape\">\\n</span>\
         <span class=\"hl-string\">\"</span>; <span class=\"hl-comment\">// 1</span></code></pre>"
    );
}

#[test]
fn a_language_has_many_names() {
    for name in ["js", "JavaScript", "javascript {.line}", "js,ignore", "jsx"] {
        assert!(block(name, "let a;").contains("data-language=\"JavaScript\""), "{name}");
    }
}

#[test]
fn each_language_is_highlighted() {
    let samples = [
        ("bash", "if [ -f x ]; then echo \"$x\"; fi"),
        ("c", "int main(void) { return 0; }"),
        ("c#", "public class A { }"),
        ("c++", "auto x = std::move(y);"),
        ("clojure", "(defn f [x] (+ x 1))"),
        ("cmake", "project(x VERSION 1.0)"),
        ("css", "a { color: red; }"),
        ("dart", "void main() { print('x'); }"),
        ("diff", "-old\n+new"),
        ("dockerfile", "FROM debian:12"),
        ("elixir", "def f(x), do: x"),
        ("erlang", "-module(x)."),
        ("f#", "let x = 1"),
        ("go", "func main() { }"),
        ("graphql", "type A { b: Int }"),
        ("haskell", "main = putStrLn \"x\""),
        ("html", "<p class=\"a\">x</p>"),
        ("ini", "[a]\nb = c"),
        ("java", "class A { int x = 1; }"),
        ("javascript", "const x = () => 1;"),
        ("json", "{\"a\": [1, true]}"),
        ("julia", "function f(x) end"),
        ("kotlin", "fun main() { val x = 1 }"),
        ("latex", "\\section{x}"),
        ("lua", "local x = 1"),
        ("makefile", "all: x\n\techo y"),
        ("markdown", "# x"),
        ("nix", "let x = 1; in x"),
        ("objc", "@interface A : B\n@end"),
        ("ocaml", "let x = 1"),
        ("perl", "my $x = 1;"),
        ("php", "<?php echo 1;"),
        ("protobuf", "message A { int32 b = 1; }"),
        ("python", "def f(x):\n    return \"y\""),
        ("r", "f <- function(x) 1"),
        ("ruby", "def f; 1; end"),
        ("rust", "fn f() {}"),
        ("scala", "object A { val x = 1 }"),
        ("scss", "$a: 1px;"),
        ("sql", "SELECT 1 FROM a"),
        ("swift", "let x = 1"),
        ("toml", "[a]\nb = 1"),
        ("typescript", "const x: number = 1;"),
        ("tsx", "const x = <p>a</p>;"),
        ("xml", "<a b=\"c\"/>"),
        ("yaml", "a: 1"),
        ("zig", "const x = 1;"),
    ];
    assert!(samples.len() > 40);
    for (language, code) in samples {
        let html = block(language, code);
        assert!(html.contains("<span class=\"hl-"), "{language}: {html}");
    }
}

#[test]
fn other_code_has_its_label_and_no_colours() {
    assert_eq!(
        block("foo-lang", "a < b"),
        "<pre class=\"code-block\" data-language=\"foo-lang\"><code>a &lt; b</code></pre>"
    );
    assert_eq!(block("", "a\n\n  b"), "<pre class=\"code-block\"><code>a\n\n  b</code></pre>");
    assert_eq!(html("    a\n    b\n\n*c*"), "<pre class=\"code-block\"><code>a\nb</code></pre><p><em>c</em></p>");
}

#[test]
fn a_name_that_is_none_is_no_label() {
    for name in ["\"onload=alert(1)", "a<b", "é", "a&quot;b", "averyveryverylongname"] {
        assert!(block(name, "x").starts_with("<pre class=\"code-block\"><code>"), "{name}");
    }
}

#[test]
fn words_mean_what_they_mean_in_their_language() {
    for (language, code, pieces) in [
        (
            "rust",
            "fn f(x: &'a str) -> char { 'x' }",
            vec!["keyword:fn", "function:f", "type:str", "type:char", "string:'x'"],
        ),
        ("rust", "#[test]\nassert!(A == b::<u8>())", vec!["attribute:#[test]", "function:assert", "function:b"]),
        ("rust", "r#\"a\"b\"# /* c\nd */", vec!["string:r#\"a\"b\"#", "comment:/* c\nd */"]),
        ("c", "#include <x>\nint main(void)", vec!["attribute:#include", "type:int", "function:main"]),
        (
            "py",
            "@a.b\ndef f(x):\n    \"\"\"y\nz\"\"\"\n    return None",
            vec!["attribute:@a", "function:f", "string:\"\"\"y\nz\"\"\"", "constant:None"],
        ),
        (
            "js",
            "const a = `b\nc`; new Foo(1.5e-3)",
            vec!["keyword:const", "string:`b\nc`", "type:Foo", "number:1.5e-3"],
        ),
        ("json", "{\"a\": [1, true, \"b\"]}", vec!["property:\"a\"", "number:1", "constant:true", "string:\"b\""]),
        ("yaml", "a-b: 1 # c\n- d: 'e'", vec!["property:a-b", "comment:# c", "property:d", "string:'e'"]),
        ("toml", "[a.b]\nc = \"d\"", vec!["heading:[a.b]", "property:c", "string:\"d\""]),
        ("css", ".a:hover { color: #fff; }", vec!["attribute:.a", "property:color", "attribute:#fff"]),
        (
            "sql",
            "select A from b where c = 'd''e' -- f",
            vec!["keyword:select", "keyword:from", "string:'d''e'", "comment:-- f"],
        ),
        ("bash", "echo \"$a\" ${b} # c$#", vec!["type:echo", "string:\"$a\"", "variable:${b}", "comment:# c$#"]),
        (
            "html",
            "<p class='a'>&amp; 1 < 2</p><!-- b --><script>let c</script>",
            vec!["tag:<p", "attribute:class", "string:'a'", "escape:&amp;amp;", "comment:<!-- b -->", "keyword:let"],
        ),
        ("diff", "@@ 1\n-a\n+b\n c", vec!["heading:@@ 1\n", "deleted:-a\n", "inserted:+b\n"]),
        ("md", "# a\n- `b`", vec!["heading:# a\n", "keyword:-", "string:b"]),
        ("tex", "\\frac{a}{b} % c", vec!["keyword:\\frac", "comment:% c"]),
        ("ocaml", "let x' = (* a *) f \"b\"", vec!["keyword:let", "comment:(* a *)", "string:\"b\""]),
        ("php", "<?php echo $a; // b", vec!["keyword:echo", "variable:$a", "comment:// b"]),
    ] {
        let html = block(language, code);
        for piece in pieces {
            let (class, text) = piece.split_once(':').expect("a class");
            let text = text.replace("&amp;", "&").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            assert!(html.contains(&format!("<span class=\"hl-{class}\">{text}</span>")), "{language}, {piece}: {html}");
        }
    }
}

#[test]
fn what_is_not_closed_ends_somewhere() {
    for (language, code) in [
        ("rust", "\"a\nb"),
        ("js", "'a\nlet b"),
        ("c", "/* a"),
        ("html", "<a b=\"c"),
        ("html", "<"),
        ("html", "&"),
        ("html", "<!-"),
        ("html", "<script>"),
        ("bash", "${"),
        ("rust", "'"),
        ("rust", "'\\"),
        ("rust", "#["),
        ("py", "\"\"\""),
        ("js", "\"\\"),
        ("tex", "\\"),
        ("md", "`"),
        ("lua", "--[["),
        ("css", "é{é:é}"),
        ("html", "<é é=é>"),
    ] {
        let html = block(language, code);
        let text = html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect::<String>();
        assert_eq!(text, code.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"), "{language}");
    }
}

#[test]
fn nothing_but_colours_has_none() {
    let code = "1,".repeat(1_900);
    assert_eq!(count(&block("rust", &code), "hl-"), 0);
    assert!(count(&block("rust", &code[..1_000]), "hl-") > 400);
}
