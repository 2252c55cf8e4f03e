//! A listener's reactions and messages to the host.

use heartogether::{
    engagement::{MessageText, Reaction},
    limits::MESSAGE_TO_HOST_CHARS,
    refusal::Refusal,
};
use leptos::{ev, html, tachys::view::IntoRender};

use crate::{
    browser::RoomHandle,
    components::{Button, Variant},
    locale::{self, Locale, Value, say},
    prelude::*,
    text::listen as text,
};
use heartogether_client::{Input, MessageState, OwnMessage};

/// Messages of one's own that stay in sight.
const SHOWN: usize = 5;

/// Reactions, the message form and what became of one's messages.
#[component]
pub(super) fn Engagement(handle: RoomHandle) -> impl IntoView {
    let notice = move || handle.engagement_notice.get().map(|notice| locale::refusal(notice).into_render());
    view! {
        <section class="card" aria-label=text::TO_HOST>
            <Reactions handle />
            <MessageForm handle />
            <p class="field-hint" role="status">
                {notice}
            </p>
            <OwnMessages handle />
        </section>
    }
    .into_any()
}

#[component]
fn Reactions(handle: RoomHandle) -> impl IntoView {
    let expanded = RwSignal::new(false);
    let buttons = move |reactions: &'static [Reaction]| {
        reactions.iter().map(|reaction| reaction_button(handle, *reaction)).collect_view()
    };
    view! {
        <div class="reactions" role="group" aria-label=text::REACTIONS>
            {buttons(Reaction::quick())}
            <button
                type="button"
                class="reaction"
                aria-label=text::MORE_REACTIONS
                aria-expanded=move || if expanded.get() { "true" } else { "false" }
                on:click=move |_| expanded.update(|expanded| *expanded = !*expanded)
            >
                {move || if expanded.get() { "−" } else { "+" }}
            </button>
            <Show when=move || expanded.get()>{buttons(Reaction::more())}</Show>
        </div>
    }
    .into_any()
}

fn reaction_button(handle: RoomHandle, reaction: Reaction) -> impl IntoView {
    let chosen = move || handle.chosen_reaction.get() == Some(reaction);
    view! {
        <button
            type="button"
            class="reaction"
            aria-label=text::react(reaction.emoji())
            aria-pressed=move || if chosen() { "true" } else { "false" }
            on:click=move |_| handle.press(Input::ReactionPressed(reaction))
        >
            {reaction.emoji()}
        </button>
    }
    .into_any()
}

#[component]
fn MessageForm(handle: RoomHandle) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let length = RwSignal::new(0);
    let refusal = RwSignal::new(None::<Refusal>);
    let is_long = move || length.get() > MESSAGE_TO_HOST_CHARS;
    let measure = move |text: &str| {
        length.set(MessageText::length_in_one_line(text));
        refusal.set(None);
    };
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        match MessageText::parse(&field.value()).map(|text| text.in_one_line()) {
            Err(why) => refusal.set(Some(why)),
            Ok(text) if text.chars() > MESSAGE_TO_HOST_CHARS => refusal.set(Some(Refusal::MessageTooLong)),
            Ok(text) => {
                handle.press(Input::MessageWritten { text, pictures: Vec::new(), reply_to: None });
                field.set_value("");
                measure("");
            }
        }
        // Whoever writes again need not look for the field.
        let _ = field.focus();
    };
    let error = move || refusal.get().or_else(|| is_long().then_some(Refusal::MessageTooLong));
    view! {
        <form class="field" on:submit=send>
            <div class="flex items-baseline justify-between">
                <label class="field-label" for="message">
                    {text::MESSAGE}
                </label>
                <span class="text-sm text-muted tabular-nums" data-testid="message-length" id="message-length">
                    {say(move || text::length(length.get(), MESSAGE_TO_HOST_CHARS))}
                </span>
            </div>
            <div class="flex gap-3">
                <input
                    node_ref=field
                    class="input"
                    id="message"
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    enterkeyhint="send"
                    aria-describedby="message-length message-error"
                    aria-invalid=move || error().map(|_| "true")
                    on:input=move |event| measure(&event_target_value(&event))
                />
                <Button submit=true variant=Variant::Secondary>
                    {text::SEND}
                </Button>
            </div>
            <p class="field-error" id="message-error" role="alert">
                {move || error().map(|error| locale::refusal(error).into_render())}
            </p>
        </form>
    }
    .into_any()
}

/// The latest messages with how far they have come.
#[component]
fn OwnMessages(handle: RoomHandle) -> impl IntoView {
    let latest = move || {
        handle.own_messages.with(|own| {
            let rows = own.iter().rev().take(SHOWN).rev().map(own_message);
            rows.collect_view()
        })
    };
    view! {
        <ol class="grid gap-2" aria-label=text::OWN_MESSAGES aria-live="polite">
            {latest}
        </ol>
    }
    .into_any()
}

fn own_message(message: &OwnMessage) -> impl IntoView + use<> {
    let (state, said) = match message.state {
        MessageState::Sending => ("sending", text::SENDING),
        MessageState::Sent => ("sent", text::SENT),
        MessageState::Delivered => ("delivered", text::DELIVERED),
    };
    let (words, locale) = (Value::from(&message.text), Locale::current());
    view! {
        <li class="flex items-baseline justify-between gap-3" data-testid="own-message" data-state=state>
            <span class="chat-text min-w-0" dir="auto">
                {move || locale.write(&words)}
            </span>
            <span class="text-sm text-muted">{said}</span>
        </li>
    }
}
