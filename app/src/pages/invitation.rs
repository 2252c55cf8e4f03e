//! The invitation to a room: its code, its link, and the QR code of the link.

use heartogether::id::RoomCode;
use leptos::{
    html::{Dialog, Input},
    task::spawn_local,
};

use super::needs_code::NeedsCode;
use crate::{
    api::JoinLink,
    browser::{RoomHandle, clipboard},
    components::{Button, Choice, CodeDisplay, Glyph, Icon, Notice, Select, Toast, Toasts, Tone, Variant},
    locale::{Locale, Phrase},
    prelude::*,
    routes,
    text::{action, invitation as text},
};

/// The code in large type, the QR code, and the link to copy or to share. A machine in several networks has several
/// addresses, of which the host knows the one that the others reach.
#[component]
pub(crate) fn Invitation(
    handle: RoomHandle,
    code: RoomCode,
    /// What the QR code says too.
    link: JoinLink,
    /// What the share sheet calls it.
    #[prop(into)]
    title: Phrase,
) -> impl IntoView {
    let large = NodeRef::<Dialog>::new();
    let letters = code.to_string();
    let (first, last) = letters.split_at(RoomCode::LENGTH / 2);
    let enlarge = move |_| {
        if let Some(dialog) = large.get_untracked() {
            // It fails only where it is open already.
            let _ = dialog.show_modal();
        }
    };
    let JoinLink { link, ways, is_reachable } = link;
    let names: Vec<String> = ways.iter().map(|way| way.name.clone()).collect();
    let chosen = RwSignal::new(names.first().cloned().unwrap_or_default());
    let link = Memo::new(move |_| {
        let way = chosen.with(|chosen| ways.iter().find(|way| way.name == *chosen).map(|way| way.link.clone()));
        way.unwrap_or_else(|| link.clone())
    });
    view! {
        <section class="card invitation" aria-label=text::LABEL>
            <h2>{text::HEADING}</h2>
            {(!is_reachable).then(|| view! { <OutOfReach /> })}
            <div class="invitation-ways">
                <QrCode code way=chosen link />
                <div class="grid gap-2">
                    <CodeDisplay code />
                    <p class="text-muted">{text::HINT}</p>
                </div>
            </div>
            {(names.len() > 1).then(|| view! { <WaySelect handle names chosen /> })}
            <LinkActions handle link title>
                <Button variant=Variant::Ghost on:click=enlarge>
                    <Icon glyph=Glyph::Enlarge />
                    {text::ENLARGE}
                </Button>
            </LinkActions>
            <dialog class="poster" node_ref=large aria-label=text::LARGE closedby="any">
                <QrCode code way=chosen link />
                <p class="code" translate="no">
                    <span>{first.to_owned()}</span>
                    <span>{last.to_owned()}</span>
                </p>
                <p class="text-lg" translate="no">
                    {move || link.get()}
                </p>
                <form method="dialog">
                    <Button submit=true variant=Variant::Secondary>
                        {action::CLOSE}
                    </Button>
                </form>
            </dialog>
        </section>
    }
}

/// Says that the link leads nowhere from other devices.
#[component]
fn OutOfReach() -> impl IntoView {
    view! {
        <Notice tone=Tone::Warn>{text::OUT_OF_REACH}</Notice>
    }
}

/// Lets the host choose the address that is in the link.
#[component]
fn WaySelect(handle: RoomHandle, names: Vec<String>, chosen: RwSignal<String>) -> impl IntoView {
    let choices: Vec<Choice> = names.into_iter().map(|name| Choice::new(name.clone(), name)).collect();
    view! {
        <NeedsCode handle>
            <Select
                label=text::WAY
                id="way"
                choices=Signal::stored(choices)
                chosen
                on_change=move |name| chosen.set(name)
            />
        </NeedsCode>
    }
}

/// Drawn by the server, black on white in every theme: that is what cameras read.
#[component]
fn QrCode(
    code: RoomCode,
    /// The way that the link leads by.
    way: RwSignal<String>,
    link: Memo<String>,
) -> impl IntoView {
    let locale = Locale::current();
    view! {
        <img
            class="qr"
            src=move || routes::href(&routes::qr_code(code, &way.get()))
            alt=move || locale.say(text::qr_code(link.get()))
            width="240"
            height="240"
            decoding="async"
        />
    }
}

/// The link in a field that can be selected, copied and, where the system has a share sheet, shared.
#[component]
fn LinkActions(
    handle: RoomHandle,
    link: Memo<String>,
    title: Phrase,
    /// Further buttons.
    children: Children,
) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    let toasts = expect_context::<Toasts>();
    let copy = move |_| {
        let Some(field) = field.get_untracked() else { return };
        spawn_local(async move {
            toasts.show(if clipboard::copy(&field.value()).await {
                Toast::new(text::COPIED)
            } else {
                field.select();
                Toast::new(text::SELECTED).with_tone(Tone::Warn)
            });
        });
    };
    let can_share = RwSignal::new(false);
    Effect::new(move |_| can_share.set(clipboard::can_share()));
    let locale = Locale::current();
    let share = move |_| clipboard::share(&locale.say_once(title.clone()), &link.get_untracked());
    view! {
        <input
            class="input input-link"
            type="text"
            readonly
            prop:value=move || link.get()
            value=move || link.get()
            aria-label=text::LINK
            node_ref=field
            on:focus=move |_| field.get_untracked().iter().for_each(|field| field.select())
        />
        <div class="invitation-actions">
            <NeedsCode handle>
                <Button variant=Variant::Secondary on:click=copy>
                    <Icon glyph=Glyph::Copy />
                    {text::COPY}
                </Button>
                <Show when=move || can_share.get()>
                    <Button variant=Variant::Secondary on:click=share.clone()>
                        <Icon glyph=Glyph::Share />
                        {text::SHARE}
                    </Button>
                </Show>
                {children()}
            </NeedsCode>
        </div>
    }
}
