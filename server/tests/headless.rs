//! Members without a browser, on the real binary: what the generator counts is what its plan says.

use std::time::Duration;

use heartogether_headless::{Generator, Load, Milestone, Node, Phase, Report, State};
use tempfile::TempDir;

use crate::support::{Process, Site};

/// Fifty members: each of the listeners is in two rooms, and one of them reads nothing while the others act.
fn load() -> Load {
    Load {
        seed: 1,
        rooms: 5,
        lounges: false,
        listeners: 45,
        rooms_per_listener: 2,
        stalled: 1,
        turn_every_ms: 500,
        react_every_ms: 500,
        write_every_ms: 1_000,
        resume_every_ms: 0,
        rest_ms: 0,
        act_ms: 1_000,
        rounds: 1,
    }
}

/// Carries a load out at servers that show the same rooms. Returns the report of each phase.
async fn carry_out(load: &Load, sites: &[&Site]) -> (Generator, Vec<(Phase, Report)>) {
    let mut nodes = Vec::new();
    for site in sites {
        nodes.push(Node::find(&format!("http://{}", site.authority), false).await.expect("this machine"));
    }
    let generator = Generator::new(nodes, load.clone(), 16, Duration::ZERO).expect("a small load");
    let mut reports = Vec::new();
    let tell = |Milestone { phase, state, report, .. }| {
        if state == State::Ended {
            reports.push((phase, report));
        }
    };
    generator.run(tell).await.expect("a load that is carried out");
    (generator, reports)
}

fn report_of(wanted: Phase, reports: &[(Phase, Report)]) -> &Report {
    let found = reports.iter().find(|(phase, _)| *phase == wanted);
    &found.expect("a phase that came").1
}

/// Fifty members join and act, and are told what the plan says.
pub(crate) async fn acts_as_planned(sites: &[&Site]) {
    let (generator, reports) = carry_out(&load(), sites).await;
    assert_eq!(report_of(Phase::Join, &reports).joins, 5 + 2 * 45);
    let (acted, expected) = (report_of(Phase::Act, &reports), generator.plan().expected());
    assert_eq!(acted.delivery.count, expected.turns_told);
    assert_eq!((acted.reactions_told, acted.messages_told), (expected.reactions_told, expected.messages_told));
    assert_eq!(
        (acted.turns, acted.reactions, 2 * acted.messages),
        (10, expected.reactions_told, expected.messages_told)
    );
    let told = expected.turns_told + expected.reactions_told + expected.messages_told;
    assert!(expected.turns_told > 0 && acted.frames >= told, "{acted:?}");
    for (phase, report) in &reports {
        assert!(report.refusals.is_empty() && report.failures.is_empty(), "{phase:?}: {report:?}");
    }
}

/// So many listeners lose the connection, and each time get all their places back. Returns how many places.
pub(crate) async fn resumes_as_planned(listeners: usize, sites: &[&Site]) -> u64 {
    let quiet = Load { listeners, turn_every_ms: 0, react_every_ms: 0, write_every_ms: 0, stalled: 0, ..load() };
    let (generator, reports) = carry_out(&Load { resume_every_ms: 1_000, ..quiet }, sites).await;
    let acted = report_of(Phase::Act, &reports);
    assert_eq!(acted.resumes, generator.plan().expected().resumes);
    assert!(acted.resumes > 0 && acted.refusals.is_empty() && acted.failures.is_empty(), "{acted:?}");
    acted.resumes
}

/// The real binary, and its folder.
fn start() -> (Process, TempDir) {
    let data = TempDir::new().expect("a folder");
    (Process::start(data.path(), &[]), data)
}

#[tokio::test]
async fn fifty_members_join_and_are_told_what_the_others_do() {
    let (server, _data) = start();
    acts_as_planned(&[&server.site]).await;
}

#[tokio::test]
async fn members_who_lose_the_connection_resume_their_places() {
    let (server, _data) = start();
    resumes_as_planned(45, &[&server.site]).await;
}

#[tokio::test]
async fn in_a_lounge_all_members_are_told_what_anybody_writes() {
    let (server, _data) = start();
    let lounges = Load { lounges: true, stalled: 0, react_every_ms: 0, ..load() };
    let (generator, reports) = carry_out(&lounges, &[&server.site]).await;
    let (acted, expected) = (report_of(Phase::Act, &reports), generator.plan().expected());
    assert!(expected.messages_told > 0);
    assert_eq!((acted.messages_told, acted.delivery.count), (expected.messages_told, expected.messages_told));
    assert!(acted.refusals.is_empty() && acted.failures.is_empty(), "{acted:?}");
}
