//! The pages with their own code files: a room's preview, a listener's page, a host's page, a lounge, and the page about programs. The file is loaded with
//! the HTML of the page or during navigation. The page's requests to the server are sent at the same time, and during
//! navigation the texts that only such a page needs are fetched too.

use std::time::Duration;

use futures::future::{LocalBoxFuture, join};
use leptos::{
    reactive::owner::Owner,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::{LazyRoute, hooks::use_location};

use super::{
    host::{AskedLink, HostPage, ask_for_link},
    listen,
    lounge::LoungePage,
    programs::ProgramsPage,
    room::RoomPage,
    room_bootstrap::{AskedEntrance, ask_for_entrance},
};
use crate::{
    browser::{page_guard, reachability, sleep, stylesheet},
    locale::{Locale, Part},
    prelude::*,
    routes,
};

/// How long a page that is complete waits before it asks for its code again: a person who waits has time for no more.
const LOADED_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// How often before the page as a whole is asked for: a server that answers and has no such file is a newer one.
const LOADED_AGAIN: u32 = 5;

/// `/room/:code`
pub struct RoomRoute;

impl LazyRoute for RoomRoute {
    fn data() -> Self {
        Self
    }

    async fn view(_: Self) -> AnyView {
        restored(arrive(Part::Common, room_page).await)
    }
}

#[wasm_split(room, wasm_split_path = leptos::wasm_split, fallible)]
fn room_page() -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <RoomPage /> }.into_any())
}

/// `/listen/:code`
#[derive(Clone, Copy)]
pub struct ListenRoute {
    entrance: AskedEntrance,
}

impl LazyRoute for ListenRoute {
    fn data() -> Self {
        Self { entrance: ask_for_entrance() }
    }

    async fn view(this: Self) -> AnyView {
        restored(arrive(Part::Listener, || listen_page(this)).await.await)
    }
}

#[wasm_split(listen, wasm_split_path = leptos::wasm_split, fallible)]
fn listen_page(route: ListenRoute) -> Result<LocalBoxFuture<'static, AnyView>, SplitLoaderError> {
    Ok(Box::pin(listen::draw(route.entrance)))
}

/// `/host/:code`
#[derive(Clone, Copy)]
pub struct HostRoute {
    entrance: AskedEntrance,
    link: AskedLink,
}

impl LazyRoute for HostRoute {
    fn data() -> Self {
        Self { entrance: ask_for_entrance(), link: ask_for_link() }
    }

    async fn view(this: Self) -> AnyView {
        restored(arrive(Part::Host, || host_page(this)).await.await)
    }
}

#[wasm_split(host, wasm_split_path = leptos::wasm_split, fallible)]
fn host_page(route: HostRoute) -> Result<LocalBoxFuture<'static, AnyView>, SplitLoaderError> {
    Ok(Box::pin(async move { view! { <HostPage entrance=route.entrance link=route.link /> }.into_any() }))
}

/// `/lounge/:code`
pub struct LoungeRoute;

impl LazyRoute for LoungeRoute {
    fn data() -> Self {
        Self
    }

    async fn view(_: Self) -> AnyView {
        // The page would be drawn without its style for a moment.
        let (page, ()) =
            join(arrive(Part::Lounge, lounge_page), stylesheet::load(&routes::href(&routes::lounge_style()))).await;
        restored(page)
    }
}

#[wasm_split(lounge, wasm_split_path = leptos::wasm_split, fallible)]
fn lounge_page() -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <LoungePage /> }.into_any())
}

/// `/account`
pub struct ProgramsRoute;

impl LazyRoute for ProgramsRoute {
    fn data() -> Self {
        Self
    }

    async fn view(_: Self) -> AnyView {
        restored(arrive(Part::Programs, programs_page).await)
    }
}

#[wasm_split(programs, wasm_split_path = leptos::wasm_split, fallible)]
fn programs_page() -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <ProgramsPage /> }.into_any())
}

/// The page, once its code and its texts are there. Where they cannot be loaded, the browser asks the server for the page as a
/// whole, or shows why it cannot; the page that is complete already stays as the server made it, and its code is asked for again.
async fn arrive<Page>(part: Part, load: impl AsyncFn() -> Result<Page, SplitLoaderError>) -> Page {
    let locale = Locale::current();
    let is_complete = Owner::current_shared_context().is_some_and(|page| page.during_hydration());
    let path = use_location().pathname;
    let destination = path.get_untracked();
    for attempt in 1.. {
        if let (Ok(page), true) = join(load(), locale.complete(part)).await {
            return page;
        }
        // The router has taken the links over already, and they lead nowhere until the page is there.
        let has_left = path.try_get_untracked().is_some_and(|path| path != destination);
        let is_outdated = attempt >= LOADED_AGAIN && reachability::answers(routes::HEALTH).await;
        if !is_complete || has_left || is_outdated && is_first_reload() {
            break;
        }
        sleep(LOADED_AGAIN_AFTER).await;
    }
    // Only a malformed address is refused, and the router has just led here.
    _ = window().location().assign(&path.try_get_untracked().unwrap_or(destination));
    std::future::pending().await
}

/// The page, with the HTML that it takes over as the server made it: others may have changed it while the code was on its way.
fn restored(page: AnyView) -> AnyView {
    if cfg!(feature = "hydrate") && Owner::current_shared_context().is_some_and(|page| page.during_hydration()) {
        page_guard::restore_html();
    }
    page
}

/// Whether this tab has not yet asked for a page as a whole because of its code: one that cannot be had at all is not asked
/// for over and over.
fn is_first_reload() -> bool {
    const KEY: &str = "heartogether.reloaded";
    let Ok(Some(storage)) = window().session_storage() else { return false };
    matches!(storage.get_item(KEY), Ok(None)) && storage.set_item(KEY, "1").is_ok()
}
