//! Links to the sign-in providers.

use super::{Awaited, Waiting};
use crate::{
    api::Provider,
    prelude::*,
    routes::{self, Destination},
    text::action,
};

/// A link for each provider: “Sign in with Google”. They are links of the browser's, not of the router's.
#[component]
pub fn ProviderLinks(
    /// Which.
    providers: Vec<Provider>,
    /// Where the visitor is going.
    #[prop(into)]
    next: Signal<Destination>,
    /// Whether another account is wanted than the one a provider knows.
    #[prop(optional)]
    switch: bool,
) -> impl IntoView {
    let waiting = use_context::<Waiting>();
    let link = move |provider: Provider| {
        let label = action::sign_in_with(provider.name.as_str());
        let id = provider.id.clone();
        let href = move || match switch {
            true => routes::href(&routes::switch_account(&id, next.get())),
            false => routes::href(&routes::sign_in_with(&id, next.get())),
        };
        let set_out = move |_| {
            if let Some(waiting) = waiting {
                waiting.watch(Awaited::provider(&provider, next.get_untracked(), switch));
            }
        };
        view! {
            <a class="button button-secondary" rel="external" href=href on:click=set_out>
                {label}
            </a>
        }
    };
    view! { <div class="grid gap-3">{providers.into_iter().map(link).collect_view()}</div> }.into_any()
}
