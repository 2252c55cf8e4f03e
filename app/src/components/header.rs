//! The header of every page: the link to the landing page, and the visitor's account.

use super::{
    account_menu::AccountMenu,
    icon::Mark,
    session::{Session, here},
};
use crate::{
    prelude::*,
    routes,
    text::{account, action},
};

/// The way home on the left, the visitor's name with the account menu on the right.
#[component]
pub fn Header() -> impl IntoView {
    let session = expect_context::<Session>();
    let here = here();
    let who = move || {
        let view = session.view();
        match view.as_ref().and_then(|view| view.account.clone()).zip(view) {
            Some((account, view)) => view! { <AccountMenu account providers=view.providers /> }.into_any(),
            None => {
                view! { <a href=move || routes::href(&routes::login_then(here.get()))>{action::SIGN_IN}</a> }.into_any()
            }
        }
    };
    view! {
        <header class="bar">
            <a class="brand" href=routes::href(routes::HOME) translate="no">
                <Mark />
                "HearTogether"
            </a>
            <nav class="flex min-w-0 items-center" aria-label=account::LABEL>
                <Transition>{who}</Transition>
            </nav>
        </header>
    }
}
