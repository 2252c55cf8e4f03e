//! The bar above every page: the way home, and who the visitor is.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::icon::Mark;
use crate::{
    api::{Account, ApiError, current_account},
    routes,
};

/// Who the visitor is. Provided by the app to every page.
#[derive(Clone, Copy)]
pub struct Session {
    account: Resource<Result<Option<Account>, ApiError>>,
}

impl Session {
    /// Asks the server who the visitor is and provides the answer as context. Whoever is signed out is asked for again
    /// on every change to another page than the sign-in, for that is how a sign-in ends.
    pub fn provide() -> Self {
        let account = Resource::new(|| (), |()| current_account());
        let path = use_location().pathname;
        Effect::new(move |left: Option<String>| {
            // Read and not only tracked: a memo that nobody reads never learns of a change.
            let here = path.get();
            let signed_out = account.with_untracked(|found| !matches!(found, Some(Ok(Some(_)))));
            if left.is_some() && signed_out && here != routes::LOGIN {
                account.refetch();
            }
            here
        });
        let session = Self { account };
        provide_context(session);
        session
    }

    /// The account as far as it is known. Reads reactively; inside a `Suspense` it waits.
    pub fn account(self) -> Option<Account> {
        self.account.get().and_then(Result::ok).flatten()
    }

    /// Whether the visitor is known to be signed in. Does not read reactively.
    pub fn is_signed_in(self) -> bool {
        self.account.with_untracked(|found| matches!(found, Some(Ok(Some(_)))))
    }
}

/// The way home on the left, the visitor's name on the right.
#[component]
pub fn Header() -> impl IntoView {
    let session = expect_context::<Session>();
    let who = move || match session.account() {
        Some(account) => view! { <bdi class="truncate text-muted">{account.name.to_string()}</bdi> }.into_any(),
        None => view! { <a href=routes::LOGIN>"Sign in"</a> }.into_any(),
    };
    view! {
        <header class="bar">
            <a class="brand" href=routes::HOME>
                <Mark />
                "HearTogether"
            </a>
            <nav class="flex min-w-0 items-center" aria-label="Account">
                <Transition>{who}</Transition>
            </nav>
        </header>
    }
}
