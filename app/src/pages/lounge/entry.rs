//! The way in for who is no member, or not any more.

mod name_form;

use heartogether::refusal::Refusal;

use super::{
    erased::{part, press, said},
    head::connection,
    shared::Lounge,
    standing::{Standing, WayIn},
};
use crate::{
    components::{Avatar, Button, ButtonLink, CodeDisplay, Notice, Tone, Variant},
    locale::{self, Around, Key},
    prelude::*,
    routes::{self, Destination},
    text::{action, lounge as text},
};
use name_form::NameForm;

/// What the lounge is, and what the visitor can do to come in. A link alone makes nobody a member.
pub(super) fn card(lounge: Lounge) -> AnyView {
    let (count, owner, is_full, asks_first) = lounge.summary.with_value(|room| {
        // The owner is one of them, and no listener.
        (room.listener_count, room.host_name.clone(), room.is_full_for_visitor(), room.asks_first)
    });
    let refusal = move || match lounge.standing.get() {
        Standing::Refused(refusal) => Some(refusal),
        _ => is_full.then_some(Refusal::RoomFull),
    };
    let waits = Memo::new(move |_| lounge.standing.get() == Standing::Waiting);
    let is_asking = Memo::new(move |_| matches!(lounge.standing.get(), Standing::Asking | Standing::Waiting));
    let told = move || match refusal().filter(|refusal| *refusal != Refusal::NameTaken) {
        _ if waits.get() => view! { <Notice>{text::WAITS}</Notice> }.into_any(),
        _ if is_asking.get() => view! { <Notice>{text::CONNECTS}</Notice> }.into_any(),
        Some(refusal) => view! { <Notice tone=Tone::Warn>{locale::refusal(refusal)}</Notice> }.into_any(),
        None if asks_first => view! { <p class="text-sm text-muted">{text::OWNER_DECIDES}</p> }.into_any(),
        None => ().into_any(),
    };
    let way = Memo::new(move |_| refusal().map_or(WayIn::Ask, WayIn::after));
    let ways = move || if is_asking.get() { waiting(lounge) } else { way_in(lounge, way.get()) };
    view! {
        <div class="card lounge-card">
            {part(move || view! { <Avatar name=lounge.title.get() picture=None /> }.into_any())}
            <h1 dir="auto">
                <bdi translate="no">{said(move || lounge.title.get())}</bdi>
            </h1>
            <p class="text-muted">
                <Around text=text::by name=&owner />
                " · "
                {text::members_count(count)}
            </p>
            {part(told)}
            {part(ways)}
            <CodeDisplay code=lounge.code small=true />
            <p class="text-sm text-muted">{lounge.lasts()}</p>
        </div>
    }
    .into_any()
}

/// What can be done until the owner has answered.
fn waiting(lounge: Lounge) -> AnyView {
    let give_up = press(move |_| lounge.give_up());
    view! {
        {connection(lounge)}
        <Button variant=Variant::Secondary on:click=give_up>
            {text::STOP_WAITING}
        </Button>
    }
    .into_any()
}

/// The button or the link that helps.
fn way_in(lounge: Lounge, way: WayIn) -> AnyView {
    let again = |label: Key| {
        let again = press(move |_| lounge.go_in());
        view! { <Button on:click=again>{label}</Button> }
    };
    let home = move || {
        view! {
            <ButtonLink href=routes::HOME variant=Variant::Ghost>
                {action::BACK_TO_START}
            </ButtonLink>
        }
    };
    match way {
        WayIn::Ask => view! { <NameForm lounge /> }.into_any(),
        WayIn::TryAgain => view! { {again(action::TRY_AGAIN)} {home()} }.into_any(),
        WayIn::OpenHere => view! { {again(text::OPEN_HERE)} {home()} }.into_any(),
        WayIn::SignIn => {
            // A whole new page, since this one believes that it knows who the visitor is.
            view! {
                <ButtonLink href=routes::login_then(Destination::Lounge(lounge.code)) attr:rel="external">
                    {action::SIGN_IN}
                </ButtonLink>
            }
            .into_any()
        }
        WayIn::Reload => {
            let reload = press(move |_| _ = window().location().reload());
            view! { <Button on:click=reload>{action::RELOAD}</Button> }.into_any()
        }
        WayIn::None => home().into_any(),
    }
}
