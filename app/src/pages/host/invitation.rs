//! How others get in: the code, its link, and the picture of the link.

use heartogether::id::RoomCode;
use leptos::{
    html::{Dialog, Input},
    prelude::*,
    task::spawn_local,
};

use crate::{
    client::browser::sharing,
    components::{Button, CodeDisplay, Glyph, Icon, Toast, Toasts, Tone, Variant},
    routes,
};

/// The code in large type, the QR code, and the link to copy or to share.
#[component]
pub(super) fn Invitation(
    code: RoomCode,
    /// What the QR code says too.
    link: String,
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
    view! {
        <section class="card invitation" aria-label="Invitation">
            <h2>"Let others in"</h2>
            <div class="invitation-ways">
                <QrCode code link=link.clone() />
                <div class="grid gap-2">
                    <CodeDisplay code />
                    <p class="text-muted">"Scan, open the link, or enter the code on the start page."</p>
                </div>
            </div>
            <LinkActions link=link.clone() host_name>
                <Button variant=Variant::Ghost on:click=enlarge>
                    <Icon glyph=Glyph::Enlarge />
                    "Show large"
                </Button>
            </LinkActions>
            <dialog class="poster" node_ref=large aria-label="The room’s code, large" closedby="any">
                <QrCode code link=link.clone() />
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

/// Drawn by the server, black on white in every theme: that is what cameras read.
#[component]
fn QrCode(code: RoomCode, link: String) -> impl IntoView {
    view! {
        <img
            class="qr"
            src=routes::qr_code(code)
            alt=format!("QR code of the link {link}")
            width="240"
            height="240"
            decoding="async"
        />
    }
}

/// The link in a field that can be selected, copied and, where the system has a share sheet, shared.
#[component]
fn LinkActions(
    link: String,
    host_name: String,
    /// Further buttons.
    children: Children,
) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    let toasts = expect_context::<Toasts>();
    let copy = move |_| {
        let Some(field) = field.get_untracked() else { return };
        spawn_local(async move {
            toasts.show(if sharing::copy(&field.value()).await {
                Toast::new("Copied. Send the link to those who shall listen.")
            } else {
                field.select();
                Toast::new("The link is selected. Please copy it from its field.").with_tone(Tone::Warn)
            });
        });
    };
    let can_share = RwSignal::new(false);
    Effect::new(move |_| can_share.set(sharing::can_share()));
    let shared = link.clone();
    let share = move |_| sharing::share(&format!("{host_name}’s room"), &shared);
    view! {
        <input
            class="input input-link"
            type="text"
            readonly
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
