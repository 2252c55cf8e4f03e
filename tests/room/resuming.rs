//! Losing the connection, and resuming the place.

use heartogether::{
    id::{ConnectionId, NodeId, ResumeToken, Seq},
    refusal::Refusal,
    role::{AccountKind, Role},
    room::{Command, ConnectionRef, Event, JoinRequested, Missed, Publication, RoomEvent, StreamState},
};

use crate::scenario::*;

#[test]
fn a_disconnected_listener_keeps_the_place_and_the_host_is_told() {
    let mut stage = Stage::open();
    stage.host(1);
    let grace = stage.listener(GRACE, 2);
    let outcome = stage.lose(2);
    let detached = RoomEvent::MemberConnected { member: grace.member, connected: false };
    assert_eq!(outcome.host_learns(), [&detached]);
    assert!(stage.is_member(grace.member));
    assert!(!stage.view(HOST).members[0].connected);

    let outcome = stage.wait(3_000).resume(GRACE, grace.token, grace.seq, 3);
    assert_eq!(
        outcome.resumed(3).missed,
        Missed::Events(vec![RoomEvent::AttendanceChanged { attendance: 1 }]),
        "told again"
    );
    let attached = RoomEvent::MemberConnected { member: grace.member, connected: true };
    assert_eq!(outcome.host_learns(), [&attached]);
    assert!(stage.view(HOST).members[0].connected);
}

#[test]
fn who_resumes_before_the_loss_was_noticed_is_announced_because_signals_were_lost() {
    let mut stage = Stage::open();
    stage.host(1);
    let grace = stage.listener(GRACE, 2);
    let attached = RoomEvent::MemberConnected { member: grace.member, connected: true };
    assert_eq!(stage.resume(GRACE, grace.token, grace.seq, 3).host_learns(), [&attached]);
}

#[test]
fn a_place_is_reserved_during_its_grace_period() {
    let mut stage = Stage::full_and_live();
    stage.lose(2);
    stage.wait(LISTENER_GRACE_MS - 1);
    assert_eq!(stage.ask_to_listen(BARBARA, 4).refusal(4), Refusal::RoomFull);
}

#[test]
fn only_the_account_with_the_latest_token_resumes_a_place() {
    let mut stage = Stage::open();
    let first = stage.listener(GRACE, 2);
    stage.lose(2);
    let wrong = ResumeToken::from_bits(99);
    for (account, token, refusal) in [
        (GRACE, wrong, Refusal::SessionReplaced),
        (EDSGER, first.token, Refusal::NotAMember),
        (OWNER, first.token, Refusal::NotAMember),
    ] {
        assert_eq!(stage.resume(account, token, first.seq, 3).refusal(3), refusal, "{account}");
    }
    let second = stage.listener(GRACE, 3);
    assert_eq!(second.member, first.member);
    assert_eq!(stage.resume(GRACE, first.token, first.seq, 4).refusal(4), Refusal::SessionReplaced);
    stage.resume(GRACE, second.token, second.seq, 4).resumed(4);
}

#[test]
fn an_owner_who_listened_too_and_lost_that_place_may_join_again() {
    let mut stage = Stage::open();
    stage.host(1);
    let listened = stage.listener(OWNER, 2);
    stage.lose(2);
    stage.wait(LISTENER_GRACE_MS).wake();
    assert_eq!(stage.resume(OWNER, listened.token, listened.seq, 3).refusal(3), Refusal::NotAMember);
}

#[test]
fn a_host_who_never_came_has_no_token() {
    let mut stage = Stage::open();
    assert_eq!(stage.resume(OWNER, ResumeToken::from_bits(0), Seq(0), 1).refusal(1), Refusal::NotAMember);
}

#[test]
fn after_the_grace_period_the_place_is_gone() {
    let mut stage = Stage::open();
    stage.host(1);
    let grace = stage.listener(GRACE, 2);
    stage.lose(2);
    let outcome = stage.wait(LISTENER_GRACE_MS).wake();
    assert_eq!(outcome.host_learns(), [&RoomEvent::MemberLeft { member: grace.member }]);
    assert_eq!(stage.resume(GRACE, grace.token, grace.seq, 3).refusal(3), Refusal::NotAMember);
}

#[test]
fn a_connection_with_a_place_cannot_resume_another_one() {
    let mut stage = Stage::open();
    let grace = stage.listener(GRACE, 2);
    assert_eq!(stage.resume(GRACE, grace.token, grace.seq, 2).refusal(2), Refusal::OutOfOrder);
}

#[test]
fn nobody_resumes_before_the_creation_or_after_the_end() {
    let mut stage = Stage::before_creation();
    let token = ResumeToken::from_bits(1);
    assert_eq!(stage.resume(OWNER, token, Seq(0), 1).refusal(1), Refusal::RoomNotFound);

    let mut stage = Stage::open();
    stage.host(1);
    let grace = stage.listener(GRACE, 2);
    stage.command(1, Command::StopRoom);
    assert_eq!(stage.resume(GRACE, grace.token, grace.seq, 3).refusal(3), Refusal::RoomEnded);
}

#[test]
fn a_resume_before_the_loss_was_noticed_closes_the_older_connection() {
    let mut stage = Stage::open();
    let grace = stage.listener(GRACE, 2);
    let outcome = stage.resume(GRACE, grace.token, grace.seq, 3);
    outcome.resumed(3);
    assert_eq!(outcome.closed(), [(connection(2).id, Refusal::SessionReplaced)]);
    assert!(stage.lose(2).is_silent());
    assert!(stage.room.member_at(connection(3).id).is_some());
}

#[test]
fn a_host_who_resumes_is_live_again() {
    let mut stage = Stage::open();
    let host = stage.host(1);
    stage.command(1, MICROPHONE);
    let seq = stage.room.seq();
    let outcome = stage.lose(1);
    assert_eq!(outcome.everyone_learns(), [&stage.changed()]);

    let outcome = stage.wait(60_000).resume(OWNER, host.token, seq, 2);
    assert_eq!(outcome.everyone_learns(), [&stage.changed()]);
    assert_eq!(stage.stream(), StreamState::Live);
}

#[test]
fn a_member_who_resumes_gets_the_missed_events_in_order() {
    let mut stage = Stage::open();
    stage.host(1);
    let grace = stage.listener(GRACE, 2);
    stage.lose(2);
    stage.command(1, MICROPHONE);
    stage.command(1, Command::Pause);
    let resumed = stage.resume(GRACE, grace.token, grace.seq, 3).resumed(3);
    assert_eq!(resumed.seq, stage.room.seq());
    let changes = [StreamState::Live, StreamState::Paused].map(|state| RoomEvent::PublicationChanged {
        publication: Publication { state, ..stage.room.publications()[0].clone() },
    });
    let attendance = RoomEvent::AttendanceChanged { attendance: 1 };
    assert_eq!(resumed.missed, Missed::Events([vec![attendance], changes.to_vec()].concat()));
}

#[test]
fn the_events_of_the_last_known_entry_are_sent_again() {
    let mut stage = Stage::open();
    stage.host(1);
    let grace = stage.listener(GRACE, 2);
    stage.command(1, MICROPHONE);
    let known = stage.room.seq();
    stage.lose(2);
    let resumed = stage.resume(GRACE, grace.token, known, 3).resumed(3);
    assert_eq!(resumed.missed, Missed::Events(vec![stage.changed()]));
}

#[test]
fn a_listener_who_resumes_is_told_nothing_of_the_audience() {
    let mut stage = Stage::open();
    stage.host(1);
    let grace = stage.listener(GRACE, 2);
    stage.listener(EDSGER, 3);
    stage.lose(3);
    let resumed = stage.resume(GRACE, grace.token, grace.seq, 4).resumed(4);
    let attendance = [1, 2].map(|attendance| RoomEvent::AttendanceChanged { attendance });
    assert_eq!(resumed.missed, Missed::Events(attendance.to_vec()), "but how large it is");
}

#[test]
fn a_host_who_resumes_is_told_of_the_audience() {
    let mut stage = Stage::open();
    let host = stage.host(1);
    stage.lose(1);
    stage.listener(GRACE, 2);
    let resumed = stage.resume(OWNER, host.token, host.seq, 3).resumed(3);
    assert!(
        matches!(resumed.missed, Missed::Events(events) if matches!(events[..], [RoomEvent::MemberJoined { .. }, RoomEvent::LinkOpened { .. }, RoomEvent::AttendanceChanged { .. }]))
    );
}

#[test]
fn a_member_who_missed_too_much_gets_the_whole_room() {
    let mut stage = Stage::open();
    stage.host(1);
    let grace = stage.listener(GRACE, 2);
    stage.command(1, MICROPHONE);
    for _ in 0..created().policy.events_kept {
        stage.command(1, Command::Pause);
        stage.command(1, Command::Resume);
    }
    let resumed = stage.resume(GRACE, grace.token, grace.seq, 3).resumed(3);
    assert_eq!(resumed.missed, Missed::Room(stage.view(grace.member)));
}

#[test]
fn a_member_with_a_future_seq_gets_the_whole_room() {
    let mut stage = Stage::open();
    let grace = stage.listener(GRACE, 2);
    let resumed = stage.resume(GRACE, grace.token, Seq(u64::MAX), 3).resumed(3);
    assert_eq!(resumed.missed, Missed::Room(stage.view(grace.member)));
}

#[test]
fn a_lost_node_ends_only_its_own_connections() {
    let mut stage = Stage::open();
    stage.host(1);
    let grace = stage.listener(GRACE, 2).member;
    let node = NodeId::from_bits(2);
    let elsewhere = ConnectionRef { node, id: ConnectionId::from_bits(3) };
    let member = heartogether::id::MemberId::from_bits(77);
    stage.append(Event::JoinRequested(JoinRequested {
        marks: heartogether::room::Marks::default(),
        connection: elsewhere,
        account: EDSGER,
        name: name("Edsger"),
        email: None,
        has_picture: false,
        kind: AccountKind::Known,
        role: Role::Listener,
        take_over: false,
        returns: false,
        member,
        token: ResumeToken::from_bits(78),
    }));
    let outcome = stage.append(Event::NodeLost { node });
    assert_eq!(outcome.host_learns(), [&RoomEvent::MemberConnected { member, connected: false }]);

    let outcome = stage.append(Event::NodeLost { node: NodeId::from_bits(1) });
    assert_eq!(outcome.host_learns(), [&RoomEvent::MemberConnected { member: grace, connected: false }]);
    assert!(!stage.room.owner_connected());
    assert!(stage.append(Event::NodeLost { node }).is_silent());
}

#[test]
fn losing_an_unknown_connection_has_no_effect() {
    let mut stage = Stage::full_and_live();
    assert!(stage.lose(99).is_silent());
}
