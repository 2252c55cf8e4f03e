//! How others get in: the code, its link, and the picture of the link.

use heartogether::id::RoomCode;
use leptos::{
    html::{Dialog, Input},
    prelude::*,
    task::spawn_local,
};

use crate::{
    api::JoinLink,
    browser::clipboard,
    components::{Button, Choice, CodeDisplay, Glyph, Icon, Notice, Select, Toast, Toasts, Tone, Variant},
    routes,
};

/// The code in large type, the QR code, and the link to copy or to share. A machine in several networks has several
/// addresses, of which the host knows the one that the others reach.
#[component]
pub(super) fn Invitation(
    code: RoomCode,
    /// What the QR code says too.
    link: JoinLink,
    host_name: String,
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
        <section class="card invitation" aria-label="Invitation">
            <h2>"Let others in"</h2>
            {(!is_reachable).then(|| view! { <OutOfReach /> })}
            <div class="invitation-ways">
                <QrCode code way=chosen link />
                <div class="grid gap-2">
                    <CodeDisplay code />
                    <p class="text-muted">"Scan, open the link, or enter the code on the start page."</p>
                </div>
            </div>
            {(names.len() > 1).then(|| view! { <WaySelect names chosen /> })}
            <LinkActions link host_name>
                <Button variant=Variant::Ghost on:click=enlarge>
                    <Icon glyph=Glyph::Enlarge />
                    "Show large"
                </Button>
            </LinkActions>
            <dialog class="poster" node_ref=large aria-label="The room’s code, large" closedby="any">
                <QrCode code way=chosen link />
                <p class="code" translate="no">
                    <span>{first.to_owned()}</span>
                    <span>{last.to_owned()}</span>
                </p>
                <p class="text-lg" translate="no">
                    {link}
                </p>
                <form method="dialog">
                    <Button submit=true variant=Variant::Secondary>
                        "Close"
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
        <Notice tone=Tone::Warn>
            "Only this computer can open the link below. For other devices, whoever runs this server has to set the address under which they reach it (PUBLIC_URL); or open this page under that address yourself."
        </Notice>
    }
}

/// Lets the host choose the address that is in the link.
#[component]
fn WaySelect(names: Vec<String>, chosen: RwSignal<String>) -> impl IntoView {
    let choices: Vec<Choice> = names.into_iter().map(|name| Choice::new(name.clone(), name)).collect();
    view! {
        <Select
            label="This computer’s address"
            id="way"
            choices=Signal::stored(choices)
            chosen
            on_change=move |name| chosen.set(name)
        />
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
    view! {
        <img
            class="qr"
            src=move || routes::href(&routes::qr_code(code, &way.get()))
            alt=move || format!("QR code of the link {}", link.get())
            width="240"
            height="240"
            decoding="async"
        />
    }
}

/// The link in a field that can be selected, copied and, where the system has a share sheet, shared.
#[component]
fn LinkActions(
    link: Memo<String>,
    host_name: String,
    /// Further buttons.
    children: Children,
) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    let toasts = expect_context::<Toasts>();
    let copy = move |_| {
        let Some(field) = field.get_untracked() else { return };
        spawn_local(async move {
            toasts.show(if clipboard::copy(&field.value()).await {
                Toast::new("Copied. Send the link to those who shall listen.")
            } else {
                field.select();
                Toast::new("The link is selected. Please copy it from its field.").with_tone(Tone::Warn)
            });
        });
    };
    let can_share = RwSignal::new(false);
    Effect::new(move |_| can_share.set(clipboard::can_share()));
    let share = move |_| clipboard::share(&format!("{host_name}’s room"), &link.get_untracked());
    view! {
        <input
            class="input input-link"
            type="text"
            readonly
            prop:value=link
            value=link
            aria-label="Link to the room"
            node_ref=field
            on:focus=move |_| field.get_untracked().iter().for_each(|field| field.select())
        />
        <div class="invitation-actions">
            <Button variant=Variant::Secondary on:click=copy>
                <Icon glyph=Glyph::Copy />
                "Copy link"
            </Button>
            <Show when=move || can_share.get()>
                <Button variant=Variant::Secondary on:click=share.clone()>
                    <Icon glyph=Glyph::Share />
                    "Share…"
                </Button>
            </Show>
            {children()}
        </div>
    }
}
