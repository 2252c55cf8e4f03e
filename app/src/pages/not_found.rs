//! The page for addresses that lead nowhere.

use leptos::prelude::*;

use super::http_status::set_status;
use crate::{
    components::{ButtonLink, JoinForm, Page, Variant, Width},
    routes,
};

/// Anything else.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    set_status(404);
    view! {
        <Page name="not_found" title="Page not found" width=Width::Narrow>
            <h1>"There is nothing here"</h1>
            <p class="text-lg text-muted">
                "The address may have a typing mistake, or the page is gone. If you were given a room code, enter it here."
            </p>
            <div class="card">
                <JoinForm />
            </div>
            <ButtonLink href=routes::HOME variant=Variant::Ghost>
                "Back to the start"
            </ButtonLink>
        </Page>
    }
}
