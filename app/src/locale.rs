//! What people read, in the language they chose. Keys stand in [`text`](crate::text), phrases carry them, and a phrase is said
//! where it is drawn; a switch of the language changes all that is drawn, and nothing else.
//!
//! | module | what it does |
//! | --- | --- |
//! | `language` | the languages, and which one a visitor gets |
//! | `phrase` | a key with what fills its placeholders |
//! | `table` | one language's texts, plurals and numbers |
//! | `drawn` | keys and phrases as children, attributes and properties |
//! | `meaning` | what refusals and states are called |
//! | `served` | what the server alone says: the texts in a page, its plain pages, guests' names |

mod drawn;
mod language;
mod meaning;
mod phrase;
#[cfg(feature = "ssr")]
mod served;
mod table;

use leptos::{oco::Oco, prelude::*};

pub(crate) use drawn::{Around, say};
pub use language::Language;
pub(crate) use meaning::{no_path, no_path_at_host, refusal, turn_problem};
pub use phrase::{Key, Phrase, Value};
#[cfg(feature = "ssr")]
pub(crate) use served::english;
#[cfg(feature = "ssr")]
pub use served::{GivenTexts, file, guest_name, moved_text, refusal_text, starting_texts};
pub use table::Table;

/// The texts now. Provided by the app to every page.
#[derive(Clone, Copy)]
pub struct Locale(RwSignal<Table>);

impl Locale {
    /// Provides it as context: on the server as the request asks for it, in the browser with the texts that are in the page.
    pub fn provide() -> Self {
        #[cfg(target_arch = "wasm32")]
        let table = crate::browser::locale::given().expect("the server puts the texts into every page");
        #[cfg(not(target_arch = "wasm32"))]
        let table = Table::of(asked_for());
        #[cfg(feature = "ssr")]
        served::tell(table.language);
        let locale = Self(RwSignal::new(table));
        provide_context(locale);
        locale
    }

    /// What is provided.
    pub fn current() -> Self {
        expect_context()
    }

    /// The texts as they are now.
    pub(crate) fn table(self) -> Table {
        self.0.get_untracked()
    }

    /// The language. Reads reactively.
    pub fn language(self) -> Language {
        self.0.with(|table| table.language)
    }

    /// What people read. Reads reactively.
    pub fn say(self, phrase: impl Into<Phrase>) -> Oco<'static, str> {
        self.0.get().say(phrase)
    }

    /// What people read where a placeholder would be filled in. Reads reactively.
    pub(crate) fn write(self, value: &Value) -> String {
        self.0.get().write(value)
    }

    /// What people read now, for what stays as it is, such as a copied text.
    pub fn say_once(self, phrase: impl Into<Phrase>) -> Oco<'static, str> {
        self.table().say(phrase)
    }

    /// Says everything in another language from now on, here and on later visits. Whether its texts came.
    pub(crate) async fn switch(self, language: Language) -> bool {
        let Some(table) = crate::browser::locale::fetch(language).await else { return false };
        crate::browser::locale::adopt(table);
        self.0.try_set(table);
        true
    }
}

/// What the request at hand asks for.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn asked_for() -> Language {
    #[cfg(feature = "ssr")]
    let language = use_context::<http::request::Parts>().map(|parts| Language::asked_for(&parts.headers));
    #[cfg(not(feature = "ssr"))]
    let language = None;
    language.unwrap_or_default()
}
