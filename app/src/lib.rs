//! HearTogether's pages, components and server functions, and the browser's half of the client.
//!
//! The same code renders on the server (feature `ssr`) and takes over in the browser (feature `hydrate`).

// The type of a page's view nests as deep as its elements.
#![recursion_limit = "256"]

pub mod api;
pub mod browser;
pub mod components;
mod early_join;
pub mod held;
#[cfg(feature = "ssr")]
mod inline_script;
pub mod install;
pub mod locale;
pub mod page_code;
mod page_guard;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod pictures;
pub mod prelude;
pub mod routes;
#[cfg(feature = "hydrate")]
mod start;
#[cfg_attr(feature = "ssr", deny(dead_code))]
#[cfg_attr(not(feature = "ssr"), allow(dead_code))]
mod text;

use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    Lazy, SsrMode,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    browser::page_guard::restore_html,
    components::{Footer, Header, Session, Theme, ToastRegion, Toasts, WaitOverlay, Waiting, focus, theme_bars},
    early_join::EarlyJoin,
    install::InstallHead,
    locale::Locale,
    page_code::{PageCode, PageStyle},
    page_guard::{FailureNotice, PageGuard},
    pages::{
        AboutPage, HandedEntrance, HomePage, HostRoute, ListenRoute, LoginPage, LoungeRoute, MicrophoneNotice,
        NotFoundPage, PrivacyPage, ProgramsRoute, RoomRoute,
    },
    prelude::*,
};

/// The document around every page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = Theme::chosen();
    #[cfg(feature = "ssr")]
    let (language, texts) = {
        let table = Locale::provide().table_now();
        (table.language, view! { <locale::GivenTexts table /> })
    };
    #[cfg(not(feature = "ssr"))]
    let (language, texts) = (locale::Language::default(), ());
    let base = routes::base();
    let told_base = Some(base).filter(|base| !base.is_empty());
    view! {
        <!DOCTYPE html>
        <html lang=language.tag() data-theme=theme.attribute() data-base=told_base>
            <head>
                <meta charset="utf-8" />
                <EarlyJoin />
                <PageGuard />
                <PageCode />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content=theme.color_scheme() />
                {theme_bars(theme)}
                <meta name="description" content=text::frame::DESCRIPTION />
                <link rel="icon" type="image/svg+xml" href=routes::href(routes::FAVICON) />
                <InstallHead />
                // After the scripts: a browser lets those that follow a stylesheet wait for it, and the page with them.
                <PageStyle options=options.clone() />
                <AutoReload options />
                <MetaTags />
            </head>
            <body>
                <App />
                <FailureNotice />
                <MicrophoneNotice />
                {texts}
            </body>
        </html>
    }
}

/// The whole of what people see. Pages are rendered as a whole before the first byte, for they set the HTTP status, and
/// so that they need no script to be complete.
#[component]
pub fn App() -> impl IntoView {
    // Between this and the first step of hydration nobody else has a turn.
    if cfg!(feature = "hydrate") {
        restore_html();
    }
    // On the server the document has them already.
    use_context().unwrap_or_else(Locale::provide);
    provide_meta_context();
    view! {
        <Title formatter=|title: String| {
            if title.is_empty() { "HearTogether".to_owned() } else { format!("{title} · HearTogether") }
        } />
        // On the server paths are those within the site.
        <Router base=if cfg!(feature = "ssr") { String::new() } else { routes::base() }>
            <Frame />
        </Router>
    }
}

/// What surrounds every page, and the pages.
#[component]
fn Frame() -> impl IntoView {
    let waiting = Waiting::provide(Session::provide());
    HandedEntrance::provide();
    focus::watch();
    let toasts = Toasts::provide();
    view! {
        // A link of the browser's, not of the router's: it moves the focus and not the page.
        <a class="skip-link" href="#main" rel="external">
            {text::frame::SKIP}
        </a>
        <Header />
        <FlatRoutes fallback=NotFoundPage>
            <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
            <Route path=path!("/login") view=LoginPage ssr=SsrMode::Async />
            <Route path=path!("/room/:code") view={Lazy::<RoomRoute>::new()} ssr=SsrMode::Async />
            <Route path=path!("/listen/:code") view={Lazy::<ListenRoute>::new()} ssr=SsrMode::Async />
            <Route path=path!("/host/:code") view={Lazy::<HostRoute>::new()} ssr=SsrMode::Async />
            <Route path=path!("/account") view={Lazy::<ProgramsRoute>::new()} ssr=SsrMode::Async />
            <Route path=path!("/lounge/:code") view={Lazy::<LoungeRoute>::new()} ssr=SsrMode::Async />
            <PlainRoutes />
        </FlatRoutes>
        <WaitOverlay waiting />
        <ToastRegion toasts />
        <Footer />
    }
}

/// The pages that only tell something; in debug builds there is the gallery of components too.
#[component(transparent)]
fn PlainRoutes() -> AnyNestedRoute {
    let about = view! { <Route path=path!("/about") view=AboutPage ssr=SsrMode::Async /> }.into_inner();
    let privacy = view! { <Route path=path!("/privacy") view=PrivacyPage ssr=SsrMode::Async /> }.into_inner();
    #[cfg(debug_assertions)]
    let routes = {
        let gallery = view! { <Route path=path!("/dev/components") view=pages::GalleryPage ssr=SsrMode::Async /> };
        (about, privacy, gallery.into_inner())
    };
    #[cfg(not(debug_assertions))]
    let routes = (about, privacy);
    routes.into_any_nested_route()
}

#[cfg(feature = "hydrate")]
pub use start::start;

/// To be called when the code panics: nothing of it can be relied on from then on.
#[cfg(feature = "hydrate")]
pub fn show_failure() {
    browser::page_guard::show_failure();
}
