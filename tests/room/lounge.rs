//! A lounge of five equals, who all see one another, may all send, and choose whether to listen.

mod admission;
mod blocking;
mod markup;
mod members;
mod messages;
mod pictures;
mod pins;
mod reports;
mod sound;
mod without_connection;

use heartogether::{
    id::{AccountId, MemberId, NodeId, PublicationId, ResumeToken},
    refusal::Refusal,
    role::{AccountKind, Role},
    room::{
        Command, Effect, Event, JoinRequested, Joined, Link, Marks, Policy, RoomCreated, RoomEvent, RoomMessage,
        SignalDirection, Source, StreamState,
    },
    rules::RoomKind,
};

use crate::scenario::*;

/// Account and connection of each of the five; the first is the owner.
const FIVE: [u128; 5] = [1, 2, 3, 4, 5];

fn policy() -> Policy {
    let policy = Policy { kind: RoomKind::Lounge, max_members: 4, max_publications: 5, ..created().policy };
    Policy { max_direct_listeners: Some(8), ..policy }
}

fn lounge() -> Stage {
    let mut stage = Stage::before_creation();
    stage.append(Event::RoomCreated(RoomCreated { policy: policy(), ..created() }));
    stage
}

fn come(stage: &mut Stage, account: u128, at: u128) -> Joined {
    stage.ask(AccountId::from_bits(account), Role::Participant, at, true).joined(at)
}

/// The five are there.
fn full() -> (Stage, Vec<MemberId>) {
    let mut stage = lounge();
    let members = FIVE.map(|account| come(&mut stage, account, account).member);
    (stage, members.to_vec())
}

fn publish(at: u128) -> Command {
    Command::Publish { id: PublicationId::from_bits(at), source: Source::Microphone, paused: false }
}

fn listen(to: u128) -> Command {
    Command::Listen { publication: PublicationId::from_bits(to), on: true }
}

/// The five are there, all of them send, and each listens to all others.
fn full_and_live() -> (Stage, Vec<MemberId>) {
    let (mut stage, members) = full();
    for at in FIVE {
        stage.command(at, publish(at));
    }
    for (at, to) in FIVE.into_iter().flat_map(|at| FIVE.map(|to| (at, to))).filter(|(at, to)| at != to) {
        stage.command(at, listen(to));
    }
    (stage, members)
}

#[test]
fn all_are_participants_who_see_one_another() {
    let (stage, members) = full();
    for member in &members {
        let seen: Vec<_> = stage.view(*member).members.iter().map(|member| member.member).collect();
        assert_eq!(seen, members);
        assert_eq!(stage.view(*member).attendance, 5);
    }
}

#[test]
fn a_sixth_is_refused_and_so_are_the_roles_of_a_broadcast() {
    let (mut stage, _) = full();
    let mut ask = |account, role| stage.ask(AccountId::from_bits(account), role, 9, false).refusal(9);
    assert_eq!(ask(9, Role::Participant), Refusal::RoomFull);
    assert_eq!(ask(1, Role::Host), Refusal::NotAllowed);
    assert_eq!(ask(9, Role::Listener), Refusal::NotAllowed);
}

#[test]
fn whoever_comes_is_welcomed_before_everybody_hears_of_it() {
    let mut stage = lounge();
    come(&mut stage, 1, 1);
    let outcome = stage.ask(GRACE, Role::Participant, 2, false);
    let sent = outcome.0.iter().filter_map(|effect| match effect {
        Effect::Send { message, .. } => Some(message.as_ref()),
        _ => None,
    });
    let sent: Vec<_> = sent.collect();
    assert!(matches!(sent[..], [RoomMessage::Joined(_), RoomMessage::Event(_), RoomMessage::Event(_)]));
    assert!(matches!(outcome.everyone_learns()[..], [RoomEvent::MemberJoined { .. }]));
}

#[test]
fn an_email_address_is_shown_to_nobody() {
    let mut stage = lounge();
    let outcome = stage.append(Event::JoinRequested(JoinRequested {
        connection: connection(2),
        account: GRACE,
        name: name("Grace"),
        email: Some("grace@hear.example".to_owned()),
        has_picture: false,
        kind: AccountKind::Known,
        marks: Marks::default(),
        role: Role::Participant,
        take_over: false,
        returns: false,
        member: MemberId::from_bits(77),
        token: ResumeToken::from_bits(78),
    }));
    assert!(!format!("{outcome:?}").contains("grace@hear.example"));
    assert!(!format!("{:?}", stage.room).contains("grace@hear.example"));
}

#[test]
fn who_sends_is_linked_with_those_who_have_chosen_to_listen_and_offers() {
    let (mut stage, members) = full();
    stage.command(3, publish(3));
    assert!(members.iter().all(|member| stage.view(*member).links.is_empty()), "nobody listens");
    for (at, listener) in FIVE.into_iter().zip(&members).filter(|(at, _)| *at < 3) {
        let link = Link { offerer: members[2], answerer: *listener };
        let outcome = stage.command(at, listen(3));
        assert_eq!(outcome.links(*listener), [&RoomEvent::LinkOpened { link }]);
        assert_eq!(outcome.links(members[2]), [&RoomEvent::LinkOpened { link }]);
        assert_eq!(stage.view(*listener).links, [link]);
    }
    assert_eq!(stage.view(members[2]).links.len(), 2);
    assert!(members[3..].iter().all(|member| stage.view(*member).links.is_empty()), "these do not listen");
}

#[test]
fn in_a_lounge_from_before_there_was_a_choice_all_are_linked_with_who_sends() {
    let mut stage = Stage::before_creation();
    let policy = Policy { max_direct_listeners: None, ..policy() };
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    let members = FIVE.map(|account| come(&mut stage, account, account).member);
    stage.command(3, publish(3));
    for member in members.iter().filter(|member| **member != members[2]) {
        let link = Link { offerer: members[2].min(*member), answerer: members[2].max(*member) };
        assert_eq!(stage.view(*member).links, [link]);
    }
    stage.command(1, listen(3));
    assert!(!stage.room.publications()[0].is_full);
}

#[test]
fn five_who_hear_one_another_have_ten_links_and_who_was_heard_first_offers() {
    let (stage, members) = full_and_live();
    assert_eq!(stage.room.publications().len(), 5);
    let mut links: Vec<_> = members.iter().flat_map(|member| stage.view(*member).links).collect();
    links.sort_unstable();
    links.dedup();
    assert_eq!(links.len(), 10);
    let place = |member| members.iter().position(|known| *known == member);
    assert!(links.iter().all(|link| place(link.answerer) < place(link.offerer)), "the first of two listened first");
}

#[test]
fn one_more_publication_than_may_be_is_refused() {
    let mut stage = Stage::before_creation();
    let policy = Policy { max_publications: 1, ..policy() };
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    come(&mut stage, 1, 1);
    come(&mut stage, 2, 2);
    stage.command(1, publish(1));
    assert_eq!(stage.command(2, publish(2)).refusal(2), Refusal::SoundTaken);
}

#[test]
fn a_pause_an_interruption_and_a_loss_leave_the_links_alone() {
    let (mut stage, members) = full_and_live();
    let links = |stage: &Stage| members.iter().map(|member| stage.view(*member).links).collect::<Vec<_>>();
    let before = links(&stage);
    let state = |stage: &Stage| stage.room.publications()[1].state;
    stage.command(2, Command::Pause);
    assert_eq!((state(&stage), links(&stage)), (StreamState::Paused, before.clone()));
    stage.command(2, Command::Interrupt);
    assert_eq!((state(&stage), links(&stage)), (StreamState::Interrupted, before.clone()));
    stage.command(2, publish(2));
    stage.lose(2);
    assert_eq!((state(&stage), links(&stage)), (StreamState::Interrupted, before));
    assert_eq!(stage.room.publications()[0].state, StreamState::Live, "nobody else is touched");
}

#[test]
fn who_leaves_or_is_removed_takes_the_links_along() {
    for command in [None, Some(())] {
        let (mut stage, members) = full_and_live();
        let gone = members[2];
        let outcome = match command {
            None => stage.command(3, Command::Leave),
            Some(()) => {
                stage.command(1, Command::RemoveMember { member: gone, block_address: false, may_return: false })
            }
        };
        let ended = RoomEvent::PublicationEnded { publication: PublicationId::from_bits(3) };
        let told = outcome.everyone_learns();
        assert_eq!(told[..2], [&RoomEvent::MemberLeft { member: gone }, &ended]);
        assert_eq!(told.len(), 6, "and the other four have a listener less");
        for member in members.iter().filter(|member| **member != gone) {
            assert_eq!(outcome.links(*member), [&RoomEvent::LinkClosed { peer: gone }]);
            assert_eq!(stage.view(*member).links.len(), 3);
        }
        assert!(outcome.links(gone).is_empty(), "who is gone is told nothing");
    }
}

#[test]
fn who_resumes_keeps_the_links_and_a_new_page_connects_anew() {
    let mut stage = lounge();
    come(&mut stage, 1, 1);
    let grace = come(&mut stage, 2, 2);
    stage.command(1, publish(1));
    stage.command(2, listen(1));
    stage.lose(2);
    let seq = stage.room.seq();
    let outcome = stage.resume(GRACE, grace.token, seq, 3);
    outcome.resumed(3);
    assert!(outcome.links(HOST).is_empty() && outcome.links(grace.member).is_empty());
    let outcome = stage.ask(GRACE, Role::Participant, 4, false);
    let link = Link { offerer: HOST, answerer: grace.member };
    assert_eq!(outcome.joined(4).room.links, [link]);
    assert_eq!(outcome.links(HOST), [&RoomEvent::LinkOpened { link }]);
    assert!(outcome.links(grace.member).is_empty(), "the welcome brings them");
}

#[test]
fn members_of_a_lost_node_keep_their_places() {
    let (mut stage, members) = full_and_live();
    stage.append(Event::NodeLost { node: NodeId::from_bits(1) });
    assert!(members.iter().all(|member| stage.is_member(*member)));
}

#[test]
fn signals_go_over_links_and_from_the_right_end() {
    let (mut stage, members) = full();
    let (first, second) = (members[0], members[1]);
    let at = |stage: &Stage, member| {
        let known = stage.room.members().find(|known| known.id == member).and_then(|member| member.connection());
        known.expect("everybody is there").id
    };
    let route = |stage: &Stage, from, to, direction| stage.room.route_signal(at(stage, from), to, direction).err();
    assert_eq!(route(&stage, first, second, SignalDirection::Either), Some(Refusal::NotAllowed), "nobody sends");
    stage.command(1, publish(1));
    assert_eq!(route(&stage, first, second, SignalDirection::Either), Some(Refusal::NotAllowed), "nobody listens");
    stage.command(2, listen(1));
    use SignalDirection::{Either, FromAnswerer, FromOfferer};
    for (direction, there, back) in [(FromOfferer, true, false), (FromAnswerer, false, true), (Either, true, true)] {
        let expected = |is_right: bool| (!is_right).then_some(Refusal::NotAllowed);
        assert_eq!(route(&stage, first, second, direction), expected(there), "{direction:?}");
        assert_eq!(route(&stage, second, first, direction), expected(back), "{direction:?}");
    }
    assert_eq!(route(&stage, members[2], members[3], Either), Some(Refusal::NotAllowed), "neither sends");
}

#[test]
fn an_account_has_one_place_after_a_guest_has_signed_in_as_it() {
    let (mut stage, members) = full();
    stage.append(Event::AccountMerged { from: GRACE, to: OWNER });
    assert!(!stage.is_member(members[1]), "the owner's place is theirs already");
    stage.append(Event::AccountMerged { from: OWNER, to: EDSGER });
    assert!(!stage.is_member(members[2]), "who becomes the owner has the owner's place");
    assert_eq!(stage.room.members().filter(|member| member.account == EDSGER).count(), 1);
}
