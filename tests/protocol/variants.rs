//! The variants of a type of the protocol. The type itself lists them in its error for an unknown variant, so no list
//! has to be maintained.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The names of an enum's variants on the wire, from `unknown variant …, expected one of …`.
pub(crate) fn named<T: DeserializeOwned>() -> BTreeSet<String> {
    let complaint = serde_json::from_value::<T>(json!("?")).err().expect("nothing is called `?`").to_string();
    let (_, expected) = complaint.split_once("expected ").expect("serde names what it expected");
    let names: BTreeSet<_> = expected.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    assert!(!names.is_empty(), "{complaint}");
    names
}

/// The name of a variant on the wire: the only key of an object, or a plain text.
pub(crate) fn tag_of(value: &Value) -> String {
    match value {
        Value::String(tag) => tag.clone(),
        Value::Object(tagged) if tagged.len() == 1 => tagged.keys().next().cloned().unwrap_or_default(),
        other => panic!("{other} has no tag"),
    }
}

/// The names of the variants that values have at a place, given as a JSON pointer (RFC 6901).
pub(crate) fn tags_at<'a>(place: &str, values: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
    values.into_iter().filter_map(|value| value.pointer(place)).map(tag_of).collect()
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
