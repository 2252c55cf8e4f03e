//! The quality of the received sound: one line, with details on request.

use super::super::{
    ip_privacy::{HideAddress, can_be_switched},
    measured,
    stats_panel::{CopyDiagnostics, GatheredLines, MeasuredLines, TurnNotice},
};
use crate::{api::Relay, browser::RoomHandle, locale::Locale, prelude::*, text::diagnostics as text};

/// Direct or relayed, how much, how far behind; opened, everything that is measured.
#[component]
pub(super) fn QualityBadge(
    handle: RoomHandle,
    /// Whether a server stands by that passes sound on where no direct path is found.
    relay: Relay,
) -> impl IntoView {
    let statistics = Memo::new(move |_| {
        handle.statistics.with(|round| round.first().map(|(_, statistics)| statistics.clone()).unwrap_or_default())
    });
    // A switch that can be used stands outside. What that depends on is known in the browser alone.
    let is_fixed = RwSignal::new(false);
    Effect::new(move |_| is_fixed.set(!can_be_switched(relay)));
    let locale = Locale::current();
    let copied = move || {
        let browser = window().navigator().user_agent().unwrap_or_default();
        let gathered = measured::written(&handle.gathering.with_untracked(measured::gathered), locale);
        let measured = measured::written(&statistics.with_untracked(measured::lines), locale);
        let [who, label] = [text::REPORT_LISTENER, text::BROWSER].map(|key| locale.say_once(key));
        format!("{who}\n{label}: {browser}\n{gathered}{measured}")
    };
    let summary = move || {
        let heard = statistics.with(|statistics| measured::heard(statistics, locale));
        heard.unwrap_or_else(|| locale.say(text::CONNECTION).into_owned())
    };
    view! {
        <TurnNotice handle />
        <details class="quality">
            <summary data-testid="quality">{summary}</summary>
            <div class="grid gap-3 pt-3">
                <MeasuredLines statistics />
                <GatheredLines handle />
                <Show when=move || is_fixed.get()>
                    <HideAddress handle relay />
                </Show>
                <div>
                    <CopyDiagnostics text=copied />
                </div>
            </div>
        </details>
    }
    .into_any()
}
