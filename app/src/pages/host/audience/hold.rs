//! Whether the host is about to press something in the list.

use leptos::{html, prelude::*};

use crate::components::focus;

/// Whether a list is held still: while the pointer is over it, or one of its controls has the focus.
#[derive(Clone, Copy)]
pub(super) struct Hold {
    /// The list.
    pub(super) list: NodeRef<html::Ul>,
    is_pointed_at: RwSignal<bool>,
    has_focus: RwSignal<bool>,
}

impl Hold {
    pub(super) fn new() -> Self {
        Self { list: NodeRef::new(), is_pointed_at: RwSignal::new(false), has_focus: RwSignal::new(false) }
    }

    /// Whether it is held. Follows whoever lets go of it.
    pub(super) fn is_on(self) -> bool {
        // Both, so that both are followed.
        let (is_pointed_at, has_focus) = (self.is_pointed_at.get(), self.has_focus.get());
        is_pointed_at || has_focus
    }

    /// The pointer comes over the list, or goes.
    pub(super) fn point(self, is_there: bool) {
        self.is_pointed_at.set(is_there);
    }

    /// Looks where the focus is, once whatever took its control away has handed it on. Asked of the page: not every browser
    /// says that the focus is gone with what had it.
    pub(super) fn look_for_focus(self) {
        let look = move || {
            let is_inside = self.list.try_get_untracked().flatten().is_some_and(|list| focus::is_inside(&list));
            if self.has_focus.try_get_untracked() == Some(!is_inside) {
                self.has_focus.set(is_inside);
            }
        };
        request_animation_frame(move || request_animation_frame(look));
    }
}
