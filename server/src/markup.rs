//! Markup in messages: rendered before a message gets into the log, and its diagrams when they are fetched. It keeps the diagrams
//! that were drawn of late, and nothing else.

mod diagram;
mod drawn;

use std::{
    num::NonZero,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    thread::available_parallelism,
};

use heartogether::{
    engagement::{MessageText, mentions},
    room::{Markup, Message},
};
use heartogether_markup::{Diagram, Limits, Rendered, VERSION, render_with};
use tokio::sync::Semaphore;

use crate::rooms::RoomHandle;
pub(crate) use diagram::diagram;
use drawn::Drawn;

/// Renders. Some milliseconds are too long for a thread that serves connections, so threads of their own do it, half as many as
/// there are processors.
pub(crate) struct Renderer {
    turns: Arc<Semaphore>,
    drawn: Arc<Mutex<Drawn>>,
}

impl Default for Renderer {
    fn default() -> Self {
        let threads = available_parallelism().map_or(1, NonZero::get).div_ceil(2);
        Self { turns: Arc::new(Semaphore::new(threads)), drawn: Arc::default() }
    }
}

impl Renderer {
    /// What the markup in a text becomes in a room. `None` if there is none, or the text is shown as it is.
    pub(crate) async fn render(&self, room: &RoomHandle, text: &MessageText) -> Option<Markup> {
        let names = room.names(text.as_str().contains('@')).await?;
        self.render_with(text, names).await
    }

    /// Renders messages anew that another version has rendered.
    pub(crate) async fn renew(&self, room: &RoomHandle, messages: &mut [Message]) {
        for Message { text, markup, .. } in messages {
            if markup.as_ref().is_some_and(is_outdated) {
                *markup = match text {
                    Some(text) => self.render(room, text).await,
                    None => None,
                };
            }
        }
    }

    async fn render_with(&self, text: &MessageText, names: Vec<String>) -> Option<Markup> {
        let find = move |text: &str| mentions(text, &names);
        let Rendered { html, version, .. } = self.work(text, find).await?;
        Some(Markup { html, version })
    }

    /// The diagrams in a text, in order.
    pub(crate) async fn diagrams(&self, text: &MessageText) -> Arc<[Diagram]> {
        let known = |drawn: &Mutex<Drawn>| drawn.lock().unwrap_or_else(PoisonError::into_inner).find(text.as_str());
        if let Some(known) = known(&self.drawn) {
            return known;
        }
        self.work(text, |_| Vec::new()).await;
        // A text without diagrams is not kept.
        known(&self.drawn).unwrap_or_default()
    }

    /// Renders on another thread, when it is this text's turn, and keeps the diagrams.
    async fn work(
        &self,
        text: &MessageText,
        find: impl Fn(&str) -> Vec<Range<usize>> + Send + 'static,
    ) -> Option<Rendered> {
        let turn = self.turns.clone().acquire_owned().await.ok()?;
        let (drawn, text) = (self.drawn.clone(), text.as_str().to_owned());
        let work = move || {
            let _turn = turn;
            let mut rendered = render_with(&text, &Limits::default(), &find)?;
            let diagrams = std::mem::take(&mut rendered.diagrams);
            drawn.lock().unwrap_or_else(PoisonError::into_inner).keep(text, diagrams);
            Some(rendered)
        };
        // A text that a thread cannot render is shown as it is.
        tokio::task::spawn_blocking(work).await.ok().flatten()
    }
}

/// Drops what another version has rendered: what this one does better may be a matter of safety.
pub(crate) fn drop_outdated(markup: &mut Option<Markup>) {
    if markup.as_ref().is_some_and(is_outdated) {
        *markup = None;
    }
}

const fn is_outdated(markup: &Markup) -> bool {
    markup.version != VERSION
}
