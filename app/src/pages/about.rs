//! Explains what HearTogether is and how it works.

use crate::{
    components::{ButtonLink, Page, Variant},
    prelude::*,
    routes,
    text::{about as text, frame},
};

/// `/about`
#[component]
pub fn AboutPage() -> impl IntoView {
    view! {
        <Page name="about" title=frame::ABOUT>
            <article class="prose">
                <h1>{text::TITLE}</h1>
                <p class="text-lg">{text::LEAD}</p>
                <h2>{text::HOW}</h2>
                <p>{text::HOW_TEXT}</p>
                <h2>{text::SOUND}</h2>
                <p>{text::SOUND_TEXT}</p>
                <h2>{text::NEEDS}</h2>
                <p>{text::NEEDS_TEXT}</p>
                <h2>{text::END}</h2>
                <p>{text::END_TEXT}</p>
                <p class="flex flex-wrap gap-3 pt-4">
                    <ButtonLink href=routes::HOME>{text::START}</ButtonLink>
                    <ButtonLink href=routes::PRIVACY variant=Variant::Ghost>
                        {frame::PRIVACY}
                    </ButtonLink>
                </p>
            </article>
        </Page>
    }
}
