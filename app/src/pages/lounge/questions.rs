//! What the page asks before it does something that others notice, and the invitation.

mod invite;

use heartogether::{
    id::{DisplayName, RoomName},
    limits::{NAME_CHARS, ROOM_NAME_CHARS},
    refusal::Refusal,
};
use heartogether_client::Input;
use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_navigate;

use super::shared::{Lounge, Person, Question};
use crate::{
    components::{Button, Toast, Toasts, Variant},
    locale::{self, Key, Phrase, Value},
    routes,
    text::{action, lounge as text},
};
use invite::Invite;

/// One dialog for all of them.
#[component]
pub(super) fn Questions(lounge: Lounge) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let question = lounge.question;
    Effect::new(move |_| {
        let is_asked = question.with(Option::is_some);
        let Some(dialog) = dialog.get() else { return };
        if is_asked && !dialog.open() {
            // It fails only where it is open already.
            let _ = dialog.show_modal();
        } else if !is_asked && dialog.open() {
            dialog.close();
        }
    });
    let asked = move || {
        question.get().map(|asked| match asked {
            Question::Invite => view! { <Invite lounge /> }.into_any(),
            Question::NameOneself => view! { <NameOneself lounge /> }.into_any(),
            Question::NameLounge => view! { <NameLounge lounge /> }.into_any(),
            Question::Leave => view! { <Leave lounge /> }.into_any(),
            Question::SendOut(person) => view! { <SendOut lounge person /> }.into_any(),
            Question::Ban(person) => view! { <Ban lounge person /> }.into_any(),
            asked => view! { <Simple lounge asked /> }.into_any(),
        })
    };
    view! {
        <dialog class="question" node_ref=dialog closedby="any" aria-label=text::DIALOG on:close=move |_| question.set(None)>
            {asked}
        </dialog>
    }
    .into_any()
}

/// What is asked, and two answers.
#[component]
fn Ask(
    lounge: Lounge,
    #[prop(into)] heading: Phrase,
    #[prop(into)] hint: Phrase,
    /// What doing it is called.
    yes: Key,
    #[prop(into)] on_yes: Callback<()>,
) -> impl IntoView {
    let close = move || lounge.question.set(None);
    let act = move |_| {
        close();
        on_yes.run(());
    };
    view! {
        <div class="question-body">
            <h2>{heading}</h2>
            <p>{hint}</p>
            <div class="question-answers">
                <Button variant=Variant::Danger on:click=act>
                    {yes}
                </Button>
                <Button variant=Variant::Secondary on:click=move |_| close()>
                    {text::CANCEL}
                </Button>
            </div>
        </div>
    }
    .into_any()
}

/// What is done by one press.
#[component]
fn Simple(lounge: Lounge, asked: Question) -> impl IntoView {
    let (heading, hint, yes, input): (Phrase, Phrase, Key, Input) = match asked {
        Question::DeleteMessage(number) => {
            (text::DELETE_QUESTION.into(), text::DELETE_HINT.into(), text::DELETE, Input::MessageDeleted(number))
        }
        Question::HandOver(Person { member, name, .. }) => (
            text::hand_over_question(&name),
            text::HAND_OVER_HINT.into(),
            text::HAND_OVER,
            Input::HandOverPressed(member),
        ),
        _ => (text::END_QUESTION.into(), text::END_HINT.into(), text::END_FOR_ALL, Input::StopPressed),
    };
    view! { <Ask lounge heading hint yes on_yes=move || lounge.press(input.clone()) /> }
}

#[component]
fn Leave(lounge: Lounge) -> impl IntoView {
    let (navigate, toasts) = (use_navigate(), expect_context::<Toasts>());
    let leave = move || {
        lounge.press(Input::MembershipEnded);
        lounge.stay_out();
        toasts.show(Toast::new(text::left(lounge.title.get_untracked())));
        navigate(routes::HOME, Default::default());
    };
    let leave = StoredValue::new_local(leave);
    view! {
        <Ask
            lounge
            heading=text::LEAVE_QUESTION
            hint=text::LEAVE_HINT
            yes=text::LEAVE
            on_yes=move || leave.with_value(|leave| leave())
        />
    }
}

#[component]
fn SendOut(lounge: Lounge, person: Person) -> impl IntoView {
    let member = person.member;
    view! {
        <Ask
            lounge
            heading=text::send_out_question(&person.name)
            hint=text::SEND_OUT_HINT
            yes=text::SEND_OUT
            on_yes=move || lounge.press(Input::SendOutPressed(member))
        />
    }
}

/// The removal waits for a moment, in which it can be taken back.
#[component]
fn Ban(lounge: Lounge, person: Person) -> impl IntoView {
    let (member, name, toasts) = (person.member, Value::from(&person.name), expect_context::<Toasts>());
    let said = text::banned(name);
    let ban = move || {
        lounge.press(Input::RemovePressed(member));
        let undo = move || lounge.press(Input::UndoPressed(member));
        toasts
            .show(Toast::new(said.clone()).with_action(action::UNDO, undo).lasting(std::time::Duration::from_secs(5)));
    };
    view! {
        <Ask lounge heading=text::ban_question(&person.name) hint=text::BAN_HINT yes=text::BAN on_yes=ban />
    }
}

/// A field for a name, and what is wrong with it.
#[component]
fn NameForm(
    lounge: Lounge,
    heading: Key,
    label: Key,
    /// What it is now.
    now: String,
    most_chars: usize,
    /// Takes what was typed, or says why not.
    take: fn(&str) -> Result<Input, Refusal>,
) -> impl IntoView {
    let (field, refusal) = (NodeRef::<html::Input>::new(), RwSignal::new(None));
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        match take(&field.value()) {
            Ok(input) => {
                lounge.press(input);
                lounge.question.set(None);
            }
            Err(why) => refusal.set(Some(why)),
        }
    };
    let error = move || refusal.get().map(|why| leptos::tachys::view::IntoRender::into_render(locale::refusal(why)));
    view! {
        <form class="question-body" on:submit=save>
            <h2>{heading}</h2>
            <div class="field">
                <label class="field-label" for="new-name">
                    {label}
                </label>
                <input
                    node_ref=field
                    class="input"
                    id="new-name"
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    autofocus
                    value=now
                    maxlength=most_chars.to_string()
                    aria-describedby="new-name-error"
                    aria-invalid=move || refusal.get().map(|_| "true")
                />
                <p class="field-error" id="new-name-error" role="alert">
                    {error}
                </p>
            </div>
            <div class="question-answers">
                <Button submit=true>{text::SAVE}</Button>
                <Button variant=Variant::Secondary on:click=move |_| lounge.question.set(None)>
                    {text::CANCEL}
                </Button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn NameOneself(lounge: Lounge) -> impl IntoView {
    let now = untrack(|| lounge.oneself()).map(|person| person.name.to_string()).unwrap_or_default();
    let take = |typed: &str| DisplayName::parse(typed).map(Input::NameChosen);
    view! { <NameForm lounge heading=text::RENAME_ONESELF label=text::NAME_HERE now most_chars=NAME_CHARS take /> }
}

#[component]
fn NameLounge(lounge: Lounge) -> impl IntoView {
    let name = lounge.handle.room.with_untracked(|room| room.as_ref().and_then(|room| room.name.clone()));
    let now = name.map(|name| name.to_string()).unwrap_or_default();
    let take = |typed: &str| RoomName::parse(typed).map(Input::RoomNameChosen);
    view! { <NameForm lounge heading=text::RENAME_LOUNGE label=text::LOUNGE_NAME now most_chars=ROOM_NAME_CHARS take /> }
}
