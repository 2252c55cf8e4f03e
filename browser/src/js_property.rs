//! Access to JavaScript properties that web-sys does not define.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// A property; `undefined` where there is none.
pub fn property(of: &JsValue, name: &str) -> JsValue {
    // What is not an object has no properties, and nothing is made of them.
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
