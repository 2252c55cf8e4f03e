//! Reads MathML that was written for a formula, element by element, through the allow-list.
//!
//! What it says with inline styles, which pages do not allow, is said with classes. Colours, font sizes and links are left
//! out.

use std::borrow::Cow;

use crate::{
    allowed::{Attribute, Class, Tag},
    tree::{Element, Node},
};

/// The `<math>` element. `None` if anything in it is unknown, or it is nested deeper than that.
pub(super) fn read(written: &str, most_depth: usize) -> Option<Element> {
    let mut open = vec![Open { name: "", element: Some(Element::new(Tag::Span)) }];
    let mut rest = written;
    while let Some(start) = rest.find('<') {
        let (text, from_tag) = rest.split_at(start);
        add_text(&mut open, text)?;
        let (tag, after) = from_tag[1..].split_once('>')?;
        rest = after;
        match tag.strip_prefix('/') {
            Some(name) => close(&mut open, name)?,
            None => {
                let is_empty = tag.ends_with('/');
                let (name, attributes) = split(tag.trim_end_matches('/'));
                open.push(start_of(&open, name, attributes)?);
                if is_empty {
                    close(&mut open, name)?;
                }
            }
        }
        if open.len() > most_depth {
            return None;
        }
    }
    let root = open.pop().filter(|_| open.is_empty() && rest.is_empty())?.element?;
    match root.children.into_iter().next()? {
        Node::Element(math) if math.tag == Tag::Math => Some(math),
        _ => None,
    }
}

/// An element that has begun.
struct Open<'a> {
    name: &'a str,
    /// `None` if only what is in it is kept.
    element: Option<Element>,
}

fn split(tag: &str) -> (&str, &str) {
    tag.split_once(' ').unwrap_or((tag, ""))
}

fn start_of<'a>(open: &[Open<'_>], name: &'a str, attributes: &str) -> Option<Open<'a>> {
    let is_in_text = open.iter().filter_map(|open| open.element.as_ref()).any(|element| element.tag == Tag::MathText);
    let tag = match name {
        "b" if is_in_text => Tag::Strong,
        "i" | "em" if is_in_text => Tag::Emphasis,
        "code" if is_in_text => Tag::Code,
        "s" if is_in_text => Tag::Strikethrough,
        "a" | "span" | "u" if is_in_text => return Some(Open { name, element: None }),
        _ => Tag::ALL.iter().copied().find(|tag| tag.is_math() && !is_in_text && tag.name() == name)?,
    };
    Some(Open { name, element: Some(with_attributes(Element::new(tag), attributes)?) })
}

fn close(open: &mut Vec<Open<'_>>, name: &str) -> Option<()> {
    let closed = open.pop().filter(|closed| closed.name == name)?;
    if let Some(element) = closed.element {
        innermost(open)?.children.push(element.into());
    }
    Some(())
}

fn add_text(open: &mut [Open<'_>], text: &str) -> Option<()> {
    if !text.is_empty() {
        let text = unescape(text)?;
        innermost(open)?.children.push(Node::Text(text));
    }
    Some(())
}

fn innermost<'a>(open: &'a mut [Open<'_>]) -> Option<&'a mut Element> {
    open.iter_mut().rev().find_map(|open| open.element.as_mut())
}

fn unescape(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        let (entity, after) = rest[at + 1..].split_once(';')?;
        plain.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            _ => return None,
        });
        rest = after;
    }
    plain.push_str(rest);
    Some(plain)
}

fn with_attributes(mut element: Element, attributes: &str) -> Option<Element> {
    let mut classes: Vec<Class> = Vec::new();
    let mut rest = attributes.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        rest = after.trim_start();
        let value = unescape(value)?;
        match name {
            "style" => classes.extend(value.split(';').filter_map(class_of_style)),
            "class" => classes.extend(value.split(' ').filter_map(class_of_class)),
            _ => {
                let known = Attribute::ALL.iter().find(|known| known.name() == name);
                let allowed = known.filter(|known| element.tag.attributes().contains(known));
                element.attributes.extend(allowed.map(|attribute| (*attribute, Cow::Owned(value))));
            }
        }
    }
    if !classes.is_empty() && element.tag.attributes().contains(&Attribute::Class) {
        let names: Vec<_> = classes.into_iter().map(Class::name).collect();
        element = element.with(Attribute::Class, names.join(" "));
    }
    Some(element)
}

/// What stands for a declaration of CSS.
fn class_of_style(declaration: &str) -> Option<Class> {
    let (property, value) = declaration.split_once(':')?;
    match (property.trim(), value.trim()) {
        ("text-align", "left") => Some(Class::MathLeft),
        ("text-align", "right") => Some(Class::MathRight),
        ("padding-left", "0") => Some(Class::MathFlushLeft),
        ("padding-right", "0") => Some(Class::MathFlushRight),
        ("padding-top", "0") => Some(Class::MathTight),
        ("border-left", _) => Some(Class::MathLineLeft),
        ("border-right", _) => Some(Class::MathLineRight),
        ("border-top", _) => Some(Class::MathLineAbove),
        _ => None,
    }
}

/// What stands for a class of the converter's: strokes through what is cancelled.
fn class_of_class(class: &str) -> Option<Class> {
    match class {
        "menclose-updiagonalstrike" => Some(Class::MathUp),
        "menclose-downdiagonalstrike" => Some(Class::MathDown),
        "menclose-horizontalstrike" => Some(Class::MathThrough),
        _ => None,
    }
}
