//! Diagnostics for the host: the connection to each listener.

use std::collections::BTreeMap;

use heartogether::id::MemberId;
use leptos::html::Details;

use super::super::{
    ip_privacy::HideAddress,
    measured,
    stats_panel::{CopyDiagnostics, GatheredLines, MeasuredLines, TurnNotice},
};
use crate::{
    api::Relay,
    browser::RoomHandle,
    components::{Notice, Tone},
    locale::{self, Locale},
    prelude::*,
    text::diagnostics as text,
};
use heartogether_client::{
    IceServerProblem, ListenerRow,
    statistics::{
        PeerStatistics, REMEMBERED,
        history::{History, Measure},
    },
};

/// A closed section that measures on while it is closed, so that the last minutes are there when it is opened.
#[component]
pub(super) fn Diagnostics(
    handle: RoomHandle,
    /// Whether a server stands by that passes sound on where no direct path is found.
    relay: Relay,
) -> impl IntoView {
    let history = RwSignal::new(History::default());
    Effect::new(move |_| handle.statistics.with(|round| history.update(|history| history.remember(round))));
    let section = NodeRef::<Details>::new();
    let is_open = RwSignal::new(false);
    let toggle = move |_| is_open.set(section.get_untracked().is_some_and(|section| section.open()));
    let warning = (relay == Relay::None).then(|| {
        view! {
            <Notice tone=Tone::Warn>{text::NO_TURN}</Notice>
        }
    });
    view! {
        <TurnNotice handle />
        <details class="card" node_ref=section on:toggle=toggle>
            <summary>{text::HEADING}</summary>
            <div class="grid gap-4 pt-4">
                {warning}
                <HideAddress handle relay />
                <Show when=move || is_open.get()>
                    <Measured handle history />
                </Show>
            </div>
        </details>
    }
    .into_any()
}

#[component]
fn Measured(handle: RoomHandle, history: RwSignal<History>) -> impl IntoView {
    let (statistics, locale) = (handle.statistics, Locale::current());
    let members =
        Memo::new(move |_| statistics.with(|round| round.iter().map(|(member, _)| *member).collect::<Vec<_>>()));
    let names = Memo::new(move |_| {
        let name = |row: &ListenerRow| (row.listener.member, locale.write(&(&row.listener.name).into()));
        handle.audience.with(|rows| rows.iter().map(name).collect::<BTreeMap<_, _>>())
    });
    let one = move |member: MemberId| {
        let measured = Memo::new(move |_| {
            let of = |round: &Vec<(MemberId, PeerStatistics)>| round.iter().find(|(of, _)| *of == member).cloned();
            statistics.with(of).map(|(_, statistics)| statistics).unwrap_or_default()
        });
        let points = move |measure| move || history.with(|history| history.points(member, measure));
        view! {
            <section class="grid gap-2 border-t border-line pt-3" data-testid="measured">
                <h3>
                    <bdi translate="no">{move || names.with(|names| names.get(&member).cloned().unwrap_or_default())}</bdi>
                </h3>
                <svg
                    class="sparkline"
                    viewBox=format!("0 0 {REMEMBERED} 20")
                    preserveAspectRatio="none"
                    role="img"
                    aria-label=text::GRAPH
                >
                    <polyline class="sparkline-bitrate" points=points(Measure::Bitrate) />
                    <polyline class="sparkline-loss" points=points(Measure::Loss) />
                </svg>
                <MeasuredLines statistics=measured />
            </section>
        }
    };
    view! {
        <Show when=move || members.with(Vec::is_empty)>
            <p class="text-muted">{text::NOBODY}</p>
        </Show>
        <For each=move || members.get() key=|member| *member children=one />
        <section class="grid gap-2 border-t border-line pt-3">
            <h3>{text::GATHERED}</h3>
            <GatheredLines handle />
        </section>
        <div>
            <CopyDiagnostics text=move || {
                let problem = handle.turn_problem.get_untracked();
                let gathered = measured::written(&handle.gathering.with_untracked(measured::gathered), locale);
                statistics.with_untracked(|round| report_of(round, problem.as_ref(), &gathered, locale))
            } />
        </div>
    }
    .into_any()
}

/// Listeners are numbered: who they are is nobody's business who helps with the network.
fn report_of(
    round: &[(MemberId, PeerStatistics)],
    problem: Option<&IceServerProblem>,
    gathered: &str,
    locale: Locale,
) -> String {
    let of = |(number, (_, statistics)): (usize, &(MemberId, PeerStatistics))| {
        let lines = measured::written(&measured::lines(statistics), locale);
        format!("\n{}\n{lines}", locale.say_once(text::report_one(number + 1)))
    };
    let browser = window().navigator().user_agent().unwrap_or_default();
    let listeners: String = round.iter().enumerate().map(of).collect();
    let problem = problem.map(|problem| format!("{}\n", locale.say_once(locale::turn_problem(problem))));
    let [who, label] = [text::REPORT_HOST, text::BROWSER].map(|key| locale.say_once(key));
    format!("{who}\n{label}: {browser}\n{}{gathered}{listeners}", problem.unwrap_or_default())
}
