//! The footer of every page: the link to the privacy page, the theme and the language.

use super::{LanguageSwitch, ThemeSelect};
use crate::{prelude::*, routes, text::frame as text};

/// The links, and what a visitor can choose for every page.
#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="footer">
            <div class="bar">
                <p>{text::DIRECT}</p>
                <nav aria-label=text::SITE>
                    <a href=routes::href(routes::ABOUT)>{text::ABOUT}</a>
                    <a href=routes::href(routes::PRIVACY)>{text::PRIVACY}</a>
                </nav>
                <LanguageSwitch />
                <ThemeSelect />
            </div>
        </footer>
    }
}
