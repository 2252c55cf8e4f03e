//! The bar below every page.

use leptos::prelude::*;

use super::ThemeSelect;
use crate::routes;

/// Where to read what is sent where, and light or dark.
#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="footer">
            <div class="bar">
                <p>"Sound goes from browser to browser."</p>
                <nav aria-label="About this site">
                    <a href=routes::href(routes::ABOUT)>"About"</a>
                    <a href=routes::href(routes::PRIVACY)>"Privacy"</a>
                </nav>
                <ThemeSelect />
            </div>
        </footer>
    }
}
