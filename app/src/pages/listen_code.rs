//! The code of a listener's page, before somebody goes there.

use futures::future::join;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use wasm_bindgen_futures::spawn_local;

use crate::browser::peer_connections;

/// Loads the code of a listener's page before somebody goes there, and wakes what it will need. Where that fails, going
/// there tries again.
pub(crate) fn prepare() {
    spawn_local(async { _ = join(wake(), load()).await });
}

/// Loads the code that draws a listener's page.
#[wasm_split(listen, wasm_split_path = leptos::wasm_split, fallible)]
pub(crate) fn load() -> Result<(), SplitLoaderError> {
    Ok(())
}

/// Loads the room client.
#[wasm_split(client, wasm_split_path = leptos::wasm_split, fallible)]
fn wake() -> Result<(), SplitLoaderError> {
    peer_connections::wake();
    Ok(())
}
