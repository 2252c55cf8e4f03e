//! Names of members and of the lounge, and who owns it.

use heartogether::{
    id::RoomName,
    protocol::{HandOver, Join, NameOneself, NameRoom, RemoveMember, ToRoom},
    refusal::Refusal,
    room::RoomEvent,
};
use heartogether_client::{HostState, Input, Output};

use super::*;

fn join_as(named: Option<&str>) -> ToRoom {
    ToRoom::Join(Join { role: Role::Participant, take_over: false, name: named.map(name), returns: false })
}

fn choose(words: &str) -> Input {
    Input::NameChosen(name(words))
}

fn name_oneself(words: &str) -> ToRoom {
    ToRoom::NameOneself(NameOneself { name: name(words) })
}

fn is_named(member: MemberId, words: &str) -> RoomEvent {
    RoomEvent::MemberNamed { member, name: name(words) }
}

fn name_of(page: &Page, member: MemberId) -> Option<String> {
    let room = page.client.room()?;
    room.members.iter().find(|known| known.member == member).map(|known| known.name.as_str().to_owned())
}

#[test]
fn a_page_joins_under_the_name_that_was_chosen() {
    let mut page = new_page();
    page.client = page.client.named(Some(name("Amazing Grace")));
    page.take(Input::Started);
    assert_eq!(introduced(&page.take(Input::SocketOpened)), [join_as(Some("Amazing Grace"))]);
    let mut page = new_page();
    page.take(Input::Started);
    assert_eq!(introduced(&page.take(Input::SocketOpened)), [join_as(None)]);
}

#[test]
fn a_name_that_is_taken_keeps_the_page_out_until_another_one_is_chosen() {
    let mut page = new_page();
    page.client = page.client.named(Some(name("Ada")));
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.refuse(Refusal::NameTaken);
    assert_eq!(page.client.host_state(), HostState::Refused(Refusal::NameTaken));
    assert!(page.take(choose("Grace")).contains(&Output::OpenSocket));
    assert_eq!(introduced(&page.take(Input::SocketOpened)), [join_as(Some("Grace"))]);
    page.hear(joined(GRACE, 10, lounge(Vec::new())));
    assert_eq!(page.client.host_state(), HostState::Idle);
}

#[test]
fn a_member_who_wants_a_taken_name_stays_and_is_told() {
    let mut page = page_of(GRACE, Vec::new());
    assert_eq!(said(&page.take(choose("Ada"))), [name_oneself("Ada")]);
    page.refuse(Refusal::NameTaken);
    assert_eq!(page.client.host_state(), HostState::Idle);
    assert_eq!(page.client.engagement_notice(), Some(Refusal::NameTaken));
    page.take(choose("Grace Hopper"));
    assert_eq!(page.client.engagement_notice(), None);
    page.learn(is_named(GRACE, "Grace Hopper"));
    assert_eq!(name_of(&page, GRACE), Some("Grace Hopper".to_owned()));
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), [], "it is done");
}

#[test]
fn a_page_comes_back_under_the_latest_name() {
    let mut page = page_of(GRACE, Vec::new());
    page.learn(is_named(GRACE, "Grace Hopper"));
    page.learn(is_named(EDSGER, "Edsger Dijkstra"));
    page.lose();
    page.reconnect();
    let name = Some(name("Grace Hopper"));
    let join = Join { role: Role::Participant, take_over: false, name, returns: true };
    assert_eq!(said(&page.refuse(Refusal::NotAMember)), [ToRoom::Join(join)]);
    page.refuse(Refusal::NameTaken);
    assert_eq!(page.client.host_state(), HostState::Refused(Refusal::NameTaken), "somebody took it meanwhile");
}

#[test]
fn the_owner_names_the_lounge_hands_it_over_and_sends_members_out() {
    let mut page = page_of(ADA, Vec::new());
    let called = RoomName::parse("Compilers").expect("a name of the tests");
    let named = page.take(Input::RoomNameChosen(called.clone()));
    assert_eq!(said(&named), [ToRoom::NameRoom(NameRoom { name: called.clone() })]);
    page.learn(RoomEvent::RoomNamed { by: ADA, name: called.clone() });
    assert_eq!(page.client.room().and_then(|room| room.name.clone()), Some(called));
    let sent_out = RemoveMember { member: EDSGER, block_address: false, may_return: true };
    assert_eq!(said(&page.take(Input::SendOutPressed(EDSGER))), [ToRoom::RemoveMember(sent_out)]);
    page.learn(RoomEvent::MemberLeft { member: EDSGER });
    let handed_over = page.take(Input::HandOverPressed(GRACE));
    assert_eq!(said(&handed_over), [ToRoom::HandOver(HandOver { member: GRACE })]);
    page.learn(RoomEvent::OwnerChanged { owner: GRACE, name: name("Somebody") });
    assert_eq!(page.client.room().map(|room| room.owner), Some(GRACE));
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), [], "all of it is done");
}

#[test]
fn what_the_owner_wants_is_said_again_until_it_is_done() {
    let mut page = page_of(ADA, Vec::new());
    page.take(Input::SendOutPressed(EDSGER));
    page.take(Input::SendOutPressed(GRACE));
    page.lose();
    let again = page.miss(vec![RoomEvent::MemberLeft { member: EDSGER }]);
    let sent_out = RemoveMember { member: GRACE, block_address: false, may_return: true };
    assert_eq!(said(&again), [ToRoom::RemoveMember(sent_out)]);
    page.refuse(Refusal::MemberNotFound);
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), []);
}
