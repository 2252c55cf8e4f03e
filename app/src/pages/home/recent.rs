//! The rooms that the visitor used recently, with links to them.

use heartogether::room::StreamState;

use super::AskedPlaces;
use crate::{
    api::RecentRoom,
    components::{ButtonLink, Variant, state_name},
    locale::{Around, Key, Phrase},
    pages::room_bootstrap::ReopenForm,
    prelude::*,
    routes,
    text::{action, home as text, room as of_room, stream as states},
};

/// A list for those who have been somewhere; nothing for everybody else.
#[component]
pub(super) fn RecentRooms(places: AskedPlaces) -> impl IntoView {
    let list = move || {
        let rooms = Some(places.get()?.ok()?.0).filter(|rooms| !rooms.is_empty())?;
        Some(view! {
            <section aria-labelledby="recent" class="grid gap-4">
                <h2 id="recent">{text::RECENT}</h2>
                <ul class="recent">{rooms.into_iter().map(|room| view! { <Row room /> }).collect_view()}</ul>
            </section>
        })
    };
    view! { <Transition>{list}</Transition> }.into_any()
}

#[component]
fn Row(room: RecentRoom) -> impl IntoView {
    let RecentRoom { code, host_name, is_owner, stream, .. } = room;
    let way_back = match (is_owner, stream) {
        (true, StreamState::Ended) => {
            let in_full = text::reopen(code.to_string());
            view! { <ReopenForm code variant=Variant::Secondary in_full on_open=|| () /> }.into_any()
        }
        (true, _) => way(routes::host(code), text::HOST_AGAIN, text::host_again_in(code.to_string())),
        (false, _) => way(routes::listen(code), action::LISTEN, text::listen_to(&host_name)),
    };
    let name = match is_owner {
        true => view! { {of_room::YOURS} }.into_any(),
        false => view! { <Around text=of_room::of name=&host_name /> }.into_any(),
    };
    view! {
        <li>
            <span class="code code-small">{code.to_string()}</span>
            <span class="recent-name">{name}</span>
            <span class="badge" data-status=state_name(stream)>
                {words(stream)}
            </span>
            <div>{way_back}</div>
        </li>
    }
    .into_any()
}

/// The list has the same word in many rows; whoever hears it without the row hears which one it is.
fn way(href: String, label: Key, in_full: Phrase) -> AnyView {
    view! {
        <ButtonLink href variant=Variant::Secondary attr:aria-label=in_full>
            {label}
        </ButtonLink>
    }
    .into_any()
}

const fn words(stream: StreamState) -> Key {
    match stream {
        StreamState::Idle => text::OPEN,
        StreamState::Live => states::LIVE,
        StreamState::Paused => states::PAUSED,
        StreamState::Interrupted => text::RECONNECTING,
        StreamState::Ended => states::ENDED,
    }
}
