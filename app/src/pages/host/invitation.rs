//! How others get in: the code, and the link.

use std::time::Duration;

use heartogether::id::RoomCode;
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use crate::{
    components::{Button, CodeDisplay, Glyph, Icon, Variant},
    routes,
};

/// How long the button says that the link is copied.
const COPIED_FOR: Duration = Duration::from_secs(2);

/// The code in large type, and its link.
#[component]
pub(super) fn Invitation(code: RoomCode) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let link = format!("{}{}", window().location().origin().unwrap_or_default(), routes::room(code));
        spawn_local(async move {
            let copying = window().navigator().clipboard().write_text(&link);
            if JsFuture::from(copying).await.is_ok() {
                copied.try_set(true);
                set_timeout(move || _ = copied.try_set(false), COPIED_FOR);
            }
        });
    };
    view! {
        <section class="card" aria-label="Invitation">
            <h2>"Let others in"</h2>
            <p class="text-muted">"They enter this code on the start page, or open the link."</p>
            <CodeDisplay code />
            <Button variant=Variant::Secondary on:click=copy>
                {move || view! { <Icon glyph=if copied.get() { Glyph::Check } else { Glyph::Copy } /> }}
                {move || if copied.get() { "Copied" } else { "Copy link" }}
            </Button>
        </section>
    }
}
