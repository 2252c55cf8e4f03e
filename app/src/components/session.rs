//! The visitor's account, and the ways to sign in. The only state here is the server's last answer.

use std::time::Duration;

use leptos::{leptos_dom::helpers::IntervalHandle, task::spawn_local};
use leptos_router::hooks::use_location;

use crate::{
    api::{Account, ApiError, Asked, SessionView, ask, current_session},
    prelude::*,
    routes::{self, Destination},
};

/// How often a page renews its session at most.
const RENEWED_AT_MOST_EVERY: Duration = Duration::from_secs(1);
/// How often at least; browsers' timers count no more than 24 days.
const RENEWED_AT_LEAST_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// Who the visitor is. Provided by the app to every page.
#[derive(Clone, Copy)]
pub struct Session {
    view: Asked<SessionView>,
    /// Whether this page has seen a sign-in succeed.
    has_begun: StoredValue<bool>,
}

impl Session {
    /// Asks the server who the visitor is and provides the answer as context. Whoever is signed out is asked for again
    /// on every change to another page than the sign-in, for that is how a sign-in ends.
    pub fn provide() -> Self {
        let view = ask(|| (), |()| current_session());
        let session = Self { view, has_begun: StoredValue::new(false) };
        let path = use_location().pathname;
        Effect::new(move |left: Option<String>| {
            // Read and not only tracked: a memo that nobody reads never learns of a change.
            let here = routes::within(&path.get());
            if left.is_some() && !session.is_signed_in() && here != routes::LOGIN {
                view.refetch();
            }
            here
        });
        Effect::new(move |_| session.renew_in_time());
        provide_context(session);
        session
    }

    /// The account as far as it is known. Reads reactively; inside a `Suspense` it waits.
    pub fn account(self) -> Option<Account> {
        self.view()?.account
    }

    /// What the server said, if it did. Reads reactively; inside a `Suspense` it waits.
    pub fn view(self) -> Option<SessionView> {
        self.view.get().and_then(Result::ok)
    }

    /// Asks again before the session runs out: a page may stay open for longer, and only requests renew it.
    fn renew_in_time(self) {
        let due_in = self.view().filter(|view| view.account.is_some()).map(|view| Duration::from_secs(view.renew_in_s));
        let Some(due_in) = due_in else { return };
        let ask = move || {
            spawn_local(async move {
                if let Ok(view) = current_session().await {
                    self.update(view);
                }
            });
        };
        let asking = set_interval_with_handle(ask, due_in.clamp(RENEWED_AT_MOST_EVERY, RENEWED_AT_LEAST_EVERY));
        on_cleanup(move || asking.iter().for_each(IntervalHandle::clear));
    }

    /// Whether the server was asked and did not answer. Reads reactively.
    pub(super) fn is_unanswered(self) -> bool {
        self.view.with(|view| matches!(view, Some(Err(ApiError::Unreachable))))
    }

    /// Whether the visitor is known to be signed in. Does not read reactively.
    pub fn is_signed_in(self) -> bool {
        self.view.with_untracked(|view| matches!(view, Some(Ok(SessionView { account: Some(_), .. }))))
    }

    /// Asks the server anew who the visitor is.
    pub(crate) fn ask_again(self) {
        self.view.refetch();
    }

    /// Notes that a sign-in has succeeded: from now on the server knows the visitor, if the browser keeps the cookie.
    pub fn note_sign_in(self) {
        self.has_begun.set_value(true);
    }

    /// Whether a sign-in has succeeded on this page, and the server does not know the visitor all the same. Reads reactively.
    pub fn is_lost(self) -> bool {
        let is_unknown = self.view().is_some_and(|view| view.account.is_none());
        is_unknown && self.has_begun.get_value()
    }

    /// Takes over what the server says now.
    pub(super) fn update(self, view: SessionView) {
        // The page may have gone meanwhile.
        if self.view.try_with_untracked(|known| known.as_ref().and_then(|known| known.as_ref().ok()) != Some(&view))
            == Some(true)
        {
            self.view.set(Some(Ok(view)));
        }
    }
}

/// The page that is open, to come back to.
pub(super) fn here() -> Memo<Destination> {
    let path = use_location().pathname;
    Memo::new(move |_| path.with(|path| Destination::parse(&routes::within(path))))
}
