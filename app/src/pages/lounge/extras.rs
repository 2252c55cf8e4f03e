//! What is drawn only where somebody asks for it. Its code is loaded then.

use heartogether::id::RoomCode;
use leptos::{
    task::spawn_local,
    wasm_split::{SplitLoaderError, wasm_split},
};

use wasm_bindgen::JsValue;

use super::{
    emoji_picker::emoji_picker,
    icon::count_on_icon,
    later::later,
    message_actions::actions,
    notices::{self, About, Notice},
    over::over,
    paste::markdown_of,
    pictures::{adding, viewer::viewer},
    preview::preview,
    questions::question,
    rows::RowKey,
    shared::{Lounge, Question},
};
use crate::prelude::*;

/// What there is.
#[derive(Clone, Copy)]
pub(super) struct Extras {
    /// What the page asks, or shows over the conversation.
    pub(super) question: fn(Lounge, Question) -> AnyView,
    /// That the lounge has ended.
    pub(super) over: fn(Lounge) -> AnyView,
    /// What can be done with a message.
    pub(super) actions: fn(Lounge, RowKey) -> AnyView,
    /// The emoji to choose from: calls the first for each that is chosen, and the second when the visitor is done.
    pub(super) picker: fn(Callback<String>, Callback<()>) -> AnyView,
    /// What the text that is written would look like as a message: calls for it whenever it has changed.
    pub(super) preview: fn(Lounge, Callback<(), String>) -> AnyView,
    /// The Markdown for another program's HTML, if there is something in it.
    pub(super) markdown: fn(&str) -> Option<String>,
    /// Adds files to the message that the visitor writes.
    pub(super) add: fn(Lounge, Vec<JsValue>),
    /// The pictures that were added.
    pub(super) added: fn(Lounge) -> AnyView,
    /// A message's pictures as large as the page.
    pub(super) viewer: fn(Lounge) -> AnyView,
    /// Shows how much is unread on the page's icon.
    pub(super) count_on_icon: fn(usize),
    /// Shows a notification of the system.
    pub(super) notify: fn(Lounge, Notice),
    /// Takes it away.
    pub(super) close_notice: fn(RoomCode, About),
}

#[wasm_split(extras, wasm_split_path = leptos::wasm_split, fallible)]
fn load() -> Result<Extras, SplitLoaderError> {
    Ok(Extras {
        question,
        over,
        actions,
        picker: emoji_picker,
        preview,
        markdown: markdown_of,
        add: adding::add,
        added: adding::added,
        viewer,
        count_on_icon,
        notify: notices::show,
        close_notice: notices::close,
    })
}

/// Loads them, and acts then; with nothing if they do not come.
pub(super) fn with_extras(act: impl FnOnce(Option<Extras>) + 'static) {
    once_loaded(Box::new(act));
}

fn once_loaded(act: Box<dyn FnOnce(Option<Extras>)>) {
    spawn_local(async move { act(load().await.ok()) });
}

/// Draws one of them as soon as the code is there.
pub(super) fn extra(draw: impl Fn(Extras) -> AnyView + Send + 'static) -> AnyView {
    later(load(), draw)
}
