//! HearTogether's pages, components and server functions, and the browser's half of the client.
//!
//! The same code renders on the server (feature `ssr`) and takes over in the browser (feature `hydrate`).

pub mod api;
pub mod routes;

use leptos::prelude::*;

/// The document around every page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The whole of what people see.
#[component]
pub fn App() -> impl IntoView {
    view! { <p>"hi"</p> }
}

/// Takes over the server's HTML.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    leptos::mount::hydrate_body(App);
}
