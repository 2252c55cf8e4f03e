//! Keys and phrases in pages: as children, as attributes, as properties of components.

use std::sync::Arc;

use leptos::{
    oco::Oco,
    tachys::{prelude::IntoAttributeValue, view::IntoRender},
    text_prop::TextProp,
};

use super::{Key, Locale, Phrase, Value};
use crate::prelude::*;

/// A child of an element: one type for all texts.
type Child = Box<dyn FnMut() -> Oco<'static, str> + Send>;
/// An attribute's value.
type Attribute = Arc<dyn Fn() -> Oco<'static, str> + Send + Sync>;

/// A text that changes with more than the language.
pub(crate) fn say<P: Into<Phrase>>(phrase: impl Fn() -> P + Send + 'static) -> Child {
    let locale = Locale::current();
    Box::new(move || locale.say(phrase()))
}

fn child(phrase: Phrase) -> Child {
    say(move || phrase.clone())
}

fn attribute(phrase: Phrase) -> Attribute {
    let locale = Locale::current();
    Arc::new(move || locale.say(phrase.clone()))
}

/// Says them where they are used, so that a component's [`TextProp`] takes a closure that has a key or a phrase.
macro_rules! drawn {
    ($($name:ident),*) => {$(
        impl IntoRender for $name {
            type Output = Child;

            fn into_render(self) -> Child {
                child(self.into())
            }
        }

        impl IntoAttributeValue for $name {
            type Output = Attribute;

            fn into_attribute_value(self) -> Attribute {
                attribute(self.into())
            }
        }

        impl From<$name> for TextProp {
            fn from(said: $name) -> Self {
                let said = attribute(said.into());
                Self::from(move || said())
            }
        }

        impl From<$name> for Oco<'static, str> {
            fn from(said: $name) -> Self {
                Locale::current().say(said)
            }
        }
    )*};
}

drawn!(Key, Phrase);

/// Stands for what is drawn in the middle of a text (OBJECT REPLACEMENT CHARACTER).
const OBJECT: &str = "\u{fffc}";

/// A text around something from people, such as a name: that keeps its direction, and no translator touches it.
#[component]
pub(crate) fn Around(
    /// The text, by what fills its one placeholder.
    text: fn(Value) -> Phrase,
    /// What stands in its place.
    #[prop(into)]
    name: Value,
) -> impl IntoView {
    let locale = Locale::current();
    let parts = Memo::new(move |_| {
        let said = locale.say(text(OBJECT.into()));
        let (before, after) = said.split_once(OBJECT).unwrap_or((&said, ""));
        [before, after].map(|part| (!part.is_empty()).then(|| part.to_owned()))
    });
    view! {
        {move || parts.with(|parts| parts[0].clone())}
        <bdi translate="no">{move || locale.write(&name)}</bdi>
        {move || parts.with(|parts| parts[1].clone())}
    }
}
