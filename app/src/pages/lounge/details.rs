//! Who is there, and what can be set.

use heartogether_client::SignalingState;
use leptos::{prelude::*, task::spawn_local};

use super::{
    members::Members,
    notification::{self, Notifying},
    shared::{Lounge, Question},
};
use crate::{
    api::mute_lounge,
    components::{CodeDisplay, Glyph, Icon, IconButton, Toast, Toasts, Tone},
    locale::Key,
    text::{action, lounge as text},
};

/// The column beside the conversation.
#[component]
pub(super) fn Details(lounge: Lounge) -> impl IntoView {
    view! {
        <aside class="details" aria-label=text::DETAILS>
            <div class="details-head only-not-wide">
                <IconButton label=action::CLOSE glyph=Glyph::Close on:click=move |_| lounge.sheet.set(None) />
            </div>
            <Members lounge />
            <div class="details-settings">
                <Settings lounge />
                <div class="details-code">
                    <CodeDisplay code=lounge.code small=true />
                    <p class="field-hint">{text::LASTS}</p>
                </div>
            </div>
        </aside>
    }
    .into_any()
}

#[component]
fn Settings(lounge: Lounge) -> impl IntoView {
    let ask = move |question: Question| move |_| lounge.question.set(Some(question.clone()));
    let choice = move |glyph: Glyph, label: Key, question: Question| {
        view! {
            <button type="button" class="action" on:click=ask(question)>
                <Icon glyph />
                {label}
            </button>
        }
    };
    let is_owner = lounge.is_owner;
    let is_attached = move || lounge.handle.signaling_state.get() == SignalingState::Attached;
    view! {
        <Mute lounge />
        <Notify />
        {choice(Glyph::Edit, text::RENAME_ONESELF, Question::NameOneself)}
        <Show when=move || is_owner.get()>
            {choice(Glyph::Edit, text::RENAME_LOUNGE, Question::NameLounge)} {choice(Glyph::Delete, text::END, Question::Delete)}
        </Show>
        <Show when=move || !is_owner.get()>
            <button type="button" class="action" disabled=move || !is_attached() on:click=ask(Question::Leave)>
                <Icon glyph=Glyph::Leave />
                {text::LEAVE}
            </button>
        </Show>
    }
    .into_any()
}

/// Whether the lounge is quiet, on every page of the account.
#[component]
fn Mute(lounge: Lounge) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let muted = lounge.muted;
    let toggle = move |_| {
        let now = !muted.get_untracked();
        muted.set(now);
        spawn_local(async move {
            if let Err(error) = mute_lounge(lounge.code.to_string(), now).await {
                _ = muted.try_set(!now);
                toasts.show(Toast::new(error.phrase()).with_tone(Tone::Warn));
            }
        });
    };
    view! {
        <button type="button" class="action" role="switch" aria-checked=move || if muted.get() { "true" } else { "false" } on:click=toggle>
            <Icon glyph=Glyph::BellOff />
            <span class="action-label">{text::MUTE}</span>
            <span class="switch" aria-hidden="true"></span>
        </button>
    }
    .into_any()
}

/// Whether the system tells of answers and of being spoken to, where it can.
#[component]
fn Notify() -> impl IntoView {
    let state = RwSignal::new(Notifying::Missing);
    Effect::new(move |_| state.set(notification::state()));
    let toggle = move |_| {
        let on = state.get_untracked() != Notifying::On;
        notification::switch(on, move |now| _ = state.try_set(now));
    };
    let is_there = Memo::new(move |_| state.get() != Notifying::Missing);
    let is_forbidden = Memo::new(move |_| state.get() == Notifying::Forbidden);
    view! {
        <Show when=move || is_there.get()>
            <button
                type="button"
                class="action"
                role="switch"
                aria-checked=move || if state.get() == Notifying::On { "true" } else { "false" }
                disabled=move || is_forbidden.get()
                on:click=toggle
            >
                <Icon glyph=Glyph::Bell />
                <span class="action-label">{text::NOTIFY}</span>
                <span class="switch" aria-hidden="true"></span>
            </button>
        </Show>
        <Show when=move || is_forbidden.get()>
            <p class="field-hint">{text::NOTIFY_FORBIDDEN}</p>
        </Show>
    }
    .into_any()
}
