//! The variants of a type of the protocol. The type itself lists them in its error for an unknown variant, so no list
//! has to be maintained.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The names of an enum's variants on the wire, from `unknown variant …, expected one of …`.
pub(crate) fn variants<T: DeserializeOwned>(unknown: Value) -> BTreeSet<String> {
    let complaint = serde_json::from_value::<T>(unknown).err().expect("nothing is called `?`").to_string();
    let (_, expected) = complaint.split_once("expected ").expect("serde names what it expected");
    let names: BTreeSet<_> = expected.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    assert!(!names.is_empty(), "{complaint}");
    names
}

/// Of an enum told apart by a tag.
pub(crate) fn tagged<T: DeserializeOwned>(tag: &str) -> BTreeSet<String> {
    variants::<T>(json!({ tag: "?" }))
}

/// Of an enum of plain names.
pub(crate) fn named<T: DeserializeOwned>() -> BTreeSet<String> {
    variants::<T>(json!("?"))
}

/// Of an enum whose variants hold something under their name.
pub(crate) fn holding<T: DeserializeOwned>() -> BTreeSet<String> {
    variants::<T>(json!({ "?": null }))
}

/// Every text that stands under a key anywhere in a value.
pub(crate) fn texts_under(key: &str, value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(|item| texts_under(key, item)).collect(),
        Value::Object(fields) => {
            let inner = fields.values().flat_map(|field| texts_under(key, field));
            inner.chain(fields.get(key).and_then(Value::as_str).map(str::to_owned)).collect()
        }
        _ => BTreeSet::new(),
    }
}
