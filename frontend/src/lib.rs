//! The wasm entry.
/// Takes over the server's HTML.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    heartogether_app::hydrate();
}
