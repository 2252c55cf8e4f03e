//! Light or dark, as the system prefers or as the visitor chose. A cookie keeps the choice, so the server renders the
//! page in the right theme from the first byte, without flashing and without a script.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{Choice, Select};
use crate::{locale::Locale, routes, text::frame as text};

/// Remembers the choice. It says nothing about anybody, and scripts of ours write it.
const COOKIE: &str = "heartogether.theme";
/// As long as browsers keep one (RFC 6265bis, section 5.6.2: 400 days at most).
const KEPT_FOR_S: u32 = 400 * 24 * 60 * 60;
/// The colours of the surface in `style/tokens.css`, for the browser's own bars.
const LIGHT_SURFACE: &str = "#fbfaf7";
const DARK_SURFACE: &str = "#0c1214";

/// Which colours a page has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// The system's.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    fn parse(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The `data-theme` of `<html>`; none where the system decides.
    pub fn attribute(self) -> Option<&'static str> {
        (self != Self::System).then_some(self.name())
    }

    /// What the browser may draw a page in that has no styles yet.
    pub const fn color_scheme(self) -> &'static str {
        match self {
            Self::System => "light dark",
            chosen => chosen.name(),
        }
    }

    /// The browser's own bars, by what the system prefers.
    pub const fn bars(self) -> [(&'static str, &'static str); 2] {
        let [light, dark] = match self {
            Self::System => [LIGHT_SURFACE, DARK_SURFACE],
            Self::Light => [LIGHT_SURFACE; 2],
            Self::Dark => [DARK_SURFACE; 2],
        };
        [("light", light), ("dark", dark)]
    }

    /// What the visitor chose: on the server by the request's cookie, in the browser by what the server rendered.
    pub fn chosen() -> Self {
        #[cfg(feature = "ssr")]
        let chosen = use_context::<http::request::Parts>().and_then(|parts| kept_in(&parts.headers));
        #[cfg(not(feature = "ssr"))]
        let chosen = document().document_element().and_then(|html| html.get_attribute("data-theme"));
        chosen.as_deref().map(Self::parse).unwrap_or_default()
    }

    /// Draws this page in it, and all later ones.
    fn choose(self) {
        let page = document();
        if let Some(html) = page.document_element() {
            let _ = match self.attribute() {
                Some(name) => html.set_attribute("data-theme", name),
                None => html.remove_attribute("data-theme"),
            };
        }
        for (scheme, colour) in self.bars() {
            let selector = format!("meta[name=theme-color][media*={scheme}]");
            if let Ok(Some(meta)) = page.query_selector(&selector) {
                let _ = meta.set_attribute("content", colour);
            }
        }
        let kept_for_s = if self == Self::System { 0 } else { KEPT_FOR_S };
        let path = routes::href(routes::HOME);
        let cookie = format!("{COOKIE}={}; Path={path}; Max-Age={kept_for_s}; SameSite=Lax", self.name());
        // A browser that keeps no cookies shows the choice until the next page.
        let _ = page.unchecked_into::<web_sys::HtmlDocument>().set_cookie(&cookie);
    }
}

#[cfg(feature = "ssr")]
fn kept_in(headers: &http::HeaderMap) -> Option<String> {
    let cookies = headers.get_all(http::header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, theme)| theme.to_owned())
}

/// “Theme”: system, light or dark. Unseen where scripts do not run.
#[component]
pub fn ThemeSelect() -> impl IntoView {
    let theme = RwSignal::new(Theme::chosen());
    let choose = move |name: String| {
        theme.set(Theme::parse(&name));
        theme.get_untracked().choose();
    };
    let locale = Locale::current();
    let choices =
        [(Theme::System, text::THEME_SYSTEM), (Theme::Light, text::THEME_LIGHT), (Theme::Dark, text::THEME_DARK)];
    let choices = move || choices.map(|(theme, key)| Choice::new(theme.name(), locale.say(key))).to_vec();
    view! {
        <Select
            label=text::THEME
            id="theme"
            choices=Signal::derive(choices)
            chosen=Signal::derive(move || theme.get().name().to_owned())
            on_change=choose
            small=true
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_bars_follow_the_choice_rather_than_the_system() {
        let colours = |theme: Theme| theme.bars().map(|(_, colour)| colour);
        assert_eq!(colours(Theme::System), [LIGHT_SURFACE, DARK_SURFACE]);
        assert_eq!(colours(Theme::Light), [LIGHT_SURFACE; 2]);
        assert_eq!(colours(Theme::Dark), [DARK_SURFACE; 2]);
    }

    #[test]
    fn an_unknown_choice_follows_the_system() {
        assert_eq!(
            ["light", "dark", "system", "red", ""].map(Theme::parse).map(Theme::attribute),
            [Some("light"), Some("dark"), None, None, None]
        );
    }
}
