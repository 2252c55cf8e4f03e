//! Checks answers against the server's OpenAPI document: as much of JSON Schema as the document uses.

use serde_json::Value;

/// The document.
pub(super) struct Document(pub(super) Value);

impl Document {
    /// Panics unless the document says that a path may answer so.
    pub(super) fn check(&self, method: &str, path: &str, status: u16, answer: &Value) {
        let what = format!("{method} {path} {status}");
        let operation = &self.0["paths"][path][method.to_lowercase()];
        let response = operation["responses"].get(status.to_string());
        let response = response.unwrap_or_else(|| panic!("{what} is not documented: {answer}"));
        match response.get("content") {
            Some(content) => self.fits(&content["application/json"]["schema"], answer, &what),
            None => assert_eq!(answer, &Value::Null, "{what} has no content"),
        }
    }

    fn fits(&self, schema: &Value, value: &Value, place: &str) {
        if let Some(name) = schema["$ref"].as_str() {
            let found = name.strip_prefix('#').and_then(|pointer| self.0.pointer(pointer));
            return self.fits(found.unwrap_or_else(|| panic!("there is no {name}")), value, place);
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            other => panic!("{place}: no type is said: {other}"),
        };
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_u64() || number.is_i64() => "integer",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        assert!(types.contains(&kind), "{place}: {value} is no {types:?}");
        if let Some(allowed) = schema["enum"].as_array() {
            assert!(allowed.contains(value), "{place}: {value} is none of {allowed:?}");
        }
        for (at, item) in value.as_array().into_iter().flatten().enumerate() {
            self.fits(&schema["items"], item, &format!("{place}[{at}]"));
        }
        let (Some(object), Some(properties)) = (value.as_object(), schema["properties"].as_object()) else { return };
        for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            assert!(object.contains_key(required), "{place}: {required} is missing in {value}");
        }
        for (name, value) in object {
            match properties.get(name) {
                Some(schema) => self.fits(schema, value, &format!("{place}.{name}")),
                None => assert_ne!(schema["additionalProperties"], false, "{place}: {name} is not documented"),
            }
        }
    }
}

#[test]
fn an_answer_that_is_not_as_documented_is_noticed() {
    let document: Value = serde_json::json!({
        "paths": { "/a": { "get": { "responses": {
            "204": {},
            "200": { "content": { "application/json": { "schema": {
                "type": "object", "required": ["n"], "additionalProperties": false,
                "properties": { "n": { "type": "integer" }, "s": { "type": ["string", "null"], "enum": ["x", null] } },
            } } } },
        } } } },
    });
    let is_noticed = |status, answer: Value| {
        let document = Document(document.clone());
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| document.check("GET", "/a", status, &answer))).is_err()
    };
    assert!(!is_noticed(200, serde_json::json!({ "n": 1, "s": null })));
    assert!(!is_noticed(204, Value::Null));
    for (status, wrong) in [
        (404, serde_json::json!({ "n": 1 })),
        (204, serde_json::json!({})),
        (200, serde_json::json!({})),
        (200, serde_json::json!([])),
        (200, serde_json::json!({ "n": "1" })),
        (200, serde_json::json!({ "n": 1, "s": "y" })),
        (200, serde_json::json!({ "n": 1, "more": 1 })),
    ] {
        assert!(is_noticed(status, wrong.clone()), "{status} {wrong}");
    }
}
