//! The texts that came with the page, the texts of another language, and the language of the document.

use gloo_net::http::{Request, Response};
use js_sys::{Array, Date, JSON, Object, Reflect};
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::HtmlDocument;

use crate::{
    locale::{Language, Table},
    routes,
};

/// The texts in the page, with the language that they are in. `lang` of the document is not asked: translators change it.
#[cfg(target_arch = "wasm32")]
pub(crate) fn given() -> Option<Table> {
    let texts = document().get_element_by_id("texts")?;
    let language = Language::from_tag(&texts.get_attribute("data-language")?)?;
    Some(Table::given(language, parse(&texts.text_content()?)?))
}

/// The texts in the page, by their places, for code that draws nothing.
#[cfg(feature = "hydrate")]
pub(crate) fn given_texts() -> Option<Array> {
    array(&document().get_element_by_id("texts")?.text_content()?)
}

/// All texts of a language. `None` if they cannot be fetched, or if the server was updated since this page was loaded.
pub(crate) async fn fetch(language: Language) -> Option<Table> {
    let answer = Request::get(&routes::href(&routes::texts(language))).send().await.ok().filter(Response::ok)?;
    table(language, parse(&answer.text().await.ok()?)?)
}

#[cfg(target_arch = "wasm32")]
fn table(language: Language, texts: Vec<String>) -> Option<Table> {
    Some(Table::given(language, texts))
}

#[cfg(not(target_arch = "wasm32"))]
fn table(language: Language, _: Vec<String>) -> Option<Table> {
    Some(Table::of(language))
}

fn parse(json: &str) -> Option<Vec<String>> {
    array(json)?.iter().map(|text| text.as_string()).collect()
}

fn array(json: &str) -> Option<Array> {
    JSON::parse(json).ok()?.dyn_into().ok()
}

/// The document is in this language from now on, and so are those of later visits. What the server alone has drawn is said
/// anew here.
pub(crate) fn adopt(table: Table) {
    let page = document();
    if let Some(html) = page.document_element() {
        let _ = html.set_attribute("lang", table.language.tag());
    }
    let drawn = page.query_selector_all("[data-text]").ok();
    let drawn = drawn.iter().flat_map(|drawn| (0..drawn.length()).filter_map(|index| drawn.get(index)));
    for element in drawn.filter_map(|node| node.dyn_into::<web_sys::Element>().ok()) {
        let place = element.get_attribute("data-text").and_then(|place| place.parse().ok());
        element.set_text_content(place.map(|place| table.at(place)));
    }
    // A browser that keeps no cookies shows the choice until the next page.
    let cookie = table.language.cookie(&routes::href(routes::HOME));
    let _ = page.unchecked_into::<HtmlDocument>().set_cookie(&cookie);
}

/// Hours and minutes of a date, in milliseconds since 1970, as they are written in this language and the visitor's region.
pub(crate) fn time_of_day(date_ms: f64, language: Language) -> String {
    let options = Object::new();
    for (name, value) in [("hour", "numeric"), ("minute", "2-digit")] {
        // Setting a property fails only where the target is not an object.
        let _ = Reflect::set(&options, &name.into(), &value.into());
    }
    Date::new(&date_ms.into()).to_locale_time_string_with_options(&regional_tag(language), &options).into()
}

/// The day of a date, in milliseconds since 1970, on this device: a number that the days are counted by.
pub(crate) fn day_number(date_ms: f64) -> i64 {
    const MINUTE_MS: f64 = 60_000.0;
    let offset_ms = Date::new(&date_ms.into()).get_timezone_offset() * MINUTE_MS;
    ((date_ms - offset_ms) / (24.0 * 60.0 * MINUTE_MS)).floor() as i64
}

/// The day of a date, as it is written in this language and the visitor's region; the year too where it is another one.
pub(crate) fn day_name(date_ms: f64, language: Language) -> String {
    let (date, options) = (Date::new(&date_ms.into()), Object::new());
    let year = (date.get_full_year() != Date::new_0().get_full_year()).then_some(("year", "numeric"));
    for (name, value) in [("weekday", "long"), ("day", "numeric"), ("month", "long")].into_iter().chain(year) {
        // Setting a property fails only where the target is not an object.
        let _ = Reflect::set(&options, &name.into(), &value.into());
    }
    date.to_locale_date_string(&regional_tag(language), &options).into()
}

/// The visitor's own tag of this language where their browser has one with a region.
fn regional_tag(language: Language) -> String {
    let own = window().navigator().languages();
    let own: Vec<String> = own.iter().filter_map(|tag| tag.as_string()).collect();
    let main = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let tag = language.tag();
    own.into_iter().find(|own| main(own) == main(tag)).unwrap_or_else(|| tag.to_owned())
}
