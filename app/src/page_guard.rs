//! The script at the top of every page, which works while the page's code starts and runs. It undoes changes of
//! translators and extensions in the HTML before the code takes it over, keeps texts up to date on a translated page,
//! shows a notice if the code cannot start or fails, draws the page in the theme that is chosen, and keeps Enter from sending
//! forms while an input method uses it. It is not part of the WebAssembly, so it works without it.
//!
//! The code calls it through `browser::page_guard`.

use crate::{
    locale::Key,
    prelude::*,
    text::{action, failure as text},
};

/// The global object with the script's functions.
pub(crate) const GLOBAL: &str = "heartogetherGuard";

/// The script without comments and indentation, which every page would carry.
#[cfg(feature = "ssr")]
static SCRIPT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    crate::inline_script::without_comments(concat!(
        include_str!("page_guard/foreign_changes.js"),
        include_str!("page_guard/failure.js"),
        include_str!("page_guard/theme.js"),
        include_str!("page_guard/composition.js"),
    ))
});

/// The script. The server alone renders it, into the head of every page.
#[component]
pub(crate) fn PageGuard() -> impl IntoView {
    #[cfg(feature = "ssr")]
    let script = view! { <script nonce=leptos::nonce::use_nonce() inner_html=SCRIPT.as_str()></script> };
    #[cfg(not(feature = "ssr"))]
    let script = ();
    script
}

/// The notice, which the script shows when it has to, and what stands in its place where scripts are off. The script shows
/// only reasons that are there: a page that is complete without code does not say that the code is slow. The server alone
/// renders the notice, after the app; where the language is switched, it is told which text stands where.
#[component]
pub(crate) fn FailureNotice() -> impl IntoView {
    let reason = |(why, said): (&'static str, Key)| {
        view! {
            <p data-why=why data-text=said.place() hidden>
                {said}
            </p>
        }
    };
    let needs_script = needs_script();
    let reasons = [("code", text::CODE), ("wasm", text::WASM), ("broken", text::BROKEN)];
    let slow = needs_script.then_some(("slow", text::SLOW));
    let reasons = reasons.into_iter().chain(slow).map(reason).collect_view();
    view! {
        <div id="page-failure" class="page-failure" role="alert" hidden>
            <div class="page-failure-text">{reasons}</div>
            <button type="button" class="button button-primary" data-text=action::RELOAD.place()>
                {action::RELOAD}
            </button>
        </div>
        {needs_script
            .then(|| {
                view! {
                    // Hidden by the script: `noscript` says nothing where an extension or a policy blocks scripts.
                    <div class="page-failure without-script" role="alert">
                        <p class="page-failure-text">{text::NO_SCRIPT}</p>
                    </div>
                }
            })}
    }
}

/// Whether the page that is asked for does nothing without a script.
fn needs_script() -> bool {
    #[cfg(feature = "ssr")]
    {
        use crate::routes::Destination;

        let request = use_context::<http::request::Parts>();
        request.is_some_and(|request| {
            matches!(Destination::parse(request.uri.path()), Destination::Listen(_) | Destination::Host(_))
        })
    }
    #[cfg(not(feature = "ssr"))]
    false
}
