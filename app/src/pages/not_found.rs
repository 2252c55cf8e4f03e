//! The page for addresses that lead nowhere.

use leptos::prelude::*;

use crate::{
    components::{ButtonLink, JoinForm, Page, Variant, Width},
    routes,
};

/// Makes the answer an HTTP 404. Only before the first byte has left: on routes that are rendered as a whole.
pub fn answer_not_found() {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
}

/// Anything else.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    answer_not_found();
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
