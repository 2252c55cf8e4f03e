//! What a message's HTML needs on this page: the addresses of its pictures, buttons on its code, and whether it speaks to the visitor.
//! The server has made sure of the rest. In it, `<` and `>` stand in tags alone.

use heartogether::{
    id::{MessageNumber, RoomCode},
    room::Message,
};

use super::words::summary;
use crate::{
    locale::{Key, Locale},
    routes,
    text::lounge as text,
};

const MENTION: &str = "<span class=\"mention\">";
const DIAGRAM: &str = "<img class=\"diagram\" data-diagram=\"";
const CODE: &str = "<pre class=\"code-block\"";
const LANGUAGE: &str = " data-language=\"";

/// What is known of a message's surroundings.
pub(super) struct Surroundings<'a> {
    pub(super) code: RoomCode,
    /// The visitor's name.
    pub(super) oneself: &'a str,
    pub(super) say: &'a dyn Fn(Key) -> String,
}

/// The HTML of a message as the page shows it; `None` if its text is shown.
pub(super) fn html_of(message: &Message, around: &Surroundings<'_>) -> Option<String> {
    let html = &message.markup.as_ref()?.html;
    let pictures = Pictures { code: around.code, number: message.number, version: message.version };
    Some(complete(html, around, |index, rest| pictures.of(index, rest)))
}

/// Whether a message speaks to somebody of this name.
pub(super) fn speaks_to(message: &Message, name: &str) -> bool {
    let Some(markup) = &message.markup else { return false };
    markup.html.split(MENTION).skip(1).any(|after| is_of(after, name))
}

/// The words of a message with markup. `None` if it has none, or has formulas or pictures: then its text says more.
pub(super) fn plain_of(message: &Message) -> Option<String> {
    let html = &message.markup.as_ref()?.html;
    if html.contains("<math") || html.contains("<img") {
        return None;
    }
    let mut plain = String::with_capacity(html.len());
    for part in html.split('<') {
        let (tag, words) = part.split_once('>').unwrap_or(("", part));
        match tag {
            "br" | "/p" | "/li" | "/h3" | "/h4" | "/h5" | "/h6" | "/pre" | "/tr" => plain.push('\n'),
            "/td" | "/th" => plain.push(' '),
            _ => {}
        }
        plain += words;
    }
    let plain = plain.trim_end();
    Some(plain.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// The words of a message in one text, as it was typed, or how many pictures it has; `None` once it is deleted.
pub(super) fn words_of(message: &Message, locale: Locale) -> Option<String> {
    let typed = message.text.as_ref()?;
    Some(plain_of(message).unwrap_or_else(|| summary(typed, message.pictures.len(), locale)))
}

/// Completes HTML. `picture` draws the diagram of this number with the rest of its tag.
pub(super) fn complete(html: &str, around: &Surroundings<'_>, picture: impl Fn(&str, &str) -> String) -> String {
    let (mut complete, mut rest) = (String::with_capacity(html.len()), html);
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        complete.push_str(before);
        let (tag, after) = tag.split_at(tag.find('>').map_or(tag.len(), |end| end + 1));
        rest = after;
        if let Some((index, attributes)) = tag.strip_prefix(DIAGRAM).and_then(|tag| tag.split_once('"')) {
            complete += &picture(index, attributes);
        } else if tag == MENTION && is_of(after, around.oneself) {
            complete += "<span class=\"mention\" data-oneself=\"\">";
        } else if tag.starts_with(CODE) {
            complete += &bar(tag, around.say);
            // Who has no mouse scrolls it by keys.
            complete += "<pre tabindex=\"0\"";
            complete += &tag["<pre".len()..];
        } else {
            complete += tag;
        }
    }
    complete + rest
}

/// Whether what follows the beginning of a mention is one of this name.
fn is_of(after: &str, name: &str) -> bool {
    let name = name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    after
        .split('<')
        .next()
        .and_then(|mention| mention.strip_prefix('@'))
        .is_some_and(|at| at.eq_ignore_ascii_case(&name))
}

/// What stands over a block of code: its language, and what can be done with it.
fn bar(tag: &str, say: &dyn Fn(Key) -> String) -> String {
    let language = tag.split_once(LANGUAGE).and_then(|(_, after)| after.split('"').next()).unwrap_or_default();
    let button = |does, label: Key, pressed| {
        let label = say(label);
        format!("<button type=\"button\" data-code=\"{does}\"{pressed}>{label}</button>")
    };
    let (wrap, copy) = (button("wrap", text::WRAP, " aria-pressed=\"false\""), button("copy", text::COPY_CODE, ""));
    format!("<div class=\"code-bar\"><span>{language}</span>{wrap}{copy}</div>")
}

/// The pictures of a message.
struct Pictures {
    code: RoomCode,
    number: MessageNumber,
    version: u32,
}

impl Pictures {
    /// A diagram in the colours of each theme, each leading to itself in full size. Of the two the page shows one, and fetches no other.
    fn of(&self, index: &str, attributes: &str) -> String {
        let Self { code, number, version } = self;
        let picture = |theme| {
            let address = routes::href(&routes::diagram(*code, &format!("{}-{version}-{index}-{theme}", number.0)));
            format!(
                "<a class=\"diagram\" data-theme=\"{theme}\" href=\"{address}\" target=\"_blank\" rel=\"noopener\">\
                 <img loading=\"lazy\" src=\"{address}\"{attributes}</a>"
            )
        };
        picture("light") + &picture("dark")
    }
}

#[cfg(test)]
mod tests {
    use heartogether::{
        id::{DisplayName, MemberId},
        room::Markup,
        time::Timestamp,
    };

    use super::*;

    fn complete_for(oneself: &str, html: &str) -> String {
        let code = RoomCode::parse("ABC234").expect("a code");
        let around = Surroundings { code, oneself, say: &|_| "label".to_owned() };
        let pictures = Pictures { code, number: MessageNumber(12), version: 3 };
        complete(html, &around, |index, rest| pictures.of(index, rest))
    }

    #[test]
    fn a_diagram_has_a_picture_for_each_theme() {
        let drawn =
            complete_for("Ada", "<p>a</p><img class=\"diagram\" data-diagram=\"1\" width=\"5\" alt=\"x\"><p>b</p>");
        let picture = |theme| {
            format!(
                "<a class=\"diagram\" data-theme=\"{theme}\" href=\"/lounge/ABC234/diagrams/12-3-1-{theme}.svg\" \
                 target=\"_blank\" rel=\"noopener\">\
                 <img loading=\"lazy\" src=\"/lounge/ABC234/diagrams/12-3-1-{theme}.svg\" width=\"5\" alt=\"x\"></a>"
            )
        };
        assert_eq!(drawn, format!("<p>a</p>{}{}<p>b</p>", picture("light"), picture("dark")));
    }

    #[test]
    fn a_mention_of_the_visitor_stands_out() {
        let html = "<p><span class=\"mention\">@ada &lt;3</span> <span class=\"mention\">@Grace</span></p>";
        let marked =
            "<p><span class=\"mention\" data-oneself=\"\">@ada &lt;3</span> <span class=\"mention\">@Grace</span></p>";
        assert_eq!(complete_for("Ada <3", html), marked);
        assert_eq!(complete_for("Linus", html), html);
    }

    #[test]
    fn a_block_of_code_has_its_language_and_buttons() {
        let block = "<pre class=\"code-block\" data-language=\"Rust\"><code>fn</code></pre>";
        let drawn = complete_for("Ada", block);
        assert!(
            drawn.starts_with("<div class=\"code-bar\"><span>Rust</span><button type=\"button\" data-code=\"wrap\""),
            "{drawn}"
        );
        let block = block.replace("<pre", "<pre tabindex=\"0\"");
        assert!(drawn.ends_with(&format!("</button></div>{block}")), "{drawn}");
    }

    #[test]
    fn the_words_of_a_message_have_no_marks() {
        let plain = |html: &str| {
            plain_of(&Message {
                number: MessageNumber(1),
                author: MemberId::from_bits(1),
                name: DisplayName::parse("Ada").expect("a name"),
                nonce: 0,
                text: None,
                pictures: Vec::new(),
                sent_at: Timestamp::default(),
                delivered: true,
                version: 0,
                reply_to: None,
                pinned: false,
                emoji: Vec::new(),
                markup: Some(Markup { html: html.to_owned(), version: 1 }),
            })
        };
        let html = "<h3>a</h3><p><strong>b</strong> &lt;i&gt; &amp;lt;<br>c</p><ul><li>d</li></ul>";
        assert_eq!(plain(html).as_deref(), Some("a\nb <i> &lt;\nc\nd"));
        assert_eq!(plain("<p>a <math><mi>x</mi></math></p>"), None);
        assert_eq!(plain("<img class=\"diagram\" data-diagram=\"0\">"), None);
    }

    #[test]
    fn what_looks_like_a_tag_in_a_text_is_left_alone() {
        for html in ["", "no tag", "<p>&lt;img class=\"diagram\" data-diagram=\"0\"&gt;</p>", "<p>a</p>b"] {
            assert_eq!(complete_for("Ada", html), html);
        }
    }
}
