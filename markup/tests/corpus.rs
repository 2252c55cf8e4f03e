// The hostile messages, for the tests and for the bench, which includes this file.

/// What a message is made of, and the message.
pub(crate) fn messages() -> Vec<(String, String)> {
    let mut messages = Vec::new();
    for piece in REPEATED {
        messages.push((format!("{piece:?} repeated"), repeat(piece, 4_000)));
    }
    for (before, piece, after) in AROUND {
        let around = before.chars().count() + after.chars().count();
        messages
            .push((format!("{piece:?} in {before:?}"), format!("{before}{}{after}", repeat(piece, 4_000 - around))));
    }
    let special = special().into_iter().chain(diagrams());
    messages.extend(special.map(|(name, text)| (name.to_owned(), text)));
    messages.extend(code());
    messages
}

/// Messages that are more than a repetition.
fn special() -> Vec<(&'static str, String)> {
    vec![
        ("a wide table", format!("{}\n{}\n{}", repeat("|a", 900), repeat("|-", 900), repeat("|\n", 2_190))),
        (
            "a reference to a long address",
            format!("[a]: https://example.org/{}\n\n{}", repeat("x", 1_900), repeat("[a]", 2_000)),
        ),
        ("quotes in lists in quotes", format!("{}a", repeat("> - ", 3_999))),
        ("emphasis in emphasis", format!("{}a{}", repeat("*a **a ", 1_990), repeat("** a* ", 2_000))),
        ("a code fence in a code fence", repeat("````\n```\n", 4_000)),
    ]
}

/// Diagrams that are more than a repetition.
fn diagrams() -> Vec<(&'static str, String)> {
    let (left, right) = ("a&".repeat(19), "b&".repeat(19));
    vec![
        ("all with all", diagram("graph TD", &format!("{}a-->{}a", repeat("a&", 1_900), repeat("b&", 1_900)))),
        ("many with many", diagram("graph TD", &repeat(&format!("{left}a-->{right}a\n"), 3_900))),
        ("a long chain", diagram("graph TD", &numbered(|n| format!("n{n}-->n{}\n", n + 1)))),
        ("a dense graph", diagram("graph TD", &numbered(|n| format!("n{}-->m{}\n", n % 18, n / 18)))),
        ("many subgraphs", diagram("graph TD", &format!("{}{}", repeat("subgraph s\n", 2_400), repeat("end\n", 800)))),
        ("many states", diagram("stateDiagram-v2", &numbered(|n| format!("s{}-->s{}\n", n * 7 % 61, n * 13 % 59)))),
        (
            "many entities",
            diagram("erDiagram", &numbered(|n| format!("A{} ||--o{{ B{} : c\n", n * 7 % 61, n * 13 % 59))),
        ),
        ("many classes", diagram("classDiagram", &numbered(|n| format!("A{n} <|-- B{n}\n")))),
        ("many participants", diagram("sequenceDiagram", &numbered(|n| format!("A{n}->>B{n}: x\n")))),
        ("many slices", diagram("pie", &numbered(|n| format!("\"a{n}\":1\n")))),
        ("many points", diagram("quadrantChart", &numbered(|n| format!("a{n}: [0.{n}, 0.5]\n")))),
        ("many bars", diagram("xychart-beta", &format!("bar [1{}]", repeat(",1", 3_900)))),
        ("many branches", diagram("gitGraph", &numbered(|n| format!("branch b{n}\ncommit\n")))),
        ("many years", diagram("timeline", &numbered(|n| format!("{n} : a : b\n")))),
        ("many tasks", diagram("journey", &numbered(|n| format!("a{n}: 5: Me{n}\n")))),
        (
            "three diagrams",
            repeat(&(diagram("graph TD", "A-->B-->C-->D-->E-->A-->C\nB-->D-->A\nC-->E-->B") + "\n"), 4_000),
        ),
        (
            "deep settings",
            diagram(&format!("%%{{init: {}1{}}}%%", "{\"a\":".repeat(500), "}".repeat(500)), "graph TD\nA"),
        ),
        (
            "deep front matter",
            diagram(&format!("---\na: {}{}\n---", "[".repeat(1_900), "]".repeat(1_900)), "graph TD\nA"),
        ),
        ("aliases of aliases", diagram(ALIASES, "graph TD\nA")),
    ]
}

fn diagram(kind: &str, content: &str) -> String {
    format!("```mermaid\n{kind}\n{content}\n```")
}

/// Blocks of code in every language, full of what its rules could look at again and again.
fn code() -> Vec<(String, String)> {
    let mut messages = Vec::new();
    for language in LANGUAGES {
        for piece in CODE {
            let line = repeat(piece, 490);
            let code = repeat(&format!("{line}\n"), 3_970);
            messages.push((format!("{language}: {piece:?}"), format!("```{language}\n{code}\n```")));
        }
    }
    messages
}

/// As many lines, which differ by their number, as a message has room for beside a few others.
fn numbered(line: impl Fn(usize) -> String) -> String {
    let mut lines = String::new();
    let mut next = line(0);
    for number in 1.. {
        if lines.len() + next.len() > 3_900 {
            break;
        }
        lines.push_str(&next);
        next = line(number);
    }
    lines
}

/// A text of at most so many characters.
fn repeat(piece: &str, chars: usize) -> String {
    piece.repeat(chars / piece.chars().count().max(1))
}

const REPEATED: [&str; 71] = [
    ">",
    "> ",
    "- ",
    "-\n ",
    "1. ",
    "1) a\n",
    "# a\n",
    "*",
    "**",
    "_",
    "__",
    "*a",
    "**a",
    "*a_ ",
    "_a*",
    "a**b",
    "*a **a ",
    "~",
    "~~",
    "~~a",
    "`",
    "`a",
    "`` ` ",
    "[",
    "]",
    "[]",
    "[a](",
    "[a](b",
    "[a](<b",
    "![",
    "![a",
    "![[]()",
    "[a]: b\n",
    "[a][b]",
    "[^",
    "<",
    "</",
    "<a",
    "<a ",
    "<!--",
    "<!-",
    "<?",
    "<![CDATA[",
    "<a href='",
    "<https://",
    "<a@b",
    "&",
    "&#",
    "&amp;",
    "&#x202e;",
    "\\",
    "\\\n",
    "|",
    "|-",
    "|a|\n",
    "|a\n|-\n",
    "http://a ",
    "http://",
    "www.a",
    "https://a.b/(",
    "https://a.b/)",
    "\t",
    "    a\n",
    "$",
    "$$",
    "$a$",
    "$a",
    "{",
    "a@",
    "a\n---\n",
    "\u{300}",
];

const AROUND: [(&str, &str, &str); 49] = [
    ("$", "\\frac", "$"),
    ("$", "\\frac1", "$"),
    ("$", "\\frac{", "$"),
    ("$", "\\frac{1}{", "$"),
    ("$", "{", "$"),
    ("$", "{}", "$"),
    ("$", "\\sqrt", "$"),
    ("$", "\\sqrt[", "$"),
    ("$", "x^{", "$"),
    ("$", "x^", "$"),
    ("$", "x^2", "$"),
    ("$", "x_", "$"),
    ("$", "^", "$"),
    ("$", "'", "$"),
    ("$", "x", "$"),
    ("$", "1", "$"),
    ("$", "\\left(", "$"),
    ("$", "\\left(\\right)", "$"),
    ("$", "\\big(", "$"),
    ("$", "\\text{", "$"),
    ("$", "\\bar", "$"),
    ("$", "\\not", "$"),
    ("$", "\\hat{\\hat", "$"),
    ("$", "\\begin{matrix}", "$"),
    ("$\\begin{matrix}", "&", "\\end{matrix}$"),
    ("$\\begin{matrix}", "\\\\", "\\end{matrix}$"),
    ("$\\begin{matrix}", "a&b\\\\", "\\end{matrix}$"),
    ("$\\begin{array}{", "|", "}a\\end{array}$"),
    ("$\\begin{array}{", "c", "}a\\end{array}$"),
    ("$", "\\color{red}", "$"),
    ("$", "\\mathbf", "$"),
    ("$", "\\underbrace{a}_{", "$"),
    ("$", "\\overset a", "$"),
    ("$", "\\hspace{999999em}", "$"),
    ("$", "\\tag{a}", "$"),
    ("$\\def\\a{\\a\\a}", "\\a", "$"),
    ("$\\newcommand\\a{\\b\\b}", "\\a", "$"),
    ("$\\operatorname{", "a", "}$"),
    ("$\\text{", "<", "}$"),
    ("```mermaid\ngraph TD\n", "A-->B\n", "\n```"),
    ("```mermaid\ngraph TD\n", "A&B&", "C\n```"),
    ("```mermaid\ngraph TD\n", "subgraph a\n", "\n```"),
    ("```mermaid\ngraph TD\nA[", "x", "]\n```"),
    ("```mermaid\nsequenceDiagram\n", "A->>B: x\n", "\n```"),
    ("```mermaid\nsequenceDiagram\n", "loop x\n", "\n```"),
    ("```mermaid\nmindmap\n", "  a\n", "\n```"),
    ("```mermaid\npie\n", "\"a\" : 1\n", "\n```"),
    ("```mermaid\ngantt\n", "a : 2020-01-01, 9999999d\n", "\n```"),
    ("```mermaid\nclassDiagram\n", "A <|-- B\n", "\n```"),
];

const LANGUAGES: [&str; 47] = [
    "bash", "c", "c#", "c++", "clojure", "cmake", "css", "dart", "diff", "docker", "elixir", "erlang", "f#", "go",
    "graphql", "haskell", "html", "ini", "java", "js", "json", "julia", "kotlin", "latex", "lua", "make", "md", "nix",
    "objc", "ocaml", "perl", "php", "protobuf", "py", "r", "rb", "rust", "scala", "scss", "sql", "swift", "toml", "ts",
    "tsx", "xml", "yaml", "zig",
];

const CODE: [&str; 22] = [
    "(", "[", "{", "<", "\"", "'", "`", "\\", "/", "*", "#", "$", "${", "a", "a ", "a.", "a(", "1", "/*", "<a ", " ",
    "-",
];

/// Grows eight times with every line.
const ALIASES: &str = "---\na: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n\
    d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\nconfig: *f\n---";
