//! A form's server function.

use leptos::{
    server_fn::{ServerFn, error::ServerFnUrlError},
    task::spawn_local,
};
use web_sys::UrlSearchParams;

use crate::{api::ApiError, browser::form_post, locale::Phrase, prelude::*, routes};

/// What a form that calls a server function needs to show. Without a script the form posts and the browser follows the
/// redirect; with one the same form calls in place. What went wrong is here in both cases.
pub struct FormAction {
    /// For the `ServerForm`.
    pub action: FormPost,
    /// Why the last call failed.
    pub error: Signal<Option<Phrase>>,
    /// Whether a call is on its way.
    pub pending: Signal<bool>,
}

/// A form's call of its server function. It sends the fields as they are, so it is the same code for each form, where the
/// framework's `ServerAction` reads them into the function's own type first.
#[derive(Clone, Copy)]
pub struct FormPost {
    /// Where the form is posted.
    pub(super) path: &'static str,
    outcome: RwSignal<Option<Result<(), ApiError>>>,
    pending: RwSignal<bool>,
}

impl FormAction {
    /// Takes over the error of a form that was posted without a script, if this page is what came of it.
    pub fn to<S: ServerFn<Error = ApiError, Output = ()>>() -> Self {
        let error = use_context::<ServerActionError>().filter(|error| error.path() == S::PATH);
        let error = error.map(|error| Err(ServerFnUrlError::decode_err(error.err())));
        let (outcome, pending) = (RwSignal::new(error), RwSignal::new(false));
        let error = move || outcome.with(|outcome| outcome.as_ref()?.as_ref().err().map(ApiError::phrase));
        let action = FormPost { path: S::url(), outcome, pending };
        Self { action, error: Signal::derive(error), pending: pending.into() }
    }
}

impl FormPost {
    /// Whether the last call succeeded.
    pub fn is_done(self) -> bool {
        self.outcome.with(|outcome| matches!(outcome, Some(Ok(()))))
    }

    /// Calls the server function, unless a call is on its way.
    pub(super) fn dispatch(self, fields: UrlSearchParams) {
        if self.pending.get_untracked() {
            return;
        }
        self.pending.set(true);
        spawn_local(async move {
            let outcome = form_post::post(&routes::href(self.path), fields).await;
            // The page may be gone by now.
            self.outcome.try_set(Some(outcome));
            self.pending.try_set(false);
        });
    }
}
