//! Whether the host is about to press something in the list.

use leptos::{html, prelude::*};

use crate::components::focus;

/// Whether a list is held still: while the pointer is over it, or one of its controls has the focus.
#[derive(Clone, Copy)]
pub(super) struct Hold {
    /// The list.
    pub(super) list: NodeRef<html::Ul>,
    is_pointed_at: RwSignal<bool>,
    focus_moved: Trigger,
}

impl Hold {
    pub(super) fn new() -> Self {
        Self { list: NodeRef::new(), is_pointed_at: RwSignal::new(false), focus_moved: Trigger::new() }
    }

    /// Whether it is held. Follows whoever lets go of it.
    pub(super) fn is_on(self) -> bool {
        self.focus_moved.track();
        // Asked of the page: not every browser says that the focus is gone with what had it.
        let has_focus = || self.list.get_untracked().is_some_and(|list| focus::is_inside(&list));
        self.is_pointed_at.get() || has_focus()
    }

    /// The pointer comes over the list, or goes.
    pub(super) fn point(self, is_there: bool) {
        self.is_pointed_at.set(is_there);
    }

    /// The focus comes to something in the list, or goes, maybe to something else in it: where it is shows a moment later.
    pub(super) fn move_focus(self) {
        request_animation_frame(move || self.focus_moved.notify());
    }
}
