//! A form that calls a server function.

use leptos::{ev::SubmitEvent, form::FromFormData, prelude::*, server_fn::ServerFn};
use serde::de::DeserializeOwned;

use crate::{api::ApiError, routes};

/// A form that calls a server function with its fields as arguments. Without a script the browser posts the form; with a
/// script the page calls the function and stays. Unlike Leptos' `ActionForm`, it also works where the site has a base path.
#[component]
pub fn ServerForm<S>(
    /// The call.
    action: ServerAction<S>,
    /// The fields, and the button.
    children: Children,
) -> impl IntoView
where
    S: ServerFn<Error = ApiError, Output: Send + Sync> + DeserializeOwned + Clone + Send + Sync + 'static,
{
    let call = move |event: SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        // What cannot be read is posted, and the server says what is wrong with it.
        if let Ok(input) = S::from_event(&event) {
            event.prevent_default();
            action.dispatch(input);
        }
    };
    view! {
        <form method="post" action=routes::href(S::url()) on:submit=call>
            {children()}
        </form>
    }
    .into_any()
}
