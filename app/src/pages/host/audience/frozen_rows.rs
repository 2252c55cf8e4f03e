//! Whether the host is about to press something in the list, so that its rows must not move.

use std::time::Duration;

use leptos::{html, leptos_dom::helpers::TimeoutHandle};

use crate::{components::focus, prelude::*};

/// How long a list is held for a pointer that rests on it, or a control in it that has the focus: whoever went away from
/// there comes back to a list that is up to date.
const RESTS_FOR: Duration = Duration::from_secs(30);

/// Whether a list is held still: while the pointer is over it or one of its controls has the focus, and either was moved of
/// late.
#[derive(Clone, Copy)]
pub(super) struct Hold {
    /// The list.
    pub(super) list: NodeRef<html::Ul>,
    is_on: RwSignal<bool>,
    is_pointed_at: StoredValue<bool>,
    rest: StoredValue<Option<TimeoutHandle>>,
}

impl Hold {
    pub(super) fn new() -> Self {
        let (is_pointed_at, rest) = (StoredValue::new(false), StoredValue::new(None));
        let hold = Self { list: NodeRef::new(), is_on: RwSignal::new(false), is_pointed_at, rest };
        // Whoever turns to another window presses nothing here.
        Effect::new(move |_| {
            let turned_away = window_event_listener_untyped("blur", move |_| hold.let_go());
            on_cleanup(move || {
                turned_away.remove();
                hold.wake();
            });
        });
        hold
    }

    /// Whether it is held. Follows whoever lets go of it.
    pub(super) fn is_on(self) -> bool {
        self.is_on.get()
    }

    /// The pointer comes over the list or moves there, or goes.
    pub(super) fn point(self, is_there: bool) {
        self.is_pointed_at.set_value(is_there);
        if is_there { self.take_hold() } else { self.look_for_focus() }
    }

    /// Something in the list is being used.
    pub(super) fn take_hold(self) {
        self.wake();
        if !self.is_on.get_untracked() {
            self.is_on.set(true);
        }
        self.rest.set_value(set_timeout_with_handle(move || self.let_go(), RESTS_FOR).ok());
    }

    /// Looks where the focus is, once whatever took its control away has handed it on.
    pub(super) fn look_for_focus(self) {
        let look = move || {
            let is_inside = self.list.try_get_untracked().flatten().is_some_and(|list| focus::is_inside(&list));
            if !is_inside && self.is_pointed_at.try_get_value() == Some(false) {
                self.let_go();
            }
        };
        request_animation_frame(move || request_animation_frame(look));
    }

    fn let_go(self) {
        self.wake();
        if self.is_on.try_get_untracked() == Some(true) {
            self.is_on.set(false);
        }
    }

    fn wake(self) {
        if let Some(Some(rest)) = self.rest.try_update_value(Option::take) {
            rest.clear();
        }
    }
}
