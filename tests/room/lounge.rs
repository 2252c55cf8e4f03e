//! A lounge of five equals, who all see one another and may all send.

use heartogether::{
    id::{AccountId, MemberId, MessageNumber, NodeId, PublicationId, ResumeToken},
    refusal::Refusal,
    role::{AccountKind, Role},
    room::{
        Answered, ArchivedMessage, Audience, Command, Effect, Event, JoinRequested, Joined, Link, Marks, Message,
        Policy, RoomCreated, RoomEvent, RoomMessage, SignalDirection, Source, StreamState,
    },
    rules::RoomKind,
};

use crate::scenario::*;

/// Account and connection of each of the five; the first is the owner.
const FIVE: [u128; 5] = [1, 2, 3, 4, 5];

fn policy() -> Policy {
    Policy { kind: RoomKind::Lounge, max_members: 4, max_publications: 5, ..created().policy }
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

/// The five are there, and all of them send.
fn full_and_live() -> (Stage, Vec<MemberId>) {
    let (mut stage, members) = full();
    for at in FIVE {
        stage.command(at, publish(at));
    }
    (stage, members)
}

fn link(one: MemberId, other: MemberId) -> Link {
    Link { offerer: one.min(other), answerer: one.max(other) }
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
        kind: AccountKind::Known,
        marks: Marks::default(),
        role: Role::Participant,
        take_over: false,
        member: MemberId::from_bits(77),
        token: ResumeToken::from_bits(78),
    }));
    assert!(!format!("{outcome:?}").contains("grace@hear.example"));
    assert!(!format!("{:?}", stage.room).contains("grace@hear.example"));
}

#[test]
fn who_begins_to_send_is_linked_with_everybody_and_the_smaller_id_offers() {
    let (mut stage, members) = full();
    assert!(members.iter().all(|member| stage.view(*member).links.is_empty()), "nobody sends");
    let outcome = stage.command(3, publish(3));
    for member in members.iter().filter(|member| **member != members[2]) {
        let link = link(members[2], *member);
        assert_eq!(outcome.links(*member), [&RoomEvent::LinkOpened { link }]);
        assert_eq!(stage.view(*member).links, [link]);
    }
    assert_eq!(outcome.links(members[2]).len(), 4);
    assert_eq!(stage.view(members[2]).links.len(), 4);
}

#[test]
fn five_who_send_have_ten_links() {
    let (stage, members) = full_and_live();
    assert_eq!(stage.room.publications().len(), 5);
    let mut links: Vec<_> = members.iter().flat_map(|member| stage.view(*member).links).collect();
    links.sort_unstable();
    links.dedup();
    assert_eq!(links.len(), 10);
    assert!(links.iter().all(|link| link.offerer < link.answerer));
}

#[test]
fn one_more_publication_than_may_be_is_refused() {
    let mut stage = Stage::before_creation();
    let policy = Policy { max_publications: 1, ..policy() };
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    come(&mut stage, 1, 1);
    come(&mut stage, 2, 2);
    stage.command(1, publish(1));
    assert_eq!(stage.command(2, publish(2)).refusal(2), Refusal::StreamNotReady);
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
            Some(()) => stage.command(1, Command::RemoveMember { member: gone, block_address: false }),
        };
        let ended = RoomEvent::PublicationEnded { publication: PublicationId::from_bits(3) };
        assert_eq!(outcome.everyone_learns(), [&RoomEvent::MemberLeft { member: gone }, &ended]);
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
    stage.lose(2);
    let seq = stage.room.seq();
    let outcome = stage.resume(GRACE, grace.token, seq, 3);
    outcome.resumed(3);
    assert!(outcome.links(HOST).is_empty() && outcome.links(grace.member).is_empty());
    let outcome = stage.ask(GRACE, Role::Participant, 4, false);
    let link = link(HOST, grace.member);
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
    let (first, second) = (members[0].min(members[1]), members[0].max(members[1]));
    let at = |stage: &Stage, member| {
        let known = stage.room.members().find(|known| known.id == member).and_then(|member| member.connection());
        known.expect("everybody is there").id
    };
    let route = |stage: &Stage, from, to, direction| stage.room.route_signal(at(stage, from), to, direction).err();
    assert_eq!(route(&stage, first, second, SignalDirection::Either), Some(Refusal::NotAllowed), "nobody sends");
    stage.command(1, publish(1));
    use SignalDirection::{Either, FromAnswerer, FromOfferer};
    for (direction, there, back) in [(FromOfferer, true, false), (FromAnswerer, false, true), (Either, true, true)] {
        let expected = |is_right: bool| (!is_right).then_some(Refusal::NotAllowed);
        assert_eq!(route(&stage, first, second, direction), expected(there), "{direction:?}");
        assert_eq!(route(&stage, second, first, direction), expected(back), "{direction:?}");
    }
    assert_eq!(route(&stage, members[2], members[3], Either), Some(Refusal::NotAllowed), "neither sends");
}

fn messages(stage: &Stage, member: MemberId) -> Vec<Message> {
    stage.view(member).messages
}

#[test]
fn everybody_reads_what_is_written_changed_pinned_and_deleted() {
    let (mut stage, members) = full();
    stage.command(2, write(1, "hello"));
    let answer = replies(1, "hello you", MessageNumber(1), Answered::Missing);
    stage.command(3, answer);
    let number = MessageNumber(1);
    stage.command(2, Command::Edit { number, text: words("hello all"), archived: None });
    stage.command(1, Command::Pin { number, pinned: true, archived: None });
    for member in &members {
        let read = messages(&stage, *member);
        assert_eq!(read[0].text, Some(words("hello all")));
        assert_eq!((read[0].version, read[0].pinned, read[0].delivered), (1, true, true));
        assert_eq!(read[1].reply_to, Some(number));
    }
    let outcome = stage.command(1, Command::Delete { number, archived: None });
    assert_eq!(outcome.everyone_learns(), [&RoomEvent::MessageDeleted { number }], "the owner moderates");
    assert_eq!(messages(&stage, members[4])[0].text, None);
    assert_eq!(stage.view(members[4]).members[1].last_message, None);
}

#[test]
fn a_change_that_may_not_be_is_refused() {
    let (mut stage, _) = full();
    stage.command(2, write(1, "hello"));
    let edit = |number, archived| Command::Edit { number: MessageNumber(number), text: words("bye"), archived };
    let delete = |number| Command::Delete { number: MessageNumber(number), archived: None };
    let pin = |number| Command::Pin { number: MessageNumber(number), pinned: true, archived: None };
    assert_eq!(stage.command(3, edit(1, None)).refusal(3), Refusal::NotAllowed);
    assert_eq!(stage.command(1, edit(1, None)).refusal(1), Refusal::NotAllowed, "nor does the owner change words");
    assert_eq!(stage.command(3, delete(1)).refusal(3), Refusal::NotAllowed);
    assert_eq!(stage.command(2, pin(1)).refusal(2), Refusal::NotAllowed);
    assert_eq!(stage.command(2, edit(2, None)).refusal(2), Refusal::MessageNotFound);
    assert_eq!(stage.command(2, edit(2, Some(archived(false)))).refusal(2), Refusal::MessageNotFound);
    stage.command(2, delete(1));
    assert_eq!(stage.command(2, edit(1, None)).refusal(2), Refusal::MessageNotFound);
    assert_eq!(stage.command(1, pin(1)).refusal(1), Refusal::MessageNotFound);
    assert!(stage.command(2, delete(1)).is_silent());
}

/// What the archive knows of Grace's first message.
fn archived(deleted: bool) -> ArchivedMessage {
    let author = MemberId::from_bits(1_003);
    ArchivedMessage { account: GRACE, author, version: 2, deleted, pinned: false }
}

/// A room that knows nothing of Grace's first message any more, and her place.
fn that_has_forgotten() -> (Stage, MemberId) {
    let mut stage = Stage::before_creation();
    let policy = Policy { messages_kept: 1, ..policy() };
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    come(&mut stage, 1, 1);
    let grace = come(&mut stage, 2, 2).member;
    stage.command(2, write(1, "hello"));
    stage.command(1, write(1, "hello you"));
    stage.command(1, write(2, "and you"));
    (stage, grace)
}

#[test]
fn what_the_room_has_done_counts_more_than_what_was_read_in_the_archive_before() {
    let (mut stage, grace) = that_has_forgotten();
    let (number, read) = (MessageNumber(1), Some(archived(false)));
    let edit = |said| Command::Edit { number, text: words(said), archived: read };
    for (said, version) in [("bye", 3), ("bye bye", 4)] {
        let edited = RoomEvent::MessageEdited { number, author: grace, version, text: words(said) };
        assert_eq!(stage.command(2, edit(said)).events(Audience::Everyone), [&edited]);
    }
    stage.command(1, Command::Delete { number, archived: read });
    assert_eq!(stage.command(2, edit("hello again")).refusal(2), Refusal::MessageNotFound);
    assert!(stage.command(1, Command::Delete { number, archived: read }).is_silent());
    stage.append(Event::AccountDeleted { account: GRACE });
    assert!(stage.command(1, Command::Delete { number, archived: None }).refusal(1) == Refusal::MessageNotFound);
}

#[test]
fn a_message_that_has_just_been_forgotten_is_as_it_was() {
    let (mut stage, _) = full();
    stage.command(2, write(1, "hello"));
    stage.command(2, Command::Delete { number: MessageNumber(1), archived: None });
    for nonce in 0..policy().messages_kept {
        stage.command(1, write(nonce, "hello you"));
    }
    let (number, read) = (MessageNumber(1), Some(archived(false)));
    let edit = Command::Edit { number, text: words("bye"), archived: read };
    assert_eq!(stage.command(2, edit).refusal(2), Refusal::MessageNotFound);
}

#[test]
fn a_message_that_was_changed_as_often_as_can_be_counted_is_changed_still() {
    let (mut stage, author) = that_has_forgotten();
    let (number, text) = (MessageNumber(1), words("bye"));
    let often = Some(ArchivedMessage { version: u32::MAX, ..archived(false) });
    let outcome = stage.command(2, Command::Edit { number, text: text.clone(), archived: often });
    let edited = RoomEvent::MessageEdited { number, author, version: u32::MAX, text };
    assert_eq!(outcome.events(Audience::Everyone), [&edited]);
}

#[test]
fn a_message_that_only_the_archive_holds_is_changed_like_any() {
    let (mut stage, grace) = that_has_forgotten();
    let (number, known) = (MessageNumber(1), Some(archived(false)));
    let edit = |archived| Command::Edit { number, text: words("bye"), archived };
    assert_eq!(stage.command(2, edit(None)).refusal(2), Refusal::MessageNotFound);
    assert_eq!(stage.command(1, edit(known)).refusal(1), Refusal::NotAllowed);
    assert_eq!(stage.command(2, edit(Some(archived(true)))).refusal(2), Refusal::MessageNotFound);
    let outcome = stage.command(2, edit(known));
    let edited = RoomEvent::MessageEdited { number, author: grace, version: 3, text: words("bye") };
    assert_eq!(outcome.events(Audience::Everyone), [&edited]);
    assert_eq!(stage.view(HOST).members[1].last_message.as_ref().map(ToString::to_string).as_deref(), Some("bye"));
    stage.command(1, Command::Pin { number, pinned: true, archived: known });
    let outcome = stage.command(1, Command::Delete { number, archived: known });
    assert_eq!(outcome.events(Audience::Everyone), [&RoomEvent::MessageDeleted { number }]);
    assert_eq!(stage.view(HOST).members[1].last_message, None);
    assert!(stage.command(1, Command::Delete { number, archived: Some(archived(true)) }).is_silent());
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
