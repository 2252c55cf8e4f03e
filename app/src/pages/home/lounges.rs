//! The lounges that the visitor is a member of, with what is new in each.

use super::AskedPlaces;
use crate::{
    api::SavedLounge,
    locale::{Phrase, say},
    prelude::*,
    routes,
    text::home as text,
};

/// A list for those who are in some; nothing for everybody else.
#[component]
pub(super) fn SavedLounges(places: AskedPlaces) -> impl IntoView {
    let list = move || {
        let lounges = places.get()?.ok()?.1;
        (!lounges.is_empty()).then(|| {
            view! {
                <section aria-labelledby="lounges" class="grid gap-4">
                    <h2 id="lounges">{text::LOUNGES}</h2>
                    <ul class="recent">{lounges.into_iter().map(|lounge| view! { <Row lounge /> }).collect_view()}</ul>
                </section>
            }
        })
    };
    view! { <Transition>{list}</Transition> }.into_any()
}

#[component]
fn Row(lounge: SavedLounge) -> impl IntoView {
    let (code, waiting) = (lounge.code, lounge.waiting);
    let unread = u32::try_from(lounge.unread()).unwrap_or(u32::MAX);
    let name = match &lounge.name {
        Some(name) => name.to_string().into_any(),
        None => {
            let owners: Phrase = text::lounge_of(&lounge.owner_name);
            say(move || owners.clone()).into_any()
        }
    };
    view! {
        <li>
            <span class="code code-small">{code.to_string()}</span>
            <a class="recent-name link" href=routes::href(&routes::lounge(code)) translate="no" dir="auto">
                {name}
            </a>
            {(waiting > 0).then(|| view! { <span class="badge">{text::waiting_in_lounge(waiting)}</span> })}
            {(unread > 0).then(|| view! { <span class="badge" data-status="live">{text::new_in_lounge(unread)}</span> })}
        </li>
    }
    .into_any()
}
