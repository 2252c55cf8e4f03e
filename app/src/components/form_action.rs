//! A form's server function.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{api::ApiError, locale::Phrase};

/// What a form that calls a server function needs to show. Before hydration the form posts and the browser follows the
/// redirect; after it the same form calls in place. What went wrong is here in both cases.
pub struct FormAction<S>
where
    S: ServerFn<Error = ApiError, Output = ()> + Clone + Send + Sync + 'static,
{
    /// For the `ServerForm`.
    pub action: ServerAction<S>,
    /// Why the last call failed.
    pub error: Signal<Option<Phrase>>,
    /// Whether a call is on its way.
    pub pending: Signal<bool>,
}

impl<S> FormAction<S>
where
    S: ServerFn<Error = ApiError, Output = ()> + Clone + Send + Sync + 'static,
{
    /// Takes over the error of a form that was posted before hydration, if this page is what came of it.
    pub fn new() -> Self {
        let action = ServerAction::<S>::new();
        let value = action.value();
        let error = move || value.with(|outcome| outcome.as_ref()?.as_ref().err().map(ApiError::phrase));
        Self { action, error: Signal::derive(error), pending: action.pending().into() }
    }
}

impl<S> Default for FormAction<S>
where
    S: ServerFn<Error = ApiError, Output = ()> + Clone + Send + Sync + 'static,
{
    fn default() -> Self {
        Self::new()
    }
}
