//! Who may do what: the whole table of roles, commands and signals.

use heartogether::{
    id::{MemberId, NegotiationId},
    protocol::Signal,
    refusal::Refusal,
    role::{AccountKind, Guests, Permission, Role, Standing, permit},
    room::{Command, SignalDirection},
    rules::RoomKind,
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

/// Who may do it in a room of each kind: the owner, a listener, a participant, whoever was removed, an account, nobody.
fn table() -> Vec<(Permission, [&'static str; 2])> {
    use Permission::*;
    vec![
        (LookUp, ["olpran"; 2]),
        (CreateRoom, ["olpra"; 2]),
        (Connect, ["olpra"; 2]),
        (FetchIceServers, ["olpra"; 2]),
        (KeepAccount, ["olpra"; 2]),
        (Host, ["o", ""]),
        (Listen, ["ola", ""]),
        (Participate, ["", "opa"]),
        (ReopenRoom, ["o", "o"]),
        (Publish, ["o", "op"]),
        (Hear, ["", "op"]),
        (StopRoom, ["o", "o"]),
        (SeeAudience, ["o", "op"]),
        (RemoveMember, ["o", "o"]),
        (ReadMessages, ["o", "op"]),
        (Engage, ["l", "op"]),
        (Moderate, ["", "o"]),
        (Converse, ["", "op"]),
        (NameOneself, ["", "op"]),
        (NameRoom, ["", "o"]),
        (HandOver, ["", "o"]),
        (Admit, ["", "o"]),
        (SendCustomEvents, ["o", "o"]),
        (Leave, ["ol", "op"]),
    ]
}

const fn letter(standing: Standing) -> char {
    match standing {
        Standing::Owner => 'o',
        Standing::Listener => 'l',
        Standing::Participant => 'p',
        Standing::Removed => 'r',
        Standing::Account => 'a',
        Standing::Nobody => 'n',
    }
}

#[test]
fn the_permissions_match_this_table() {
    let table = table();
    assert_eq!(table.iter().map(|(permission, _)| *permission).collect::<Vec<_>>(), Permission::ALL);
    for (permission, by_kind) in table {
        for (kind, expected) in RoomKind::ALL.iter().zip(by_kind) {
            let allowed = Standing::ALL.iter().filter(|standing| kind.allows(**standing, permission));
            assert_eq!(
                allowed.map(|standing| letter(*standing)).collect::<String>(),
                expected,
                "{kind:?} {permission:?}"
            );
        }
    }
}

/// The rows of a table in `docs/authority.md`, cell by cell.
fn rows_under(heading: &str) -> Vec<Vec<String>> {
    let document = include_str!("../../docs/authority.md");
    let (_, section) = document.split_once(&format!("## {heading}\n")).expect("the heading");
    let rows = section.split("\n## ").next().unwrap_or_default().lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect();
    rows.map(cells).collect()
}

#[test]
fn the_document_shows_the_tables() {
    for (kind, heading, member) in [
        (RoomKind::Broadcast, "Permissions in a broadcast", Standing::Listener),
        (RoomKind::Lounge, "Permissions in a lounge", Standing::Participant),
    ] {
        let standings = [Standing::Owner, member, Standing::Removed, Standing::Account, Standing::Nobody];
        let row_of = |permission: &Permission| -> Vec<String> {
            let cells = standings.map(|standing| if kind.allows(standing, *permission) { "yes" } else { "no" });
            [format!("{permission:?}")].into_iter().chain(cells.map(str::to_owned)).collect()
        };
        assert_eq!(rows_under(heading), Permission::ALL.iter().map(row_of).collect::<Vec<_>>(), "{kind:?}");
    }
}

#[test]
fn permissions_outside_of_rooms_match_this_table() {
    for standing in Standing::ALL {
        for permission in Permission::ALL {
            let is_allowed = !permission.is_in_room() && RoomKind::Broadcast.allows(*standing, *permission);
            assert_eq!(standing.allows(*permission), is_allowed, "{standing:?} {permission:?}");
        }
    }
}

#[test]
fn a_refusal_says_why() {
    use Permission::*;
    let mut stage = Stage::full_and_live();
    stage.command(1, Command::RemoveMember { member: FIRST_LISTENER, block_address: false, may_return: false });
    let check = |account, permission| stage.room.check(account, AccountKind::Known, permission);
    for (account, permission, refusal) in [
        (GRACE, Host, Refusal::NotOwner),
        (GRACE, Listen, Refusal::Removed),
        (BARBARA, SeeAudience, Refusal::NotAllowed),
        (EDSGER, ReopenRoom, Refusal::NotOwner),
    ] {
        assert_eq!(check(account, permission), Err(refusal), "{account} {permission:?}");
    }
    assert_eq!(stage.room.standing_of(None), Standing::Nobody);
    assert_eq!(permit(Standing::Nobody, AccountKind::Known, Connect), Err(Refusal::NotSignedIn));
}

#[test]
fn guests_may_never_do_more_than_their_standing_allows() {
    use Permission::*;
    let of = |guests: Guests| Permission::ALL.iter().filter(move |permission| guests.allow(**permission));
    assert_eq!(of(Guests::Host).count(), Permission::ALL.len());
    let of_room = [&Listen, &Participate, &Hear, &Engage, &Converse, &NameOneself, &Leave];
    let listening: Vec<_> = [&LookUp, &Connect, &FetchIceServers, &KeepAccount].into_iter().chain(of_room).collect();
    assert_eq!(of(Guests::Listen).collect::<Vec<_>>(), listening);
    assert_eq!(of(Guests::Off).collect::<Vec<_>>(), [&LookUp]);
    let stage = Stage::open();
    for (account, guests, permission, refusal) in [
        (OWNER, Guests::Listen, Host, Refusal::GuestsListenOnly),
        (OWNER, Guests::Listen, ReopenRoom, Refusal::GuestsListenOnly),
        (GRACE, Guests::Listen, Host, Refusal::NotOwner),
        (GRACE, Guests::Off, Listen, Refusal::GuestsOff),
    ] {
        let checked = stage.room.check(account, AccountKind::Guest(guests), permission);
        assert_eq!(checked, Err(refusal), "{account} {guests:?} {permission:?}");
    }
    for standing in Standing::ALL {
        for permission in Permission::ALL {
            assert_eq!(permit(*standing, AccountKind::Known, *permission).is_ok(), standing.allows(*permission));
            for guests in Guests::ALL {
                let is_allowed = permit(*standing, AccountKind::Guest(*guests), *permission).is_ok();
                assert_eq!(is_allowed, standing.allows(*permission) && guests.allow(*permission));
            }
        }
    }
    let create = |guests| permit(Standing::Account, AccountKind::Guest(guests), CreateRoom);
    assert_eq!(create(Guests::Listen), Err(Refusal::GuestsListenOnly));
}

#[test]
fn a_guest_cannot_join_or_resume_a_place_that_guests_may_not_have() {
    let mut stage = Stage::open();
    let host = stage.host(1);
    stage.lose(1);
    let grace = stage.listener(GRACE, 2);
    stage.lose(2);
    let before = stage.view(HOST);
    stage.kind = AccountKind::Guest(Guests::Listen);
    assert_eq!(stage.ask_to_host(OWNER, 3).refusal(3), Refusal::GuestsListenOnly);
    assert_eq!(stage.resume(OWNER, host.token, host.seq, 4).refusal(4), Refusal::GuestsListenOnly);
    assert_eq!(stage.ask_to_host(BARBARA, 5).refusal(5), Refusal::NotOwner);
    assert_eq!(stage.view(HOST), before);
    stage.resume(GRACE, grace.token, grace.seq, 6).resumed(6);
    stage.listener(OWNER, 7);
    stage.kind = AccountKind::Guest(Guests::Off);
    assert_eq!(stage.ask_to_listen(BARBARA, 8).refusal(8), Refusal::GuestsOff);
    stage.kind = AccountKind::Guest(Guests::Host);
    stage.resume(OWNER, host.token, host.seq, 9).resumed(9);
}

#[test]
fn a_command_is_carried_out_only_for_roles_that_may_give_it() {
    for (at, standing) in [(1, Standing::Owner), (2, Standing::Listener)] {
        for command in commands() {
            let mut stage = Stage::full_and_live();
            stage.command(2, write(9, "softer, please"));
            let outcome = stage.command(at, command.clone());
            match RoomKind::Broadcast.allows(standing, command.permission()) {
                true => assert!(outcome.answers(at).is_empty(), "{standing:?}: {command:?}"),
                false => assert_eq!(outcome.refusal(at), Refusal::NotAllowed, "{standing:?}: {command:?}"),
            }
        }
    }
}

#[test]
fn a_stranger_cannot_give_commands() {
    for (what, mut stage) in [("a live room", Stage::full_and_live()), ("no room yet", Stage::before_creation())] {
        for command in commands() {
            assert_eq!(stage.command(9, command.clone()).refusal(9), Refusal::NotAMember, "{what}: {command:?}");
        }
    }
}

#[test]
fn a_command_that_is_not_allowed_changes_nothing() {
    for command in
        commands().into_iter().filter(|command| !RoomKind::Broadcast.allows(Standing::Listener, command.permission()))
    {
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
            let routed = stage.room.route_signal(connection(from).id, to, signal.direction());
            assert_eq!(routed.err(), expected, "{who}: {signal:?}");
        }
    }
    let to_nobody = stage.room.route_signal(connection(1).id, nobody, offer.direction());
    assert_eq!(to_nobody, Err(Refusal::MemberNotFound));
    let routed = stage.room.route_signal(connection(1).id, grace, offer.direction());
    assert_eq!(routed, Ok((HOST, connection(2))), "the target learns who sent it");
}

#[test]
fn a_signal_for_a_disconnected_member_is_refused() {
    let mut stage = Stage::full_and_live();
    let grace = stage.room.member_at(connection(2).id).expect("Grace is there").id;
    stage.lose(2);
    let [offer, ..] = &signals();
    assert_eq!(stage.room.route_signal(connection(1).id, grace, offer.direction()), Err(Refusal::MemberNotFound));
    assert_eq!(
        stage.room.route_signal(connection(2).id, HOST, SignalDirection::FromAnswerer),
        Err(Refusal::NotAMember),
        "nor does a lost connection send any"
    );
}

#[test]
fn each_role_belongs_to_one_kind_of_room() {
    for role in Role::ALL.iter().copied() {
        let kinds: Vec<_> = RoomKind::ALL.iter().copied().filter(|kind| kind.has_role(role)).collect();
        assert_eq!(kinds, [RoomKind::with_role(role)], "{role:?}");
    }
}

#[test]
fn a_member_hears_others_if_others_may_send() {
    for (role, far_end) in
        [(Role::Host, Role::Listener), (Role::Listener, Role::Host), (Role::Participant, Role::Participant)]
    {
        let kind = RoomKind::with_role(role);
        let others_send = kind.allows(kind.standing(far_end, false), Permission::Publish);
        assert_eq!(kind.hears(role), others_send, "{role:?}");
    }
}
