//! Light or dark, as the system prefers or as the visitor chose. A cookie keeps the choice, so the server renders the
//! page in the right theme from the first byte, without flashing and without a script.

use super::{Choice, Select};
use crate::{locale::Locale, prelude::*, text::frame as text};

/// Remembers the choice. It says nothing about anybody. The script at the top of the page writes it.
#[cfg(any(feature = "ssr", test))]
const COOKIE: &str = "heartogether.theme";
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

    /// The colours of the browser's own bars, by what the system prefers.
    pub const fn bars(self) -> [&'static str; 2] {
        match self {
            Self::System => [LIGHT_SURFACE, DARK_SURFACE],
            Self::Light => [LIGHT_SURFACE; 2],
            Self::Dark => [DARK_SURFACE; 2],
        }
    }

    /// What the visitor chose: on the server by the request's cookie, in the browser by what the server rendered.
    pub fn chosen() -> Self {
        #[cfg(feature = "ssr")]
        let chosen = use_context::<http::request::Parts>().and_then(|parts| kept_in(&parts.headers));
        #[cfg(not(feature = "ssr"))]
        let chosen = document().document_element().and_then(|html| html.get_attribute("data-theme"));
        chosen.as_deref().map(Self::parse).unwrap_or_default()
    }
}

#[cfg(feature = "ssr")]
fn kept_in(headers: &http::HeaderMap) -> Option<String> {
    let cookies = headers.get_all(http::header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, theme)| theme.to_owned())
}

/// Colours the browser's own bars on systems that prefer light, and on those that prefer dark. The surface of either theme is
/// there for the script that changes the theme.
pub fn theme_bars(theme: Theme) -> impl IntoView {
    let bars = ["light", "dark"].into_iter().zip(theme.bars()).zip(Theme::System.bars());
    let bar = |((scheme, colour), surface): ((&str, &'static str), &'static str)| {
        let media = format!("(prefers-color-scheme: {scheme})");
        leptos::html::meta().name("theme-color").attr("media", media).attr("data-surface", surface).content(colour)
    };
    bars.map(bar).collect_view()
}

/// “Theme”: system, light or dark. Unseen where scripts do not run.
#[component]
pub fn ThemeSelect() -> impl IntoView {
    let theme = RwSignal::new(Theme::chosen());
    // The script at the top of the page draws in it, before there is any other code.
    let choose = move |name: String| theme.set(Theme::parse(&name));
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
        assert_eq!(Theme::System.bars(), [LIGHT_SURFACE, DARK_SURFACE]);
        assert_eq!(Theme::Light.bars(), [LIGHT_SURFACE; 2]);
        assert_eq!(Theme::Dark.bars(), [DARK_SURFACE; 2]);
    }

    #[test]
    fn the_script_writes_the_cookie_that_is_read() {
        let script = include_str!("../page_guard/theme.js");
        assert!(script.contains(&format!("document.cookie = \"{COOKIE}=\"")));
    }

    #[test]
    fn an_unknown_choice_follows_the_system() {
        assert_eq!(
            ["light", "dark", "system", "red", ""].map(Theme::parse).map(Theme::attribute),
            [Some("light"), Some("dark"), None, None, None]
        );
    }
}
