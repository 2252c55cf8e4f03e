//! The order in which a page's code comes. A listener hears first, and so does who listens to a host whose page is back from a
//! reload: the room client joins before anything is loaded that draws. Then the frame around all pages takes over the server's
//! HTML, and the page's own code with it.

use std::time::Duration;

use futures::future::{LocalBoxFuture, join};
use heartogether_browser::{dom, early_join};
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser::{navigation_guard, page_guard, sleep},
    pages::{host_code, host_teller, listen_code, listen_teller},
    routes,
};

/// How long the page waits before it asks again for code that could not be loaded; twice as long each time, up to the most.
const LOADED_AGAIN_AFTER: Duration = Duration::from_secs(1);
const LOADED_AGAIN_AT_LEAST_EVERY: Duration = Duration::from_secs(30);

/// Starts the page.
pub fn start() {
    spawn_local(async {
        // Where it cannot be loaded, the page's own code joins.
        if early_join::is_hosting() {
            if let Ok(Some(settled)) = begin_hosting().await {
                settled.await;
                until_loaded(async || join(preload_frame(), host_code::load()).await).await;
            }
        } else if early_join::is_begun()
            && let Ok(Some(settled)) = begin().await
        {
            page_guard::note_begun();
            // Nothing else is asked for meanwhile: on a slow line it would delay the sound.
            settled.await;
            // All of the page is there before any of it takes over: it asks the server for the page as a whole where a
            // part of it cannot be loaded, which would break the sound.
            until_loaded(async || join(preload_frame(), listen_code::load()).await).await;
        }
        until_loaded(async || (preload_frame().await, Ok(()))).await;
        // What takes over the HTML needs all of it.
        dom::parsed().await;
        _ = frame().await;
    });
}

/// Loads until both are there.
async fn until_loaded(load: impl AsyncFn() -> (Result<(), SplitLoaderError>, Result<(), SplitLoaderError>)) {
    let mut wait = LOADED_AGAIN_AFTER;
    while !matches!(load().await, (Ok(()), Ok(()))) {
        sleep(wait).await;
        wait = (2 * wait).min(LOADED_AGAIN_AT_LEAST_EVERY);
    }
}

/// Joins the room that the page is for. Gives what completes when the rest may take the browser's one thread.
#[wasm_split(client, wasm_split_path = leptos::wasm_split, fallible)]
fn begin() -> Result<Option<LocalBoxFuture<'static, ()>>, SplitLoaderError> {
    let begun = heartogether_browser::begin(listen_teller());
    Ok(begun.map(|settled| -> LocalBoxFuture<'static, ()> { Box::pin(settled) }))
}

/// Joins the room of a host's page, or goes on with what was begun after a reload. The page can share from then on.
#[wasm_split(devices, wasm_split_path = leptos::wasm_split, fallible)]
fn begin_hosting() -> Result<Option<LocalBoxFuture<'static, ()>>, SplitLoaderError> {
    let begun = heartogether_browser::begin_hosting(host_teller());
    Ok(begun.map(|settled| -> LocalBoxFuture<'static, ()> { Box::pin(settled) }))
}

/// Takes over the server's HTML.
#[wasm_split(frame, wasm_split_path = leptos::wasm_split, fallible, preload(preload_frame))]
fn frame() -> Result<(), SplitLoaderError> {
    navigation_guard::stand_before_router();
    let base = routes::base();
    if !base.is_empty() {
        // Once for as long as the page lives.
        leptos::server_fn::client::set_server_url(base.leak());
    }
    leptos::mount::hydrate_lazy(crate::App);
    Ok(())
}
