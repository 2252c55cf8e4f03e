//! The landing page: create a room, or enter one.

use futures::future::join;
use leptos_router::hooks::use_query_map;

use crate::{
    api::{Asked, RecentRoom, SavedLounge, ask, recent_rooms, saved_lounges},
    components::{CreateRoomForm, JoinForm, Notice, OpenLoungeForm, Page, Tone, Wave, query},
    locale::Key,
    prelude::*,
    routes,
    text::home as text,
};

mod lounges;
mod pictures;
mod recent;

use lounges::SavedLounges;
use pictures::{CodePicture, ListenPicture, SharePicture};
use recent::RecentRooms;

/// Where the visitor has been, as soon as the server has answered.
type AskedPlaces = Asked<(Vec<RecentRoom>, Vec<SavedLounge>)>;

/// Asks for all of it at once. A server that cannot say takes nothing else away from the page.
fn ask_for_places() -> AskedPlaces {
    ask(
        || (),
        |()| async {
            let (recent, saved) = join(recent_rooms(), saved_lounges()).await;
            Ok((recent.unwrap_or_default(), saved.unwrap_or_default()))
        },
    )
}

/// `/`
#[component]
pub fn HomePage() -> impl IntoView {
    let places = ask_for_places();
    let is_shared = use_query_map().with_untracked(|query| query.get_str(routes::SHARED_NO_ROOM).is_some());
    // Said once.
    Effect::new(move |_| query::forget(&[routes::SHARED_NO_ROOM]));
    view! {
        <Page name="home" title="">
            <section class="hero">
                <div class="grid gap-5">
                    <h1 class="text-display">{text::TITLE}</h1>
                    <p class="max-w-[34rem] text-lg text-muted">{text::LEAD}</p>
                </div>
                <div class="card">
                    {is_shared.then(|| view! { <Notice tone=Tone::Warn>{text::SHARED_NO_ROOM}</Notice> })}
                    <CreateRoomForm />
                    <p class="divider">{text::OR_LISTEN}</p>
                    <JoinForm awaited=true />
                    <p class="divider">{text::OR_LOUNGE}</p>
                    <OpenLoungeForm />
                </div>
            </section>
            <SavedLounges places />
            <RecentRooms places />
            <div class="horizon">
                <Wave moving=true />
            </div>
            <HowItWorks />
        </Page>
    }
}

/// Three pictures.
#[component]
fn HowItWorks() -> impl IntoView {
    view! {
        <section aria-labelledby="how" class="grid gap-8">
            <h2 id="how" class="text-title">
                {text::HOW}
            </h2>
            <ol class="grid gap-10 md:grid-cols-3 md:gap-8">
                <Step title=text::SHARE hint=text::SHARE_HINT>
                    <SharePicture />
                </Step>
                <Step title=text::CODE hint=text::CODE_HINT>
                    <CodePicture />
                </Step>
                <Step title=text::HEAR hint=text::HEAR_HINT>
                    <ListenPicture />
                </Step>
            </ol>
        </section>
    }
}

/// One of the pictures with its caption.
#[component]
fn Step(title: Key, hint: Key, children: Children) -> impl IntoView {
    view! {
        <li class="step">
            <svg class="picture" viewBox="0 0 240 140" fill="none" aria-hidden="true">
                {children()}
            </svg>
            <div>
                <h3 class="text-lg">{title}</h3>
                <p class="text-muted">{hint}</p>
            </div>
        </li>
    }
}
