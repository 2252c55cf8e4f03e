//! A page in a lounge that hears others who send. Whoever the room says offers: here the member with the smaller id. The page belongs
//! to Grace: Ada offers to her, and she offers to Edsger.

use heartogether::{
    engagement::{MessageText, Reaction},
    id::{MemberId, MessageNumber, PublicationId},
    protocol::{ClientMessage, Listen, React, RemoveMember, Signal, ToRoom, Write},
    refusal::Refusal,
    role::Role,
    room::{Link, Message, Missed, Publication, RoomEvent, RoomView, Source, StreamState},
    time::Timestamp,
};
use heartogether_client::{Input, MessageState, Output, PeerState, Timer, statistics::Reading};

use crate::scenario::*;

const ADA: MemberId = MemberId::from_bits(1);
const SHARE: Input = Input::CaptureStarted(Source::Microphone);
const UNPLUG: Input = Input::CaptureEnded(Source::Microphone);

fn link_between(one: MemberId, other: MemberId) -> Link {
    Link { offerer: one.min(other), answerer: one.max(other) }
}

fn publication_by(by: MemberId, state: StreamState) -> Publication {
    let id = [ADA, GRACE, EDSGER].into_iter().position(|member| member == by).map_or(0, |at| at as u128);
    let id = PublicationId::from_bits(id);
    Publication { id, by, ..publication(state) }
}

/// Grace listens to the others.
fn sends_in(by: MemberId, state: StreamState) -> RoomEvent {
    let listeners = [ADA, EDSGER].contains(&by).then_some(GRACE).into_iter().collect();
    RoomEvent::PublicationChanged { publication: Publication { listeners, ..publication_by(by, state) } }
}

/// What one member sends and another one listens to.
fn heard(own: MemberId, by: MemberId) -> Publication {
    Publication { listeners: vec![own], ..publication_by(by, StreamState::Live) }
}

fn wants(by: MemberId) -> Input {
    Input::ListenPressed(publication_by(by, StreamState::Live).id)
}

/// The lounge as its members see it, while these send.
fn lounge(own: MemberId, senders: &[MemberId]) -> RoomView {
    let members = [ADA, GRACE, EDSGER];
    let is_linked = |other: &MemberId| *other != own && (senders.contains(&own) || senders.contains(other));
    let links = members.into_iter().filter(is_linked).map(|other| link_between(own, other));
    RoomView {
        publications: senders.iter().map(|by| heard(own, *by)).collect(),
        links: links.collect(),
        attendance: 3,
        ..view(StreamState::Idle, &members)
    }
}

/// A page that numbers its negotiations from 100 on, in a place of its own.
fn page_of(own: MemberId, senders: &[MemberId]) -> Page {
    let mut page = Page::new(Role::Participant, false, 100);
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.welcome();
    page.client = page.client.clone().conversing();
    senders.iter().for_each(|by| _ = page.take(wants(*by)));
    page.hear(joined(own, 10, lounge(own, senders)));
    page
}

/// Grace's page, connected with Ada over 7 and with Edsger over 100, while all send.
fn connected_page() -> Page {
    let mut page = page_of(GRACE, &[ADA, EDSGER]);
    page.take(SHARE);
    page.learn(sends_in(GRACE, StreamState::Live));
    page.signal(ADA, offer(7));
    for negotiation in [7, 100] {
        page.describe(negotiation);
        page.accept(negotiation);
        page.change(negotiation, PeerState::Connected);
    }
    page
}

/// That the page listens no more.
fn no_more(to: MemberId) -> ClientMessage {
    let publication = publication_by(to, StreamState::Live).id;
    to_room(ToRoom::Listen(Listen { publication, on: false }))
}

fn closes(commands: &[Output]) -> Vec<(MemberId, u32)> {
    let closed = commands.iter().filter_map(|command| match command {
        Output::ClosePeer(negotiation) => Some((negotiation.member, negotiation.id.0)),
        _ => None,
    });
    closed.collect()
}

fn plays(commands: &[Output]) -> Vec<MemberId> {
    let played = commands.iter().filter_map(|command| match command {
        Output::Play(negotiation) => Some(negotiation.member),
        _ => None,
    });
    played.collect()
}

#[test]
fn the_offerer_offers_as_soon_as_the_other_member_sends() {
    let mut page = page_of(GRACE, &[]);
    let link = link_between(GRACE, EDSGER);
    assert_eq!(offered(&page.learn(RoomEvent::LinkOpened { link })), Vec::<u32>::new(), "nothing would go over it");
    page.learn(sends_in(EDSGER, StreamState::Live));
    let commands = page.take(wants(EDSGER));
    assert!(commands.contains(&Output::OpenOffering { negotiation: with(EDSGER, 100), receives: true }));
    assert_eq!(offered(&page.learn(sends_in(EDSGER, StreamState::Paused))), Vec::<u32>::new(), "once");
}

#[test]
fn the_answerer_waits_for_the_offer_and_finally_requests_it() {
    let mut page = page_of(GRACE, &[]);
    page.learn(RoomEvent::LinkOpened { link: link_between(ADA, GRACE) });
    page.learn(sends_in(ADA, StreamState::Live));
    let commands = page.take(wants(ADA));
    assert_eq!(offered(&commands), Vec::<u32>::new());
    assert!(timer(&commands, Timer::OfferRequest).is_some());
    assert_eq!(sent(&page.fire(Timer::OfferRequest)), [say(ADA, Signal::OfferRequest { restarts: None })]);
}

#[test]
fn a_participant_answers_ready_to_send_and_all_members_are_played() {
    let mut page = page_of(GRACE, &[ADA, EDSGER]);
    let commands = page.signal(ADA, offer(7));
    assert!(commands.contains(&Output::OpenAnswering { negotiation: with(ADA, 7), sends: true, sdp: sdp(7) }));
    assert_eq!(plays(&commands), [ADA]);
    page.describe(100);
    page.accept(100);
    assert_eq!(plays(&page.change(100, PeerState::Connected)), [EDSGER]);
}

#[test]
fn the_end_of_the_own_sound_closes_only_connections_without_received_sound() {
    let mut page = connected_page();
    page.learn(sends_in(EDSGER, StreamState::Interrupted));
    let commands = page.take(UNPLUG);
    assert_eq!(closes(&commands), [(EDSGER, 100)]);
    assert_eq!(sent(&commands), [say(EDSGER, hung_up(100)), to_room(ToRoom::Interrupt)]);
    assert_eq!(page.client.peer_state(ADA), Some(PeerState::Connected));
    assert_eq!(closes(&page.learn(RoomEvent::LinkClosed { peer: ADA })), [(ADA, 7)]);
}

#[test]
fn later_sound_uses_the_existing_connections() {
    let mut page = page_of(GRACE, &[EDSGER]);
    page.describe(100);
    page.accept(100);
    page.change(100, PeerState::Connected);
    let commands = page.take(SHARE);
    assert_eq!((offered(&commands), closes(&commands)), (vec![], vec![]));
}

#[test]
fn missing_packets_are_judged_by_the_publication_of_their_sender() {
    let mut page = connected_page();
    page.learn(sends_in(ADA, StreamState::Paused));
    let mut count = |negotiation: u32, packets: f64| {
        page.take(Input::Counted { negotiation: page.negotiation(negotiation), packets })
    };
    let mut starve = |negotiation| [20.0, 40.0, 40.0, 40.0].map(|packets| count(negotiation, packets)).concat();
    assert_eq!(starve(7), [], "Ada pauses");
    assert_eq!(offered(&starve(100)), [101], "Edsger does not");
}

#[test]
fn only_members_who_send_adapt() {
    let lossy = |at_ms: f64| Reading { at_ms, reported_at_ms: at_ms, reported_loss: Some(0.3), ..Reading::default() };
    let measure = |page: &mut Page, negotiation: u32| {
        let negotiation = page.negotiation(negotiation);
        let readings =
            [1_000.0, 2_000.0].map(|at_ms| page.take(Input::Measured { negotiation, reading: lossy(at_ms) }));
        readings.concat().iter().any(|command| matches!(command, Output::Tune { .. }))
    };
    let mut page = connected_page();
    assert!(measure(&mut page, 7) && measure(&mut page, 100));
    let mut page = page_of(GRACE, &[ADA]);
    page.signal(ADA, offer(7));
    page.change(7, PeerState::Connected);
    assert!(!measure(&mut page, 7));
}

#[test]
fn two_members_may_use_the_same_negotiation_numbers() {
    let mut page = page_of(GRACE, &[ADA, EDSGER]);
    page.signal(ADA, offer(100));
    let described = |member| Input::PeerDescribed { negotiation: with(member, 100), sdp: sdp(100) };
    assert_eq!(sent(&page.take(described(ADA))), [say(ADA, answer(100))]);
    assert_eq!(sent(&page.take(described(EDSGER))), [say(EDSGER, offer(100))]);
    let accepted = page.signal(EDSGER, answer(100));
    assert!(accepted.contains(&Output::AcceptAnswer { negotiation: with(EDSGER, 100), sdp: sdp(100) }));
    assert_eq!(closes(&page.signal(ADA, hung_up(100))), [(ADA, 100)]);
    assert_eq!(page.client.peer_state(EDSGER), Some(PeerState::Connecting));
}

#[test]
fn a_repeated_offer_counts_once() {
    let mut page = page_of(GRACE, &[ADA]);
    page.signal(ADA, offer(7));
    let again = page.signal(ADA, offer(7));
    assert!(again.iter().all(|command| !matches!(command, Output::OpenAnswering { .. })), "{again:?}");
}

#[test]
fn each_attempt_has_its_own_timeout() {
    let mut page = page_of(GRACE, &[ADA, EDSGER]);
    assert!(timer(&page.signal(ADA, offer(7)), Timer::Attempt(ADA)).is_some());
    assert_eq!(closes(&page.fire(Timer::Attempt(EDSGER))), [], "Edsger watches over what is offered to him");
    assert_eq!(closes(&page.fire(Timer::Attempt(ADA))), [(ADA, 7)]);
    assert_eq!(page.client.peer_state(EDSGER), Some(PeerState::Connecting));
}

#[test]
fn a_page_that_gets_another_place_offers_again_from_it() {
    let mut page = connected_page();
    page.lose();
    page.reconnect();
    page.refuse(Refusal::NotAMember);
    let own = MemberId::from_bits(0);
    let commands = page.hear(joined(own, 40, lounge(own, &[ADA, EDSGER])));
    assert_eq!((offered(&commands), closes(&commands)), (vec![101, 102], vec![]));
}

#[test]
fn a_link_that_was_closed_and_opened_meanwhile_is_a_new_link() {
    let mut page = connected_page();
    page.lose();
    let link = link_between(GRACE, EDSGER);
    let commands = page.miss(vec![RoomEvent::LinkClosed { peer: EDSGER }, RoomEvent::LinkOpened { link }]);
    assert_eq!((closes(&commands), offered(&commands)), (vec![(EDSGER, 100)], vec![101]));
    assert_eq!(page.client.peer_state(ADA), Some(PeerState::Connected));
}

#[test]
fn the_connection_to_a_reloaded_page_ends() {
    let mut page = page_of(GRACE, &[EDSGER]);
    page.change(100, PeerState::Connected);
    page.learn(sends_in(EDSGER, StreamState::Interrupted));
    let commands = page.learn(RoomEvent::LinkOpened { link: link_between(GRACE, EDSGER) });
    assert_eq!((closes(&commands), offered(&commands)), (vec![(EDSGER, 100)], vec![]));
    assert_eq!(offered(&page.learn(sends_in(EDSGER, StreamState::Live))), [101]);
}

#[test]
fn a_sender_beyond_the_limit_stops_capturing_and_is_told() {
    let mut page = page_of(GRACE, &[ADA]);
    page.signal(ADA, offer(7));
    page.take(SHARE);
    let commands = page.refuse(Refusal::StreamNotReady);
    assert!(commands.contains(&Output::StopCapture));
    assert_eq!(closes(&commands), [], "Ada is still heard");
    assert_eq!(page.client.publishing_refusal(), Some(Refusal::StreamNotReady));
    page.take(SHARE);
    assert_eq!(page.client.publishing_refusal(), None);
}

#[test]
fn a_participant_reacts_and_writes_and_the_owner_removes() {
    for (own, is_owner) in [(ADA, true), (GRACE, false)] {
        let mut page = page_of(own, &[]);
        let text = MessageText::parse("louder").expect("a message of the tests");
        let reacted = page.take(Input::ReactionPressed(Reaction::Fire));
        assert_eq!(said(&reacted), [ToRoom::React(React { reaction: Reaction::Fire })]);
        let written = page.take(wrote(text.clone()));
        assert_eq!(said(&written), [ToRoom::Write(Write { nonce: 100, text, pictures: Vec::new(), reply_to: None })]);
        page.take(Input::RemovePressed(EDSGER));
        let removal = ToRoom::RemoveMember(RemoveMember { member: EDSGER, block_address: false, may_return: false });
        let expected: Vec<_> = is_owner.then_some(removal).into_iter().collect();
        assert_eq!(said(&page.fire(Timer::Removal(EDSGER))), expected);
    }
}

#[test]
fn a_page_that_may_be_closed_hangs_up_and_leaves_a_mark_if_it_had_sound() {
    let mut page = connected_page();
    let commands = page.take(Input::Hidden);
    let closed = [say(EDSGER, hung_up(100)), say(ADA, hung_up(7))];
    assert_eq!(sent(&commands), [&closed[..], &[no_more(ADA), no_more(EDSGER)]].concat());
    assert!(commands.contains(&Output::LeaveMark(code())), "the next page goes on");
    let mut owner = page_of(ADA, &[]);
    assert!(!owner.take(Input::Hidden).contains(&Output::LeaveMark(code())), "there is nothing to go on with");
}

#[test]
fn a_page_that_is_closed_hangs_up_because_its_links_stay() {
    for own in [ADA, GRACE] {
        let mut page = page_of(own, &[EDSGER]);
        assert_eq!(sent(&page.take(Input::Left)), [no_more(EDSGER), say(EDSGER, hung_up(100))]);
    }
}

#[test]
fn an_owner_who_gives_the_place_up_hangs_up_because_their_links_stay() {
    let mut owner = page_of(ADA, &[EDSGER]);
    let left = [no_more(EDSGER), say(EDSGER, hung_up(100)), to_room(ToRoom::Leave)];
    assert_eq!(sent(&owner.take(Input::MembershipEnded)), left);
    let mut other = page_of(GRACE, &[EDSGER]);
    assert_eq!(sent(&other.take(Input::MembershipEnded)), [no_more(EDSGER), to_room(ToRoom::Leave)]);
}

fn message(number: u64, author: MemberId, nonce: u32) -> RoomEvent {
    let message = Message {
        number: MessageNumber(number),
        author,
        name: name("Somebody"),
        nonce,
        text: MessageText::parse("louder").ok(),
        sent_at: Timestamp::from_millis(number),
        delivered: true,
        version: 0,
        reply_to: None,
        pinned: false,
        pictures: Vec::new(),
        emoji: Vec::new(),
        markup: None,
    };
    RoomEvent::MessageSent { message }
}

#[test]
fn own_messages_include_those_of_earlier_places_of_the_page() {
    let states = |page: &Page| page.client.own_messages().map(|message| message.state).collect::<Vec<_>>();
    let mut page = page_of(GRACE, &[]);
    page.take(wrote(MessageText::parse("louder").expect("a message of the tests")));
    page.learn(message(1, EDSGER, 100));
    assert_eq!(states(&page), [MessageState::Sending], "Edsger numbers alike");
    page.lose();
    page.reconnect();
    page.refuse(Refusal::NotAMember);
    page.hear(joined(MemberId::from_bits(9), 40, lounge(MemberId::from_bits(9), &[])));
    page.learn(message(2, GRACE, 100));
    assert_eq!(states(&page), [MessageState::Delivered]);
    page.lose();
    assert_eq!(said(&page.resume(Missed::Events(Vec::new()))), []);
}
