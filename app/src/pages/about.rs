//! What this is and how it works, in plain words.

use leptos::prelude::*;

use crate::{
    components::{ButtonLink, Page, Variant},
    routes,
};

/// `/about`
#[component]
pub fn AboutPage() -> impl IntoView {
    view! {
        <Page name="about" title="About">
            <article class="prose">
                <h1>"About HearTogether"</h1>
                <p class="text-lg">
                    "HearTogether lets anyone open a room in which others hear what they hear. There is nothing to install, and nobody needs an account to listen."
                </p>
                <h2>"How it works"</h2>
                <p>
                    "The host opens a room and picks a sound: a browser tab, the whole system, or a microphone. The room has a code of six letters and digits. Whoever enters it, or opens the link, is connected to the host and hears the sound live."
                </p>
                <h2>"Where the sound goes"</h2>
                <p>
                    "From the host’s browser straight to each listener’s browser, encrypted on the way (WebRTC). The server introduces the two to each other and never hears anything. Nothing is recorded."
                </p>
                <h2>"What it needs"</h2>
                <p>
                    "To listen: any current browser, on a phone or a computer. To share a tab: Chrome or Edge on a computer; whole-system sound depends on the system. A microphone works everywhere. Because the host’s browser sends the sound to each listener itself, a room has room for a limited number of people."
                </p>
                <h2>"When a room ends"</h2>
                <p>
                    "When the host stops it, or by itself when the host has been away or nothing has happened for long. Its code then leads nowhere."
                </p>
                <p class="flex flex-wrap gap-3 pt-4">
                    <ButtonLink href=routes::HOME>"Open a room or enter a code"</ButtonLink>
                    <ButtonLink href=routes::PRIVACY variant=Variant::Ghost>
                        "Privacy"
                    </ButtonLink>
                </p>
            </article>
        </Page>
    }
}
