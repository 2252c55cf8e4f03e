//! Reads Markdown into the tree.

use std::ops::Range;

use pulldown_cmark::{
    Alignment, CodeBlockKind, Event, HeadingLevel, LinkType, Options, Parser, Tag as Markdown, TagEnd,
};

use crate::{
    allowed::{Attribute, Class, Tag},
    code,
    diagram::{self, Diagram},
    formula,
    limits::Limits,
    tree::{Element, Node, count_of},
    visible::visible,
};

mod autolinks;
mod link;

use self::link::Destination;

/// A message that was read.
pub(crate) struct Reading {
    pub(crate) nodes: Vec<Node>,
    pub(crate) diagrams: Vec<Diagram>,
}

/// Reads a source. `None` if it is beyond a limit.
pub(crate) fn read(source: &str, limits: &Limits) -> Option<Reading> {
    let source = autolinks::with_autolinks(source);
    let mut reader = Reader {
        source: &source,
        limits,
        reading: Reading { nodes: Vec::new(), diagrams: Vec::new() },
        open: Vec::new(),
        code: None,
        columns: Vec::new(),
        nodes_left: limits.nodes,
    };
    for (event, range) in parse(&source).into_offset_iter() {
        reader.take(event, range)?;
    }
    Some(reader.reading)
}

fn parse(source: &str) -> Parser<'_> {
    Parser::new_ext(source, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH)
}

/// An element whose end is still to come.
struct Open {
    element: Element,
    /// Where it leads, if it is a link.
    destination: Option<Destination>,
}

struct Reader<'a> {
    source: &'a str,
    limits: &'a Limits,
    reading: Reading,
    open: Vec<Open>,
    /// The info string and the code of the block that is open.
    code: Option<(String, String)>,
    /// The alignments of the table's columns.
    columns: Vec<Alignment>,
    nodes_left: usize,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) -> Option<()> {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Text(text) => match &mut self.code {
                Some((_, code)) => {
                    code.push_str(&text);
                    Some(())
                }
                None => self.text(&text),
            },
            Event::Html(text) | Event::InlineHtml(text) => self.lines(&text),
            Event::Code(text) => self.element(Element::new(Tag::Code).text(visible(&text))),
            Event::InlineMath(_) if self.is_no_formula(&range) => self.lines(&self.source[range]),
            Event::InlineMath(latex) => self.built(formula::inline(&latex, self.limits)),
            Event::DisplayMath(latex) => self.built(formula::display(&latex, self.limits)),
            // A line is a line, as in other messengers.
            Event::SoftBreak | Event::HardBreak => self.element(Element::new(Tag::Break)),
            Event::Rule => self.element(Element::new(Tag::Rule)),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => unreachable!("the option is off"),
        }
    }

    fn start(&mut self, tag: Markdown<'_>) -> Option<()> {
        match tag {
            Markdown::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((info, String::new()));
                Some(())
            }
            Markdown::Paragraph | Markdown::HtmlBlock => self.open(Tag::Paragraph),
            Markdown::Heading { level, .. } => self.open(heading(level)),
            Markdown::BlockQuote(_) => self.open(Tag::Quote),
            Markdown::List(None) => self.open(Tag::List),
            Markdown::List(Some(start)) => {
                let list = Element::new(Tag::NumberedList);
                self.open_element(if start == 1 { list } else { list.with(Attribute::Start, start.to_string()) })
            }
            Markdown::Item => self.open(Tag::Item),
            Markdown::Table(columns) => {
                self.columns = columns;
                self.open(Tag::Table)
            }
            Markdown::TableHead => {
                self.open(Tag::TableHead)?;
                self.open(Tag::Row)
            }
            Markdown::TableRow => {
                if self.innermost() == Some(Tag::Table) {
                    self.open(Tag::TableBody)?;
                }
                self.open(Tag::Row)
            }
            Markdown::TableCell => self.open_cell(),
            Markdown::Emphasis => self.open(Tag::Emphasis),
            Markdown::Strong => self.open(Tag::Strong),
            Markdown::Strikethrough => self.open(Tag::Strikethrough),
            Markdown::Link { link_type, dest_url, .. } | Markdown::Image { link_type, dest_url, .. } => {
                self.open_link(link_type, &dest_url)
            }
            _ => unreachable!("the option is off"),
        }
    }

    fn end(&mut self, end: TagEnd) -> Option<()> {
        match end {
            TagEnd::CodeBlock => {
                let (info, code) = self.code.take()?;
                return self.code_block(&info, &code);
            }
            // The row of the head has no end of its own.
            TagEnd::TableHead => self.close()?,
            TagEnd::Table if self.innermost() == Some(Tag::TableBody) => self.close()?,
            _ => {}
        }
        self.close()
    }

    fn innermost(&self) -> Option<Tag> {
        self.open.last().map(|open| open.element.tag)
    }

    fn open(&mut self, tag: Tag) -> Option<()> {
        self.open_element(Element::new(tag))
    }

    fn open_element(&mut self, element: Element) -> Option<()> {
        self.open.push(Open { element, destination: None });
        (self.open.len() <= self.limits.depth).then_some(())
    }

    fn open_cell(&mut self) -> Option<()> {
        let mut around = self.open.iter().rev();
        let column = around.next().map_or(0, |row| row.element.children.len());
        let is_head = around.next().is_some_and(|part| part.element.tag == Tag::TableHead);
        let cell = Element::new(if is_head { Tag::HeadCell } else { Tag::Cell });
        self.open_element(match self.columns.get(column) {
            Some(Alignment::Center) => cell.class(Class::AlignCenter),
            Some(Alignment::Right) => cell.class(Class::AlignRight),
            _ => cell,
        })
    }

    fn open_link(&mut self, link_type: LinkType, destination: &str) -> Option<()> {
        // HTML has no links in links. A link is an own element until it ends, and counts as one.
        let is_nested = self.open.iter().any(|open| open.destination.is_some());
        let destination = match link_type {
            _ if is_nested => Destination::None,
            LinkType::Autolink => Destination::Itself(destination.to_owned()),
            LinkType::Email => Destination::Itself(format!("mailto:{destination}")),
            _ => Destination::Address(destination.to_owned()),
        };
        self.open.push(Open { element: Element::new(Tag::Link), destination: Some(destination) });
        (self.open.len() <= self.limits.depth).then_some(())
    }

    fn close(&mut self) -> Option<()> {
        let Open { mut element, destination } = self.open.pop()?;
        match destination {
            Some(destination) => {
                link::finish(&destination, element.children).into_iter().try_for_each(|node| self.push(node))
            }
            None => {
                // An HTML block ends with the end of a line.
                if element.tag == Tag::Paragraph {
                    element.children.pop_if(|last| matches!(last, Node::Element(last) if last.tag == Tag::Break));
                }
                self.element(element)
            }
        }
    }

    fn element(&mut self, element: Element) -> Option<()> {
        self.push(element.into())
    }

    /// Puts a node, whose children were counted, into what is open.
    fn push(&mut self, node: Node) -> Option<()> {
        self.nodes_left = self.nodes_left.checked_sub(1)?;
        let siblings = self.open.last_mut().map_or(&mut self.reading.nodes, |open| &mut open.element.children);
        match (siblings.last_mut(), node) {
            (Some(Node::Text(before)), Node::Text(text)) => before.push_str(&text),
            (_, node) => siblings.push(node),
        }
        Some(())
    }

    fn text(&mut self, text: &str) -> Option<()> {
        let text = visible(text);
        if text.is_empty() { Some(()) } else { self.push(Node::Text(text.into_owned())) }
    }

    /// Text with its line breaks: raw HTML, for example, is nothing but text here.
    fn lines(&mut self, text: &str) -> Option<()> {
        let mut lines = text.split('\n');
        self.text(lines.next()?)?;
        lines.try_for_each(|line| {
            self.element(Element::new(Tag::Break))?;
            self.text(line)
        })
    }

    /// Whether what stands between two dollars is rather between two prices or variables: a letter or digit stands beside
    /// them, as in "US$5 or A$6" and "$5/$6".
    fn is_no_formula(&self, range: &Range<usize>) -> bool {
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        is_word(self.source[..range.start].chars().next_back()) || is_word(self.source[range.end..].chars().next())
    }

    fn code_block(&mut self, info: &str, code: &str) -> Option<()> {
        let code = visible(code.strip_suffix('\n').unwrap_or(code));
        let language = info.split([' ', ',', '{', '\t']).next().unwrap_or_default();
        let block = match language {
            "math" => Element::new(Tag::Paragraph).containing(vec![formula::display(&code, self.limits).into()]),
            "mermaid" if self.reading.diagrams.len() < self.limits.diagrams => {
                match diagram::draw(&code, self.limits) {
                    Some(drawn) => {
                        let picture = drawn.placeholder(self.reading.diagrams.len());
                        self.reading.diagrams.push(drawn);
                        Element::new(Tag::Paragraph).containing(vec![picture.into()])
                    }
                    None => code::block(language, &code, self.limits),
                }
            }
            _ => code::block(language, &code, self.limits),
        };
        self.built(block)
    }

    /// An element whose children are not counted yet.
    fn built(&mut self, element: Element) -> Option<()> {
        self.nodes_left = self.nodes_left.checked_sub(count_of(&element.children))?;
        self.element(element)
    }
}

/// A heading in a message is below the headings of the page.
const fn heading(level: HeadingLevel) -> Tag {
    match level {
        HeadingLevel::H1 => Tag::Heading3,
        HeadingLevel::H2 => Tag::Heading4,
        HeadingLevel::H3 => Tag::Heading5,
        _ => Tag::Heading6,
    }
}
