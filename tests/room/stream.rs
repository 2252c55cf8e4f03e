//! The host's stream: all transitions between its states.

use heartogether::{
    id::{MemberId, NodeId},
    refusal::Refusal,
    role::Role,
    room::{
        Command, Event, Foreseen, Publication, RoomEvent, Source,
        StreamState::{self, *},
    },
};

use crate::scenario::*;

const SILENCED_DISPLAY: Command = Command::Publish { id: PUBLICATION, source: Source::Display, paused: true };

/// A room with the host at connection 1, in a state of the stream.
fn in_state(state: StreamState) -> Stage {
    let mut stage = Stage::open();
    stage.host(1);
    if state != Idle {
        stage.command(1, DISPLAY);
    }
    match state {
        Paused => drop(stage.command(1, Command::Pause)),
        Interrupted => drop(stage.command(1, Command::Interrupt)),
        Ended => drop(stage.command(1, Command::StopRoom)),
        Idle | Live => {}
    }
    assert_eq!(stage.stream(), state);
    stage
}

#[test]
fn a_stream_changes_its_state_as_the_table_says() {
    use Command::{Interrupt, Pause, Resume};
    let not_ready = Err(Refusal::StreamNotReady);
    let table = [
        (Idle, MICROPHONE, Ok(Live)),
        (Idle, SILENCED, Ok(Paused)),
        (Idle, Pause, not_ready),
        (Idle, Resume, not_ready),
        (Idle, Interrupt, Ok(Idle)),
        (Live, MICROPHONE, Ok(Live)),
        (Live, DISPLAY, Ok(Live)),
        (Live, SILENCED, Ok(Paused)),
        (Live, Pause, Ok(Paused)),
        (Live, Resume, Ok(Live)),
        (Live, Interrupt, Ok(Interrupted)),
        (Paused, MICROPHONE, Ok(Live)),
        (Paused, SILENCED, Ok(Paused)),
        (Paused, Pause, Ok(Paused)),
        (Paused, Resume, Ok(Live)),
        (Paused, Interrupt, Ok(Interrupted)),
        (Interrupted, MICROPHONE, Ok(Live)),
        (Interrupted, SILENCED, Ok(Paused)),
        (Interrupted, Pause, not_ready),
        (Interrupted, Resume, not_ready),
        (Interrupted, Interrupt, Ok(Interrupted)),
        (Ended, MICROPHONE, Err(Refusal::RoomEnded)),
        (Ended, SILENCED, Err(Refusal::RoomEnded)),
        (Ended, Pause, Err(Refusal::RoomEnded)),
        (Ended, Resume, Err(Refusal::RoomEnded)),
        (Ended, Interrupt, Err(Refusal::RoomEnded)),
    ];
    for (from, command, expected) in table {
        let mut stage = in_state(from);
        let outcome = stage.command(1, command.clone());
        match expected {
            Err(refusal) => assert_eq!(outcome.refusal(1), refusal, "{from:?} {command:?}"),
            Ok(to) => assert_eq!(stage.stream(), to, "{from:?} {command:?}"),
        }
        // Everyone learns of a change of the state or of the source, and of nothing else.
        let is_another_source = matches!(from, Live | Paused) && [MICROPHONE, SILENCED].contains(&command);
        let expected = if stage.stream() == from && !is_another_source { vec![] } else { vec![stage.changed()] };
        assert_eq!(outcome.everyone_learns(), expected.iter().collect::<Vec<_>>(), "{from:?} {command:?}");
    }
}

#[test]
fn everyone_is_told_once_of_a_silence_until_the_source_changes() {
    let silence = |silent| Command::DeclareSilence { silent };
    for state in [Idle, Interrupted] {
        assert_eq!(in_state(state).command(1, silence(true)).refusal(1), Refusal::StreamNotReady, "{state:?}");
    }
    for state in [Live, Paused] {
        let mut stage = in_state(state);
        let publication = stage.room.publications()[0].clone();
        let changed =
            |silent| RoomEvent::PublicationChanged { publication: Publication { silent, ..publication.clone() } };
        assert_eq!(stage.command(1, silence(true)).everyone_learns(), [&changed(true)]);
        assert!(stage.view(HOST).is_silent());
        assert!(stage.command(1, silence(true)).everyone_learns().is_empty());
        assert_eq!(stage.stream(), state);
        assert_eq!(stage.command(1, silence(false)).everyone_learns(), [&changed(false)]);

        stage.command(1, silence(true));
        assert_eq!(stage.command(1, Command::Interrupt).everyone_learns(), [&stage.changed()]);
        assert!(!stage.view(HOST).is_silent());
        stage.command(1, MICROPHONE);
        assert!(!stage.view(HOST).is_silent());
        stage.command(1, silence(true));
        assert_eq!(stage.command(1, DISPLAY).everyone_learns(), [&stage.changed()]);
        assert!(!stage.view(HOST).is_silent(), "another source is heard anew");
    }
}

#[test]
fn the_stream_of_a_disconnected_host_is_interrupted_and_then_restored() {
    for (before, dropped) in [(Idle, Idle), (Live, Interrupted), (Paused, Interrupted), (Interrupted, Interrupted)] {
        let mut stage = Stage::open();
        let host = stage.host(1);
        match before {
            Live => drop(stage.command(1, DISPLAY)),
            Paused => drop((stage.command(1, DISPLAY), stage.command(1, Command::Pause))),
            Interrupted => drop((stage.command(1, DISPLAY), stage.command(1, Command::Interrupt))),
            Idle | Ended => {}
        }
        stage.lose(1);
        assert_eq!(stage.stream(), dropped, "{before:?}");
        stage.resume(OWNER, host.token, host.seq, 2).resumed(2);
        assert_eq!(stage.stream(), before, "{before:?}");
    }
}

#[test]
fn the_stream_of_a_host_with_a_new_page_is_interrupted_until_it_shares_again() {
    for (before, after) in [(Idle, Idle), (Live, Interrupted), (Paused, Interrupted), (Interrupted, Interrupted)] {
        let mut stage = in_state(before);
        let outcome = stage.ask(OWNER, Role::Host, 2, true);
        assert_eq!(outcome.joined(2).room.stream(), after, "{before:?}");
        stage.command(2, MICROPHONE);
        assert_eq!(stage.stream(), Live, "{before:?}");
    }
}

#[test]
fn an_interruption_ends_after_the_hosts_grace_period() {
    for (how, lost) in [("the source is gone", false), ("the connection is lost", true)] {
        let mut stage = in_state(Live);
        stage.wait(1_000);
        if lost {
            stage.lose(1);
        } else {
            stage.command(1, Command::Interrupt);
        }
        assert!(stage.wait(HOST_GRACE_MS - 1).wake().is_silent(), "{how}");
        assert_eq!(stage.stream(), Interrupted, "{how}");
        let outcome = stage.wait(1).wake();
        assert_eq!(outcome.everyone_learns(), [&PUBLICATION_ENDED], "{how}");
        assert_eq!(stage.room.ended(), None, "{how}");
    }
}

#[test]
fn a_new_page_of_the_host_has_the_whole_grace_period() {
    let mut stage = in_state(Live);
    stage.lose(1);
    stage.wait(HOST_GRACE_MS - 1).host(2);
    stage.wait(HOST_GRACE_MS - 1).wake();
    assert_eq!(stage.stream(), Interrupted);
    stage.wait(1).wake();
    assert_eq!(stage.stream(), Idle);
}

#[test]
fn a_host_who_resumes_in_time_is_not_cut_off_later() {
    let mut stage = Stage::open();
    let host = stage.host(1);
    stage.command(1, DISPLAY);
    stage.lose(1);
    stage.wait(HOST_GRACE_MS - 1).resume(OWNER, host.token, host.seq, 2).resumed(2);
    assert!(stage.wait(HOST_GRACE_MS).wake().is_silent());
    assert_eq!(stage.stream(), Live);
}

#[test]
fn a_disconnected_listener_does_not_affect_the_stream() {
    let mut stage = Stage::full_and_live();
    assert!(stage.lose(2).everyone_learns().is_empty());
    assert_eq!(stage.stream(), Live);
}

#[test]
fn events_without_effect_are_foreseen() {
    let foreseen = |stage: &Stage, command: Command| {
        let event = commanded(&stage.room, connection(1).id, command);
        stage.room.foresee(&event, stage.now)
    };
    use Command::{Interrupt, Pause, Resume};
    for (state, repeated) in [
        (Idle, vec![Interrupt]),
        (Live, vec![DISPLAY, Resume]),
        (Paused, vec![SILENCED_DISPLAY, Pause]),
        (Interrupted, vec![Interrupt]),
    ] {
        let stage = in_state(state);
        for command in repeated {
            assert_eq!(foreseen(&stage, command.clone()), Ok(Foreseen::Nothing), "{state:?} {command:?}");
        }
    }
    for state in [Idle, Interrupted] {
        for command in [Pause, Resume] {
            assert_eq!(foreseen(&in_state(state), command), Err(Refusal::StreamNotReady), "{state:?}");
        }
    }
    for (state, command) in
        [(Idle, MICROPHONE), (Live, MICROPHONE), (Interrupted, SILENCED), (Live, Pause), (Paused, Resume)]
    {
        assert_eq!(foreseen(&in_state(state), command.clone()), Ok(Foreseen::Change), "{state:?} {command:?}");
    }
}

#[test]
fn a_removal_without_effect_is_foreseen() {
    let mut stage = Stage::full_and_live();
    let foreseen = |stage: &Stage, member| {
        let command = Command::RemoveMember { member, block_address: false, may_return: false };
        let event = commanded(&stage.room, connection(1).id, command);
        stage.room.foresee(&event, stage.now)
    };
    assert_eq!(foreseen(&stage, MemberId::from_bits(99)), Err(Refusal::MemberNotFound));
    assert_eq!(foreseen(&stage, FIRST_LISTENER), Ok(Foreseen::Change));
    stage.command(1, Command::RemoveMember { member: FIRST_LISTENER, block_address: false, may_return: false });
    assert_eq!(foreseen(&stage, FIRST_LISTENER), Ok(Foreseen::Nothing));
}

#[test]
fn a_repeated_message_and_the_loss_of_an_unknown_connection_are_foreseen() {
    let mut stage = Stage::full_and_live();
    stage.command(2, write(1, "louder, please"));
    let written = |nonce| commanded(&stage.room, connection(2).id, write(nonce, "again"));
    let lost = |at| Event::ConnectionLost { connection: connection(at).id };
    for (event, expected) in [
        (written(1), Foreseen::Nothing),
        (written(2), Foreseen::Change),
        (lost(9), Foreseen::Nothing),
        (lost(2), Foreseen::Change),
        (Event::NodeLost { node: NodeId::from_bits(9) }, Foreseen::Nothing),
        (Event::NodeLost { node: NodeId::from_bits(1) }, Foreseen::Change),
        (Event::Woke, Foreseen::Nothing),
    ] {
        assert_eq!(stage.room.foresee(&event, stage.now), Ok(expected), "{event:?}");
    }
}
