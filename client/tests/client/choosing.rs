//! A page in a lounge, where members choose whether to listen. The page belongs to Grace; Ada owns the lounge.

use heartogether::{
    id::{MemberId, PublicationId, Seq},
    protocol::{EndPublication, FromRoom, Listen, Publish, SendSignal, ToRoom},
    refusal::Refusal,
    role::Role,
    room::{Joined, Link, Missed, Publication, Resumed, RoomEvent, RoomView, Source, StreamState},
    time::Timestamp,
};
use heartogether_client::{HostState, Input, Output, PeerState, Timer};

use crate::scenario::*;

const ADA: MemberId = MemberId::from_bits(1);
const OF_ADA: PublicationId = PublicationId::from_bits(71);
const OF_GRACE: PublicationId = PublicationId::from_bits(72);
const SHARE: Input = Input::CaptureStarted(Source::Microphone);
const PUBLISH: ToRoom = ToRoom::Publish(Publish { source: Source::Microphone, paused: false });

fn sent_by(by: MemberId, listeners: &[MemberId]) -> Publication {
    let id = if by == ADA { OF_ADA } else { OF_GRACE };
    Publication { id, by, listeners: listeners.to_vec(), ..publication(StreamState::Live) }
}

fn changed(publication: Publication) -> RoomEvent {
    RoomEvent::PublicationChanged { publication }
}

const fn listen(publication: PublicationId, on: bool) -> ToRoom {
    ToRoom::Listen(Listen { publication, on })
}

const fn end(publication: PublicationId) -> ToRoom {
    ToRoom::EndPublication(EndPublication { publication })
}

fn lounge(publications: Vec<Publication>) -> RoomView {
    RoomView { publications, links: Vec::new(), ..view(StreamState::Idle, &[ADA, GRACE, EDSGER]) }
}

fn page(publications: Vec<Publication>) -> Page {
    let mut page = Page::new(Role::Participant, false, 100);
    page.client = page.client.clone().conversing();
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.welcome();
    page.hear(joined(GRACE, 10, lounge(publications)));
    page
}

/// Grace listens to Ada over 7.
fn hearing() -> Page {
    let mut page = page(vec![sent_by(ADA, &[])]);
    page.take(Input::ListenPressed(OF_ADA));
    page.learn_all([
        RoomEvent::LinkOpened { link: Link { offerer: ADA, answerer: GRACE } },
        changed(sent_by(ADA, &[GRACE])),
    ]);
    page.signal(ADA, offer(7));
    page.change(7, PeerState::Connected);
    page
}

/// Grace shares.
fn sharing() -> Page {
    let mut page = page(Vec::new());
    page.take(SHARE);
    page.learn(changed(sent_by(GRACE, &[])));
    page
}

fn opens_a_peer(commands: &[Output]) -> bool {
    commands.iter().any(|command| matches!(command, Output::OpenAnswering { .. } | Output::OpenOffering { .. }))
}

fn closes_a_peer(commands: &[Output]) -> bool {
    commands.iter().any(|command| matches!(command, Output::ClosePeer(_)))
}

#[test]
fn a_page_that_does_not_listen_makes_no_peer_connection() {
    let mut page = page(vec![sent_by(ADA, &[])]);
    // Another page of Grace's listens.
    let opened = RoomEvent::LinkOpened { link: Link { offerer: ADA, answerer: GRACE } };
    let commands = [page.learn_all([opened, changed(sent_by(ADA, &[GRACE]))]), page.signal(ADA, offer(7))].concat();
    assert!(!opens_a_peer(&commands) && said(&commands).is_empty(), "{commands:?}");
    assert!(timer(&commands, Timer::OfferRequest).is_none());
}

#[test]
fn a_page_that_listens_says_so_and_plays_what_is_offered() {
    let mut page = page(vec![sent_by(ADA, &[])]);
    assert_eq!(said(&page.take(Input::ListenPressed(OF_ADA))), [listen(OF_ADA, true)]);
    let link = Link { offerer: ADA, answerer: GRACE };
    page.learn_all([RoomEvent::LinkOpened { link }, changed(sent_by(ADA, &[GRACE]))]);
    let commands = page.signal(ADA, offer(7));
    assert!(commands.contains(&Output::Play(with(ADA, 7))), "{commands:?}");
    assert!(page.client.listens_to(OF_ADA));
    let commands = page.take(Input::ListeningEnded);
    let closed = ToRoom::Signal(SendSignal { to: ADA, signal: hung_up(7) });
    assert_eq!(said(&commands), [closed, listen(OF_ADA, false)]);
    assert!(closes_a_peer(&commands), "at once");
}

#[test]
fn a_second_page_asks_for_what_the_first_one_hears_or_shares() {
    let mut second = page(vec![sent_by(ADA, &[GRACE])]);
    assert_eq!(said(&second.take(Input::ListenPressed(OF_ADA))), [listen(OF_ADA, true)]);
    assert_eq!(said(&second.learn(changed(sent_by(ADA, &[GRACE])))), [], "once");
    let mut second = page(vec![sent_by(GRACE, &[])]);
    assert_eq!(said(&second.take(SHARE)), [PUBLISH]);
    assert_eq!(said(&second.learn(changed(sent_by(GRACE, &[])))), [], "once");
}

#[test]
fn a_choice_is_told_again_after_a_loss_and_ends_with_what_is_heard() {
    let mut page = hearing();
    page.lose();
    page.take(Input::ListeningEnded);
    assert_eq!(said(&page.resume(Missed::Events(Vec::new()))), [listen(OF_ADA, false)]);
    let mut page = hearing();
    page.learn_all([RoomEvent::LinkClosed { peer: ADA }, RoomEvent::PublicationEnded { publication: OF_ADA }]);
    assert_eq!(page.client.heard(), []);
    assert_eq!(said(&page.learn(changed(sent_by(EDSGER, &[])))), [], "the next one is asked for anew");
}

#[test]
fn a_choice_that_is_refused_is_taken_back_with_its_reason() {
    for refusal in [Refusal::SoundFull, Refusal::StreamNotReady] {
        let mut page = page(vec![sent_by(ADA, &[])]);
        page.take(Input::ListenPressed(OF_ADA));
        page.refuse(refusal);
        assert_eq!((page.client.heard(), page.client.listening_refusal()), (&[][..], Some(refusal)));
        page.take(Input::ListenPressed(OF_ADA));
        assert_eq!(page.client.listening_refusal(), None);
    }
}

#[test]
fn the_sound_goes_to_the_page_that_asked_last() {
    let mut page = hearing();
    let commands = page.learn(RoomEvent::SoundMoved);
    assert!(closes_a_peer(&commands) && said(&commands).is_empty(), "{commands:?}");
    assert_eq!(page.client.heard(), []);
    let mut page = sharing();
    let commands = page.learn(RoomEvent::SoundMoved);
    assert!(commands.contains(&Output::StopCapture) && said(&commands).is_empty(), "{commands:?}");
    assert_eq!(said(&page.learn(changed(sent_by(GRACE, &[])))), [], "the other page speaks for it");
}

#[test]
fn a_page_that_was_away_learns_that_the_sound_is_elsewhere() {
    for mut page in [hearing(), sharing()] {
        page.lose();
        page.reconnect();
        let (now, missed) = (Timestamp::from_millis(0), Missed::Events(Vec::new()));
        let resumed =
            Resumed { seq: Seq(20), now, missed, sound_elsewhere: true, blocked: Vec::new(), ice_servers: None };
        let commands = page.hear(from_room(FromRoom::Resumed(resumed)));
        assert_eq!(said(&commands), []);
        assert_eq!((page.client.heard(), page.client.keepsake()), (&[][..], None));
    }
}

#[test]
fn a_page_that_has_just_come_takes_the_sound_that_it_asks_for() {
    let mut page = Page::new(Role::Participant, false, 100);
    page.client = page.client.clone().conversing();
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.take(Input::ListenPressed(OF_ADA));
    let place = place(GRACE, 10, lounge(vec![sent_by(ADA, &[])]));
    let commands = page.hear(from_room(FromRoom::Joined(Joined { sound_elsewhere: true, ..place })));
    assert_eq!(said(&commands), [listen(OF_ADA, true)]);
}

#[test]
fn who_is_stopped_by_the_owner_captures_nothing_more() {
    let mut page = sharing();
    let stopped = RoomEvent::PublicationStopped { publication: OF_GRACE, by: ADA };
    let commands = page.learn_all([stopped, RoomEvent::PublicationEnded { publication: OF_GRACE }]);
    assert!(commands.contains(&Output::StopCapture));
    assert_eq!(said(&commands), [], "it does not begin anew");
    assert_eq!(page.client.publishing_refusal(), Some(Refusal::SoundStopped));
    page.take(SHARE);
    assert_eq!(page.client.publishing_refusal(), None);
}

#[test]
fn who_shares_too_late_is_told_why() {
    let mut page = page(Vec::new());
    assert_eq!(said(&page.take(SHARE)), [PUBLISH]);
    let commands = page.refuse(Refusal::SoundTaken);
    assert!(commands.contains(&Output::StopCapture));
    assert_eq!(page.client.publishing_refusal(), Some(Refusal::SoundTaken));
    assert_eq!(page.client.host_state(), HostState::Idle);
}

#[test]
fn the_end_of_sharing_is_told_at_once_or_when_the_room_can_be_told() {
    let mut page = sharing();
    let commands = page.take(Input::SharingEnded);
    assert_eq!(said(&commands), [end(OF_GRACE)]);
    assert!(commands.contains(&Output::StopCapture));
    let mut page = sharing();
    page.lose();
    page.take(Input::SharingEnded);
    assert_eq!(said(&page.resume(Missed::Events(Vec::new()))), [end(OF_GRACE)]);
}

#[test]
fn a_source_that_is_lost_waits_for_another_one() {
    let mut page = sharing();
    assert_eq!(said(&page.take(Input::CaptureEnded(Source::Microphone))), [ToRoom::Interrupt]);
    page.learn(changed(Publication { state: StreamState::Interrupted, ..sent_by(GRACE, &[]) }));
    assert_eq!(page.client.host_state(), HostState::Interrupted);
    assert_eq!(said(&page.take(Input::SharingEnded)), [end(OF_GRACE)]);
}

#[test]
fn who_goes_elsewhere_in_the_site_shares_no_more_and_a_reload_leaves_a_mark() {
    let mut page = sharing();
    assert_eq!(said(&page.take(Input::Left)), [end(OF_GRACE)]);
    for mut page in [sharing(), hearing()] {
        assert!(page.take(Input::Hidden).contains(&Output::LeaveMark(code())));
    }
}

#[test]
fn the_owner_ends_what_another_one_shares() {
    let mut page = page(vec![sent_by(ADA, &[])]);
    assert_eq!(said(&page.take(Input::PublicationEndPressed(OF_ADA))), [end(OF_ADA)]);
}
