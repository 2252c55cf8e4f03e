//! Short messages above the page that disappear by themselves. The only state here is the list of shown messages. The
//! code that shows a toast also handles its action.

use std::{sync::Arc, time::Duration};

use leptos::html;

use super::{Glyph, Icon, IconButton, Tone, focus};
use crate::{
    locale::{Key, Phrase},
    prelude::*,
    text::{action as text, frame},
};

/// Long enough to read a line, turn to it and press its button.
const USUAL: Duration = Duration::from_secs(6);
/// More than these would cover what they are about; the oldest makes room.
const MOST: usize = 3;

/// What a toast's button does.
type Press = Arc<dyn Fn() + Send + Sync>;

/// A message: one short sentence, and one thing to do about it at most.
#[derive(Clone)]
pub struct Toast {
    text: Phrase,
    tone: Tone,
    action: Option<(Key, Press)>,
    lasts: Option<Duration>,
}

impl Toast {
    /// Good news or a plain fact. It goes after six seconds, counted anew while somebody points at it or has the focus in it.
    pub fn new(text: impl Into<Phrase>) -> Self {
        Self { text: text.into(), tone: Tone::Info, action: None, lasts: Some(USUAL) }
    }

    /// How serious it is.
    #[must_use]
    pub fn with_tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// A button such as “Undo”. Pressing it does this once and takes the toast away.
    #[must_use]
    pub fn with_action(mut self, label: Key, press: impl Fn() + Send + Sync + 'static) -> Self {
        self.action = Some((label, Arc::new(press)));
        self
    }

    /// How long it stays; with `None` until it is dismissed.
    #[must_use]
    pub fn lasting(mut self, lasts: impl Into<Option<Duration>>) -> Self {
        self.lasts = lasts.into();
        self
    }
}

/// Names a toast that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ToastId(u32);

/// Shows toasts. Provided by the app to every page: `expect_context::<Toasts>()`.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<(ToastId, Toast)>>,
    last: StoredValue<u32>,
}

impl Toasts {
    /// Provides an empty list as context.
    pub fn provide() -> Self {
        let toasts = Self { shown: RwSignal::default(), last: StoredValue::new(0) };
        provide_context(toasts);
        toasts
    }

    /// Shows a toast, below those that are there.
    pub fn show(self, toast: Toast) -> ToastId {
        let id = ToastId(self.last.get_value().wrapping_add(1));
        self.last.set_value(id.0);
        self.shown.update(|shown| {
            let surplus = (shown.len() + 1).saturating_sub(MOST);
            shown.drain(..surplus);
            shown.push((id, toast));
        });
        id
    }

    /// Takes a toast away. One that is gone already is no matter.
    pub fn dismiss(self, id: ToastId) {
        self.shown.update(|shown| shown.retain(|(other, _)| *other != id));
    }
}

/// Where toasts appear: at the lower edge, over the page, which keeps as much room free below its end as they take. Each
/// is announced when there is time.
#[component]
pub fn ToastRegion(toasts: Toasts) -> impl IntoView {
    view! {
        <div class="toasts" role="status" aria-label=frame::TOASTS>
            <For each=move || toasts.shown.get() key=|(id, _)| *id let((id, toast))>
                <ShownToast toasts id toast />
            </For>
        </div>
    }
    .into_any()
}

#[component]
fn ShownToast(toasts: Toasts, id: ToastId, toast: Toast) -> impl IntoView {
    let Toast { text, tone, action, lasts } = toast;
    let (pointed_at, focused) = (RwSignal::new(false), RwSignal::new(false));
    Effect::new(move |_| {
        let leave = move || toasts.dismiss(id);
        let timer = match lasts {
            Some(lasts) if !pointed_at.get() && !focused.get() => set_timeout_with_handle(leave, lasts).ok(),
            _ => None,
        };
        on_cleanup(move || _ = timer.map(|timer| timer.clear()));
    });
    let close = move || toasts.dismiss(id);
    // However it goes, the focus may be in it.
    on_cleanup(focus::rescue_at_last);
    let (class, glyph) = match tone {
        Tone::Info => ("toast", Glyph::Check),
        Tone::Warn => ("toast toast-warn", Glyph::Alert),
        Tone::Error => ("toast toast-error", Glyph::Alert),
    };
    view! {
        <div
            class=class
            on:pointerenter=move |_| pointed_at.set(true)
            on:pointerleave=move |_| pointed_at.set(false)
            on:focusin=move |_| focused.set(true)
            on:focusout=move |_| focused.set(false)
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    close();
                }
            }
        >
            <Icon glyph />
            <p>{text}</p>
            {action.map(|(label, press)| view! { <Action close label press /> })}
            <IconButton label=text::DISMISS glyph=Glyph::Close on:click=move |_| close() />
        </div>
    }
    .into_any()
}

/// The button. Where pressing something took that away, and the focus with it, the focus comes here: what can be undone
/// is within reach of the keyboard.
#[component]
fn Action(close: impl Fn() + 'static, label: Key, press: Press) -> impl IntoView {
    let button = NodeRef::<html::Button>::new();
    Effect::new(move |_| {
        if let Some(button) = button.get() {
            focus::rescue_if_lost(move || focus::focus_on(Some(button.into())));
        }
    });
    let act = move |_| {
        close();
        press();
    };
    view! {
        <button type="button" class="toast-action" node_ref=button on:click=act>
            {label}
        </button>
    }
    .into_any()
}
