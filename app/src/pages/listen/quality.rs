//! How well the sound comes in: one line, and more for whoever wants to know why.

use leptos::prelude::*;

use super::super::measured::{CopyDiagnostics, MeasuredLines, TurnNotice};
use crate::client::{
    browser::Presence,
    statistics::{PeerStatistics, report},
};

/// Direct or relayed, how much, how far behind; opened, everything that is measured.
#[component]
pub(super) fn QualityBadge(presence: Presence) -> impl IntoView {
    let statistics = Memo::new(move |_| {
        presence.statistics.with(|round| round.first().map(|(_, statistics)| statistics.clone()).unwrap_or_default())
    });
    let is_known = move || statistics.with(|statistics| statistics.path.is_some());
    let copied = move || {
        let browser = window().navigator().user_agent().unwrap_or_default();
        format!("HearTogether, listener\nBrowser: {browser}\n{}", statistics.with_untracked(report::text))
    };
    view! {
        <TurnNotice presence />
        <Show when=is_known>
            <details class="quality">
                <summary data-testid="quality">{move || statistics.with(summary)}</summary>
                <div class="grid gap-3 pt-3">
                    <MeasuredLines statistics />
                    <div>
                        <CopyDiagnostics text=copied />
                    </div>
                </div>
            </details>
        </Show>
    }
    .into_any()
}

fn summary(statistics: &PeerStatistics) -> String {
    let path = statistics.path.map_or("", |path| if path.is_relayed() { "Relayed" } else { "Direct" });
    let behind = statistics.behind_ms.map(|ms| format!("behind live {ms} ms"));
    let parts = [Some(path.to_owned()), Some(report::kbps(statistics.bitrate_bps)), behind];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
