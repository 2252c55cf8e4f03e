//! A room's code, to be read out or copied.

use heartogether::id::RoomCode;

use crate::{prelude::*, text};

/// The six characters in two groups of three. Its text content is exactly the code; screen readers spell it.
#[component]
pub fn CodeDisplay(
    /// The code.
    code: RoomCode,
    /// Whether it is a side note and not the point of the page.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let text = code.to_string();
    let spelled = text.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let (first, last) = text.split_at(RoomCode::LENGTH / 2);
    view! {
        <p
            class=if small { "code code-small" } else { "code" }
            data-testid="room-code"
            role="img"
            translate="no"
            aria-label=text::room::spelled(spelled)
        >
            <span>{first.to_owned()}</span>
            <span>{last.to_owned()}</span>
        </p>
    }
}
