//! JSON as server functions answer with it.

use leptos::server_fn::{
    Bytes, ContentType, Decodes, Encodes, Format, FormatType,
    codec::{JsonEncoding, Post},
};
use serde::{Serialize, de::DeserializeOwned, de::Error};
use serde_json::Error as JsonError;

/// How server functions answer.
pub(super) type JsonText = Post<JsonTextEncoding>;

/// [`JsonEncoding`] that is read as text, not as bytes. What a page's HTML holds is read as text too: so a type is decoded by
/// one reader alone, and the WebAssembly has its code once.
pub struct JsonTextEncoding;

impl ContentType for JsonTextEncoding {
    const CONTENT_TYPE: &'static str = JsonEncoding::CONTENT_TYPE;
}

impl FormatType for JsonTextEncoding {
    const FORMAT_TYPE: Format = JsonEncoding::FORMAT_TYPE;
}

impl<T: Serialize> Encodes<T> for JsonTextEncoding {
    type Error = JsonError;

    fn encode(output: &T) -> Result<Bytes, JsonError> {
        JsonEncoding::encode(output)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonTextEncoding {
    type Error = JsonError;

    fn decode(bytes: Bytes) -> Result<T, JsonError> {
        serde_json::from_str(std::str::from_utf8(&bytes).map_err(JsonError::custom)?)
    }
}
