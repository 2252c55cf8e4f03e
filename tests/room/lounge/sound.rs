//! Sound in a lounge: one member shares, and others choose to listen, on one of their pages.

use heartogether::{
    id::{MemberId, PublicationId},
    limits::{DIRECT_LISTENERS, Limits},
    refusal::Refusal,
    role::Role,
    room::{
        Audience, Command, Effect, Event, Foreseen, Joined, Link, Policy, Publication, RoomCreated, RoomEvent,
        SignalDirection, StreamState,
    },
};

use super::{come, listen, publish};
use crate::scenario::*;

const SENT: PublicationId = PublicationId::from_bits(1);
const LISTEN_NO_MORE: Command = Command::Listen { publication: SENT, on: false };
const END: Command = Command::EndPublication { publication: SENT };

/// A lounge as the server opens it, in which Ada, Grace and Edsger are at 1, 2 and 3, and Ada shares.
fn lounge() -> (Stage, [Joined; 3]) {
    let mut stage = Stage::before_creation();
    stage.append(Event::RoomCreated(RoomCreated { policy: Policy::lounge(&Limits::default()), ..created() }));
    let members = [1, 2, 3].map(|account| come(&mut stage, account, account));
    stage.command(1, publish(1));
    (stage, members)
}

fn shared(stage: &Stage) -> Publication {
    stage.room.publications()[0].clone()
}

fn foreseen(stage: &Stage, at: u128, command: Command) -> Result<Foreseen, Refusal> {
    stage.room.foresee(&commanded(&stage.room, connection(at).id, command), stage.now)
}

fn to_page(outcome: &Outcome, at: u128) -> Vec<&RoomEvent> {
    outcome.events(Audience::Connection(connection(at).id))
}

#[test]
fn everybody_sees_who_shares_and_who_listens() {
    let (mut stage, [ada, grace, _]) = lounge();
    assert_eq!((shared(&stage).by, shared(&stage).listeners), (ada.member, vec![]));
    let outcome = stage.command(2, listen(1));
    assert_eq!(shared(&stage).listeners, [grace.member]);
    assert_eq!(outcome.everyone_learns(), [&stage.changed()]);
    assert_eq!(foreseen(&stage, 2, listen(1)), Ok(Foreseen::Nothing), "once");
    let outcome = stage.command(2, LISTEN_NO_MORE);
    assert_eq!(outcome.links(ada.member), [&RoomEvent::LinkClosed { peer: grace.member }]);
    assert_eq!(shared(&stage).listeners, []);
    assert_eq!(foreseen(&stage, 2, LISTEN_NO_MORE), Ok(Foreseen::Nothing), "once");
}

#[test]
fn one_shares_at_a_time() {
    let (mut stage, _) = lounge();
    assert_eq!(foreseen(&stage, 2, publish(2)), Err(Refusal::SoundTaken));
    assert_eq!(stage.command(2, publish(2)).refusal(2), Refusal::SoundTaken);
    stage.command(1, END);
    assert_eq!(stage.room.publications(), []);
    assert_eq!(foreseen(&stage, 1, END), Ok(Foreseen::Nothing), "it has ended");
    stage.command(2, publish(2));
    assert_eq!(stage.stream(), StreamState::Live);
}

#[test]
fn one_more_listener_than_can_be_served_is_told_that_it_is_full() {
    let mut stage = Stage::before_creation();
    stage.append(Event::RoomCreated(RoomCreated { policy: Policy::lounge(&Limits::default()), ..created() }));
    let last = u128::from(DIRECT_LISTENERS) + 2;
    (1..=last).for_each(|account| _ = come(&mut stage, account, account));
    stage.command(1, publish(1));
    for at in 2..last {
        assert!(!shared(&stage).is_full, "{at}");
        stage.command(at, listen(1));
    }
    assert!(shared(&stage).is_full);
    assert_eq!(foreseen(&stage, last, listen(1)), Err(Refusal::SoundFull));
    assert_eq!(stage.command(last, listen(1)).refusal(last), Refusal::SoundFull);
    stage.command(2, LISTEN_NO_MORE);
    assert!(!shared(&stage).is_full);
    stage.command(last, listen(1));
    assert_eq!(shared(&stage).listeners.len(), DIRECT_LISTENERS as usize);
}

#[test]
fn nobody_listens_to_themselves_or_to_what_is_not_there() {
    let (mut stage, _) = lounge();
    assert_eq!(stage.command(1, listen(1)).refusal(1), Refusal::StreamNotReady);
    assert_eq!(stage.command(2, listen(9)).refusal(2), Refusal::StreamNotReady);
    let mut broadcast = Stage::full_and_live();
    let hear = Command::Listen { publication: PUBLICATION, on: true };
    assert_eq!(broadcast.command(2, hear).refusal(2), Refusal::NotAllowed, "there everybody hears");
}

#[test]
fn listening_ends_with_what_is_heard_and_begins_again_only_when_asked() {
    let (mut stage, [ada, grace, _]) = lounge();
    stage.command(2, listen(1));
    let outcome = stage.command(1, END);
    assert_eq!(outcome.links(grace.member), [&RoomEvent::LinkClosed { peer: ada.member }]);
    stage.command(3, publish(3));
    assert_eq!(shared(&stage).listeners, []);
    assert_eq!(stage.view(grace.member).links, []);
}

#[test]
fn who_leaves_is_removed_or_sent_out_listens_no_more() {
    let removal = |member: MemberId, may_return| Command::RemoveMember { member, block_address: false, may_return };
    for case in 0..3 {
        let (mut stage, [ada, grace, _]) = lounge();
        stage.command(2, listen(1));
        let outcome = match case {
            0 => stage.command(2, Command::Leave),
            1 => stage.command(1, removal(grace.member, false)),
            _ => stage.command(1, removal(grace.member, true)),
        };
        assert_eq!(shared(&stage).listeners, []);
        assert_eq!(outcome.links(ada.member), [&RoomEvent::LinkClosed { peer: grace.member }]);
    }
}

#[test]
fn the_owner_stops_what_another_shares_and_others_cannot() {
    let (mut stage, [ada, grace, _]) = lounge();
    stage.command(1, END);
    stage.command(2, publish(2));
    let sent = PublicationId::from_bits(2);
    let end = Command::EndPublication { publication: sent };
    assert_eq!(foreseen(&stage, 3, end.clone()), Err(Refusal::NotAllowed));
    assert_eq!(stage.command(3, end.clone()).refusal(3), Refusal::NotAllowed);
    let outcome = stage.command(1, end);
    let stopped = RoomEvent::PublicationStopped { publication: sent, by: ada.member };
    assert_eq!(outcome.events(Audience::Member(grace.member)), [&stopped]);
    assert_eq!(outcome.everyone_learns(), [&RoomEvent::PublicationEnded { publication: sent }]);
}

#[test]
fn handing_over_leaves_the_sound_alone_and_the_new_owner_can_stop_it() {
    let (mut stage, [ada, grace, edsger]) = lounge();
    stage.command(2, listen(1));
    let outcome = stage.command(1, Command::HandOver { member: edsger.member });
    assert!(outcome.links(ada.member).is_empty() && outcome.links(grace.member).is_empty());
    assert_eq!(shared(&stage).listeners, [grace.member]);
    stage.command(3, END);
    assert_eq!(stage.room.publications(), []);
}

#[test]
fn who_is_away_is_interrupted_and_loses_the_sound_when_the_time_is_over() {
    let (mut stage, [ada, grace, _]) = lounge();
    stage.command(2, listen(1));
    stage.lose(1);
    assert_eq!(shared(&stage).state, StreamState::Interrupted);
    assert_eq!(stage.view(grace.member).links.len(), 1, "sound does not depend on signaling");
    stage.wait(HOST_GRACE_MS).wake();
    assert_eq!(stage.room.publications(), []);
    assert!(stage.is_member(ada.member));
}

#[test]
fn a_listener_whose_page_does_not_come_back_makes_room() {
    let (mut stage, [ada, grace, _]) = lounge();
    stage.command(2, listen(1));
    let lost = stage.lose(2);
    assert_eq!(lost.wake_at(), Some(stage.now.after_ms(HOST_GRACE_MS)), "others are told then");
    assert_eq!(shared(&stage).listeners, [grace.member], "the sound may still flow");
    let outcome = stage.wait(HOST_GRACE_MS).wake();
    assert_eq!(shared(&stage).listeners, []);
    assert_eq!(outcome.links(ada.member), [&RoomEvent::LinkClosed { peer: grace.member }]);
    assert!(stage.is_member(grace.member));
}

#[test]
fn a_page_that_is_opened_later_leaves_the_sound_where_it_is() {
    let (mut stage, [ada, grace, _]) = lounge();
    stage.command(2, listen(1));
    for (account, at) in [(OWNER, 11), (GRACE, 12)] {
        let outcome = stage.ask(account, Role::Participant, at, false);
        assert!(outcome.joined(at).sound_elsewhere);
        assert!(outcome.links(ada.member).is_empty() && outcome.links(grace.member).is_empty());
    }
    assert_eq!((shared(&stage).state, shared(&stage).listeners), (StreamState::Live, vec![grace.member]));
    let route = |from, to, direction| stage.room.route_signal(connection(from).id, to, direction);
    use SignalDirection::{FromAnswerer, FromOfferer};
    assert_eq!(route(1, grace.member, FromOfferer), Ok((ada.member, connection(2))));
    assert_eq!(route(12, ada.member, FromAnswerer), Err(Refusal::NotAllowed), "this page has not the sound");
    for command in [Command::Pause, Command::DeclareSilence { silent: true }] {
        assert_eq!(foreseen(&stage, 11, command), Err(Refusal::StreamNotReady));
    }
    for (at, command) in [(11, Command::Interrupt), (12, LISTEN_NO_MORE)] {
        assert_eq!(foreseen(&stage, at, command), Ok(Foreseen::Nothing));
    }
}

#[test]
fn the_page_that_asks_last_has_the_sound() {
    let (mut stage, [ada, grace, _]) = lounge();
    stage.command(2, listen(1));
    stage.ask(GRACE, Role::Participant, 12, false);
    let outcome = stage.command(12, listen(1));
    let link = Link { offerer: ada.member, answerer: grace.member };
    assert_eq!(to_page(&outcome, 2), [&RoomEvent::SoundMoved]);
    assert_eq!(to_page(&outcome, 12), [&RoomEvent::LinkOpened { link }], "the page connects anew");
    assert_eq!(outcome.links(ada.member), [&RoomEvent::LinkOpened { link }], "and so does the other end");
    assert!(outcome.everyone_learns().is_empty(), "for others nothing has changed");
    assert_eq!(
        stage.room.route_signal(connection(1).id, grace.member, SignalDirection::FromOfferer),
        Ok((ada.member, connection(12)))
    );
    stage.lose(2);
    let resumed = stage.resume(GRACE, grace.token, grace.seq, 22).resumed(22);
    assert!(resumed.sound_elsewhere);
}

#[test]
fn a_share_moves_to_another_page_of_its_member() {
    let (mut stage, [ada, ..]) = lounge();
    stage.command(2, listen(1));
    stage.ask(OWNER, Role::Participant, 11, false);
    let outcome = stage.command(11, publish(99));
    assert_eq!(to_page(&outcome, 1), [&RoomEvent::SoundMoved]);
    assert_eq!((shared(&stage).id, shared(&stage).state), (SENT, StreamState::Live), "it is the same");
    stage.lose(1);
    assert_eq!(shared(&stage).state, StreamState::Live);
    stage.lose(11);
    assert_eq!(shared(&stage).state, StreamState::Interrupted);
    assert_eq!(shared(&stage).by, ada.member);
}

#[test]
fn without_anybody_who_uses_it_the_page_that_was_opened_last_has_the_sound() {
    let (mut stage, [_, grace, _]) = lounge();
    assert!(!stage.ask(GRACE, Role::Participant, 12, false).joined(12).sound_elsewhere);
    let outcome = stage.command(12, listen(1));
    assert!(to_page(&outcome, 2).is_empty(), "it had nothing to lose");
    assert_eq!(shared(&stage).listeners, [grace.member]);
}

#[test]
fn an_owner_who_gives_the_page_up_takes_along_what_they_hear_and_share() {
    let (mut stage, [ada, grace, _]) = lounge();
    stage.command(1, END);
    stage.command(2, publish(2));
    stage.command(1, listen(2));
    assert_eq!(shared(&stage).listeners, [ada.member]);
    let outcome = stage.command(1, Command::Leave);
    assert_eq!(outcome.links(grace.member), [&RoomEvent::LinkClosed { peer: ada.member }]);
    assert_eq!(shared(&stage).listeners, []);
}

#[test]
fn what_was_listened_to_is_in_the_snapshot() {
    let (mut stage, [_, grace, _]) = lounge();
    stage.command(2, listen(1));
    let written = serde_json::to_string(&stage.room).expect("a room is written");
    let read: heartogether::room::Room = serde_json::from_str(&written).expect("a room is read");
    assert_eq!(read.publications()[0].listeners, [grace.member]);
    assert!(stage.command(3, listen(1)).0.iter().any(|effect| matches!(effect, Effect::Send { .. })));
}
