//! The code that draws a host's page, before the page is drawn.

use leptos::wasm_split::{SplitLoaderError, wasm_split};

/// Loads it.
#[wasm_split(host, wasm_split_path = leptos::wasm_split, fallible)]
pub(crate) fn load() -> Result<(), SplitLoaderError> {
    Ok(())
}
