//! What pages and components are made of: the framework's names, with signals, memos and stored values of one type each.

pub use leptos::prelude::*;

pub use crate::held::{Memo, RwSignal, Signal, StoredValue};
