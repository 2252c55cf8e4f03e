//! Members without a browser, on the real binary: what the generator counts is what its plan says.

use std::time::Duration;

use heartogether_headless::{Generator, Load, Milestone, Node, Phase, Report, State};
use tempfile::TempDir;

use crate::support::Process;

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

/// Carries a load out. Returns the report of each phase.
async fn carry_out(load: &Load) -> (Generator, Vec<(Phase, Report)>) {
    let data = TempDir::new().expect("a folder");
    let process = Process::start(data.path(), &[]);
    let node = Node::find(&format!("http://{}", process.site.authority), false).await.expect("this machine");
    let generator = Generator::new(vec![node], load.clone(), 16, Duration::ZERO).expect("a small load");
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

#[tokio::test]
async fn fifty_members_join_and_are_told_what_the_others_do() {
    let (generator, reports) = carry_out(&load()).await;
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

#[tokio::test]
async fn members_who_lose_the_connection_resume_their_places() {
    let quiet = Load { turn_every_ms: 0, react_every_ms: 0, write_every_ms: 0, stalled: 0, ..load() };
    let (generator, reports) = carry_out(&Load { resume_every_ms: 1_000, ..quiet }).await;
    let acted = report_of(Phase::Act, &reports);
    assert_eq!(acted.resumes, generator.plan().expected().resumes);
    assert!(acted.resumes > 0 && acted.refusals.is_empty() && acted.failures.is_empty(), "{acted:?}");
}

#[tokio::test]
async fn in_a_lounge_all_members_are_told_what_anybody_writes() {
    let lounges = Load { lounges: true, stalled: 0, react_every_ms: 0, ..load() };
    let (generator, reports) = carry_out(&lounges).await;
    let (acted, expected) = (report_of(Phase::Act, &reports), generator.plan().expected());
    assert!(expected.messages_told > 0);
    assert_eq!((acted.messages_told, acted.delivery.count), (expected.messages_told, expected.messages_told));
    assert!(acted.refusals.is_empty() && acted.failures.is_empty(), "{acted:?}");
}
