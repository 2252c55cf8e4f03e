//! Writes what was pasted as Markdown. Plain functions.

/// A part of what was pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Element {
        tag: String,
        /// An address, an alternative text or the number of the first item, by the tag.
        attribute: String,
        children: Vec<Piece>,
    },
}

/// The Markdown for these pieces.
pub(super) fn write(pieces: &[Piece]) -> String {
    blocks_of(pieces).join("\n\n")
}

/// The blocks, each in its lines. What stands between them is a paragraph.
fn blocks_of(pieces: &[Piece]) -> Vec<String> {
    let (mut blocks, mut inline) = (Vec::new(), Vec::new());
    for piece in pieces {
        match piece {
            Piece::Element { tag, attribute, children } if is_block(tag, children) => {
                push_paragraph(&mut blocks, &mut inline);
                blocks.extend(block_of(tag, attribute, children));
            }
            piece => inline.push(piece),
        }
    }
    push_paragraph(&mut blocks, &mut inline);
    blocks
}

fn push_paragraph(blocks: &mut Vec<String>, inline: &mut Vec<&Piece>) {
    let mut text = String::new();
    inline.drain(..).for_each(|piece| write_inline(piece, &mut text));
    let lines: Vec<_> = text.trim().lines().map(|line| guard(line.trim())).collect();
    let text = lines.join("\n");
    if !text.trim().is_empty() {
        blocks.push(text);
    }
}

/// Whether it begins a block of its own. What is only a wrapper does if something in it does.
fn is_block(tag: &str, children: &[Piece]) -> bool {
    let holds_block = || {
        children.iter().any(|child| match child {
            Piece::Element { tag, children, .. } => is_block(tag, children),
            Piece::Text(_) => false,
        })
    };
    match tag {
        "p" | "div" | "section" | "article" | "main" | "header" | "footer" | "h1" | "h2" | "h3" | "h4" | "h5"
        | "h6" | "ul" | "ol" | "blockquote" | "pre" | "table" | "hr" | "figure" | "dl" | "dt" | "dd" => true,
        "script" | "style" | "head" | "title" | "template" => false,
        _ => holds_block(),
    }
}

fn block_of(tag: &str, attribute: &str, children: &[Piece]) -> Vec<String> {
    match tag {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
            let level = tag[1..].parse().unwrap_or(1);
            let text = inline_of(children);
            if text.is_empty() { Vec::new() } else { vec![format!("{} {text}", "#".repeat(level))] }
        }
        "ul" | "ol" => {
            vec![list_of(attribute.parse().ok().filter(|_| tag == "ol").or((tag == "ol").then_some(1)), children)]
        }
        "blockquote" => vec![prefixed(&write(children), "> ", "> ")],
        "pre" => {
            let text = text_of(children);
            let fence = if text.contains("```") { "~~~~" } else { "```" };
            vec![format!("{fence}\n{}\n{fence}", text.trim_matches('\n'))]
        }
        "table" => table_of(children),
        "hr" => vec!["---".to_owned()],
        _ => blocks_of(children),
    }
}

/// The items, numbered from `first` on, or with dashes.
fn list_of(first: Option<u64>, children: &[Piece]) -> String {
    let mut lines = Vec::new();
    let mut number = first;
    for piece in children {
        let Piece::Element { tag, children: content, .. } = piece else { continue };
        if tag != "li" {
            // A list that stands beside the item that it belongs to.
            lines.extend(blocks_of(std::slice::from_ref(piece)).iter().map(|block| prefixed(block, "  ", "  ")));
            continue;
        }
        let mark = number.map_or_else(|| "- ".to_owned(), |number| format!("{number}. "));
        number = number.map(|number| number.saturating_add(1));
        lines.push(prefixed(&blocks_of(content).join("\n"), &mark, &" ".repeat(mark.len())));
    }
    lines.join("\n")
}

fn table_of(children: &[Piece]) -> Vec<String> {
    let mut rows = Vec::new();
    collect_rows(children, &mut rows);
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    if columns == 0 {
        return Vec::new();
    }
    let line = |row: &[String]| {
        let cells = (0..columns).map(|place| row.get(place).map_or("", String::as_str));
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    let mut lines: Vec<String> = rows.iter().map(|row| line(row)).collect();
    lines.insert(1, line(&vec!["---".to_owned(); columns]));
    vec![lines.join("\n")]
}

fn collect_rows(pieces: &[Piece], rows: &mut Vec<Vec<String>>) {
    for piece in pieces {
        match piece {
            Piece::Element { tag, children, .. } if tag == "tr" => {
                let cell = |piece: &Piece| match piece {
                    Piece::Element { tag, children, .. } if tag == "td" || tag == "th" => {
                        Some(inline_of(children).replace('\n', " ").replace('|', "\\|"))
                    }
                    _ => None,
                };
                rows.push(children.iter().filter_map(cell).collect());
            }
            Piece::Element { children, .. } => collect_rows(children, rows),
            Piece::Text(_) => {}
        }
    }
}

/// The pieces in one paragraph.
fn inline_of(pieces: &[Piece]) -> String {
    let mut text = String::new();
    pieces.iter().for_each(|piece| write_inline(piece, &mut text));
    text.trim().to_owned()
}

fn write_inline(piece: &Piece, text: &mut String) {
    match piece {
        Piece::Text(words) => write_words(words, text),
        Piece::Element { tag, attribute, children } => match &**tag {
            "br" => text.push('\n'),
            "b" | "strong" => wrap(children, "**", text),
            "i" | "em" => wrap(children, "*", text),
            "s" | "del" | "strike" => wrap(children, "~~", text),
            "code" | "kbd" | "samp" | "tt" => write_code(children, text),
            "a" => write_link(attribute, children, text),
            "img" => write_words(attribute, text),
            "script" | "style" | "head" | "title" | "template" => {}
            "p" | "div" | "li" => {
                children.iter().for_each(|child| write_inline(child, text));
                text.push(' ');
            }
            _ => children.iter().for_each(|child| write_inline(child, text)),
        },
    }
}

/// Writes what elements become, with the spaces at the ends of their text around it: marks stand at words.
fn write_apart(children: &[Piece], written: &str, text: &mut String) {
    let plain = text_of(children);
    if plain.starts_with(char::is_whitespace) {
        push_space(text);
    }
    text.push_str(written);
    if plain.ends_with(char::is_whitespace) {
        push_space(text);
    }
}

fn wrap(children: &[Piece], mark: &str, text: &mut String) {
    let words = inline_of(children);
    let wrapped = if words.is_empty() { words } else { format!("{mark}{words}{mark}") };
    write_apart(children, &wrapped, text);
}

fn write_code(children: &[Piece], text: &mut String) {
    let code = text_of(children).split_whitespace().collect::<Vec<_>>().join(" ");
    let written = match code.contains('`') {
        _ if code.is_empty() => code,
        true => format!("`` {code} ``"),
        false => format!("`{code}`"),
    };
    write_apart(children, &written, text);
}

fn write_link(address: &str, children: &[Piece], text: &mut String) {
    let (words, bare) = (inline_of(children), text_of(children));
    let is_ours = ["https://", "http://", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
    let written = match bare.trim() {
        _ if !is_ours || words.is_empty() => words,
        bare if bare == address || format!("{bare}/") == address => address.to_owned(),
        _ => {
            let address = address.replace(' ', "%20").replace('(', "%28").replace(')', "%29");
            format!("[{}]({address})", words.replace('\n', " "))
        }
    };
    write_apart(children, &written, text);
}

/// Words, with what would be markup in them as text. Any run of space is one.
fn write_words(words: &str, text: &mut String) {
    let mut before = text.chars().next_back();
    let mut signs = words.chars().peekable();
    while let Some(sign) = signs.next() {
        let is_in_word =
            before.is_some_and(char::is_alphanumeric) && signs.peek().is_some_and(|next| next.is_alphanumeric());
        match sign {
            sign if sign.is_whitespace() => push_space(text),
            '_' if is_in_word => text.push('_'),
            '\\' | '*' | '`' | '[' | ']' | '<' | '_' | '~' | '$' => text.extend(['\\', sign]),
            sign => text.push(sign),
        }
        before = Some(sign);
    }
}

fn push_space(text: &mut String) {
    if !text.is_empty() && !text.ends_with([' ', '\n']) {
        text.push(' ');
    }
}

/// A line of a paragraph that would begin something else.
fn guard(line: &str) -> String {
    let digits = line.len() - line.trim_start_matches(|sign: char| sign.is_ascii_digit()).len();
    let rest = &line[digits..];
    let is_number = (1..=9).contains(&digits) && (rest.starts_with(". ") || rest.starts_with(") "));
    match line.chars().next() {
        Some('#' | '>' | '|') => format!("\\{line}"),
        Some('-' | '+' | '=') if line[1..].is_empty() || line[1..].starts_with([' ', '-', '=']) => format!("\\{line}"),
        _ if is_number => format!("{}\\{rest}", &line[..digits]),
        _ => line.to_owned(),
    }
}

fn text_of(pieces: &[Piece]) -> String {
    let text = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Element { tag, .. } if tag == "br" => "\n".to_owned(),
        Piece::Element { children, .. } => text_of(children),
    };
    pieces.iter().map(text).collect()
}

/// The lines with something before each of them.
fn prefixed(text: &str, first: &str, others: &str) -> String {
    let lines = text.lines().enumerate().map(|(place, line)| {
        let prefix = if place == 0 { first } else { others };
        format!("{prefix}{line}").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: &str) -> Piece {
        Piece::Text(words.to_owned())
    }

    fn element(tag: &str, children: Vec<Piece>) -> Piece {
        Piece::Element { tag: tag.to_owned(), attribute: String::new(), children }
    }

    fn holding(tag: &str, words: &str) -> Piece {
        element(tag, vec![text(words)])
    }

    fn link(address: &str, words: &str) -> Piece {
        Piece::Element { tag: "a".to_owned(), attribute: address.to_owned(), children: vec![text(words)] }
    }

    #[test]
    fn paragraphs_and_headings_are_parted_by_empty_lines() {
        let pieces =
            [holding("h2", "Title"), holding("p", "one\n  two"), text("three"), element("br", vec![]), text("four")];
        assert_eq!(write(&pieces), "## Title\n\none two\n\nthree\nfour");
        assert_eq!(write(&[element("div", vec![holding("p", "a"), holding("div", "b")])]), "a\n\nb");
        assert_eq!(write(&[text(" \n "), holding("style", "p {}"), holding("script", "x()")]), "");
    }

    #[test]
    fn emphasis_stands_at_its_words() {
        let pieces = [text("a"), holding("b", " bold "), text("b "), holding("em", "slanted"), holding("del", "gone")];
        assert_eq!(write(&pieces), "a **bold** b *slanted*~~gone~~");
        assert_eq!(write(&[holding("strong", " ")]), "");
        assert_eq!(write(&[holding("code", "a  `b`")]), "`` a `b` ``");
    }

    #[test]
    fn links_keep_their_address_if_it_is_one_of_ours() {
        assert_eq!(write(&[link("https://a.example/(x)", "the page")]), "[the page](https://a.example/%28x%29)");
        assert_eq!(write(&[link("https://a.example/", "https://a.example")]), "https://a.example/");
        assert_eq!(write(&[link("javascript:alert(1)", "x"), link("/y", "y"), link("https://a.example", "")]), "xy");
    }

    #[test]
    fn lists_are_nested_and_numbered() {
        let inner = element("ol", vec![holding("li", "x"), holding("li", "y")]);
        let list = element("ul", vec![text("\n"), holding("li", "one"), element("li", vec![text("two"), inner])]);
        assert_eq!(write(&[list]), "- one\n- two\n  1. x\n  2. y");
        let from =
            Piece::Element { tag: "ol".to_owned(), attribute: "7".to_owned(), children: vec![holding("li", "z")] };
        assert_eq!(write(&[from]), "7. z");
        let beside = element("ul", vec![holding("li", "one"), element("ul", vec![holding("li", "in")])]);
        assert_eq!(write(&[beside]), "- one\n  - in");
    }

    #[test]
    fn quotes_code_and_tables() {
        assert_eq!(write(&[element("blockquote", vec![holding("p", "a"), holding("p", "b")])]), "> a\n>\n> b");
        assert_eq!(write(&[element("pre", vec![holding("code", "a\n  *b*\n")])]), "```\na\n  *b*\n```");
        let row = |tag, cells: [&str; 2]| element("tr", cells.map(|cell| holding(tag, cell)).into());
        let table = element("table", vec![element("tbody", vec![row("th", ["a", "b|c"]), row("td", ["1", "2"])])]);
        assert_eq!(write(&[table]), "| a | b\\|c |\n| --- | --- |\n| 1 | 2 |");
        assert_eq!(write(&[element("table", vec![])]), "");
    }

    #[test]
    fn what_only_looks_like_markup_stays_text() {
        let pieces = [holding("p", "2 * 3 * 4 and snake_case _x_ <b> [a] `c` \\"), holding("p", "# no heading")];
        assert_eq!(write(&pieces), "2 \\* 3 \\* 4 and snake_case \\_x\\_ \\<b> \\[a\\] \\`c\\` \\\\\n\n\\# no heading");
        let lines = ["1. one", "- two", "--- ", "> three", "-4", "1.5", "+"];
        let guarded = lines.map(|line| write(&[holding("p", line)]));
        assert_eq!(guarded, ["1\\. one", "\\- two", "\\---", "\\> three", "-4", "1.5", "\\+"]);
    }
}
