//! What pages ask server functions for.

use std::future::Future;

use leptos::prelude::Resource;
use serde::{Serialize, de::DeserializeOwned};

use super::{ApiError, json_text::JsonTextEncoding};

/// An answer of a server function, while it is awaited and later.
pub(crate) type Asked<T> = Resource<Result<T, ApiError>, JsonTextEncoding>;

/// Asks a server function, and again whenever `source` changes. The first page's answers come with its HTML.
pub(crate) fn ask<S, T, Answer>(
    source: impl Fn() -> S + Send + Sync + 'static,
    function: impl Fn(S) -> Answer + Send + Sync + 'static,
) -> Asked<T>
where
    S: Clone + PartialEq + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    Answer: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    Resource::new_with_options(source, function, false)
}
