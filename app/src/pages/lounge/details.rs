//! Who is there, and what can be set.

use heartogether_client::Input;
use leptos::task::spawn_local;

use super::{
    erased::{Attribute, Press, action as menu_line, effect, flag, icon_button, part_when, press, switch},
    members::members,
    notification::{self, Notifying},
    shared::{Lounge, Question},
};
use crate::{
    api::mute_lounge,
    components::{CodeDisplay, Glyph, Icon, Toast, Toasts, Tone},
    locale::Key,
    prelude::*,
    text::{action, lounge as text},
};

/// The column beside the conversation.
pub(super) fn details(lounge: Lounge) -> AnyView {
    view! {
        <aside class="details" aria-label=text::DETAILS>
            <div class="details-head only-not-wide">
                {icon_button(Glyph::Close, action::CLOSE, press(move |_| lounge.sheet.set(None)))}
            </div>
            {members(lounge)}
            <div class="details-settings">
                {settings(lounge)}
                <div class="details-code">
                    <CodeDisplay code=lounge.code small=true />
                    <p class="field-hint">{lounge.lasts()}</p>
                </div>
            </div>
        </aside>
    }
    .into_any()
}

fn settings(lounge: Lounge) -> AnyView {
    let choice = move |glyph: Glyph, label: Key, question: Question| {
        menu_line(glyph, label, press(move |_| lounge.question.set(Some(question.clone()))))
    };
    let for_owner = move || {
        view! {
            {ask_first(lounge)}
            {choice(Glyph::Edit, text::RENAME_LOUNGE, Question::NameLounge)}
            {choice(Glyph::Delete, text::END, Question::Delete)}
        }
        .into_any()
    };
    let for_others = move || choice(Glyph::Leave, text::LEAVE, Question::Leave);
    view! {
        {mute(lounge)}
        {notify()}
        {choice(Glyph::Edit, text::RENAME_ONESELF, Question::NameOneself)}
        {part_when(move || lounge.is_owner.get(), for_owner)}
        {part_when(move || !lounge.is_owner.get(), for_others)}
    }
    .into_any()
}

/// Something that is on or off.
fn toggle(glyph: Glyph, label: Key, is_on: Attribute, is_disabled: Attribute, act: Press) -> AnyView {
    view! {
        <button type="button" class="action" role="switch" aria-checked=is_on disabled=is_disabled on:click=act>
            <Icon glyph />
            <span class="action-label">{label}</span>
            <span class="switch" aria-hidden="true"></span>
        </button>
    }
    .into_any()
}

/// Whether the owner is asked before somebody comes in.
fn ask_first(lounge: Lounge) -> AnyView {
    let is_on = move || lounge.handle.room.with(|room| room.as_ref().is_some_and(|room| room.asks_first));
    let act = press(move |_| lounge.press(Input::AskFirstChosen(!untrack(is_on))));
    let hint = || view! { <p class="field-hint">{text::ASK_FIRST_HINT}</p> }.into_any();
    view! {
        {toggle(Glyph::Person, text::ASK_FIRST, switch(is_on), flag(|| false), act)}
        {part_when(is_on, hint)}
    }
    .into_any()
}

/// Whether the lounge is quiet, on every page of the account.
fn mute(lounge: Lounge) -> AnyView {
    let (toasts, muted) = (expect_context::<Toasts>(), lounge.muted);
    let act = press(move |_| {
        let now = !muted.get_untracked();
        muted.set(now);
        spawn_local(async move {
            if let Err(error) = mute_lounge(lounge.code.to_string(), now).await {
                _ = muted.try_set(!now);
                toasts.show(Toast::new(error.phrase()).with_tone(Tone::Warn));
            }
        });
    });
    toggle(Glyph::BellOff, text::MUTE, switch(move || muted.get()), flag(|| false), act)
}

/// Whether the system tells of answers and of being spoken to, where it can.
fn notify() -> AnyView {
    let state = RwSignal::new(Notifying::Missing);
    effect(move || state.set(notification::state()));
    let is_forbidden = move || state.get() == Notifying::Forbidden;
    let shown = move || {
        let act = press(move |_| {
            let on = state.get_untracked() != Notifying::On;
            notification::switch(on, move |now| _ = state.try_set(now));
        });
        toggle(Glyph::Bell, text::NOTIFY, switch(move || state.get() == Notifying::On), flag(is_forbidden), act)
    };
    let hint = || view! { <p class="field-hint">{text::NOTIFY_FORBIDDEN}</p> }.into_any();
    view! {
        {part_when(move || state.get() != Notifying::Missing, shown)}
        {part_when(is_forbidden, hint)}
    }
    .into_any()
}
