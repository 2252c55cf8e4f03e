//! The texts for people, in the language they chose. The keys are in `text`. Phrases carry keys, and become text where
//! they are drawn. A change of the language changes all drawn texts and nothing else.
//!
//! | module | content |
//! | --- | --- |
//! | `language` | the languages, and the choice for a visitor |
//! | `phrase` | a key and the values of its placeholders |
//! | `forgotten` | the texts in place of a forgotten name or message |
//! | `table` | one language's texts, plurals and numbers |
//! | `drawn` | keys and phrases as children, attributes and properties |
//! | `part` | which texts a page needs |
//! | `meaning` | the texts of refusals and states |
//! | `served` | texts that only the server writes: the texts in a page's HTML, the plain pages, guests' names |

mod drawn;
mod forgotten;
mod language;
mod meaning;
mod part;
mod phrase;
#[cfg(feature = "ssr")]
mod served;
mod table;

use leptos::oco::Oco;

pub(crate) use drawn::{Around, say};
pub use language::Language;
pub(crate) use meaning::{no_path, no_path_at_host, refusal, turn_problem};
pub(crate) use part::Part;
pub use phrase::{Key, Phrase, Value};
#[cfg(feature = "ssr")]
pub(crate) use served::english;
#[cfg(feature = "ssr")]
pub use served::{GivenTexts, file, guest_name, moved_text, refusal_text, starting_texts};
pub use table::Table;

use crate::prelude::*;

/// The texts now. Provided by the app to every page. In the browser they are a signal, so that a switch draws them anew. On the
/// server they are a plain value: an answer is written to its end after its signals are gone.
#[derive(Clone, Copy)]
pub struct Locale {
    #[cfg(target_arch = "wasm32")]
    table: RwSignal<Table>,
    #[cfg(not(target_arch = "wasm32"))]
    table: Table,
}

impl Locale {
    /// Provides the language that the request at hand asks for as context.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn provide() -> Self {
        let language = asked_for();
        #[cfg(feature = "ssr")]
        let table = served::for_page(language);
        #[cfg(not(feature = "ssr"))]
        let table = Table::of(language);
        let locale = Self { table };
        provide_context(locale);
        locale
    }

    /// Provides the texts that are in the page as context.
    #[cfg(target_arch = "wasm32")]
    pub fn provide() -> Self {
        // Without texts there is no page; the page guard says that it could not start.
        let table = crate::browser::locale::given().expect("the server puts the texts into every page");
        let locale = Self { table: RwSignal::new(table) };
        provide_context(locale);
        locale
    }

    /// What is provided.
    pub fn current() -> Self {
        expect_context()
    }

    /// The texts. Reads reactively.
    fn table(self) -> Table {
        #[cfg(target_arch = "wasm32")]
        let table = self.table.get();
        #[cfg(not(target_arch = "wasm32"))]
        let table = self.table;
        table
    }

    /// The texts as they are now.
    pub(crate) fn table_now(self) -> Table {
        untrack(|| self.table())
    }

    /// The language. Reads reactively.
    pub fn language(self) -> Language {
        self.table().language
    }

    /// What people read. Reads reactively.
    pub fn say(self, phrase: impl Into<Phrase>) -> Oco<'static, str> {
        self.table().say(phrase)
    }

    /// What people read where a placeholder would be filled in. Reads reactively.
    pub(crate) fn write(self, value: &Value) -> String {
        self.table().write(value)
    }

    /// What people read now, for what stays as it is, such as a copied text.
    pub fn say_once(self, phrase: impl Into<Phrase>) -> Oco<'static, str> {
        self.table_now().say(phrase)
    }

    /// Fetches the texts of such a page, unless they are here. Whether they are here then.
    pub(crate) async fn complete(self, part: Part) -> bool {
        // Server and tests have what they draw.
        #[cfg(not(target_arch = "wasm32"))]
        let is_complete = async {
            _ = part;
            true
        }
        .await;
        #[cfg(target_arch = "wasm32")]
        let is_complete = loop {
            let now = self.table_now();
            if now.has(part) {
                break true;
            }
            let Some(whole) = crate::browser::locale::fetch(now.language).await else { break false };
            // Another language may have been chosen meanwhile. Nothing that is drawn says anything else now.
            if self.table_now().language == whole.language {
                self.table.update_untracked(|table| *table = whole);
                break whole.has(part);
            }
        };
        is_complete
    }

    /// Says everything in another language from now on, here and on later visits. Whether its texts came.
    pub(crate) async fn switch(self, language: Language) -> bool {
        let Some(table) = crate::browser::locale::fetch(language).await else { return false };
        crate::browser::locale::adopt(table);
        #[cfg(target_arch = "wasm32")]
        self.table.set(table);
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
