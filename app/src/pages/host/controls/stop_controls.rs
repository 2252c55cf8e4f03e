//! The buttons for pause and stop.

use crate::{
    browser::RoomHandle,
    components::{Button, FocusPreservingShow, Glyph, Icon, Variant},
    prelude::*,
    text::sound as text,
};
use heartogether_client::{HostState, Input};

/// Pause or Resume, whichever is possible.
#[component]
pub(super) fn PauseButton(handle: RoomHandle) -> impl IntoView {
    let is_paused = Memo::new(move |_| handle.host_state.get() == HostState::Paused);
    view! {
        <FocusPreservingShow
            when=is_paused
            fallback=move || {
                view! {
                    <Button variant=Variant::Secondary on:click=move |_| handle.press(Input::PausePressed)>
                        <Icon glyph=Glyph::Pause />
                        {text::PAUSE}
                    </Button>
                }
            }
        >
            <Button on:click=move |_| handle.press(Input::ResumePressed)>
                <Icon glyph=Glyph::Play />
                {text::RESUME}
            </Button>
        </FocusPreservingShow>
    }
}

/// Ends the room; asks first when somebody listens.
#[component]
pub(super) fn StopButton(handle: RoomHandle, listener_count: Signal<usize>) -> impl IntoView {
    let asking = RwSignal::new(false);
    let stop = move |_| {
        if listener_count.get_untracked() > 0 {
            asking.set(true);
        } else {
            handle.press(Input::StopPressed);
        }
    };
    view! {
        <FocusPreservingShow
            when=asking
            fallback=move || {
                view! {
                    <Button variant=Variant::Ghost on:click=stop>
                        <Icon glyph=Glyph::Stop />
                        {text::STOP}
                    </Button>
                }
            }
        >
            <div
                class="grid gap-3"
                role="group"
                aria-label=text::STOP_QUESTION
                tabindex="-1"
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        asking.set(false);
                    }
                }
            >
                <p>{text::STOP_HINT}</p>
                <Button variant=Variant::Danger on:click=move |_| handle.press(Input::StopPressed)>
                    <Icon glyph=Glyph::Stop />
                    {text::STOP_FOR_EVERYONE}
                </Button>
                <Button variant=Variant::Ghost on:click=move |_| asking.set(false)>
                    {text::GO_ON}
                </Button>
            </div>
        </FocusPreservingShow>
    }
}
