//! The account menu: the visitor's name and provider, and the ways to sign out. Its forms and links work without a
//! script.

use leptos::html;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;

use super::{
    EmailChoice, ProviderLinks,
    button::{Button, Variant},
    session::here,
};
use crate::{
    api::{Account, Provider},
    prelude::*,
    routes,
    text::account as text,
};

/// The visitor's name, which opens the menu.
#[component]
pub(super) fn AccountMenu(account: Account, providers: Vec<Provider>) -> impl IntoView {
    let menu = NodeRef::<html::Details>::new();
    close_from_outside(menu);
    let name = account.name.to_string();
    view! {
        <details class="menu" node_ref=menu>
            <summary>
                <span class="sr-only">{text::MENU} " "</span>
                <Portrait account=account.clone() />
                <span class="truncate">{name}</span>
            </summary>
            <div class="menu-panel">
                <Who account=account.clone() />
                <WaysIn account=account.clone() providers />
                <a class="link" href=routes::href(routes::ACCOUNT)>
                    {text::PROGRAMS}
                </a>
                <form method="post" action=routes::href(routes::LOG_OUT)>
                    <Button submit=true variant=Variant::Secondary>
                        {text::LOG_OUT}
                    </Button>
                </form>
                <form method="post" action=routes::href(routes::LOG_OUT)>
                    <input type="hidden" name="everywhere" value="true" />
                    <Button submit=true variant=Variant::Ghost>
                        {text::LOG_OUT_EVERYWHERE}
                    </Button>
                </form>
                <a class="link text-sm" rel="external" download="" href=routes::href(routes::EXPORT)>
                    {text::EXPORT}
                </a>
                <Deletion />
            </div>
        </details>
    }
    .into_any()
}

/// A picture that comes from this server alone, or the first letter of the name.
#[component]
fn Portrait(account: Account) -> impl IntoView {
    let has_picture = account.has_picture();
    let letter = account.name.as_str().chars().next().map(|letter| letter.to_uppercase().to_string());
    match has_picture {
        true => view! { <img class="portrait" src=routes::href(routes::PICTURE) alt="" width="32" height="32" /> }
            .into_any(),
        false => view! { <span class="portrait" aria-hidden="true">{letter}</span> }.into_any(),
    }
}

#[component]
fn Who(account: Account) -> impl IntoView {
    let (by, email) = match account.profile {
        Some(profile) => {
            let is_shown = profile.email_shown == Some(true);
            (text::signed_in_with(profile.provider), profile.email.map(|email| (email, is_shown)))
        }
        None => (text::GUEST.into(), None),
    };
    let email = email.map(|(email, shown)| {
        view! {
            <p class="text-sm" translate="no">
                {email}
            </p>
            <EmailChoice shown />
        }
    });
    view! {
        <div class="grid min-w-0">
            <p class="font-semibold">{account.name.to_string()}</p>
            <p class="text-sm text-muted">{by}</p>
            {email}
        </div>
    }
    .into_any()
}

/// Guests are asked to sign in, others may want another account.
#[component]
fn WaysIn(account: Account, providers: Vec<Provider>) -> impl IntoView {
    let next = here();
    let switch = account.profile.map(|profile| {
        let used = providers.iter().position(|provider| provider.name == profile.provider).unwrap_or_default();
        providers.get(used).map(|provider| provider.id.clone())
    });
    match switch {
        None => view! { <ProviderLinks providers next /> }.into_any(),
        Some(None) => ().into_any(),
        Some(Some(provider)) => view! {
            <a class="link" rel="external" href=move || routes::href(&routes::switch_account(&provider, next.get()))>
                {text::SWITCH}
            </a>
        }
        .into_any(),
    }
}

/// Asks first: it cannot be undone.
#[component]
fn Deletion() -> impl IntoView {
    view! {
        <details class="grid">
            <summary class="text-sm">{text::DELETE}</summary>
            <form method="post" action=routes::href(routes::DELETE) class="grid gap-3">
                <p class="text-sm text-muted">{text::DELETE_HINT}</p>
                <Button submit=true variant=Variant::Danger>
                    {text::DELETE_ALL}
                </Button>
            </form>
        </details>
    }
    .into_any()
}

/// The menu closes when something else is pressed, on Escape, and on another page.
fn close_from_outside(menu: NodeRef<html::Details>) {
    let close = move || menu.get_untracked().filter(|menu| menu.open()).map(|menu| menu.set_open(false));
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let here = path.get();
        if before.is_some_and(|before| before != here) {
            close();
        }
        here
    });
    Effect::new(move |_| {
        let pressed = window_event_listener_untyped("pointerdown", move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            if menu.get_untracked().is_some_and(|menu| !menu.contains(target.as_ref())) {
                close();
            }
        });
        let escaped = window_event_listener(leptos::ev::keydown, move |event| {
            let was_open = event.key() == "Escape" && close().is_some();
            let summary = menu.get_untracked().and_then(|menu| menu.query_selector("summary").ok().flatten());
            if was_open {
                super::focus::focus_on(summary);
            }
        });
        on_cleanup(move || {
            pressed.remove();
            escaped.remove();
        });
    });
}
