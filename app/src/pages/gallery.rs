//! Shows every component in every state, for developers. The page exists only in debug builds.

use heartogether::{id::RoomCode, refusal::Refusal, room::StreamState};

use crate::{
    components::{
        Button, ButtonLink, Choice, CodeDisplay, CreateRoomForm, EmptyState, Entry, Field, Glyph, Icon, IconButton,
        JoinForm, LevelMeter, Notice, Page, Select, Skeleton, Slider, Sparkline, StatusBadge, Toast, Toasts, Tone,
        Variant, Wave,
    },
    locale::{self, Phrase},
    prelude::*,
    text,
};

const VARIANTS: [(Variant, &str); 4] = [
    (Variant::Primary, "Primary"),
    (Variant::Secondary, "Secondary"),
    (Variant::Danger, "Danger"),
    (Variant::Ghost, "Ghost"),
];

/// `/dev/components`
#[component]
pub fn GalleryPage() -> impl IntoView {
    view! {
        <Page name="components" title="Components">
            <h1>"Components"</h1>
            <p class="text-lg text-muted">"Each in all its states. This page is part of debug builds alone."</p>
            <div class="grid items-start gap-6 md:grid-cols-2">
                <Buttons />
                <Fields />
                <Switches />
                <Notices />
                <Badges />
                <Toasters />
                <Figures />
                <Emptiness />
                <Overlays />
                <Forms />
            </div>
        </Page>
    }
}

/// A card with a heading.
#[component]
fn Exhibit(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="card" aria-label=title>
            <h2>{title}</h2>
            {children()}
        </section>
    }
    .into_any()
}

#[component]
fn Buttons() -> impl IntoView {
    let row = |(variant, name): (Variant, &'static str)| {
        view! {
            <div class="flex flex-wrap gap-3">
                <Button variant>{name}</Button>
                <Button variant pending=true>
                    {format!("{name}, pending")}
                </Button>
                <Button variant disabled=true>
                    {format!("{name}, disabled")}
                </Button>
            </div>
        }
    };
    view! {
        <Exhibit title="Button, ButtonLink">
            {VARIANTS.map(row)}
            <Button>
                <Icon glyph=Glyph::Headphones />
                "With an icon"
            </Button>
            <ButtonLink href="#main" variant=Variant::Secondary>
                "A link"
            </ButtonLink>
        </Exhibit>
    }
}

#[component]
fn Fields() -> impl IntoView {
    let wrong = |refusal| Signal::stored(Some(Phrase::from(locale::refusal(refusal))));
    view! {
        <Exhibit title="Field">
            <Field entry=Entry::Name label="A name" name="name-empty" hint="With one line that helps." />
            <Field entry=Entry::Name label="A name that is there" name="name-full" value="Ada Lovelace" />
            <Field
                entry=Entry::Name
                label="A name that is wrong"
                name="name-wrong"
                value="Ada\u{7}"
                error=wrong(Refusal::NameControlCharacter)
            />
            <Field entry=Entry::Code label="A code" name="code-empty" />
            <Field
                entry=Entry::Code
                label="A code that is wrong"
                name="code-wrong"
                value="ABC"
                error=wrong(Refusal::CodeMalformed)
            />
        </Exhibit>
    }
}

#[component]
fn Switches() -> impl IntoView {
    let (muted, volume, chosen) = (RwSignal::new(false), RwSignal::new(70), RwSignal::new("b".to_owned()));
    let glyph = move || if muted.get() { Glyph::Muted } else { Glyph::Volume };
    let choices =
        [("a", "Built-in microphone"), ("b", "A headset whose name is longer than the list that shows it can be")];
    let choices = Signal::stored(choices.map(|(value, label)| Choice::new(value, label)).to_vec());
    view! {
        <Exhibit title="Slider, Select, IconButton">
            <Slider label="Volume" id="volume" value=volume on_change=move |value| volume.set(value) />
            <Slider label="Volume, disabled" id="volume-disabled" value=30 on_change=|_| () disabled=true />
            <Select label="Microphone" id="select" choices chosen on_change=move |value| chosen.set(value) />
            <Select label="Microphone, disabled" id="select-disabled" choices chosen on_change=|_| () disabled=true />
            <div class="flex gap-2">
                <IconButton
                    label="Mute"
                    glyph=Signal::derive(glyph)
                    pressed=muted
                    on:click=move |_| muted.update(|muted| *muted = !*muted)
                />
                <IconButton label="Always on" glyph=Glyph::Check pressed=true />
                <IconButton label="Copy" glyph=Glyph::Copy />
                <IconButton label="Copy, disabled" glyph=Glyph::Copy disabled=true />
            </div>
        </Exhibit>
    }
}

#[component]
fn Notices() -> impl IntoView {
    view! {
        <Exhibit title="Notice">
            <Notice>"Good to know."</Notice>
            <Notice tone=Tone::Warn title="A title">
                "Something is not as it could be."
            </Notice>
            <Notice tone=Tone::Error>"Something did not work. This is what to do."</Notice>
        </Exhibit>
    }
}

#[component]
fn Badges() -> impl IntoView {
    let states =
        [StreamState::Idle, StreamState::Live, StreamState::Paused, StreamState::Interrupted, StreamState::Ended];
    view! {
        <Exhibit title="StatusBadge, CodeDisplay">
            <div class="flex flex-wrap gap-3">
                {states.map(|state| view! { <StatusBadge status=Signal::stored(state) /> })}
            </div>
            {RoomCode::parse("ABC234").ok().map(|code| view! {
                <CodeDisplay code />
                <CodeDisplay code small=true />
            })}
        </Exhibit>
    }
}

#[component]
fn Toasters() -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let undone = RwSignal::new(0);
    let removed = move || {
        Toast::new(text::room::of("Ada")).with_action(text::action::UNDO, move || undone.update(|count| *count += 1))
    };
    view! {
        <Exhibit title="Toasts">
            <div class="flex flex-wrap gap-3">
                <Button variant=Variant::Secondary on:click=move |_| _ = toasts.show(Toast::new(text::account::EMAIL_HIDDEN))>
                    "Show a toast"
                </Button>
                <Button variant=Variant::Secondary on:click=move |_| _ = toasts.show(removed())>
                    "Show one with an action"
                </Button>
                <Button
                    variant=Variant::Secondary
                    on:click=move |_| {
                        toasts.show(Toast::new(text::frame::LANGUAGE_FAILED).with_tone(Tone::Warn));
                        toasts.show(Toast::new(text::failure::UNREACHABLE).with_tone(Tone::Error).lasting(None));
                    }
                >
                    "Show a warning and an error that stays"
                </Button>
            </div>
            <p>{move || format!("Undone {} times.", undone.get())}</p>
        </Exhibit>
    }
}

#[component]
fn Figures() -> impl IntoView {
    let figures = vec![40.0, 42.0, 41.0, 44.0, 90.0, 120.0, 60.0, 45.0, 43.0, 42.0, 42.0];
    view! {
        <Exhibit title="LevelMeter, Sparkline, Wave">
            <LevelMeter level=Signal::stored(0.0) />
            <LevelMeter level=Signal::stored(0.55) />
            <LevelMeter level=Signal::stored(1.0) />
            <Sparkline values=Signal::stored(figures) full=100.0 />
            <Sparkline values=Signal::stored(vec![3.0, 2.0, 3.0, 2.0]) full=100.0 />
            <Wave moving=true />
        </Exhibit>
    }
}

#[component]
fn Emptiness() -> impl IntoView {
    view! {
        <Exhibit title="EmptyState, Skeleton">
            <EmptyState glyph=Glyph::People title="Nobody yet">
                "Hand out the code, and whoever enters it appears here."
            </EmptyState>
            <Skeleton />
        </Exhibit>
    }
}

#[component]
fn Overlays() -> impl IntoView {
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    let open = move |_| _ = dialog.get_untracked().map(|dialog| dialog.show_modal());
    let close = move |_| _ = dialog.get_untracked().map(|dialog| dialog.close());
    view! {
        <Exhibit title="details, dialog">
            <details>
                <summary>"Closed"</summary>
                <p>"Now it is open."</p>
            </details>
            <details open>
                <summary>"Open"</summary>
                <p>"What is hidden at first."</p>
            </details>
            <Button variant=Variant::Secondary on:click=open>
                "Open a dialog"
            </Button>
            <dialog node_ref=dialog aria-labelledby="dialog-title">
                <div class="grid gap-4">
                    <h2 id="dialog-title">"A dialog"</h2>
                    <p>"It keeps the focus until it is closed, also by Escape."</p>
                    <Button on:click=close>"Close"</Button>
                </div>
            </dialog>
        </Exhibit>
    }
}

#[component]
fn Forms() -> impl IntoView {
    view! {
        <Exhibit title="CreateRoomForm, JoinForm">
            <CreateRoomForm />
            <JoinForm />
        </Exhibit>
    }
}
