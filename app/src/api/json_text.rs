//! JSON as server functions answer with it, and as a page's HTML holds answers. A type is decoded by one reader alone, the
//! one that reads the server's frames, so the WebAssembly has its code once.

use codee::{Decoder, Encoder};
use heartogether::{protocol, refusal::Refusal};
use leptos::server_fn::{
    Bytes, ContentType, Decodes, Encodes, Format, FormatType,
    codec::{JsonEncoding, Post},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Error as JsonError;

/// How server functions answer.
pub(super) type JsonText = Post<JsonTextEncoding>;

/// JSON, without a word on what is wrong with it.
pub struct JsonTextEncoding;

/// The text is not what was asked for.
#[derive(Debug)]
pub struct Unreadable;

impl std::fmt::Display for Unreadable {
    fn fmt(&self, text: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        text.write_str(Refusal::FrameMalformed.code())
    }
}

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
    type Error = Unreadable;

    fn decode(bytes: Bytes) -> Result<T, Unreadable> {
        read(std::str::from_utf8(&bytes).map_err(|_| Unreadable)?)
    }
}

impl<T: Serialize> Encoder<T> for JsonTextEncoding {
    type Error = JsonError;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, JsonError> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for JsonTextEncoding {
    type Error = Unreadable;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Unreadable> {
        read(text)
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    protocol::read(text).map_err(|_| Unreadable)
}
