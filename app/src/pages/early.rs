//! Changes the elements that the server has drawn, before the code that draws is there. What the framework knows of them does
//! not change: it takes them over as they are, and then says what is to be seen.

use std::cell::{Cell, OnceCell};

use js_sys::Array;
use web_sys::Element;

use crate::{
    browser::{locale::given_texts, page_guard},
    locale::Key,
};

/// Says what is to be seen with `say`, in the elements that `find` finds, where the server has drawn them. Called again, it changes
/// what is new.
pub(super) fn teller<Shown: Copy + PartialEq, Elements>(
    find: impl Fn() -> Option<Elements>,
    say: impl Fn(&Elements, Shown, &Texts),
) -> impl Fn(Shown) {
    // They stand at the end of the document, which is whole when this is called.
    let (texts, said) = (OnceCell::new(), Cell::new(None));
    move |shown| {
        if said.get() == Some(shown) {
            return;
        }
        if let (Some(elements), Some(texts)) = (find(), texts.get_or_init(|| given_texts().map(Texts))) {
            say(&elements, shown, texts);
            said.set(Some(shown));
        }
    }
}

/// The texts that are in every page for its code.
pub(super) struct Texts(Array);

impl Texts {
    /// Says this in an element.
    pub(super) fn say(&self, element: &Element, key: Key) {
        let text = u32::try_from(key.place()).ok().and_then(|place| self.0.get(place).as_string());
        text.iter().for_each(|text| page_guard::say(element, text));
    }
}

/// Gives an element this attribute, or takes it away.
pub(super) fn mark(element: &Element, name: &str, value: Option<&str>) {
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}
