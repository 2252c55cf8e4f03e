//! The second fence: another parser reads the HTML as a browser does, and takes out what is not on the allow-list.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};

use crate::{
    allowed::{Attribute, Class, Tag},
    links::SCHEMES,
};

static FENCE: LazyLock<Builder<'static>> = LazyLock::new(build);

/// Whether it is left as it is.
pub(crate) fn lets_through(html: &str) -> bool {
    clean(html) == html
}

/// The HTML without what is not allowed.
pub(crate) fn clean(html: &str) -> String {
    FENCE.clean(html).to_string()
}

fn build() -> Builder<'static> {
    let mut attributes: HashMap<_, HashSet<_>> = HashMap::new();
    let mut classes: HashMap<_, HashSet<_>> = HashMap::new();
    for tag in Tag::ALL {
        for attribute in tag.attributes() {
            match attribute {
                // The builder wants to hear of them once, by their values.
                Attribute::Class => {
                    classes.insert(tag.name(), Class::ALL.iter().map(|class| class.name()).collect());
                }
                _ => {
                    attributes.entry(tag.name()).or_default().insert(attribute.name());
                }
            }
        }
    }
    let mut fence = Builder::empty();
    fence
        .tags(Tag::ALL.iter().map(|tag| tag.name()).collect())
        .clean_content_tags(HashSet::from(["script", "style"]))
        .tag_attributes(attributes)
        .allowed_classes(classes)
        .url_schemes(HashSet::from(SCHEMES))
        .url_relative(UrlRelative::Deny)
        .link_rel(None);
    fence
}

#[cfg(test)]
mod tests {
    use super::{clean, lets_through};

    #[test]
    fn what_is_not_allowed_is_taken_out() {
        for (html, cleaned) in [
            ("<p onclick=\"a()\">x</p>", "<p>x</p>"),
            ("<p style=\"color:red\">x</p>", "<p>x</p>"),
            ("<p id=\"x\">x</p>", "<p>x</p>"),
            ("<span class=\"mention other\">x</span>", "<span class=\"mention\">x</span>"),
            ("<a href=\"javascript:a()\">x</a>", "<a>x</a>"),
            ("<a href=\"/x\">x</a>", "<a>x</a>"),
            ("<img src=\"https://example.org\" alt=\"x\">", "<img alt=\"x\">"),
            ("<script>a()</script><p>x</p>", "<p>x</p>"),
            ("<math><mtext><script>a()</script></mtext></math>", "<math><mtext></mtext></math>"),
            ("<iframe src=\"https://example.org\"></iframe>", ""),
        ] {
            assert_eq!(clean(html), cleaned);
            assert!(!lets_through(html));
        }
    }
}
