//! A lounge: a room in which everybody talks. Who is no member sees a card with a way in, members see the conversation.

mod added;
mod chat;
mod code_blocks;
mod comings;
mod composer;
mod conversation;
mod conversation_row;
mod copying;
mod details;
mod dialog;
mod draft;
mod emoji_data;
mod emoji_picker;
mod entry;
mod erased;
mod extras;
mod head;
mod hearing;
mod icon;
mod invite;
mod kept;
mod later;
mod lounges;
mod markup;
mod members;
mod message;
mod message_actions;
mod message_text;
mod news;
mod notices;
mod notification;
mod over;
mod paste;
mod pictures;
mod pins;
mod preview;
mod questions;
mod reports;
mod rows;
mod search;
mod shared;
mod sharing;
mod sound;
mod sound_bar;
mod sound_stage;
mod standing;
mod visible_height;
mod waiting;
mod words;

use futures::future::join;
use leptos::{oco::Oco, text_prop::TextProp};
use leptos_router::{components::Redirect, hooks::use_params_map};

use super::room_bootstrap::{Loading, NoRoom};
use crate::{
    api::{RoomSummary, SavedLounge, ask, look_up_room, saved_lounges},
    components::{Page, Session, Width, focus},
    prelude::*,
    routes,
    text::lounge as text,
};
use chat::Chat;
use entry::card;
use extras::extra;
use news::Unread;
use shared::Lounge;
use standing::Shape;

/// `/lounge/:code`
#[component]
pub(super) fn LoungePage() -> impl IntoView {
    let (params, session) = (use_params_map(), expect_context::<Session>());
    let code = move || params.with(|params| params.get("code").unwrap_or_default());
    let asked = ask(code, |code| async {
        let (room, saved) = join(look_up_room(code), saved_lounges()).await;
        Ok((room?, saved.unwrap_or_default()))
    });
    // What is said of the list later does not draw the page anew.
    let (list, is_known) = (RwSignal::new(Vec::new()), StoredValue::new(false));
    let content = move || {
        Some(match asked.get()? {
            Ok((room, _)) if !room.kind.members_stay() => {
                view! { <Redirect path=routes::room(room.code) /> }.into_any()
            }
            Ok((summary, saved)) => {
                if !is_known.get_value() {
                    is_known.set_value(true);
                    list.update_untracked(|list| *list = saved);
                }
                // Who becomes a guest here is not drawn anew.
                let account = untrack(|| session.account());
                let first_name = account.map_or_else(guests_name, |account| account.name.to_string());
                view! { <Visit summary saved=list first_name /> }.into_any()
            }
            Err(error) => {
                let code = params.with_untracked(|params| params.get("code").unwrap_or_default());
                view! { <NoRoom page="lounge" error code retry=move || asked.refetch() /> }.into_any()
            }
        })
    };
    view! { <Transition fallback=|| view! { <Loading page="lounge" title=text::TITLE state="loading" /> }>{content}</Transition> }
}

/// A name for a guest, as the server draws one. The browser finds it in the field.
fn guests_name() -> String {
    #[cfg(feature = "ssr")]
    let name = use_context::<std::sync::Arc<dyn crate::api::Backend>>()
        .map(|backend| backend.guest_name(crate::locale::asked_for()).to_string())
        .unwrap_or_default();
    #[cfg(not(feature = "ssr"))]
    let name = String::new();
    name
}

/// A lounge that was there when it was asked for.
#[component]
fn Visit(summary: RoomSummary, saved: RwSignal<Vec<SavedLounge>>, first_name: String) -> impl IntoView {
    let lounge = Lounge::new(summary, saved, first_name);
    let handle = lounge.handle;
    if lounge.is_member_at_first() {
        lounge.go_in();
    }
    on_cleanup(move || handle.leave());
    let unread = Unread::follow(lounge);
    let title = TextProp::from(move || Oco::from(unread.title()));
    let shape = Memo::new(move |_| lounge.standing.get().shape());
    // Whoever waited until somebody let them in did not press anything just now.
    Effect::new(move |before: Option<Shape>| {
        let now = shape.get();
        if (before, now) == (Some(Shape::Card), Shape::Chat) {
            focus::move_on_to_field();
        }
        now
    });
    let content = move || match shape.get() {
        Shape::Card => card(lounge),
        Shape::Chat => view! { <Chat lounge unread /> }.into_any(),
        Shape::Over => extra(move |extras| (extras.over)(lounge)),
    };
    view! {
        <Page
            name="lounge"
            title
            state=Signal::derive(move || lounge.standing.get().name())
            refusal=Signal::derive(move || lounge.standing.get().refusal())
            link=Signal::derive(move || handle.signaling_state.get().name())
            width=Width::Narrow
        >
            {content}
            <div hidden node_ref=handle.player_place></div>
        </Page>
    }
}
