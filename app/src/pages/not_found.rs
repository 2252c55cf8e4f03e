//! The page for unknown addresses.

use super::http_status::set_status;
use crate::{
    components::{ButtonLink, JoinForm, Page, Variant, Width},
    prelude::*,
    routes,
    text::{action, not_found as text},
};

/// Anything else.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    set_status(404);
    view! {
        <Page name="not_found" title=text::TITLE width=Width::Narrow>
            <h1>{text::HEADING}</h1>
            <p class="text-lg text-muted">{text::TEXT}</p>
            <div class="card">
                <JoinForm />
            </div>
            <ButtonLink href=routes::HOME variant=Variant::Ghost>
                {action::BACK_TO_START}
            </ButtonLink>
        </Page>
    }
}
