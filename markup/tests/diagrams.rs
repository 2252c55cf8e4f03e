//! Diagrams.

use heartogether_markup::{Limits, render};

use crate::{html, rendered};

const CHART: &str = "flowchart LR\n  A[Tab] --> B{\"Live < 1?\"}\n  B -->|yes| C[Listeners]";

fn block(source: &str) -> String {
    format!("```mermaid\n{source}\n```")
}

#[test]
fn a_diagram_is_a_picture_for_each_theme() {
    let rendered = rendered(&block(CHART));
    let [diagram] = &rendered.diagrams[..] else { panic!("one diagram") };
    assert_eq!(diagram.source, CHART);
    for svg in [&diagram.svg_light, &diagram.svg_dark] {
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
        for label in ["Tab", "Live", " &lt;", "Listeners", "yes"] {
            assert!(svg.contains(label), "{label}");
        }
        assert!(svg.contains(&format!(" width=\"{}\" height=\"{}\"", diagram.width, diagram.height)));
    }
    assert_ne!(diagram.svg_light, diagram.svg_dark);
    let (width, height) = (diagram.width, diagram.height);
    assert!(width > height && height > 40, "{width} x {height}");
    let alternative = CHART.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    assert_eq!(
        rendered.html,
        format!(
            "<p><img class=\"diagram\" data-diagram=\"0\" width=\"{width}\" height=\"{height}\" alt=\"{alternative}\"></p>"
        )
    );
}

#[test]
fn each_kind_is_drawn() {
    for source in [
        "graph TD\nA-->B",
        "sequenceDiagram\nA->>B: x\nNote over A: y",
        "classDiagram\nA <|-- B\nA : +int x",
        "stateDiagram-v2\n[*] --> A\nA --> [*]",
        "erDiagram\nA ||--o{ B : x",
        "pie title x\n\"a\" : 1\n\"b\" : 2",
        "gitGraph\ncommit\nbranch b\ncommit",
        "journey\ntitle x\nsection y\na: 5: Me",
        "timeline\ntitle x\n2002 : a",
        "quadrantChart\nx-axis a --> b\nA: [0.3, 0.6]",
        "xychart-beta\nx-axis [a, b]\nbar [5, 6]",
    ] {
        assert_eq!(rendered(&block(source)).diagrams.len(), 1, "{source}");
    }
}

#[test]
fn what_cannot_be_drawn_is_code() {
    for source in ["hello", "graph TD\nA--", "gantt\ndateFormat YYYY-MM-DD\na : 2020-01-01, 9d", "mindmap\n  a"] {
        let rendered = rendered(&block(source));
        assert!(rendered.diagrams.is_empty(), "{source}");
        assert!(rendered.html.starts_with("<pre class=\"code-block\" data-language=\"mermaid\"><code>"), "{source}");
    }
}

#[test]
fn diagrams_are_numbered_and_have_a_limit() {
    let text = [block("graph TD\nA"), block("no"), block("graph TD\nB"), block("graph TD\nC"), block("graph TD\nD")]
        .join("\n");
    let rendered = rendered(&text);
    let sources: Vec<_> = rendered.diagrams.iter().map(|diagram| diagram.source.as_str()).collect();
    assert_eq!(sources, ["graph TD\nA", "graph TD\nB", "graph TD\nC"]);
    let order: Vec<_> = ["data-diagram=\"0\"", ">no<", "data-diagram=\"1\"", "data-diagram=\"2\"", "graph TD\nD<"]
        .map(|part| rendered.html.find(part).unwrap_or_else(|| panic!("{part}")))
        .into();
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn what_a_diagram_says_of_itself_changes_nothing() {
    let evil = [
        "%%{init: {\"securityLevel\": \"loose\", \"themeCSS\": \"@import url(https://x.example)\", \"htmlLabels\": true}}%%\ngraph TD\nA[\"<b onclick='a()'>x</b>\"]",
        "graph TD\nA[\"<img src=x onerror=alert(1)>\"]-->B[\"<script>alert(1)</script>\"]\nclick A href \"javascript:alert(1)\"\nclick B href \"https://x.example\"",
        "graph TD\nA-->B\nstyle A fill:url(https://x.example)\nclassDef c fill:red;}</style><script>alert(1)</script>\nclass A c",
        "flowchart TD\nA@{ img: \"https://x.example/x.png\", label: \"L\", w: 60, h: 60 }",
        "---\ntitle: </title><script>alert(1)</script>\n---\ngraph TD\nA",
        "sequenceDiagram\nparticipant A\nlink A: x @ javascript:alert(1)\nA->>A: <script>alert(1)</script>",
    ];
    for source in evil {
        for diagram in rendered(&block(source)).diagrams {
            for svg in [diagram.svg_light, diagram.svg_dark] {
                let lower = svg.to_lowercase();
                for part in
                    ["<script", "<img", "<foreignobject", "javascript:", "x.example", "@import", " onclick", " onerror"]
                {
                    assert!(!lower.contains(part), "{source}: {part}");
                }
            }
        }
    }
}

#[test]
fn a_diagram_that_is_too_large_is_code() {
    let chain: String = (0..200).map(|node| format!("n{node}-->n{}\n", node + 1)).collect();
    let (left, right): (Vec<_>, Vec<_>) = (0..400).map(|node| (format!("a{node}"), format!("b{node}"))).unzip();
    for source in [
        format!("graph TD\n{chain}"),
        format!("graph TD\n{}-->{}", left[..300].join("&"), right[..300].join("&")),
        format!("sequenceDiagram\n{}", "A->>B: x\n".repeat(350)),
        format!("graph TD\n{}", "subgraph a\n".repeat(300)),
    ] {
        assert!(!html(&block(&source)).contains("<img"), "{source}");
    }
    for limits in [
        Limits { diagram_bytes: 1_000, ..Limits::default() },
        Limits { diagram_items: 2, ..Limits::default() },
        Limits { diagram_joins: 0, ..Limits::default() },
        Limits { diagram_work: 100, ..Limits::default() },
    ] {
        assert!(
            render(&block(&format!("{CHART} & D")), &limits).expect("it has markup").diagrams.is_empty(),
            "{limits:?}"
        );
    }
    assert_eq!(rendered(&block(&format!("{CHART} & D"))).diagrams.len(), 1);
}
