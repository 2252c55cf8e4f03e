//! Members of a lounge: they stay while they are away, have several pages, choose their names, and the owner hands over.

use heartogether::{
    id::{AccountId, ConnectionId, DisplayName, MemberId, NameMark, NodeId, RoomName},
    limits::{Limits, PAGES_PER_MEMBER},
    refusal::Refusal,
    role::{AccountKind, Guests, Permission, Role},
    room::{Audience, Command, EndReason, Event, JoinRequested, Joined, Marks, Missed, Policy, RoomCreated, RoomEvent},
};

use super::come;
use crate::scenario::*;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// A lounge as the server opens it, in which the owner is.
fn lounge() -> (Stage, Joined) {
    let mut stage = Stage::before_creation();
    stage.append(Event::RoomCreated(RoomCreated { policy: Policy::lounge(&Limits::default()), ..created() }));
    let owner = come(&mut stage, 1, 1);
    (stage, owner)
}

/// The request of somebody who asks for a place under a name.
fn request(stage: &Stage, account: AccountId, called: &str, at: u128) -> JoinRequested {
    let name = name(called);
    JoinRequested {
        marks: Marks { name: Some(mark(&name)), ..Marks::default() },
        connection: connection(at),
        account,
        name,
        email: None,
        has_picture: false,
        kind: stage.kind,
        role: Role::Participant,
        take_over: false,
        returns: false,
        member: MemberId::from_bits(500 + at),
        token: heartogether::id::ResumeToken::from_bits(500 + at),
    }
}

fn come_as(stage: &mut Stage, account: AccountId, called: &str, at: u128) -> Outcome {
    stage.append(Event::JoinRequested(request(stage, account, called, at)))
}

/// A stand-in for the keyed hash of a name's looks.
fn mark(name: &DisplayName) -> NameMark {
    NameMark::from_bits(name.looks().bytes().fold(7, |hash, byte| hash * 257 + u128::from(byte)))
}

fn connections(stage: &Stage, member: MemberId) -> Vec<ConnectionId> {
    stage.room.connections(Audience::Member(member)).map(|connection| connection.id).collect()
}

#[test]
fn an_account_has_several_pages_which_are_all_told() {
    let (mut stage, owner) = lounge();
    let first = come(&mut stage, 2, 2);
    let outcome = stage.ask(GRACE, Role::Participant, 3, false);
    let second = outcome.joined(3);
    assert_eq!(second.member, first.member);
    assert_ne!(second.token, first.token);
    assert!(outcome.everyone_learns().is_empty(), "nobody has come");
    assert_eq!(outcome.closed(), []);
    assert_eq!(connections(&stage, first.member).len(), 2);
    assert!(stage.lose(3).everyone_learns().is_empty(), "nobody has gone");
    let gone = RoomEvent::MemberConnected { member: first.member, connected: false };
    assert_eq!(stage.lose(2).everyone_learns(), [&gone]);
    let back = RoomEvent::MemberConnected { member: first.member, connected: true };
    assert_eq!(stage.resume(GRACE, first.token, first.seq, 4).everyone_learns(), [&back]);
    let outcome = stage.resume(GRACE, second.token, second.seq, 5);
    assert!(matches!(outcome.resumed(5).missed, Missed::Events(_)));
    assert_eq!(outcome.everyone_learns(), [&back], "signals to the page that was opened last were lost");
    let outcome = stage.resume(GRACE, first.token, first.seq, 6);
    assert!(outcome.everyone_learns().is_empty(), "the other one gets none");
    assert_eq!(stage.view(owner.member).members.len(), 2);
}

#[test]
fn one_page_too_many_takes_the_place_of_the_oldest() {
    let (mut stage, _) = lounge();
    for page in 0..u128::from(PAGES_PER_MEMBER) {
        come(&mut stage, 2, 10 + page);
    }
    let outcome = stage.ask(GRACE, Role::Participant, 30, false);
    assert_eq!(outcome.closed(), [(connection(10).id, Refusal::SessionReplaced)]);
    assert_eq!(connections(&stage, outcome.joined(30).member).len(), PAGES_PER_MEMBER as usize);
}

#[test]
fn who_is_away_stays_a_member_for_thirty_days() {
    let (mut stage, owner) = lounge();
    let grace = come(&mut stage, 2, 2);
    stage.lose(2);
    stage.wait(29 * DAY_MS).command(1, write(1, "is anybody there"));
    assert!(stage.is_member(grace.member));
    let seen = &stage.view(owner.member).members[1];
    assert!(!seen.connected && seen.member == grace.member);
    stage.wait(DAY_MS);
    assert_eq!(stage.wake().everyone_learns(), [&RoomEvent::MemberLeft { member: grace.member }]);
}

#[test]
fn a_page_that_is_away_for_too_long_asks_for_a_new_place_of_the_same_member() {
    let (mut stage, _) = lounge();
    let grace = come(&mut stage, 2, 2);
    stage.lose(2);
    stage.wait(HOST_GRACE_MS).wake();
    assert_eq!(stage.resume(GRACE, grace.token, grace.seq, 3).refusal(3), Refusal::NotAMember);
    assert_eq!(come(&mut stage, 2, 3).member, grace.member);
    let lost = stage.append(Event::NodeLost { node: NodeId::from_bits(1) });
    assert!(lost.everyone_learns().iter().all(|event| matches!(event, RoomEvent::MemberConnected { .. })));
    assert!(stage.is_member(grace.member));
}

#[test]
fn who_leaves_on_one_page_leaves_on_all() {
    let (mut stage, _) = lounge();
    let grace = come(&mut stage, 2, 2);
    come(&mut stage, 2, 3);
    let outcome = stage.command(2, Command::Leave);
    assert_eq!(outcome.closed(), [(connection(3).id, Refusal::LeftElsewhere)]);
    assert_eq!(outcome.everyone_learns(), [&RoomEvent::MemberLeft { member: grace.member }]);
    assert_ne!(come(&mut stage, 2, 4).member, grace.member, "who comes again is new");
}

#[test]
fn the_owner_who_leaves_is_only_away() {
    let (mut stage, owner) = lounge();
    assert_eq!(
        stage.command(1, Command::Leave).everyone_learns(),
        [&RoomEvent::MemberConnected { member: owner.member, connected: false }]
    );
    assert!(stage.is_member(owner.member));
}

#[test]
fn two_members_have_no_names_that_look_the_same() {
    let (mut stage, _) = lounge();
    come_as(&mut stage, GRACE, "Grace", 2).joined(2);
    assert_eq!(come_as(&mut stage, EDSGER, "Grасe", 3).refusal(3), Refusal::NameTaken, "two letters are Cyrillic");
    come_as(&mut stage, EDSGER, "Edsger", 3).joined(3);
    let rename = |called: &str| Command::NameOneself { name: name(called), mark: mark(&name(called)) };
    assert_eq!(stage.command(3, rename("GRACE")).refusal(3), Refusal::NameTaken);
    let edsger = MemberId::from_bits(503);
    let named = RoomEvent::MemberNamed { member: edsger, name: name("Edsger D.") };
    assert_eq!(stage.command(3, rename("Edsger D.")).everyone_learns(), [&named]);
    assert!(stage.command(3, rename("Edsger D.")).is_silent());
    stage.lose(3);
    let back = come_as(&mut stage, EDSGER, "Somebody", 4).joined(4);
    let own = back.room.members.iter().find(|member| member.member == edsger);
    assert_eq!(own.map(|member| &member.name), Some(&name("Edsger D.")), "the name that was chosen stays");
    come_as(&mut stage, BARBARA, "Edsger", 5).joined(5);
}

#[test]
fn names_of_the_server_itself_are_reserved() {
    for reserved in ["System", "ＳＹＳＴＥＭ", "sуstem", "HearTogether", "Hear Together", "管理员"] {
        assert!(name(reserved).is_reserved(), "{reserved}");
    }
    for free in ["Ada", "Systema Naturae", "🎈", "管理"] {
        assert!(!name(free).is_reserved(), "{free}");
    }
}

#[test]
fn the_owner_names_the_room_and_hands_it_over() {
    let (mut stage, owner) = lounge();
    let grace = come(&mut stage, 2, 2);
    let called = RoomName::parse("The engine room").expect("a name");
    let name_room = Command::NameRoom { name: called.clone() };
    assert_eq!(stage.command(2, name_room.clone()).refusal(2), Refusal::NotAllowed);
    let named = RoomEvent::RoomNamed { by: owner.member, name: called.clone() };
    assert_eq!(stage.command(1, name_room.clone()).everyone_learns(), [&named]);
    assert!(stage.command(1, name_room).is_silent());
    assert_eq!(stage.view(grace.member).name, Some(called));
    assert_eq!(
        stage.command(1, Command::HandOver { member: MemberId::from_bits(99) }).refusal(1),
        Refusal::MemberNotFound
    );
    let outcome = stage.command(1, Command::HandOver { member: grace.member });
    assert!(matches!(outcome.everyone_learns()[..], [RoomEvent::OwnerChanged { owner, .. }] if *owner == grace.member));
    assert_eq!(stage.room.owner(), Some(GRACE));
    assert_eq!(stage.view(owner.member).owner, grace.member);
    assert_eq!(stage.command(1, Command::StopRoom).refusal(1), Refusal::NotAllowed);
    assert_eq!(stage.room.check(GRACE, stage.kind, Permission::StopRoom), Ok(()));
    stage.command(1, Command::Leave);
    assert!(!stage.is_member(owner.member), "the owner of before is a member like any");
}

#[test]
fn who_is_sent_out_may_come_again_and_who_is_removed_may_not() {
    let (mut stage, owner) = lounge();
    let grace = come(&mut stage, 2, 2).member;
    come(&mut stage, 2, 3);
    let remove = |member, may_return| Command::RemoveMember { member, block_address: false, may_return };
    assert_eq!(stage.command(2, remove(owner.member, true)).refusal(2), Refusal::NotAllowed);
    assert_eq!(stage.command(1, remove(owner.member, true)).refusal(1), Refusal::MemberNotFound);
    let outcome = stage.command(1, remove(grace, true));
    let mut closed = outcome.closed();
    closed.sort_unstable_by_key(|(connection, _)| *connection);
    assert_eq!(closed, [(connection(2).id, Refusal::SentOut), (connection(3).id, Refusal::SentOut)]);
    let grace = come(&mut stage, 2, 4).member;
    stage.command(1, remove(grace, false));
    assert_eq!(stage.ask(GRACE, Role::Participant, 5, false).refusal(5), Refusal::Removed);
}

#[test]
fn a_lounge_ends_thirty_days_after_the_last_message() {
    let (mut stage, _) = lounge();
    stage.wait(20 * DAY_MS);
    come(&mut stage, 2, 2);
    assert!(stage.wait(7 * DAY_MS - 1).wake().warnings().is_empty(), "who comes does not count");
    assert!(matches!(stage.wait(1).wake().warnings()[..], [Some(_)]));
    assert_eq!(stage.command(2, write(1, "still here")).warnings(), [None]);
    stage.lose(1);
    stage.lose(2);
    stage.wait(30 * DAY_MS - 1).wake();
    assert_eq!(stage.room.ended(), None);
    stage.wait(1).wake();
    assert_eq!(stage.room.ended(), Some(EndReason::Idle));
}

#[test]
fn a_lounge_that_is_opened_again_has_its_members() {
    let (mut stage, _) = lounge();
    let grace = come(&mut stage, 2, 2);
    stage.command(1, Command::StopRoom);
    stage.append(reopening(OWNER));
    assert!(stage.is_member(grace.member));
    assert_eq!(stage.resume(GRACE, grace.token, grace.seq, 3).refusal(3), Refusal::NotAMember);
    assert_eq!(come(&mut stage, 2, 3).member, grace.member);
    stage.wait(30 * DAY_MS).wake();
    stage.wait(1).append(reopening(OWNER));
    assert_eq!(stage.room.ended(), None, "thirty days begin anew");
}

#[test]
fn only_members_converse() {
    let (mut stage, _) = lounge();
    let grace = come(&mut stage, 2, 2).member;
    assert_eq!(stage.room.conversing_at(connection(2).id).map(|member| member.id), Ok(grace));
    assert_eq!(stage.room.conversing_at(connection(9).id).err(), Some(Refusal::NotAMember));
    stage.command(1, Command::StopRoom);
    assert_eq!(stage.room.conversing_at(connection(2).id).err(), Some(Refusal::RoomEnded));
    let mut broadcast = Stage::full_and_live();
    assert_eq!(broadcast.room.conversing_at(connection(2).id).err(), Some(Refusal::NotAllowed));
    assert_eq!(broadcast.command(2, Command::HandOver { member: HOST }).refusal(2), Refusal::NotAllowed);
}

#[test]
fn a_picture_is_seen_by_members_alone_and_as_long_as_there_is_one() {
    let (mut stage, owner) = lounge();
    let join = |stage: &mut Stage, at: u128, has_picture: bool| {
        let request = JoinRequested { has_picture, ..request(stage, GRACE, "Grace", at) };
        stage.append(Event::JoinRequested(request));
    };
    join(&mut stage, 2, true);
    let grace = stage.room.members().find(|member| member.account == GRACE).expect("she is a member").id;
    let has_picture = |stage: &Stage| {
        let view = stage.room.view(owner.member).expect("a view");
        view.members.iter().find(|member| member.member == grace).expect("she is listed").has_picture
    };
    // Guests are members like others.
    let guest = AccountKind::Guest(Guests::Listen);
    let seen_by = |stage: &Stage, account, member| stage.room.pictured(account, guest, member);
    assert!(has_picture(&stage));
    assert_eq!(seen_by(&stage, OWNER, grace), Ok(GRACE));
    assert_eq!(seen_by(&stage, OWNER, owner.member), Err(Refusal::PictureNotFound));
    assert_eq!(seen_by(&stage, OWNER, MemberId::from_bits(99)), Err(Refusal::PictureNotFound));
    assert_eq!(seen_by(&stage, AccountId::from_bits(99), grace), Err(Refusal::NotAllowed));
    stage.lose(2);
    join(&mut stage, 3, false);
    assert!(!has_picture(&stage));
    assert_eq!(seen_by(&stage, OWNER, grace), Err(Refusal::PictureNotFound));
}

#[test]
fn who_goes_by_another_name_is_not_pictured() {
    let (mut stage, _) = lounge();
    let join = |stage: &mut Stage, at: u128| {
        let request = JoinRequested { has_picture: true, ..request(stage, GRACE, "Grace", at) };
        stage.append(Event::JoinRequested(request));
    };
    let is_pictured = |stage: &Stage| {
        stage.room.members().find(|member| member.account == GRACE).expect("she is a member").has_picture
    };
    let call = |stage: &mut Stage, at: u128, called: &str| {
        let name = name(called);
        stage.command(at, Command::NameOneself { mark: mark(&name), name });
    };
    join(&mut stage, 2);
    assert!(is_pictured(&stage));
    let mut seen = stage.view(HOST);
    call(&mut stage, 2, "Fox");
    assert!(!is_pictured(&stage));
    let fox = stage.room.members().find(|member| member.account == GRACE).expect("she is a member").id;
    seen.apply(&RoomEvent::MemberNamed { member: fox, name: name("Fox") });
    assert!(seen.members.iter().all(|member| !member.has_picture), "pages learn it with the name");
    stage.lose(2);
    join(&mut stage, 3);
    assert!(!is_pictured(&stage), "she is still the fox");
    call(&mut stage, 3, "Grace");
    stage.lose(3);
    join(&mut stage, 4);
    assert!(is_pictured(&stage));
}
