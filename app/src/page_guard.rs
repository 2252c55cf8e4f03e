//! What stands by while the page's code starts and runs: a script at the top of every page that undoes what translators and
//! extensions change in the HTML before it is taken over, keeps texts up to date on a translated page, and shows a notice
//! where the code cannot start or breaks. It is no part of the WebAssembly, so that it works without it.
//!
//! The code calls it by `browser::page_guard`.

use leptos::prelude::*;

/// The global object with the script's functions.
pub(crate) const GLOBAL: &str = "heartogetherGuard";

/// The script without comments and indentation, which every page would carry.
#[cfg(feature = "ssr")]
static SCRIPT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    let script = concat!(include_str!("page_guard/foreign_changes.js"), include_str!("page_guard/failure.js"));
    let lines = script.lines().map(str::trim_start).filter(|line| !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
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

/// The notice, which the script shows when it has to, and what stands in its place where scripts are off. The server alone
/// renders it, after the app.
#[component]
pub(crate) fn FailureNotice() -> impl IntoView {
    let reason = |why: &'static str, text: &'static str| {
        view! {
            <p data-why=why hidden>
                {text}
            </p>
        }
    };
    view! {
        <aside id="page-failure" class="page-failure" role="alert" hidden>
            <div class="page-failure-text">
                {reason(
                    "code",
                    "This page could not start: a part of it did not arrive. Check the connection and load the page anew. An extension that blocks scripts can be the cause too.",
                )}
                {reason(
                    "wasm",
                    "This page could not start: the browser has no WebAssembly, or does not allow it. A strict security mode (lockdown mode, for one), an extension or a rule of your organisation can be the cause. Allow it for this site, or use another browser, and load the page anew.",
                )}
                {reason(
                    "broken",
                    "Something in this page has broken, so its buttons may no longer work. What plays or is sent may go on. Load the page anew to mend it.",
                )}
                {reason("slow", "This page is still being loaded, so its buttons do not work yet. Wait a little longer, or load it anew.")}
            </div>
            <button type="button" class="button button-primary">
                "Reload the page"
            </button>
        </aside>
        {needs_script()
            .then(|| {
                view! {
                    // Hidden by the script: `noscript` says nothing where an extension or a policy blocks scripts.
                    <aside class="page-failure without-script" role="alert">
                        <p class="page-failure-text">
                            "JavaScript is off in this browser, and sound cannot be sent or heard without it. Allow it for this site and load the page anew."
                        </p>
                    </aside>
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
