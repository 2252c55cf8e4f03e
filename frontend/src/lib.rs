//! The entry point of the WebAssembly.
/// Starts the page.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        heartogether_app::show_failure();
    }));
    heartogether_app::start();
}
