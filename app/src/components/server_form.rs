//! A form that calls a server function.

use leptos::ev::SubmitEvent;

use super::form_action::FormPost;
use crate::{browser::form_post, prelude::*, routes};

/// A form that calls a server function with its fields as arguments. Without a script the browser posts the form; with a
/// script the page calls the function and stays. Unlike Leptos' `ActionForm`, it also works where the site has a base path.
#[component]
pub fn ServerForm(
    /// The call.
    action: FormPost,
    /// The fields, and the button.
    children: Children,
) -> impl IntoView {
    let call = move |event: SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        if let Some(fields) = form_post::fields(&event) {
            event.prevent_default();
            action.dispatch(fields);
        }
    };
    view! {
        <form method="post" action=routes::href(action.path) on:submit=call>
            {children()}
        </form>
    }
    .into_any()
}
