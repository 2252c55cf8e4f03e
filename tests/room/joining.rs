//! Taking a place and giving it up.

use heartogether::{
    id::{AccountId, MemberId, ResumeToken},
    refusal::Refusal,
    role::{AccountKind, Role},
    room::{
        Audience, Command, Effect, EndReason, Event, JoinRequested, MemberView, Policy, RoomCreated, RoomEvent,
        RoomMessage, RoomView, StreamState,
    },
};

use crate::scenario::*;

#[test]
fn the_owner_takes_the_hosts_place() {
    let mut stage = Stage::open();
    assert!(!stage.room.owner_connected());
    let joined = stage.host(1);
    assert_eq!(joined.member, HOST);
    assert_eq!(joined.seq, stage.room.seq());
    assert_eq!(joined.room, stage.view(HOST));
    assert!(stage.room.owner_connected());
}

#[test]
fn a_listener_gets_the_place_and_the_host_learns_of_it() {
    let mut stage = Stage::open();
    stage.host(1);
    let outcome = stage.ask_to_listen(GRACE, 2);
    let joined = outcome.joined(2);
    let listener = MemberView {
        member: joined.member,
        name: name("Account 2"),
        email: None,
        has_picture: false,
        connected: true,
        joined_at: stage.now,
        active_at: stage.now,
        last_reaction: None,
        last_message: None,
    };
    assert_eq!(outcome.host_learns(), [&RoomEvent::MemberJoined { member: listener.clone() }]);
    assert!(outcome.everyone_learns().is_empty());
    assert_eq!(outcome.attendance(), [1]);
    assert_eq!(stage.view(HOST).members, [listener]);
    assert_eq!(
        joined.room,
        RoomView { attendance: 0, ..stage.view(joined.member) },
        "the size of the audience follows"
    );
}

#[test]
fn a_listener_may_come_before_the_host() {
    let mut stage = Stage::open();
    let joined = stage.listener(GRACE, 2);
    assert_eq!(joined.room.stream(), StreamState::Idle);
    assert_eq!(stage.host(1).room.members.len(), 1);
}

#[test]
fn listeners_stand_in_order_of_arrival() {
    let mut stage = Stage::open();
    let host = stage.host(1);
    let edsger = stage.listener(EDSGER, 2).member;
    let grace = stage.listener(GRACE, 3).member;
    let members: Vec<_> = stage.room.members().map(|member| member.id).collect();
    assert_eq!(members, [host.member, edsger, grace]);
}

#[test]
fn a_listener_never_learns_who_else_listens() {
    let mut stage = Stage::full_and_live();
    let grace = stage.room.member_at(connection(2).id).expect("Grace is there").id;
    assert!(stage.view(grace).members.is_empty());
    assert!(stage.ask_to_listen(EDSGER, 4).joined(4).room.members.is_empty());
}

#[test]
fn the_third_listener_of_a_room_for_two_is_refused() {
    let mut stage = Stage::full_and_live();
    assert_eq!(stage.ask_to_listen(BARBARA, 4).refusal(4), Refusal::RoomFull);
    assert_eq!(stage.room.audience_count(), 2);
}

#[test]
fn a_full_room_takes_another_page_of_somebody_who_has_a_place() {
    let mut stage = Stage::full_and_live();
    let before = stage.room.member_at(connection(2).id).expect("Grace is there").id;
    let outcome = stage.ask_to_listen(GRACE, 4);
    assert_eq!(outcome.joined(4).member, before);
    assert_eq!(stage.room.audience_count(), 2);
}

#[test]
fn a_full_room_still_takes_its_host() {
    let mut stage = Stage::open();
    stage.listener(GRACE, 2);
    stage.listener(EDSGER, 3);
    assert_eq!(stage.host(1).member, HOST);
}

#[test]
fn a_second_page_of_a_listener_closes_the_first() {
    let mut stage = Stage::open();
    stage.host(1);
    stage.listener(GRACE, 2);
    let outcome = stage.ask_to_listen(GRACE, 4);
    assert_eq!(outcome.closed(), [(connection(2).id, Refusal::SessionReplaced)]);
    assert!(stage.room.member_at(connection(2).id).is_none());
    // The host is told, since the new page needs an offer.
    assert!(matches!(outcome.host_learns()[..], [RoomEvent::MemberJoined { .. }]));
    // What the older page's connection still says or does touches nobody.
    assert_eq!(stage.command(2, Command::Leave).refusal(2), Refusal::NotAMember);
    assert!(stage.lose(2).is_silent());
    assert!(stage.room.member_at(connection(4).id).is_some());
}

#[test]
fn a_second_page_keeps_the_order_and_updates_the_name() {
    let mut stage = Stage::full_and_live();
    let mut expected = stage.view(HOST).members;
    expected[0].name = name("Grace Hopper");
    stage.wait(5).ask_called(name("Grace Hopper"), GRACE, Role::Listener, 4, false).joined(4);
    expected[0].active_at = stage.now;
    assert_eq!(stage.view(HOST).members, expected);
}

#[test]
fn only_the_owner_hosts() {
    let mut stage = Stage::open();
    assert_eq!(stage.ask_to_host(GRACE, 1).refusal(1), Refusal::NotOwner);
    assert_eq!(stage.ask(GRACE, Role::Host, 1, true).refusal(1), Refusal::NotOwner);
}

#[test]
fn a_second_page_of_the_host_must_request_to_take_over() {
    let mut stage = Stage::open();
    stage.host(1);
    assert_eq!(stage.ask_to_host(OWNER, 4).refusal(4), Refusal::HostElsewhere);
    assert!(stage.room.member_at(connection(1).id).is_some());

    let outcome = stage.ask(OWNER, Role::Host, 4, true);
    assert_eq!(outcome.joined(4).member, HOST);
    assert_eq!(outcome.closed(), [(connection(1).id, Refusal::SessionReplaced)]);
}

#[test]
fn taking_over_without_a_host_is_the_same_as_hosting() {
    let mut stage = Stage::open();
    let outcome = stage.ask(OWNER, Role::Host, 1, true);
    assert_eq!(outcome.joined(1).member, HOST);
    assert!(outcome.closed().is_empty());
}

#[test]
fn a_host_whose_connection_is_lost_hosts_again_without_taking_over() {
    let mut stage = Stage::open();
    stage.host(1);
    stage.lose(1);
    assert_eq!(stage.host(2).member, HOST);
}

#[test]
fn the_owner_may_listen_to_the_own_room() {
    let mut stage = Stage::open();
    stage.host(1);
    let joined = stage.listener(OWNER, 2);
    assert_ne!(joined.member, HOST);
    assert!(stage.room.owner_connected());
}

#[test]
fn a_connection_has_only_one_place() {
    let mut stage = Stage::full_and_live();
    for (at, account, role) in [(2, GRACE, Role::Listener), (1, OWNER, Role::Host), (1, OWNER, Role::Listener)] {
        assert_eq!(stage.ask(account, role, at, true).refusal(at), Refusal::OutOfOrder, "{role:?} at {at}");
    }
}

#[test]
fn the_place_of_a_leaving_member_is_free_at_once() {
    let mut stage = Stage::full_and_live();
    let grace = stage.room.member_at(connection(2).id).expect("Grace is there").id;
    let outcome = stage.command(2, Command::Leave);
    assert_eq!(outcome.host_learns(), [&RoomEvent::MemberLeft { member: grace }]);
    assert!(outcome.answers(2).is_empty());
    assert!(!stage.is_member(grace));
    stage.listener(BARBARA, 4);
}

#[test]
fn a_member_who_left_may_join_again_on_the_same_connection() {
    let mut stage = Stage::full_and_live();
    let before = stage.room.member_at(connection(2).id).expect("Grace is there").id;
    stage.command(2, Command::Leave);
    assert_ne!(stage.listener(GRACE, 2).member, before);
}

#[test]
fn a_member_who_left_cannot_give_commands() {
    let mut stage = Stage::full_and_live();
    stage.command(2, Command::Leave);
    for command in commands() {
        assert_eq!(stage.command(2, command.clone()).refusal(2), Refusal::NotAMember, "{command:?}");
    }
}

#[test]
fn a_host_who_leaves_silences_the_stream_and_keeps_the_place() {
    let mut stage = Stage::full_and_live();
    let outcome = stage.command(1, Command::Leave);
    assert_eq!(outcome.everyone_learns(), [&PUBLICATION_ENDED]);
    assert!(!stage.room.owner_connected());
    assert!(stage.is_member(HOST));
    assert_eq!(stage.host(1).room.stream(), StreamState::Idle);
}

#[test]
fn nobody_joins_before_the_room_is_created() {
    let mut stage = Stage::before_creation();
    assert_eq!(stage.ask_to_host(OWNER, 1).refusal(1), Refusal::RoomNotFound);
    assert_eq!(stage.ask_to_listen(GRACE, 2).refusal(2), Refusal::RoomNotFound);
}

#[test]
fn nobody_joins_after_the_end() {
    let mut stage = Stage::full_and_live();
    stage.command(1, Command::StopRoom);
    assert_eq!(stage.room.ended(), Some(EndReason::Stopped));
    for (account, role) in [(OWNER, Role::Host), (GRACE, Role::Listener), (BARBARA, Role::Listener)] {
        assert_eq!(stage.ask(account, role, 9, true).refusal(9), Refusal::RoomEnded, "{role:?}");
    }
}

#[test]
fn only_the_host_sees_an_e_mail_address() {
    let mut stage = Stage::open();
    stage.host(1);
    let request = JoinRequested {
        marks: heartogether::room::Marks::default(),
        connection: connection(2),
        account: GRACE,
        name: name("Grace"),
        email: Some("grace@hear.example".to_owned()),
        has_picture: false,
        kind: AccountKind::Known,
        role: Role::Listener,
        take_over: false,
        returns: false,
        member: MemberId::from_bits(77),
        token: ResumeToken::from_bits(78),
    };
    let outcome = stage.append(Event::JoinRequested(request));
    let is_told = |message: &RoomMessage| format!("{message:?}").contains("grace@hear.example");
    for effect in &outcome.0 {
        if let Effect::Send { to, message } = effect {
            assert_eq!(is_told(message), *to == Audience::Role(Role::Host), "{to:?} {message:?}");
        }
    }
    let view = |member| format!("{:?}", stage.room.view(member));
    let members: Vec<_> = stage.room.members().map(|member| (member.id, member.role)).collect();
    for (member, role) in members {
        assert_eq!(view(member).contains("grace@hear.example"), role == Role::Host, "{role:?}");
    }
}

#[test]
fn the_attendance_is_sent_in_the_steps_of_the_policy() {
    for (attendance_parts, told) in [(2, vec![1, 2, 4, 7]), (20, (1..=10).collect()), (0, (1..=10).collect())] {
        let mut stage = Stage::before_creation();
        let policy = Policy { max_members: u32::MAX, attendance_parts, ..created().policy };
        stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
        let tell = |number| stage.ask_to_listen(AccountId::from_bits(number), number).attendance();
        assert_eq!((100..110).flat_map(tell).collect::<Vec<_>>(), told, "{attendance_parts}");
    }
}
