//! The number of listeners.

use super::shown::Shown;
use crate::{browser::RoomHandle, prelude::*, text::listen as text};

/// How many listen, this page included, as long as the page is in the room. No screen reader announces a change: in a room in which
/// people come and go it would talk over the sound.
#[component]
pub(super) fn Attendance(handle: RoomHandle, shown: Memo<Shown>) -> impl IntoView {
    let attendance = Memo::new(move |_| {
        let known = handle.room.with(|room| room.as_ref().map(|room| room.attendance));
        known.filter(|_| !shown.get().is_over())
    });
    // The line has its height before there is a number, so that nothing moves.
    view! {
        <p class="min-h-6 tabular-nums text-muted" data-testid="attendance">
            {move || attendance.get().map(|count| view! { {text::attendance(count)} })}
        </p>
    }
    .into_any()
}
