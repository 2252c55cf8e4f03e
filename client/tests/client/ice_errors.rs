//! Where TURN servers come from, and what people are told about failing ones.

use heartogether::{
    ice::{IceConfiguration, IceServer},
    id::Seq,
    protocol::FromRoom,
    room::{Joined, Missed, Resumed, StreamState},
    time::Timestamp,
};
use heartogether_client::{IceServerProblem, Input, Output, PeerState};

use crate::scenario::*;

const FIRST: &str = "turn:first.example?transport=udp";
const SECOND: &str = "turns:second.example";

fn fail(page: &mut Page, url: &str, code: u16) {
    page.take(Input::IceServerFailed { url: url.to_owned(), code });
}

fn gather(page: &mut Page, kind: &str) {
    let candidate = candidate(&format!("candidate:1 1 udp 41885439 192.0.2.1 50000 typ {kind}"));
    page.take(Input::PeerGathered { negotiation: page.negotiation(100), candidate });
}

#[test]
fn a_refused_password_is_reported_even_if_another_server_works() {
    let mut page = Page::listening(StreamState::Live);
    gather(&mut page, "relay");
    fail(&mut page, FIRST, 401);
    let problem = page.client.turn_problem();
    assert_eq!(problem, Some(IceServerProblem::PasswordRefused { url: FIRST.to_owned() }));
    page.take(Input::IceServersRenewed);
    assert_eq!(page.client.turn_problem(), None);
}

#[test]
fn a_silent_server_is_reported_only_while_no_other_server_answers() {
    let mut page = Page::listening(StreamState::Live);
    fail(&mut page, FIRST, 701);
    gather(&mut page, "host");
    assert_eq!(page.client.turn_problem(), Some(IceServerProblem::Unreachable { url: FIRST.to_owned() }));
    gather(&mut page, "relay");
    assert_eq!(page.client.turn_problem(), None);
}

#[test]
fn a_refusal_takes_precedence_over_silence() {
    let mut page = Page::listening(StreamState::Live);
    fail(&mut page, FIRST, 701);
    fail(&mut page, SECOND, 486);
    assert_eq!(page.client.turn_problem(), Some(IceServerProblem::Refused { url: SECOND.to_owned(), code: 486 }));
}

#[test]
fn a_failing_stun_server_is_not_reported() {
    let mut page = Page::listening(StreamState::Live);
    fail(&mut page, "stun:stun.example:3478", 701);
    assert_eq!(page.client.turn_problem(), None);
}

#[test]
fn a_fault_is_hidden_from_a_listener_who_hears_and_shown_to_the_host() {
    let mut listener = Page::hearing(StreamState::Live);
    fail(&mut listener, FIRST, 401);
    assert_eq!(listener.client.turn_problem(), None);
    let mut host = Page::live(&[GRACE]);
    host.change(100, PeerState::Connected);
    fail(&mut host, FIRST, 401);
    assert!(host.client.turn_problem().is_some());
}

fn servers() -> IceConfiguration {
    let turn = IceServer { urls: vec![FIRST.to_owned()], username: None, credential: None };
    IceConfiguration { servers: vec![turn], renew_in_s: Some(1_800), relay_only: false, has_relay: true }
}

#[test]
fn servers_from_the_place_are_set_before_any_offer() {
    let mut page = Page::live(&[GRACE]);
    page.lose();
    page.reconnect();
    let joined = place(HOST, 9, view(StreamState::Live, &[GRACE, EDSGER]));
    let joined = Joined { ice_servers: Some(servers()), ..joined };
    let commands = page.hear(from_room(FromRoom::Joined(joined)));
    let used_at = commands.iter().position(|command| *command == Output::UseIceServers(servers()));
    let offered_at = commands.iter().position(|command| matches!(command, Output::OpenOffering { .. }));
    assert!(offered_at.is_some());
    assert!(used_at.is_some() && used_at < offered_at, "{commands:?}");
}

#[test]
fn a_page_that_resumes_uses_the_new_servers() {
    let mut page = Page::live(&[GRACE]);
    page.lose();
    page.reconnect();
    let resumed = Resumed {
        blocked: Vec::new(),
        seq: Seq(9),
        now: Timestamp::from_millis(0),
        missed: Missed::Events(Vec::new()),
        sound_elsewhere: false,
        ice_servers: Some(servers()),
    };
    let commands = page.hear(from_room(FromRoom::Resumed(resumed)));
    assert!(commands.contains(&Output::UseIceServers(servers())), "{commands:?}");
}
