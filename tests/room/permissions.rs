//! Who may do what: the whole matrix of roles, commands and signals.

use heartogether::{
    id::{MemberId, NegotiationId},
    protocol::Signal,
    refusal::Refusal,
    role::{Guests, Kind, Permission, Role, Standing, permit},
};

use crate::scenario::*;

const NEGOTIATION: NegotiationId = NegotiationId(7);

fn signals() -> [Signal; 5] {
    [
        Signal::Offer { negotiation: NEGOTIATION, sdp: String::new(), restarts: None },
        Signal::Answer { negotiation: NEGOTIATION, sdp: String::new() },
        Signal::Candidates { negotiation: NEGOTIATION, candidates: vec![] },
        Signal::Closed { negotiation: NEGOTIATION },
        Signal::OfferRequest { restarts: None },
    ]
}

#[test]
fn the_table_of_permissions_is_this() {
    use Permission::*;
    let of = |role: Role| Permission::ALL.iter().filter(move |permission| role.allows(**permission));
    let host: Vec<_> = of(Role::Host).collect();
    let everyones = [&LookUp, &CreateRoom, &Connect, &FetchIceServers, &KeepAccount];
    assert_eq!(host[..5], everyones);
    assert_eq!(
        host[5..],
        [
            &Host,
            &Listen,
            &ReopenRoom,
            &Broadcast,
            &StopRoom,
            &SeeAudience,
            &RemoveListener,
            &ReadMessages,
            &Offer,
            &Negotiate,
            &Leave
        ]
    );
    let listener: Vec<_> = of(Role::Listener).collect();
    assert_eq!(listener[..5], everyones);
    assert_eq!(listener[5..], [&Listen, &Engage, &Answer, &RequestOffer, &Negotiate, &Leave]);
}

#[test]
fn who_has_no_place_may_do_this() {
    use Permission::*;
    let of = |standing: Standing| Permission::ALL.iter().filter(move |permission| standing.allows(**permission));
    assert_eq!(of(Standing::Nobody).collect::<Vec<_>>(), [&LookUp]);
    let everyones = [&LookUp, &CreateRoom, &Connect, &FetchIceServers, &KeepAccount];
    assert_eq!(of(Standing::Removed).collect::<Vec<_>>(), everyones);
    assert_eq!(of(Standing::Account).collect::<Vec<_>>(), [&everyones[..], &[&Listen]].concat());
    for (standing, permission, refusal) in [
        (Standing::Nobody, Host, Refusal::NotSignedIn),
        (Standing::Removed, Host, Refusal::NotOwner),
        (Standing::Removed, Listen, Refusal::Removed),
        (Standing::Account, SeeAudience, Refusal::NotAllowed),
        (Standing::Listener, ReopenRoom, Refusal::NotOwner),
    ] {
        assert_eq!(standing.check(permission), Err(refusal), "{standing:?} {permission:?}");
    }
}

#[test]
fn guests_may_do_this_and_never_more_than_their_standing_allows() {
    use Permission::*;
    let of = |guests: Guests| Permission::ALL.iter().filter(move |permission| guests.allow(**permission));
    assert_eq!(of(Guests::Host).count(), Permission::ALL.len());
    let listening = [
        &LookUp,
        &Connect,
        &FetchIceServers,
        &KeepAccount,
        &Listen,
        &Engage,
        &Answer,
        &RequestOffer,
        &Negotiate,
        &Leave,
    ];
    assert_eq!(of(Guests::Listen).collect::<Vec<_>>(), listening);
    assert_eq!(of(Guests::Off).collect::<Vec<_>>(), [&LookUp]);
    for (standing, guests, permission, refusal) in [
        (Standing::Owner, Guests::Listen, Host, Refusal::GuestsListenOnly),
        (Standing::Owner, Guests::Listen, ReopenRoom, Refusal::GuestsListenOnly),
        (Standing::Account, Guests::Listen, CreateRoom, Refusal::GuestsListenOnly),
        (Standing::Account, Guests::Listen, Host, Refusal::NotOwner),
        (Standing::Account, Guests::Off, Listen, Refusal::GuestsOff),
    ] {
        assert_eq!(permit(standing, Kind::Guest(guests), permission), Err(refusal), "{standing:?} {permission:?}");
    }
    for standing in Standing::ALL {
        for permission in Permission::ALL {
            assert_eq!(permit(*standing, Kind::Known, *permission), standing.check(*permission));
            for guests in Guests::ALL {
                let is_allowed = permit(*standing, Kind::Guest(*guests), *permission).is_ok();
                assert_eq!(is_allowed, standing.allows(*permission) && guests.allow(*permission));
            }
        }
    }
}

#[test]
fn a_guest_takes_no_place_that_guests_may_not_have_and_resumes_none() {
    let mut stage = Stage::open();
    let host = stage.host(1);
    stage.lose(1);
    let grace = stage.listener(GRACE, 2);
    stage.lose(2);
    let before = stage.view(HOST);
    stage.kind = Kind::Guest(Guests::Listen);
    assert_eq!(stage.ask_to_host(OWNER, 3).refusal(3), Refusal::GuestsListenOnly);
    assert_eq!(stage.resume(OWNER, host.token, host.seq, 4).refusal(4), Refusal::GuestsListenOnly);
    assert_eq!(stage.ask_to_host(BARBARA, 5).refusal(5), Refusal::NotOwner);
    assert_eq!(stage.view(HOST), before);
    stage.resume(GRACE, grace.token, grace.seq, 6).resumed(6);
    stage.listener(OWNER, 7);
    stage.kind = Kind::Guest(Guests::Off);
    assert_eq!(stage.ask_to_listen(BARBARA, 8).refusal(8), Refusal::GuestsOff);
    stage.kind = Kind::Guest(Guests::Host);
    stage.resume(OWNER, host.token, host.seq, 9).resumed(9);
}

#[test]
fn a_command_is_carried_out_for_the_roles_that_may_give_it_and_for_no_other() {
    for (at, role) in [(1, Role::Host), (2, Role::Listener)] {
        for command in commands() {
            let mut stage = Stage::full_and_live();
            let outcome = stage.command(at, command.clone());
            match role.allows(command.permission()) {
                true => assert!(outcome.answers(at).is_empty(), "{role:?}: {command:?}"),
                false => assert_eq!(outcome.refusal(at), Refusal::NotAllowed, "{role:?}: {command:?}"),
            }
        }
    }
}

#[test]
fn a_stranger_commands_nothing() {
    for (what, mut stage) in [("a live room", Stage::full_and_live()), ("no room yet", Stage::before_creation())] {
        for command in commands() {
            assert_eq!(stage.command(9, command.clone()).refusal(9), Refusal::NotAMember, "{what}: {command:?}");
        }
    }
}

#[test]
fn a_command_that_is_not_allowed_changes_nothing() {
    for command in commands().into_iter().filter(|command| !Role::Listener.allows(command.permission())) {
        let mut stage = Stage::full_and_live();
        let before = stage.view(HOST);
        stage.command(2, command.clone());
        assert_eq!(stage.view(HOST), before, "{command:?}");
    }
}

#[test]
fn signals_pass_between_host_and_listener_as_their_roles_allow() {
    let stage = Stage::full_and_live();
    let member = |at: u128| stage.room.member_at(connection(at).id).expect("somebody is there").id;
    let (grace, edsger) = (member(2), member(3));
    let nobody = MemberId::from_bits(99);
    let signals = signals();
    let offer = &signals[0];
    let (passes, not_allowed) = (None, Some(Refusal::NotAllowed));
    let table = [
        ("host to listener", 1, grace, [passes, not_allowed, passes, passes, not_allowed]),
        ("listener to host", 2, HOST, [not_allowed, passes, passes, passes, passes]),
        ("listener to listener", 2, edsger, [not_allowed; 5]),
        ("host to itself", 1, HOST, [not_allowed; 5]),
        ("listener to itself", 2, grace, [not_allowed; 5]),
        ("stranger to host", 9, HOST, [Some(Refusal::NotAMember); 5]),
        ("stranger to listener", 9, grace, [Some(Refusal::NotAMember); 5]),
    ];
    for (who, from, to, expected) in table {
        for (signal, expected) in signals.iter().zip(expected) {
            let routed = stage.room.route_signal(connection(from).id, to, signal);
            assert_eq!(routed.err(), expected, "{who}: {signal:?}");
        }
    }
    let to_nobody = stage.room.route_signal(connection(1).id, nobody, offer);
    assert_eq!(to_nobody, Err(Refusal::MemberNotFound));
    let routed = stage.room.route_signal(connection(1).id, grace, offer);
    assert_eq!(routed, Ok((HOST, connection(2))), "the target learns who sent it");
}

#[test]
fn a_signal_for_somebody_without_a_connection_is_refused() {
    let mut stage = Stage::full_and_live();
    let grace = stage.room.member_at(connection(2).id).expect("Grace is there").id;
    stage.lose(2);
    let [offer, ..] = &signals();
    assert_eq!(stage.room.route_signal(connection(1).id, grace, offer), Err(Refusal::MemberNotFound));
    assert_eq!(
        stage.room.route_signal(connection(2).id, HOST, &Signal::OfferRequest { restarts: None }),
        Err(Refusal::NotAMember),
        "nor does a lost connection send any"
    );
}
