//! Measurements of a peer connection for host and listener, and a button that copies them.

use std::time::Duration;

use leptos::task::spawn_local;

use super::measured;
use crate::{
    browser::{RoomHandle, clipboard},
    components::{Button, Glyph, Icon, Notice, Toast, Toasts, Tone, Variant},
    locale::{self, Locale, say},
    prelude::*,
    text::diagnostics as text,
};
use heartogether_client::statistics::PeerStatistics;

/// How long the button says that it has copied.
const COPIED_FOR: Duration = Duration::from_secs(2);

/// The lines of one peer connection.
#[component]
pub(super) fn MeasuredLines(
    /// What was measured last.
    #[prop(into)]
    statistics: Signal<PeerStatistics>,
) -> impl IntoView {
    view! { <Lines lines=Signal::derive(move || statistics.with(measured::lines)) /> }
}

/// The candidates that were found, and what became of the STUN and TURN servers.
#[component]
pub(super) fn GatheredLines(handle: RoomHandle) -> impl IntoView {
    let lines = move || {
        let shortfalls = handle.capabilities.get().shortfalls();
        let shortfalls = shortfalls.map(|shortfall| (text::BROWSER, measured::shortfall(shortfall).into()));
        handle.gathering.with(measured::gathered).into_iter().chain(shortfalls).collect()
    };
    view! {
        <div data-testid="gathered">
            <Lines lines=Signal::derive(lines) />
        </div>
    }
    .into_any()
}

/// Labels and what they say, in words of the trade: a translator would make them harder to look up.
#[component]
fn Lines(lines: Signal<Vec<measured::Line>>) -> impl IntoView {
    let locale = Locale::current();
    let line = move |(label, said): measured::Line| view! { <dt>{label}</dt><dd>{move || locale.write(&said)}</dd> };
    let lines = move || lines.get().into_iter().map(line).collect_view();
    view! { <dl class="measured" translate="no">{lines}</dl> }.into_any()
}

/// Says what is wrong with a TURN server.
#[component]
pub(super) fn TurnNotice(handle: RoomHandle) -> impl IntoView {
    let notice = move || {
        let problem = handle.turn_problem.get();
        problem.map(|problem| view! { <Notice tone=Tone::Warn>{locale::turn_problem(&problem)}</Notice> })
    };
    view! { <div data-testid="turn-problem">{notice}</div> }.into_any()
}

/// Copies a text, which is made when it is asked for, and says so where the browser refuses.
#[component]
pub(super) fn CopyDiagnostics(text: impl Fn() -> String + Send + Sync + 'static) -> impl IntoView {
    let copied = RwSignal::new(false);
    let toasts = expect_context::<Toasts>();
    let copy = move |_| {
        let text = text();
        spawn_local(async move {
            if clipboard::copy(&text).await {
                copied.try_set(true);
                set_timeout(move || _ = copied.try_set(false), COPIED_FOR);
            } else {
                toasts.show(Toast::new(text::UNCOPIED).with_tone(Tone::Warn));
            }
        });
    };
    view! {
        <Button variant=Variant::Secondary on:click=copy>
            {move || view! { <Icon glyph=if copied.get() { Glyph::Check } else { Glyph::Copy } /> }}
            {say(move || if copied.get() { text::COPIED } else { text::COPY })}
        </Button>
    }
    .into_any()
}
