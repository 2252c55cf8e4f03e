//! How well the sound comes in: one line, and more for whoever wants to know why.

use leptos::prelude::*;

use super::super::{
    ip_privacy::{HideAddress, can_be_switched},
    stats_panel::{CopyDiagnostics, GatheredLines, MeasuredLines, TurnNotice},
};
use crate::{api::Relay, browser::RoomHandle};
use heartogether_client::{
    gathering::Gathering,
    statistics::{PeerStatistics, report},
};

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
    let copied = move || {
        let browser = window().navigator().user_agent().unwrap_or_default();
        let gathered = handle.gathering.with_untracked(Gathering::text);
        format!("HearTogether, listener\nBrowser: {browser}\n{gathered}{}", statistics.with_untracked(report::text))
    };
    view! {
        <TurnNotice handle />
        <details class="quality">
            <summary data-testid="quality">{move || statistics.with(summary)}</summary>
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

fn summary(statistics: &PeerStatistics) -> String {
    let Some(path) = statistics.path else { return "About the connection".to_owned() };
    let path = if path.is_relayed() { "Relayed" } else { "Direct" };
    let behind = statistics.behind_ms.map(|ms| format!("behind live {ms} ms"));
    let parts = [Some(path.to_owned()), Some(report::kbps(statistics.bitrate_bps)), behind];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
