//! The landing page: open a room, or enter one.

use leptos::prelude::*;

use crate::components::{CreateRoomForm, JoinForm, Page, Wave};

mod pictures;
mod recent;

use pictures::{CodePicture, ListenPicture, SharePicture};
use recent::RecentRooms;

/// `/`
#[component]
pub fn HomePage() -> impl IntoView {
    view! {
        <Page name="home" title="">
            <section class="hero">
                <div class="grid gap-5">
                    <h1 class="text-display">"Let others hear what you hear."</h1>
                    <p class="max-w-[34rem] text-lg text-muted">
                        "Open a room, share a browser tab or a microphone, and everyone with the code listens live. Nothing to install."
                    </p>
                </div>
                <div class="card">
                    <CreateRoomForm />
                    <p class="divider">"or listen to someone"</p>
                    <JoinForm awaited=true />
                </div>
            </section>
            <RecentRooms />
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
                "How it works"
            </h2>
            <ol class="grid gap-10 md:grid-cols-3 md:gap-8">
                <Step title="Share a sound" text="A browser tab, the system’s sound, or your microphone.">
                    <SharePicture />
                </Step>
                <Step title="Hand out the code" text="Six characters, easy to read out or to send as a link.">
                    <CodePicture />
                </Step>
                <Step title="They hear it live" text="On any phone or computer, straight from your browser.">
                    <ListenPicture />
                </Step>
            </ol>
        </section>
    }
}

/// One of the pictures with its caption.
#[component]
fn Step(title: &'static str, text: &'static str, children: Children) -> impl IntoView {
    view! {
        <li class="step">
            <svg class="picture" viewBox="0 0 240 140" fill="none" aria-hidden="true">
                {children()}
            </svg>
            <div>
                <h3 class="text-lg">{title}</h3>
                <p class="text-muted">{text}</p>
            </div>
        </li>
    }
}
